"""Visits to bases (走访): who came, in which rank, what was found; the photographs."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.inspection_querysets import OfficeOnlyQuerySet, VisitFileQuerySet
from miaopu.bases.models.bases import Base
from miaopu.core.models import File, User
from miaopu.plans.enums import Rank
from miaopu.plans.models import DutyRecord


class BaseVisit(models.Model):
    """Somebody of an office was in the base; `duty` is the record of the duty that this fulfils."""

    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="visits")
    duty = models.OneToOneField(
        DutyRecord, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    person = models.CharField(_("走访人"), max_length=50)
    rank = models.CharField(_("当时职务"), max_length=10, choices=Rank.choices)
    visited_on = models.DateField(_("走访日期"))
    findings = models.TextField(_("走访情况"), max_length=2000, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"))

    objects = OfficeOnlyQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-visited_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="base_visit_known_rank",
                condition=Q(rank__in=Rank.values),
                violation_error_message=_("未知的职务"),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.base} {self.visited_on} {self.person}"


class VisitFile(models.Model):
    """A photograph or paper of a visit."""

    visit = models.ForeignKey(BaseVisit, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("文件名"), max_length=200)

    objects = VisitFileQuerySet.as_manager()

    class Meta:
        """Order; the same content twice in one visit is one."""

        ordering = ["visit_id", "pk"]
        constraints = [models.UniqueConstraint(name="visit_file_once", fields=["visit", "file"])]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.name
