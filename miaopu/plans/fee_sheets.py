"""A fee list as a workbook, out and in; every fault names its cell."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from miaopu.core.errors import ActionRefused
from miaopu.core.titled_tables import Fault, titled_table
from miaopu.engine.fee_columns import COLUMNS, PAYERS, SHEET
from miaopu.engine.sheets.cells import to_text
from miaopu.engine.sheets.references import column_letters
from miaopu.plans.models import FeeEntry

ROWS_MAX = 500
_WIDTHS = (28, 36, 24, 44, 28, 30)


@dataclass(frozen=True)
class Fee:
    """A row of a list."""

    name: str
    basis: str
    authority: str
    standard: str
    payer: str
    note: str = ""


def fee_workbook(entries: Iterable[FeeEntry]) -> bytes:
    """The list as a workbook that can be changed and handed in again."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(SHEET)
    head, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    for place, (title, _most) in enumerate(COLUMNS.values()):
        page.set_column(place, place, _WIDTHS[place], wrapped)
        page.write_string(0, place, title, head)
    last = 0
    for last, entry in enumerate(entries, start=1):
        for place, name in enumerate(COLUMNS):
            value = PAYERS[entry.payer] if name == "payer" else getattr(entry, name)
            page.write_string(last, place, str(value))
    payer = list(COLUMNS).index("payer")
    page.data_validation(
        1, payer, max(last, ROWS_MAX), payer, {"validate": "list", "source": [*PAYERS.values()]}
    )
    page.freeze_panes(1, 1)
    book.close()
    return out.getvalue()


def read_fees(content: bytes) -> tuple[list[Fee], list[Fault]]:
    """The rows of a workbook or CSV, and what is wrong in them. Raises ActionRefused."""
    columns = {name: title for name, (title, _most) in COLUMNS.items()}
    with titled_table(content, columns, optional=["note"]) as (table, places):
        return _rows(table.lines, places)


def _rows(lines: Iterable[Sequence[Any]], places: dict[str, int]) -> tuple[list[Fee], list[Fault]]:
    fees: list[Fee] = []
    faults: list[Fault] = []
    payers = {text: payer for payer, text in PAYERS.items()}
    seen: set[tuple[str, str]] = set()
    for number, *cells in lines:
        if len(fees) >= ROWS_MAX:
            raise ActionRefused(_("清单超过 %(count)s 行") % {"count": ROWS_MAX}, _("请拆分"))
        values = {}
        for name, place in places.items():
            cell = f"{column_letters(place + 1)}{number}"
            value = to_text(cells[place] if place < len(cells) else None) or ""
            most = COLUMNS[name][1]
            if not value and name != "note":
                faults.append(Fault(cell, _("“%(title)s”不能为空") % {"title": COLUMNS[name][0]}))
            elif len(value) > most:
                faults.append(Fault(cell, _("超过 %(count)s 字") % {"count": most}))
            elif name == "payer" and value not in payers:
                allowed = _("、").join(payers)
                faults.append(Fault(cell, _("只能填：%(values)s") % {"values": allowed}))
            values[name] = payers.get(value, value) if name == "payer" else value
        key = (values.get("name", ""), values.get("authority", ""))
        if key in seen:
            cell = f"{column_letters(places['name'] + 1)}{number}"
            faults.append(Fault(cell, _("同一单位的同一项目重复")))
        seen.add(key)
        fees.append(Fee(**values))
    if not fees:
        raise ActionRefused(_("表格里没有收费项目"), _("请填写后再上传"))
    return fees, faults
