"""Tasks: from the pack to rows, reports with evidence, closing by another, deadlines, versions."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction

from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event
from miaopu.plans.actions import load_version
from miaopu.plans.enums import ReportState, TaskState, UnitRole, Verb
from miaopu.plans.models import Task, TaskFile, TaskReport, TaskUnit, Unit, UnitOffice
from miaopu.plans.standing import views_of
from miaopu.plans.task_actions import (
    Said,
    answer_extension,
    ask_extension,
    close_task,
    note_reports,
    reopen_task,
    report_task,
    return_reports,
    set_deadline,
)
from miaopu.plans.task_states import HOLDER, SYSTEM, TABLE
from miaopu.plans.task_workflow import available
from miaopu.plans.unit_actions import match_units, unassign_unit
from tests.factories import CITY, FIRST_DAY, City, guiyang_pack, make_officer, travel
from tests.plans.supervised import (
    PDF,
    another_supervisor,
    changed,
    report,
    supervised,
    taiyuan,
    task_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def tasks(city: City) -> City:
    supervised(city)
    return city


def test_a_version_brings_its_tasks_with_units_and_deadlines(city: City) -> None:
    rows = Task.objects.filter(programme=city.version.programme)
    assert rows.count() == len(guiyang_pack().tasks) == 20
    goal, bases, funds = (task_of(city, key) for key in ("year_goal", "bases", "funds"))
    assert (goal.due_on, goal.due_printed) == (date(2018, 11, 30), True)
    assert bases.due_on == date(2018, 12, 31) and bases.due_printed
    assert (funds.due_on, funds.due_printed) == (date(2018, 12, 31), False)
    assert funds.opened_on == FIRST_DAY and funds.state == TaskState.OPEN
    assert [(one.unit.key, one.role) for one in funds.units.all()] == [
        ("finance", "responsible"),
        ("local_governments", "responsible"),
    ]
    [members] = task_of(city, "members").units.all()
    assert (members.role, members.answers) == (UnitRole.COOPERATE, True)  # there is nobody else
    assert Event.objects.filter(verb=Verb.OPEN_TASK).count() == 20


def test_taiyuan_shows_its_59_marks_one_without_a_unit_two_with_two_roles(city: City) -> None:
    version, _created = load_version(taiyuan(), by=None)
    marks = Task.objects.filter(programme=version.programme, by_mark=True)
    assert marks.count() == 59
    bare = [task for task in marks if not task.units.exists()]
    assert len(bare) == 1 and bare[0].pending is not None
    double = [
        task for task in marks if len({one.role for one in TaskUnit.objects.filter(task=task)}) == 2
    ]
    assert len(double) == 2
    # No office of Taiyuan works here yet: every unit says so.
    assert not UnitOffice.objects.filter(unit__programme=version.programme).exists()
    views = views_of(marks, date(2015, 6, 1))
    assert all(not part.offices for view in views for part in view.parts)


def test_offices_stand_for_units_by_their_names(city: City) -> None:
    bureau = make_officer(Role.FINANCE_OFFICER, CITY).live_memberships[0].office
    bureau.name = "贵阳市财政局"
    bureau.save()
    match_units(city.version.programme, by=None)
    found = UnitOffice.objects.get(unit__key="finance")
    assert (found.office, found.assigned_by) == (bureau, None)
    districts = UnitOffice.objects.filter(unit__key="local_governments")
    assert {one.office.region_id for one in districts} == {"520102", "520103"}
    # What a person took away does not come back by itself.
    unassign_unit(found, by=city.programme_officer, reason="改由国库处负责")
    assert match_units(city.version.programme, by=None) == 0


def test_report_note_return_and_close_by_another(tasks: City) -> None:
    task = task_of(tasks, "key_groups")
    report(task, tasks.reviewer)
    task.refresh_from_db()
    assert task.state == TaskState.REPORTED
    note_reports(task, by=tasks.programme_officer, reason="继续")
    task.refresh_from_db()
    assert task.state == TaskState.OPEN
    report(task, tasks.reviewer, 80)
    return_reports(task, by=tasks.programme_officer, reason="请补走访名单")
    task.refresh_from_db()
    assert task.state == TaskState.RETURNED
    # What was sent back counts no longer.
    [view] = views_of([task], FIRST_DAY)
    assert [one.percent for one in view.last_reports] == [40]
    report(task, tasks.reviewer, 100)
    close_task(task, by=tasks.programme_officer, reason="已完成")
    task.refresh_from_db()
    assert (task.state, task.closed_by) == (TaskState.CLOSED, tasks.programme_officer)
    with pytest.raises(Conflict):
        report(task, tasks.reviewer)
    reopen_task(task, by=tasks.programme_officer, reason="抽查不实")
    task.refresh_from_db()
    assert (task.state, task.closed_by) == (TaskState.OPEN, None)
    verbs = [event.verb for event in Event.objects.for_subject(task)]
    assert verbs[-1] == Verb.REOPEN_TASK and verbs.count(Verb.REPORT_TASK) == 3


def test_who_reported_does_not_close_note_or_return(tasks: City) -> None:
    """The programme office does the task itself: somebody else there closes it."""
    unit = Unit.objects.get(programme=tasks.version.programme, key="programme_office")
    office = tasks.programme_officer.live_memberships[0].office
    UnitOffice.objects.create(unit=unit, office=office, assigned_at=tasks.version.loaded_at)
    task = task_of(tasks, "inspection")
    report(task, tasks.programme_officer, 100)
    assert "close" not in available(tasks.programme_officer, task_of(tasks, "inspection"))
    for refused in (close_task, note_reports):
        with pytest.raises(NotAllowed):
            refused(task, by=tasks.programme_officer)
    with pytest.raises(NotAllowed):
        return_reports(task, by=tasks.programme_officer, reason="x")
    with pytest.raises(DatabaseError, match="task_closed_by_another"), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(
            state=TaskState.CLOSED,
            closed_by=tasks.programme_officer,
            closed_at=tasks.version.loaded_at,
        )
    other = another_supervisor()
    assert "close" in available(other, task_of(tasks, "inspection"))
    assert close_task(task, by=other).state == TaskState.CLOSED


def test_only_who_answers_for_it_reports_and_only_supervisors_answer(tasks: City) -> None:
    task = task_of(tasks, "key_groups")
    for stranger in (tasks.programme_officer, tasks.leading_group, tasks.auditor, tasks.owner):
        with pytest.raises(NotAllowed):
            report(task, stranger)
    report(task, tasks.other_reviewer)  # another district answers for it too
    for stranger in (tasks.approver, tasks.auditor, tasks.owner):
        with pytest.raises(NotAllowed):
            close_task(task, by=stranger)
    with pytest.raises(ActionRefused):
        return_reports(task, by=tasks.programme_officer, reason="  ")


def test_an_open_task_without_a_report_is_not_closed(tasks: City) -> None:
    with pytest.raises(Conflict):
        close_task(task_of(tasks, "register"), by=tasks.programme_officer)


def test_each_office_reports_and_a_new_report_overtakes_its_own(tasks: City) -> None:
    task = task_of(tasks, "key_groups")
    report(task, tasks.reviewer, 20)
    report(task, tasks.other_reviewer, 50)
    report(task, tasks.approver, 30)  # of the same office as the first
    states = list(TaskReport.objects.order_by("pk").values_list("state", "percent"))
    assert states == [
        (ReportState.OVERTAKEN, 20),
        (ReportState.WAITING, 50),
        (ReportState.WAITING, 30),
    ]
    [view] = views_of([task], FIRST_DAY)
    assert view.standing.percent == 40


def test_evidence_is_kept_with_its_hash(tasks: City) -> None:
    task = task_of(tasks, "key_groups")
    files = [("名单.pdf", PDF), ("../../名单2.pdf", PDF)]
    made = report_task(task, Said("完成", 50, files=files), by=tasks.reviewer)
    [kept] = TaskFile.objects.filter(report=made)  # the same content twice is one
    assert kept.name == "名单.pdf"
    assert kept.file.sha256 == hashlib.sha256(PDF).hexdigest()
    with default_storage.open(kept.file.storage_name) as content:
        assert hashlib.sha256(content.read()).hexdigest() == kept.file.sha256
    event = Event.objects.for_subject(task).filter(verb=Verb.REPORT_TASK).get()
    assert event.data["sha256"] == [kept.file.sha256]
    with pytest.raises(DatabaseError), transaction.atomic():
        TaskFile.objects.filter(pk=kept.pk).update(name="x")
    with pytest.raises(ActionRefused):
        report(task, tasks.reviewer, files=[("x.exe", b"MZ")])
    assert TaskReport.objects.count() == 1  # nothing of the refused report is left


def test_reports_stay_as_they_were_made(tasks: City) -> None:
    report(task_of(tasks, "key_groups"), tasks.reviewer)
    rows = TaskReport.objects.all()
    for changes in ({"text": "别的"}, {"percent": 99}, {"made_by": tasks.approver}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**changes)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


@pytest.mark.parametrize("percent", [-1, 101])
def test_percent_lies_within_0_and_100(tasks: City, percent: int) -> None:
    with pytest.raises(ActionRefused):
        report(task_of(tasks, "key_groups"), tasks.reviewer, percent)


def test_extension_is_asked_with_reason_and_granted_by_another(tasks: City) -> None:
    task, later = task_of(tasks, "year_goal"), date(2018, 12, 15)
    with pytest.raises(NotAllowed):
        ask_extension(task, later, by=tasks.programme_officer, reason="x")
    with pytest.raises(ActionRefused):
        ask_extension(task, task.due_on, by=tasks.reviewer, reason="x")
    ask_extension(task, later, by=tasks.reviewer, reason="资金下达较晚")
    with pytest.raises(Conflict):
        ask_extension(task, later, by=tasks.approver, reason="y")
    with pytest.raises(NotAllowed):
        answer_extension(task, granted=True, by=tasks.approver, reason="同意")
    answer_extension(task, granted=True, by=tasks.programme_officer, reason="同意")
    task.refresh_from_db()
    assert (task.due_on, task.planned_due) == (later, date(2018, 11, 30))
    [said] = task.extensions.all()
    assert (said.answered_by, said.answer) == (tasks.programme_officer, "同意")
    with pytest.raises(Conflict):
        answer_extension(task, granted=False, by=tasks.programme_officer, reason="晚了")


def test_a_deadline_is_set_where_the_plan_prints_none(tasks: City) -> None:
    task, day = task_of(tasks, "register"), FIRST_DAY + timedelta(days=30)
    set_deadline(task, day, by=tasks.programme_officer, reason="半年检查前")
    task.refresh_from_db()
    assert task.due_on == day
    printed = task_of(tasks, "year_goal")
    with pytest.raises(ActionRefused):
        set_deadline(printed, day, by=tasks.programme_officer, reason="x")
    for wrong in (date(2019, 1, 1), FIRST_DAY - timedelta(days=1)):
        with pytest.raises(ActionRefused):
            set_deadline(task, wrong, by=tasks.programme_officer, reason="x")
    with pytest.raises(NotAllowed):
        set_deadline(task, day, by=tasks.reviewer, reason="x")


def test_a_new_version_keeps_progress_and_shows_what_changed(tasks: City) -> None:
    kept, gone = task_of(tasks, "key_groups"), task_of(tasks, "gather")
    report(kept, tasks.reviewer)
    pack = changed(
        guiyang_pack(),
        key_groups={"due": "2018-10-31", "responsible": ["finance"]},
        gather=None,
    )
    version, created = load_version(pack, by=tasks.programme_officer)
    assert created
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.state, kept.due_on, kept.due_printed) == ("reported", date(2018, 10, 31), True)
    assert kept.reports.count() == 1 and [one.unit.key for one in kept.units.all()] == ["finance"]
    assert gone.state == TaskState.DROPPED
    event = Event.objects.for_subject(kept).filter(verb=Verb.CHANGE_TASK).get()
    assert event.data["version"] == version.number
    assert event.data["changes"]["planned_due"] == ["2018-12-31", "2018-10-31"]
    assert set(event.data["changes"]) == {"planned_due", "due_printed", "units"}
    assert event.data["changes"]["units"][1] == [["市财政局", "finance bureau", "responsible"]]
    same = task_of(tasks, "funds")
    assert not Event.objects.for_subject(same).filter(verb=Verb.CHANGE_TASK).exists()
    # The older version again: what it has comes back, with all its reports.
    load_version(guiyang_pack(), by=tasks.programme_officer)
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (gone.state, kept.due_on) == (TaskState.OPEN, date(2018, 12, 31))


def test_an_extension_stays_while_the_version_says_nothing_else(tasks: City) -> None:
    task = task_of(tasks, "year_goal")
    ask_extension(task, date(2018, 12, 15), by=tasks.reviewer, reason="资金下达较晚")
    answer_extension(task, granted=True, by=tasks.programme_officer, reason="同意")
    other = {"title": {"zh": "完成全年任务指标", "en": "The year's work"}}
    load_version(changed(guiyang_pack(), year_goal=other), by=None)
    task.refresh_from_db()
    assert (task.title, task.due_on) == ("完成全年任务指标", date(2018, 12, 15))
    for printed, counts in (("2018-11-20", date(2018, 12, 15)), ("2018-12-20", date(2018, 12, 20))):
        load_version(changed(guiyang_pack(), year_goal={"due": printed}), by=None)
        task.refresh_from_db()
        assert (task.planned_due.isoformat(), task.due_on) == (printed, counts)
    told = Event.objects.for_subject(task).filter(
        verb=Verb.CHANGE_TASK, data__changes__has_key="extended_to"
    )
    assert told.get().data["changes"]["extended_to"] == ["2018-11-20", "2018-12-15"]


def test_scopes(tasks: City) -> None:
    everything = set(Task.objects.values_list("key", flat=True))

    def keys(user: Any) -> set[str]:
        return set(Task.objects.for_user(user).values_list("key", flat=True))

    assert keys(tasks.programme_officer) == keys(tasks.auditor) == everything
    mine = keys(tasks.reviewer)
    assert "key_groups" in mine and "inspection" not in mine
    assert keys(tasks.owner) == keys(None) == keys(tasks.system_admin) == set()
    report(task_of(tasks, "key_groups"), tasks.reviewer, files=[("a.pdf", PDF)])
    assert TaskFile.objects.for_user(tasks.other_reviewer).count() == 1
    assert TaskFile.objects.for_user(tasks.owner).count() == 0
    assert TaskReport.objects.for_user(tasks.finance).count() == 0


def test_the_table_closes_by_supervisors_and_every_state_is_reached() -> None:
    assert TABLE.reachable(TaskState.OPEN) == set(TaskState.values)
    for step in TABLE:
        assert not (step.roles & {HOLDER, SYSTEM} and step.name in ("close", "note", "send_back"))


def test_lights_follow_reports_and_days(tasks: City) -> None:
    task = task_of(tasks, "key_groups")
    assert views_of([task], FIRST_DAY)[0].colour == "green"
    silent = views_of([task], FIRST_DAY + timedelta(days=31))[0]
    assert silent.colour == "yellow" and "没有报告" in silent.light.reasons[0].zh
    assert views_of([task], date(2019, 1, 3))[0].colour == "red"
    travel(FIRST_DAY + timedelta(days=31))
    report(task, tasks.reviewer, 60)
    report(task, tasks.other_reviewer, 60)
    assert views_of([task], FIRST_DAY + timedelta(days=31))[0].colour == "green"
    nobody = views_of([task_of(tasks, "publicity")], FIRST_DAY)[0]
    assert "没有机构" in nobody.light.reasons[0].zh
