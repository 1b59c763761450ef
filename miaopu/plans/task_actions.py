"""Writes about tasks: reporting, answering reports, closing, reopening, deadlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.holders import settle_notices
from miaopu.core.models import User
from miaopu.plans.enums import FINISHED, ExtensionState, ReportState, Verb
from miaopu.plans.evidence import GivenFile, check_evidence, keep_evidence
from miaopu.plans.models import Task, TaskExtension, TaskMilestone, TaskReport
from miaopu.plans.task_workflow import (
    check_supervises,
    holding_office,
    lock_task,
    moved_on,
    reported_by,
    transition,
)

REMINDER = "task-reminder"  # how the keys of reminders about tasks begin


@dataclass(frozen=True)
class Said:
    """What an office reports: in words, how far in percent, a quantity with its unit if any."""

    text: str
    percent: int
    quantity: Decimal | None = None
    quantity_unit: str = ""
    milestone: TaskMilestone | None = None
    files: Sequence[GivenFile] = ()


def reminder_key(task: Task) -> str:
    """How the keys of reminders about one task begin."""
    return f"{REMINDER}/{task.pk}/"


def settle_task(task: Task) -> int:
    """What reminders about the task asked for was done: they are not new any longer."""
    return settle_notices(reminder_key(task))


@transaction.atomic
def report_task(task: Task, said: Said, *, by: User) -> TaskReport:
    """Report how far the user's office is. An earlier report of the office is overtaken.

    Raises NotAllowed where no office of the user answers for the task, Conflict once it is closed.
    """
    locked = lock_task(task)
    office = holding_office(by, locked)
    if office is None:
        raise NotAllowed(_("这项任务不由您的机构负责"), _("请由牵头或责任单位报告进展"))
    if not said.text.strip():
        raise ActionRefused(_("请写明进展"), _("写明做了什么、还差什么"))
    if not 0 <= said.percent <= 100:
        raise ActionRefused(_("完成百分比在 0 至 100 之间"), _("请填写整数"))
    check_evidence(said.files)
    TaskReport.objects.waiting().filter(task=locked, office=office).update(
        state=ReportState.OVERTAKEN
    )
    last = locked.reports.aggregate(last=Max("serial"))["last"] or 0
    report = TaskReport.objects.create(
        task=locked,
        office=office,
        serial=last + 1,
        text=said.text.strip(),
        percent=said.percent,
        quantity=said.quantity,
        quantity_unit=said.quantity_unit.strip() if said.quantity is not None else "",
        milestone=said.milestone,
        made_by=by,
        made_at=clock.now(),
        made_on=clock.today(),
    )
    digests = keep_evidence(report, said.files, by=by)
    transition(
        locked,
        "report",
        by=by,
        reason=report.text,
        data={"serial": report.serial, "percent": report.percent, "sha256": digests},
    )
    settle_task(locked)
    return report


def _answer(locked: Task, state: ReportState, answer: str, by: User) -> None:
    """Answer every report that waits. Raises NotAllowed for who has reported on the task."""
    check_supervises(by, locked)
    if reported_by(by, locked):
        raise NotAllowed(
            _("您报告过这项任务，不能由您确认、退回或办结"),
            _("请由另一位计划主管或领导小组成员办理"),
        )
    locked.reports.waiting().update(
        state=state, answer=answer, answered_by=by, answered_at=clock.now()
    )


@transaction.atomic
def note_reports(task: Task, *, by: User, reason: str = "") -> Task:
    """Take note of what was reported; the task stays open."""
    locked = lock_task(task)
    _answer(locked, ReportState.ACCEPTED, reason, by)
    return transition(locked, "note", by=by, reason=reason)


@transaction.atomic
def return_reports(task: Task, *, by: User, reason: str) -> Task:
    """Send the reports that wait back with a reason; they count no longer."""
    check_reason(reason, _("请说明退回的原因"), _("写明缺什么、要补什么"))
    locked = lock_task(task)
    _answer(locked, ReportState.RETURNED, reason, by)
    return transition(locked, "send_back", by=by, reason=reason)


@transaction.atomic
def close_task(task: Task, *, by: User, reason: str = "") -> Task:
    """Close the task. Raises NotAllowed for the doer, Conflict where somebody was faster."""
    locked = lock_task(task)
    _answer(locked, ReportState.ACCEPTED, reason, by)
    transition(locked, "close", by=by, reason=reason, closed_by=by, closed_at=clock.now())
    settle_task(locked)
    return locked


@transaction.atomic
def reopen_task(task: Task, *, by: User, reason: str) -> Task:
    """Open a closed task again, with a reason."""
    check_reason(reason, _("请说明重新督办的原因"), _("写明还要做什么"))
    locked = lock_task(task)
    check_supervises(by, locked)
    return transition(locked, "reopen", by=by, reason=reason, closed_by=None, closed_at=None)


@transaction.atomic
def set_deadline(task: Task, due_on: date, *, by: User, reason: str) -> Task:
    """Set the deadline of a task for which the plan prints none, not after the planned day.

    Raises ActionRefused where the plan prints one: that is moved by an extension.
    """
    locked = lock_task(task)
    check_supervises(by, locked)
    _check_unfinished(locked)
    if locked.due_printed:
        raise ActionRefused(_("计划写明了期限"), _("需要延期时，由责任单位申请"))
    first = max(locked.opened_on, clock.today())
    if not first <= due_on <= locked.planned_due:
        raise ActionRefused(
            _("期限须在 %(first)s 至 %(last)s 之间")
            % {"first": first.isoformat(), "last": locked.planned_due.isoformat()},
            _("请选择计划期内的日期"),
        )
    return _move_deadline(locked, due_on, Verb.SET_DEADLINE, by, reason)


def _check_unfinished(locked: Task) -> None:
    if locked.state in FINISHED:
        raise moved_on(locked)


def _move_deadline(locked: Task, due_on: date, verb: Verb, by: User, reason: str) -> Task:
    before, locked.due_on, locked.escalated_on = locked.due_on, due_on, None
    locked.revision += 1
    locked.save(update_fields=["due_on", "escalated_on", "revision"])
    record_event(
        locked,
        verb,
        by=by,
        reason=reason,
        region=locked.programme.region_id,
        data={"from": before.isoformat(), "to": due_on.isoformat()},
    )
    settle_task(locked)
    return locked


@transaction.atomic
def ask_extension(task: Task, to_due: date, *, by: User, reason: str) -> TaskExtension:
    """Ask for more time, one request at a time; only who answers for the task may."""
    locked = lock_task(task)
    _check_unfinished(locked)
    if holding_office(by, locked) is None:
        raise NotAllowed(_("这项任务不由您的机构负责"), _("请由牵头或责任单位申请延期"))
    check_reason(reason, _("请说明延期的理由"), _("写明为什么不能按期完成"))
    if to_due <= locked.due_on:
        raise ActionRefused(_("新的期限须晚于原期限"), _("请选择更晚的日期"))
    if TaskExtension.objects.asked().filter(task=locked).exists():
        raise Conflict(_("已有一个延期申请在等待答复"), _("请等候答复"))
    asked = TaskExtension.objects.create(
        task=locked,
        from_due=locked.due_on,
        to_due=to_due,
        reason=reason.strip(),
        asked_by=by,
        asked_at=clock.now(),
    )
    record_event(
        locked,
        Verb.ASK_EXTENSION,
        by=by,
        reason=reason,
        region=locked.programme.region_id,
        data={"to": to_due.isoformat()},
    )
    return asked


@transaction.atomic
def answer_extension(task: Task, *, granted: bool, by: User, reason: str) -> Task:
    """Grant or refuse the request that waits, with a reason, by somebody else than who asked."""
    locked = lock_task(task)
    check_supervises(by, locked)
    check_reason(reason, _("请说明理由"), _("写明为什么同意或不同意延期"))
    asked = TaskExtension.objects.asked().filter(task=locked).first()
    if asked is None:
        raise Conflict(_("没有等待答复的延期申请"), _("可能有人先答复了，请查看办理记录"))
    if asked.asked_by_id == by.pk:
        raise NotAllowed(_("延期不能由申请人自己批准"), _("请由另一位计划主管或领导小组成员答复"))
    if granted:
        _check_unfinished(locked)
    asked.state = ExtensionState.GRANTED if granted else ExtensionState.REFUSED
    asked.answer, asked.answered_by, asked.answered_at = reason.strip(), by, clock.now()
    asked.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    if granted:
        return _move_deadline(
            locked, max(asked.to_due, locked.due_on), Verb.ANSWER_EXTENSION, by, reason
        )
    record_event(
        locked,
        Verb.ANSWER_EXTENSION,
        by=by,
        reason=reason,
        region=locked.programme.region_id,
        data={"refused": asked.to_due.isoformat()},
    )
    return locked
