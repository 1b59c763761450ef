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

import numpy as np

from miaopu.engine.planes.asked import Asked, asked_rules, narrow
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import (
    WORD,
    Bools,
    Ints,
    Plane,
    Words,
    everybody,
    packed,
    rows_of,
    unknown_in,
)
from miaopu.engine.planes.entitled import EntitledRows, entitled_rows
from miaopu.engine.planes.program import Program, ProgramRule
from miaopu.engine.planes.step_planes import Planes
from miaopu.engine.planes.workspace import Workspaces

PIECE = 262_144


@dataclass(frozen=True)
class RulePlanes:
    """One rule over one piece; the bits beyond its last row are 0."""

    place: int
    rule: ProgramRule
    plane: Plane

    @property
    def true_rows(self) -> Ints:
        """The rows that the rule entitles, in order."""
        return rows_of(self.plane[0])

    @property
    def unknown_rows(self) -> Ints:
        """The rows for which it is neither true nor false, in order."""
        return rows_of(unknown_in(self.plane))


@dataclass(frozen=True)
class Piece:
    """Some rows of a batch on their way through the program.

    `rows` gives their places in the whole batch: from `start` on, or as listed.
    """

    batch: Batch
    start: int
    listed: Ints | None
    planes: Planes
    rules: tuple[RulePlanes | EntitledRows, ...]

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
    spaces = Workspaces(len(program.steps))
    column = batch.columns[program.region] if prune and program.region else None

    def placed(start: int, end: int) -> Piece:
        part = batch.part(slice(start, end))
        where = None if column is None else part.columns[column.fact.name].known
        planes = Planes(program, part, spaces.take(part.rows), unknown)
        asked = in_full(planes, where) if unknown else entitled_rows(planes, where)
        return Piece(part, start, None, planes, tuple(asked))

    def unplaced(start: int, end: int) -> Piece:
        listed = nowhere[start:end]
        part = batch.part(listed)
        planes = Planes(program, part, spaces.take(part.rows), unknown)
        return Piece(part, start, listed, planes, tuple(in_full(planes, None)))

    works = [partial(placed, start, end) for start, end in _spans(batch.rows)]
    if unknown and column is not None and not column.all_known:
        nowhere = np.flatnonzero(~column.known).astype(np.int64)
        works += [partial(unplaced, start, end) for start, end in _spans(len(nowhere))]
    for piece in _in_order(works, threads):
        yield piece
        spaces.give_back(piece.planes.space)
    spaces.close()


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


def in_full(planes: Planes, placed: Bools | None) -> Iterator[RulePlanes]:
    """The rules that are not false for all rows, with who is entitled and who might be.

    With `placed` (whose region is known) only those rows are asked, and each rule only of the rows
    where those of its jurisdiction stand.
    """
    there = everybody(planes.batch.rows) if placed is None else packed(placed)
    is_placed = placed is not None
    alive = list(asked_rules(planes.program, planes.batch, is_placed=is_placed, unknown=True))
    if is_placed:
        narrow(planes, alive, {one.place: one.rule.steps for one in alive})
    every = frozenset[int]().union(*(one.rule.atoms for one in alive))
    for number in planes.program.in_order(every):
        planes.step(number)
    for one in alive:
        found = _rule(planes, one, there)
        if found is not None:
            yield found


def _rule(planes: Planes, one: Asked, asked: Words) -> RulePlanes | None:
    conditions = one.rule.conditions
    words = one.stretch.words
    whole = np.zeros((2, len(asked)), dtype=np.uint64)
    found = whole[:, words]
    found[:] = asked[words]
    if one.stretch.alone:
        one.stretch.trim(found)
        conditions = conditions[1:]
    for number in conditions:
        if number is not None:
            np.bitwise_and(found, planes.step(number)[:, words], out=found)
    if not found[-1].any():
        return None
    if None in conditions:
        whole[0] = 0
    return RulePlanes(one.place, one.rule, whole)
