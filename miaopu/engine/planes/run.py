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
from miaopu.engine.planes.bits import WORD, Plane, Words, everybody, opposite, packed
from miaopu.engine.planes.columns import Ints
from miaopu.engine.planes.program import Program, ProgramRule
from miaopu.engine.planes.quick import Answers, Columns

PIECE = 65_536


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


def pieces(program: Program, batch: Batch, *, prune: bool = True) -> Iterator[Piece]:
    """The batch piece by piece, each with the rules that are not false for all of it."""
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
        yield Piece(part, start, listed, planes, tuple(planes.rules(None)))


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
        self._made: list[Plane | None] = [None] * len(program.steps)

    def step(self, number: int) -> Plane:
        """The plane of a step."""
        known = self._made[number]
        if known is None:
            known = self._made[number] = self._make(number)
        return known

    def _make(self, number: int) -> Plane:
        step = self.program.steps[number]
        if not step.parts:
            return self._columns.atom(number, step)
        parts = [self.step(part) for part in step.parts]
        if step.node.op is Op.NOT:
            return opposite(parts[0])
        join = np.bitwise_and if step.node.op is Op.AND else np.bitwise_or
        made = parts[0].copy()
        for part in parts[1:]:
            join(made, part, out=made)
        return made

    def rules(self, placed: np.ndarray | None) -> Iterator[RulePlanes]:
        """The rules that are not false for all rows.

        With `placed` (whose region is known) only those rows are asked, and jurisdictions that do
        not occur among them are skipped.
        """
        here: Ints | None = None
        asked = everybody(self.batch.rows)
        if placed is not None:
            asked = packed(placed)
            here = self._places(placed)
            if not len(here):
                return
        for place, rule in enumerate(self.program.rules):
            conditions = rule.conditions
            if rule.jurisdiction is not None and here is not None:
                first, last = rule.jurisdiction
                inside = (here >= first) & (here <= last)
                if not inside.any():
                    continue
                if inside.all():
                    conditions = conditions[1:]
            found = self._rule(place, rule, conditions, asked)
            if found is not None:
                yield found

    def _rule(
        self, place: int, rule: ProgramRule, conditions: tuple[int | None, ...], asked: Words
    ) -> RulePlanes | None:
        found = np.stack([asked, asked])
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

    def _places(self, placed: np.ndarray) -> Ints:
        """The codes of the regions that occur."""
        assert self.program.region is not None
        column = self.batch.columns[self.program.region]
        assert column.distinct is not None
        stored = column.stored if column.all_known else column.stored[placed]
        found = np.flatnonzero(np.bincount(stored, minlength=1))
        return np.array([column.distinct[place] for place in found], dtype=np.int64)
