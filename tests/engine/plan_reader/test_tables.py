"""Tables of tasks: units by the heads of their columns, times and counts in their cells."""

import io
from pathlib import Path
from typing import Any

import typst
from docx import Document

from miaopu.engine import letters
from miaopu.engine.plan_reader.files import read_bytes
from miaopu.engine.plan_reader.model import Reading
from miaopu.engine.plan_reader.read import read_text

FONTS = Path(letters.__file__).parent / "fonts"
HEADS = ["序号", "工作任务", "牵头单位", "配合单位", "完成时限"]
ROWS = [
    ["1", "新增小微企业500户", "市市场监管局", "市税务局、市财政局", "2023年6月底前"],
    ["2", "建设创业基地3个", "市工信局", "市科技局\n市人社局", "2023年底"],
    ["3", "开展巡回辅导", "", "市教育局", "每季度"],
]


def _units(reading: Reading) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.clause, one.role, one.units) for one in reading.responsibilities if one.explicit]


def test_a_table_of_tasks_in_a_word_document() -> None:
    document = Document()
    for line in ("云河市2023年重点任务分工方案", "一、任务分工"):
        document.add_paragraph(line)
    table = document.add_table(rows=0, cols=len(HEADS))
    for row in [HEADS, *ROWS]:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph("二、工作要求")
    document.add_paragraph("对工作不力的予以通报。")
    stream = io.BytesIO()
    document.save(stream)
    reading = read_bytes(stream.getvalue())
    assert [one.path for one in reading.clauses] == ["一", "二"]
    assert _units(reading) == [
        ("一", "lead", ("市市场监管局",)),
        ("一", "cooperate", ("市税务局", "市财政局")),
        ("一", "lead", ("市工信局",)),
        ("一", "cooperate", ("市科技局", "市人社局")),
        ("一", "cooperate", ("市教育局",)),
    ]
    assert [one.date for one in reading.deadlines] == [
        "2023-06-30",
        "2023-12-31",
        "recurring:每季度",
    ]
    assert [(one.value, one.unit, one.date) for one in reading.targets] == [
        (500, "户", "2023"),
        (3, "个", "2023"),
    ]


def test_a_cell_that_reaches_over_rows_of_a_web_page() -> None:
    page = """<html><body><p>云河市2023年任务清单</p><p>一、任务分工</p><table>
    <tr><td>类别</td><td>任务</td><td>责任单位</td></tr>
    <tr><td rowspan="2">培育</td><td>培育企业，做好服务</td><td rowspan="2">市工信局</td></tr>
    <tr><td>兑现奖补</td></tr>
    <tr><td>保障</td><td>落实资金</td><td>市财政局、市科技局</td></tr></table>
    <p>二、工作要求</p><p>各单位要密切配合，形成合力。</p></body></html>"""
    reading = read_bytes(page.encode())
    assert _units(reading) == [
        ("一", "responsible", ("市工信局",)),
        ("一", "responsible", ("市工信局",)),
        ("一", "responsible", ("市财政局", "市科技局")),
    ]
    assert "培育\t兑现奖补\t市工信局" in reading.text


def test_a_cell_that_reaches_over_rows_of_a_word_table() -> None:
    document = Document()
    for line in ("云河市2023年任务清单", "一、任务分工"):
        document.add_paragraph(line)
    table = document.add_table(rows=4, cols=3)
    for cell, text in zip(table.rows[0].cells, ("序号", "任务", "责任单位"), strict=True):
        cell.text = text
    for order in (1, 2, 3):
        table.cell(order, 0).text = str(order)
        table.cell(order, 1).text = "做好服务"
    table.cell(1, 2).merge(table.cell(2, 2)).text = "市工信局"
    table.cell(3, 2).text = "市科技局"
    stream = io.BytesIO()
    document.save(stream)
    assert [units for _, _, units in _units(read_bytes(stream.getvalue()))] == [
        ("市工信局",),
        ("市工信局",),
        ("市科技局",),
    ]


def test_growths_to_be_reached_beside_what_grows() -> None:
    """Two names and two growths a row; a number of a merged cell is said once."""
    page = """<html><body><p>云河市2023年服务业方案</p><p>一、目标要求</p><p>（一）行业目标</p>
    <table><tr><td>行业</td><td>2023年增幅（%）</td><td>主要指标</td><td>2023年增幅（%）</td></tr>
    <tr><td rowspan="2">交通运输业</td><td rowspan="2">11.5~12</td><td>周转量</td><td>13</td></tr>
    <tr><td>业务量</td><td>30~33</td></tr></table><p>（二）项目目标</p></body></html>"""
    assert [
        (one.indicator, one.value, one.unit, one.comparator, one.date)
        for one in read_bytes(page.encode()).targets
    ] == [
        ("交通运输业", [11.5, 12], "%", "range", "2023"),
        ("周转量", 13, "%", "growth%", "2023"),
        ("业务量", [30, 33], "%", "range", "2023"),
    ]


