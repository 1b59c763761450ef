"""Visits, standards of admission, and the anonymous survey of tenants."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from miaopu.bases import admission
from miaopu.bases.enums import CarrierType
from miaopu.bases.models import (
    BaseVisit,
    Rectification,
    SurveyBase,
    SurveyInvitation,
    SurveyTally,
)
from miaopu.bases.rectification_actions import Problem
from miaopu.bases.standards import answer_standard, standards_for
from miaopu.bases.survey_actions import count_answer, open_survey, results_of
from miaopu.bases.visit_actions import Visited, record_visit, visit_periods
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event, User
from miaopu.plans.duty_actions import void_duty_record
from miaopu.plans.duty_reads import duty_view
from miaopu.plans.enums import Rank
from miaopu.plans.models import DutyRecord
from tests.bases.factories import Park, build_park
from tests.factories import FIRST_DAY, City, make_enterprise, make_owner, travel
from tests.plans.supervised import PDF, give_to

JUNE = date(2018, 6, 11)


@pytest.fixture
def park(city: City) -> Park:
    """A base in the programme."""
    found = build_park(city)
    found.admitted()
    return found


def states(park: Park, today: date) -> list[str]:
    """The base's own periods that have begun."""
    return [one.state for one in visit_periods(park.base, today) if one.state != "not_due"]


def test_a_visit_counts_by_calendar_period_and_a_deputy_s_does_not(park: Park) -> None:
    city = park.city
    give_to(city, "base_offices", city.reviewer.live_memberships[0].office)
    travel(JUNE)
    for day, rank in ((10, "principal"), (15, "deputy"), (21, "principal"), (31, "principal")):
        seen = Visited("张局长", Rank(rank), date(2018, 5, day), "看了消防", files=[("a.pdf", PDF)])
        record_visit(park.base, seen, by=city.reviewer)
    # 10 May · 11–20 May: a deputy only · 21–31 May: twice · 1–10 June: nobody · 11 June on.
    assert states(park, JUNE) == ["met", "unmet", "met", "unmet", "in_progress"]
    view = duty_view(city.version, "base_visits", JUNE)
    assert view is not None
    may = [one for one in view.lines[0].periods if one.span.key.startswith("2018-05")]
    assert [one.state for one in may] == ["met", "unmet", "met"]  # the duty's own page agrees
    first = DutyRecord.objects.get(done_on=date(2018, 5, 10))
    void_duty_record(first, by=city.reviewer, reason="日期填错")
    assert states(park, JUNE)[0] == "unmet"
    for wrong in (JUNE + timedelta(days=1), date(2015, 12, 31)):
        with pytest.raises(ActionRefused):
            record_visit(park.base, Visited("张局长", Rank.PRINCIPAL, wrong), by=city.reviewer)
    with pytest.raises(NotAllowed):
        record_visit(park.base, Visited("张", Rank.OTHER, JUNE), by=city.other_reviewer)


def test_a_visit_brings_up_problems_and_needs_no_duty(park: Park) -> None:
    city = park.city  # nobody stands for the unit of the duty yet
    problem = Problem("电梯未年检", "", "", FIRST_DAY + timedelta(days=30))
    seen = Visited("李科长", Rank.OTHER, FIRST_DAY, "", (problem,), [("a.pdf", PDF)])
    visit = record_visit(park.base, seen, by=city.reviewer)
    assert visit.duty is None and visit.files.count() == 1
    row = Rectification.objects.get(visit=visit)
    assert (row.problem, row.chance_days) == ("电梯未年检", 10)
    assert not BaseVisit.objects.for_user(park.runner).exists()  # an office's own record
    assert list(BaseVisit.objects.for_user(city.auditor)) == [visit]


