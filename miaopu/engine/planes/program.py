"""The conditions of a rule set in numbered steps, each asked once however many rules ask it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import NamedTuple, cast

from miaopu.engine.expressions.evaluate import Closure, runnable
from miaopu.engine.expressions.tree import JUNCTIONS, Node, Op, canonical
from miaopu.engine.planes.answers import Answers
from miaopu.engine.planes.atoms import (
    Figure,
    against_figure,
    is_intricate,
    is_rising,
    whole_bound,
)
from miaopu.engine.planes.read_columns import Dictionaries
from miaopu.engine.prepared import PreparedRule, PreparedRules, prepare
from miaopu.engine.rule_sets import RuleSet

COMMON_DAYS = (date(1500, 1, 1), date(2500, 12, 31))  # far from both ends of the calendar


@dataclass(frozen=True)
class Step:
    """One question: a junction of earlier steps (`parts`), or an atom about the facts `names`.

    `figure` is the atom as a comparison with a figure, where it is one.
    """

    node: Node
    parts: tuple[int, ...]
    names: tuple[str, ...]
    figure: Figure | None

    @cached_property
    def closure(self) -> Closure:
        """What it comes to for one enterprise's facts."""
        return runnable(self.node).value

    @cached_property
    def bound(self) -> int | None:
        """The whole number that whole numbers may be compared with instead of the figure."""
        return None if self.figure is None else whole_bound(self.figure[0], self.figure[2])

    @cached_property
    def compared(self) -> tuple[Op, str, int] | None:
        """A fact of numbers and the whole number that it is compared with; None: something else."""
        if self.figure is None or self.figure[1].op is not Op.FACT or self.bound is None:
            return None
        return self.figure[0], self.figure[1].name, self.bound

    @cached_property
    def is_rising(self) -> bool:
        """Whether its answer turns once at the most, the later its day is."""
        return is_rising(self.node)

    @cached_property
    def turn(self) -> tuple[bool, date] | None:
        """What a rising question about a day answers first, and the day on which that turns.

        Over the common days; None where it is unknown for one of them, or known for no day at all.
        """
        (name,), ask = self.names, self.closure
        first, last = (day.toordinal() for day in COMMON_DAYS)
        begin, end = (ask({name: day}) for day in COMMON_DAYS)
        if begin is None or end is None or ask({name: None}) is not None:
            return None
        turned = bisect_left(
            range(first, last + 1),
            True,
            key=lambda number: ask({name: date.fromordinal(number)}) is not begin,
        )
        return begin is True, date.fromordinal(first + turned)

    @cached_property
    def is_plain(self) -> bool:
        """Whether all that it can lack is one fact."""
        nulls = any(node.op is Op.CONST and node.value is None for node in self.node.walk())
        return len(self.names) == 1 and not nulls and not is_intricate(self.node)


@dataclass(frozen=True)
class ProgramRule:
    """A rule by its steps; None is discretion.

    `jurisdiction` is the range of region codes it is for, and then its first condition asks that.
    """

    rule: PreparedRule
    conditions: tuple[int | None, ...]
    jurisdiction: tuple[int, int] | None
    atoms: frozenset[int] = frozenset()  # all that the conditions ask but the jurisdiction
    steps: frozenset[int] = frozenset()  # the conditions, and all that they join


class Plan(NamedTuple):
    """The conditions of a rule: those asked of everybody, and those asked of who is left."""

    planes: tuple[int, ...]
    rows: tuple[int, ...]
    steps: frozenset[int]  # the first, and all that they join


@dataclass(frozen=True, eq=False)
class Program:
    """All rules of a set by their steps; a step's parts stand before it."""

    prepared: PreparedRules
    steps: tuple[Step, ...]
    rules: tuple[ProgramRule, ...]
    region: str | None  # the fact that jurisdictions ask, where there are any
    plans: list[Plan] = field(default_factory=list)  # for each rule, made when it is first run
    answers: Answers = field(default_factory=dict)  # of the columns that it was run on last
    dictionaries: Dictionaries = field(default_factory=dict)  # of the files that it was run on

    @cached_property
    def negated(self) -> frozenset[int]:
        """The steps below a NOT: who is true above depends on who is false in them."""
        found: set[int] = set()
        for number in range(len(self.steps) - 1, -1, -1):
            step = self.steps[number]
            if step.node.op is Op.NOT or number in found:
                found.update(step.parts)
        return frozenset(found)

    @cached_property
    def _below(self) -> list[frozenset[int]]:
        """Each step with all that it joins."""
        found: list[frozenset[int]] = []
        for number, step in enumerate(self.steps):
            found.append(frozenset({number}).union(*(found[part] for part in step.parts)))
        return found

    def below(self, steps: Iterable[int]) -> frozenset[int]:
        """Some steps with all that they join."""
        return frozenset[int]().union(*(self._below[number] for number in steps))

    @cached_property
    def _ranks(self) -> list[int]:
        """The place of each step in the order of facts."""
        ranks = [0] * len(self.steps)
        order = sorted(range(len(ranks)), key=lambda number: self.steps[number].names)
        for rank, number in enumerate(order):
            ranks[number] = rank
        return ranks

    def in_order(self, atoms: Iterable[int]) -> list[int]:
        """The atoms fact by fact, so that a column is looked at while it is at hand."""
        return sorted(atoms, key=self._ranks.__getitem__)


@lru_cache(maxsize=32)
def program_of(rules: RuleSet, as_of: date) -> Program:
    """The rules on the day `as_of`; raises ExpressionError for a bad expression."""
    return numbered(prepare(rules, as_of))


def numbered(prepared: PreparedRules) -> Program:
    """The program of prepared rules."""
    numbers: dict[Node, int] = {}
    steps: list[Step] = []

    def number(node: Node) -> int:
        known = numbers.get(node)
        if known is not None:
            return known
        parts = tuple(number(child) for child in node.children) if node.op in JUNCTIONS else ()
        steps.append(Step(node, parts, node.fact_names(), against_figure(node)))
        return numbers.setdefault(node, len(steps) - 1)

    def below(number: int) -> tuple[int, ...]:
        parts = steps[number].parts
        return tuple(atom for part in parts for atom in below(part)) if parts else (number,)

    def all_of(number: int) -> set[int]:
        return {number}.union(*(all_of(part) for part in steps[number].parts))

    rules, region = [], None
    for rule in prepared.rules:
        conditions = tuple(
            None if part.reasons is None else number(canonical(part.reasons.runnable.node))
            for part in rule.conditions
        )
        jurisdiction = None
        if rule.rule.region:
            first = rule.conditions[0].reasons
            assert first is not None
            place = first.runnable.node
            jurisdiction = cast(tuple[int, int], place.value)
            region = place.children[0].name
        asked = conditions[1:] if jurisdiction else conditions
        atoms = [atom for one in asked if one is not None for atom in below(one)]
        joined = frozenset[int]().union(*(all_of(one) for one in conditions if one is not None))
        rules.append(ProgramRule(rule, conditions, jurisdiction, frozenset(atoms), joined))
    return Program(prepared, tuple(steps), tuple(rules), region)
