"""Cells that people type or paste: a figure, nothing, or what is wrong with it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from miaopu.engine.messages import Bilingual

NOTHING = frozenset({"", "-", "—", "–", "——", "/", "无", "n/a", "none"})
"""What people write where there is no target. A zero is a target of zero."""
SUMS = frozenset({"合计", "总计", "全市", "全区", "total", "sum"})
"""What stands at the head of a line of sums, which is nobody's part."""
ROWS_MAX, COLUMNS_MAX, LONGEST = 500, 60, 40
WHOLE_DIGITS = 12
_NUMBER = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True)
class Cell:
    """What a cell says: `value` (None: no target), or `error` where it cannot be read."""

    text: str
    value: Decimal | None
    error: Bilingual | None = None


def read_cell(text: object, places: int) -> Cell:
    """Read a figure with at most `places` decimals.

    Full-width digits and grouped thousands are read; signs for "nothing" give None.
    """
    shown = str("" if text is None else text).replace("\x00", "").strip()
    plain = unicodedata.normalize("NFKC", shown).replace(" ", "")
    if plain.casefold() in NOTHING or shown in NOTHING:
        return Cell(shown, None)
    if len(plain) > LONGEST or not _NUMBER.fullmatch(plain):
        if plain.startswith(("-", "−")) and _NUMBER.fullmatch(plain[1:]):
            return _wrong(shown, "不能是负数", "cannot be negative")
        return _wrong(
            shown, "不是数字，例如 1,200 或 0.98", "is not a number, such as 1,200 or 0.98"
        )
    value = Decimal(plain.replace(",", ""))
    whole, _dot, decimals = plain.replace(",", "").partition(".")
    if len(decimals.rstrip("0")) > places:
        zh = f"最多 {places} 位小数" if places else "须为整数"
        en = f"takes {places} decimals at most" if places else "must be a whole number"
        return _wrong(shown, zh, en)
    if len(whole.lstrip("0")) > WHOLE_DIGITS:
        return _wrong(shown, "数值过大", "is too large")
    return Cell(shown, value)


def _wrong(text: str, zh: str, en: str) -> Cell:
    shown = text[:LONGEST]
    return Cell(text, None, Bilingual(f"“{shown}”{zh}", f"“{shown}” {en}"))


def read_block(text: str) -> list[list[str]]:
    """A block as Excel puts it on the clipboard: tabs between cells, quotes around line breaks.

    Lines that are empty at the end are left out; at most ROWS_MAX × COLUMNS_MAX cells are read.
    """
    plain = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    delimiter = "\t" if "\t" in plain else "," if _looks_like_csv(plain) else "\t"
    reader = csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append([cell.strip() for cell in row[:COLUMNS_MAX]])
            if len(rows) == ROWS_MAX:
                break
    except csv.Error:
        rows = [line.split(delimiter)[:COLUMNS_MAX] for line in plain.split("\n")[:ROWS_MAX]]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _looks_like_csv(text: str) -> bool:
    """Whether commas separate cells: in every line, and not only between groups of thousands."""
    lines = [line for line in text.split("\n") if line.strip()]
    return bool(lines) and all(
        "," in line and not _NUMBER.fullmatch(line.strip()) for line in lines
    )
