"""Tasks under supervision (任务督办): who owes what by when, and the units that answer for them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Event, Office, User
from miaopu.engine.messages import Bilingual
from miaopu.plans.enums import TaskState, UnitRole
from miaopu.plans.models.programmes import Programme
from miaopu.plans.task_querysets import TaskQuerySet, UnitOfficeQuerySet, UnitQuerySet


class Unit(models.Model):
    """A department or body that a programme's plan names; offices stand for it."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="units")
    key = models.CharField(_("标识"), max_length=60)
    title = models.CharField(_("名称"), max_length=200)
    title_en = models.CharField(_("英文名称"), max_length=300)
    level = models.CharField(_("级别"), max_length=10, blank=True)
    collective = models.BooleanField(_("泛指"), default=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["programme_id", "pk"]
        constraints = [models.UniqueConstraint(name="unit_once", fields=["programme", "key"])]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> Bilingual:
        """The name in both languages."""
        return Bilingual(self.title, self.title_en)


class UnitOffice(models.Model):
    """An office that stands for a unit; assigned by a person, or (None) found by its name."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assignments")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    assigned_at = models.DateTimeField(_("确定时间"))

    objects = UnitOfficeQuerySet.as_manager()

    class Meta:
        """Order and invariants. Rows may go: the events say who stood for a unit before."""

        ordering = ["unit_id", "office_id", "pk"]
        constraints = [models.UniqueConstraint(name="unit_office_once", fields=["unit", "office"])]

    def __str__(self) -> str:
        return f"{self.unit} · {self.office}"


class Task(models.Model):
    """What a clause asks of units. One row for each id of the pack, whatever the version.

    `planned_due` is the deadline by the version in force, `due_on` the one that counts: after an
    extension it is later. `due_printed` is False where the plan prints none; then the programme's
    last day stands in until a programme officer sets one.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="tasks")
    key = models.CharField(_("标识"), max_length=60)
    title = models.CharField(_("任务"), max_length=300)
    title_en = models.CharField(_("英文名称"), max_length=500)
    clause = models.CharField(_("条款"), max_length=60)
    by_mark = models.BooleanField(_("有责任标注"))
    pending = models.JSONField(_("尚无单位的原因"), null=True)
    planned_due = models.DateField(_("计划期限"))
    due_on = models.DateField(_("期限"))
    due_printed = models.BooleanField(_("计划写明期限"))
    doubt = models.JSONField(_("存疑之处"), null=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=TaskState.choices, default=TaskState.OPEN
    )
    opened_on = models.DateField(_("起始日"))
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    escalated_on = models.DateField(_("上报日"), null=True)
    revision = models.PositiveIntegerField(_("修订"), default=1)

    objects = TaskQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["programme_id", "pk"]
        indexes = [models.Index(fields=["state", "due_on"], name="task_by_deadline")]
        constraints = [
            models.UniqueConstraint(name="task_once", fields=["programme", "key"]),
            models.CheckConstraint(
                name="task_known_state",
                condition=Q(state__in=TaskState.values),
                violation_error_message=_("未知的任务状态"),
            ),
            models.CheckConstraint(
                name="task_closing_is_whole",
                condition=Q(
                    state=TaskState.CLOSED, closed_by__isnull=False, closed_at__isnull=False
                )
                | (~Q(state=TaskState.CLOSED) & Q(closed_by=None, closed_at=None)),
                violation_error_message=_("办结须有办结人和时间"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="closed_by_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__state=TaskState.CLOSED)
                & ~pgtrigger.Q(old__state=TaskState.CLOSED),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM plans_taskreport
                         WHERE task_id = NEW.id AND made_by_id = NEW.closed_by_id
                    ) THEN
                        RAISE EXCEPTION 'task_closed_by_another: who reported does not close';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> Bilingual:
        """The title in both languages."""
        return Bilingual(self.title, self.title_en)

    def trail(self) -> QuerySet[Event]:
        """Everything that was done with the task, oldest first."""
        return Event.objects.for_subject(self)


class TaskUnit(models.Model):
    """A unit's part in a task, in the order in which the plan names them.

    Who leads or is responsible answers for it; where the plan names only units that cooperate,
    they do.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="tasks")
    role = models.CharField(_("分工"), max_length=12, choices=UnitRole.choices)
    answers = models.BooleanField(_("负责"))
    position = models.PositiveSmallIntegerField(_("顺序"))

    class Meta:
        """Order and invariants. Rows are replaced when a new version names other units."""

        ordering = ["task_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(name="task_unit_once", fields=["task", "unit", "role"])
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.get_role_display()}"


class TaskMilestone(models.Model):
    """A stage of a task with its own day."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField(_("顺序"))
    title = models.CharField(_("节点"), max_length=200)
    title_en = models.CharField(_("英文名称"), max_length=300)
    due_on = models.DateField(_("时间"))
    dropped = models.BooleanField(_("新版本不再列入"), default=False)

    class Meta:
        """Order and invariants."""

        ordering = ["task_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(name="task_milestone_once", fields=["task", "position"])
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> Bilingual:
        """The title in both languages."""
        return Bilingual(self.title, self.title_en)