def test_the_first_of_a_list_leads_in_a_table_too() -> None:
    reading = read_text(
        "分工方案\n一、任务（列第一位者为牵头单位，下同）\n任务\t责任单位\n培育\t市工信局、市财政局\n"
    )
    assert _units(reading) == [
        ("一", "lead", ("市工信局",)),
        ("一", "responsible", ("市财政局",)),
    ]


def test_other_tables_name_no_units() -> None:
    reading = read_text("方案\n一、指标\n指标\t单位\t数值\n收入\t万元\t50\n园区\t个\t3\n")
    assert not _units(reading)


def test_a_plan_as_pdf_reads_like_its_text() -> None:
    plan = (
        "云河市创业行动计划\n一、主要目标\n到2025年，新增小微企业5000户，带动就业2万人。\n"
        "二、重点任务\n（一）建设载体。2024年6月底前，开展载体调查。"
        "（牵头单位：市工信局；配合单位：市科技局、市财政局）\n"
        "（二）给予补助。对新认定的基地给予50万元一次性补助。\n"
    )
    source = '#set text(font: "Miaopu Letter", lang: "zh")\n' + plan.replace("\n", "\n\n")
    pdf = typst.compile(source.encode(), font_paths=[str(FONTS)], ignore_system_fonts=True)
    from_pdf, from_text = read_bytes(pdf), read_text(plan)
    for of in (from_pdf, from_text):
        assert [one.path for one in of.clauses] == ["一", "二", "二/(一)", "二/(二)"]
        assert _units(of) == [
            ("二/(一)", "lead", ("市工信局",)),
            ("二/(一)", "cooperate", ("市科技局", "市财政局")),
        ]
        assert [(one.value, one.unit) for one in of.targets] == [(5000, "户"), (2, "万人")]
        assert [one.date for one in of.deadlines] == ["2024-06-30"]
        assert [one.value for one in of.money] == [50]


def test_marks_that_begin_with_a_person_or_end_with_a_time() -> None:
    reading = read_text(
        "方案\n一、任务\n（一）办事。提速。【牵头领导：李某某；牵头单位：市人社局；配合单位：市审批局】\n"
        "（二）招聘。组织招聘。（市教育局负责，2024年12月31日前完成并长期坚持）\n二、要求\n甲。"
    )
    assert _units(reading) == [
        ("一/(一)", "lead", ("市人社局",)),
        ("一/(一)", "cooperate", ("市审批局",)),
        ("一/(二)", "responsible", ("市教育局",)),
    ]
    assert [one.date for one in reading.deadlines] == ["2024-12-31"]


def test_a_note_behind_a_unit_is_no_part_of_its_name() -> None:
    reading = read_text(
        "措施\n第一条 支持展销。\n责任单位：市商务局（列首位者为牵头单位，下同）、市贸促会\n"
        "第二条 支持融资。\n"
    )
    assert _units(reading) == [
        ("第一条", "lead", ("市商务局",)),
        ("第一条", "responsible", ("市贸促会",)),
    ]


def test_targets_in_the_cells_of_a_word_table() -> None:
    """A place a row, an indicator a column; what a table says was reached is no target."""
    rows = [
        ["县区", "新增小微企业（户）", "带动就业（人）", "完成时限"],
        ["东河区", "1,200", "3600", "12月底前"],
        ["西岭县", "—", "900", "12月底前"],
        ["合计", "1200", "4500", ""],
    ]
    document = Document()
    for line in ("云河市2026年创业任务分解方案", "一、任务分解", "各县区任务表"):
        document.add_paragraph(line)
    _add(document, rows)
    document.add_paragraph("二、上年完成情况")
    _add(document, rows)
    stream = io.BytesIO()
    document.save(stream)
    found = read_bytes(stream.getvalue()).targets
    assert [(one.clause, one.scope, one.value, one.unit, one.date) for one in found] == [
        ("一", "东河区", 1200, "户", "2026"),
        ("一", "东河区", 3600, "人", "2026"),
        ("一", "西岭县", 900, "人", "2026"),
        ("一", None, 1200, "户", "2026"),
        ("一", None, 4500, "人", "2026"),
    ]


def _add(document: Any, rows: list[list[str]]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def test_rows_whose_cells_are_parted_by_bars() -> None:
    """Crawled pages print tables so; the column of a year that is past is left out."""
    reading = read_text(
        "云河市规划实施方案\n一、主要指标\n"
        "| 指标 | 单位 | 2020年基数 | 2025年 |\n"
        "| 高新技术企业 | 家 | 96 | 150 |\n"
        "| 研发投入强度 | % | 2.1 | 2.8 |\n"
        "二、分工\n"
        "| 任务 | 牵头单位 | 配合单位 |\n| 培育企业 | 市科技局 | 市工信局 |\n"
    )
    assert [(one.indicator, one.value, one.unit, one.date) for one in reading.targets] == [
        ("高新技术企业", 150, "家", "2025"),
        ("研发投入强度", 2.8, "%", "2025"),
    ]
    assert _units(reading) == [
        ("二", "lead", ("市科技局",)),
        ("二", "cooperate", ("市工信局",)),
    ]
