"""Every rule over a batch of enterprises: which match, for how much, and what is missing.

Each distinct atom of the rules becomes two planes of bits, where it is true and where it is false;
conditions are put together from them word by word. Rules for places that do not occur in a batch
are skipped, amounts are computed for true rows only. The answers are those of
`engine.matching.match_all`, row for row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from math import prod

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from miaopu.engine.expressions.reasons import TRUE, UNKNOWN
from miaopu.engine.expressions.tree import Kind, Node, Op
from miaopu.engine.facts import INT64_MAX
from miaopu.engine.planes.atoms import JUNCTIONS, atoms_of, canonical, is_intricate
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import Plane, bits_of, packed, rows_of, words_for
from miaopu.engine.planes.columns import Bools, Ints, Problem, combined, read_column
from miaopu.engine.planes.truth import fen_of, truth_of
from miaopu.engine.prepared import PreparedCondition, PreparedRule, PreparedRules, prepare
from miaopu.engine.rule_sets import RuleSet

_NEEDS: dict[tuple[Node, int], tuple[str, ...]] = {}  # what a condition lacks, by its signs


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
    rules: RuleSet, as_of: date, table: Mapping[str, pa.Array], rows: int, problem: Problem
) -> Batch:
    """The facts that the rules look at, of `rows` enterprises; unreadable values are told."""
    facts = prepare(rules, as_of).facts
    return Batch(
        rows, {fact.name: read_column(fact, table.get(fact.name), rows, problem) for fact in facts}
    )


def match_batch(rules: RuleSet, as_of: date, batch: Batch) -> Matches:
    """Every rule over the batch."""
    return _Matching(prepare(rules, as_of), batch).matches()


class _Matching:
    """One batch on its way through the rules; planes are kept by what they ask."""

    def __init__(self, rules: PreparedRules, batch: Batch) -> None:
        self.rules, self.batch = rules, batch
        self.planes: dict[Node, Plane] = {}
        self.words = words_for(batch.rows)
        self.everybody = packed(np.ones(batch.rows, dtype=np.bool_), self.words)
        self.lacking: dict[tuple[str, ...], int] = {(): 0}

    def matches(self) -> Matches:
        """The rows of all rules, by enterprise and rule."""
        parts = [self._rule(place, rule) for place, rule in enumerate(self.rules.rules)]
        found = [part for part in parts if part is not None]
        if not found:
            none = np.zeros(0, dtype=np.int64)
            return Matches(none, none, none > 0, none, none > 0, none, tuple(self.lacking))
        row, rule, true, fen, priced, missing = (
            np.concatenate(column) for column in zip(*found, strict=True)
        )
        order = np.lexsort((rule, row))
        return Matches(
            row[order],
            rule[order],
            true[order],
            fen[order],
            priced[order],
            missing[order],
            tuple(self.lacking),
        )

    def _rule(self, place: int, rule: PreparedRule) -> tuple[npt.NDArray[np.generic], ...] | None:
        """The rule's rows; None where it is false for everybody."""
        maybe, sure = self.everybody, self.everybody
        for part in rule.conditions:
            if part.reasons is None:
                sure = np.zeros_like(sure)
                continue
            plane = self._plane(canonical(part.reasons.runnable.node))
            maybe = maybe & ~plane.false
            sure = sure & plane.true
            if not maybe.any():
                return None
        true = rows_of(sure, self.batch.rows)
        open_ = rows_of(maybe & ~sure, self.batch.rows)
        rows = np.concatenate([true, open_])
        fen, priced, missing = self._amounts(rule, true)
        return (
            rows,
            np.full(len(rows), place, dtype=np.int64),
            np.arange(len(rows)) < len(true),
            np.concatenate([fen, np.zeros(len(open_), dtype=np.int64)]),
            np.concatenate([priced, np.zeros(len(open_), dtype=np.bool_)]),
            np.concatenate([missing, self._missing(rule, open_)]),
        )

    def _plane(self, node: Node) -> Plane:
        known = self.planes.get(node)
        if known is None:
            known = self.planes[node] = self._made(node)
        return known

    def _made(self, node: Node) -> Plane:
        if node.op is Op.NOT:
            [part] = (self._plane(child) for child in node.children)
            return Plane(part.false, part.true)
        if node.op in JUNCTIONS:
            parts = [self._plane(child) for child in node.children]
            both, either = np.bitwise_and, np.bitwise_or
            one, other = (both, either) if node.op is Op.AND else (either, both)
            return Plane(
                reduce(one, [part.true for part in parts]),
                reduce(other, [part.false for part in parts]),
            )
        found = truth_of(node, self.batch)
        return Plane(packed(found.true, self.words), packed(found.false, self.words))

    def _amounts(self, rule: PreparedRule, true: Ints) -> tuple[Ints, Bools, Ints]:
        nothing = np.zeros(len(true), dtype=np.int64)
        if rule.amount is None or not len(true):
            return nothing, nothing > 0, nothing
        chosen = self.batch.taken(true)
        fen, priced = fen_of(rule.amount, chosen)
        missing = nothing.copy()
        unpriced = np.flatnonzero(~priced)
        if len(unpriced):
            signs = self._signs(canonical(rule.amount.node), true[unpriced])
            code = combined(signs, len(unpriced))
            _kinds, firsts, where = np.unique(code, return_index=True, return_inverse=True)
            lacking = [rule.pays(chosen.facts(int(unpriced[row])))[1] for row in firsts]
            missing[unpriced] = np.array([self._lacking(names) for names in lacking])[where]
        return fen, priced, missing

    def _missing(self, rule: PreparedRule, rows: Ints) -> Ints:
        """What is lacking for each row that is neither true nor false, over all conditions."""
        if not len(rows):
            return np.zeros(0, dtype=np.int64)
        places = [self._lacks(part, rows) for part in rule.conditions]
        size = len(self.lacking)
        code = combined([(one, size) for one in places], len(rows))
        _kinds, firsts, where = np.unique(code, return_index=True, return_inverse=True)
        names = list(self.lacking)
        united = [
            self._lacking(tuple(dict.fromkeys(name for one in places for name in names[one[row]])))
            for row in firsts
        ]
        return np.array(united, dtype=np.int64)[where]

    def _lacks(self, part: PreparedCondition, rows: Ints) -> Ints:
        """The place of what one condition lacks, for each row; nothing where it is known.

        Rows that are alike in every atom and in what is known lack the same: one of them is asked.
        """
        if part.reasons is None:
            return np.full(len(rows), self._lacking((part.need,)))
        node = canonical(part.reasons.runnable.node)
        plane = self._plane(node)
        found = np.zeros(len(rows), dtype=np.int64)
        unknown = np.flatnonzero(bits_of(plane.true | plane.false, rows) == 0)
        if not len(unknown):
            return found
        asked = rows[unknown]
        signs = self._signs(node, asked)
        code = combined(signs, len(asked))
        kinds, firsts, where = np.unique(code, return_index=True, return_inverse=True)
        lasting = not is_intricate(node) and _fit(signs)
        places = []
        for kind, first in zip(kinds.tolist(), asked[firsts].tolist(), strict=True):
            needs = _NEEDS.get((node, kind)) if lasting else None
            if needs is None:
                needs = part.reasons.runnable.trace(self.batch.facts(first)).needs
                if lasting:
                    _NEEDS[node, kind] = needs
            places.append(self._lacking(needs))
        found[unknown] = np.array(places, dtype=np.int64)[where]
        return found

    def _signs(self, node: Node, rows: Ints) -> list[tuple[Ints, int]]:
        """What decides which facts an unknown condition lacks: columns of small numbers."""
        columns = [self.batch.columns[name] for name in node.fact_names()]
        if is_intricate(node):
            return [
                (places[rows], len(values))
                for places, values in (column.identities for column in columns)
            ]
        signs = [(column.known[rows].astype(np.int64), 2) for column in columns]
        for atom in atoms_of(node) if node.kind is Kind.BOOLEAN else ():
            plane = self._plane(atom)
            signs.append((bits_of(plane.true, rows) + 2 * bits_of(plane.false, rows), 3))
        return signs

    def _lacking(self, names: tuple[str, ...]) -> int:
        return self.lacking.setdefault(names, len(self.lacking))


def _fit(signs: list[tuple[Ints, int]]) -> bool:
    """Whether `combined` numbers these signs the same way in every batch."""
    return prod(size for _places, size in signs) <= INT64_MAX
