"""Second gate: the cell references that a worksheet really uses, streamed, never as a tree.

Two passes know the answer: one over the bytes, which is quick and knows only sheets as programs
write them (`is_plainly_small`), and one over every element (`ExtentScanner`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.parsers import expat

from miaopu.engine.sheets.limits import CELLS_MAX, COLUMNS_MAX, ROWS_MAX, too_large
from miaopu.engine.sheets.refusals import SPLIT, SheetError, refuse

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_CONTENT = frozenset(("v", "f", "is"))
_LETTERS = 26
_OTHER_CELL = re.compile(rb'<c(?=[\s/>])(?! r="(?:[A-Z]|A[A-X])[1-9][0-9]{0,4}")|:c(?=[\s/>])|\x00')
_LONGEST = 32
_MALFORMED = (expat.ExpatError, ValueError, LookupError)  # the last two: encodings nobody reads


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


def is_plainly_small(sheet: str, blocks: Iterable[bytes]) -> bool:
    """Whether every cell of a worksheet names its place, within AX99999, as programs write it.

    Such a sheet is within the limits whichever cells have content. False says nothing: a cell
    farther out, without a place, with a prefix, in another encoding needs the other pass. Raises
    SheetError for what is malformed.
    """
    parser = _parser(sheet)
    plain, kept = True, b""
    try:
        for block in blocks:
            parser.Parse(block, False)
            if plain:
                text = kept + block
                cut = max(text.rfind(b"<", -_LONGEST), text.rfind(b":", -_LONGEST))
                end = cut if cut >= 0 else len(text)  # a tag may go on in the next block
                plain = _OTHER_CELL.search(text, 0, end) is None
                kept = text[end:]
        parser.Parse(b"", True)
    except SheetError:
        raise
    except _MALFORMED as error:
        raise _incomplete(sheet, error) from error
    return plain and _OTHER_CELL.search(kept) is None


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
        self._parser = _parser(sheet)
        self._parser.StartElementHandler = self._start

    def read(self, blocks: Iterable[bytes]) -> None:
        """Scan the worksheet. Raises SheetError for what is malformed or too large."""
        try:
            for block in blocks:
                self._parser.Parse(block, False)
            self._parser.Parse(b"", True)
        except SheetError:
            raise
        except _MALFORMED as error:
            raise _incomplete(self.sheet, error) from error

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


def _parser(sheet: str) -> expat.XMLParserType:
    """A parser that finds what is malformed and refuses document types."""

    def doctype(*_declared: object) -> None:
        raise refuse(
            f"工作表“{sheet}”含有文档类型声明，正常的工作簿不会有",
            f"sheet {sheet} declares a document type, which no sound workbook does",
        )

    parser = expat.ParserCreate(namespace_separator="|")
    parser.StartDoctypeDeclHandler = doctype
    return parser


def _incomplete(sheet: str, error: Exception) -> SheetError:
    line = error.lineno if isinstance(error, expat.ExpatError) else 1
    return refuse(
        f"工作表“{sheet}”的内容不完整（第 {line} 行）",
        f"the content of sheet {sheet} is incomplete (line {line})",
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
