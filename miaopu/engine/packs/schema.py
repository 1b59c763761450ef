"""The schema of a programme pack: strict, frozen, and easy to use from code."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from miaopu.engine.definitions.pieces import (
    ConditionPiece,
    FactPiece,
    Identifier,
    Level,
    Piece,
    PriorityPiece,
    RegionCode,
    RegionPrefix,
    Shares,
    Text,
    ValuePiece,
    Written,
    refuse,
)
from miaopu.engine.money import yuan_to_fen
from miaopu.engine.packs.procedure import (
    Clause,
    DecidedAmount,
    FormField,
    Material,
    OfferTerms,
    Record,
    SideStep,
    Step,
)
from miaopu.engine.rule_pieces import conditions_of, dated_parameters, priorities_of
from miaopu.engine.rule_sets import Rule, RuleSet, values_on

Outcome = Literal["award", "recognition", "voucher", "none"]
Party = Literal["enterprise", "base", "institution", "bank", "person"]
Comparator = Literal[">=", "<=", "=", "<", "range"]
Figure = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if type(value) is int else value),
    Field(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$"),
]


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
    """A figure by which the programme is measured."""

    title: Text
    unit: Text


class Target(Piece):
    """A figure to be reached; `upper` is the other end of a range."""

    id: Identifier
    indicator: Identifier
    region: RegionCode
    period: Written
    value: Figure
    upper: Figure | None = None
    comparator: Comparator = "="
    clause: Clause
    baseline: Figure | None = None
    growth_percent: Figure | None = None


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


class PackCondition(ConditionPiece):
    """A condition of an item; its words are there in both languages."""

    decide: Text | None = None
    title: Text


class PackPriority(PriorityPiece):
    """A priority of an item, with the clause that gives it."""

    id: Identifier
    title: Text
    clause: Clause


class Expectation(Piece):
    """What an example must come to; only what is given is compared."""

    status: Literal["true", "false", "unknown"]
    amount_fen: int | None = None
    priority: int | None = None
    missing: tuple[str, ...] | None = None


class Example(Piece):
    """One enterprise and what the item must say of it; every check of the pack runs it."""

    name: str = Field(min_length=1)
    facts: dict[str, Any] = Field(default_factory=dict)
    decisions: dict[str, bool] = Field(default_factory=dict)
    as_of: date | None = None
    expect: Expectation


class Item(Piece):
    """A support or service that a party may have."""

    title: Text
    summary: Text
    party: Party = Field(alias="for")
    clause: Clause
    region: RegionPrefix | None = None
    conditions: tuple[PackCondition, ...] = Field(min_length=1)
    priority: tuple[PackPriority, ...] = ()
    amount: Written | None = None
    amount_decided: DecidedAmount | None = None
    shares: Shares = Field(default_factory=dict)
    form: tuple[FormField, ...] = ()
    offer: OfferTerms | None = None
    materials: tuple[Material, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1)
    side_steps: tuple[SideStep, ...] = ()
    outcome: Outcome
    records: Record | None = None
    once_per: Literal["programme", "year"] = "programme"
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _one_amount(self) -> "Item":
        if self.amount is not None and self.amount_decided is not None:
            raise refuse(
                "amount 和 amount_decided 只写其一", "give amount or amount_decided, not both"
            )
        return self

    @cached_property
    def steps_by_id(self) -> Mapping[str, Step]:
        """The steps by id, in their order."""
        return {step.id: step for step in self.steps}

    @cached_property
    def side_steps_by_id(self) -> Mapping[str, SideStep]:
        """The steps that only some cases take, by id."""
        return {step.id: step for step in self.side_steps}

    @cached_property
    def fields_by_id(self) -> Mapping[str, FormField]:
        """The questions of the form by id, in their order."""
        return {field.id: field for field in self.form}

    def rule(self, item_id: str) -> Rule:
        """The item as a rule called `item_id`."""
        return Rule(
            item_id,
            self.region or "",
            conditions_of(self.conditions),
            priorities_of(self.priority),
            self.amount,
            {level: part for level, part in self.shares.items()},
            self.title.bilingual,
            self.clause,
        )


class Pack(Piece):
    """A programme, complete and checked; it never changes: a change is a new version."""

    programme: Identifier
    title: Text
    region: RegionCode
    period: Period
    source: Source
    zones: tuple[Zone, ...] = ()
    clauses: dict[str, ClauseEntry] = Field(min_length=1)
    facts: dict[str, FactPiece]
    parameters: dict[str, tuple[ValuePiece, ...]] = Field(default_factory=dict)
    indicators: dict[str, Indicator] = Field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    budgets: tuple[Budget, ...] = ()
    items: dict[Identifier, Item] = Field(min_length=1)

    @cached_property
    def zones_by_code(self) -> Mapping[str, Zone]:
        """The city's own zones by code."""
        return {zone.code: zone for zone in self.zones}

    def rule_set(self, as_of: date) -> RuleSet:
        """All items as rules, with the parameter values in force on `as_of`.

        The same object for the same day, so that it is prepared for running only once.
        """
        sets: dict[date, RuleSet] = self.__dict__.setdefault("_rule_sets", {})
        if as_of not in sets:
            sets[as_of] = RuleSet(
                tuple(item.rule(item_id) for item_id, item in self.items.items()),
                {name: piece.fact(name) for name, piece in self.facts.items()},
                values_on(dated_parameters(self.parameters), as_of),
                {zone.code: zone.title.bilingual for zone in self.zones},
            )
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
        """SHA-256 over the canonical JSON: two packs are the same if and only if it is the same."""
        text = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
