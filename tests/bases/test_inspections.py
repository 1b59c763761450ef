"""Self-inspection and rectification: forms, silence, second chance, checks, reopening, races."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from miaopu.bases import title_actions
from miaopu.bases.inspection_actions import (
    Line,
    SheetConflict,
    SheetIncomplete,
    hand_in_sheet,
    lines_of,
    open_campaign,
    save_sheet,
)
from miaopu.bases.inspection_enums import RectificationState, SheetState
from miaopu.bases.inspection_notices import remind_of_inspections
from miaopu.bases.inspection_states import RECTIFICATION_TABLE
from miaopu.bases.models import InspectionCampaign, InspectionSheet, Rectification
from miaopu.bases.rectification_actions import (
    add_evidence,
    confirm_rectification,
    give_second_chance,
    reopen_rectification,
    report_rectification,
    send_back_rectification,
    state_consequence,
)
from miaopu.bases.silence_actions import (
    add_sheets,
    apply_silence,
    bases_without_form,
    check_on_site,
    due_for_later,
    note_silence,
    undo_silence,
)
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Notice
from miaopu.engine.packs.schema import Pack
from miaopu.plans.actions import load_version
from tests.bases.factories import Park, build_park
from tests.bases.inspected import DEADLINE, KEY, PROBLEM, call, filled, lines, problem, reported
from tests.factories import City, guiyang_pack, travel
from tests.plans.supervised import PDF


@pytest.fixture
def park(city: City) -> Park:
    """A base in the programme."""
    found = build_park(city)
    found.admitted()
    return found


def test_a_form_from_call_to_problem(park: Park) -> None:
    with pytest.raises(NotAllowed):
        open_campaign(park.city.version, KEY, by=park.city.approver)
    campaign = call(park.city)
    with pytest.raises(Conflict):
        call(park.city)
    assert str(campaign.due_on) == "2018-06-15"
    assert Notice.objects.filter(user=park.runner, key__endswith="called").count() == 1
    sheet = InspectionSheet.objects.get(base=park.base)
    with pytest.raises(NotAllowed):
        save_sheet(sheet, {"team": Line("good")}, revision=1, by=park.city.reviewer)
    half = save_sheet(sheet, {"safety": Line("problem")}, revision=1, by=park.runner)
    with pytest.raises(SheetIncomplete) as missing:
        hand_in_sheet(half, revision=2, by=park.runner)
    assert set(missing.value.wanting) == set(lines())
    with pytest.raises(SheetConflict) as other:  # another tab still shows revision 1
        save_sheet(sheet, {"safety": PROBLEM}, revision=1, by=park.runner)
    assert other.value.saved["safety"] == Line("problem")
    late = replace(PROBLEM, deadline=date(2018, 10, 1))  # after the end of the rectification
    save_sheet(half, lines(safety=late), revision=2, by=park.runner)
    with pytest.raises(SheetIncomplete):
        hand_in_sheet(half, revision=3, by=park.runner)
    save_sheet(half, {"safety": PROBLEM}, revision=3, by=park.runner)
    done = hand_in_sheet(half, revision=4, by=park.runner)
    assert (done.state, done.is_late) == (SheetState.HANDED_IN, False)
    row = Rectification.objects.get()
    assert (row.problem, row.owner, row.deadline) == ("三楼缺两具灭火器", "李安全", DEADLINE)
    with pytest.raises(Conflict):
        save_sheet(done, {"team": PROBLEM}, revision=5, by=park.runner)
    with pytest.raises(DatabaseError), transaction.atomic():
        done.answers.update(finding="good")


def test_a_problem_is_put_right_and_checked_by_another(park: Park) -> None:
    row, city = problem(park), park.city
    add_evidence(row, [("整改前.pdf", PDF)], by=park.runner)
    for text, files in ((" ", [("x.pdf", PDF)]), ("已补配", [])):
        with pytest.raises(ActionRefused):
            report_rectification(row, text, files, revision=1, by=park.runner)
    row = reported(park, row)
    for stranger in (park.runner, city.other_reviewer, city.programme_officer, city.auditor):
        with pytest.raises(NotAllowed):
            confirm_rectification(row, revision=2, by=stranger, reason="看过")
    row = send_back_rectification(row, revision=2, by=city.reviewer, reason="只有一具")
    row = reported(park, row)
    with pytest.raises(Conflict):  # a page from before
        confirm_rectification(row, revision=2, by=city.reviewer, reason="看过")
    row = confirm_rectification(row, revision=row.revision, by=city.reviewer, reason="现场看过")
    assert row.state == RectificationState.CLOSED
    assert {(one.moment, one.round) for one in row.files.all()} == {
        *(("before", 1), ("after", 1), ("after", 2)),
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        Rectification.objects.filter(pk=row.pk).update(checked_by=row.reported_by)
    row = reopen_rectification(
        row, DEADLINE, revision=row.revision, by=city.approver, reason="灭火器又不见了"
    )
    assert (row.state, row.round, row.checked_by) == (RectificationState.OPEN, 3, None)


def test_second_chance_comes_before_the_consequence_and_once(park: Park) -> None:
    row, city = problem(park), park.city
    with pytest.raises(ActionRefused):  # the deadline has not passed
        give_second_chance(row, revision=1, by=city.reviewer, reason="再给一次")
    travel(DEADLINE + timedelta(days=1))
    assert remind_of_inspections() > 0
    assert remind_of_inspections() == 0
    with pytest.raises(ActionRefused):  # no second chance yet
        state_consequence(row, revision=1, by=city.programme_officer, reason="未改")
    row = give_second_chance(row, revision=1, by=city.reviewer, reason="配件未到")
    assert str(row.deadline) == "2018-07-13"  # ten working days on
    with pytest.raises(ActionRefused):
        state_consequence(row, revision=2, by=city.programme_officer, reason="未改")
    travel(row.deadline + timedelta(days=1))
    with pytest.raises(ActionRefused):  # once only
        give_second_chance(row, revision=2, by=city.reviewer, reason="再给一次")
    row = state_consequence(row, revision=2, by=city.programme_officer, reason="仍未补配")
    assert row.state == RectificationState.FAILED
    assert "不予推荐" in Notice.objects.get(user=park.runner, key__endswith="failed").text
    assert RECTIFICATION_TABLE.reachable(RectificationState.OPEN) == set(RectificationState)

    until = row.deadline + timedelta(days=30)
    campaign = title_actions.open_campaign(
        city.version, "growth_base", until, by=city.programme_officer
    )
    with pytest.raises(ActionRefused, match=f"{row.number} 逾期未改"):  # what the pack's rule does
        title_actions.nominate_base(campaign, park.base, by=city.approver, reason="服务好")
    reopen_rectification(row, until, revision=3, by=city.approver, reason="配件已到")
    with pytest.raises(ActionRefused, match="评选范围"):  # its kind alone is in the way now
        title_actions.nominate_base(campaign, park.base, by=city.approver, reason="服务好")


def test_silence_has_a_rule(park: Park) -> None:
    sheet = filled(park)
    travel(date(2018, 6, 15))
    remind_of_inspections()
    assert Notice.objects.filter(user=park.runner, key__endswith="due/1").exists()
    assert note_silence() == 0  # the last day is still in time
    travel(date(2018, 6, 16))
    assert (note_silence(), note_silence()) == (1, 0)
    sheet.refresh_from_db()
    # Five working days after 15 June; the 18th is the Dragon Boat Festival.
    assert (sheet.state, str(sheet.chance_until)) == (SheetState.SILENT, "2018-06-25")
    assert Notice.objects.unread().filter(key__endswith="silent").count() == 2
    done = hand_in_sheet(sheet, revision=sheet.revision, by=park.runner)
    assert done.is_late and done.state == SheetState.HANDED_IN
    assert not Notice.objects.unread().filter(key__startswith=f"inspection/{sheet.pk}/").exists()


def silent(park: Park) -> InspectionSheet:
    """The park's form after its second chance: nothing was handed in."""
    sheet = filled(park)
    travel(date(2018, 6, 16))
    assert (note_silence(), apply_silence()) == (1, 0)
    travel(date(2018, 6, 25))
    assert apply_silence() == 0  # the last day of the second chance
    travel(date(2018, 6, 26))
    assert (apply_silence(), apply_silence()) == (1, 0)
    sheet.refresh_from_db()
    return sheet


