"""Requests to correct a fact: the enterprise says what is wrong, the district answers."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import User
from miaopu.parties.enums import DoubtState, Source
from miaopu.parties.models.enterprises import Enterprise
from miaopu.parties.querysets import FactDoubtQuerySet


class FactDoubt(models.Model):
    """An enterprise doubts a fact about it. The fact itself is changed by its department alone.

    `shown` is the value as it stood (None: nobody had delivered one), with its source and day.
    """

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    fact = models.CharField(_("数据项"), max_length=40)
    shown = models.JSONField(_("当时的值"), null=True)
    source = models.CharField(_("来源"), max_length=20, choices=Source.choices, blank=True)
    as_of = models.DateField(_("截至"), null=True)
    says = models.CharField(_("正确的应是"), max_length=200)
    why = models.TextField(_("说明"), max_length=1000)
    state = models.CharField(
        _("状态"), max_length=10, choices=DoubtState.choices, default=DoubtState.OPEN
    )
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("提出时间"))
    answer = models.TextField(_("答复"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    objects = FactDoubtQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="fact_doubt_one_open",
                fields=["enterprise", "fact"],
                condition=Q(state=DoubtState.OPEN),
                violation_error_message=_("这个数据项已有等待答复的更正请求"),
            ),
            models.CheckConstraint(
                name="fact_doubt_answer_is_whole",
                condition=Q(state=DoubtState.OPEN, answered_by=None, answered_at=None, answer="")
                | (
                    ~Q(state=DoubtState.OPEN)
                    & ~Q(answer="")
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
                violation_error_message=_("答复须有结论、内容、答复人和时间"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="made_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    *("enterprise", "fact", "shown", "source", "as_of"),
                    *("says", "why", "made_by", "made_at"),
                ),
            ),
            pgtrigger.Protect(
                name="answered_is_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=DoubtState.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.fact}: {self.state}"
