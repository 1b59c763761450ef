"""What an enterprise would get if what is typed in were so: nothing is read, kept or logged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from miaopu.engine import size
from miaopu.engine.matching import Explanation, explain_one
from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.prepared import prepare
from miaopu.engine.rule_sets import RuleSet
from miaopu.parties.dictionary import FactValue, fact_dictionary
from miaopu.parties.facts import SIZE_NEEDS, WAN
from miaopu.plans.entitlements import CountedElsewhere, counted_elsewhere, node_as_json
from miaopu.plans.models import ProgrammeVersion

NAMES_OF_SIZE = {"revenue": "operating_revenue", "assets": "total_assets"}
ELSEWHERE = "990000"
"""Stands for every place outside the programme's region; no division has this code."""
ELSEWHERE_NAME = Bilingual("其他地区", "elsewhere")
FIRST = ("region", *SIZE_NEEDS)

Typed = Mapping[str, FactValue]


@dataclass(frozen=True)
class SizeFound:
    """The size class of the figures typed in (None: not known), why, and the facts it lacks."""

    size_class: str | None
    name: Bilingual | None
    reasons: tuple[Bilingual, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """An item for the enterprise described: what the facts say, and what would be paid.

    `missing` are facts that were not given; `hoped_fen` is the amount once people who have to
    judge have agreed, None where it is not known or the facts speak against it. `counted` is where
    it is counted instead: under another item that pays for the same.
    """

    version: ProgrammeVersion
    item: str
    explanation: Explanation
    missing: tuple[str, ...]
    hoped_fen: int | None
    counted: CountedElsewhere | None = None

    @property
    def status(self) -> str:
        """true, false or unknown, by the facts alone: what people must judge is left out."""
        if self.explanation.status == "false":
            return "false"
        return "unknown" if self.missing else "true"

    def trace(self) -> dict[str, Any]:
        """The tree of reasons as plain data; no source stands behind what was typed in."""
        return {"tree": node_as_json(self.explanation.tree), "facts": {}}


@lru_cache(maxsize=16)
def _with_elsewhere(rules: RuleSet) -> RuleSet:
    return replace(rules, places={**rules.places, ELSEWHERE: ELSEWHERE_NAME})


def _rules(version: ProgrammeVersion, day: date) -> RuleSet:
    return _with_elsewhere(version.pack.rule_set(day, "enterprise"))


def facts_asked(versions: Iterable[ProgrammeVersion], day: date) -> list[str]:
    """The facts that the rules of the versions read, those of the size class in its place."""
    read: dict[str, None] = {}
    for version in versions:
        prepared = prepare(_rules(version, day), day)
        for fact in (*prepared.facts, *prepared.priority_facts):
            read |= dict.fromkeys(SIZE_NEEDS if fact.name == "size" else (fact.name,))
    known = [name for name in read if name in fact_dictionary()]
    return sorted(known, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))


def size_of(typed: Typed, day: date) -> SizeFound:
    """The size class by the statistical standard. Figures that cannot be are taken as unknown."""
    industry, employees = typed.get("industry"), typed.get("employees")
    if not isinstance(industry, str):
        return SizeFound(None, None, (), ("industry",))

    def in_wan(name: str) -> Decimal | None:
        value = typed.get(name)
        return value / WAN if isinstance(value, Decimal) else None

    try:
        found = size.classify(
            industry,
            employees if isinstance(employees, int) else None,
            in_wan("operating_revenue"),
            in_wan("total_assets"),
            day,
        )
    except EngineError:
        return SizeFound(None, None, (), ("industry",))
    missing = tuple(NAMES_OF_SIZE.get(name, name) for name in found.missing)
    name = size.CLASS_NAMES[found.size_class] if found.size_class else None
    return SizeFound(found.size_class, name, found.reasons, missing)


def answers_for(
    versions: Iterable[ProgrammeVersion], typed: Typed, day: date
) -> tuple[SizeFound, list[Answer]]:
    """The size class, and every item of the versions for the enterprise described."""
    found = size_of(typed, day)
    facts: dict[str, FactValue] = {**typed, "size": found.size_class}
    answers = []
    for version in versions:
        rules = _rules(version, day)
        agreed = {
            f"{rule.id}.{condition.id}": True
            for rule in rules.rules
            for condition in rule.conditions
            if condition.decide
        }
        # A value that its fact cannot have is unknown; it is not logged, whoever typed it.
        as_is = explain_one(rules, facts, day, None, lambda error: None)
        hoped = explain_one(rules, facts, day, agreed, lambda error: None)
        answers += [
            Answer(
                version,
                one.rule,
                one,
                _missing(one, found),
                wished.amount_fen,
                counted_elsewhere(wished),
            )
            for one, wished in zip(as_is, hoped, strict=True)
        ]
    return found, answers


def _missing(explanation: Explanation, found: SizeFound) -> tuple[str, ...]:
    """Facts that were not given, in words of the form: what the size class lacks for `size`."""
    wanted: dict[str, None] = {}
    for name in explanation.missing:
        if not name.startswith("decide:"):
            wanted |= dict.fromkeys(found.missing or (name,) if name == "size" else (name,))
    return tuple(wanted)
