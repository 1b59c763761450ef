"""What people hold in their hands: the workbook of a department, the bank's lists, a letter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import openpyxl
import pypdf

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
EXAMPLE_ROW = 2


def filled_in(template: bytes, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The template with rows by the titles of its columns in place of its example."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    titles = [str(cell.value) for cell in sheet[1]]
    sheet.delete_rows(EXAMPLE_ROW)
    for number, row in enumerate(rows, EXAMPLE_ROW):
        unknown = set(row) - set(titles)
        assert not unknown, f"the template has no column {unknown}: {titles}"
        for place, title in enumerate(titles, 1):
            sheet.cell(number, place, row.get(title))
    return _saved(book)


def corrected(returned: bytes, row: int, title: str, value: Any, *, without: int) -> bytes:
    """The workbook that came back with one cell put right and one row taken out."""
    book = openpyxl.load_workbook(io.BytesIO(returned))
    sheet = book.worksheets[0]
    place = next(cell.column for cell in sheet[1] if cell.value == title)
    sheet.cell(row, place, value)
    sheet.delete_rows(without)
    return _saved(book)


def marked_cells(returned: bytes) -> dict[str, str]:
    """Of the workbook that came back: each coloured cell, with what is said of its row."""
    sheet = openpyxl.load_workbook(io.BytesIO(returned)).worksheets[0]
    titles = {str(cell.value): cell.column for cell in sheet[1]}
    told, colour = titles["错误说明"], {}
    for row in range(2, sheet.max_row + 1):
        for cell in sheet[row]:
            if cell.fill.fill_type and cell.column < titles["检查结果"]:
                colour[cell.coordinate] = str(sheet.cell(row, told).value)
    return colour


def _saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def payments_of(bank_file: bytes) -> list[dict[str, str]]:
    """The rows of the list for the bank, the total last."""
    lines = list(openpyxl.load_workbook(io.BytesIO(bank_file)).worksheets[0].values)
    heads = [str(head) for head in lines[0]]
    return [dict(zip(heads, map(str, line), strict=True)) for line in lines[1:]]


def results(template: bytes, answers: Mapping[str, Sequence[str]]) -> bytes:
    """The template of results filled in as the bank would, in the encoding that banks use.

    `answers` by award: result, reference, day, reason, whether the account is to be corrected.
    """
    lines = list(csv.reader(io.StringIO(template.decode("utf-8-sig"), newline="")))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(lines[0])
    for line in lines[1:]:
        writer.writerow([*line[:2], *answers[line[0]]])
    return out.getvalue().encode("gb18030")


def words_of(letter: bytes) -> str:
    """The text of a PDF, without blanks and breaks."""
    pages = pypdf.PdfReader(io.BytesIO(letter)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)
