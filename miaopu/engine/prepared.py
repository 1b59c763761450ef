"""Rules made ready to run on one day: parsed, typed and lowered once, whoever asks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any

from miaopu.engine.codes import region_range
from miaopu.engine.explanations import MatchRow
from miaopu.engine.expressions.evaluate import Facts, Runnable, amount_in_fen, runnable
from miaopu.engine.expressions.lower import lower_amount, lower_condition
from miaopu.engine.expressions.plain import TRUE, UNKNOWN
from miaopu.engine.expressions.reasons import Reasons
from miaopu.engine.expressions.tree import Kind, Node, Op
from miaopu.engine.facts import Fact, FactError, Value, read_fact
from miaopu.engine.rule_sets import Condition, CountedOnce, Priority, Rule, RuleSet

Decisions = Mapping[str, bool | None]
Known = dict[str, tuple[Reasons, int]]
_JURISDICTION = "region"


@lru_cache(maxsize=32)
def prepare(rules: RuleSet, as_of: date) -> "PreparedRules":
    """`rules` ready to run on the day `as_of`; raises ExpressionError for a bad expression."""
    around = rules.surroundings(as_of)
    known: Known = {}
    prepared = tuple(_prepare_rule(rules, rule, as_of, known) for rule in rules.rules)
    matched = dict.fromkeys(name for rule in prepared for name in rule.matched_facts)
    others = dict.fromkeys(name for rule in prepared for name in rule.priority_facts)
    places = {rule.rule.id: place for place, rule in enumerate(prepared)}
    counted = [
        (one, tuple(sorted(places[name] for name in one.rules if name in places)))
        for one in rules.counted_once
    ]
    return PreparedRules(
        prepared,
        tuple(around.facts[name] for name in matched),
        tuple(around.facts[name] for name in others if name not in matched),
        len(known),
        tuple(one for one in counted if len(one[1]) > 1),
    )


@dataclass(frozen=True)
class PreparedRules:
    """Rules ready to run on one day.

    `facts` are those that conditions and amounts look at, `priority_facts` those that only
    priorities do: matching does not ask for them.
    """

    rules: tuple["PreparedRule", ...]
    facts: tuple[Fact, ...]
    priority_facts: tuple[Fact, ...]
    conditions: int  # how many different ones there are
    counted_once: tuple[tuple[CountedOnce, tuple[int, ...]], ...] = ()  # with the rules' places

    @cached_property
    def asked(self) -> tuple[tuple[int, Reasons], ...]:
        """Every condition that is not discretion by its number, each once."""
        parts = {
            part.number: part.reasons
            for rule in self.rules
            for part in rule.conditions
            if part.reasons is not None
        }
        return tuple(parts.items())

    def elsewhere(self, fen: Mapping[int, int | None]) -> dict[int, int]:
        """The rules that do not count because another of their set does, and that rule.

        `fen` are the amounts of the rules that are true, by place. Who has the largest amount
        counts; an amount that cannot be computed is behind all others.
        """
        found: dict[int, int] = {}
        for _set, places in self.counted_once:
            true = [place for place in places if place in fen]
            if len(true) > 1:
                first = min(true, key=lambda place: _rank(fen[place], place))
                found |= {place: first for place in true if place != first}
        return found

    def read(
        self,
        row: Mapping[str, object],
        report: Callable[[FactError], None],
        *,
        priorities: bool = False,
    ) -> dict[str, Value | None]:
        """The values that the rules need of `row`; a value that cannot be read is unknown."""
        known: dict[str, Value | None] = {}
        for fact in (*self.facts, *self.priority_facts) if priorities else self.facts:
            try:
                known[fact.name] = read_fact(fact, row.get(fact.name))
            except FactError as error:
                report(error)
                known[fact.name] = None
        return known


def _rank(fen: int | None, place: int) -> tuple[bool, int, int]:
    """The rule that counts once comes first: the largest amount, then the earliest rule."""
    return fen is None, -(fen or 0), place


@dataclass(frozen=True)
class PreparedCondition:
    """A condition ready to run; `reasons` is None for discretion.

    Conditions that are written alike have the same `number`; discretion has none (-1).
    """

    condition: Condition
    reasons: Reasons | None
    number: int = -1

    @property
    def need(self) -> str:
        """What is missing while a person has not decided."""
        return f"decide:{self.condition.id}"

    def value(self, facts: Facts) -> Value | None:
        """True, false, or None: unknown, or not yet decided by a person."""
        return self.reasons.runnable.value(facts) if self.reasons else None


@dataclass(frozen=True, eq=False)
class PreparedRule:
    """A rule ready to run."""

    rule: Rule
    conditions: tuple[PreparedCondition, ...]
    priorities: tuple[tuple[Priority, Reasons], ...]
    amount: Runnable | None

    @cached_property
    def pick(self) -> Callable[[Sequence[Any]], tuple[Any, ...]] | None:
        """Takes what is kept by number for each of some conditions; None: some are discretion."""
        numbers = [part.number for part in self.conditions]
        return None if len(numbers) < 2 or min(numbers) < 0 else itemgetter(*numbers)

    @cached_property
    def amount_facts(self) -> tuple[str, ...]:
        """The facts that the amount looks at."""
        return () if self.amount is None else self.amount.node.fact_names()

    @property
    def matched_facts(self) -> tuple[str, ...]:
        """The facts that the conditions and the amount look at."""
        parts = [part.reasons.runnable for part in self.conditions if part.reasons]
        return _looked_at([*parts, self.amount] if self.amount else parts)

    @property
    def priority_facts(self) -> tuple[str, ...]:
        """The facts that the priorities look at."""
        return _looked_at([reasons.runnable for _, reasons in self.priorities])

    def match(self, enterprise_id: str, facts: Facts) -> MatchRow | None:
        """The enterprise's row under this rule; None where a condition is false."""
        unknown: list[PreparedCondition] = []
        for part in self.conditions:
            value = part.value(facts)
            if value is False:
                return None
            if value is None:
                unknown.append(part)
        if unknown:
            return MatchRow(enterprise_id, self.rule.id, UNKNOWN, None, _needs(unknown, facts))
        fen, missing = self.pays(facts)
        return MatchRow(enterprise_id, self.rule.id, TRUE, fen, missing)

    def pays(self, facts: Facts) -> tuple[int | None, tuple[str, ...]]:
        """The amount in fen, or None and the facts it lacks; (None, ()) where the rule has none."""
        if self.amount is None:
            return None, ()
        fen = amount_in_fen(self.amount.value(facts))
        if fen is not None:
            return fen, ()
        return None, self.amount.trace(facts).needs or self.amount.node.fact_names()


