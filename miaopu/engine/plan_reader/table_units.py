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
    place = 0
    for line in folded.seen.split("\n"):
        if "\t" not in line:
            heads = {} if line else heads
        elif found := _heads(line):
            heads = found
        elif heads:
            yield from _row(line, place, heads)
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


def _row(line: str, place: int, heads: dict[int, str]) -> Iterator[Cell]:
    start = place
    for column, cell in enumerate(line.split("\t")):
        if column in heads and 0 < len(cell) <= _LONGEST:
            units = [unit for unit in split_units(cell) if looks_like_unit(unit)]
            if units:
                yield Cell(start, start + len(cell), units, heads[column])
        start += len(cell) + 1