def test_an_unmet_standard_needs_a_reason_of_its_own(city: City) -> None:
    park = build_park(city, carrier_type=CarrierType.MICRO_PARK)
    base = admission.propose_base(park.base, by=park.runner)
    [own, national] = standards_for(base, FIRST_DAY)
    assert (own.key, own.found.status, national.standard.use) == (
        *("micro_park", "unknown", "title"),
    )
    status = {node.key: node.status for node in own.found.tree.children}
    assert status == {
        **dict.fromkeys(("area", "year", "staff"), "true"),
        **dict.fromkeys(("free", "industry"), "unknown"),
    }
    assert {one.key: one.status for one in national.found.tree.children}["tenants"] == "false"
    with pytest.raises(ActionRefused, match="准入标准没有全部符合"):
        admission.select_base(base, by=city.approver, reason="看过")
    assert park.refreshed().state == "proposed"
    given = {"free_services_percent": 20, "industry": True}
    for wrong in ({"industry": 1}, {"free_services_percent": -1}, {"area": 5}):
        with pytest.raises(ActionRefused):
            answer_standard(base, city.version, "micro_park", wrong, by=city.approver)
    with pytest.raises(NotAllowed):
        answer_standard(base, city.version, "micro_park", given, by=park.runner)
    answer_standard(base, city.version, "micro_park", given, by=city.approver)
    assert not answer_standard(base, city.version, "micro_park", given, by=city.approver)
    assert standards_for(base, FIRST_DAY)[0].is_met
    base = admission.select_base(park.base, by=city.approver, reason="符合标准")
    answer_standard(
        base, city.version, "micro_park", {"industry": False}, by=city.programme_officer
    )
    with pytest.raises(ActionRefused):
        admission.accept_base(base, by=city.programme_officer, reason="通过")
    base = admission.accept_base(
        base, by=city.programme_officer, reason="通过", despite="环评月内补齐"
    )
    event = Event.objects.for_subject(base).get(verb="bases.accept_base")
    assert event.data["despite"] == "环评月内补齐"
    assert event.data["standards"]["micro_park"]["status"] == "false"


def _tenants(park: Park, number: int) -> list[User]:
    owners = []
    for _one in range(number):
        enterprise = make_enterprise()
        park.tenant(enterprise=enterprise, team="")
        owners.append(make_owner(enterprise))
    return owners


def test_a_survey_counts_and_keeps_nothing_else(park: Park) -> None:
    owners, city = _tenants(park, 5), park.city
    with pytest.raises(NotAllowed):
        open_survey(city.version, "satisfaction", by=city.reviewer)
    survey = open_survey(city.version, "satisfaction", by=city.programme_officer)
    with pytest.raises(Conflict):
        open_survey(city.version, "satisfaction", by=city.programme_officer)
    asked = SurveyBase.objects.get()
    scores = {"services": 5, "staff": 4, "costs": 2}
    for owner in owners[:4]:
        count_answer(SurveyInvitation.objects.for_user(owner).get(), scores, by=owner)
    last = SurveyInvitation.objects.for_user(owners[4]).get()
    with pytest.raises(ActionRefused):
        count_answer(last, {"services": 5, "staff": 6, "costs": 1}, by=owners[4])
    with pytest.raises(NotAllowed):
        count_answer(last, scores, by=owners[0])
    again = SurveyInvitation.objects.for_user(owners[0]).get()
    with pytest.raises(Conflict):
        count_answer(again, scores, by=owners[0])
    after = survey.closes_on + timedelta(days=1)
    assert results_of(asked, FIRST_DAY).hidden  # still open
    few = results_of(asked, after)
    assert "不足 5 户" in few.hidden and not few.rows and not few.answers
    count_answer(last, {**scores, "services": 3}, by=owners[4])
    done = results_of(asked, after)
    assert (done.answers, done.rows[0].counts) == (5, (0, 0, 1, 0, 4))
    assert done.rows[0].mean * 5 == 23
    # Neither officials nor the operator learn who answered, and no event names anybody.
    for stranger in (park.runner, city.reviewer, city.programme_officer, city.auditor):
        assert not SurveyInvitation.objects.for_user(stranger).exists()
    counted = Event.objects.filter(verb="bases.count_answer")
    assert counted.count() == 5
    assert not counted.exclude(actor=None, data={}).exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        SurveyTally.objects.filter(count__gt=0).update(count=0)
    travel(after)
    late = SurveyInvitation.objects.for_user(owners[0]).get()
    with pytest.raises(ActionRefused, match="已经截止"):
        count_answer(late, scores, by=owners[0])
