"""A simulation as an Excel workbook. Every text is written as text: nothing in it is a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext

from miaopu.core.actions import MEDIA_TYPES
from miaopu.engine.money import fen_to_yuan
from miaopu.plans.models import Simulation
from miaopu.plans.simulation_reach import CutOff, planned_reach
from miaopu.portal import present
from miaopu.portal.tables import Column
from miaopu.portal.views.office_simulation_names import (
    item_name,
    other_name,
    rule_name,
    version_name,
)
from miaopu.portal.views.office_simulation_parts import (
    WAYS,
    group_columns,
    group_rows,
    lacking_table,
    levels_of,
    sides_of,
)
from miaopu.portal.views.office_simulation_reach import (
    budget_table,
    cut_words,
    reach_words,
    standing_table,
)
from miaopu.portal.views.public_shared import LEVEL_NAMES

XLSX = MEDIA_TYPES["xlsx"]
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def simulation_workbook(
    simulation: Simulation,
    changes: Sequence[Mapping[str, Any]],
    line: CutOff | None = None,
    address: str = "",
) -> bytes:
    """The whole, both rules, budget and queue, each way of grouping, what is lacking, who changes.

    `line` is how far the reader's own money and places reach; `address` where the page stands.
    """
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    formats = {
        "bold": book.add_format({"bold": True, "text_wrap": True, "bottom": 1}),
        "money": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0", "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    whole = (Column("what", gettext("项目")), Column("value", gettext("值")))
    _sheet(book, gettext("合计"), whole, _whole(simulation, line, address), formats, wide=True)
    tables = [sides_of(simulation), budget_table(simulation)]
    tables.append(standing_table(simulation, line or planned_reach(simulation)))
    for table in tables:
        if table is not None:
            wide = table is tables[0]
            title, columns = str(table.caption), table.columns
            _sheet(book, title, columns, list(table.rows), formats, wide=wide)
    for way, (_title, caption) in WAYS.items():
        if way in simulation.result["by"]:
            columns, rows = group_columns(simulation, way), group_rows(simulation, way)
            _sheet(book, str(caption), columns, [*rows, _total(columns, rows)], formats)
    lacking = lacking_table(simulation)
    if lacking.rows:
        _sheet(book, gettext("缺少的数据"), lacking.columns, list(lacking.rows), formats)
    if changes:
        columns = (
            Column("uscc", gettext("统一社会信用代码")),
            Column("enterprise", gettext("企业")),
            Column("region", gettext("区域")),
            Column("kind", gettext("增减")),
            Column("before_fen", other_name(simulation), kind="money", unit=gettext("元")),
            Column("after_fen", rule_name(simulation), kind="money", unit=gettext("元")),
        )
        _sheet(book, gettext("谁受益谁受损"), columns, changes, formats)
    book.close()
    return out.getvalue()


def _total(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The sum below the groups, which part the enterprises exactly."""
    sums = {one.key: sum(row[one.key] for row in rows) for one in columns if one.key != "name"}
    return {"name": gettext("合计"), **sums}


def _whole(simulation: Simulation, line: CutOff | None, address: str) -> list[dict[str, Any]]:
    new, old = simulation.result["new"], simulation.result["old"]
    rows: list[tuple[str, Any]] = [
        (gettext("计划"), present.in_language(simulation.programme.name)),
        (gettext("事项"), item_name(simulation)),
        (gettext("测算的规则"), rule_name(simulation)),
        (gettext("比较的版本"), version_name(simulation.against) if simulation.against else ""),
        (gettext("数据日期"), simulation.as_of.isoformat()),
        (gettext("登记企业（户）"), simulation.result["enterprises"]),
        (gettext("受益企业（户）"), new["enterprises"]),
        (gettext("所需资金（元）"), fen_to_yuan(new["cost_fen"])),
    ]
    rows += [
        (
            gettext("其中%(level)s（元）") % {"level": LEVEL_NAMES[level]},
            fen_to_yuan(new["by_level"].get(level, 0)),
        )
        for level in levels_of(simulation)
    ]
    if old is not None:
        words, difference = {"rule": other_name(simulation)}, simulation.result["difference"]
        rows += [
            (gettext("%(rule)s受益企业（户）") % words, old["enterprises"]),
            (gettext("%(rule)s所需资金（元）") % words, fen_to_yuan(old["cost_fen"])),
            (gettext("资金增减（元）"), fen_to_yuan(difference["cost_fen"])),
            (gettext("受益（户）"), difference["gain"]),
            (gettext("受损（户）"), difference["lose"]),
        ]
    rows += [
        (gettext("缺少数据、不能判断（户）"), new["unknown"]),
        (gettext("金额算不出（户）"), new["unpriced"]),
        (gettext("名额线"), reach_words(simulation)),
    ]
    if line is not None:
        if line.budget_fen is not None:
            rows.append((gettext("假设资金总额（元）"), fen_to_yuan(line.budget_fen)))
        if line.quota is not None:
            rows.append((gettext("假设名额（户）"), line.quota))
        rows.append((gettext("按假设"), cut_words(line)))
    rows += [
        (gettext("说明"), gettext("由人判断的条件都按符合计算；企业名单只列导出人所在区域的。")),
        (gettext("由谁测算"), str(simulation.made_by or "")),
        (gettext("页面地址"), address),
        (gettext("摘要"), simulation.key),
    ]
    return [{"what": what, "value": value} for what, value in rows if value != ""]


def _sheet(
    book: Any,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    formats: Mapping[str, Any],
    *,
    wide: bool = False,
) -> None:
    """A sheet that prints on pages of one width; `wide` where the columns hold whole sentences."""
    page = book.add_worksheet(title.translate(_FORBIDDEN)[:31])
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for place, column in enumerate(columns):
        unit = gettext("（%(unit)s）") % {"unit": column.unit} if column.unit else ""
        page.write_string(0, place, f"{column.title}{unit}", formats["bold"])
        page.set_column(place, place, 28 if place == 0 else 60 if wide else 18)
        for number, row in enumerate(rows, start=1):
            value = row[column.key]
            if column.kind == "money" and isinstance(value, int):
                page.write_number(number, place, fen_to_yuan(value), formats["money"])
            elif isinstance(value, Decimal):
                page.write_number(number, place, value, formats["money"])
            elif isinstance(value, int):
                page.write_number(number, place, value, formats["number"])
            elif value is not None:
                page.write_string(number, place, str(value), formats["text"])
