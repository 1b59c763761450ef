"""Matching a whole file in bounded memory: chunk after chunk through the planes.

Rows, refusals and their order are those of `engine.matching.match_all`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from miaopu.engine.facts import FactError
from miaopu.engine.matching import ENTERPRISE_ID, FactsRefused, MatchRow, refused_id
from miaopu.engine.planes.columns import Ints
from miaopu.engine.planes.matching import Matches, match_batch, read_batch
from miaopu.engine.rule_sets import RuleSet

CHUNK = 65_536
Report = Callable[[FactsRefused], None]


@dataclass(frozen=True)
class Chunk:
    """Some rows of a facts file: its columns, and how many rows there are."""

    columns: Mapping[str, pa.Array]
    rows: int


@dataclass(frozen=True)
class Part:
    """The matches of one chunk: the enterprises that could be used, and their rows in the file."""

    ids: list[str]
    numbers: Ints
    matches: Matches


def match_chunks(
    rules: RuleSet, chunks: Iterable[Chunk], as_of: date, problem: Report | None = None
) -> Iterator[MatchRow]:
    """The true and unknown rows of every enterprise under every rule, in that order.

    As `match_all`: raises FactsRefused for what cannot be used, or tells `problem` and goes on.
    """
    for part in matched_chunks(rules, chunks, as_of, problem):
        for row, rule, status, fen, missing in part.matches.rows():
            yield MatchRow(part.ids[row], rules.rules[rule].id, status, fen, missing)


def matched_chunks(
    rules: RuleSet, chunks: Iterable[Chunk], as_of: date, problem: Report | None = None
) -> Iterator[Part]:
    """The same chunk by chunk, as tables: what `match_chunks` says row by row."""
    seen: set[str] = set()
    done = 0
    for chunk in chunks:
        refusals: list[FactsRefused] = []
        ids, chosen = usable_rows(chunk, seen, done, refusals)
        columns = chunk.columns
        if len(chosen) < chunk.rows:
            columns = {name: values.take(chosen) for name, values in columns.items()}
        first = done

        def refuse(row: int, error: FactError, at: Ints = chosen, first: int = first) -> None:
            number = first + int(at[row]) + 1
            refusals.append(FactsRefused(number, error.message, error.remedy))  # noqa: B023

        batch = read_batch(rules, as_of, columns, len(ids), refuse)
        for refusal in sorted(refusals, key=lambda one: one.row):
            if problem is None:
                raise refusal
            problem(refusal)
        yield Part(ids, done + chosen, match_batch(rules, as_of, batch))
        done += chunk.rows


def usable_rows(
    chunk: Chunk, seen: set[str], done: int, refusals: list[FactsRefused]
) -> tuple[list[str], Ints]:
    """The ids of the rows that can be used, and where these rows stand."""
    ids, chosen = [], []
    column = chunk.columns.get(ENTERPRISE_ID)
    raws = [None] * chunk.rows if column is None else column.to_pylist()
    if column is not None and not column.null_count:
        texts = [str(raw).strip() for raw in raws]
        different = set(texts)
        if len(different) == len(texts) and "" not in different and seen.isdisjoint(different):
            seen |= different
            return texts, np.arange(chunk.rows, dtype=np.int64)
    for place, raw in enumerate(raws):
        enterprise_id = "" if raw is None else str(raw).strip()
        if enterprise_id and enterprise_id not in seen:
            seen.add(enterprise_id)
            ids.append(enterprise_id)
            chosen.append(place)
        else:
            refusals.append(refused_id(done + place + 1, enterprise_id))
    return ids, np.array(chosen, dtype=np.int64)
