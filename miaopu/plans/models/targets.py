"""What a programme is to reach."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Region
from miaopu.plans.models.programmes import ProgrammeVersion
from miaopu.plans.querysets import TargetQuerySet


class Target(models.Model):
    """A quantity to be reached: indicator × region × period."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="targets")
    key = models.CharField(_("标识"), max_length=60)
    indicator = models.CharField(_("指标"), max_length=60)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(_("期间"), max_length=20)
    value = models.DecimalField(_("目标值"), max_digits=20, decimal_places=4)
    comparator = models.CharField(_("比较"), max_length=10)
    clause = models.CharField(_("条款"), max_length=60)

    objects = TargetQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["version_id", "pk"]
        constraints = [
            models.UniqueConstraint(name="target_once", fields=["version", "key"]),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.comparator} {self.value}"
