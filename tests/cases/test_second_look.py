"""What may happen between a proposal and the decision: new facts, objections, the wrong person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from miaopu.cases import actions
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.models import Case
from miaopu.cases.workflow import available
from miaopu.core import clock
from miaopu.core.actions import add_member
from miaopu.core.enums import OfficeKind, Role
from miaopu.core.errors import ActionRefused, NotAllowed
from miaopu.core.models import Notice
from miaopu.ledger.models import Award
from miaopu.parties.actions import record_fact
from tests.factories import GOOD_FORM, YUNYAN, City, make_office, travel

pytestmark = pytest.mark.django_db


def grow(city: City) -> None:
    """The enterprise is not micro any more, from today on."""
    record_fact(
        city.enterprise,
        "employees",
        80,
        source="hr",
        record="new",
        valid_from=clock.today(),
        by=None,
    )
    record_fact(
        city.enterprise,
        "operating_revenue",
        9_000_000,
        source="tax",
        record="new",
        valid_from=clock.today(),
        by=None,
    )


def test_new_facts_stop_the_approval(city: City) -> None:
    case = city.proposed()
    grow(city)
    with pytest.raises(ActionRefused, match="数据有变化"):
        actions.approve_case(case, by=city.approver)
    actions.send_back(case, by=city.approver, reason="请按新数据重审")


def test_new_facts_stop_the_decision_and_the_case_goes_back(city: City) -> None:
    case, publicity = city.published()
    travel(publicity.ends_on + timedelta(days=1))
    grow(city)
    with pytest.raises(ActionRefused, match="数据有变化"):
        decide_case(case, by=city.approver)
    assert not Award.objects.exists()
    back = actions.send_back(case, by=city.approver, reason="公示期间数据有变化")
    assert (back.state, back.publicity, back.approved_by) == ("accepted", None, None)
    assert (back.proposed_by, back.amount_fen, back.decisions) == (None, None, {})
    assert back.clocks.running().get().step == "review"
    assert Notice.objects.filter(user=city.owner, text__contains="退回重审").count() == 1
    refusing = actions.propose_refusal(back, by=city.reviewer, reason="已不是微型企业")
    assert actions.confirm_refusal(refusing, by=city.approver).state == "refused"


def test_an_objection_upheld_leads_to_another_list(city: City) -> None:
    case, publicity = city.published()
    with pytest.raises(NotAllowed):
        actions.send_back(case, by=city.other_approver, reason="异议成立")
    actions.send_back(case, by=city.approver, reason="异议成立，须核实")
    again = actions.propose_grant(case, {"mature": True}, by=city.reviewer)
    actions.approve_case(again, by=city.approver)
    other = publish_list(city.item, again.region, by=city.approver)
    assert other != publicity
    assert [line["case"] for line in publicity.lines] == [line["case"] for line in other.lines]


def test_whoever_proposed_does_not_decide(city: City) -> None:
    add_member(
        city.reviewer, make_office(YUNYAN, OfficeKind.DISTRICT_OFFICE), Role.APPROVER, by=None
    )
    case, publicity = city.published()
    travel(publicity.ends_on + timedelta(days=1))
    assert {"grant", "send_back"}.isdisjoint(available(city.reviewer, case))
    with pytest.raises(NotAllowed):
        decide_case(case, by=city.reviewer)
    with pytest.raises(NotAllowed):
        actions.send_back(case, by=city.reviewer, reason="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(decided_by=city.reviewer)


def test_a_list_that_says_another_amount_is_not_decided(city: City) -> None:
    case, publicity = city.published()
    travel(publicity.ends_on + timedelta(days=1))
    Case.objects.filter(pk=case.pk).update(amount_fen=4_500_001)
    with pytest.raises(ActionRefused):
        decide_case(case, by=city.approver)


def test_a_decision_before_the_worker_has_the_same_clocks(city: City) -> None:
    case, publicity = city.published()
    travel(publicity.ends_on + timedelta(days=3))
    granted = decide_case(case, by=city.approver)
    clocks = list(granted.clocks.order_by("pk"))
    assert [one.step for one in clocks][-3:] == ["publicity", "decide", "pay"]
    assert clocks[-3].stopped_on == clocks[-2].started_on == publicity.ends_on
    assert clocks[-2].stopped_on == clock.today()


def test_signs_that_deceive_the_eye_are_not_kept(city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    typed = {**GOOD_FORM, "contact_name": "王\u202e小\x00苗\u2066", "use_of_funds": "一\n二"}
    actions.save_form(case, typed, revision=case.revision, by=city.owner)
    case.refresh_from_db()
    assert case.form["contact_name"] == "王小苗"
    assert case.form["use_of_funds"] == "一\n二"


def test_a_form_of_megabytes_is_refused(city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    with pytest.raises(ActionRefused, match="太长"):
        actions.save_form(
            case,
            {**GOOD_FORM, "use_of_funds": "长" * 200_000},
            revision=case.revision,
            by=city.owner,
        )
