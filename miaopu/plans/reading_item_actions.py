"""Writes about the items of a reading: accepted, corrected, discarded, added, back to unread."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import User
from miaopu.plans.enums import ReadingItemState, ReadingKind, Verb
from miaopu.plans.models import PlanReading, ReadingItem
from miaopu.plans.reading_actions import lock_open
from miaopu.plans.reading_items import CLAUSE_MAX, RANKS
from miaopu.plans.reading_querysets import ReadingItemQuerySet


class ItemChanged(Conflict):
    """Somebody else has changed the item since it was shown; `item` is what it is now."""

    def __init__(self, item: ReadingItem) -> None:
        super().__init__(
            _("%(who)s刚刚改过这一条") % {"who": item.by or _("别人")},
            _("请看现在的内容，再决定是否照您的填写保存"),
        )
        self.item = item


@transaction.atomic
def accept_item(item: ReadingItem, *, revision: int, by: User) -> ReadingItem:
    """Take the item into the programme as it was read."""
    return _decide(item, ReadingItemState.ACCEPTED, Verb.ACCEPT_ITEM, revision=revision, by=by)


@transaction.atomic
def discard_item(item: ReadingItem, *, revision: int, by: User, reason: str = "") -> ReadingItem:
    """Leave the item out of the programme."""
    return _decide(
        item,
        ReadingItemState.DISCARDED,
        Verb.DISCARD_ITEM,
        revision=revision,
        by=by,
        reason=reason,
    )


@transaction.atomic
def reopen_item(item: ReadingItem, *, revision: int, by: User) -> ReadingItem:
    """Take a decision back: the item is unread again, as it was found."""
    if item.found is None:
        raise ActionRefused(_("补充的条目没有读出的内容"), _("可以改正，或选择不采用"))
    return _decide(
        item,
        ReadingItemState.UNREAD,
        Verb.REOPEN_ITEM,
        revision=revision,
        by=by,
        content=item.found,
    )


@transaction.atomic
def correct_item(
    item: ReadingItem, content: Mapping[str, Any], *, revision: int, by: User, reason: str = ""
) -> ReadingItem:
    """Take the item into the programme with other content; what was found is kept beside it."""
    added = item.found is None
    return _decide(
        item,
        ReadingItemState.ADDED if added else ReadingItemState.CORRECTED,
        Verb.CORRECT_ITEM,
        revision=revision,
        by=by,
        reason=reason,
        content=dict(content),
    )


@transaction.atomic
def add_item(
    reading: PlanReading,
    kind: ReadingKind,
    content: Mapping[str, Any],
    *,
    start: int | None,
    end: int | None,
    by: User,
) -> ReadingItem:
    """Add what the machine did not find; the same content at the same place is added once."""
    locked = lock_open(reading, by)
    clause = clause_in(kind, content)
    known = locked.items.filter(
        kind=kind, start=start, end=end, content=dict(content), found__isnull=True
    ).first()
    if known is not None:
        return known
    item = ReadingItem.objects.create(
        reading=locked,
        kind=kind,
        clause=clause,
        content=dict(content),
        start=start,
        end=end,
        place=start if start is not None else _place_of(locked, clause),
        rank=RANKS[kind],
        state=ReadingItemState.ADDED,
        by=by,
        at=clock.now(),
    )
    record_event(item, Verb.ADD_ITEM, by=by, region=locked.region_id, data={"reading": locked.pk})
    return item


def stand_of(items: Iterable[ReadingItem]) -> str:
    """A digest of items and their revisions: what a person has seen when she confirms."""
    rows = ",".join(f"{item.pk}:{item.revision}" for item in items)
    return hashlib.sha256(rows.encode()).hexdigest()[:32]


@transaction.atomic
def accept_items(
    reading: PlanReading, *, kind: str = "", clause: str = "", seen: str, by: User
) -> int:
    """Accept every unread item of a kind or a clause, as the person has `seen` them.

    Checks are never accepted in a lot: each names two figures to be looked at. Raises Conflict
    where the items are not those she saw. Returns how many there were.
    """
    locked = lock_open(reading, by)
    items = list(unread_of(locked, kind=kind, clause=clause))
    if stand_of(items) != seen:
        raise Conflict(_("要采用的条目刚刚有变化"), _("请再看一遍，然后确认"))
    if not items:
        return 0
    locked.items.filter(pk__in=[item.pk for item in items]).update(
        state=ReadingItemState.ACCEPTED,
        by=by,
        at=clock.now(),
        revision=F("revision") + 1,
    )
    record_event(
        locked,
        Verb.ACCEPT_ITEMS,
        by=by,
        region=locked.region_id,
        data={"kind": kind, "clause": clause, "items": [item.pk for item in items]},
    )
    return len(items)


def unread_of(reading: PlanReading, *, kind: str, clause: str) -> ReadingItemQuerySet[ReadingItem]:
    """The unread items that a lot would accept, in order."""
    items = reading.items.unread().of_kind(kind).in_clause(clause)
    return items.exclude(kind=ReadingKind.CHECK).in_order()


def clause_in(kind: str, content: Mapping[str, Any]) -> str:
    """The clause an item belongs to, from its content."""
    return str(content.get("path" if kind == ReadingKind.CLAUSE else "clause") or "")[:CLAUSE_MAX]


def _place_of(reading: PlanReading, clause: str) -> int:
    head = reading.items.filter(kind=ReadingKind.CLAUSE, clause=clause).first()
    return head.place if head is not None else 0


def _decide(
    item: ReadingItem,
    state: ReadingItemState,
    verb: Verb,
    *,
    revision: int,
    by: User,
    reason: str = "",
    content: dict[str, Any] | None = None,
) -> ReadingItem:
    """Change an item that is still as it was seen. A double click of one person is one change.

    Raises ItemChanged where somebody else was faster, Conflict where the reading is not open.
    """
    reading = lock_open(item.reading, by)
    locked = ReadingItem.objects.select_for_update(of=("self",), no_key=True).get(pk=item.pk)
    locked.reading = reading
    wanted = locked.content if content is None else content
    if locked.revision != revision:
        if (locked.state, locked.content, locked.by_id) == (state, wanted, by.pk):
            return locked
        raise ItemChanged(locked)
    before = locked.content
    locked.state, locked.content, locked.reason = state, wanted, reason[:300]
    locked.clause = clause_in(locked.kind, wanted) or locked.clause
    locked.by, locked.at = by, clock.now()
    locked.revision += 1
    locked.save()
    data: dict[str, Any] = {"reading": reading.pk}
    if wanted != before:
        data |= {"before": before, "after": wanted}
    record_event(locked, verb, by=by, reason=reason, region=reading.region_id, data=data)
    return locked