def test_after_the_second_chance_the_district_inspects(park: Park) -> None:
    sheet, city = silent(park), park.city
    # Ten working days after 26 June.
    assert (sheet.state, str(sheet.check_by)) == (SheetState.ON_SITE, "2018-07-10")
    assert Notice.objects.unread().filter(user=park.runner, key__contains="applied/").count() == 1
    assert Notice.objects.unread().filter(user=city.reviewer, key__contains="applied").exists()
    for write in (
        lambda: hand_in_sheet(sheet, revision=sheet.revision, by=park.runner),
        lambda: save_sheet(sheet, {"team": PROBLEM}, revision=sheet.revision, by=park.runner),
    ):
        with pytest.raises(Conflict):
            write()
    found = lines(team=PROBLEM, safety=Line("good"))
    for stranger in (park.runner, city.other_reviewer, city.programme_officer):
        with pytest.raises(NotAllowed):
            check_on_site(sheet, found, revision=sheet.revision, by=stranger)
    with pytest.raises(SheetIncomplete):
        check_on_site(sheet, {"team": PROBLEM}, revision=sheet.revision, by=city.reviewer)
    with pytest.raises(SheetConflict):
        check_on_site(sheet, found, revision=sheet.revision - 1, by=city.reviewer)
    done = check_on_site(sheet, found, revision=sheet.revision, by=city.reviewer)
    assert (done.state, done.checked_by) == (SheetState.CHECKED, city.reviewer)
    assert [row.item for row in done.rectifications.all()] == ["team"]
    with pytest.raises(DatabaseError), transaction.atomic():
        InspectionSheet.objects.filter(pk=done.pk).update(checked_by=None)


