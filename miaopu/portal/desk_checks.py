"""What does not add up in a plan, each number leading to its place in the text."""

from __future__ import annotations

from miaopu.plans.enums import ReadingKind
from miaopu.plans.models import PlanReading, ReadingItem
from miaopu.portal import desk_shapes
from miaopu.portal.desk_asked import Asked


def checks_of(reading: PlanReading, asked: Asked) -> list[desk_shapes.CheckRow]:
    """The checks of a reading; the stated number leads to the target that prints it, else to the
    clause, the computed one to the figures that it was computed from."""
    found = list(reading.items.filter(kind=ReadingKind.CHECK).in_order())
    if not found:
        return []
    paths = {str(path) for item in found for path in item.content.get("clauses") or ()}
    near = list(
        reading.items.filter(
            kind__in=(ReadingKind.TARGET, ReadingKind.CLAUSE), clause__in=paths
        ).in_order()
    )
    return [_row(item, near, asked) for item in found]


def _row(item: ReadingItem, near: list[ReadingItem], asked: Asked) -> desk_shapes.CheckRow:
    paths = [str(path) for path in item.content.get("clauses") or ()]
    here = [one for one in near if one.clause in paths]
    targets = [one for one in here if one.kind == ReadingKind.TARGET]
    stated = [one for one in targets if one.content.get("value") == item.content.get("stated")]
    heads = [one for one in here if one.kind == ReadingKind.CLAUSE]
    place = (*stated, *heads)[:1]
    kind = ReadingKind.TARGET if stated else ""
    parts = asked.fresh(clause=paths[0], kind=kind) if paths else None
    return desk_shapes.check_row(
        item,
        href=asked.href(item=item.pk),
        stated_href=asked.href(item=place[0].pk) if place else "",
        computed_href=parts.href() if parts is not None else "",
    )
