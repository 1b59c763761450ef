"""Workbooks of monthly figures as they were handed in, with what came of each."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.models.bases import Base
from miaopu.bases.querysets import MonthDeliveryQuerySet
from miaopu.core.models import File, User


class MonthDelivery(models.Model):
    """A workbook of a month's figures: taken whole, or given back with its faults coloured."""

    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="month_deliveries")
    month = models.DateField(_("月份"))
    rows = models.PositiveIntegerField(_("行数"))
    changed = models.PositiveIntegerField(_("新增或更正"), default=0)
    faults = models.PositiveIntegerField(_("错误"), default=0)
    returned = models.ForeignKey(File, on_delete=models.PROTECT, null=True, related_name="+")
    delivered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField(_("提交时间"))

    objects = MonthDeliveryQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="month_delivery_whole_or_returned",
                condition=Q(faults=0, returned=None)
                | Q(faults__gt=0, changed=0, returned__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.base} {self.month:%Y-%m}"
