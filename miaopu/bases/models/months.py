"""What tenants report month by month, and what becomes of them after graduating."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.growth_querysets import OfTenancyQuerySet
from miaopu.bases.models.tenancies import Tenancy
from miaopu.core.models import User


@pghistory.track()
class MonthlyFigure(models.Model):
    """A tenant's key figures of a month, which is kept as its first day; money in fen."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.PROTECT, related_name="months")
    month = models.DateField(_("月份"))
    employees = models.PositiveIntegerField(_("从业人员（人）"))
    revenue_fen = models.BigIntegerField(_("营业收入（分）"))
    tax_fen = models.BigIntegerField(_("纳税额（分）"))
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("填报时间"))

    objects = OfTenancyQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["tenancy_id", "-month"]
        constraints = [
            models.UniqueConstraint(name="month_once", fields=["tenancy", "month"]),
            models.CheckConstraint(
                name="month_is_first_day",
                condition=Q(month__day=1),
                violation_error_message=_("月份记为当月第一天"),
            ),
            models.CheckConstraint(
                name="month_figures",
                condition=Q(revenue_fen__gte=0, tax_fen__gte=0),
                violation_error_message=_("金额不能小于 0"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_its_months",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("tenancy", "month"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tenancy} {self.month:%Y-%m}"


class FollowUp(models.Model):
    """How a graduate fares, so many months after it graduated. Append-only; money in fen."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.PROTECT, related_name="follow_ups")
    after_months = models.PositiveSmallIntegerField(_("毕业后（月）"))
    on = models.DateField(_("回访日期"))
    operating = models.BooleanField(_("仍在经营"))
    employees = models.PositiveIntegerField(_("从业人员（人）"), null=True, blank=True)
    revenue_fen = models.BigIntegerField(_("年营业收入（分）"), null=True, blank=True)
    note = models.TextField(_("说明"), max_length=1000, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("登记时间"))

    objects = OfTenancyQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["tenancy_id", "after_months"]
        constraints = [
            models.UniqueConstraint(
                name="follow_up_once",
                fields=["tenancy", "after_months"],
                violation_error_message=_("这一次回访已经登记"),
            ),
            models.CheckConstraint(
                name="follow_up_revenue",
                condition=Q(revenue_fen=None) | Q(revenue_fen__gte=0),
                violation_error_message=_("金额不能小于 0"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.tenancy} +{self.after_months}"
