"""The rules file (docs/cli.md, "Rules file"): read, checked, and turned into a rule set."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pydantic import Field

from miaopu.engine.definitions.counting import CountedOncePiece
from miaopu.engine.definitions.pieces import (
    ConditionPiece,
    FactPiece,
    FunctionName,
    FunctionPiece,
    Identifier,
    Piece,
    PriorityPiece,
    RegionPrefix,
    Shares,
    ValuePiece,
    Words,
    Written,
    validated,
)
from miaopu.engine.definitions.positions import Document, read_document
from miaopu.engine.definitions.refusals import PackError, Refused, in_order
from miaopu.engine.rule_checks import (
    check_counted_once,
    check_functions,
    check_parameters,
    check_rule,
    repeated,
)
from miaopu.engine.rule_pieces import (
    conditions_of,
    counted_once_of,
    dated_parameters,
    functions_of,
    priorities_of,
)
from miaopu.engine.rule_sets import Condition, DatedValue, Priority, Rule, RuleSet

__all__ = [
    "Condition",
    "DatedValue",
    "Priority",
    "Rule",
    "RuleSet",
    "RulesRefused",
    "load_rules",
]


class RulesRefused(Refused):
    """A rules file that cannot be used; `errors` lists every problem found."""


class _RulePiece(Piece):
    id: Identifier
    region: RegionPrefix | None = None
    conditions: tuple[ConditionPiece, ...] = ()
    priority: tuple[PriorityPiece, ...] = ()
    amount: Written | None = None
    shares: Shares = Field(default_factory=dict)
    title: Words | None = None
    clause: str | None = None


class _RulesFile(Piece):
    facts: dict[str, FactPiece]
    rules: tuple[_RulePiece, ...]
    parameters: dict[str, tuple[ValuePiece, ...]] = Field(default_factory=dict)
    functions: dict[FunctionName, FunctionPiece] = Field(default_factory=dict)
    counted_once: dict[FunctionName, CountedOncePiece] = Field(default_factory=dict)


def load_rules(path: Path) -> RuleSet:
    """The rules of the file at `path`, every expression checked; raises RulesRefused."""
    document = read_document(path)
    errors = list(document.errors)
    documents = {"": document}
    found, rule_set = None, None
    if not errors:
        found, errors = validated(_RulesFile, document.data, documents)
    if found is not None:
        rule_set = RuleSet(
            tuple(_rule(piece) for piece in found.rules),
            {name: piece.fact(name) for name, piece in found.facts.items()},
            dated_parameters(found.parameters),
            functions=functions_of(found.functions),
            counted_once=counted_once_of(found.counted_once),
        )
        errors = _problems(rule_set, documents)
    if errors or rule_set is None:
        raise RulesRefused(path.name, in_order(errors))
    return rule_set


def _rule(piece: _RulePiece) -> Rule:
    """The rule that a checked piece describes."""
    return Rule(
        piece.id,
        piece.region or "",
        conditions_of(piece.conditions),
        priorities_of(piece.priority),
        piece.amount,
        {level: part for level, part in piece.shares.items()},
        piece.title.bilingual if piece.title else None,
        piece.clause or "",
    )


def _problems(rule_set: RuleSet, documents: Mapping[str, Document]) -> list[PackError]:
    around = rule_set.surroundings(date.max)
    errors = [
        *check_parameters(rule_set, documents),
        *check_functions(rule_set, documents),
        *check_counted_once(rule_set, documents),
    ]
    errors += repeated([rule.id for rule in rule_set.rules], documents, ("rules",))
    for number, rule in enumerate(rule_set.rules):
        errors += check_rule(rule, around, documents, ("rules", number))[0]
    return errors
