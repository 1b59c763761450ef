"""Reminders of tasks and duties, and what has been overdue for long goes upward.

As with the clocks of cases: each event once for each person; what was done, or is said again by a
later reminder, is unread no more. An escalation happens once for each deadline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.db import transaction

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.holders import holders, settle_notices, tell_once
from miaopu.core.models import Membership, Notice, User
from miaopu.engine.clock import working_days_left
from miaopu.engine.messages import Bilingual
from miaopu.engine.supervision import escalates
from miaopu.plans.duty_actions import DUTY_REMINDER
from miaopu.plans.duty_actions import reminder_key as duty_reminder_key
from miaopu.plans.duty_reads import DutyView, Subject, duty_views, in_force
from miaopu.plans.enums import TaskState, Verb
from miaopu.plans.models import Task
from miaopu.plans.standing import TaskView, views_of
from miaopu.plans.task_actions import REMINDER, reminder_key
from miaopu.plans.task_querysets import ACTING_ROLES, SUPERVISORS
from miaopu.plans.task_workflow import lock_task

LADDER = (1, 3, 10)  # working days left, the nearest first
DUTY_DAYS = 3  # working days before the end of a period that is not met
OVERDUE, SILENT, RETURNED = "overdue", "silent", "returned"


def _members(offices: Iterable[int]) -> dict[int, list[User]]:
    """Who works in the offices, by office."""
    found: dict[int, list[User]] = {}
    rows = Membership.objects.live().filter(
        office__in=list(offices), role__in=ACTING_ROLES, user__is_active=True
    )
    for row in rows.select_related("user").order_by("pk"):
        people = found.setdefault(row.office_id, [])
        if row.user not in people:
            people.append(row.user)
    return found


def _rung(view: TaskView, today: date) -> str:
    """Which reminder a task gives today: "10", "3", "1", overdue, returned, silent, or ""."""
    if view.task.due_on < today:
        return OVERDUE
    left = working_days_left(today, view.task.due_on)
    near = next((str(rung) for rung in LADDER if left <= rung), "")
    if near:
        return near
    if view.task.state == TaskState.RETURNED:
        return RETURNED
    return SILENT if view.standing.silent(view.rule, today) else ""


def _words(view: TaskView, rung: str) -> Bilingual:
    task, day = view.task, view.task.due_on.isoformat()
    name = Bilingual(f"任务“{task.title}”", f"The task “{task.title_en}”")
    zh, en = name.zh, name.en
    if rung == OVERDUE:
        return Bilingual(f"{zh}已超期（期限 {day}）", f"{en} is overdue (was due on {day})")
    if rung == RETURNED:
        return Bilingual(f"{zh}的报告被退回，请补充", f"The report on “{task.title_en}” came back")
    if rung == SILENT:
        return Bilingual(f"{zh}久未报告进展，请报告", f"{en} has not been reported on for long")
    return Bilingual(f"{zh}将于 {day} 到期", f"{en} is due on {day}")


def _task_notices(views: Iterable[TaskView], today: date) -> Iterator[Notice]:
    views = list(views)
    offices = {one.pk for view in views for part in view.parts for one in part.offices}
    people = _members(offices)
    for view in views:
        rung = _rung(view, today)
        # A report that waits for the supervisors asks nothing more of the offices.
        if not rung or (view.task.state == TaskState.REPORTED and rung != OVERDUE):
            continue
        words = _words(view, rung)
        told: set[int] = set()
        for office, user in _asked(view, rung, people, today):
            if user.pk in told:
                continue
            told.add(user.pk)
            month = f"{today:%Y-%m}" if rung == SILENT else view.task.due_on.isoformat()
            yield Notice(
                user=user,
                key=f"{reminder_key(view.task)}{rung}/{month}/{office}",
                text=words.zh[:300],
                text_en=words.en[:400],
                link=f"/office/tasks/{view.task.pk}/",
            )


def _asked(
    view: TaskView, rung: str, people: dict[int, list[User]], today: date
) -> Iterator[tuple[int, User]]:
    """Who is reminded: the offices that answer for the task; of silence only the silent ones."""
    heard = {report.office_id: report.made_on for report in view.last_reports}
    for part in view.parts:
        if not part.answers:
            continue
        for office in part.offices:
            since = heard.get(office.pk, view.standing.opened)
            if rung == SILENT and not view.rule.is_silence(since, today):
                continue
            for user in people.get(office.pk, []):
                yield office.pk, user


def _duty_notices(views: Iterable[DutyView], today: date) -> Iterator[Notice]:
    views = list(views)
    people = _members({office.pk for view in views for office in view.offices})
    for view in views:
        for subject, one in view.open_now:
            if working_days_left(today, one.span.last) > DUTY_DAYS:
                continue
            title = view.duty.title
            day = one.span.last.isoformat()
            words = Bilingual(
                f"职责“{title.zh}”{one.span.title.zh}尚未完成，截止 {day}",
                f"The duty “{title.en}” is not fulfilled for {one.span.title.en}, until {day}",
            )
            for user in _bound(view, subject, people):
                yield Notice(
                    user=user,
                    key=duty_reminder_key(view, subject, one),
                    text=words.zh[:300],
                    text_en=words.en[:400],
                    link=f"/office/duties/{view.version.programme.slug}/{view.duty.id}/",
                )


def _bound(view: DutyView, subject: Subject, people: dict[int, list[User]]) -> list[User]:
    """Who is told: the subject's office, a district's offices, else all that the duty binds."""
    offices = [subject.office] if subject.office is not None else list(view.offices)
    if subject.region is not None:
        offices = [one for one in offices if one.region_id == subject.region.pk] or offices
    found = {user.pk: user for office in offices for user in people.get(office.pk, [])}
    return list(found.values())


@transaction.atomic
def escalate_task(task: Task, *, by: User | None, today: date) -> bool:
    """Tell the programme's office of a task that has been overdue for long; once a deadline."""
    locked = lock_task(task)
    if locked.escalated_on is not None:
        return False
    locked.escalated_on = today
    locked.save(update_fields=["escalated_on"])
    record_event(
        locked,
        Verb.ESCALATE_TASK,
        by=by,
        region=locked.programme.region_id,
        data={"due": locked.due_on.isoformat()},
    )
    words = Bilingual(
        f"任务“{locked.title}”超期未办结（期限 {locked.due_on.isoformat()}），请督办",
        f"The task “{locked.title_en}” is long overdue (was due on {locked.due_on.isoformat()})",
    )
    region = locked.programme.region_id
    above = {user.pk: user for role in SUPERVISORS for user in holders(role, region)}
    tell_once(
        Notice(
            user=user,
            key=f"task-escalation/{locked.pk}/{locked.due_on.isoformat()}",
            text=words.zh[:300],
            text_en=words.en[:400],
            link=f"/office/tasks/{locked.pk}/",
        )
        for user in above.values()
    )
    return True


def remind_of_tasks() -> int:
    """Tell everybody which task or duty is due soon, overdue or silent; escalate what is late.

    Again on the same day tells nobody twice. Returns how many notices are new.
    """
    today = clock.today()
    versions = in_force()
    open_tasks = Task.objects.unfinished().filter(
        programme__in=[one.programme_id for one in versions]
    )
    views = views_of(open_tasks.select_related("programme").order_by("pk"), today)
    due = [
        *_task_notices(views, today),
        *_duty_notices(duty_views(versions, today), today),
    ]
    settle_notices(f"{REMINDER}/", f"{DUTY_REMINDER}/", but={notice.key for notice in due})
    for view in views:
        if view.task.escalated_on is None and escalates(view.standing, view.rule, today):
            escalate_task(view.task, by=None, today=today)
    return tell_once(due)
