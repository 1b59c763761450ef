"""What an enterprise is asked to correct in its application, everything at once."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.cases.enums import CorrectionState, PointKind
from miaopu.cases.models.cases import Case
from miaopu.cases.querysets import CorrectionQuerySet
from miaopu.core.models import User


class Correction(models.Model):
    """The points that a reviewer asked an enterprise to correct, and what it answered.

    `points` are {"kind": field or material, "id": …, "text": …}. `answers` is the enterprise's
    working copy of the fields asked; it enters the case's form when it is handed in, and `before`
    then keeps what stood there.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="corrections")
    serial = models.PositiveSmallIntegerField(_("第几次"))
    points = models.JSONField(_("补正事项"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("要求时间"))
    days = models.PositiveIntegerField(_("工作日"))
    due_on = models.DateField(_("到期日"))
    provisional = models.BooleanField(_("节假日未公布"), default=False)
    calculation = models.JSONField(_("逐日计算"))
    state = models.CharField(
        _("状态"), max_length=10, choices=CorrectionState.choices, default=CorrectionState.OPEN
    )
    answers = models.JSONField(_("补正内容"), default=dict)
    before = models.JSONField(_("补正前内容"), default=dict)
    remark = models.TextField(_("说明"), blank=True)
    revision = models.PositiveIntegerField(_("修订号"), default=1)
    closed_at = models.DateTimeField(_("结束时间"), null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["case_id", "serial"]
        constraints = [
            models.UniqueConstraint(name="correction_serial", fields=["case", "serial"]),
            models.UniqueConstraint(
                name="correction_one_open",
                fields=["case"],
                condition=Q(state=CorrectionState.OPEN),
                violation_error_message=_("上一次补正还没有结束"),
            ),
            models.CheckConstraint(
                name="correction_known_state",
                condition=Q(state__in=CorrectionState.values),
                violation_error_message=_("未知的补正状态"),
            ),
            models.CheckConstraint(
                name="correction_closed_has_time",
                condition=Q(state=CorrectionState.OPEN, closed_at=None)
                | (~Q(state=CorrectionState.OPEN) & Q(closed_at__isnull=False)),
                violation_error_message=_("结束的补正须有结束时间"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="asked_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "case", "serial", "points", "asked_by", "asked_at", "days", "due_on"
                ),
            ),
            pgtrigger.Protect(
                name="closed_is_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=CorrectionState.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} #{self.serial}"

    def _ids(self, kind: PointKind) -> list[str]:
        return [point["id"] for point in self.points if point["kind"] == kind]

    @property
    def fields(self) -> list[str]:
        """Ids of the form's fields that may be changed."""
        return self._ids(PointKind.FIELD)

    @property
    def materials(self) -> list[str]:
        """Ids of the kinds of papers that were asked for."""
        return self._ids(PointKind.MATERIAL)

    def text_of(self, kind: str, name: str) -> str:
        """What is to be corrected about a field or a material; "" where it was not asked."""
        found: list[Any] = [
            point["text"] for point in self.points if (point["kind"], point["id"]) == (kind, name)
        ]
        return str(found[0]) if found else ""
