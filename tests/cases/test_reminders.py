"""Reminders: three days, one day, overdue; once per event and person, silent when answered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from miaopu.cases import actions
from miaopu.cases.corrections import ask_correction
from miaopu.cases.models import CaseClock
from miaopu.cases.objections import answer_objection, make_objection
from miaopu.cases.reminders import milestone, remind
from miaopu.core.enums import Role
from miaopu.core.models import Notice, User
from tests.cases.test_corrections import POINTS, answered
from tests.cases.test_objections import SAID
from tests.factories import CITY, NANMING, City, make_officer, travel

pytestmark = pytest.mark.django_db


def reminders(user: User) -> list[str]:
    """The rungs of the user's reminders, in the order in which they came."""
    rows = Notice.objects.filter(user=user, key__startswith="reminder/").order_by("pk")
    return [row.key.split("/")[-2] for row in rows]


@pytest.mark.parametrize(
    ("today", "rung"),
    [
        (date(2018, 5, 10), ""),  # four working days: 11, 14, 15, 16
        (date(2018, 5, 11), "3"),
        (date(2018, 5, 13), "3"),  # a Sunday
        (date(2018, 5, 14), "3"),
        (date(2018, 5, 15), "1"),
        (date(2018, 5, 16), "1"),
        (date(2018, 5, 17), "overdue"),
    ],
)
def test_rungs_of_the_ladder(today: date, rung: str) -> None:
    assert milestone(today, date(2018, 5, 16)) == rung


def walk(days: int) -> None:
    """Let days pass, reminding three times a day."""
    for _day in range(days):
        travel(CLOCK[0])
        for _time in range(3):
            remind()
        CLOCK[0] += timedelta(days=1)


CLOCK = [date(2018, 5, 10)]


@pytest.fixture(autouse=True)
def _first_day() -> None:
    CLOCK[0] = date(2018, 5, 10)


def test_each_event_once_and_overdue_goes_up(city: City) -> None:
    case = city.submitted()  # acceptance due on the 17th
    walk(21)
    assert reminders(city.reviewer) == ["3", "1", "overdue"]
    assert reminders(city.programme_officer) == ["overdue"]
    for other in (city.owner, city.approver, city.other_reviewer, city.finance, city.auditor):
        assert reminders(other) == []
    notice = Notice.objects.filter(user=city.reviewer, key__endswith="overdue/2018-05-17").get()
    assert (notice.link, "超期" in notice.text) == (f"/office/cases/{case.number}/", True)
    assert "overdue" in notice.text_en


def test_it_stops_when_answered(city: City) -> None:
    case = city.submitted()
    walk(5)  # to the 14th: three working days left
    assert reminders(city.reviewer) == ["3"]
    travel(date(2018, 5, 15))
    actions.accept_case(case, by=city.reviewer)
    walk(4)
    assert reminders(city.reviewer) == ["3"]


def test_nobody_in_the_office_is_told_while_the_enterprise_corrects(city: City) -> None:
    case = city.submitted()
    correction = ask_correction(case, POINTS, by=city.reviewer)  # due on the 24th
    assert correction.due_on == date(2018, 5, 24)
    walk(14)  # to the 23rd
    assert reminders(city.reviewer) == []
    assert reminders(city.owner) == ["3", "1"]
    walk(3)
    assert reminders(city.owner) == ["3", "1", "overdue"]
    assert reminders(city.reviewer) == ["overdue"]  # the next word is hers
    assert reminders(city.programme_officer) == ["overdue", "overdue"]
    answered(city, case)
    assert CaseClock.objects.get(case=case, stopped_on=None).step == "review"
    walk(2)
    assert reminders(city.owner) == ["3", "1", "overdue"]


def test_objections_are_the_approvers_matter(city: City) -> None:
    case, publicity = city.published()
    objection, _code = make_objection(publicity, case.number, SAID, by=None)  # due on the 17th
    walk(5)
    assert reminders(city.approver) == ["3"]
    answer_objection(objection, upheld=False, by=city.approver, reason="不成立")
    walk(6)
    assert reminders(city.approver) == ["3"]
    assert reminders(city.programme_officer) == []


def test_a_proposer_is_not_told_to_approve_her_own(city: City) -> None:
    case = city.proposed()
    both = make_officer(Role.APPROVER, city.enterprise.region_id)
    type(case).objects.filter(pk=case.pk).update(proposed_by=both)
    walk(9)
    assert reminders(both) == []
    assert reminders(city.approver) == ["3", "1", "overdue"]


def test_the_nearest_office_is_told(city: City) -> None:
    make_officer(Role.REVIEWER, CITY, "市级审核")
    in_city = User.objects.get(name="市级审核")
    city.submitted()
    walk(9)
    assert reminders(city.reviewer) and not reminders(in_city)
    for membership in city.other_reviewer.live_memberships:
        assert membership.office.region_id == NANMING
