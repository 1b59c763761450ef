"""The language reference for people who write rules: what is said, and how it is written.

`data/language.yaml` is the one source. Every example is lowered here by the very parser that rules
pass through, so that a reading or a refusal on a page is what the product says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from miaopu.engine.expressions.errors import ExpressionError
from miaopu.engine.expressions.evaluate import amount_in_fen, runnable
from miaopu.engine.expressions.lower import lower_amount, lower_condition
from miaopu.engine.expressions.lowering import Surroundings
from miaopu.engine.expressions.text import read_out
from miaopu.engine.expressions.words import Vocabulary
from miaopu.engine.facts import Fact, FactType, read_fact
from miaopu.engine.messages import Bilingual
from miaopu.engine.money import fen_to_yuan
from miaopu.engine.rule_sets import DatedValue, RuleSet


@dataclass(frozen=True)
class Kind:
    """A type of facts: what it holds and how its values are written."""

    type: FactType
    says: Bilingual
    write: Bilingual
    example: str


@dataclass(frozen=True)
class Trial:
    """An enterprise of which only `facts` are known, and what comes out.

    `gives` is "true", "false", "unknown", or an amount in yuan.
    """

    facts: Mapping[str, str]
    gives: str


@dataclass(frozen=True)
class Example:
    """A sentence of a plan, how it is written, how that reads, and what it gives."""

    says: Bilingual
    source: str
    is_amount: bool
    reading: Bilingual
    trials: tuple[Trial, ...]


@dataclass(frozen=True)
class Section:
    """Examples of one kind."""

    id: str
    title: Bilingual
    help: Bilingual
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Mistake:
    """What is often typed, and what the language says to it; `at` counts characters from 1."""

    source: str
    at: int
    message: Bilingual
    remedy: Bilingual


@dataclass(frozen=True)
class Reference:
    """The whole reference; `facts` are those of its examples."""

    as_of: date
    facts: Mapping[str, Fact]
    kinds: tuple[Kind, ...]
    sections: tuple[Section, ...]
    mistakes: tuple[Mistake, ...]
    surroundings: Surroundings

    def outcome(self, example: Example, facts: Mapping[str, str]) -> str:
        """What the example gives for an enterprise of which these facts are known."""
        known = {name: read_fact(self.facts[name], value) for name, value in facts.items()}
        lower = lower_amount if example.is_amount else lower_condition
        value = runnable(lower(example.source, self.surroundings)).value(known)
        if not example.is_amount:
            return "unknown" if value is None else "true" if value else "false"
        fen = amount_in_fen(value)
        return "unknown" if fen is None else str(fen_to_yuan(fen))


@cache
def reference() -> Reference:
    """The language reference as the data file has it."""
    data = yaml.safe_load((files("miaopu.engine") / "data" / "language.yaml").read_text("utf-8"))
    facts = {name: _fact(name, row) for name, row in data["facts"].items()}
    parameters = {
        name: tuple(DatedValue(row["from"], Decimal(str(row["value"]))) for row in rows)
        for name, rows in data["parameters"].items()
    }
    around = RuleSet((), facts, parameters).surroundings(data["as_of"])
    words = Vocabulary(facts)
    return Reference(
        data["as_of"],
        facts,
        tuple(
            Kind(FactType(row["type"]), _said(row["says"]), _said(row["write"]), row["example"])
            for row in data["types"]
        ),
        tuple(
            Section(
                row["id"],
                _said(row["title"]),
                _said(row["help"]),
                tuple(_example(one, around, words) for one in row["entries"]),
            )
            for row in data["sections"]
        ),
        tuple(_mistake(row["when"], around) for row in data["mistakes"]),
        around,
    )


def _said(words: Mapping[str, str]) -> Bilingual:
    return Bilingual(words["zh"], words["en"])


def _fact(name: str, row: Mapping[str, Any]) -> Fact:
    return Fact(
        name,
        FactType(row["type"]),
        _said(row["title"]),
        _said(row["unit"]) if "unit" in row else None,
        {code: _said(one) for code, one in row.get("codes", {}).items()},
    )


def _example(row: Mapping[str, Any], around: Surroundings, words: Vocabulary) -> Example:
    is_amount = "amount" in row
    source = row["amount"] if is_amount else row["when"]
    tree = (lower_amount if is_amount else lower_condition)(source, around)
    trials = tuple(
        Trial({name: str(value) for name, value in one["facts"].items()}, one["gives"])
        for one in row["tries"]
    )
    return Example(_said(row["says"]), source, is_amount, read_out(tree, words), trials)


def _mistake(source: str, around: Surroundings) -> Mistake:
    """What the language says to `source`. Raises ValueError where it takes it."""
    try:
        lower_condition(source, around)
    except ExpressionError as error:
        return Mistake(source, error.position + 1, error.message, error.remedy)
    raise ValueError(f"data/language.yaml calls this a mistake: {source}")
