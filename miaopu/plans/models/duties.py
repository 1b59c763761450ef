"""What was done for recurring duties (经常性职责); compliance is computed from these rows alone."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import File, Office, Region, User
from miaopu.plans.enums import Rank
from miaopu.plans.models.programmes import Programme
from miaopu.plans.task_querysets import DutyFileQuerySet, DutyRecordQuerySet


class DutyRecord(models.Model):
    """Somebody did a duty: who, in which rank at that time, where, when. Only ever voided.

    `duty` is the duty's id in the pack, `venue` the number of the kind of venue from 1 on, `region`
    the district where it took place.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="duty_records")
    duty = models.CharField(_("职责"), max_length=60)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.CharField(_("履行人"), max_length=50)
    rank = models.CharField(_("当时职务"), max_length=10, choices=Rank.choices)
    done_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=200)
    venue = models.PositiveSmallIntegerField(_("场所类别"), null=True)
    text = models.TextField(_("情况"), blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"))
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(_("作废时间"), null=True)
    void_reason = models.TextField(_("作废原因"), blank=True)

    objects = DutyRecordQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-done_on", "-pk"]
        indexes = [models.Index(fields=["programme", "duty", "done_on"], name="duty_record_by_day")]
        constraints = [
            models.CheckConstraint(
                name="duty_record_void_is_whole",
                condition=Q(voided_by=None, voided_at=None, void_reason="")
                | (Q(voided_by__isnull=False, voided_at__isnull=False) & ~Q(void_reason="")),
                violation_error_message=_("作废须有原因、作废人和时间"),
            ),
            models.CheckConstraint(
                name="duty_record_known_rank",
                condition=Q(rank__in=Rank.values),
                violation_error_message=_("未知的职务"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="recorded_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    *("programme", "duty", "office", "region", "person", "rank", "done_on"),
                    *("place", "venue", "text", "recorded_by", "recorded_at"),
                ),
            ),
            pgtrigger.Protect(
                name="voided_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__voided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.done_on} {self.person}"


class DutyFile(models.Model):
    """A piece of evidence of a duty: a photograph, a sheet of signatures, a report."""

    record = models.ForeignKey(DutyRecord, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("文件名"), max_length=200)

    objects = DutyFileQuerySet.as_manager()

    class Meta:
        """Order; the same content twice in one record is one."""

        ordering = ["record_id", "pk"]
        constraints = [models.UniqueConstraint(name="duty_file_once", fields=["record", "file"])]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.name
