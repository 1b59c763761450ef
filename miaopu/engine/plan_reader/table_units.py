"""Units in the columns of a table: what stands under 牵头单位, 责任单位 or 配合单位."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from miaopu.engine.plan_reader.folded import Folded
from miaopu.engine.plan_reader.unit_names import looks_like_unit, split_units

_HEAD = re.compile(
    r"^(?:市级|省级|县级|区级|主要)?(?P<what>牵头|主办|主责|责任|负责|落实|承办|实施|配合|协办|协同|参与|参加|协助)"
    r"(?:责任|负责|落实|配合)?(?:单位|部门|处室|科室|机构|主体)(?:\([^()]{1,8}\))?$"
)
# A heading between the rows of a table.
_SECTION = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\))[^。]{2,60}$"
)
_LEAD = ("牵头", "主办", "主责")
_COOPERATE = ("配合", "协办", "协同", "参与", "参加", "协助")
_LONGEST = 400


@dataclass(frozen=True)
class Cell:
    """Units of one cell: folded place and role."""

    start: int
    end: int
    units: list[str]
    role: str


def unit_cells(folded: Folded) -> Iterator[Cell]:
    """The cells of tables that name units, in order; a row is a line, its cells parted by tabs."""
    heads: dict[int, str] = {}
    width = place = 0
    between = False
    for line in folded.seen.split("\n"):
        if "\t" not in line:
            between = _SECTION.match(line) is not None
            heads = heads if not line or between else {}
        elif found := _heads(line):
            heads, width = found, line.count("\t") + 1
            between = False
        elif between and line.count("\t") + 1 != width:
            heads = {}  # the head of another table
        elif heads:
            between = False
            yield from _row(folded, place, line, heads, width)
        place += len(line) + 1


def _heads(line: str) -> dict[int, str]:
    """Which columns name units, and in which role."""
    found = {}
    for column, cell in enumerate(line.split("\t")):
        if head := _HEAD.match(cell):
            what = head.group("what")
            role = "cooperate" if what in _COOPERATE else "responsible"
            found[column] = "lead" if what in _LEAD else role
    return found


def _row(
    folded: Folded, place: int, line: str, heads: dict[int, str], width: int
) -> Iterator[Cell]:
    """The cells of one row; a row that a cell above reaches into lacks its first columns."""
    cells, start = line.split("\t"), place
    for column, cell in enumerate(cells, max(0, width - len(cells))):
        if column in heads and 0 < len(cell) <= _LONGEST:
            units = _units(folded.raw(start, start + len(cell)), cell)
            if units:
                yield Cell(start, start + len(cell), units, heads[column])
        start += len(cell) + 1


def _units(printed: str, cell: str) -> list[str]:
    """The units of a cell; one on each line of the cell comes parted by blanks."""
    lines = printed.split()
    if len(lines) > 1 and all(looks_like_unit(one) for one in lines):
        return lines
    return [unit for unit in split_units(cell) if looks_like_unit(unit)]
