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
from miaopu.portal.tables import Column
from miaopu.portal.views.office_simulation_parts import (
    WAYS,
    group_columns,
    group_rows,
    reach_words,
)
from miaopu.portal.views.office_simulator import item_name, rule_name, version_name

XLSX = MEDIA_TYPES["xlsx"]
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def simulation_workbook(simulation: Simulation, changes: Sequence[Mapping[str, Any]]) -> bytes:
    """A sheet of the whole, one for each way of grouping, one of who gains and loses."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    formats = {"bold": bold, "money": money}
    _sheet(book, gettext("合计"), _whole_columns(), _whole(simulation), formats)
    for way, (_title, caption) in WAYS.items():
        if way in simulation.result["by"]:
            columns, rows = group_columns(simulation, way), group_rows(simulation, way)
            _sheet(book, str(caption), columns, rows, formats)
    if changes:
        columns = (
            Column("uscc", gettext("统一社会信用代码")),
            Column("enterprise", gettext("企业")),
            Column("region", gettext("区域")),
            Column("kind", gettext("增减")),
            Column("before_fen", gettext("现行规则"), kind="money", unit=gettext("元")),
            Column("after_fen", gettext("新规则"), kind="money", unit=gettext("元")),
        )
        _sheet(book, gettext("谁受益谁受损"), columns, changes, formats)
    book.close()
    return out.getvalue()


def _whole_columns() -> tuple[Column, ...]:
    return (Column("what", gettext("项目")), Column("value", gettext("值")))


def _whole(simulation: Simulation) -> list[dict[str, Any]]:
    new, old = simulation.result["new"], simulation.result["old"]
    rows: list[tuple[str, Any]] = [
        (gettext("事项"), item_name(simulation)),
        (gettext("测算的规则"), rule_name(simulation)),
        (gettext("比较的版本"), version_name(simulation.against) if simulation.against else ""),
        (gettext("数据日期"), simulation.as_of.isoformat()),
        (gettext("摘要"), simulation.key),
        (gettext("登记企业（户）"), simulation.result["enterprises"]),
        (gettext("受益企业（户）"), new["enterprises"]),
        (gettext("所需资金（元）"), fen_to_yuan(new["cost_fen"])),
        (gettext("缺少数据、不能判断（户）"), new["unknown"]),
        (gettext("名额线"), reach_words(simulation)),
    ]
    if old is not None:
        rows += [
            (gettext("现行规则受益企业（户）"), old["enterprises"]),
            (gettext("现行规则所需资金（元）"), fen_to_yuan(old["cost_fen"])),
            (gettext("受益（户）"), simulation.result["difference"]["gain"]),
            (gettext("受损（户）"), simulation.result["difference"]["lose"]),
        ]
    return [{"what": what, "value": value} for what, value in rows]


def _sheet(
    book: Any,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    formats: Mapping[str, Any],
) -> None:
    page = book.add_worksheet(title.translate(_FORBIDDEN)[:31])
    page.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        unit = gettext("（%(unit)s）") % {"unit": column.unit} if column.unit else ""
        page.write_string(0, place, f"{column.title}{unit}", formats["bold"])
        page.set_column(place, place, 24 if place == 0 else 16)
        for number, row in enumerate(rows, start=1):
            value = row[column.key]
            if column.kind == "money" and isinstance(value, int):
                page.write_number(number, place, fen_to_yuan(value), formats["money"])
            elif isinstance(value, int | Decimal):
                page.write_number(number, place, value)
            elif value is not None:
                page.write_string(number, place, str(value))
