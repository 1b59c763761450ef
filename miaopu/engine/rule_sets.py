"""Rule sets: who is entitled to what, under which conditions, as plain frozen data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from miaopu.engine.expressions.lowering import Parameter, Surroundings
from miaopu.engine.expressions.named import Functions
from miaopu.engine.expressions.tree import Kind
from miaopu.engine.expressions.words import Vocabulary
from miaopu.engine.facts import Fact, FactType
from miaopu.engine.messages import Bilingual

REGION_FACT = "region"


@dataclass(frozen=True)
class Condition:
    """One condition: an expression, or discretion (`decide`) that a person answers and signs."""

    id: str
    when: str | None = None
    decide: Bilingual | None = None
    title: Bilingual | None = None
    clause: str = ""


@dataclass(frozen=True)
class Priority:
    """Points for an enterprise of which `when` is true."""

    id: str
    when: str
    points: int
    title: Bilingual | None = None
    clause: str = ""


@dataclass(frozen=True)
class Rule:
    """One entitlement: all conditions must be true; `amount` is an expression in yuan."""

    id: str
    region: str = ""
    conditions: tuple[Condition, ...] = ()
    priority: tuple[Priority, ...] = ()
    amount: str | None = None
    shares: Mapping[str, int] = field(default_factory=dict)
    title: Bilingual | None = None
    clause: str = ""


@dataclass(frozen=True)
class CountedOnce:
    """Rules that pay for the same event, asset or person: of those that are true one counts.

    The one with the largest amount does (就高不重复), of several alike the first of the rules.
    """

    name: str
    rules: tuple[str, ...]
    title: Bilingual
    clause: str = ""


@dataclass(frozen=True)
class DatedValue:
    """A parameter's value from `start` on (openness: unit and clause are shown beside it)."""

    start: date
    value: Decimal | date
    unit: str = ""
    clause: str = ""


@dataclass(frozen=True, eq=False)
class RuleSet:
    """Rules with the facts, dated parameters, places and named functions they speak of."""

    rules: tuple[Rule, ...]
    facts: Mapping[str, Fact]
    parameters: Mapping[str, tuple[DatedValue, ...]] = field(default_factory=dict)
    places: Mapping[str, Bilingual] = field(default_factory=dict)
    functions: Functions = field(default_factory=dict)
    counted_once: tuple[CountedOnce, ...] = ()

    @property
    def words(self) -> Vocabulary:
        """The names its expressions are read out with."""
        return Vocabulary(self.facts, self.places)

    @property
    def region_fact(self) -> Fact:
        """The fact that says where an enterprise is: `region`, or the only fact of that type."""
        named = self.facts.get(REGION_FACT)
        if named is not None and named.type is FactType.REGION:
            return named
        others = [fact for fact in self.facts.values() if fact.type is FactType.REGION]
        return others[0] if len(others) == 1 else Fact(REGION_FACT, FactType.REGION)

    def surroundings(self, as_of: date) -> Surroundings:
        """What its expressions may speak of on the day `as_of`."""
        known = {self.region_fact.name: self.region_fact, **self.facts}
        parameters = {name: parameter_on(values, as_of) for name, values in self.parameters.items()}
        return Surroundings(known, as_of, parameters, self.functions)


def parameter_on(values: Sequence[DatedValue], as_of: date) -> Parameter:
    """The value in force on `as_of`; unknown before the first."""
    kind = Kind.DATE if values and isinstance(values[0].value, date) else Kind.NUMBER
    current = [value.value for value in values if value.start <= as_of]
    if not current:
        return Parameter(kind, None)
    last = current[-1]
    return Parameter(kind, last if isinstance(last, date) else Fraction(last))


def values_on(
    parameters: Mapping[str, Sequence[DatedValue]], as_of: date
) -> dict[str, tuple[DatedValue, ...]]:
    """Of every parameter the value in force on `as_of`; where none is yet, the first to come."""
    return {
        name: tuple(value for value in values if value.start <= as_of)[-1:] or tuple(values[:1])
        for name, values in parameters.items()
    }
