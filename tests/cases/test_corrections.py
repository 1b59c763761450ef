"""Returning a case for correction: everything at once, the clock paused, only what was asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from miaopu.cases import actions, guards
from miaopu.cases.corrections import Point, answer_correction, ask_correction, save_correction
from miaopu.cases.drafts import merge_typed
from miaopu.cases.enums import CorrectionState, PointKind
from miaopu.cases.models import Case, CaseClock, Correction
from miaopu.cases.workflow import available
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event, Notice
from tests.factories import GOOD_FORM, City, travel

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
POINTS = (
    Point(PointKind.FIELD, "bank_account", "账号少一位，请核对"),
    Point(PointKind.MATERIAL, "business_plan", "请上传经营计划"),
)
NEW_ACCOUNT = "6222020200012345679"
TYPED = {"bank_account": NEW_ACCOUNT}


def asked(city: City, *, accepted: bool = True) -> tuple[Case, Correction]:
    """A case with an account and a plan to correct."""
    case = city.accepted() if accepted else city.submitted()
    correction = ask_correction(case, POINTS, by=city.reviewer)
    case.refresh_from_db()
    return case, correction


def answered(city: City, case: Case) -> Case:
    """Corrected as asked and handed in."""
    save_correction(case, TYPED, revision=1, by=city.owner)
    actions.attach_file(case, "business_plan", "计划.pdf", PDF, by=city.owner)
    return answer_correction(case, by=city.owner)


def test_everything_is_told_at_once_and_the_clock_is_paused(city: City) -> None:
    travel(date(2018, 5, 11))
    case, correction = asked(city)
    assert case.state == "returned"
    assert (correction.serial, correction.due_on) == (1, date(2018, 5, 25))
    assert [row["counted"] for row in correction.calculation].count(True) == 10
    row = case.clocks.get(step="review")
    assert (row.paused_on, row.due_on, row.stopped_on) == (date(2018, 5, 11), None, None)
    notice = Notice.objects.get(user=city.owner, key__contains="correction/")
    assert "2018-05-25" in notice.text and "2 处" in notice.text
    assert notice.link.endswith("/correction/")
    event = Event.objects.for_subject(case).last()
    assert event is not None and event.verb == "cases.ask_correction"


def test_review_goes_on_where_it_was_paused(city: City) -> None:
    case = city.accepted()  # on 2018-05-10, ten working days: due 2018-05-24
    assert case.running_clock is not None and case.running_clock.due_on == date(2018, 5, 24)
    travel(date(2018, 5, 15))  # three working days used: 11th, 14th, and today not
    ask_correction(case, POINTS, by=city.reviewer)
    travel(date(2018, 5, 21))
    done = answered(city, case)
    row = done.clocks.get(step="review")
    assert row.pauses == [["2018-05-15", "2018-05-21"]]
    # two working days were used; the other eight are the 22nd to the 31st.
    assert row.due_on == date(2018, 5, 31)
    paused = [one for one in row.calculation if "2018-05-15" <= one["date"] <= "2018-05-21"]
    assert len(paused) == 7 and not any(one["counted"] for one in paused)
    assert sum(one["counted"] for one in row.calculation) == 10
    assert done.state == "accepted"
    assert done.form["bank_account"] == NEW_ACCOUNT


def test_completed_is_accepted_where_it_was_asked_before_acceptance(city: City) -> None:
    case, correction = asked(city, accepted=False)
    travel(date(2018, 5, 14))
    done = answered(city, case)
    accept, review = done.clocks.order_by("pk")
    assert (accept.step, accept.stopped_on) == ("accept", date(2018, 5, 14))
    assert accept.due_on is not None and accept.pauses == [["2018-05-10", "2018-05-14"]]
    assert (review.step, review.started_on, review.stopped_on) == (
        "review",
        date(2018, 5, 14),
        None,
    )
    correction.refresh_from_db()
    assert correction.state == CorrectionState.ANSWERED
    assert correction.before == {"bank_account": GOOD_FORM["bank_account"]}


def test_an_overdue_step_is_not_healed_by_asking(city: City) -> None:
    case = city.accepted()
    travel(date(2018, 5, 28))
    ask_correction(case, POINTS, by=city.reviewer)
    row = case.clocks.get(step="review")
    assert row.due_on == date(2018, 5, 24)


def test_only_what_was_asked_can_be_changed(city: City) -> None:
    case, correction = asked(city)
    typed = {**TYPED, "contact_name": "别人", "jobs_planned": "99"}
    assert save_correction(case, typed, revision=1, by=city.owner) == []
    correction.refresh_from_db()
    assert correction.answers == TYPED
    case.refresh_from_db()
    assert case.form["bank_account"] == GOOD_FORM["bank_account"]  # until it is handed in
    with pytest.raises(Conflict):
        actions.save_form(case, GOOD_FORM, revision=case.revision, by=city.owner)
    other = ask_only_account(city)
    with pytest.raises(Conflict):
        actions.attach_file(other, "business_plan", "x.pdf", PDF, by=city.other_owner)


def ask_only_account(city: City) -> Case:
    """A case of the other enterprise of which only the account was asked."""
    case = city.submitted(city.other_enterprise, city.other_owner)
    ask_correction(case, POINTS[:1], by=city.other_reviewer)
    return case


def test_every_point_needs_an_answer_or_a_reason(city: City) -> None:
    case, correction = asked(city)
    with pytest.raises(ActionRefused, match="2 处"):
        answer_correction(case, by=city.owner)
    actions.attach_file(case, "business_plan", "计划.pdf", PDF, by=city.owner)
    with pytest.raises(ActionRefused, match="1 处"):
        answer_correction(case, by=city.owner)
    same = {"bank_account": GOOD_FORM["bank_account"]}
    save_correction(case, same, remark="开户行确认账号无误", revision=1, by=city.owner)
    assert answer_correction(case, by=city.owner).state == "accepted"
    correction.refresh_from_db()
    assert correction.remark == "开户行确认账号无误"


def test_errors_stop_the_hand_in(city: City) -> None:
    case, _correction = asked(city)
    errors = save_correction(case, {"bank_account": "12x"}, revision=1, by=city.owner)
    assert [error.field for error in errors] == ["bank_account"]
    with pytest.raises(guards.FormRefused):
        answer_correction(case, by=city.owner)
    with pytest.raises(guards.FormConflict) as conflict:
        save_correction(case, TYPED, revision=1, by=city.owner)
    assert conflict.value.saved == {"bank_account": "12x", "correction_remark": ""}


@pytest.mark.parametrize(
    "points",
    [
        [],
        [Point(PointKind.FIELD, "no_such", "x")],
        [Point(PointKind.MATERIAL, "bank_account", "x")],
        [Point(PointKind.FIELD, "bank_account", "  ")],
        [Point(PointKind.FIELD, "bank_account", "x" * 501)],
        [POINTS[0], POINTS[0]],
    ],
)
def test_points_must_say_what(city: City, points: list[Point]) -> None:
    case = city.submitted()
    with pytest.raises(ActionRefused):
        ask_correction(case, points, by=city.reviewer)
    case.refresh_from_db()
    assert case.state == "submitted"


def test_asking_again_needs_a_reason_and_is_counted(city: City) -> None:
    case, _correction = asked(city)
    answered(city, case)
    with pytest.raises(ActionRefused, match="一次性告知"):
        ask_correction(case, POINTS, by=city.reviewer)
    again = ask_correction(case, POINTS[:1], by=city.reviewer, reason="银行退回了新账号")
    assert again.serial == 2


def test_who_may_ask_and_answer(city: City) -> None:
    case = city.submitted()
    for stranger in (city.approver, city.other_reviewer, city.owner, city.auditor):
        with pytest.raises(NotAllowed):
            ask_correction(case, POINTS, by=stranger)
    ask_correction(case, POINTS, by=city.reviewer)
    with pytest.raises(NotAllowed):
        save_correction(case, TYPED, revision=1, by=city.other_owner)
    with pytest.raises(NotAllowed):
        answer_correction(case, by=city.other_owner)
    case.refresh_from_db()
    assert set(available(city.owner, case)) == {"withdraw", "answer_correction"}


def test_not_answered_in_time_a_person_decides(city: City) -> None:
    case, correction = asked(city)
    with pytest.raises(ActionRefused, match="补正期限未到"):
        actions.propose_refusal(case, by=city.reviewer, reason="没有补正")
    travel(correction.due_on)
    with pytest.raises(ActionRefused, match="补正期限未到"):
        actions.propose_refusal(case, by=city.reviewer, reason="没有补正")
    travel(correction.due_on + timedelta(days=1))
    refused = actions.propose_refusal(case, by=city.reviewer, reason="逾期未补正")
    correction.refresh_from_db()
    assert (refused.state, correction.state) == ("refusal_proposed", CorrectionState.LAPSED)
    with pytest.raises(Conflict):
        save_correction(case, TYPED, revision=1, by=city.owner)
    back = actions.send_back(case, by=city.approver, reason="企业已来电说明")
    assert back.running_clock is not None
    assert (back.running_clock.step, back.running_clock.paused_on) == ("review", None)


def test_late_answers_are_taken_until_then(city: City) -> None:
    case, correction = asked(city)
    travel(correction.due_on + timedelta(days=5))
    assert answered(city, case).state == "accepted"


def test_withdrawing_ends_it(city: City) -> None:
    case, correction = asked(city)
    actions.withdraw_case(case, by=city.owner)
    correction.refresh_from_db()
    assert correction.state == CorrectionState.WITHDRAWN
    row = CaseClock.objects.get(case=case, step="review")
    assert row.stopped_on is not None and row.due_on is not None


def test_database_keeps_what_was_asked(city: City) -> None:
    case, correction = asked(city)
    rows = Correction.objects.filter(pk=correction.pk)
    for change in ({"points": []}, {"due_on": date(2018, 12, 1)}, {"serial": 7}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state=CorrectionState.ANSWERED)  # without a time
    answered(city, case)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(remark="later")


@pytest.mark.parametrize(
    ("saved", "typed", "shown", "merged"),
    [
        ({"a": "1", "b": "2"}, {"a": "1", "b": "2"}, None, {"a": "1", "b": "2"}),
        ({"a": "1", "b": "9"}, {"a": "7", "b": "2"}, {"a": "1", "b": "2"}, {"a": "7", "b": "9"}),
        ({"a": "8"}, {"a": "7"}, {"a": "1"}, None),
        ({"a": "8"}, {"a": "7"}, None, None),
        ({"a": "8"}, {"a": "7"}, {}, None),
        ({"a": True}, {"a": False}, {"a": ""}, {"a": True}),
        ({"a": ""}, {"a": "7"}, {"a": None}, {"a": "7"}),
    ],
)
def test_what_was_changed_in_one_place_only_is_merged(
    saved: dict[str, object],
    typed: dict[str, object],
    shown: dict[str, object] | None,
    merged: dict[str, object] | None,
) -> None:
    assert merge_typed(saved, typed, shown) == merged
