"""The text of a plan with what was found marked in it: kinds by colour and by a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from miaopu.plans.enums import ReadingKind
from miaopu.plans.models import ReadingItem

WINDOW = 40_000
"""How many characters of a long plan are shown at a time."""
_HEADING = 60


@dataclass(frozen=True)
class Span:
    """A marked place: from `start` to `end`, of the item `pk`."""

    start: int
    end: int
    pk: int
    kind: str
    state: str
    label: str


@dataclass(frozen=True)
class Window:
    """The part of the text that is shown."""

    start: int
    end: int
    number: int
    of: int

    @property
    def is_whole(self) -> bool:
        """Whether the whole text is shown."""
        return self.of == 1


def window_of(text: str, place: int) -> Window:
    """The part of `text` around `place`; parts end at the end of a line where they can."""
    cuts = [0]
    while len(text) - cuts[-1] > WINDOW:
        end = cuts[-1] + WINDOW
        line = text.rfind("\n", end - WINDOW // 4, end)
        cuts.append(line + 1 if line > cuts[-1] else end)
    number = max(index for index, cut in enumerate(cuts) if cut <= max(place, 0))
    end = cuts[number + 1] if number + 1 < len(cuts) else len(text)
    return Window(cuts[number], end, number + 1, len(cuts))


def spans_of(items: Iterable[ReadingItem], text: str) -> list[Span]:
    """Where the items stand; of a clause its heading is marked, not all that is below it."""
    spans = []
    for item in items:
        if item.start is None or item.end is None:
            continue
        end = item.end
        if item.kind == ReadingKind.CLAUSE:
            end = min(end, _heading_end(text, item))
        spans.append(
            Span(
                item.start,
                max(end, item.start + 1),
                item.pk,
                item.kind,
                item.state,
                str(ReadingKind(item.kind).label),
            )
        )
    return spans


def marked_text(
    text: str, window: Window, spans: Sequence[Span], *, address: str, current: int | None
) -> SafeString:
    """The window of the text, escaped, every marked place a link to its item.

    Where marks overlap the shortest is on top; a mark that nothing shows of is an empty anchor
    where it begins, so that every item has a place to jump to.
    """
    inside = [one for one in spans if one.start < window.end and window.start < one.end]
    edges = {window.start, window.end}
    for one in inside:
        edges |= {max(one.start, window.start), min(one.end, window.end)}
    begins: dict[int, list[Span]] = {}
    for one in inside:
        begins.setdefault(max(one.start, window.start), []).append(one)
    places = sorted(edges)
    parts: list[str] = []
    active: list[Span] = []
    tops: list[tuple[int, int, Span | None]] = []
    for begin, end in pairwise(places):
        active = [one for one in active if one.end > begin] + begins.get(begin, [])
        top = min(active, key=lambda one: (one.end - one.start, one.pk), default=None)
        tops.append((begin, end, top))
    shown = {top.pk for _begin, _end, top in tops if top is not None}
    named: set[int] = set()
    for begin, end, top in tops:
        for one in begins.get(begin, []):
            if one.pk not in shown:
                parts.append(format_html('<span id="m{}"></span>', str(one.pk)))
        piece = text[begin:end]
        if top is None:
            parts.append(format_html("{}", piece))
            continue
        first = top.pk not in named
        named.add(top.pk)
        parts.append(_mark(top, piece, address, first=first, current=current))
    return mark_safe("".join(parts))  # noqa: S308 — every part is escaped above


def _mark(one: Span, piece: str, address: str, *, first: bool, current: int | None) -> str:
    return format_html(
        '<a class="m m-{} s-{}{}" data-item="{}" href="{}item={}#m{}" tabindex="-1"{}>{}</a>',
        one.kind,
        one.state,
        " m-current" if one.pk == current else "",
        str(one.pk),
        address,
        str(one.pk),
        str(one.pk),
        format_html(' id="m{}" data-label="{}"', str(one.pk), one.label) if first else "",
        piece,
    )


def _heading_end(text: str, item: ReadingItem) -> int:
    """Where the heading of a clause ends: after its title, else with its line."""
    start = item.start or 0
    title = str(item.content.get("title") or "")
    found = text.find(title, start, start + len(title) + _HEADING) if title else -1
    if found >= 0:
        return found + len(title)
    line = text.find("\n", start)
    return min(line if line > start else len(text), start + _HEADING)
