"""Workbooks, read by calamine behind the first two gates. Runs in the child process only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from miaopu.engine.messages import Bilingual
from miaopu.engine.sheets.archive import Archive, unlocked
from miaopu.engine.sheets.header import LINES_LOOKED_AT, find_header
from miaopu.engine.sheets.limits import too_large
from miaopu.engine.sheets.references import ExtentScanner, beyond, is_plainly_small
from miaopu.engine.sheets.refusals import EXPORT_AGAIN, SheetError, refuse
from miaopu.engine.sheets.workbook import describe

_MERGED_MAX = 200_000
_ENCRYPTED_NAME = "EncryptedPackage".encode("utf-16-le")
MACROS = Bilingual("工作簿带有宏：宏不会运行", "the workbook carries macros: they are not run")
LINKS = Bilingual(
    "工作簿引用了别的文件：取上次计算的值", "the workbook points to other files: last values taken"
)
HIDDEN = Bilingual("隐藏的工作表不读取", "hidden sheets are not read")
OLD = Bilingual("这是旧版 .xls 工作簿", "this is an old .xls workbook")

Cells = list[Any]


@dataclass
class Opened:
    """A table that lies open: its rows from the first line on, empty lines included."""

    sheet: str
    height: int
    era_1904: bool
    notes: tuple[Bilingual, ...]
    rows: Iterator[Cells]


def open_spreadsheet(path: Path, titles: frozenset[str], *, old: bool) -> Opened:
    """The worksheet that holds the most of `titles`, the first one where none does.

    Raises SheetError where a gate refuses or calamine cannot read.
    """
    if old:
        return _open_old(path, titles)
    archive = Archive(path)
    book = describe(archive)
    notes = [
        note for note, holds in ((MACROS, archive.has_macros), (LINKS, archive.has_links)) if holds
    ]
    wanted = []
    parts = {sheet.part for sheet in book.sheets}
    for name in archive.names:
        if name not in parts:
            for _block in archive.unpack(name):  # counted against the budget, nothing else
                pass
    for sheet in book.sheets:
        if sheet.visible:
            if not is_plainly_small(sheet.name, archive.unpack(sheet.part)):
                ExtentScanner(sheet.name).read(archive.unpack(sheet.part, again=True))
            wanted.append(sheet.name)
        else:
            notes.append(HIDDEN)
    try:
        return _choose(load_workbook(path), wanted, titles, notes, era_1904=book.era_1904)
    except SheetError:
        raise
    except PasswordError as error:
        raise _locked() from error
    except (CalamineError, OSError, ValueError) as error:
        raise _unreadable() from error


def _open_old(path: Path, titles: frozenset[str]) -> Opened:
    if _ENCRYPTED_NAME in path.read_bytes():
        raise _locked()
    try:
        book = load_workbook(path)
        wanted = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        if not wanted:
            raise refuse("工作簿里没有可见的工作表", "the workbook has no visible worksheet")
        return _choose(book, wanted, titles, [OLD], era_1904=False)
    except PasswordError as error:
        raise _locked() from error
    except SheetError:
        raise
    except (CalamineError, OSError, ValueError) as error:
        raise _unreadable() from error


def _choose(
    book: CalamineWorkbook,
    names: list[str],
    titles: frozenset[str],
    notes: list[Bilingual],
    *,
    era_1904: bool,
) -> Opened:
    best: tuple[int, CalamineSheet] | None = None
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if too_large(*_extent(sheet)):
            raise beyond(name, *_extent(sheet))
        first = [row for row, _place in zip(_rows(sheet), range(LINES_LOOKED_AT), strict=False)]
        found = find_header(first, titles)[1]
        if best is None or found > best[0]:
            best = (found, sheet)
    assert best is not None
    sheet = best[1]
    return Opened(
        sheet.name, _extent(sheet)[0], era_1904, tuple(dict.fromkeys(notes)), _rows(sheet)
    )


def _extent(sheet: CalamineSheet) -> tuple[int, int]:
    """Rows and columns from A1 to the last cell with content (calamine counts from the first)."""
    return (0, 0) if sheet.end is None else (sheet.end[0] + 1, sheet.end[1] + 1)


def _rows(sheet: CalamineSheet) -> Iterator[Cells]:
    """The rows from A1 on, merged areas filled with their one value."""
    if sheet.start is None:
        return
    left = sheet.start[1]
    filled = _merged(sheet)
    values: dict[tuple[int, int], Any] = {}
    before: Cells = [None] * left
    for number, row in enumerate(sheet.iter_rows()):
        cells = [*before, *row] if left else row
        if filled:
            _fill(number, cells, filled, values)
        yield cells


def _fill(
    number: int,
    cells: Cells,
    filled: dict[tuple[int, int], tuple[int, int]],
    values: dict[tuple[int, int], Any],
) -> None:
    for column in range(len(cells)):
        origin = filled.get((number, column))
        if origin == (number, column):
            values[origin] = cells[column]
        elif origin is not None:
            cells[column] = values.get(origin)


def _merged(sheet: CalamineSheet) -> dict[tuple[int, int], tuple[int, int]]:
    """For each place in a merged area of the used part, where its value stands."""
    filled: dict[tuple[int, int], tuple[int, int]] = {}
    rows, columns = _extent(sheet)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        bottom, right = min(bottom, rows - 1), min(right, columns - 1)
        area = max(bottom - top + 1, 0) * max(right - left + 1, 0)
        if len(filled) + area > _MERGED_MAX:
            raise refuse(
                f"工作表“{sheet.name}”的合并单元格过多",
                f"sheet {sheet.name} has too many merged cells",
            )
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                filled[row, column] = (top, left)
    return filled


def _locked() -> SheetError:
    return refuse("文件加了打开密码，无法读取", "the file is locked with a password", unlocked())


def _unreadable() -> SheetError:
    return refuse(
        "文件已损坏，或不是它声称的格式",
        "the file is damaged, or not of the kind it claims to be",
        EXPORT_AGAIN,
    )
