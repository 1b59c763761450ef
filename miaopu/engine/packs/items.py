"""An item of a programme: who may have it, how much, and through which steps."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, model_validator

from miaopu.engine.definitions.pieces import (
    ConditionPiece,
    Identifier,
    Piece,
    PriorityPiece,
    RegionPrefix,
    Shares,
    Text,
    Written,
    refuse,
)
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
from miaopu.engine.rule_pieces import conditions_of, priorities_of
from miaopu.engine.rule_sets import Rule

Outcome = Literal["award", "recognition", "voucher", "none"]
Party = Literal["enterprise", "base", "institution", "bank", "person"]


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
    """A support or service that a party may have.

    One `for` a base is had by its operator for a tenant: the facts read are the tenant's.
    `same_event_as` names the item that rewards the tenant itself for the same event; both have the
    same conditions, so that one event entitles both sides or neither.
    """

    title: Text
    summary: Text
    party: Party = Field(alias="for")
    same_event_as: Identifier | None = None
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
