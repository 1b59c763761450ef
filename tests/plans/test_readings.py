"""Readings of plans: from the file to the programme, by several people, unread nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event
from miaopu.engine.drafting.draft import zipped
from miaopu.plans.enums import ReadingItemState, ReadingKind, ReadingState, Verb
from miaopu.plans.models import PlanReading, ProgrammeVersion, ReadingItem, Target
from miaopu.plans.reading_completion import (
    NEW_ZONE,
    Unread,
    complete_reading,
    draft_reading,
    keep_choices,
    scopes_in,
    suggested_place,
    zones_of,
)
from miaopu.plans.reading_item_actions import (
    ItemChanged,
    accept_item,
    accept_items,
    add_item,
    correct_item,
    discard_item,
    reopen_item,
    stand_of,
    unread_of,
)
from miaopu.plans.reading_states import SYSTEM, TABLE
from miaopu.plans.reading_tasks import read_plan
from tests.factories import CITY, YUNYAN, City, make_officer
from tests.plans.readings import PLAN, accept_all, hand_in, open_reading

pytestmark = pytest.mark.django_db
CHOICES: dict[str, Any] = {
    "programme": "qinglan-2018",
    "title": "青岚区2018年小微企业成长服务计划",
    "title_en": "Qinglan service plan for small enterprises 2018",
    "number": "青岚府办发〔2018〕7号",
    "date": "2018-01-22",
    "region": CITY,
    "start": "2018-01-01",
    "end": "2018-12-31",
    "scopes": {"全区": "*", "东坪街道": NEW_ZONE, "南溪镇": "520103", "北岭乡": "-"},
}


def one(reading: PlanReading, kind: ReadingKind = ReadingKind.TARGET) -> ReadingItem:
    found = reading.items.filter(kind=kind).in_order().first()
    assert found is not None
    return found


def test_the_same_file_is_the_same_reading(city: City) -> None:
    reading = open_reading(city.programme_officer)
    assert reading.state == ReadingState.OPEN
    assert reading.title == "青岚区2018年小微企业成长服务计划"
    other = make_officer(Role.PROGRAMME_OFFICER, CITY)
    assert hand_in(PLAN.read_bytes(), other).pk == reading.pk
    count = reading.items.count()
    assert reading.job_id is not None
    read_plan(job_id=reading.job_id, reading_id=reading.pk)
    assert reading.items.count() == count, "a job that runs again changes nothing"
    assert reading.items.filter(content__pending="待机构改革后确定").exists()


def test_who_may_see_and_who_may_read(city: City) -> None:
    reading = open_reading(city.programme_officer)
    seen = {
        user: PlanReading.objects.for_user(user).exists()
        for user in (city.programme_officer, city.auditor, city.reviewer, city.owner)
    }
    assert list(seen.values()) == [True, True, False, False]
    elsewhere = make_officer(Role.PROGRAMME_OFFICER, YUNYAN)
    assert not ReadingItem.objects.for_user(elsewhere).exists()
    with pytest.raises(NotAllowed):
        accept_item(one(reading), revision=1, by=elsewhere)
    with pytest.raises(NotAllowed):
        hand_in(PLAN.read_bytes(), city.auditor)


def test_every_decision_is_kept_with_who_and_what_was_found(city: City) -> None:
    by = city.programme_officer
    reading = open_reading(by)
    item = correct_item(
        one(reading), {**one(reading).content, "value": 650}, revision=1, by=by, reason="漏印"
    )
    assert (item.state, item.revision, item.by) == (ReadingItemState.CORRECTED, 2, by)
    assert item.found["value"] == 600
    event = Event.objects.for_subject(item).get()
    assert (event.verb, event.actor, event.reason) == (Verb.CORRECT_ITEM, by, "漏印")
    assert event.data["after"]["value"] == 650
    back = reopen_item(item, revision=2, by=by)
    assert (back.state, back.content) == (ReadingItemState.UNREAD, back.found)
    gone = discard_item(back, revision=3, by=by, reason="不是目标")
    assert not gone.is_used
    assert discard_item(gone, revision=3, by=by).revision == 4, "a double click is one decision"


def test_two_officers_the_second_is_told(city: City) -> None:
    reading = open_reading(city.programme_officer)
    other = make_officer(Role.PROGRAMME_OFFICER, CITY)
    accept_item(one(reading), revision=1, by=city.programme_officer)
    with pytest.raises(ItemChanged) as told:
        discard_item(one(reading), revision=1, by=other)
    assert told.value.item.state == ReadingItemState.ACCEPTED
    assert one(reading).by == city.programme_officer


def test_lots_are_what_was_seen(city: City) -> None:
    by = city.programme_officer
    reading = open_reading(by)
    seen = stand_of(unread_of(reading, kind=ReadingKind.TARGET, clause=""))
    accept_item(one(reading), revision=1, by=by)
    with pytest.raises(Conflict):
        accept_items(reading, kind=ReadingKind.TARGET, seen=seen, by=by)
    clause = stand_of(unread_of(reading, kind="", clause="二"))
    count = accept_items(reading, clause="二", seen=clause, by=by)
    assert count == reading.items.in_clause("二").filter(state="accepted").count()
    assert not reading.items.in_clause("二").unread().exists()
    assert reading.items.filter(kind=ReadingKind.CHECK).unread().exists(), "checks are looked at"


def test_nothing_becomes_a_programme_unread(city: City) -> None:
    by = city.programme_officer
    reading = open_reading(by)
    with pytest.raises(Unread) as refused:
        complete_reading(reading, by=by)
    assert refused.value.count == reading.items.count()
    assert not ProgrammeVersion.objects.filter(programme__slug="qinglan-2018").exists()


def completed(city: City) -> tuple[PlanReading, ProgrammeVersion]:
    by = city.programme_officer
    reading = open_reading(by)
    accept_all(reading, by)
    add_item(
        reading,
        ReadingKind.CITATION,
        {"title": "办法", "number": None},
        start=None,
        end=None,
        by=by,
    )
    reading = keep_choices(reading, CHOICES, by=by)
    return reading, complete_reading(reading, by=by)


def test_from_the_reading_to_the_programme(city: City) -> None:
    reading, version = completed(city)
    reading.refresh_from_db()
    pack = version.pack
    assert (reading.state, reading.version) == (ReadingState.COMPLETED, version)
    assert (pack.programme, pack.source.number) == ("qinglan-2018", "青岚府办发〔2018〕7号")
    assert len([task for task in pack.tasks if task.named == "mark"]) == 8
    assert pack.zones[0].title.zh == "东坪街道"
    assert set(Target.objects.filter(version=version).values_list("region", flat=True)) == {
        *(CITY, "520103", pack.zones[0].code)
    }
    assert not any(one.value == "150" for one in pack.targets), "left out as chosen"
    again = draft_reading(reading)
    assert again.check.pack is not None
    assert again.check.pack.digest == pack.digest
    assert zipped(again.files) == zipped(draft_reading(reading).files)
    with pytest.raises(Conflict):
        accept_item(one(reading), revision=2, by=city.programme_officer)


def test_a_name_in_use_is_refused(city: City) -> None:
    by = city.programme_officer
    reading = open_reading(by)
    accept_all(reading, by)
    taken = {**CHOICES, "programme": city.version.programme.slug}
    with pytest.raises(ActionRefused, match="已经有计划在用"):
        complete_reading(keep_choices(reading, taken, by=by), by=by)


def test_the_database_keeps_readings_whole(city: City) -> None:
    reading, _version = completed(city)
    item = one(reading)
    for change in (
        lambda: ReadingItem.objects.filter(pk=item.pk).update(reason="x"),
        lambda: ReadingItem.objects.filter(pk=item.pk).update(found={}),
        lambda: item.delete(),
        lambda: PlanReading.objects.filter(pk=reading.pk).update(title="x"),
        lambda: reading.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_places_are_suggested_from_the_region_table(city: City) -> None:
    region = city.version.programme.region
    zones = zones_of(region)
    assert suggested_place("云岩区", region, zones) == "520103"
    assert suggested_place("清镇", region, zones) == "520181"
    assert suggested_place("全市", region, zones) == "*"
    assert suggested_place("综合保税区", region, zones) == "520193"
    assert suggested_place("各区", region, zones) == ""
    reading = open_reading(city.programme_officer)
    assert scopes_in(reading) == [], "nothing is in use yet"


def test_transitions() -> None:
    assert TABLE.reachable(ReadingState.UPLOADED) == {str(state) for state in ReadingState}
    assert not TABLE.available(ReadingState.COMPLETED, [SYSTEM, Role.PROGRAMME_OFFICER])
    assert [step.name for step in TABLE.available(ReadingState.OPEN, [SYSTEM])] == []
