"""Documents in every printed style: clauses, units, targets, deadlines, money, citations."""

import pytest

from miaopu.engine.plan_reader.model import Reading
from miaopu.engine.plan_reader.read import read_text
from tests.engine.plan_reader import documents as d


def paths(reading: Reading) -> list[str]:
    return [one.path for one in reading.clauses]


def units(reading: Reading) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(r.clause, r.role, r.units) for r in reading.responsibilities if r.explicit]


def targets(reading: Reading) -> list[tuple[str, object, str, str | None]]:
    return [(t.clause, t.value, t.unit, t.date) for t in reading.targets]


def deadlines(reading: Reading) -> list[tuple[str, str, str | None]]:
    return [(t.clause, t.date, t.begin) for t in reading.deadlines]


def money(reading: Reading) -> list[tuple[str, object, str]]:
    return [(m.clause, m.value, m.unit) for m in reading.money]


def test_a_notice_with_its_plan() -> None:
    reading = read_text(d.NOTICE)
    assert reading.title == "云岭市小微企业成长三年行动计划（2019—2021年）"
    assert reading.number == "云政办发〔2019〕18号"
    assert (reading.issuer, reading.date) == ("云岭市人民政府办公室", "2019-04-08")
    assert paths(reading) == [
        *("一", "二", "二/(一)", "二/(二)", "二/(三)", "二/(四)", "三", "三/(一)", "三/(二)")
    ]
    assert [one.title for one in reading.clauses][:3] == ["总体目标", "重点任务", "降低创业门槛"]
    assert units(reading) == [
        ("二/(一)", "lead", ("市市场监管局",)),
        ("二/(一)", "responsible", ("市公安局", "市税务局", "人民银行云岭中心支行")),
        ("二/(二)", "lead", ("市科技局",)),
        ("二/(二)", "responsible", ("市财政局", "各县（市、区）政府")),
        ("二/(三)", "lead", ("市金融办",)),
        ("二/(三)", "cooperate", ("有关部门",)),
        ("二/(四)", "lead", ("市工信局",)),
        ("二/(四)", "responsible", ("市人力资源和社会保障局", "各县（市、区）政府")),
        ("三/(一)", "lead", ("市工信局",)),
        ("三/(一)", "responsible", ("市政府督查室",)),
    ]
    assert targets(reading)[:8] == [
        ("preamble", 8, "万户", "2021"),
        ("一", 12, "%", "2021-12-31"),
        ("一", 600, "家", "2021-12-31"),
        ("一", 350, "亿元", "2021-12-31"),
        ("一", 20, "万人", "2021-12-31"),
        ("一", 5000, "户", "2019"),
        ("一", 6000, "户", "2020"),
        ("一", 7000, "户", "2021"),
    ]
    assert ("二/(一)", 3, "个工作日", None) in targets(reading)
    assert money(reading) == [
        ("二/(二)", 20, "万元"),
        ("二/(二)", 50, "万元"),
        ("二/(三)", 2, "亿元"),
        ("二/(三)", "6:4", "ratio"),
        ("二/(三)", 500, "万元"),
        ("二/(三)", 3000, "万元"),
    ]
    found = deadlines(reading)
    for one in (
        ("二/(一)", "2019-06-30", None),
        ("二/(三)", "2019-12-31", None),
        ("二/(四)", "2021-12", None),
        ("三/(二)", "recurring:每年12月10日", None),
        ("三/(二)", "P15WD", "收到通知"),
        ("三/(二)", "P20D", "受理"),
        ("三/(二)", "2019-05-01/2021-12-31", None),
    ):
        assert one in found
    assert [(c.title, c.number) for c in reading.citations] == [
        ("省人民政府关于促进小微企业发展的若干意见", "省政发〔2018〕33号"),
        ("省中小企业促进条例", None),
    ]


def test_the_same_with_all_line_breaks_lost() -> None:
    """Clauses, roles and figures stay; what only a line could tell (title, number) may go."""
    whole, glued = read_text(d.NOTICE), read_text(d.NOTICE.replace("\n", ""))
    assert paths(glued) == paths(whole)
    assert units(glued)[:8] == units(whole)[:8]
    assert money(glued) == money(whole)
    assert targets(glued)[:8] == targets(whole)[:8]


