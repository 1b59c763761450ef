"""Recurring duties: records with evidence, what they fulfil, who may record; the calendar feed."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from icalendar import Calendar

from miaopu.core.actions import add_member, end_membership
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Membership, Office, User
from miaopu.engine.packs.load import load_pack
from miaopu.engine.packs.plan_parts import Duty
from miaopu.plans.actions import load_version
from miaopu.plans.duty_actions import Done, record_duty, void_duty_record
from miaopu.plans.duty_reads import duty_view, phase_views
from miaopu.plans.enums import Rank
from miaopu.plans.feeds import feed_content, feed_of, feed_secret, make_feed, revoke_feed
from miaopu.plans.models import CalendarFeed, DutyFile, DutyRecord, ProgrammeVersion
from tests.factories import NANMING, ROOT, YUNYAN, City, guiyang_pack, travel
from tests.plans.supervised import PDF, changed, give_to, report, supervised, task_of

pytestmark = pytest.mark.django_db
JUNE = date(2018, 6, 25)


@pytest.fixture
def tasks(city: City) -> City:
    supervised(city)
    give_to(city, "all_departments", _office(city))
    travel(JUNE)
    return city


def _office(city: City) -> Office:
    office: Office = city.reviewer.live_memberships[0].office
    return office


def duty_of(version: ProgrammeVersion, key: str) -> Duty:
    return next(one for one in version.pack.duties if one.id == key)


def done(city: City, key: str, on: date, **more: object) -> DutyRecord:
    said = {"person": "张主任", "rank": Rank.PRINCIPAL, "place": "花果园社区", **more}
    return record_duty(
        city.version,
        duty_of(city.version, key),
        _office(city),
        Done(on=on, **said),  # type: ignore[arg-type]
        by=city.reviewer,
    )


def region(city: City, code: str) -> object:
    return city.version.programme.region.__class__.objects.get(code=code)


def states(city: City, key: str) -> dict[str, str]:
    view = duty_view(city.version, key, JUNE)
    assert view is not None
    [line] = view.lines
    return {one.span.key: one.state for one in line.periods}


def test_one_district_a_month_takes_turns(tasks: City) -> None:
    yunyan, nanming = region(tasks, YUNYAN), region(tasks, NANMING)
    done(tasks, "publicity_month", date(2018, 1, 12), region=yunyan)
    done(tasks, "publicity_month", date(2018, 2, 12), region=nanming)
    done(tasks, "publicity_month", date(2018, 3, 12), region=yunyan)
    found = states(tasks, "publicity_month")
    assert [found[f"2018-0{month}"] for month in range(1, 8)] == [
        *("met", "met", "unmet", "unmet", "unmet", "in_progress", "not_due"),
    ]
    with pytest.raises(ActionRefused):
        done(tasks, "publicity_month", date(2018, 4, 12))  # which district?


def test_eight_venues_in_the_year(tasks: City) -> None:
    for venue in range(1, 8):
        done(tasks, "eight_venues", date(2018, 5, venue), venue=venue)
    view = duty_view(tasks.version, "eight_venues", JUNE)
    assert view is not None
    [[year]] = [line.periods for line in view.lines]
    assert (year.state, year.done, year.needed, year.missing) == ("in_progress", 7, 8, ("8",))
    done(tasks, "eight_venues", JUNE, venue=8)
    assert states(tasks, "eight_venues") == {"2018": "met"}
    for wrong in (None, 0, 9):
        with pytest.raises(ActionRefused):
            done(tasks, "eight_venues", JUNE, venue=wrong)


def test_ganzhou_visits_on_the_1st_and_10th_leave_two_xun_unmet(city: City) -> None:
    version, _created = load_version(load_pack(ROOT / "programmes" / "ganzhou-2012"), by=None)
    office = Office.objects.create(
        code="360702-private",
        name="章贡区民营企业管理局",
        kind="district_office",
        region_id="360702",
    )
    add_member(city.system_admin, office, Role.REVIEWER, by=None)
    duty, by = duty_of(version, "visits"), User.objects.get(pk=city.system_admin.pk)
    unit = version.programme.units.get(key="county_chiefs")
    unit.assignments.create(office=office, assigned_at=version.loaded_at)
    for day, rank in ((1, Rank.PRINCIPAL), (10, Rank.PRINCIPAL), (15, Rank.DEPUTY)):
        said = Done("李局长", rank, date(2012, 5, day), "章贡创业基地")
        record_duty(version, duty, office, said, by=by)
    view = duty_view(version, "visits", date(2012, 6, 1))
    assert view is not None and view.duty.principal
    [line] = [one for one in view.lines if one.subject.office == office]
    may = {one.span.key: one for one in line.periods if one.span.key.startswith("2012-05")}
    assert [one.state for one in may.values()] == ["met", "unmet", "unmet"]
    assert len(may["2012-05-2"].set_aside) == 1  # the deputy was there
    phases = phase_views([version], date(2012, 6, 1))
    assert [one.state for one in phases] == ["over", "in_progress", "not_due"]


def test_who_may_record_and_what_is_refused(tasks: City) -> None:
    duty, office = duty_of(tasks.version, "eight_venues"), _office(tasks)
    said = Done("张主任", Rank.PRINCIPAL, JUNE, "一中", venue=1)
    for stranger in (tasks.other_reviewer, tasks.auditor, tasks.owner):
        with pytest.raises(NotAllowed):
            record_duty(tasks.version, duty, office, said, by=stranger)
    record_duty(tasks.version, duty, office, said, by=tasks.programme_officer)
    with pytest.raises(ActionRefused):
        done(tasks, "eight_venues", JUNE + timedelta(days=1), venue=1)  # tomorrow
    with pytest.raises(ActionRefused):
        done(tasks, "eight_venues", date(2017, 12, 31), venue=1)  # before the programme
    with pytest.raises(ActionRefused):
        done(tasks, "eight_venues", JUNE, venue=1, person=" ")


def test_evidence_and_voiding(tasks: City) -> None:
    record = done(tasks, "eight_venues", JUNE, venue=1, files=[("合影.pdf", PDF)])
    [kept] = DutyFile.objects.for_user(tasks.auditor)
    assert kept.file.sha256 == hashlib.sha256(PDF).hexdigest()
    assert not DutyFile.objects.for_user(tasks.other_reviewer).exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        DutyRecord.objects.filter(pk=record.pk).update(rank=Rank.DEPUTY)
    with pytest.raises(NotAllowed):
        void_duty_record(record, by=tasks.approver, reason="x")
    void_duty_record(record, by=tasks.reviewer, reason="日期填错")
    with pytest.raises(Conflict):
        void_duty_record(record, by=tasks.reviewer, reason="x")
    view = duty_view(tasks.version, "eight_venues", JUNE)
    assert view is not None and view.lines[0].periods[0].done == 0


def _events(feed: CalendarFeed) -> dict[str, object]:
    content = feed_content(feed, JUNE, datetime(2018, 6, 25, tzinfo=UTC), "https://site")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))  # folded by octets
    parsed = Calendar.from_ical(content)
    assert parsed["VERSION"] == "2.0"
    return {str(one["UID"]): one for one in parsed.walk("VEVENT")}


def test_feed_is_a_calendar_that_programs_read(tasks: City) -> None:
    feed = make_feed(None, "nonce", by=tasks.reviewer)
    found = feed_of(feed_secret("nonce"))
    assert found == feed and found is not None
    events = _events(found)
    task = task_of(tasks, "year_goal")
    event = events[f"task-{task.pk}@miaopu"]
    assert event["SUMMARY"] == task.title  # type: ignore[index]
    assert event.decoded("DTSTART") == date(2018, 11, 30)  # type: ignore[attr-defined]
    assert event.decoded("DTEND") == date(2018, 12, 1)  # type: ignore[attr-defined]
    assert any(uid.startswith("duty-guiyang-2018-publicity_month-") for uid in events)
    inspection = task_of(tasks, "inspection")
    assert f"task-{inspection.pk}@miaopu" not in events  # not this office's
    report(task, tasks.reviewer)
    assert set(_events(found)) == set(events)  # the same, however they stand


def test_the_uid_of_a_milestone_stays_when_another_is_reached(tasks: City) -> None:
    stages = [
        {"title": {"zh": zh, "en": zh}, "due": due}
        for zh, due in (("一批", "2018-07-31"), ("二批", "2018-09-30"))
    ]
    load_version(changed(guiyang_pack(), key_groups={"milestones": stages}), by=None)
    feed, task = make_feed(None, "nonce", by=tasks.reviewer), task_of(tasks, "key_groups")

    def second() -> list[str]:
        return [uid for uid, one in _events(feed).items() if "二批" in one["SUMMARY"]]  # type: ignore[index]

    [before] = second()
    report(task, tasks.reviewer, milestone=task.milestones.get(position=0))
    assert second() == [before]


def test_a_feed_of_an_office_shows_its_own_and_ends_with_the_membership(tasks: City) -> None:
    office = tasks.programme_officer.live_memberships[0].office
    with pytest.raises(NotAllowed):
        make_feed(office, "n", by=tasks.reviewer)
    everything = _events(make_feed(None, "a", by=tasks.programme_officer))
    own = _events(make_feed(office, "b", by=tasks.programme_officer))
    assert len(own) < len(everything)
    feed = make_feed(_office(tasks), "c", by=tasks.reviewer)
    assert _events(feed)
    for one in Membership.objects.filter(user=tasks.reviewer):
        end_membership(one, by=tasks.system_admin)
    left = feed_of(feed_secret("c"))
    assert left is not None and _events(left) == {}


def test_a_revoked_feed_answers_no_more(tasks: City) -> None:
    feed = make_feed(None, "nonce", by=tasks.reviewer)
    with pytest.raises(CalendarFeed.DoesNotExist):
        revoke_feed(feed, by=tasks.approver)
    revoke_feed(feed, by=tasks.reviewer)
    assert feed_of(feed_secret("nonce")) is None
    assert feed_of("") is None
    other = make_feed(None, "other", by=tasks.reviewer)
    tasks.reviewer.is_active = False
    tasks.reviewer.save()
    assert feed_of(feed_secret("other")) is None and other.revoked_at is None
    tasks.approver.refresh_from_db()
    for number in range(5):
        make_feed(None, f"n{number}", by=tasks.approver)
    with pytest.raises(ActionRefused):
        make_feed(None, "n6", by=tasks.approver)
