"""What offices report on their tasks, with evidence, and the time they ask for."""

from __future__ import annotations

import pgtrigger
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import File, Office, User
from miaopu.plans.enums import ExtensionState, ReportState
from miaopu.plans.models.supervision import Task, TaskMilestone
from miaopu.plans.task_querysets import (
    TaskExtensionQuerySet,
    TaskFileQuerySet,
    TaskReportQuerySet,
)


class TaskReport(models.Model):
    """How far an office is with a task. What was reported stays; the answer is added once."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="reports")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    serial = models.PositiveIntegerField(_("序号"))
    text = models.TextField(_("进展"))
    percent = models.PositiveSmallIntegerField(_("完成百分比"), validators=[MaxValueValidator(100)])
    quantity = models.DecimalField(_("完成数量"), max_digits=14, decimal_places=2, null=True)
    quantity_unit = models.CharField(_("数量单位"), max_length=20, blank=True)
    milestone = models.ForeignKey(
        TaskMilestone, on_delete=models.PROTECT, null=True, related_name="reports"
    )
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("报告时间"))
    made_on = models.DateField(_("报告日"))
    state = models.CharField(
        _("状态"), max_length=10, choices=ReportState.choices, default=ReportState.WAITING
    )
    answer = models.TextField(_("答复"), blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    objects = TaskReportQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["task_id", "-pk"]
        constraints = [
            models.UniqueConstraint(name="task_report_serial_once", fields=["task", "serial"]),
            models.CheckConstraint(
                name="task_report_percent_within_100",
                condition=Q(percent__lte=100),
                violation_error_message=_("完成百分比在 0 至 100 之间"),
            ),
            models.CheckConstraint(
                name="task_report_quantity_has_unit",
                condition=Q(quantity=None, quantity_unit="")
                | (Q(quantity__gte=0) & ~Q(quantity_unit="")),
                violation_error_message=_("填写数量时须写明单位"),
            ),
            models.CheckConstraint(
                name="task_report_answered_by_another",
                condition=Q(answered_by=None) | ~Q(answered_by=F("made_by")),
                violation_error_message=_("报告不能由报告人自己确认或退回"),
            ),
            models.CheckConstraint(
                name="task_report_return_has_reason",
                condition=~Q(state=ReportState.RETURNED)
                | (Q(answered_by__isnull=False) & ~Q(answer="")),
                violation_error_message=_("退回报告须说明原因"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="made_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    *("task", "office", "serial", "text", "percent", "quantity"),
                    *("quantity_unit", "milestone", "made_by", "made_at", "made_on"),
                ),
            ),
            pgtrigger.Protect(
                name="answered_is_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=ReportState.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}/{self.serial}"


class TaskFile(models.Model):
    """A piece of evidence handed in with a report."""

    report = models.ForeignKey(TaskReport, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("文件名"), max_length=200)

    objects = TaskFileQuerySet.as_manager()

    class Meta:
        """Order; the same content twice in one report is one."""

        ordering = ["report_id", "pk"]
        constraints = [models.UniqueConstraint(name="task_file_once", fields=["report", "file"])]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.name


class TaskExtension(models.Model):
    """A request for more time, and who granted or refused it and why."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="extensions")
    from_due = models.DateField(_("原期限"))
    to_due = models.DateField(_("申请延至"))
    reason = models.TextField(_("理由"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申请时间"))
    state = models.CharField(
        _("状态"), max_length=8, choices=ExtensionState.choices, default=ExtensionState.ASKED
    )
    answer = models.TextField(_("答复"), blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    objects = TaskExtensionQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["task_id", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="task_extension_one_asked",
                fields=["task"],
                condition=Q(state=ExtensionState.ASKED),
                violation_error_message=_("已有一个延期申请在等待答复"),
            ),
            models.CheckConstraint(
                name="task_extension_is_later",
                condition=Q(to_due__gt=F("from_due")),
                violation_error_message=_("新的期限须晚于原期限"),
            ),
            models.CheckConstraint(
                name="task_extension_answer_is_whole",
                condition=Q(state=ExtensionState.ASKED, answered_by=None, answered_at=None)
                | (
                    ~Q(state=ExtensionState.ASKED)
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                    & ~Q(answer="")
                    & ~Q(answered_by=F("asked_by"))
                ),
                violation_error_message=_("延期须由申请人以外的人答复并说明理由"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="asked_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "task", "from_due", "to_due", "reason", "asked_by", "asked_at"
                ),
            ),
            pgtrigger.Protect(
                name="answered_is_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=ExtensionState.ASKED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}: {self.from_due} → {self.to_due}"