def test_chapters_and_articles() -> None:
    reading = read_text(d.STATUTE)
    assert paths(reading)[:3] == ["第一章", "第一章/第一条", "第一章/第二条"]
    assert "第二章/第四条/(三)" in paths(reading)
    assert paths(reading)[-1] == "第三章/第七条"
    assert not reading.targets  # conditions of entry and rates of grants are none
    assert ("第二章/第四条/(三)", 500, "万元") in money(reading)
    assert ("第三章/第六条", "2020-01-01/2024-12-31", None) in deadlines(reading)
    assert [c.title for c in reading.citations] == ["中华人民共和国预算法"]


def test_bullets_label_lines_and_numbers_that_run_on() -> None:
    reading = read_text(d.COUNTY)
    assert paths(reading) == [
        *("一", "一/—1", "一/—2", "一/—3", "二", "二/(一)", "二/(一)/1", "二/(一)/2"),
        *("二/(二)", "二/(二)/3", "二/(二)/3/①", "二/(二)/3/②", "三"),
    ]
    assert units(reading) == [
        ("二/(一)/1", "responsible", ("县市场监管局", "各乡镇人民政府")),
        ("二/(一)/2", "lead", ("县城管局",)),
        ("二/(一)/2", "cooperate", ("县公安局", "县发改局")),
        ("二/(二)/3", "responsible", ("县政务服务中心",)),
    ]
    assert (reading.issuer, reading.date) == ("东川县人民政府", "2023-02-27")
    assert ("三", "2023-03-01/2023-03-31", None) in deadlines(reading)
    assert ("三", "2023-12-20", None) in deadlines(reading)
    scopes = [t.scope for t in reading.targets if t.unit == "万户"]
    assert scopes == ["全县", "城区", "乡镇"]


def test_conditions_parts_in_brackets_and_windows() -> None:
    reading = read_text(d.DISTRICT)
    assert ("二/(二)", "lead", ("区人社局",)) in units(reading)
    assert ("二/(三)", "cooperate", ("区金融办", "区税务局")) in units(reading)
    assert targets(reading)[:3] == [
        ("一/(一)", 15, "家", "2022"),
        ("一/(一)", 3, "家", "2022"),
        ("一/(一)", 5, "家", "2022"),
    ]
    assert ("二/(二)", 2000, "万元") in money(reading)
    assert ("二/(三)", "5:5", "ratio") in money(reading)
    assert ("二/(三)", 1, "亿元") not in money(reading)  # what results is no money put in
    assert {"P2Y", "P5WD", "P10WD", "2020/2022", "2022-11-30", "recurring:次年1月31日"} <= {
        date for _, date, _ in deadlines(reading)
    }
    assert [c.number for c in reading.citations] == [
        "国发〔2018〕32号",
        "西政发〔2019〕7号",
        "西政办发〔2019〕9号",
    ]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (
            "安丰市小微企业三年行动\n计划（2018—2020年）",
            "安丰市小微企业三年行动计划（2018—2020年）",
        ),
        ("北山县2020年秸秆利用项目\n实施方案", "北山县2020年秸秆利用项目实施方案"),
        (
            "《工作报告》2022年重点工作\n\n及民生实事任务分解方案",
            "《工作报告》2022年重点工作及民生实事任务分解方案",
        ),
        ("各区：现将《2024年任务分工方案》印发给你们。", "2024年任务分工方案"),
        ("安丰市创业工作方案为促进创业，制定本方案。", "安丰市创业工作方案"),
    ],
)
def test_titles_over_lines_and_run_in(head: str, title: str) -> None:
    assert read_text(f"{head}\n一、目标\n新增企业20家。\n二、要求\n抓好落实。\n").title == title


def test_a_date_that_lost_its_signs_and_the_date_above_annexes() -> None:
    text = (
        "通知\n一、材料\n推荐文件于 2020 9 1 日前报送市科技局。\n"
        "安丰市科技局\n2020年6月24日\n附件1\n细则\n一、范围\n甲。"
    )
    reading = read_text(text)
    assert [one.date for one in reading.deadlines] == ["2020-09-01"]
    assert [one.read_as for one in reading.repairs] == ["2020年9月1日"]


