"""A program over a batch: for each rule the planes of who is true and who might be.

The batch is taken piece by piece, small enough for the processor's cache. Rules for places that do
not occur in a piece are skipped there; enterprises without a region, who might be anywhere, are
taken out first and asked by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from miaopu.engine.expressions.tree import Op
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import WORD, Plane, everybody, packed, words_for
from miaopu.engine.planes.columns import Bools, Ints
from miaopu.engine.planes.program import Program, ProgramRule
from miaopu.engine.planes.quick import Answers, Columns

PIECE = 98_304


@dataclass(frozen=True)
class RulePlanes:
    """One rule over one piece; the bits beyond its last row are 0."""

    place: int
    rule: ProgramRule
    plane: Plane


@dataclass(frozen=True)
class Piece:
    """Some rows of a batch on their way through the program.

    `rows` gives their places in the whole batch: from `start` on, or as listed.
    """

    batch: Batch
    start: int
    listed: Ints | None
    planes: Planes
    rules: tuple[RulePlanes, ...]

    def places(self, rows: Ints) -> Ints:
        """Places in the whole batch of rows of this piece."""
        return rows + self.start if self.listed is None else self.listed[rows]


def pieces(
    program: Program, batch: Batch, *, unknown: bool = True, prune: bool = True
) -> Iterator[Piece]:
    """The batch piece by piece, each with the rules that are not false for all of it.

    Without `unknown` nobody is asked what can only come to unknown.
    """
    answers: Answers = {}
    column = batch.columns[program.region] if prune and program.region else None
    for start, end in _spans(batch.rows):
        part = batch.part(slice(start, end))
        placed = None if column is None else part.columns[column.fact.name].known
        planes = Planes(program, part, answers)
        yield Piece(part, start, None, planes, tuple(planes.rules(placed)))
    if column is None or column.all_known:
        return
    nowhere = np.flatnonzero(~column.known).astype(np.int64)
    for start, end in _spans(len(nowhere)):
        listed = nowhere[start:end]
        part = batch.part(listed)
        planes = Planes(program, part, answers)
        found = planes.rules(None, anywhere=not unknown)
        yield Piece(part, start, listed, planes, tuple(found))


def _spans(rows: int) -> Iterator[tuple[int, int]]:
    """Pieces of about PIECE rows, whole words each, none of them small beside the others."""
    count = max(round(rows / PIECE), 1)
    size = -(-rows // count // WORD) * WORD
    for start in range(0, rows, size or 1):
        yield start, min(start + size, rows)


class Planes:
    """The planes of one piece, made when they are first asked for."""

    def __init__(self, program: Program, batch: Batch, answers: Answers) -> None:
        self.program = program
        self.batch = batch
        self._columns = Columns(batch, answers)
        self._room = np.empty((len(program.steps), 2, words_for(batch.rows)), dtype=np.uint64)
        self._made = [False] * len(program.steps)

    def step(self, number: int) -> Plane:
        """The plane of a step."""
        plane: Plane = self._room[number]
        if not self._made[number]:
            self._make(number, plane)
            self._made[number] = True
        return plane

    def _make(self, number: int, plane: Plane) -> None:
        step = self.program.steps[number]
        if not step.parts:
            self._columns.atom(number, step, plane)
            return
        first, *others = (self.step(part) for part in step.parts)
        if step.node.op is Op.NOT:
            np.invert(first[::-1], out=plane)
            return
        join = np.bitwise_and if step.node.op is Op.AND else np.bitwise_or
        if not others:
            plane[:] = first
            return
        join(first, others[0], out=plane)
        for part in others[1:]:
            join(plane, part, out=plane)

    def rules(self, placed: Bools | None, *, anywhere: bool = False) -> Iterator[RulePlanes]:
        """The rules that are not false for all rows; `anywhere`: only those without jurisdiction.

        With `placed` (whose region is known) only those rows are asked, and jurisdictions that do
        not occur among them are skipped.
        """
        here: Ints | None = None
        everyone = everybody(self.batch.rows) if placed is None else packed(placed)
        asked = np.stack([everyone, everyone])
        if placed is not None:
            here = self._places(placed)
            if not len(here):
                return
        alive: list[tuple[int, ProgramRule, tuple[int | None, ...]]] = []
        for place, rule in enumerate(self.program.rules):
            conditions = rule.conditions
            if rule.jurisdiction is not None:
                if anywhere:
                    continue
                if here is not None:
                    first, last = rule.jurisdiction
                    inside = (here >= first) & (here <= last)
                    if not inside.any():
                        continue
                    if inside.all():
                        conditions = conditions[1:]
            alive.append((place, rule, conditions))
        needed = frozenset[int]().union(*(rule.atoms for _place, rule, _asked in alive))
        for number in self.program.in_order(needed):
            self.step(number)
        for one in alive:
            found = self._rule(*one, asked)
            if found is not None:
                yield found

    def _rule(
        self, place: int, rule: ProgramRule, conditions: tuple[int | None, ...], asked: Plane
    ) -> RulePlanes | None:
        found = asked.copy()
        decided = True
        for number in conditions:
            if number is None:
                decided = False
                continue
            np.bitwise_and(found, self.step(number), out=found)
        if not found[1].any():
            return None
        if not decided:
            found[0] = 0
        return RulePlanes(place, rule, found)

    def _places(self, placed: Bools) -> Ints:
        """The codes of the regions that occur."""
        assert self.program.region is not None
        column = self.batch.columns[self.program.region]
        assert column.distinct is not None
        stored = column.stored if column.all_known else column.stored[placed]
        found = np.flatnonzero(np.bincount(stored, minlength=1))
        return np.array([column.distinct[place] for place in found], dtype=np.int64)
