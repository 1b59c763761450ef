"""What an offer rests on, and what no longer holds: condition, value before and now, source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from miaopu.cases.models import Case, Item, Offer
from miaopu.core import clock
from miaopu.engine.expressions.tree import Op
from miaopu.parties.dictionary import encode
from miaopu.parties.facts import Known, KnownFact, known_facts
from miaopu.parties.models import Enterprise
from miaopu.plans.entitlements import (
    CountedElsewhere,
    ItemExplanation,
    explain_version,
    found_in,
    in_favour,
)

# What a computed fact is computed from: a change of these explains a change of that.
INPUTS = {"size": ("industry", "employees", "operating_revenue", "total_assets")}

Changes = dict[str, Any]  # plain data, as stored in Offer.changes; empty: nothing has changed


@dataclass(frozen=True)
class Standing:
    """How an enterprise stands with an item on a day.

    `found` leaves open what people judge; `hoped` is if they judge in its favour, of all items.
    """

    item: Item
    found: ItemExplanation
    hoped: ItemExplanation

    @property
    def amount_fen(self) -> int | None:
        """What it gets then, in fen."""
        return self.hoped.amount_fen

    @property
    def counted(self) -> CountedElsewhere | None:
        """Where that is counted instead: under another item of its set, which pays more."""
        return self.hoped.counted

    @property
    def is_entitled(self) -> bool:
        """Whether every fact speaks for the enterprise and the amount is known."""
        return self.found.is_entitled and bool(self.amount_fen)


def standing_of(item: Item, enterprise: Enterprise, known: Known, day: date) -> Standing:
    """How the enterprise stands with the item, from facts that were read already."""
    [standing] = standings_of([item], enterprise, known, day)
    return standing


def standings_of(
    items: Iterable[Item], enterprise: Enterprise, known: Known, day: date
) -> list[Standing]:
    """The same for many items, in their order; the rules of a version are asked twice for all."""
    asked: dict[int, tuple[dict[str, ItemExplanation], dict[str, ItemExplanation]]] = {}
    standings = []
    for item in items:
        if item.version_id not in asked:
            agreed = in_favour(item.version)
            asked[item.version_id] = (
                explain_version(item.version, enterprise, known, day),
                explain_version(item.version, enterprise, known, day, agreed),
            )
        standings.append(Standing(item, *(one[item.code] for one in asked[item.version_id])))
    return standings


def facts_used(standing: Standing) -> dict[str, Any]:
    """The facts that the answer rests on, with the inputs of those that are computed."""
    known = standing.found.known
    names = set(standing.found.names_used)
    for name in standing.found.names_used & INPUTS.keys():
        names |= set(INPUTS[name])
    return {name: _fact(known[name]) for name in sorted(names) if name in known}


def _fact(fact: KnownFact) -> dict[str, Any]:
    return {
        "value": None if fact.value is None else encode(fact.name, fact.value),
        "source": fact.source,
        "as_of": fact.as_of.isoformat(),
        "record": fact.record,
    }


def item_in_force(offer: Offer) -> Item | None:
    """The offer's item as the programme's current version has it; None where it is gone."""
    in_force = Item.objects.public().filter(
        version__programme=offer.programme_id, code=offer.item.code
    )
    item = in_force.first()
    return item if item is not None and item.definition.offer is not None else None


def live_case_numbers(offers: Iterable[Offer]) -> dict[tuple[int, str, int], str]:
    """Numbers of the live cases of the offers' enterprises: by programme, key and enterprise."""
    cases = Case.objects.live().filter(enterprise__in=[offer.enterprise_id for offer in offers])
    rows = cases.order_by("pk").values_list("programme_id", "once_key", "enterprise_id", "number")
    return {(programme, key, enterprise): number for programme, key, enterprise, number in rows}


def changes_since(
    offer: Offer, now: Standing | None, cases: Mapping[tuple[int, str, int], str]
) -> Changes:
    """What no longer holds of an offer; {} where it can still be consented to.

    `now` is None where the programme no longer offers the item; `cases` are live_case_numbers.
    """
    case = cases.get((offer.programme_id, offer.once_key, offer.enterprise_id))
    if case is not None:
        return {"case": case}
    if now is None:
        return {"gone": True}
    if now.is_entitled and now.amount_fen == offer.amount_fen:
        return {}
    changes: Changes = {
        "conditions": _conditions(offer.trace, now.found.trace()),
        "facts": _facts(offer.facts, facts_used(now)),
    }
    if now.item.version_id != offer.item.version_id:
        changes["rule"] = [offer.item.version.number, now.item.version.number]
    if now.is_entitled:
        changes["amounts"] = [offer.amount_fen, now.amount_fen]
    elif now.counted is not None:
        changes["counted"] = now.counted.title.to_json()
    return changes


def changes_today(offer: Offer) -> Changes:
    """The same as of today, for one offer."""
    item = item_in_force(offer)
    now = None
    if item is not None:
        today = clock.today()
        now = standing_of(item, offer.enterprise, known_facts(offer.enterprise, today), today)
    return changes_since(offer, now, live_case_numbers([offer]))


def _conditions(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Conditions that the facts no longer fulfil; what people judge is none of them."""
    earlier = {node["key"]: node for node in before["tree"]["children"]}
    changed = []
    for node in now["tree"]["children"]:
        lacks = [need for need in node["needs"] if not need.startswith("decide:")]
        if node["op"] == Op.COUNTED_ONCE.value:
            continue
        if node["status"] == "false" or (node["status"] == "unknown" and lacks):
            old = earlier.get(node["key"])
            changed.append(
                {
                    "title": node["title"] or node["text"],
                    "before": found_in(old) if old else None,
                    "now": found_in(node),
                    "status": node["status"],
                }
            )
    return changed


def _facts(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Facts with another value than before, or that are missing now."""
    missing = {"value": None, "source": "", "as_of": None, "record": ""}
    return [
        {"name": name, "before": before.get(name, missing), "now": now.get(name, missing)}
        for name in sorted(before.keys() | now.keys())
        if before.get(name, missing)["value"] != now.get(name, missing)["value"]
    ]
