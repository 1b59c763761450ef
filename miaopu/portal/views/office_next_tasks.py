"""What waits for the user among tasks and duties, for the first page of offices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from miaopu.core.models import User
from miaopu.plans.duty_reads import duty_views, in_force
from miaopu.plans.models import Task
from miaopu.plans.standing import TaskView, views_of
from miaopu.plans.task_querysets import offices_of
from miaopu.portal import present
from miaopu.portal.views.office_task_filters import by_urgency, waiting_for
from miaopu.portal.views.office_task_parts import TONES, reasons_text

MOST = 5


@dataclass(frozen=True)
class NextTask:
    """A task or a duty that waits for the user."""

    title: str
    href: str
    tone: str
    why: str
    due_on: date


@dataclass(frozen=True)
class NextTasks:
    """The most urgent of what waits, how many there are, and where all of them are."""

    rows: tuple[NextTask, ...]
    count: int
    href: str


def next_tasks(user: User, today: date) -> NextTasks | None:
    """What waits for the user, the most urgent first; None where nothing does."""
    waiting = waiting_for(user, Task.objects.for_user(user).live())
    views = views_of(waiting.select_related("programme"), today)
    rows = [_task(view) for view in by_urgency(views)[:MOST]]
    rows += _duties(user, today)
    count = len(views)
    return NextTasks(tuple(rows), count, f"{reverse('task_board')}?todo=mine") if rows else None


def _task(view: TaskView) -> NextTask:
    return NextTask(
        present.in_language(view.task.name),
        reverse("task", args=[view.task.pk]),
        TONES[view.colour],
        reasons_text(view),
        view.task.due_on,
    )


def _duties(user: User, today: date) -> list[NextTask]:
    """Duties of the user's offices whose period runs and is not fulfilled."""
    mine = set(offices_of(user))
    if not mine:
        return []
    rows = []
    for view in duty_views(in_force(), today):
        if not mine & {office.pk for office in view.offices}:
            continue
        for subject, one in view.open_now:
            if subject.office is not None and subject.office.pk not in mine:
                continue
            rows.append(
                NextTask(
                    present.in_language(view.duty.title),
                    reverse("duty", args=[view.version.programme.slug, view.duty.id]),
                    "soon",
                    present.in_language(one.span.title),
                    one.span.last,
                )
            )
    return sorted(rows, key=lambda row: (row.due_on, row.title))[:MOST]
