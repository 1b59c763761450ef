"""Lists in publicity."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from miaopu.cases.models.items import Item
from miaopu.cases.querysets import PublicityQuerySet
from miaopu.core.models import Region, User


class Publicity(models.Model):
    """A list in publicity: frozen when published, with the hash of its lines."""

    number = models.CharField(_("公示编号"), max_length=40, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    days = models.PositiveIntegerField(_("工作日"))
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"))
    calculation = models.JSONField(_("逐日计算"))
    lines = models.JSONField(_("名单"))
    digest = models.CharField(_("摘要"), max_length=64)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("发布时间"))

    objects = PublicityQuerySet.as_manager()

    class Meta:
        """Order and protection."""

        ordering = ["-pk"]
        triggers = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.number

    @property
    def amount_fen(self) -> int:
        """Sum of the amounts on the list, in fen."""
        total: int = sum(line["amount_fen"] for line in self.lines)
        return total

    def frozen_content(self) -> dict[str, Any]:
        """What the hash covers, as plain data."""
        return {
            "number": self.number,
            "item": self.item.code,
            "region": self.region_id,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "lines": self.lines,
        }
