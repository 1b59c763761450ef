"""The schema of a programme pack: strict, frozen, and easy to use from code."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, model_validator

from miaopu.engine.assessment.scheme import Assessment
from miaopu.engine.definitions.counting import CountedOncePiece
from miaopu.engine.definitions.figures import Figure
from miaopu.engine.definitions.pieces import (
    FactPiece,
    FunctionName,
    FunctionPiece,
    Identifier,
    Level,
    Piece,
    RegionCode,
    Text,
    ValuePiece,
    Written,
    refuse,
)
from miaopu.engine.money import yuan_to_fen
from miaopu.engine.packs.base_parts import BaseStandard, Inspection, Survey
from miaopu.engine.packs.base_titles import BaseTitleScheme
from miaopu.engine.packs.items import Item, Party
from miaopu.engine.packs.plan_parts import (
    Citation,
    Duty,
    FeeRule,
    Fund,
    Phase,
    PlanFinding,
    Ratio,
    Statistic,
    Supervision,
    TargetLetters,
    Task,
    Unit,
)
from miaopu.engine.packs.procedure import Clause
from miaopu.engine.packs.tenants import Incubation
from miaopu.engine.rule_pieces import (
    conditions_of,
    counted_once_of,
    dated_parameters,
    functions_of,
)
from miaopu.engine.rule_sets import Rule, RuleSet, values_on

Comparator = Literal[">=", "<=", "=", "<", "range"]


class Period(Piece):
    """The days from which and to which the programme runs."""

    start: date = Field(alias="from")
    end: date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "Period":
        if self.end < self.start:
            raise refuse("截止日早于起始日", "the period ends before it begins")
        return self


class Source(Piece):
    """The plan behind the pack."""

    title: Text
    number: str | None = None
    date: str | None = None
    based_on: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


class Zone(Piece):
    """A development zone that the region table does not have, under the city that runs it."""

    code: RegionCode
    title: Text
    parent: RegionCode


class ClauseEntry(Piece):
    """A clause of the plan, in our words."""

    title: Text
    summary: Text


class Indicator(Piece):
    """A figure by which the programme is measured.

    `adds_up`: the years of a period add up to it (new jobs do, patents held do not). `counted`:
    whole things are counted, so that a sum of parts is never off by rounding.
    """

    title: Text
    unit: Text
    adds_up: bool = False
    counted: bool = False


class Target(Piece):
    """A figure to be reached; `upper` is the other end of a range.

    `baseline` is the figure it starts from, `increase` what is added to that, `growth_percent` the
    growth over it, `annual_growth_percent` the mean growth of each of the period's years.
    """

    id: Identifier
    indicator: Identifier
    region: RegionCode
    period: Written
    value: Figure
    upper: Figure | None = None
    comparator: Comparator = "="
    clause: Clause
    baseline: Figure | None = None
    increase: Figure | None = None
    growth_percent: Figure | None = None
    annual_growth_percent: Figure | None = None


class Budget(Piece):
    """Money set aside for an item, in yuan."""

    id: Identifier
    item: Identifier
    year: int = Field(ge=1990, le=2100)
    level: Level
    region: RegionCode
    amount: Figure
    clause: Clause | None = None
    illustrative: bool = False

    @property
    def amount_fen(self) -> int:
        """The amount in fen."""
        return yuan_to_fen(self.amount)


class PackFact(FactPiece):
    """A fact of this programme; `about` says whose it is."""

    about: Party = "enterprise"


class PackValue(ValuePiece):
    """A value of a dated parameter; what the plan leaves to an annex or a bank is illustrative."""

    illustrative: bool = False


class PackCountedOnce(CountedOncePiece):
    """Items among which the same event, asset or person is counted once; it has a clause."""

    clause: Clause


class Pack(Piece):
    """A programme, complete and checked; it never changes: a change is a new version.

    Without `items` it supervises tasks and targets only: nobody can apply yet.
    """

    programme: Identifier
    title: Text
    region: RegionCode
    period: Period
    source: Source
    zones: tuple[Zone, ...] = ()
    clauses: dict[str, ClauseEntry] = Field(min_length=1)
    units: dict[Identifier, Unit] = Field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    phases: tuple[Phase, ...] = ()
    duties: tuple[Duty, ...] = ()
    supervision: Supervision = Supervision()
    facts: dict[str, PackFact] = Field(default_factory=dict)
    parameters: dict[str, tuple[PackValue, ...]] = Field(default_factory=dict)
    functions: dict[FunctionName, FunctionPiece] = Field(default_factory=dict)
    indicators: dict[str, Indicator] = Field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    funds: tuple[Fund, ...] = ()
    ratios: tuple[Ratio, ...] = ()
    assessments: dict[Identifier, Assessment] = Field(default_factory=dict)
    base_standards: dict[Identifier, BaseStandard] = Field(default_factory=dict)
    inspections: tuple[Inspection, ...] = ()
    surveys: dict[Identifier, Survey] = Field(default_factory=dict)
    base_titles: dict[Identifier, BaseTitleScheme] = Field(default_factory=dict)
    target_letters: TargetLetters | None = None
    fee_rule: FeeRule | None = None
    plan_findings: tuple[PlanFinding, ...] = ()
    budgets: tuple[Budget, ...] = ()
    incubation: Incubation | None = None
    items: dict[Identifier, Item] = Field(default_factory=dict)
    counted_once: dict[FunctionName, PackCountedOnce] = Field(default_factory=dict)

    @cached_property
    def zones_by_code(self) -> Mapping[str, Zone]:
        """The city's own zones by code."""
        return {zone.code: zone for zone in self.zones}

    def rule_set(self, as_of: date, party: Party | None = None) -> RuleSet:
        """All items as rules, or those for `party`, with the parameters in force on `as_of`.

        The same object for the same day, so that it is prepared for running only once.
        """
        sets: dict[tuple[date, Party | None], RuleSet] = self.__dict__.setdefault("_rule_sets", {})
        if (as_of, party) not in sets:
            sets[as_of, party] = RuleSet(
                tuple(
                    item.rule(item_id)
                    for item_id, item in self.items.items()
                    if party in (None, item.party)
                ),
                {name: piece.fact(name) for name, piece in self.facts.items()},
                values_on(dated_parameters(self.parameters), as_of),
                {zone.code: zone.title.bilingual for zone in self.zones},
                functions_of(self.functions),
                counted_once_of(self.counted_once),
            )
        return sets[as_of, party]

    def counted_with(self, item: str) -> str | None:
        """The set of items among which the item's event is counted once; None where it is alone."""
        return next((name for name, one in self.counted_once.items() if item in one.among), None)

    def graduation_rules(self, as_of: date) -> RuleSet:
        """Each condition of graduating as a rule of its own; the same object for the same day."""
        sets: dict[date, RuleSet] = self.__dict__.setdefault("_graduation_rules", {})
        if as_of not in sets:
            asked = self.incubation.graduation.conditions if self.incubation else ()
            rules = tuple(Rule(one.id, conditions=conditions_of([one])) for one in asked)
            sets[as_of] = replace(self.rule_set(as_of), rules=rules)
        return sets[as_of]

    def to_json(self) -> dict[str, Any]:
        """The pack as plain JSON data; `from_json` reads it back."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Pack":
        """The pack that `to_json` wrote; raises pydantic's ValidationError for anything else."""
        return cls.model_validate_json(json.dumps(data))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON: two packs are the same if and only if it is the same.

        What has its default value is not part of it, so that a key that packs gain later changes
        no digest of a pack that does not use it (docs/adr/0014).
        """
        said = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
