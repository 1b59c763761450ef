"""What is asked for a title that a base has: renewal, withdrawal, recommendation upward."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.enums import TitleLevel
from miaopu.bases.models.bases import BaseTitle
from miaopu.bases.title_enums import MotionKind, MotionState
from miaopu.bases.title_querysets import MotionQuerySet
from miaopu.core.models import Event, User
from miaopu.core.querysets import EventQuerySet


@pghistory.track()
class TitleMotion(models.Model):
    """Something is to become of a title: it is renewed, withdrawn, or recommended upward."""

    title = models.ForeignKey(BaseTitle, on_delete=models.PROTECT, related_name="motions")
    kind = models.CharField(_("事项"), max_length=10, choices=MotionKind.choices)
    level = models.CharField(_("推荐级别"), max_length=10, choices=TitleLevel.choices, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=MotionState.choices, default=MotionState.PROPOSED
    )
    reason = models.TextField(_("理由"), max_length=500)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("提请时间"))
    decision = models.TextField(_("审定意见"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(_("审定日期"), null=True, blank=True)
    result = models.OneToOneField(
        BaseTitle, on_delete=models.PROTECT, null=True, blank=True, related_name="came_from"
    )

    objects = MotionQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="title_motion_once",
                fields=["title", "kind", "level"],
                condition=Q(state=MotionState.PROPOSED)
                | Q(state=MotionState.APPROVED, kind=MotionKind.RECOMMEND),
                violation_error_message=_("这个称号已有同样的事项在办"),
            ),
            models.CheckConstraint(
                name="title_motion_level",
                condition=(Q(kind=MotionKind.RECOMMEND) & ~Q(level=""))
                | (~Q(kind=MotionKind.RECOMMEND) & Q(level="")),
                violation_error_message=_("向上推荐须写明级别，其他事项不写"),
            ),
            models.CheckConstraint(
                name="title_motion_decided",
                condition=Q(state=MotionState.PROPOSED, decided_by=None, decided_on=None)
                | (
                    ~Q(state=MotionState.PROPOSED)
                    & Q(decided_by__isnull=False, decided_on__isnull=False)
                    & ~Q(decided_by=models.F("proposed_by"))
                ),
                violation_error_message=_("提请和审定须由不同的人办理"),
            ),
            models.CheckConstraint(
                name="title_motion_result",
                condition=Q(result=None)
                | Q(kind=MotionKind.RENEW, state=MotionState.APPROVED)
                | Q(kind=MotionKind.RECOMMEND, state=MotionState.RECOGNISED),
                violation_error_message=_("只有续期和上级认定产生新的称号"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.title} · {self.get_kind_display()}"

    def trail(self) -> EventQuerySet[Event]:
        """What was done, the first first. Whoever asks has proved access to the row."""
        return Event.objects.for_subject(self)
