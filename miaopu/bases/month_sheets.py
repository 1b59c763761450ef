"""A month's figures of a base's tenants as a workbook, out and in.

It goes out with what is known already and comes back with the rest; a workbook with faults is
given back whole, every wrong cell coloured and told beside it, and nothing of it is kept.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.guards import check_runs
from miaopu.bases.models import Base, MonthDelivery, MonthlyFigure, Tenancy
from miaopu.bases.months import MonthRow, asked_of, month_open, record_months
from miaopu.core import clock
from miaopu.core.actions import keep_file
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.core.titled_tables import Fault, titled_table
from miaopu.engine.money import fen_to_yuan, yuan_to_fen
from miaopu.engine.month_columns import ADDED, COLUMNS, PERSONS, YUAN
from miaopu.engine.sheets.cells import CellError, to_count, to_money, to_text
from miaopu.engine.sheets.references import column_letters
from miaopu.engine.sheets.returned import Mark, write_returned
from miaopu.parties.facts import iterate_known_facts, values
from miaopu.parties.models import Enterprise

ROWS_MAX = 2000
_WIDTHS = (22, 34, 16, 18, 18)


@dataclass(frozen=True)
class ReadMonths:
    """The rows of a workbook, what is wrong in it, and the coloured workbook where anything is."""

    rows: list[MonthRow]
    faults: list[Fault]
    returned: bytes = b""


def month_workbook(base: Base, month: date) -> bytes:
    """The tenants of whom the month is asked, with the figures kept, else the staff on record."""
    tenancies = asked_of(base, month)
    kept = {one.tenancy_id: one for one in MonthlyFigure.objects.filter(
        tenancy__in=tenancies, month=month)}  # fmt: skip
    known = _known_staff(tenancies)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(f"{month:%Y-%m}")
    head = book.add_format({"bold": True, "bg_color": "#E2EFDA"})
    money, count = book.add_format({"num_format": "0.00"}), book.add_format({"num_format": "0"})
    for place, title in enumerate(COLUMNS.values()):
        page.set_column(place, place, _WIDTHS[place])
        page.write_string(0, place, title, head)
    for row, tenancy in enumerate(tenancies, start=1):
        assert tenancy.enterprise is not None
        figure = kept.get(tenancy.pk)
        page.write_string(row, 0, tenancy.enterprise.uscc)
        page.write_string(row, 1, tenancy.enterprise.name)
        staff = figure.employees if figure else known.get(tenancy.enterprise_id)
        if staff is not None:
            page.write_number(row, 2, staff, count)
        if figure is not None:
            page.write_number(row, 3, fen_to_yuan(figure.revenue_fen), money)
            page.write_number(row, 4, fen_to_yuan(figure.tax_fen), money)
    page.freeze_panes(1, 2)
    book.close()
    return out.getvalue()


def _known_staff(tenancies: Sequence[Tenancy]) -> dict[int | None, int]:
    """What the register knows of the tenants' staff today, by enterprise."""
    rows = Enterprise.objects.filter(pk__in=[one.enterprise_id for one in tenancies])
    found: dict[int | None, int] = {}
    for enterprise, known in iterate_known_facts(rows, clock.today()):
        staff = values(known).get("employees")
        if isinstance(staff, int):
            found[enterprise.pk] = staff
    return found


def read_months(base: Base, month: date, content: bytes) -> ReadMonths:
    """The figures in a workbook or CSV. Raises ActionRefused where it is no such table."""
    with titled_table(content, COLUMNS, optional=["name"]) as (table, places):
        lines: list[Sequence[Any]] = []
        for line in table.lines:
            if len(lines) >= ROWS_MAX:
                raise ActionRefused(_("表格超过 %(count)s 行") % {"count": ROWS_MAX}, _("请拆分"))
            lines.append(line)
        return _checked(base, month, table.sheet, table.header, lines, places)


def _checked(
    base: Base,
    month: date,
    sheet: str,
    header: Sequence[Any],
    lines: list[Sequence[Any]],
    places: Mapping[str, int],
) -> ReadMonths:
    asked = {one.enterprise.uscc: one for one in asked_of(base, month) if one.enterprise}
    rows: list[MonthRow] = []
    faults: list[Fault] = []
    marks: list[tuple[Sequence[Any], Mark]] = []
    seen: set[str] = set()
    for number, *cells in lines:
        row, wrong = _row(cells, places, asked, seen)
        if row is not None and not wrong:
            rows.append(row)
        told = [
            Fault(f"{column_letters(places[name] + 1)}{number}", text)
            for name, text in wrong.items()
        ]
        faults += told
        remark = _("；").join(f"{one.cell} {one.text}" for one in told)
        marks.append((cells, Mark({places[name] for name in wrong}, [remark])))
    if not rows and not faults:
        raise ActionRefused(_("表格里没有数据"), _("请填写后再上传"))
    if not faults:
        return ReadMonths(rows, [])
    out = io.BytesIO()
    write_returned(out, sheet, header, ADDED, marks)
    return ReadMonths([], faults, out.getvalue())


def _row(
    cells: Sequence[Any], places: Mapping[str, int], asked: Mapping[str, Tenancy], seen: set[str]
) -> tuple[MonthRow | None, dict[str, str]]:
    """A row, and what is wrong in it by column. A row without figures is left out: none is due."""
    found = {name: cells[place] if place < len(cells) else None for name, place in places.items()}
    figures = ("employees", "revenue", "tax")
    if all(found[name] in (None, "") for name in ("revenue", "tax")):
        return None, {}
    wrong: dict[str, str] = {}
    code = (to_text(found["uscc"]) or "").strip().upper()
    tenancy = asked.get(code)
    if tenancy is None:
        wrong["uscc"] = _("这个月没有这家在孵企业")
    elif code in seen:
        wrong["uscc"] = _("同一企业重复")
    seen.add(code)
    values: dict[str, int] = {}
    for name in figures:
        try:
            value = _READERS[name](found[name])
        except CellError as error:
            wrong[name] = _("%(message)s。%(remedy)s") % {
                "message": error.message.zh,
                "remedy": error.remedy.zh,
            }
            continue
        if value is None:
            wrong[name] = _("不能为空，没有的填 0")
        else:
            values[name] = value
    if wrong or tenancy is None:
        return None, wrong
    return MonthRow(tenancy, values["employees"], values["revenue"], values["tax"]), {}


def _fen(cell: Any) -> int | None:
    yuan = to_money(cell, YUAN)
    return None if yuan is None else yuan_to_fen(yuan)


_READERS: Mapping[str, Callable[[Any], int | None]] = {
    "employees": lambda cell: to_count(cell, PERSONS),
    "revenue": _fen,
    "tax": _fen,
}


@transaction.atomic
def deliver_months(
    base: Base, month: date, content: bytes, *, by: User
) -> tuple[MonthDelivery, list[Fault]]:
    """Hand in the workbook of a month: all of it is kept, or it is given back with its faults.

    Raises NotAllowed for others than the operator, ActionRefused where it is no such table or the
    month is not over.
    """
    check_runs(by, base)
    if not month_open(base, month):
        raise ActionRefused(_("这个月还不能填报"), _("请选择已经结束的月份"))
    read = read_months(base, month, content)
    changed = 0 if read.faults else record_months(base, month, read.rows, by=by)
    made = MonthDelivery.objects.create(
        base=base,
        month=month,
        rows=len(read.rows),
        changed=changed,
        faults=len(read.faults),
        returned=keep_file(read.returned, by=by, table="xlsx") if read.faults else None,
        delivered_by=by,
        delivered_at=clock.now(),
    )
    return made, read.faults
