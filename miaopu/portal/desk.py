"""The reading desk: one page's worth of a reading, with what was asked for in its address."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from miaopu.core import clock
from miaopu.plans.enums import ReadingItemState, ReadingKind
from miaopu.plans.models import PlanReading, ReadingItem
from miaopu.plans.reading_items import history_of
from miaopu.portal import desk_shapes, formats, shapes
from miaopu.portal.desk_asked import Asked
from miaopu.portal.desk_checks import checks_of
from miaopu.portal.desk_text import Window, marked_text, spans_of, window_of

PAGE = 20
_JUMPS = 400


class Desk:
    """A reading as it stands now; each part is read when it is asked for."""

    def __init__(self, reading: PlanReading, asked: Asked) -> None:
        self.reading = reading
        self.asked = asked

    @cached_property
    def ids(self) -> list[int]:
        """The items that the filters let through, in order."""
        asked = self.asked
        items = self.reading.items.of_kind(asked.kind).in_clause(asked.clause)
        if asked.state:
            items = items.filter(state=asked.state)
        return list(items.in_order().values_list("pk", flat=True))

    @cached_property
    def current(self) -> ReadingItem | None:
        """The item in hand: the one asked for, else the first unread, else the first."""
        items = self.reading.items.select_related("by")
        if self.asked.item:
            found = items.filter(pk=self.asked.item).first()
            if found is not None:
                return found
        inside = items.filter(pk__in=self.ids).in_order()
        return inside.unread().first() or inside.first()

    @cached_property
    def _place(self) -> int:
        """Where the item in hand stands among the items shown; -1 where it is none of them."""
        pk = self.current.pk if self.current is not None else 0
        return self.ids.index(pk) if pk in self.ids else -1

    @cached_property
    def counts(self) -> dict[tuple[str, str], int]:
        """How many items there are by kind and state."""
        return self.reading.items.counts()

    def count(self, *, kind: str = "", state: str = "") -> int:
        """How many items of a kind in a state; all kinds or states where none is given."""
        return sum(
            number
            for (of_kind, in_state), number in self.counts.items()
            if (not kind or of_kind == kind) and (not state or in_state == state)
        )

    @property
    def total(self) -> int:
        """How many items there are."""
        return self.count()

    @property
    def unread(self) -> int:
        """How many nobody has decided on."""
        return self.count(state=ReadingItemState.UNREAD)

    @property
    def read(self) -> int:
        """How many somebody has decided on."""
        return self.total - self.unread

    def following(self, pk: int) -> list[int]:
        """The items after one, then those before it: where to go on from there."""
        if pk not in self.ids:
            return self.ids
        at = self.ids.index(pk)
        return [*self.ids[at + 1 :], *self.ids[:at]]

    @property
    def next_href(self) -> str:
        """The item after the one in hand, "" at the end."""
        at = self._place + 1
        return self.asked.href(item=self.ids[at], mode="") if at < len(self.ids) else ""

    @property
    def previous_href(self) -> str:
        """The item before the one in hand, "" at the beginning."""
        return self.asked.href(item=self.ids[self._place - 1], mode="") if self._place > 0 else ""

    @property
    def _first(self) -> int:
        """Where the part of the list begins that is shown."""
        return max(self._place, 0) // PAGE * PAGE

    @cached_property
    def rows(self) -> list[desk_shapes.ItemRow]:
        """The part of the list around the item in hand."""
        shown = self.ids[self._first : self._first + PAGE]
        items = self.reading.items.filter(pk__in=shown).select_related("by").in_order()
        pk = self.current.pk if self.current is not None else 0
        return [
            desk_shapes.row_of(item, self.asked.href(item=item.pk, mode=""), current=item.pk == pk)
            for item in items
        ]

    @property
    def pages(self) -> list[shapes.Link]:
        """The parts of the list before and after the one shown."""
        first = self._first
        links = []
        if first:
            href = self.asked.href(item=self.ids[first - PAGE], mode="")
            links.append(shapes.Link(gettext("前 %(count)s 条") % {"count": PAGE}, href))
        if first + PAGE < len(self.ids):
            left = min(PAGE, len(self.ids) - first - PAGE)
            href = self.asked.href(item=self.ids[first + PAGE], mode="")
            links.append(shapes.Link(gettext("后 %(count)s 条") % {"count": left}, href))
        return links

    @property
    def shown(self) -> str:
        """Which of the items are in the list: 21–40 of 214."""
        first = self._first
        return gettext("第 %(first)s–%(last)s 条，共 %(total)s 条") % {
            "first": formats.number(min(first + 1, len(self.ids))),
            "last": formats.number(min(first + PAGE, len(self.ids))),
            "total": formats.number(len(self.ids)),
        }

    @property
    def kinds(self) -> list[dict[str, Any]]:
        """The kinds to choose from, with how many of each are unread."""
        rows = [{"label": gettext("全部"), "value": "", "unread": self.unread, "total": self.total}]
        rows += [
            {
                "label": str(kind.label),
                "value": str(kind),
                "unread": self.count(kind=kind, state=ReadingItemState.UNREAD),
                "total": self.count(kind=kind),
            }
            for kind in ReadingKind
            if self.count(kind=kind)
        ]
        return [
            {
                **row,
                "href": self.asked.href(kind=row["value"], item=0, mode=""),
                "current": row["value"] == self.asked.kind,
            }
            for row in rows
        ]

    @property
    def states(self) -> list[dict[str, Any]]:
        """The states to choose from."""
        options = [
            ("", gettext("全部")),
            *((one.value, str(one.label)) for one in ReadingItemState),
        ]
        return [
            {
                "label": label,
                "count": self.count(kind=self.asked.kind, state=value),
                "href": self.asked.href(state=value, item=0, mode=""),
                "current": value == self.asked.state,
            }
            for value, label in options
        ]

    @cached_property
    def _clauses(self) -> list[ReadingItem]:
        found = self.reading.items.filter(kind=ReadingKind.CLAUSE)
        return list(found.exclude(state=ReadingItemState.DISCARDED).in_order())

    @property
    def clause_choices(self) -> list[tuple[str, str]]:
        """The clauses by path and heading, each path once."""
        rows = {
            str(one.content.get("path")): str(one.content.get("title") or "")
            for one in reversed(self._clauses)
        }
        return [(path, f"{path} {title}".strip()) for path, title in reversed(rows.items())]

    @property
    def jumps(self) -> list[dict[str, Any]]:
        """The tree of clauses as links into the text; of very many, the upper ones."""
        found = self._clauses
        if len(found) > _JUMPS:
            found = [one for one in found if one.clause.count("/") < 1][:_JUMPS]
        return [
            {
                "path": one.content.get("path"),
                "title": one.content.get("title"),
                "depth": min(str(one.content.get("path") or "").count("/"), 4),
                "href": self.asked.fresh().href(item=one.pk),
                "filter": self.asked.href(clause=one.clause, kind="", item=0, mode=""),
            }
            for one in found
        ]

    @property
    def checks(self) -> list[desk_shapes.CheckRow]:
        """What does not add up, both numbers leading to their places."""
        return checks_of(self.reading, self.asked.fresh())

    @cached_property
    def window(self) -> Window:
        """The part of the text that is shown."""
        place = self.current.place if self.current is not None else 0
        return window_of(self.reading.text, place)

    @property
    def text(self) -> SafeString:
        """The text with what was found marked in it."""
        window = self.window
        items = self.reading.items.filter(start__lt=window.end, end__gt=window.start)
        return marked_text(
            self.reading.text,
            window,
            spans_of(items, self.reading.text),
            address=self.asked.fresh().query,
            current=self.current.pk if self.current is not None else None,
        )

    @property
    def windows(self) -> list[shapes.Link]:
        """The parts of a long text before and after the one shown."""
        window, items = self.window, self.reading.items.exclude(start=None)
        before = items.filter(place__lt=window.start).order_by("-place", "-pk").first()
        after = items.filter(place__gte=window.end).in_order().first()
        links = [(gettext("上一段"), before), (gettext("下一段"), after)]
        return [
            shapes.Link(text, self.asked.fresh(view="text").href(item=item.pk))
            for text, item in links
            if item
        ]

    @property
    def quote(self) -> str:
        """The words of the plan on which the item in hand rests."""
        item = self.current
        if item is None or item.start is None or item.end is None:
            return ""
        words = self.reading.text[item.start : item.end].strip()
        return words if len(words) <= 400 else f"{words[:400]}…"

    @property
    def answers(self) -> list[shapes.Answer]:
        """The facts of the item in hand."""
        return desk_shapes.answers_of(self.current) if self.current is not None else []

    @property
    def trail(self) -> list[shapes.TrailEntry]:
        """Who did what about the item in hand."""
        if self.current is None:
            return []
        entries = desk_shapes.trail_of(history_of(self.current))
        item = self.current
        if not entries and item.at is not None:  # accepted in a lot: the reading has the event
            entries = [shapes.TrailEntry(item.at, str(item.by), gettext("成批采用"))]
        return entries

    def changed_since(self, since: str) -> list[ReadingItem]:
        """The items that somebody has changed since the page was opened."""
        moment = parse_datetime(since) if since else None
        if not isinstance(moment, datetime) or timezone.is_naive(moment):
            return []
        return list(self.reading.items.filter(at__gte=moment).select_related("by").in_order())

    @property
    def now(self) -> str:
        """The moment of this page, for `changed_since`."""
        return clock.now().isoformat()
