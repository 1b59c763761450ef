"""A plan of our own writing, half-way read by two officers of the city's programme office."""

from __future__ import annotations

from importlib.resources import files

from miaopu.app.demo.offices import CITY
from miaopu.core.models import Region, User
from miaopu.engine.plan_reader.as_json import to_json
from miaopu.engine.plan_reader.files import read_bytes
from miaopu.plans.enums import ReadingKind, ReadingState
from miaopu.plans.models import PlanReading, ReadingItem
from miaopu.plans.reading_actions import begin_reading, open_reading, upload_plan
from miaopu.plans.reading_item_actions import (
    accept_item,
    accept_items,
    add_item,
    correct_item,
    discard_item,
    stand_of,
    unread_of,
)

OFFICERS = ("city-programme", "city-programme2")
_SHARE = 5  # of every ten of the rest, so many are read


def load_reading() -> int:
    """The demo's plan, its clauses accepted in a lot and half of the rest read; again nothing.

    Returns how many items are read. The file is our own, so it is read in this process.
    """
    first, second = (User.objects.get(username=name) for name in OFFICERS)
    content = (files("miaopu.app.demo") / "data" / "plan.txt").read_bytes()
    region = Region.objects.get(code=CITY)
    reading = upload_plan(content, "青岚区小微企业成长服务计划.txt", region=region, by=first)
    if reading.state == ReadingState.UPLOADED:
        begun = begin_reading(reading)
        _read_half(open_reading(begun, to_json(read_bytes(content))), first, second)
    return reading.items.exclude(pk__in=reading.items.unread()).count()


def _read_half(reading: PlanReading, first: User, second: User) -> None:
    clauses = list(unread_of(reading, kind=ReadingKind.CLAUSE, clause=""))
    accept_items(reading, kind=ReadingKind.CLAUSE, seen=stand_of(clauses), by=first)
    rest = list(reading.items.unread().exclude(kind=ReadingKind.CHECK).in_order())
    for number, item in enumerate(rest):
        by = first if number % 3 else second
        if not _mended(item, by) and number % 10 < _SHARE:
            accept_item(item, revision=item.revision, by=by)
    add_item(
        reading,
        ReadingKind.DEADLINE,
        {"clause": "四/(一)", "date": "2018-02", "from": None, "what": "成立工作专班"},
        start=None,
        end=None,
        by=second,
    )


def _mended(item: ReadingItem, by: User) -> bool:
    """Correct the indicator that has lost its name, and leave out who is a subject only."""
    content = item.content
    if item.kind == ReadingKind.TARGET and content["indicator"] == "比上年增长":
        named = {**content, "indicator": "小微企业营业收入比上年增长"}
        correct_item(item, named, revision=item.revision, by=by, reason="指标要写全")
        return True
    if item.kind == ReadingKind.RESPONSIBILITY and not content["explicit"]:
        discard_item(item, revision=item.revision, by=by, reason="只是出资，不是责任单位")
        return True
    return False
