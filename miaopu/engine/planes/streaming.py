"""Matching a whole file in bounded memory: chunk after chunk through the planes.

Rows, refusals and their order are those of `engine.matching.match_all`. While one chunk is matched
the next one is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
import pyarrow as pa

from miaopu.engine.facts import FactError
from miaopu.engine.matching import ENTERPRISE_ID, FactsRefused, MatchRow, refused_id
from miaopu.engine.planes import blocks
from miaopu.engine.planes.bits import Ints
from miaopu.engine.planes.columns import Reading
from miaopu.engine.planes.entitled import SAMPLE, plans_of
from miaopu.engine.planes.identity import IdColumn, Met, chosen_rows, ids_of
from miaopu.engine.planes.matching import Matches, match_batch, read_batch
from miaopu.engine.planes.program import program_of
from miaopu.engine.rule_sets import RuleSet

CHUNK = 196_608
_AHEAD = 2  # chunks that are read while one is worked on: both cores are then never idle
Report = Callable[[FactsRefused], None]
_T = TypeVar("_T")
_Found = tuple[Matches, list[tuple[int, FactError]]]


@dataclass(frozen=True)
class Chunk:
    """Some rows of a facts file: its columns, and how many rows there are."""

    columns: Mapping[str, pa.Array]
    rows: int


@dataclass(frozen=True)
class Part:
    """The matches of one chunk: the enterprises that could be used, and their rows in the file.

    `ids` are texts or whole numbers, as in the file.
    """

    ids: pa.Array
    numbers: Ints
    matches: Matches


def match_chunks(
    rules: RuleSet, chunks: Iterable[Chunk], as_of: date, problem: Report | None = None
) -> Iterator[MatchRow]:
    """The true and unknown rows of every enterprise under every rule, in that order.

    As `match_all`: raises FactsRefused for what cannot be used, or tells `problem` and goes on.
    """
    for part in matched_chunks(rules, chunks, as_of, problem):
        ids = [str(one) for one in part.ids.to_pylist()]
        for row, rule, status, fen, missing in part.matches.rows():
            yield MatchRow(ids[row], rules.rules[rule].id, status, fen, missing)


def matched_chunks(
    rules: RuleSet,
    chunks: Iterable[Chunk],
    as_of: date,
    problem: Report | None = None,
    *,
    column: IdColumn | None = None,
    unknown: bool = True,
) -> Iterator[Part]:
    """The same chunk by chunk, as tables: what `match_chunks` says row by row.

    `column` is that of the ids, where it can be read anew; without it every id is kept. Without
    `unknown`, the true rows only.
    """
    met = Met(column)
    done = 0
    trusts = not unknown and blocks.LIBRARY is not None
    for chunk in chunks:
        refusals: list[FactsRefused] = []
        ids, numbers = usable_rows(chunk, met, done, refusals)
        columns = chunk.columns
        if len(numbers) < chunk.rows:
            chosen = pa.array(numbers - done)
            columns = {name: values.take(chosen) for name, values in columns.items()}
        found = None
        if trusts and len(ids):
            found = _trusting(rules, as_of, columns, len(ids))
            trusts = found is not None  # where one chunk was read in vain, the next would be, too
        matches, unread = found or _matched(
            rules, as_of, columns, len(ids), Reading.STORED, unknown=unknown
        )
        refusals += [
            FactsRefused(int(numbers[row]) + 1, error.message, error.remedy)
            for row, error in unread
        ]
        for refusal in sorted(refusals, key=lambda one: one.row):
            if problem is None:
                raise refusal
            problem(refusal)
        yield Part(ids, numbers, matches)
        done += chunk.rows


def _matched(
    rules: RuleSet,
    as_of: date,
    columns: Mapping[str, pa.Array],
    rows: int,
    reading: Reading,
    *,
    unknown: bool,
) -> _Found:
    """The matches of some enterprises, and which values could not be read, by row."""
    unread: list[tuple[int, FactError]] = []

    def tell(row: int, error: FactError) -> None:
        unread.append((row, error))

    batch = read_batch(rules, as_of, columns, rows, tell, reading=reading)
    return match_batch(rules, as_of, batch, unknown=unknown), unread


def _trusting(
    rules: RuleSet, as_of: date, columns: Mapping[str, pa.Array], rows: int
) -> _Found | None:
    """The same where numbers are within their limits, which is seen on the way; else None."""
    program = program_of(rules, as_of)
    if not program.plans:
        some = pa.array(np.arange(0, rows, max(rows // SAMPLE, 1)))
        few = {name: values.take(some) for name, values in columns.items()}
        plans_of(
            program, read_batch(rules, as_of, few, len(some), _unheard, reading=Reading.STORED)
        )
    try:
        return _matched(rules, as_of, columns, rows, Reading.TRUSTED, unknown=False)
    except blocks.Distrusted:
        return None


def _unheard(row: int, error: FactError) -> None:
    """Of a sample nothing is told: it is told of all."""


def usable_rows(
    chunk: Chunk, met: Met, done: int, refusals: list[FactsRefused]
) -> tuple[pa.Array, Ints]:
    """The ids of the rows that can be used, and where these rows stand in the file."""
    column = chunk.columns.get(ENTERPRISE_ID)
    ids = pa.nulls(chunk.rows, pa.string()) if column is None else ids_of(column)
    fresh = met.fresh(ids)
    if fresh.all():
        return ids, np.arange(done, done + chunk.rows, dtype=np.int64)
    for place in np.flatnonzero(~fresh).tolist():
        found = ids[place].as_py()
        refusals.append(refused_id(done + place + 1, "" if found is None else str(found)))
    chosen = chosen_rows(fresh)
    return ids.take(chosen), done + chosen


def read_ahead(items: Iterable[_T]) -> Iterator[_T]:
    """The same items, read in a thread of their own while those before are worked on.

    For files: what is read through a connection of this thread cannot be read by another.
    """
    with ThreadPoolExecutor(1) as reader:
        rest = iter(items)
        following = deque(reader.submit(_next, rest) for _ in range(_AHEAD))
        while found := following.popleft().result():
            following.append(reader.submit(_next, rest))
            yield found[0]


def _next(items: Iterator[_T]) -> tuple[_T] | None:
    for item in items:
        return (item,)
    return None
