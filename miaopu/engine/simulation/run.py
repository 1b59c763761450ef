"""Trying rules on a whole register: beneficiaries and cost, and two versions side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from miaopu.engine.facts import FactError
from miaopu.engine.matching import FactsRefused
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import Ints
from miaopu.engine.planes.columns import combined
from miaopu.engine.planes.identity import Met
from miaopu.engine.planes.matching import Matches, match_batch
from miaopu.engine.planes.points import points_of
from miaopu.engine.planes.read_columns import read_column
from miaopu.engine.planes.streaming import Chunk, Report, usable_rows
from miaopu.engine.prepared import prepare
from miaopu.engine.rule_sets import RuleSet
from miaopu.engine.simulation.groups import Dimension, dimensions
from miaopu.engine.simulation.tally import ByPoints, Tally, exact_sum, levels, sums_by

DECIDE = "decide:"
Key = tuple[str | None, ...]


@dataclass
class RuleEffect:
    """What one rule does: who benefits, who cannot be answered and for want of which facts.

    `unknown` lack facts; `undecided` lack nothing but a person's decision.
    """

    rule: str
    tally: Tally = field(default_factory=Tally)
    unknown: int = 0
    undecided: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    standing: ByPoints = field(default_factory=ByPoints)


@dataclass
class Effect:
    """What a rule set does with a register."""

    rules: list[RuleEffect]
    groups: dict[Key, Tally] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One enterprise that a new version treats otherwise: what it would get before and after."""

    enterprise_id: str
    before_fen: int
    after_fen: int
    before_rules: int
    after_rules: int

    @property
    def gains(self) -> bool:
        """More money, or as much by more rules."""
        return (self.after_fen, self.after_rules) > (self.before_fen, self.before_rules)


@dataclass
class Simulation:
    """The effect of rules, beside that of an earlier version where one is given."""

    by: tuple[Dimension, ...]
    effect: Effect
    before: Effect | None = None
    enterprises: int = 0
    changes: list[Change] = field(default_factory=list)


def decided(rules: RuleSet) -> RuleSet:
    """The rules as if people had decided every discretion in the enterprise's favour."""
    kept = tuple(
        replace(rule, conditions=tuple(one for one in rule.conditions if one.when is not None))
        for rule in rules.rules
    )
    return replace(rules, rules=kept)


def simulate(
    rules: RuleSet,
    chunks: Iterable[Chunk],
    as_of: date,
    *,
    by: Sequence[str] = (),
    against: RuleSet | None = None,
    problem: Report | None = None,
) -> Simulation:
    """Rules over a register, chunk by chunk, grouped by `by`, beside the version `against`.

    Raises EngineError for a way of grouping that there is not and FactsRefused for a row that
    cannot be used; with `problem` it is told instead, and goes on as `match_chunks` does.
    """
    ways = dimensions(by, rules)
    versions = [rules] if against is None else [rules, against]
    runs = [_Run(version, as_of, ways) for version in versions]
    result = Simulation(ways, runs[0].effect, runs[1].effect if against else None)
    met = Met()
    done = 0
    for chunk in chunks:
        refusals: list[FactsRefused] = []
        ids, places = usable_rows(chunk, met, done, refusals)
        columns = {name: values.take(places - done) for name, values in chunk.columns.items()}
        used = Chunk(columns, len(ids))
        numbers = (places + 1).tolist()
        totals = [run.add(used, numbers, refusals) for run in runs]
        told = {(one.row, str(one)): one for one in refusals}
        for _key, refusal in sorted(told.items()):
            if problem is None:
                raise refusal
            problem(refusal)
        if len(totals) == 2:
            result.changes += _changes(ids.to_pylist(), *totals[1], *totals[0])
        result.enterprises += len(ids)
        done += chunk.rows
    return result


