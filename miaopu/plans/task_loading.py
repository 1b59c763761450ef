"""Tasks and units of a version become rows; a new version keeps the progress of what stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.many import Happened, record_events
from miaopu.core.models import User
from miaopu.engine.definitions.pieces import Text
from miaopu.engine.packs.plan_parts import Task as PackTask
from miaopu.engine.packs.schema import Pack
from miaopu.engine.supervision import deadline
from miaopu.plans.enums import FINISHED, ExtensionState, TaskState, UnitRole, Verb
from miaopu.plans.models import (
    Programme,
    ProgrammeVersion,
    Task,
    TaskMilestone,
    TaskUnit,
    Unit,
)
from miaopu.plans.task_workflow import lock_task, transition
from miaopu.plans.unit_actions import match_units

FIELDS = "title", "title_en", "clause", "by_mark", "pending", "planned_due", "due_printed", "doubt"


def _plain(text: Text | None) -> dict[str, str] | None:
    return {"zh": text.zh, "en": text.en} if text is not None else None


def _fields(task: PackTask, last_day: date) -> dict[str, Any]:
    """What a row takes over from the pack."""
    due, printed = deadline(task.due, last_day)
    return {
        "title": task.title.zh,
        "title_en": task.title.en,
        "clause": task.clause,
        "by_mark": task.named == "mark",
        "pending": _plain(task.pending),
        "planned_due": due,
        "due_printed": printed,
        "doubt": _plain(task.doubt),
    }


def _parts(task: PackTask) -> list[tuple[str, UnitRole]]:
    """The units with their roles, in the plan's order; one may have two roles."""
    return [
        *((key, UnitRole.LEAD) for key in task.lead),
        *((key, UnitRole.RESPONSIBLE) for key in task.responsible),
        *((key, UnitRole.COOPERATE) for key in task.cooperate),
    ]


def _stages(task: PackTask, last_day: date) -> list[tuple[str, str, date]]:
    return [(one.title.zh, one.title.en, deadline(one.due, last_day)[0]) for one in task.milestones]


def _sync_units(programme: Programme, pack: Pack) -> dict[str, Unit]:
    known = {unit.key: unit for unit in programme.units.all()}
    for key, unit in pack.units.items():
        row = known.get(key) or Unit(programme=programme, key=key)
        wanted = (unit.title.zh, unit.title.en, unit.level or "", unit.collective)
        if row.pk is None or (row.title, row.title_en, row.level, row.collective) != wanted:
            row.title, row.title_en, row.level, row.collective = wanted
            row.save()
        known[key] = row
    return known


def _set_parts(task: Task, parts: list[tuple[str, UnitRole]], units: Mapping[str, Unit]) -> None:
    nobody_else = all(role == UnitRole.COOPERATE for _key, role in parts)
    TaskUnit.objects.bulk_create(
        TaskUnit(
            task=task,
            unit=units[key],
            role=role,
            answers=nobody_else or role != UnitRole.COOPERATE,
            position=position,
        )
        for position, (key, role) in enumerate(parts)
    )


def _set_stages(task: Task, stages: list[tuple[str, str, date]]) -> None:
    """Write the milestones by their place; those that fell away stay for the reports on them."""
    for position, (title, title_en, due) in enumerate(stages):
        TaskMilestone.objects.update_or_create(
            task=task,
            position=position,
            defaults={"title": title, "title_en": title_en, "due_on": due, "dropped": False},
        )
    task.milestones.filter(position__gte=len(stages)).update(dropped=True)


@transaction.atomic
def sync_tasks(version: ProgrammeVersion, *, by: User | None) -> int:
    """Bring the programme's tasks up to a version that has just come into force.

    Rows are kept by the pack's id: what stays keeps its state, reports and extensions; what changed
    is told by an event with old and new; what is not there any more is dropped, and comes back with
    the version that has it again. A changed deadline counts at once, except where more time was
    granted: what an office was promised holds, if it is later. Returns the number of tasks of
    the version.
    """
    programme, pack = version.programme, version.pack
    units = _sync_units(programme, pack)
    known = {
        task.key: task
        for task in Task.objects.filter(programme=programme).prefetch_related(
            "units__unit", "milestones"
        )
    }
    fresh = []
    for wanted in pack.tasks:
        row = known.pop(wanted.id, None)
        if row is None:
            fresh.append(_open(programme, wanted, pack, units))
        else:
            _change(row, wanted, version, units, by)
    record_events(
        (
            Happened(task, Verb.OPEN_TASK, programme.region_id, data={"version": version.number})
            for task in fresh
        ),
        by=by,
    )
    for gone in known.values():
        if gone.state not in FINISHED:
            transition(lock_task(gone), "drop", by=by, data={"version": version.number})
    match_units(programme, by=by)
    return len(pack.tasks)


def _open(programme: Programme, wanted: PackTask, pack: Pack, units: Mapping[str, Unit]) -> Task:
    fields = _fields(wanted, pack.period.end)
    task = Task.objects.create(
        programme=programme,
        key=wanted.id,
        due_on=fields["planned_due"],
        opened_on=max(pack.period.start, clock.today()),
        **fields,
    )
    _set_parts(task, _parts(wanted), units)
    _set_stages(task, _stages(wanted, pack.period.end))
    return task


def _change(
    row: Task,
    wanted: PackTask,
    version: ProgrammeVersion,
    units: Mapping[str, Unit],
    by: User | None,
) -> None:
    """Take over what the version says otherwise, with one event that names it."""
    last_day = version.pack.period.end
    fields = _fields(wanted, last_day)
    changes = {
        name: [_shown(getattr(row, name)), _shown(fields[name])]
        for name in FIELDS
        if getattr(row, name) != fields[name]
    }
    parts, before = _parts(wanted), [(one.unit.key, one.role) for one in row.units.all()]
    if before != [(key, role.value) for key, role in parts]:
        changes["units"] = [
            [[units[key].title, units[key].title_en, str(role)] for key, role in one]
            for one in (before, parts)
        ]
        row.units.all().delete()
        _set_parts(row, parts, units)
    stages = _stages(wanted, last_day)
    had = [(one.title, one.title_en, one.due_on) for one in row.milestones.all() if not one.dropped]
    if had != stages:
        changes["milestones"] = [
            [[title, title_en, due.isoformat()] for title, title_en, due in one]
            for one in (had, stages)
        ]
        _set_stages(row, stages)
    if row.state == TaskState.DROPPED:
        transition(lock_task(row), "restore", by=by, data={"version": version.number})
        row.refresh_from_db()
    if not changes:
        return
    if "planned_due" in changes:
        due = max(fields["planned_due"], granted_until(row) or fields["planned_due"])
        if due != row.due_on:
            row.due_on, row.escalated_on = due, None
        if due != fields["planned_due"]:
            changes["extended_to"] = [fields["planned_due"].isoformat(), due.isoformat()]
    for name in FIELDS:
        setattr(row, name, fields[name])
    row.revision += 1
    row.save(update_fields=[*FIELDS, "due_on", "escalated_on", "revision"])
    record_event(
        row,
        Verb.CHANGE_TASK,
        by=by,
        region=version.programme.region_id,
        data={"version": version.number, "changes": changes},
    )


def granted_until(task: Task) -> date | None:
    """The last day until which more time was granted; None where it was not."""
    granted = task.extensions.filter(state=ExtensionState.GRANTED)
    return granted.aggregate(last=Max("to_due"))["last"]


def _shown(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
