"""Who is entitled to what, and why: an item's rule applied to one enterprise, with sources."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from miaopu.engine.expressions.reasons import ReasonNode
from miaopu.engine.facts import FactError
from miaopu.engine.matching import Explanation, explain_one
from miaopu.engine.messages import Bilingual
from miaopu.parties.facts import Known, known_facts, values
from miaopu.parties.models import Enterprise
from miaopu.plans.models import ProgrammeVersion

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CountedElsewhere:
    """What an item pays for is counted under another `item` of the set `once`, as `text` says."""

    once: str
    item: str
    title: Bilingual
    text: Bilingual


def counted_elsewhere(explanation: Explanation) -> CountedElsewhere | None:
    """Where what a rule pays for is counted instead; None where it counts itself."""
    counted = explanation.counted
    if counted is None:
        return None
    rule = counted.rule
    title = rule.title or Bilingual(rule.id, rule.id)
    return CountedElsewhere(counted.once.name, rule.id, title, counted.text)


@dataclass(frozen=True)
class ItemExplanation:
    """The reasons for one enterprise and one item, and the facts they rest on."""

    version: ProgrammeVersion
    item: str
    enterprise: Enterprise
    as_of: date
    explanation: Explanation
    known: Known

    @property
    def status(self) -> str:
        """true, false or unknown."""
        return self.explanation.status

    @property
    def amount_fen(self) -> int | None:
        """The amount in fen, None where it cannot be computed."""
        return self.explanation.amount_fen

    @property
    def priority_points(self) -> int:
        """Points of priority that the facts give."""
        return self.explanation.priority_points

    @property
    def counted(self) -> CountedElsewhere | None:
        """Where what the item pays for is counted already, under another item; else None."""
        return counted_elsewhere(self.explanation)

    @property
    def alone_fen(self) -> int | None:
        """What the item pays by its formula, in fen, whether or not it counts; None: not known."""
        fen, _lacking = self.explanation.prepared.pays(self.explanation.asking.facts)
        return fen

    @property
    def facts_missing(self) -> list[str]:
        """Facts that are missing; what only people can decide is not among them."""
        return [name for name in self.explanation.missing if not name.startswith("decide:")]

    @property
    def is_entitled(self) -> bool:
        """Whether every fact speaks for the enterprise; people may still have to decide."""
        return self.status != "false" and not self.facts_missing

    def trace(self) -> dict[str, Any]:
        """Everything the answer rests on, as kept with a case."""
        return {
            "version": self.version.number,
            "digest": self.version.digest,
            "as_of": self.as_of.isoformat(),
            "status": self.status,
            "amount_fen": self.amount_fen,
            "priority_points": self.priority_points,
            "priorities": [
                {"id": one.id, "status": one.status, "points": one.points}
                for one in self.explanation.priorities
            ],
            "tree": node_as_json(self.explanation.tree),
            "facts": {
                name: {
                    "value": None if fact.value is None else str(fact.value),
                    "source": fact.source,
                    "as_of": fact.as_of.isoformat(),
                    "record": fact.record,
                }
                for name, fact in sorted(self.known.items())
                if name in self.names_used
            },
        }

    @property
    def names_used(self) -> set[str]:
        """Names of the facts that the rule's conditions read."""
        return {name for node in _walk(self.explanation.tree) for name in node.fact_names}


def _walk(node: ReasonNode) -> list[ReasonNode]:
    return [node, *(below for child in node.children for below in _walk(child))]


def node_as_json(node: ReasonNode) -> dict[str, Any]:
    """A node of the reasons as plain data, in both languages."""
    return {
        "key": node.key,
        "op": node.op,
        "status": node.status,
        "text": node.text.to_json(),
        "title": node.title.to_json() if node.title else None,
        "found": node.found.to_json() if node.found else None,
        "needs": list(node.needs),
        "facts": list(node.fact_names),
        "children": [node_as_json(child) for child in node.children],
    }


def found_in(node: Mapping[str, Any]) -> Any:
    """What was found for a stored condition, in both languages; also where its one part says it."""
    if node["found"]:
        return node["found"]
    found = [child["found"] for child in node["children"] if child["found"] and child["facts"]]
    return found[0] if len(found) == 1 else None


def explain_item(
    version: ProgrammeVersion,
    item: str,
    enterprise: Enterprise,
    as_of: date,
    decisions: Mapping[str, bool] | None = None,
) -> ItemExplanation:
    """Reasons for one enterprise; `decisions` answers discretions by condition id."""
    known = known_facts(enterprise, as_of)
    return explain_known(version, item, enterprise, known, as_of, decisions)


def explain_known(
    version: ProgrammeVersion,
    item: str,
    enterprise: Enterprise,
    known: Known,
    as_of: date,
    decisions: Mapping[str, bool] | None = None,
) -> ItemExplanation:
    """The same from facts that were read already (one query for many items)."""
    answered = {f"{item}.{name}": answer for name, answer in (decisions or {}).items()}
    explanations = explain_facts(version, known, as_of, answered)
    [explanation] = [found for found in explanations if found.rule == item]
    return ItemExplanation(version, item, enterprise, as_of, explanation, known)


def in_favour(version: ProgrammeVersion) -> dict[str, bool]:
    """Every discretion of the version's items, answered in favour of the enterprise."""
    return {
        f"{code}.{condition.id}": True
        for code, item in version.pack.items.items()
        for condition in item.conditions
        if condition.decide
    }


def explain_version(
    version: ProgrammeVersion,
    enterprise: Enterprise,
    known: Known,
    as_of: date,
    decisions: Mapping[str, bool] | None = None,
) -> dict[str, ItemExplanation]:
    """Every item of the version; `decisions` answers discretions by "item.condition"."""
    return {
        one.rule: ItemExplanation(version, one.rule, enterprise, as_of, one, known)
        for one in explain_facts(version, known, as_of, decisions)
    }


def explain_facts(
    version: ProgrammeVersion,
    known: Known,
    as_of: date,
    decisions: Mapping[str, bool] | None = None,
) -> list[Explanation]:
    """Every item for one enterprise's facts; a value that its fact cannot have is unknown."""
    rules = version.pack.rule_set(as_of)

    def report(error: FactError) -> None:
        logger.warning("%s: %s", error.fact, error.message)

    return explain_one(rules, values(known), as_of, decisions, report)
