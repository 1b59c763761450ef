"""Mid-term check and year-end summary of a programme, from records only, as of today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from miaopu.core.models import Office
from miaopu.engine.letters.summary import (
    DutyLine,
    Half,
    MoveLine,
    PhaseLine,
    Summary,
    TargetLine,
    TaskLine,
)
from miaopu.engine.letters.summary_pdf import summary_pdf
from miaopu.engine.letters.summary_word import summary_docx
from miaopu.monitoring.figures import target_progress, time_percent
from miaopu.plans.duty_reads import DutyView, duty_views, phase_views
from miaopu.plans.enums import ExtensionState, TaskState
from miaopu.plans.models import ProgrammeVersion, Task, TaskExtension
from miaopu.plans.standing import TaskView, views_of

MAKERS: dict[str, Callable[[Summary], bytes]] = {"pdf": summary_pdf, "docx": summary_docx}
HALVES: tuple[Half, ...] = ("midterm", "year-end")


def summary_of(version: ProgrammeVersion, half: Half, office: Office, today: date) -> Summary:
    """What the programme has reached by today: targets, tasks by state, duties' compliance."""
    programme, period = version.programme, version.pack.period
    tasks = Task.objects.filter(programme=programme).live().order_by("pk")
    views = views_of(tasks.select_related("programme"), today)
    progress = target_progress(version, today)
    whole = [one for one in version.pack.targets if one.region == programme.region_id]
    return Summary(
        half=half,
        programme=programme.title,
        office=office.name,
        as_of=today,
        first=period.start,
        last=period.end,
        time_percent=str(time_percent(version, today)),
        tasks=tuple(_task(view) for view in views),
        targets=tuple(
            TargetLine(
                title=one.title.zh,
                unit=one.unit.zh,
                target=f"{one.target.normalize():f}",
                done=str(one.done),
                done_percent=str(one.done_percent),
                time_percent=str(one.time_percent),
            )
            for one in progress
        ),
        uncounted=len(whole) - len(progress),
        duties=tuple(_duty(view) for view in duty_views([version], today)),
        phases=tuple(
            PhaseLine(row.phase.title.zh, row.first, row.last, row.state)
            for row in phase_views([version], today)
        ),
        moves=tuple(_moves(version)),
        escalated=sum(view.task.escalated_on is not None for view in views),
    )


def _task(view: TaskView) -> TaskLine:
    closed = view.task.state == TaskState.CLOSED
    return TaskLine(
        title=view.task.title,
        clause=view.task.clause,
        units=tuple(part.unit.title for part in view.parts if part.answers),
        due=view.task.due_on,
        colour=view.colour,
        state=view.task.state,
        percent=100 if closed else view.standing.percent,
        why=() if closed else tuple(reason.zh for reason in view.light.reasons),
    )


def _duty(view: DutyView) -> DutyLine:
    found = view.compliance
    unmet = [
        one.span.title.zh for line in view.lines for one in line.periods if one.state == "unmet"
    ]
    return DutyLine(view.duty.title.zh, view.duty.clause, found.met, found.due, tuple(unmet))


def _moves(version: ProgrammeVersion) -> Iterator[MoveLine]:
    granted = TaskExtension.objects.filter(
        task__programme=version.programme_id, state=ExtensionState.GRANTED
    )
    for row in granted.select_related("task").order_by("answered_at", "pk"):
        yield MoveLine(row.task.title, row.from_due, row.to_due, row.reason)
