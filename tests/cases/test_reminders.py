"""Reminders: three days, one day, overdue; once per event and person, silent when answered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from miaopu.cases import actions
from miaopu.cases.corrections import ask_correction
from miaopu.cases.decisions import publish_list
from miaopu.cases.models import CaseClock, Offer
from miaopu.cases.objections import answer_objection, make_objection
from miaopu.cases.offering import expire_offers, issue_offers
from miaopu.cases.offers import choose_offer_notices, consent_offer
from miaopu.cases.reminders import milestone, remind
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.models import Notice, User
from miaopu.plans.actions import match_version
from tests.cases.test_corrections import POINTS, answered
from tests.cases.test_objections import SAID
from tests.factories import CITY, GOOD_FORM, NANMING, City, make_officer, travel

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


def unread(user: User) -> list[str]:
    """The rungs of the user's unread reminders."""
    rows = Notice.objects.filter(user=user, key__startswith="reminder/", read_at=None)
    return [row.key.split("/")[-2] for row in rows.order_by("pk")]


def test_a_reminder_is_not_new_any_more_once_the_step_was_taken(city: City) -> None:
    case = city.submitted()  # acceptance due on the 17th
    walk(12)  # to the 21st
    assert unread(city.reviewer) == ["overdue"]  # it says what the two before it said
    assert unread(city.programme_officer) == ["overdue"]
    other = Notice.objects.create(user=city.reviewer, key="case/x", text="-", at=clock.now())
    actions.accept_case(case, by=city.reviewer)
    assert unread(city.reviewer) == [] and unread(city.programme_officer) == []
    other.refresh_from_db()
    assert other.read_at is None  # what only tells stays unread


def test_what_was_asked_of_the_enterprise_is_settled_by_its_answer(city: City) -> None:
    case = city.submitted()
    ask_correction(case, POINTS, by=city.reviewer)  # due on the 24th
    walk(16)
    assert unread(city.owner) == ["overdue"]
    assert unread(city.reviewer) == ["overdue"]
    asking = Notice.objects.get(
        user=city.owner, key__startswith="case/", text__contains="补正 2 处"
    )
    assert asking.read_at is None
    answered(city, case)
    assert unread(city.owner) == unread(city.reviewer) == unread(city.programme_officer) == []
    asking.refresh_from_db()
    assert asking.read_at is not None


def test_a_paused_clock_and_an_answered_objection_settle_too(city: City) -> None:
    case = city.submitted()
    walk(5)  # to the 14th
    assert unread(city.reviewer) == ["3"]
    ask_correction(case, POINTS, by=city.reviewer)
    assert unread(city.reviewer) == []
    answered(city, case)
    actions.propose_grant(case, {"mature": True}, by=city.reviewer)
    actions.approve_case(case, by=city.approver)
    publicity = publish_list(city.item, case.region, by=city.approver)
    objection, _code = make_objection(publicity, case.number, SAID, by=None)
    walk(6)
    assert unread(city.approver) != []
    answer_objection(objection, upheld=False, by=city.approver, reason="不成立")
    assert unread(city.approver) == []


def offered(city: City) -> Offer:
    """An open offer to the city's enterprise, with the first message read."""
    match_version(city.version, clock.today())
    issue_offers(city.item, [city.enterprise.pk], by=None)
    return Offer.objects.get(enterprise=city.enterprise)


def test_enterprises_are_reminded_before_an_offer_expires(city: City) -> None:
    offer = offered(city)
    assert offer.expires_on == date(2018, 12, 31)
    CLOCK[0] = date(2018, 12, 10)
    travel(CLOCK[0])
    assert remind() == 0  # fifteen working days are left
    walk(8)  # to the 17th: ten are left
    assert reminders(city.owner) == ["10"]
    notice = Notice.objects.get(user=city.owner, key__startswith=f"reminder/offer/{offer.pk}/")
    assert notice.link == f"/my/offers/{offer.pk}/"
    assert "45,000.00元" in notice.text and "2018-12-31" in notice.text
    assert "45,000.00 yuan" in notice.text_en and "is due on 2018-12-31" in notice.text_en
    walk(16)  # past the end
    assert reminders(city.owner) == ["10", "3", "1"]
    assert reminders(city.programme_officer) == []
    expire_offers()
    assert unread(city.owner) == []


def test_an_answered_offer_reminds_nobody(city: City) -> None:
    offer = offered(city)
    travel(date(2018, 12, 27))
    assert remind() == 1
    consent_offer(offer, GOOD_FORM, by=city.owner)
    assert unread(city.owner) == []
    told = Notice.objects.get(user=city.owner, key=f"offer/{offer.pk}/issue")
    assert told.read_at is not None
    CLOCK[0] = date(2018, 12, 28)
    walk(2)
    assert reminders(city.owner) == ["3"]


def test_who_wants_no_messages_of_offers_is_not_reminded(city: City) -> None:
    offered(city)
    choose_offer_notices(city.owner, False, by=city.owner)
    travel(date(2018, 12, 27))
    assert remind() == 0


def test_an_offer_made_in_the_last_days_is_told_once_on_its_day(city: City) -> None:
    travel(date(2018, 12, 27))
    offered(city)
    assert remind() == 0
    travel(date(2018, 12, 28))
    assert remind() == 1
