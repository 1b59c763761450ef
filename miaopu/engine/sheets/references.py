"""Second gate: the cell references that a worksheet really uses, streamed, never as a tree."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.parsers import expat

from miaopu.engine.sheets.limits import CELLS_MAX, COLUMNS_MAX, ROWS_MAX, too_large
from miaopu.engine.sheets.refusals import SPLIT, SheetError, refuse

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_CONTENT = frozenset(("v", "f", "is"))
_LETTERS = 26


def column_number(letters: str) -> int:
    """The number of a column, from 1: A is 1, XFD is 16384."""
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """The letters of a column, from 1: 1 is A, 28 is AB."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(65 + rest) + letters
    return letters


class ExtentScanner:
    """Follows the cells of one worksheet and refuses as soon as they leave the limits.

    Only cells with content count: a format alone reaches to the end of many honest sheets and is
    not allocated by the reader.
    """

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self.rows = 0
        self.columns = 0
        self._row = 0
        self._column = 0
        self._numbers: dict[str, int] = {}
        self._parser = expat.ParserCreate(namespace_separator="|")
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self, blocks: Iterable[bytes]) -> None:
        """Scan the worksheet. Raises SheetError for what is malformed or too large."""
        try:
            for block in blocks:
                self._parser.Parse(block, False)
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise refuse(
                f"工作表“{self.sheet}”的内容不完整（第 {error.lineno} 行）",
                f"the content of sheet {self.sheet} is incomplete (line {error.lineno})",
            ) from error

    def _doctype(self, *_declared: object) -> None:
        raise refuse(
            f"工作表“{self.sheet}”含有文档类型声明，正常的工作簿不会有",
            f"sheet {self.sheet} declares a document type, which no sound workbook does",
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition("|")[2]
        if tag == "c":
            reference = attributes.get("r")
            if reference is None:
                self._column += 1
            else:
                self._place(reference)
        elif tag in _CONTENT:
            if self._row > self.rows or self._column > self.columns:
                self._grow()
        elif tag == "row":
            number = attributes.get("r")
            self._column = 0
            self._row = self._row + 1 if number is None else self._row_number(number)

    def _row_number(self, text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 8 and int(text) > 0):
            raise self._unsound(text)
        return int(text)

    def _place(self, reference: str) -> None:
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise self._unsound(reference)
        letters = match[1]
        number = self._numbers.get(letters)
        if number is None:
            number = self._numbers[letters] = column_number(letters)
        self._column, self._row = number, int(match[2])

    def _grow(self) -> None:
        self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)
        if too_large(self.rows, self.columns):
            raise beyond(self.sheet, self.rows, self.columns)

    def _unsound(self, reference: str) -> SheetError:
        return refuse(
            f"工作表“{self.sheet}”的单元格位置“{reference[:20]}”不正确",
            f"sheet {self.sheet} has a cell at {reference[:20]!r}, which is no place",
        )


def beyond(sheet: str, rows: int, columns: int) -> SheetError:
    """The refusal of a sheet that reaches too far; names the outermost cell."""
    corner = f"{column_letters(columns)}{rows}"
    return refuse(
        f"工作表“{sheet}”一直用到 {corner}，超出 {ROWS_MAX} 行、{COLUMNS_MAX} 列"
        f"或 {CELLS_MAX // 10_000} 万个单元格",
        f"sheet {sheet} reaches to {corner}: more than {ROWS_MAX} rows, {COLUMNS_MAX} columns"
        f" or {CELLS_MAX} cells",
        SPLIT,
    )
