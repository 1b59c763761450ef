"""The calendar of a reader: deadlines of tasks and milestones, periods of duties, phases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from miaopu.core.models import Office, User
from miaopu.core.scope import reaches
from miaopu.engine.messages import Bilingual
from miaopu.plans.duty_reads import DutyView, duty_views, in_force, phase_views
from miaopu.plans.enums import TaskState
from miaopu.plans.models import ProgrammeVersion, Task
from miaopu.plans.standing import TaskView, views_of

Kind = Literal["task", "milestone", "duty", "phase"]
State = Literal["red", "yellow", "green", "done", "neutral"]
_DUTY_STATES: dict[str, State] = {
    "met": "done",
    "unmet": "red",
    "in_progress": "yellow",
    "not_due": "neutral",
}


@dataclass(frozen=True)
class Entry:
    """Something with a last day. `uid` names it for good; `first` is its first day if it has one.

    `task`, or `duty` with `programme`, says what it belongs to.
    """

    uid: str
    kind: Kind
    title: Bilingual
    first: date
    last: date
    state: State
    note: Bilingual
    programme: str
    task: int | None = None
    duty: str = ""


def agenda(user: User, first: date, last: date, today: date, office: Office | None) -> list[Entry]:
    """What falls due for the user from `first` to `last`, by day; of one office where it is given.

    Tasks are those the user may see; duties those of her offices and of her programmes; phases
    those of the programmes that she may see anything of.
    """
    tasks = Task.objects.for_user(user).live()
    if office is not None:
        tasks = tasks.held_by([office.pk])
    views = views_of(tasks.select_related("programme").by_deadline(), today)
    shown = {view.task.programme_id for view in views}
    versions = [one for one in in_force() if one.programme_id in shown or _reaches(user, one)]
    entries = [
        *_of_tasks(views),
        *_of_duties(duty_views(versions, today), user, office),
        *_of_phases(versions, today),
    ]
    inside = (one for one in entries if first <= one.last <= last)
    return sorted(inside, key=lambda one: (one.last, one.kind, one.uid))


def _reaches(user: User, version: ProgrammeVersion) -> bool:
    return reaches(user, version.programme.region_id)


def _of_tasks(views: list[TaskView]) -> Iterator[Entry]:
    for view in views:
        task = view.task
        yield Entry(
            uid=f"task-{task.pk}",
            kind="task",
            title=task.name,
            first=task.due_on,
            last=task.due_on,
            state=view.light.colour,
            note=view.light.reasons[0],
            programme=task.programme.slug,
            task=task.pk,
        )
        if task.state == TaskState.CLOSED:
            continue
        for stage in view.standing.stages:
            yield Entry(
                uid=f"task-{task.pk}-stage-{stage.position}",
                kind="milestone",
                title=Bilingual(
                    f"{task.title}：{stage.title.zh}", f"{task.title_en}: {stage.title.en}"
                ),
                first=stage.due,
                last=stage.due,
                state="neutral",
                note=Bilingual("任务节点", "milestone"),
                programme=task.programme.slug,
                task=task.pk,
            )


def binds(view: DutyView, user: User, office: Office | None) -> bool:
    """Whether a duty is the matter of the office, or of the user's offices and programmes."""
    if office is not None:
        return office in view.offices
    mine = {one.office_id for one in user.live_memberships}
    return bool(mine & {one.pk for one in view.offices}) or _reaches(user, view.version)


def _of_duties(views: list[DutyView], user: User, office: Office | None) -> Iterator[Entry]:
    mine = {one.office_id for one in user.live_memberships}
    for view in views:
        if not binds(view, user, office):
            continue
        for line in view.lines:
            subject = line.subject.office
            if office is not None and subject is not None and subject != office:
                continue
            if subject is not None and subject.pk not in mine and not _reaches(user, view.version):
                continue
            title = view.duty.title
            several = len(view.lines) > 1
            for one in line.periods:
                name = line.subject.name
                yield Entry(
                    uid=f"duty-{view.version.programme.slug}-{view.duty.id}"
                    f"-{line.subject.key}-{one.span.key}",
                    kind="duty",
                    title=Bilingual(
                        f"{title.zh}（{name.zh}）" if several else title.zh,
                        f"{title.en} ({name.en})" if several else title.en,
                    ),
                    first=one.span.first,
                    last=one.span.last,
                    state=_DUTY_STATES[one.state],
                    note=Bilingual(
                        f"{one.span.title.zh}：{one.done}/{one.needed}",
                        f"{one.span.title.en}: {one.done} of {one.needed}",
                    ),
                    programme=view.version.programme.slug,
                    duty=view.duty.id,
                )


def _of_phases(versions: list[ProgrammeVersion], today: date) -> Iterator[Entry]:
    states: dict[str, State] = {"in_progress": "green", "over": "done", "not_due": "neutral"}
    for row in phase_views(versions, today):
        title = row.phase.title
        yield Entry(
            uid=f"phase-{row.version.programme.slug}-{row.phase.id}",
            kind="phase",
            title=Bilingual(f"{title.zh}（阶段结束）", f"{title.en} (the phase ends)"),
            first=row.first,
            last=row.last,
            state=states[row.state],
            note=Bilingual(
                f"{row.first.isoformat()} 至 {row.last.isoformat()}",
                f"{row.first.isoformat()} to {row.last.isoformat()}",
            ),
            programme=row.version.programme.slug,
        )


def own_offices(user: User) -> list[Office]:
    """The offices whose calendar the user may look at or take a feed of: her own."""
    found = {one.office_id: one.office for one in user.live_memberships}
    return list(found.values())
