"""A month's workbook as an operator fills it in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from miaopu.engine.month_columns import COLUMNS


def month_file(rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows under the titles of the workbook."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("2018-04")
    for place, title in enumerate(COLUMNS.values()):
        page.write_string(0, place, title)
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            page.write(line, place, cell)
    book.close()
    return out.getvalue()
