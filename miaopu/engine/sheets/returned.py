"""The workbook that goes back: the same table, wrong cells coloured, and told beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import xlsxwriter

from miaopu.engine.sheets.limits import COLUMNS_MAX

_EXACT_DIGITS = 15
_WIDTHS = (14, 60, 40)


@dataclass(frozen=True)
class Mark:
    """What is said of a row: the places of its wrong cells, from 0, and texts for added columns."""

    wrong: Collection[int]
    remarks: Sequence[str]


def write_returned(
    out: BinaryIO,
    sheet: str,
    header: Sequence[Any],
    added: Sequence[str],
    lines: Iterable[tuple[Sequence[Any], Mark]],
) -> int:
    """Write the workbook to `out`; how many lines.

    `added` are the titles of the columns with remarks, to the right of the table. Text stays text,
    whatever it begins with: nothing that a stranger typed becomes a formula or a link.
    """
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False})
    bad = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
    bold = book.add_format({"bold": True, "bg_color": "#E2EFDA", "text_wrap": True})
    wrapped = book.add_format({"text_wrap": True, "font_color": "#9C0006"})
    page = book.add_worksheet(_sheet_name(sheet))
    page.freeze_panes(1, 0)
    width = min(len(header), COLUMNS_MAX)
    for place, width_of in enumerate(_WIDTHS[: len(added)]):
        page.set_column(width + place, width + place, width_of)
    page.set_column(0, max(width - 1, 0), 18)
    for place, title in enumerate((*header[:width], *added)):
        page.write_string(0, place, "" if title is None else str(title), bold)
    count = 0
    for count, (cells, mark) in enumerate(lines, start=1):
        for place in range(width):
            cell = cells[place] if place < len(cells) else None
            _write(page, count, place, cell, bad if place in mark.wrong else None)
        for place, remark in enumerate(mark.remarks):
            if remark:
                page.write_string(count, width + place, remark, wrapped if mark.wrong else None)
    book.close()
    return count


def _write(page: Any, row: int, place: int, cell: Any, style: Any) -> None:
    kind = type(cell)
    if kind is str:
        page.write_string(row, place, cell, style)
    elif cell is None:
        if style is not None:
            page.write_blank(row, place, None, style)
    elif kind is bool:
        page.write_boolean(row, place, cell, style)
    elif abs(cell) < 10**_EXACT_DIGITS:
        page.write_number(row, place, cell, style)
    else:  # Excel would lose digits again
        page.write_string(row, place, repr(cell), style)


def _sheet_name(name: str) -> str:
    """A name that a sheet may have."""
    plain = "".join("_" if sign in "[]:*?/\\'" else sign for sign in name)[:31].strip()
    return plain if plain and plain.casefold() != "history" else "Sheet1"
