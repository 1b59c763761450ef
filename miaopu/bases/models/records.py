"""What the record of a base holds besides: facilities, position, files, changes, and its exit."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.anomaly_querysets import (
    BaseFileQuerySet,
    BaseProfileQuerySet,
    ExitPlanQuerySet,
    OfBaseQuerySet,
)
from miaopu.bases.models.bases import Base
from miaopu.bases.models.tenancies import Tenancy
from miaopu.bases.record_enums import (
    BaseFileKind,
    ChangeKind,
    ChangeState,
    ExitState,
    TenantFate,
)
from miaopu.core.models import Event, File, User
from miaopu.core.querysets import EventQuerySet


@pghistory.track()
class BaseProfile(models.Model):
    """What a base offers besides rooms and where it lies; degrees of longitude and latitude."""

    base = models.OneToOneField(Base, on_delete=models.PROTECT, related_name="profile")
    facilities = models.JSONField(_("设施"), default=list, blank=True)
    longitude = models.DecimalField(
        _("经度"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    latitude = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6, null=True, blank=True)

    objects = BaseProfileQuerySet.as_manager()

    class Meta:
        """Invariants."""

        constraints = [
            models.CheckConstraint(
                name="base_position",
                condition=Q(longitude=None, latitude=None)
                | Q(
                    *(("longitude__isnull", False), ("latitude__isnull", False)),
                    longitude__range=(73, 136),
                    latitude__range=(3, 54),
                ),
                violation_error_message=_("经度须在 73 到 136 度、纬度须在 3 到 54 度之间"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.base)


@pghistory.track()
class BaseChange(models.Model):
    """An admitted base has another name, operator or area; to be filed within three months.

    `before` and `after` are the values by field; `due_on` is the last day for filing it.
    """

    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(_("变更事项"), max_length=10, choices=ChangeKind.choices)
    happened_on = models.DateField(_("变更日期"))
    due_on = models.DateField(_("备案期限"))
    filed_on = models.DateField(_("备案日期"))
    before = models.JSONField(_("变更前"))
    after = models.JSONField(_("变更后"))
    reason = models.TextField(_("说明"), max_length=500)
    state = models.CharField(
        _("状态"), max_length=10, choices=ChangeState.choices, default=ChangeState.FILED
    )
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    checked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(_("核对时间"), null=True, blank=True)

    objects = OfBaseQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["base_id", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="base_change_once",
                fields=["base", "kind"],
                condition=Q(state=ChangeState.FILED),
                violation_error_message=_("同一事项的变更正在核对"),
            ),
            models.CheckConstraint(
                name="base_change_days",
                condition=Q(happened_on__lte=F("filed_on")) & Q(due_on__gt=F("happened_on")),
                violation_error_message=_("变更日期不得晚于备案日期"),
            ),
            models.CheckConstraint(
                name="base_change_checked",
                condition=Q(state=ChangeState.FILED, checked_by=None, checked_at=None)
                | (
                    ~Q(state=ChangeState.FILED)
                    & Q(checked_by__isnull=False, checked_at__isnull=False)
                    & ~Q(checked_by=F("filed_by"))
                ),
                violation_error_message=_("变更须由另一人核对"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.base} · {self.get_kind_display()}"

    @property
    def is_late(self) -> bool:
        """Whether it was filed after its last day."""
        return self.filed_on > self.due_on


class BaseFile(models.Model):
    """A photograph of a base, or what proves a change of it."""

    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="files")
    change = models.ForeignKey(
        BaseChange, on_delete=models.PROTECT, null=True, blank=True, related_name="files"
    )
    kind = models.CharField(_("用途"), max_length=10, choices=BaseFileKind.choices)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("文件名"), max_length=200)
    caption = models.CharField(_("说明"), max_length=100, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("上传时间"))
    removed_at = models.DateTimeField(_("移除时间"), null=True, blank=True)

    objects = BaseFileQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["base_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="base_photo_once",
                fields=["base", "file"],
                condition=Q(removed_at=None, kind=BaseFileKind.PHOTO),
                violation_error_message=_("这张照片已经上传"),
            ),
            models.UniqueConstraint(name="base_evidence_once", fields=["change", "file"]),
            models.CheckConstraint(
                name="base_file_evidence",
                condition=Q(kind=BaseFileKind.PHOTO, change=None)
                | Q(kind=BaseFileKind.EVIDENCE, change__isnull=False),
                violation_error_message=_("变更证明须属于一项变更"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class BaseExit(models.Model):
    """The operator takes the base out of the programme, and says what becomes of each tenant."""

    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="exits")
    planned_on = models.DateField(_("计划退出日期"))
    reason = models.TextField(_("理由"), max_length=500)
    state = models.CharField(
        _("状态"), max_length=10, choices=ExitState.choices, default=ExitState.FILED
    )
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("审定时间"), null=True, blank=True)

    objects = OfBaseQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["base_id", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="base_exit_once",
                fields=["base"],
                condition=Q(state=ExitState.FILED),
                violation_error_message=_("已有退出申请正在办理"),
            ),
            models.CheckConstraint(
                name="base_exit_decided",
                condition=Q(state=ExitState.FILED, decided_by=None, decided_at=None)
                | (
                    ~Q(state=ExitState.FILED)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("filed_by"))
                ),
                violation_error_message=_("退出须由另一人审定"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.base} · {self.get_state_display()}"

    def trail(self) -> EventQuerySet[Event]:
        """What was done, the first first. Whoever asks has proved access to the row."""
        return Event.objects.for_subject(self)


class ExitPlan(models.Model):
    """What becomes of one tenant when its base leaves."""

    exit = models.ForeignKey(BaseExit, on_delete=models.PROTECT, related_name="plans")
    tenancy = models.ForeignKey(Tenancy, on_delete=models.PROTECT, related_name="+")
    fate = models.CharField(_("安置"), max_length=10, choices=TenantFate.choices)
    note = models.CharField(_("去向"), max_length=200, blank=True)

    objects = ExitPlanQuerySet.as_manager()

    class Meta:
        """Order and protection."""

        ordering = ["exit_id", "pk"]
        constraints = [
            models.UniqueConstraint(name="exit_plan_once", fields=["exit", "tenancy"]),
            models.CheckConstraint(
                name="exit_plan_moves_where",
                condition=~Q(fate=TenantFate.MOVES) | ~Q(note=""),
                violation_error_message=_("迁入其他基地的，请写明去向"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.tenancy} · {self.get_fate_display()}"
