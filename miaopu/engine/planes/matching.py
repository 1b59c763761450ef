"""Every rule over a batch of enterprises: which match, for how much, and what is missing.

Each distinct atom of the rules becomes two planes of bits, where it is true and where it is not
false; conditions are put together from them word by word. Rules for places that do not occur are
skipped, amounts are computed for true rows only. The answers are those of
`engine.matching.match_all`, row for row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from miaopu.engine.expressions.plain import TRUE, UNKNOWN
from miaopu.engine.planes import blocks
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import Bools, Ints
from miaopu.engine.planes.blocks import LACKING, PAID, UNASKED, Found, by_rule, found_in_blocks
from miaopu.engine.planes.columns import Reading
from miaopu.engine.planes.counting import CountedRules
from miaopu.engine.planes.entitled import EntitledRows
from miaopu.engine.planes.lacking import Lacking
from miaopu.engine.planes.program import Program, program_of
from miaopu.engine.planes.quick import Columns
from miaopu.engine.planes.read_columns import Problem, read_column
from miaopu.engine.planes.run import Piece, RulePlanes, pieces
from miaopu.engine.planes.truth import fen_of
from miaopu.engine.planes.workspace import Workspace
from miaopu.engine.prepared import PreparedRule
from miaopu.engine.rule_sets import RuleSet

_HALF, _LOW = np.uint64(32), np.uint64(2**32 - 1)


@dataclass(frozen=True)
class Matches:
    """Matches of a batch, by enterprise and rule: the rows of a long table.

    `row` and `rule` are places in the batch and in the rule set; `fen` counts where `priced`.
    `missing` gives the place of what is lacking in `lacking`.
    """

    row: Ints
    rule: Ints
    true: Bools
    fen: Ints
    priced: Bools
    missing: Ints
    lacking: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.row)

    def rows(self) -> Iterator[tuple[int, int, str, int | None, tuple[str, ...]]]:
        """Each match: enterprise's row, rule's place, status, fen, what is missing."""
        columns = zip(
            self.row.tolist(),
            self.rule.tolist(),
            self.true.tolist(),
            self.fen.tolist(),
            self.priced.tolist(),
            self.missing.tolist(),
            strict=True,
        )
        for row, rule, true, fen, priced, missing in columns:
            yield (
                row,
                rule,
                TRUE if true else UNKNOWN,
                fen if priced else None,
                self.lacking[missing],
            )


def read_batch(
    rules: RuleSet,
    as_of: date,
    table: Mapping[str, pa.Array],
    rows: int,
    problem: Problem,
    *,
    reading: Reading = Reading.COMPACT,
) -> Batch:
    """The facts that the rules look at, of `rows` enterprises; unreadable values are told."""
    program = program_of(rules, as_of)
    kept = program.dictionaries
    columns = {
        fact.name: read_column(
            fact, table.get(fact.name), rows, problem, reading=reading, dictionaries=kept
        )
        for fact in program.prepared.facts
    }
    return Batch(rows, columns)


def match_batch(
    rules: RuleSet,
    as_of: date,
    batch: Batch,
    *,
    unknown: bool = True,
    prune: bool = True,
    threads: int = 1,
) -> Matches:
    """Every rule over the batch; without `unknown`, the true rows only.

    `prune` False asks even the rules for places that do not occur: for measurements. `threads` work
    on planes; what is compiled takes one.
    """
    program = program_of(rules, as_of)
    table = _Table(CountedRules.of(program.prepared))
    if not unknown and blocks.LIBRARY is not None:
        columns = Columns(batch, program.answers, Workspace(0, 0))
        table.add_found(program, batch, found_in_blocks(program, columns, by_region=prune))
        return table.matches()
    for piece in pieces(program, batch, unknown=unknown, prune=prune, threads=threads):
        table.add(piece)
    return table.matches()


class _Table:
    """The long table as it grows."""

    def __init__(self, counted: CountedRules | None) -> None:
        self.counted = counted
        self.lacking = Lacking()
        self.parts: list[tuple[np.ndarray, ...]] = []
        self.listed = False  # rows of a later piece may stand before those of an earlier one

    def add(self, piece: Piece) -> None:
        """The rows of a piece, by enterprise and rule."""
        found = [rows for rule in piece.rules for rows in _rows_of(rule) if len(rows.rows)]
        if not found:
            return
        sizes = [len(one.rows) for one in found]
        row = np.concatenate([one.rows for one in found])
        rule = np.repeat(np.array([one.rule.place for one in found], dtype=np.int64), sizes)
        true = np.repeat(np.array([one.true for one in found]), sizes)
        fen, missing = np.zeros(len(row), dtype=np.int64), np.zeros(len(row), dtype=np.int64)
        priced = np.zeros(len(row), dtype=np.bool_)
        start = 0
        for one, size in zip(found, sizes, strict=True):
            where = slice(start, start + size)
            start += size
            if one.true:
                paid = self._price(piece.batch, one.rule.rule.rule, one.rows)
                fen[where], priced[where], missing[where] = paid
            else:
                known = piece.planes
                missing[where] = self.lacking.of_conditions(one.rule.rule, known, one.rows)
        columns = self._counted([row, rule, true, fen, priced, missing])
        order = _by_row(columns[0])
        row, *others = (column if _is_one(column) else column.take(order) for column in columns)
        self.parts.append((piece.places(row), *others))
        self.listed = self.listed or piece.listed is not None

    def add_found(self, program: Program, batch: Batch, found: Found) -> None:
        """Who is entitled in a batch."""
        row, rule, fen, paid = found
        priced, missing = paid == PAID, np.zeros(len(row), dtype=np.int64)
        for place, at in by_rule(rule, np.flatnonzero(paid == UNASKED)):
            asked = program.rules[place].rule
            fen[at], priced[at], missing[at] = self._price(batch, asked, row[at])
        at = np.flatnonzero(paid == LACKING)
        if len(at):
            lacked = [self.lacking.place(one.rule.amount_facts) for one in program.rules]
            missing[at] = np.array(lacked, dtype=np.int64)[rule[at]]
        true = np.ones(len(row), dtype=np.bool_)
        self.parts.append(tuple(self._counted([row, rule, true, fen, priced, missing])))

    def _counted(self, columns: list[np.ndarray]) -> list[np.ndarray]:
        """Of the columns of a table the rows that count."""
        if self.counted is None:
            return columns
        row, rule, true, fen, priced, _missing = columns
        kept = self.counted.kept(row, rule, true, fen, priced)
        return [column[kept] for column in columns]

    def matches(self) -> Matches:
        """The whole table."""
        if not self.parts:
            none = np.zeros(0, dtype=np.int64)
            lacking = tuple(self.lacking.names)
            return Matches(none, none, none > 0, none, none > 0, none, lacking)
        columns = [
            column[0] if len(column) == 1 else np.concatenate(column)
            for column in zip(*self.parts, strict=True)
        ]
        if self.listed:
            order = np.argsort(columns[0], kind="stable")
            columns = [column[order] for column in columns]
        row, rule, true, fen, priced, missing = columns
        return Matches(row, rule, true, fen, priced, missing, tuple(self.lacking.names))

    def _price(self, batch: Batch, rule: PreparedRule, rows: Ints) -> tuple[Ints, Bools, Ints]:
        """What one rule pays some enterprises: fen, where there is an amount, what it lacks."""
        missing = np.zeros(len(rows), dtype=np.int64)
        if rule.amount is None:
            return missing, missing > 0, missing
        chosen = batch.part(rows, rule.amount_facts)
        fen, priced = fen_of(rule.amount, chosen)
        if not priced.all():
            unpriced = np.flatnonzero(~priced)
            missing[unpriced] = self.lacking.of_amounts(rule, chosen.part(unpriced))
        return fen, priced, missing


class _Rows(NamedTuple):
    """Rows of a piece that a rule entitles, or (`true` False) might entitle."""

    rule: RulePlanes | EntitledRows
    true: bool
    rows: Ints


def _rows_of(rule: RulePlanes | EntitledRows) -> Iterator[_Rows]:
    yield _Rows(rule, True, rule.true_rows)
    if isinstance(rule, RulePlanes):
        yield _Rows(rule, False, rule.unknown_rows)


def _is_one(column: np.ndarray) -> bool:
    """Whether it is the same value in all rows; mostly the ends tell that it is not."""
    return bool(column[0] == column[-1] and (column[0] == column).all())


def _by_row(rows: Ints) -> Ints:
    """The order of some rows, those that are alike as they come; of one piece, so 32 bits do."""
    keys = rows.astype(np.uint64) << _HALF
    keys |= np.arange(len(rows), dtype=np.uint64)
    keys.sort()  # twice as fast as a stable sort of the rows themselves
    keys &= _LOW
    return keys.view(np.int64)