class _Run:
    """One version of the rules on its way through the register."""

    def __init__(self, rules: RuleSet, as_of: date, ways: tuple[Dimension, ...]) -> None:
        self.rules, self.as_of, self.ways = rules, as_of, ways
        self.prepared = prepare(rules, as_of)
        self.effect = Effect([RuleEffect(rule.id) for rule in rules.rules])

    def add(
        self, chunk: Chunk, numbers: list[int], refusals: list[FactsRefused]
    ) -> tuple[list[int], Ints]:
        """Count a chunk; what each enterprise gets in fen, and by how many rules."""
        batch = self._read(chunk, numbers, refusals)
        matches = match_batch(self.rules, self.as_of, batch)
        self._unknown(matches)
        true = np.flatnonzero(matches.true)
        rows, rule = matches.row[true], matches.rule[true]
        fen = np.where(matches.priced, matches.fen, 0)[true]
        for place, effect in enumerate(self.effect.rules):
            mine = np.flatnonzero(rule == place)
            if len(mine):
                self._rule(place, effect, batch, rows[mine], fen[mine])
                effect.tally.unpriced += int((~matches.priced[true][mine]).sum())
        if self.ways:
            self._grouped(batch, rows, rule, fen)
        return sums_by(rows, fen, batch.rows), np.bincount(rows, minlength=batch.rows)

    def _read(self, chunk: Chunk, numbers: list[int], refusals: list[FactsRefused]) -> Batch:
        def refuse(row: int, error: FactError) -> None:
            refusals.append(FactsRefused(numbers[row], error.message, error.remedy))

        facts = (*self.prepared.facts, *self.prepared.priority_facts)
        wanted = {fact.name: fact for fact in (*facts, *(way.fact for way in self.ways))}
        return Batch(
            chunk.rows,
            {
                name: read_column(fact, chunk.columns.get(name), chunk.rows, refuse)
                for name, fact in wanted.items()
            },
        )

    def _unknown(self, matches: Matches) -> None:
        open_ = ~matches.true
        size = len(matches.lacking)
        pairs = Counter((matches.rule[open_] * size + matches.missing[open_]).tolist())
        for pair, count in pairs.items():
            effect = self.effect.rules[pair // size]
            facts = [name for name in matches.lacking[pair % size] if not name.startswith(DECIDE)]
            if facts:
                effect.unknown += count
                effect.missing.update(dict.fromkeys(facts, count))
            else:
                effect.undecided += count

    def _rule(self, place: int, effect: RuleEffect, batch: Batch, rows: Ints, fen: Ints) -> None:
        tally = effect.tally
        tally.enterprises += len(rows)
        tally.cost_fen += exact_sum(fen)
        names, paid = levels(fen, self.rules.rules[place].shares)
        for number, name in enumerate(names):
            tally.by_level[name] += exact_sum(paid[:, number])
        points = points_of(self.prepared.rules[place], batch, rows)
        kinds, places = np.unique(points, return_inverse=True)
        sums = sums_by(places, fen, len(kinds))
        counts = np.bincount(places, minlength=len(kinds)).tolist()
        for kind, count, total in zip(kinds.tolist(), counts, sums, strict=True):
            effect.standing.count[kind] += count
            effect.standing.fen[kind] += total

    def _grouped(self, batch: Batch, rows: Ints, rule: Ints, fen: Ints) -> None:
        """Cost by group; an enterprise counts once in its group, however many rules reach it."""
        found = [way.groups(batch, self.as_of) for way in self.ways]
        code = combined([(places, len(names)) for places, names in found], batch.rows)
        kinds, firsts, where = np.unique(code, return_index=True, return_inverse=True)
        keys = [tuple(names[places[first]] for places, names in found) for first in firsts]
        group = where[rows]
        counts = np.bincount(where[np.unique(rows)], minlength=len(kinds)).tolist()
        costs = sums_by(group, fen, len(kinds))
        tallies: list[Tally | None] = []
        for key, count, cost in zip(keys, counts, costs, strict=True):
            if count or key in self.effect.groups:
                tally = self.effect.groups.setdefault(key, Tally())
                tally.enterprises += count
                tally.cost_fen += cost
            tallies.append(self.effect.groups.get(key))
        for place in np.unique(rule).tolist():
            mine = np.flatnonzero(rule == place)
            names, paid = levels(fen[mine], self.rules.rules[place].shares)
            for number, name in enumerate(names):
                parts = sums_by(group[mine], paid[:, number], len(kinds))
                for one, part in zip(tallies, parts, strict=True):
                    if one is not None and part:
                        one.by_level[name] += part


def _changes(
    ids: list[object], before: list[int], had: Ints, after: list[int], has: Ints
) -> list[Change]:
    return [
        Change(str(enterprise_id), *one)
        for enterprise_id, *one in zip(ids, before, after, had.tolist(), has.tolist(), strict=True)
        if one[0] != one[1] or one[2] != one[3]
    ]
