"""How tasks stand today: lights with reasons, worked out from reports and days, never stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from miaopu.core.models import Office
from miaopu.engine.messages import Bilingual
from miaopu.engine.supervision import Holder, Light, LightRule, Stage, Standing, light
from miaopu.plans.enums import FINISHED, TaskState, UnitRole
from miaopu.plans.models import (
    ProgrammeVersion,
    Task,
    TaskMilestone,
    TaskReport,
    TaskUnit,
    Unit,
    UnitOffice,
)


@dataclass(frozen=True)
class Part:
    """A unit's part in a task, with the offices that stand for it."""

    unit: Unit
    role: UnitRole
    answers: bool
    offices: tuple[Office, ...]


@dataclass(frozen=True)
class TaskView:
    """A task with its units, the last standing report of each office, and its light by the rule."""

    task: Task
    parts: tuple[Part, ...]
    last_reports: tuple[TaskReport, ...]
    standing: Standing
    rule: LightRule
    light: Light

    @property
    def colour(self) -> str:
        """red, yellow, green or done."""
        return self.light.colour


def _light_rules() -> dict[int, LightRule]:
    """The bounds of every programme, from the version in force."""
    rules = {}
    for version in ProgrammeVersion.objects.current().defer("content"):
        said = version.pack.supervision
        rules[version.programme_id] = LightRule(
            said.soon_days, said.silent_days, said.escalate_days
        )
    return rules


@dataclass
class _Found:
    """What belongs to the tasks, by task."""

    parts: dict[int, list[Part]] = field(default_factory=lambda: defaultdict(list))
    reports: dict[int, list[TaskReport]] = field(default_factory=lambda: defaultdict(list))
    reached: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    stages: dict[int, list[TaskMilestone]] = field(default_factory=lambda: defaultdict(list))


def views_of(tasks: Iterable[Task], today: date) -> list[TaskView]:
    """The tasks as they stand on the day, in the order given; six statements however many."""
    rows = list(tasks)
    rules, found = _light_rules(), _found([task.pk for task in rows])
    return [_view(task, rules.get(task.programme_id, LightRule()), found, today) for task in rows]


def _found(keys: list[int]) -> _Found:
    found = _Found()
    offices: Mapping[int, list[Office]] = defaultdict(list)
    assigned = UnitOffice.objects.filter(unit__tasks__task__in=keys).select_related(
        "office__region"
    )
    for row in assigned.distinct().order_by("unit_id", "office_id", "pk"):
        offices[row.unit_id].append(row.office)
    parts = TaskUnit.objects.filter(task__in=keys).select_related("unit")
    for part in parts.order_by("task_id", "position", "pk"):
        found.parts[part.task_id].append(
            Part(part.unit, UnitRole(part.role), part.answers, tuple(offices[part.unit_id]))
        )
    reports = TaskReport.objects.filter(task__in=keys).select_related("office", "made_by")
    for report in reports.last_of_each_office().order_by("task_id", "pk"):
        found.reports[report.task_id].append(report)
    reached = TaskReport.objects.standing().filter(task__in=keys, milestone__isnull=False)
    for task_id, milestone_id in reached.values_list("task_id", "milestone_id"):
        found.reached[task_id].add(milestone_id or 0)
    for stage in TaskMilestone.objects.filter(task__in=keys, dropped=False):
        found.stages[stage.task_id].append(stage)
    return found


def _view(task: Task, rule: LightRule, found: _Found, today: date) -> TaskView:
    parts = tuple(found.parts[task.pk])
    reports = {report.office_id: report for report in found.reports[task.pk]}
    answering = {office.pk: office for part in parts if part.answers for office in part.offices}
    standing = Standing(
        opened=task.opened_on,
        due=task.due_on,
        holders=tuple(_holder(office, reports.get(key)) for key, office in answering.items()),
        stages=tuple(
            Stage(stage.name, stage.due_on, stage.position)
            for stage in found.stages[task.pk]
            if stage.pk not in found.reached[task.pk]
        ),
        returned=task.state == TaskState.RETURNED,
        closed=task.state in FINISHED,
    )
    shown = light(standing, rule, today)
    if task.state == TaskState.DROPPED:
        shown = Light("done", (Bilingual("新版本不再列入", "not in the present version"),))
    return TaskView(task, parts, tuple(reports.values()), standing, rule, shown)


def _holder(office: Office, report: TaskReport | None) -> Holder:
    if report is None:
        return Holder(office.name)
    return Holder(office.name, report.percent, report.made_on)
