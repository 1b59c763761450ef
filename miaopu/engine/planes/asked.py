"""Which rules are asked of a piece, and of which of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.program import Program, ProgramRule
from miaopu.engine.planes.step_planes import Planes
from miaopu.engine.planes.whereabouts import Stretch, Whereabouts


class Asked(NamedTuple):
    """A rule by its place, and the rows that it asks about."""

    place: int
    rule: ProgramRule
    stretch: Stretch


def asked_rules(
    program: Program, batch: Batch, *, is_placed: bool, unknown: bool
) -> Iterator[Asked]:
    """The rules to ask: with `is_placed` those of places that occur, each of the rows there."""
    everywhere = Stretch(0, batch.rows, alone=False)
    where = None
    if is_placed:
        assert program.region is not None
        where = Whereabouts(batch.columns[program.region])
        if where.nobody and unknown:
            return
    known: dict[tuple[int, int], Stretch | None] = {}
    for place, rule in enumerate(program.rules):
        stretch: Stretch | None = everywhere
        if rule.jurisdiction is not None and where is not None:
            if rule.jurisdiction not in known:
                known[rule.jurisdiction] = where.of(rule.jurisdiction)
            stretch = known[rule.jurisdiction]
        if stretch is not None:
            yield Asked(place, rule, stretch)


def narrow(planes: Planes, asked: Iterable[Asked], steps: Mapping[int, frozenset[int]]) -> None:
    """Make planes for those rows only that rules ask about; `steps`: which, by the rule's place."""
    numbers_of: dict[tuple[int, int], set[int]] = {}
    for one in asked:
        words = one.stretch.words
        numbers_of.setdefault((words.start, words.stop), set()).update(steps[one.place])
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    for (start, end), numbers in numbers_of.items():
        for number in numbers:
            if start < starts.get(number, end):
                starts[number] = start
            if end > ends.get(number, 0):
                ends[number] = end
    for number, start in starts.items():
        planes.narrow(number, slice(start, ends[number]))
