"""The statutory clock of one step of a case."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.cases.enums import Step
from miaopu.cases.querysets import CaseClockQuerySet


class CaseClock(models.Model):
    """The statutory clock of one step of a case, with its calculation day by day.

    `pauses` are those that have ended, as [first day, last day], both not counted; `paused_on` is
    the first day of the one that is open. While it is open nothing is due, unless the time was
    over before: asking the enterprise for something does not heal an overdue step.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="clocks")
    step = models.CharField(_("环节"), max_length=12, choices=Step.choices)
    started_on = models.DateField(_("起算日"))
    days = models.PositiveIntegerField(_("工作日"))
    due_on = models.DateField(_("到期日"), null=True)
    pauses = models.JSONField(_("暂停"), default=list)
    paused_on = models.DateField(_("暂停起"), null=True)
    provisional = models.BooleanField(_("节假日未公布"), default=False)
    calculation = models.JSONField(_("逐日计算"))
    stopped_on = models.DateField(_("停止日"), null=True)

    objects = CaseClockQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["case_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="clock_one_running",
                fields=["case"],
                condition=Q(stopped_on=None),
                include=["due_on"],  # the queue reads no more of a clock
                violation_error_message=_("一个办件同时只能有一个时限在运行"),
            ),
            models.CheckConstraint(
                name="clock_due_after_start",
                condition=Q(due_on__gte=F("started_on")),
                violation_error_message=_("到期日不得早于起算日"),
            ),
            models.CheckConstraint(
                name="clock_due_unless_paused",
                condition=Q(due_on__isnull=False) | Q(paused_on__isnull=False, stopped_on=None),
                violation_error_message=_("只有暂停计时的环节可以没有到期日"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stopped_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__stopped_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step} → {self.due_on}"
