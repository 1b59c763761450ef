"""Between the document of `plan read` and the items that people read one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from miaopu.core.models import Event
from miaopu.engine.drafting.figures import name_parts
from miaopu.engine.drafting.units import clause_at, pending_marks
from miaopu.plans.enums import ReadingKind
from miaopu.plans.models import PlanReading, ReadingItem

LISTS = {
    ReadingKind.CLAUSE: "clauses",
    ReadingKind.RESPONSIBILITY: "responsibilities",
    ReadingKind.TARGET: "targets",
    ReadingKind.DEADLINE: "deadlines",
    ReadingKind.MONEY: "money",
    ReadingKind.CITATION: "citations",
    ReadingKind.REPAIR: "repairs",
    ReadingKind.CHECK: "checks",
}
"""The list of the document for every kind, in the order in which they come at one place."""
RANKS = {kind: rank for rank, kind in enumerate(LISTS)}
_PLACES = frozenset({"start", "end", "text"})
CLAUSE_MAX = 200


def items_of(reading: PlanReading, document: Mapping[str, Any]) -> list[ReadingItem]:
    """The items of a document, unread; marks that name nobody yet are among them."""
    clauses = document["clauses"]
    waiting = pending_marks(document["text"], clauses, document["responsibilities"])
    lists = {**document, "targets": name_parts(document["targets"])}
    starts = {str(one["path"]): int(one["start"]) for one in reversed(clauses)}
    items = []
    for kind, name in LISTS.items():
        for one in (*lists[name], *(waiting if kind == ReadingKind.RESPONSIBILITY else ())):
            content = {key: value for key, value in one.items() if key not in _PLACES}
            clause = _clause_of(kind, one, clauses)
            start, end = one.get("start"), one.get("end")
            if start is not None and end is not None and end <= start:
                start = end = None
            items.append(
                ReadingItem(
                    reading=reading,
                    kind=kind,
                    clause=clause[:CLAUSE_MAX],
                    content=content,
                    found=content,
                    start=start,
                    end=end,
                    place=start if start is not None else starts.get(clause, 0),
                    rank=RANKS[kind],
                )
            )
    return items


def document_of(reading: PlanReading, items: Iterable[ReadingItem]) -> dict[str, Any]:
    """The document of the items that go into the programme, each with its key as `item`."""
    document: dict[str, Any] = {
        "title": reading.title,
        "number": reading.number or None,
        "issuer": reading.issuer or None,
        "date": reading.date or None,
        "text": reading.text,
        **{name: [] for name in LISTS.values()},
    }
    for item in items:
        if item.is_used:
            raw = "" if item.start is None else reading.text[item.start : item.end]
            document[LISTS[ReadingKind(item.kind)]].append({**item.entry, "raw": raw})
    return document


def history_of(item: ReadingItem) -> list[Event]:
    """What was done about an item alone, oldest first. The caller has proved the right to see."""
    return list(Event.objects.for_subject(item))


def _clause_of(kind: ReadingKind, one: Mapping[str, Any], clauses: Iterable[Any]) -> str:
    if kind == ReadingKind.CLAUSE:
        return str(one["path"])
    if kind == ReadingKind.CHECK:
        return str(next(iter(one.get("clauses") or ()), ""))
    if "clause" in one:
        return str(one["clause"])
    return clause_at(clauses, one["start"])
