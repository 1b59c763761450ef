"""Deliveries: files with rows about enterprises, checked before anything of them is written."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import File, Job, Region, User
from miaopu.parties.enums import DeliveryState, RowOutcome, Source
from miaopu.parties.querysets import DeliveryQuerySet, DeliveryRowQuerySet

ENDED = (DeliveryState.IMPORTED, DeliveryState.REFUSED)


class Delivery(models.Model):
    """A file that an office handed in, on its way into the register and the facts."""

    number = models.CharField(_("导入单号"), max_length=20, unique=True)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(_("文件名"), max_length=150)
    source = models.CharField(_("来源"), max_length=20, choices=Source.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField(_("数据截至"))
    state = models.CharField(
        _("状态"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.CHECKING
    )
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    sheet = models.CharField(_("工作表"), max_length=200, blank=True)
    columns = models.JSONField(_("采用的列"), default=list)
    notes = models.JSONField(_("说明"), default=list)
    refusal = models.JSONField(_("退回原因"), default=dict)
    new_count = models.PositiveIntegerField(_("新增"), default=0)
    changed_count = models.PositiveIntegerField(_("更新"), default=0)
    unchanged_count = models.PositiveIntegerField(_("无变化"), default=0)
    wrong_count = models.PositiveIntegerField(_("有误"), default=0)
    returned = models.ForeignKey(File, on_delete=models.PROTECT, null=True, related_name="+")
    imported_through = models.PositiveIntegerField(_("已导入至行"), default=0)
    registered_count = models.PositiveIntegerField(_("登记企业数"), default=0)
    updated_count = models.PositiveIntegerField(_("更新企业数"), default=0)
    facts_count = models.PositiveIntegerField(_("写入数据项数"), default=0)
    delivered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField(_("上传时间"))
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)
    imported_at = models.DateTimeField(_("导入时间"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        indexes = [models.Index(fields=["region", "-id"], name="delivery_region")]
        constraints = [
            models.CheckConstraint(
                name="delivery_import_is_confirmed",
                condition=~Q(state__in=[DeliveryState.IMPORTING, DeliveryState.IMPORTED])
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                violation_error_message=_("导入须先由人确认"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="what_was_delivered_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    *("number", "file", "file_name", "source", "region", "as_of"),
                    *("delivered_by", "delivered_at"),
                ),
            ),
            pgtrigger.Protect(
                name="ended_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=[str(state) for state in ENDED]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def has_failed(self) -> bool:
        """Whether the job that worked on it has given up."""
        return self.job is not None and self.job.has_failed

    @property
    def rows_count(self) -> int:
        """How many rows the file has."""
        return self.new_count + self.changed_count + self.unchanged_count + self.wrong_count

    @property
    def importable_count(self) -> int:
        """How many rows would change something."""
        return self.new_count + self.changed_count

    def record_of(self, row: int) -> str:
        """What facts name as their record: the delivery and the row in its file."""
        return f"{self.number}/{row}"


class DeliveryRow(models.Model):
    """A row of a delivery as it was checked: its values, and every fault with its cell."""

    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="lines", db_index=False
    )  # CASCADE is never reached: a delivery is never deleted
    number = models.PositiveIntegerField(_("行号"))
    outcome = models.CharField(_("结果"), max_length=10, choices=RowOutcome.choices)
    uscc = models.CharField(_("统一社会信用代码"), max_length=40, blank=True)
    name = models.CharField(_("企业名称"), max_length=120, blank=True)
    values = models.JSONField(_("值"), default=dict)
    faults = models.JSONField(_("错误"), default=list)

    objects = DeliveryRowQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["delivery_id", "number"]
        constraints = [
            models.UniqueConstraint(name="delivery_row_once", fields=["delivery", "number"]),
            models.CheckConstraint(
                name="delivery_row_wrong_has_faults",
                condition=Q(outcome=RowOutcome.WRONG) ^ Q(faults=[]),
                violation_error_message=_("有误的行须写明错误，其他行不得有错误"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.number}"
