"""Batch reviews by a leading group."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.cases.enums import BatchState
from miaopu.cases.models.items import Item
from miaopu.cases.querysets import BatchReviewQuerySet
from miaopu.core.models import Region, User


class BatchReview(models.Model):
    """Proposed cases of an item in a region, ranked by a leading group against quota and money.

    While it is open its ranking is computed when it is looked at; confirmed, it is frozen with its
    lines, the money there was, and a digest over both.
    """

    number = models.CharField(_("批次编号"), max_length=60, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    quota = models.PositiveIntegerField(_("名额"), null=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=BatchState.choices, default=BatchState.OPEN
    )
    set_aside = models.JSONField(_("移出本批的办件"), default=dict)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("开始时间"))
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("结束时间"), null=True)
    lines = models.JSONField(_("排名"), default=list)
    purses = models.JSONField(_("资金"), default=list)
    digest = models.CharField(_("摘要"), max_length=64, blank=True)

    objects = BatchReviewQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="batch_one_open",
                fields=["item", "region"],
                condition=Q(state=BatchState.OPEN),
                violation_error_message=_("该事项在此区域已有进行中的批次"),
            ),
            models.CheckConstraint(
                name="batch_known_state",
                condition=Q(state__in=BatchState.values),
                violation_error_message=_("未知的批次状态"),
            ),
            models.CheckConstraint(
                name="batch_quota_positive",
                condition=Q(quota=None) | Q(quota__gt=0),
                violation_error_message=_("名额须大于零"),
            ),
            models.CheckConstraint(
                name="batch_open_has_no_result",
                condition=~Q(state=BatchState.OPEN)
                | Q(closed_by=None, closed_at=None, lines=[], digest=""),
                violation_error_message=_("进行中的批次没有结果"),
            ),
            models.CheckConstraint(
                name="batch_confirmed_is_complete",
                condition=~Q(state=BatchState.CONFIRMED)
                | (
                    Q(closed_by__isnull=False, closed_at__isnull=False)
                    & ~Q(lines=[])
                    & ~Q(digest="")
                ),
                violation_error_message=_("已确认的批次须有确认人、时间、排名和摘要"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("number", "item", "region", "opened_by", "opened_at"),
            ),
            pgtrigger.Protect(
                name="closed_is_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=BatchState.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether the batch can still be changed."""
        return self.state == BatchState.OPEN

    @property
    def is_confirmed(self) -> bool:
        """Whether the batch was confirmed, so that its lines stand."""
        return self.state == BatchState.CONFIRMED

    def frozen_content(self) -> dict[str, Any]:
        """What the digest covers, as plain data."""
        return {
            "number": self.number,
            "item": self.item.code,
            "region": self.region_id,
            "quota": self.quota,
            "lines": self.lines,
            "purses": self.purses,
        }
