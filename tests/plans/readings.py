"""A plan of our own writing, and readings of it, for tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from miaopu.core.models import Region, User
from miaopu.engine.plan_reader.as_json import to_json
from miaopu.engine.plan_reader.files import read_bytes
from miaopu.plans import reading_actions as actions
from miaopu.plans.enums import ReadingState
from miaopu.plans.models import PlanReading, ReadingItem
from miaopu.plans.reading_item_actions import accept_item
from miaopu.plans.reading_tasks import read_plan, start_reading
from tests.factories import CITY

PLAN = Path(__file__).parents[2] / "miaopu" / "app" / "demo" / "data" / "plan.txt"


def hand_in(content: bytes, by: User, *, name: str = "计划.txt", region: str = CITY) -> PlanReading:
    """Hand a document in and have it read, as the worker does."""
    place = Region.objects.get(code=region)
    reading = start_reading(content, name, region=place, by=by)
    assert reading.job_id is not None
    read_plan(job_id=reading.job_id, reading_id=reading.pk)
    return PlanReading.objects.get(pk=reading.pk)


@cache
def document() -> dict[str, Any]:
    """What the reader finds in our own plan; read in this process, once."""
    return to_json(read_bytes(PLAN.read_bytes()))


def open_reading(by: User, *, region: str = CITY) -> PlanReading:
    """The reading of our own plan, every item unread, as the job leaves it."""
    place = Region.objects.get(code=region)
    reading = start_reading(PLAN.read_bytes(), "计划.txt", region=place, by=by)
    if reading.state == ReadingState.OPEN:
        return reading
    return actions.open_reading(actions.begin_reading(reading), document())


def accept_all(reading: PlanReading, by: User) -> list[ReadingItem]:
    """Accept every unread item, one by one."""
    return [
        accept_item(item, revision=item.revision, by=by)
        for item in reading.items.unread().in_order()
    ]