def test_damage_is_repaired_with_a_flag() -> None:
    reading = read_text(d.DAMAGED)
    assert [(r.raw, r.read_as, r.certain) for r in reading.repairs] == [
        ("〔201224号", "〔2012〕24号", False),
        ("530日", "5月30日", False),
        ("20129月15日", "2012年9月15日", False),
    ]
    assert reading.text == d.DAMAGED
    assert [c.number for c in reading.citations] == ["北府发〔2012〕24号"]
    assert [one.date for one in reading.deadlines] == ["2012-05-30", "2012-09-15"]


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("（责任单位：市财政局）", [("responsible", ("市财政局",))]),
        (
            "(牵头单位:市科技局;配合单位:市财政局、市教育局)",
            [("lead", ("市科技局",)), ("cooperate", ("市财政局", "市教育局"))],
        ),
        (
            "〔牵头部门：市编办；配合部门：各有关部门〕",
            [("lead", ("市编办",)), ("cooperate", ("各有关部门",))],
        ),
        (
            "（责任单位：各区〔市、县〕政府及管委会）",
            [("responsible", ("各区〔市、县〕政府及管委会",))],
        ),
        (
            "（责任单位：市农委、市“三变”改革办等，各县（市、区））",
            [("responsible", ("市农委", "市“三变”改革办", "各县（市、区）"))],
        ),
        ("（责任单位：各县（市、区）和开发区）", [("responsible", ("各县（市、区）", "开发区"))]),
        (
            "（责任单位：市住房和城乡建设局、市文化和旅游局）",
            [("responsible", ("市住房和城乡建设局", "市文化和旅游局"))],
        ),
        (
            "（市科技局牵头，市财政局、市税务局等部门及各区政府按职责分工负责）",
            [("lead", ("市科技局",)), ("responsible", ("市财政局", "市税务局", "各区政府"))],
        ),
        ("（市工信局会同市财政局负责）", [("lead", ("市工信局",)), ("cooperate", ("市财政局",))]),
        ("（市工信局负责）", [("responsible", ("市工信局",))]),
        ("（市工信局、市财政局）", [("responsible", ("市工信局", "市财政局"))]),
        ("（责任部门：市工信局，适用范围：全市）", [("responsible", ("市工信局",))]),
        ("（责任单位：待上级明确后确定）", []),
        ("（以下简称服务中心）", []),
        ("（含市级以上企业）", []),
    ],
)
def test_marks(mark: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    reading = read_text(f"一、任务\n（一）培育企业。加快培育企业{mark}\n（二）其他。做好其他工作。")
    assert [(role, names) for _, role, names in units(reading)] == expected
    assert {clause for clause, _, _ in units(reading)} <= {"一/(一)"}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("2025年，新增小微企业3000户以上。", [(3000, "户", "2025")]),
        ("力争到2025年，创业园区达到1至2个。", [([1, 2], "个", "2025")]),
        ("全市现有企业5000户。", []),
        ("去年全市建成园区20个。", []),
        ("目前已培育企业100家。", []),
        ("对全市15个园区进行考核。", []),
        ("用好“3个20万”政策。", []),
        ("年终考核占总分的60%。", []),
        ("贷款按基准利率的50%给予贴息。", []),
        ("每认定1家，奖励10万元。", []),
        ("实现税收2亿元，同比增长10%。", [(2, "亿元", None), (10, "%", None)]),
        ("成立百人专家团。", [(100, "人", None)]),
        ("各县至少建立一个服务站。", [(1, "个", None)]),
    ],
)
def test_targets(sentence: str, expected: list[tuple[object, str, str | None]]) -> None:
    reading = read_text(f"一、要求\n{sentence}\n二、其他\n做好工作。")
    assert [(value, unit, date) for _, value, unit, date in targets(reading)] == expected


