"""A program over a batch: for each rule the planes of who is true and who might be.

The batch is taken piece by piece, small enough for the processor's cache. Rules for places that do
not occur in a piece are skipped there; enterprises without a region, who might be anywhere, are
taken out first and asked by themselves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, cast

import numpy as np

from miaopu.engine.expressions.tree import Op
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import WORD, Plane, Words, everybody, packed, words_for
from miaopu.engine.planes.columns import Bools, Ints
from miaopu.engine.planes.program import Program, ProgramRule
from miaopu.engine.planes.quick import Answers, Columns
from miaopu.engine.planes.whereabouts import Stretch, Whereabouts
from miaopu.engine.planes.workspace import Workspace, Workspaces

PIECE = 262_144


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
    program: Program,
    batch: Batch,
    *,
    unknown: bool = True,
    prune: bool = True,
    threads: int = 1,
) -> Iterator[Piece]:
    """The batch piece by piece, each with the rules that are not false for all of it.

    Without `unknown` nobody is asked what can only come to unknown. With several `threads` so many
    pieces are worked on at a time; they come in the same order. The planes of a piece's steps hold
    until the next piece is asked for.
    """
    answers: Answers = {}
    spaces = Workspaces(len(program.steps))
    column = batch.columns[program.region] if prune and program.region else None

    def placed(start: int, end: int) -> Piece:
        part = batch.part(slice(start, end))
        where = None if column is None else part.columns[column.fact.name].known
        planes = Planes(program, part, answers, spaces.take(part.rows), unknown)
        return Piece(part, start, None, planes, tuple(planes.rules(where)))

    def unplaced(start: int, end: int) -> Piece:
        listed = nowhere[start:end]
        part = batch.part(listed)
        planes = Planes(program, part, answers, spaces.take(part.rows), unknown)
        return Piece(part, start, listed, planes, tuple(planes.rules(None)))

    works = [partial(placed, start, end) for start, end in _spans(batch.rows)]
    if unknown and column is not None and not column.all_known:
        nowhere = np.flatnonzero(~column.known).astype(np.int64)
        works += [partial(unplaced, start, end) for start, end in _spans(len(nowhere))]
    for piece in _in_order(works, threads):
        yield piece
        spaces.give_back(piece.planes.space)


def _in_order(works: Sequence[Callable[[], Piece]], threads: int) -> Iterator[Piece]:
    """What the works give, one after the other; never more than `threads` ahead."""
    if threads <= 1:
        yield from (work() for work in works)
        return
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Future[Piece]] = deque()
        for work in works:
            if len(ahead) > threads:
                yield ahead.popleft().result()
            ahead.append(pool.submit(work))
        while ahead:
            yield ahead.popleft().result()


def _spans(rows: int) -> Iterator[tuple[int, int]]:
    """Pieces of about PIECE rows, whole words each, none of them small beside the others."""
    count = max(round(rows / PIECE), 1)
    size = -(-rows // count // WORD) * WORD
    for start in range(0, rows, size or 1):
        yield start, min(start + size, rows)


class Planes:
    """The planes of one piece, made when they are first asked for.

    A plane is made for those rows only that some rule asks about.
    """

    def __init__(
        self,
        program: Program,
        batch: Batch,
        answers: Answers,
        space: Workspace,
        unknown: bool = True,
    ) -> None:
        self.program = program
        self.batch = batch
        self.unknown = unknown  # else a plane says only where something is true
        self.space = space
        self._columns = Columns(batch, answers, space)
        words = words_for(batch.rows)
        self._room = space.planes[:, :, :words]
        self._made = [False] * len(program.steps)
        self._words = [slice(0, words)] * len(program.steps)

    def step(self, number: int) -> Plane:
        """The plane of a step."""
        plane: Plane = self._room[number]
        if not self._made[number]:
            self._make(number, plane[:, self._words[number]])
            self._made[number] = True
        return plane

    def _make(self, number: int, plane: Plane) -> None:
        step, words = self.program.steps[number], self._words[number]
        both = self.unknown or number in self.program.negated
        if not step.parts:
            self._columns.atom(number, step, plane, words, both)
            return
        first, *others = (self.step(part)[:, words] for part in step.parts)
        if step.node.op is Op.NOT:
            np.invert(first[::-1], out=plane)
            return
        if not both:
            plane, first = plane[0], first[0]
            others = [part[0] for part in others]
        join = np.bitwise_and if step.node.op is Op.AND else np.bitwise_or
        if not others:
            plane[:] = first
            return
        join(first, others[0], out=plane)
        for part in others[1:]:
            join(plane, part, out=plane)

    def rules(self, placed: Bools | None) -> Iterator[RulePlanes]:
        """The rules that are not false for all rows.

        With `placed` (whose region is known) only those rows are asked, and each rule only of the
        rows where those of its jurisdiction stand. Where only who is entitled counts, rules
        without jurisdiction are asked of all rows: the others entitle nobody without a region.
        """
        everyone = everybody(self.batch.rows)
        there = everyone if placed is None else packed(placed)
        alive = list(self._alive(placed is not None))
        if placed is not None:
            self._narrow(alive)
        for number in self.program.in_order(
            frozenset[int]().union(*(one.rule.atoms for one in alive))
        ):
            self.step(number)
        for one in alive:
            anywhere = one.rule.jurisdiction is None and not self.unknown
            found = self._rule(one, everyone if anywhere else there)
            if found is not None:
                yield found

    def _alive(self, is_placed: bool) -> Iterator[_Asked]:
        """The rules to ask, and of whom."""
        everywhere = Stretch(0, self.batch.rows, alone=False)
        where = None
        if is_placed:
            assert self.program.region is not None
            where = Whereabouts(self.batch.columns[self.program.region])
            if where.nobody and self.unknown:
                return
        known: dict[tuple[int, int], Stretch | None] = {}
        for place, rule in enumerate(self.program.rules):
            stretch: Stretch | None = everywhere
            if rule.jurisdiction is not None and where is not None:
                if rule.jurisdiction not in known:
                    known[rule.jurisdiction] = where.of(rule.jurisdiction)
                stretch = known[rule.jurisdiction]
            if stretch is not None:
                yield _Asked(place, rule, stretch)

    def _narrow(self, alive: list[_Asked]) -> None:
        """Make planes for those rows only that rules ask about; a step's rules ask its parts."""
        asked: dict[tuple[int, int], set[int]] = {}
        for one in alive:
            words = one.stretch.words
            asked.setdefault((words.start, words.stop), set()).update(one.rule.steps)
        starts: dict[int, int] = {}
        ends: dict[int, int] = {}
        for (start, end), numbers in asked.items():
            for number in numbers:
                if start < starts.get(number, end):
                    starts[number] = start
                if end > ends.get(number, 0):
                    ends[number] = end
        for number, start in starts.items():
            self._words[number] = slice(start, ends[number])

    def _rule(self, one: _Asked, asked: Words) -> RulePlanes | None:
        conditions = one.rule.conditions
        decided = None not in conditions
        if not self.unknown:
            return self._entitled(one, asked) if decided else None
        words = one.stretch.words
        whole = np.zeros((2, len(asked)), dtype=np.uint64)
        found = whole[:, words]
        found[:] = asked[words]
        if one.stretch.alone:
            one.stretch.trim(found)
            conditions = conditions[1:]
        for number in conditions:
            if number is not None:
                np.bitwise_and(found, self.step(number)[:, words], out=found)
        if not found[-1].any():
            return None
        if not decided:
            whole[0] = 0
        return RulePlanes(one.place, one.rule, whole)

    def _entitled(self, one: _Asked, asked: Words) -> RulePlanes | None:
        """The same where only who is entitled counts: one row of words stands for both."""
        words = one.stretch.words
        whole = np.zeros(len(asked), dtype=np.uint64)
        found = whole[words]
        found[:] = asked[words]
        conditions = cast(tuple[int, ...], one.rule.conditions)
        if one.stretch.alone:
            one.stretch.trim(found)
            conditions = conditions[1:]
        for number in conditions:
            np.bitwise_and(found, self.step(number)[0, words], out=found)
        if not found.any():
            return None
        both: Plane = np.ndarray((2, len(whole)), np.uint64, whole, strides=(0, whole.itemsize))
        return RulePlanes(one.place, one.rule, both)


class _Asked(NamedTuple):
    """A rule by its place, and the rows that it asks about."""

    place: int
    rule: ProgramRule
    stretch: Stretch