def _prepare_rule(rules: RuleSet, rule: Rule, as_of: date, known: Known) -> PreparedRule:
    """The rule ready to run; what is written alike (`known`) is made ready, and asked, once."""
    around, words = rules.surroundings(as_of), rules.words

    def ready(key: str, lower: Callable[[], Node]) -> tuple[Reasons, int]:
        if key not in known:
            known[key] = Reasons(runnable(lower()), words), len(known)
        return known[key]

    def reasons(source: str) -> tuple[Reasons, int]:
        return ready(source, lambda: lower_condition(source, around))

    conditions = [
        PreparedCondition(condition, None)
        if condition.when is None
        else PreparedCondition(condition, *reasons(condition.when))
        for condition in rule.conditions
    ]
    if rule.region:
        place = ready(f"in {rule.region}", lambda: _in_jurisdiction(rules.region_fact, rule.region))
        conditions.insert(0, PreparedCondition(Condition(_JURISDICTION), *place))
    return PreparedRule(
        rule,
        tuple(conditions),
        tuple((priority, reasons(priority.when)[0]) for priority in rule.priority),
        None if rule.amount is None else runnable(lower_amount(rule.amount, around)),
    )


def _in_jurisdiction(fact: Fact, prefix: str) -> Node:
    subject = Node(Op.FACT, Kind.REGION, name=fact.name)
    return Node(Op.IN_REGION, Kind.BOOLEAN, (subject,), value=region_range(prefix), name=prefix)


def _looked_at(runnables: list[Runnable]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in runnables for name in one.node.fact_names()))


def _needs(parts: list[PreparedCondition], facts: Facts) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            need
            for part in parts
            for need in (part.reasons.runnable.trace(facts).needs if part.reasons else (part.need,))
        )
    )