def test_what_silence_led_to_is_taken_back_with_a_reason(park: Park) -> None:
    sheet, city = silent(park), park.city
    until = date(2018, 7, 3)
    officer, at = city.programme_officer, sheet.revision
    with pytest.raises(NotAllowed):
        undo_silence(sheet, until, revision=at, by=city.reviewer, reason="停电")
    for day, reason in ((until, " "), (date(2018, 6, 25), "停电")):
        with pytest.raises(ActionRefused):
            undo_silence(sheet, day, revision=at, by=officer, reason=reason)
    undone = undo_silence(sheet, until, revision=at, by=officer, reason="园区停电一周，无法上报")
    assert (undone.state, undone.check_by, apply_silence()) == (SheetState.SILENT, None, 0)
    travel(date(2018, 7, 4))
    assert apply_silence() == 1  # the rule holds again
    with pytest.raises(Conflict):
        undo_silence(undone, until, revision=undone.revision, by=officer, reason="又停电")


def test_where_the_pack_says_so_silence_counts_as_nothing_met(park: Park) -> None:
    content = guiyang_pack().to_json()
    silence = content["inspections"][0]["silence"]
    del silence["check_days"]
    silence["effect"] = "zero"
    park.city.version, made = load_version(Pack.from_json(content), by=None)
    assert made
    sheet = silent(park)
    assert (sheet.state, sheet.check_by) == (SheetState.ZERO, None)


def test_bases_admitted_after_the_call_get_their_form(park: Park) -> None:
    campaign, city = call(park.city), park.city
    with pytest.raises(ActionRefused, match="每个已准入的基地都有"):
        add_sheets(campaign, date(2018, 6, 15), by=city.programme_officer)
    travel(date(2018, 6, 11))
    late = build_park(city, name="后来准入的基地")
    late.admitted()
    assert list(bases_without_form(campaign)) == [late.base]
    assert str(due_for_later(campaign)) == "2018-06-26"  # ten working days, a holiday between
    with pytest.raises(NotAllowed):
        add_sheets(campaign, due_for_later(campaign), by=city.reviewer)
    with pytest.raises(ActionRefused, match="今天之前"):
        add_sheets(campaign, date(2018, 6, 10), by=city.programme_officer)
    [sheet] = add_sheets(campaign, due_for_later(campaign), by=city.programme_officer)
    assert Notice.objects.filter(user=late.runner, key__endswith="called").exists()
    travel(date(2018, 6, 26))
    assert note_silence() == 1  # the first base's; this one's last day is today
    travel(date(2018, 6, 27))
    assert note_silence() == 1
    sheet.refresh_from_db()
    assert (sheet.state, str(sheet.chance_until)) == (SheetState.SILENT, "2018-07-03")


def test_an_inspection_is_not_called_too_late_or_for_nobody(city: City) -> None:
    with pytest.raises(ActionRefused, match="还没有已准入的基地"):
        call(city)
    travel(date(2018, 6, 16))
    with pytest.raises(ActionRefused, match="已过"):
        call(city)


def test_who_sees_forms_and_problems(park: Park) -> None:
    row, city = problem(park), park.city
    for user, count in (
        *((park.runner, 1), (city.reviewer, 1), (city.auditor, 1), (city.programme_officer, 1)),
        *((city.owner, 0), (city.other_reviewer, 0), (city.system_admin, 0)),
    ):
        for model in (InspectionCampaign, InspectionSheet, Rectification):
            assert model.objects.for_user(user).count() == count, (user, model)
    assert list(Rectification.objects.overdue_on(row.deadline)) == []
    assert list(Rectification.objects.overdue_on(row.deadline + timedelta(days=1))) == [row]
    assert lines_of(row.sheet)["safety"] == PROBLEM  # type: ignore[arg-type] # it came from a form