def test_an_enumeration_over_districts_names_each_scope_and_misses_none() -> None:
    reading = read_text(
        "一、目标\n2024年，云州市新增企业60户。\n2024年，东区新增10户，西区新增20户，北县新增30户。"
    )
    listed = [(t.scope, t.value, t.date) for t in reading.targets]
    assert listed == [
        ("云州市", 60, "2024"),
        ("东区", 10, "2024"),
        ("西区", 20, "2024"),
        ("北县", 30, "2024"),
    ]
    assert not reading.checks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一、总则\n二、任务\n三、附则", ["一", "二", "三"]),
        (
            "一、总则\n（一）甲。乙。\n（二）丙。丁。\n二、任务\n（三）戊。己。",
            ["一", "一/(一)", "一/(二)", "二", "二/(三)"],
        ),
        ("一、总则\n（一）甲。\n二、任务\n（一）乙。", ["一", "一/(一)", "二", "二/(一)"]),
        (
            "【开头】甲。\n【结尾】乙。一是丙。1.丁。2.戊。二是己。1.庚。2.辛。",
            [
                "【开头】",
                "【结尾】",
                "【结尾】/一是",
                "【结尾】/一是/1",
                "【结尾】/一是/2",
                "【结尾】/二是",
                "【结尾】/二是/1",
                "【结尾】/二是/2",
            ],
        ),
        ("一、总则\n一是甲。二是乙。\n二、任务\n丙。", ["一", "二"]),
        ("一、总则\n1.5亿元的资金。\n2015.3的数据。\n二、任务", ["一", "二"]),
        ("目录\n一、总则\n二、任务\n一、总则\n甲。\n二、任务\n乙。", ["一", "二"]),
        ("目 录\n一、总则……………1\n二、任务……………3\n一、总则\n甲。\n二、任务\n乙。", ["一", "二"]),
        ("一、总则\n——甲。乙。\n——丙。丁。\n二、任务\n丙。", ["一", "一/—1", "一/—2", "二"]),
        ("一、总则\n甲。\n二、任务\n乙。\n附件：1.表一\n2.表二\n", ["一", "二"]),
        (
            "一、总则\n甲。\n附件1\n细则\n一、范围\n乙。\n二、期限\n丙。",
            ["一", "附件1/一", "附件1/二"],
        ),
        (
            "一、总则\n1. 甲\n(1) 乙\n(2) 丙\n2. 丁\n① 戊\n② 己\n",
            ["一", "一/1", "一/1/(1)", "一/1/(2)", "一/2", "一/2/①", "一/2/②"],
        ),
        (
            "一、总则\n1.1 甲。乙。\n1.2 丙。丁。\n1.2.1 戊。\n1.2.2 己。\n"
            "二、任务\n2.1 庚。\n1.5亿元。",
            ["一", "一/1.1", "一/1.2", "一/1.2/1.2.1", "一/1.2/1.2.2", "二", "二/2.1"],
        ),
        (
            "一、任务\n任务一：甲\n（一）乙。\nA.丙\nB.丁\n任务二：戊\n（一）己。\n二、要求\n庚。",
            ["一", "一/任务一", "一/任务一/(一)", "一/任务一/(一)/A", "一/任务一/(一)/B"]
            + ["一/任务二", "一/任务二/(一)", "二"],
        ),
        (
            "三、措施\n（十五）甲。乙。\n（十六）丙。\n四、要求\n丁。",
            ["三", "三/(十五)", "三/(十六)", "四"],
        ),
        ("方案。一、总则（一）甲。乙。（二）丙。丁。", ["一", "一/(一)", "一/(二)"]),
    ],
)
def test_clause_trees(text: str, expected: list[str]) -> None:
    assert paths(read_text(text)) == expected


def test_two_plans_in_one_file_are_two_trees() -> None:
    text = "甲方案\n一、总则\n甲。\n二、任务\n乙。\n乙方案\n一、总则\n丙。\n二、任务\n丁。\n"
    reading = read_text(text)
    assert paths(reading) == ["一", "二", "一", "二"]
    assert reading.clauses[2].start > reading.clauses[1].start


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("2020年1月1日起施行，有效期五年", ["2020-01-01/2024-12-31"]),
        ("2020年2月30日起施行，有效期五年", ["2020-02-30", "P5Y"]),
        ("2019年2月29日起施行，有效期18个月", ["2019-02-29", "P18M"]),
    ],
)
def test_a_day_that_no_calendar_has_begins_no_interval(printed: str, read: list[str]) -> None:
    reading = read_text(f"办法\n一、总则\n甲。\n二、附则\n本办法自{printed}。")
    assert [one.date for one in reading.deadlines] == read
