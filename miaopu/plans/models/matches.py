"""Which enterprise matches which item."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.parties.models import Enterprise
from miaopu.plans.enums import MatchStatus
from miaopu.plans.models.programmes import ProgrammeVersion
from miaopu.plans.querysets import MatchQuerySet


class Match(models.Model):
    """An item and an enterprise that its rule does not exclude on a day. False has no row."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(_("事项"), max_length=60)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("结果"), max_length=8, choices=MatchStatus.choices)
    amount_fen = models.BigIntegerField(_("金额（分）"), null=True)
    missing = models.JSONField(_("缺少"), default=list)
    facts_missing = models.BooleanField(_("缺少数据"), default=False)
    priority_points = models.IntegerField(_("优先分"), default=0)
    as_of = models.DateField(_("数据日期"))

    objects = MatchQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["version_id", "item", "pk"]
        indexes = [
            models.Index(
                fields=["version", "item", "status", "facts_missing"], name="match_by_status"
            )
        ]
        constraints = [
            models.UniqueConstraint(name="match_once", fields=["version", "item", "enterprise"]),
            models.CheckConstraint(
                name="match_not_false",
                condition=~Q(status=MatchStatus.FALSE),
                violation_error_message=_("不符合的结果不保存，需要时重新计算"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.enterprise_id} {self.status}"

    @property
    def is_entitled(self) -> bool:
        """Whether all facts speak for the enterprise, so that it may apply."""
        return not self.facts_missing
