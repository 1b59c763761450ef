"""Finding the line of titles: wherever it stands, in whatever order, with units in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

LINES_LOOKED_AT = 30
TITLES_NEEDED = 2
_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")
_NOISE = re.compile(r"[\s*＊:：_\-/、·]+")
_UNIT = re.compile(r"[(\[【〔]\s*(?:单位[:：]?)?\s*(万元|元|人|人民币元)\s*[)\]】〕]")


def plain_title(cell: object) -> str:
    """A title without spaces, marks, brackets and width: “＊ 营业收入（万元）” is 营业收入."""
    if not isinstance(cell, str):
        return ""
    text = unicodedata.normalize("NFKC", cell)[:200]
    return _NOISE.sub("", _BRACKETS.sub("", text)).casefold()


def unit_of(cell: object) -> str:
    """The unit that a title names in brackets (万元, 元, 人), "" where it names none."""
    if not isinstance(cell, str):
        return ""
    match = _UNIT.search(unicodedata.normalize("NFKC", cell)[:200])
    return match[1] if match else ""


def find_header(rows: Sequence[Sequence[object]], titles: Collection[str]) -> tuple[int, int]:
    """Index of the line that holds the most known titles, and how many; (-1, 0) without any."""
    best, most = -1, 0
    for index, row in enumerate(rows[:LINES_LOOKED_AT]):
        found = len({plain for cell in row if (plain := plain_title(cell)) in titles})
        if found > most:
            best, most = index, found
    return best, most
