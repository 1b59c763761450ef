"""The growth plan of a tenant: who answers for it, what it needs, what was done."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.enums import NeedKind, NeedState
from miaopu.bases.growth_querysets import (
    AttachmentQuerySet,
    NeedQuerySet,
    OfPlanQuerySet,
    OfTenancyQuerySet,
)
from miaopu.bases.models.tenancies import Tenancy
from miaopu.core.models import User


@pghistory.track()
class GrowthPlan(models.Model):
    """How a tenant is to grow, with the person at the base who answers for it (帮扶成长计划)."""

    tenancy = models.OneToOneField(Tenancy, on_delete=models.PROTECT, related_name="growth_plan")
    responsible = models.CharField(_("责任人"), max_length=60)
    goals = models.TextField(_("成长目标和措施"), max_length=2000)
    drawn_on = models.DateField(_("制定日期"))
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=1)

    objects = OfTenancyQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["tenancy_id"]
        constraints = [
            models.CheckConstraint(
                name="growth_plan_complete",
                condition=~Q(responsible="") & ~Q(goals=""),
                violation_error_message=_("请填写责任人、目标和措施"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_its_tenants",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("tenancy", "drawn_on", "drawn_by"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.tenancy)


class AttachedOfficer(models.Model):
    """An official who looks after a tenant (挂点) until she is relieved."""

    plan = models.ForeignKey(GrowthPlan, on_delete=models.PROTECT, related_name="attachments")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(_("挂点起始日期"))
    until = models.DateField(_("挂点截止日期"), null=True, blank=True)
    attached_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["plan_id", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="officer_attached_once",
                fields=["plan", "officer"],
                condition=Q(until=None),
                violation_error_message=_("已是这家企业的挂点人员"),
            ),
            models.CheckConstraint(
                name="attachment_period", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="only_ends",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("plan", "officer", "since", "attached_by"),
            ),
            pgtrigger.Protect(
                name="ended_is_over",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.officer)


@pghistory.track()
class GrowthNeed(models.Model):
    """A need of a tenant; met only when the tenant says so."""

    plan = models.ForeignKey(GrowthPlan, on_delete=models.PROTECT, related_name="needs")
    kind = models.CharField(_("需求类别"), max_length=10, choices=NeedKind.choices)
    text = models.TextField(_("需求内容"), max_length=1000)
    state = models.CharField(
        _("状态"), max_length=10, choices=NeedState.choices, default=NeedState.OPEN
    )
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raised_on = models.DateField(_("登记日期"))
    result = models.TextField(_("办理结果"), max_length=1000, blank=True)
    solved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    solved_on = models.DateField(_("办结日期"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_on = models.DateField(_("确认日期"), null=True, blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["plan_id", "pk"]
        constraints = [
            models.CheckConstraint(
                name="need_open_is_unsolved",
                condition=~Q(state=NeedState.OPEN) | Q(solved_by=None, solved_on=None),
            ),
            models.CheckConstraint(
                name="need_solved_has_result",
                condition=Q(state=NeedState.OPEN)
                | (Q(solved_by__isnull=False, solved_on__gte=F("raised_on")) & ~Q(result="")),
                violation_error_message=_("办结须写明结果"),
            ),
            models.CheckConstraint(
                name="need_confirmed_by_another",
                condition=~Q(state=NeedState.CONFIRMED)
                | (
                    Q(confirmed_by__isnull=False, confirmed_on__gte=F("solved_on"))
                    & ~Q(confirmed_by=F("solved_by"))
                ),
                violation_error_message=_("办结和确认须由不同的人完成"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_what_was_asked",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("plan", "kind", "text", "raised_by", "raised_on"),
            ),
            pgtrigger.Protect(
                name="confirmed_is_closed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=NeedState.CONFIRMED),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class ServiceRecord(models.Model):
    """A service that was given to a tenant on a day. Append-only."""

    plan = models.ForeignKey(GrowthPlan, on_delete=models.PROTECT, related_name="services")
    need = models.ForeignKey(
        GrowthNeed, on_delete=models.PROTECT, null=True, blank=True, related_name="services"
    )
    on = models.DateField(_("服务日期"))
    what = models.TextField(_("服务内容"), max_length=1000)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("登记时间"))

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        """Order and protection."""

        ordering = ["plan_id", "-on", "-pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.what[:60]}"
