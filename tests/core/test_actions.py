"""The core: roles that exclude each other, events, notices, jobs, files, the demo's clock."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from miaopu.core import clock
from miaopu.core.actions import (
    add_member,
    end_membership,
    fail_job,
    finish_job,
    keep_file,
    mark_notices_read,
    move_demo_clock,
    notify,
    open_job,
    record_event,
    report_progress,
)
from miaopu.core.enums import OfficeKind, Role
from miaopu.core.errors import ActionRefused, NotAllowed
from miaopu.core.models import Event, File, Job, Membership, Notice, Region
from miaopu.core.scope import reaches, region_prefix, region_prefixes
from tests.factories import CITY, NANMING, YUNYAN, City, make_office, make_officer, travel

pytestmark = pytest.mark.django_db


def test_the_three_administrators_are_three_people(city: City) -> None:
    office = make_office(CITY, OfficeKind.ADMINISTRATION)
    for role in (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        with pytest.raises(IntegrityError), transaction.atomic():
            add_member(city.system_admin, office, role, by=None)
    [membership] = city.system_admin.live_memberships
    end_membership(membership, by=city.auditor)
    add_member(city.system_admin, office, Role.AUDIT_ADMIN, by=None)
    with pytest.raises(ActionRefused):
        end_membership(membership, by=city.auditor)


def test_an_ended_role_no_longer_reaches_anything(city: City) -> None:
    assert reaches(city.reviewer, YUNYAN, [Role.REVIEWER])
    end_membership(Membership.objects.live().get(user=city.reviewer), by=city.system_admin)
    again = type(city.reviewer).objects.get(pk=city.reviewer.pk)
    assert region_prefixes(again) == frozenset()


@pytest.mark.parametrize(
    ("code", "prefix"),
    [("520000", "52"), ("520100", "5201"), ("520103", "520103"), ("520191", "520191")],
)
def test_prefix_of_a_region(code: str, prefix: str) -> None:
    assert region_prefix(code) == prefix


def test_scope_is_closed_unless_proved_otherwise(city: City) -> None:
    assert region_prefixes(None) == region_prefixes(AnonymousUser()) == frozenset()
    assert region_prefixes(city.owner) == frozenset()
    city.reviewer.is_active = False
    assert region_prefixes(city.reviewer) == frozenset()
    assert reaches(city.programme_officer, NANMING)
    assert not reaches(city.other_reviewer, YUNYAN)


def test_events_say_who_what_when_why_and_stay(city: City) -> None:
    event = record_event(city.enterprise, "x.y", by=city.reviewer, reason="因为", region=YUNYAN)
    assert (event.actor, event.reason, event.region_id) == (city.reviewer, "因为", YUNYAN)
    assert event.office == city.reviewer.live_memberships[0].office
    for statement in (
        lambda: Event.objects.filter(pk=event.pk).update(reason=""),
        lambda: Event.objects.filter(pk=event.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            statement()
    assert event in Event.objects.for_user(city.auditor)
    assert not Event.objects.for_user(city.reviewer).exists()


def test_regions_form_a_tree_without_orphans(city: City) -> None:
    assert Region.objects.filter(parent=None).exclude(level=Region.Level.PROVINCE).count() == 0
    assert Region.objects.get(code=YUNYAN).parent_id == CITY


def test_each_event_gives_one_notice(city: City) -> None:
    for _time in range(2):
        notify(city.owner, "k", "已受理", "accepted")
    assert Notice.objects.for_user(city.owner).unread().count() == 1
    assert not Notice.objects.for_user(city.other_owner).exists()
    assert mark_notices_read(city.owner) == 1
    assert not Notice.objects.for_user(city.owner).unread().exists()


def test_progress_never_goes_back(city: City) -> None:
    job, created = open_job("job/1", "匹配", by=city.programme_officer)
    again, created_again = open_job("job/1", "匹配", by=city.programme_officer)
    assert (job, created, created_again) == (again, True, False)

    def now() -> Job:
        return Job.objects.get(pk=job.pk)

    report_progress(job, 50, 100)
    report_progress(job, 20, 100)
    assert (now().done, now().state) == (50, "running")
    finish_job(job, {"matches": 7})
    report_progress(job, 60, 100)
    assert (now().done, now().total, now().state) == (100, 100, "done")
    other, _created = open_job("job/2", "匹配", by=city.programme_officer)
    fail_job(other, "x" * 5000)
    other.refresh_from_db()
    assert (other.state, len(other.error)) == ("failed", 2000)
    assert not Job.objects.for_user(city.reviewer).exists()


def test_the_same_content_is_one_file(city: City) -> None:
    content = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    first, again = keep_file(content, by=city.owner), keep_file(content, by=city.reviewer)
    assert first == again
    assert (first.extension, first.size, len(first.sha256)) == ("pdf", len(content), 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        File.objects.filter(pk=first.pk).update(size=1)


def test_a_half_written_file_is_written_again(city: City, settings: Any) -> None:
    content = b"%PDF-1.4\n2 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    digest = hashlib.sha256(content).hexdigest()
    place = Path(settings.MEDIA_ROOT) / digest[:2] / digest
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content[:7])  # what a killed process had left
    there = set(place.parent.glob("*"))  # other files may begin with the same two signs
    file = keep_file(content, by=city.owner)
    with default_storage.open(file.storage_name) as stored:
        assert stored.read() == content
    assert place.stat().st_mode & 0o077 == 0
    assert set(place.parent.glob("*")) == there


def test_an_event_names_the_office_that_acted(city: City) -> None:
    add_member(
        city.reviewer, make_office(NANMING, OfficeKind.DISTRICT_OFFICE), Role.REVIEWER, by=None
    )
    for region in (YUNYAN, NANMING):
        event = record_event(city.item, "x", by=city.reviewer, region=region)
        assert event.office is not None
        assert event.office.region_id == region


def test_what_the_system_does_is_shown_to_the_audit_administrator(city: City) -> None:
    event = record_event(city.item, "x", by=None)
    administrator = make_officer(Role.AUDIT_ADMIN, CITY)
    assert event in Event.objects.for_user(administrator)
    assert event not in Event.objects.for_user(city.auditor)


def test_too_large_a_file_is_refused(city: City, settings: Any) -> None:
    settings.FILE_MAX_BYTES = 10
    with pytest.raises(ActionRefused, match="20 MB"):
        keep_file(b"%PDF-1.4 and more than ten bytes", by=city.owner)


def test_demo_clock_moves_forward_only(city: City) -> None:
    assert clock.today() == date(2018, 5, 10)
    move_demo_clock(date(2018, 6, 1), by=city.owner)
    assert clock.today() == date(2018, 6, 1)
    with pytest.raises(ActionRefused):
        move_demo_clock(date(2018, 5, 31), by=city.owner)


def test_outside_the_demo_the_clock_is_real(city: City, settings: Any) -> None:
    travel(date(2018, 6, 1))
    settings.DEMO = False
    assert clock.today() == timezone.localdate()
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=5)
    with pytest.raises(NotAllowed):
        move_demo_clock(date(2030, 1, 1), by=city.owner)


def test_within_the_block_the_clock_stands_still_for_everybody(city: City) -> None:
    with clock.read_once():
        assert clock.today() == date(2018, 5, 10)
        travel(date(2018, 7, 1))
        assert clock.today() == date(2018, 5, 10)
    assert clock.today() == date(2018, 7, 1)
    assert settings.DEMO
