"""Delisting: a base in the last class two years running, its hearing, the province's decision."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.models import Base
from miaopu.core.models import Event, User
from miaopu.core.querysets import EventQuerySet
from miaopu.monitoring.enums import DelistingState as State
from miaopu.monitoring.models.results import AssessmentResult
from miaopu.monitoring.querysets import DelistingQuerySet

DECIDED = (State.APPROVED, State.REFUSED)


class DelistingCase(models.Model):
    """The way to taking a base off the list; the province's approval stands at its end."""

    result = models.OneToOneField(
        AssessmentResult, on_delete=models.PROTECT, related_name="delisting"
    )
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPENED)
    opened_at = models.DateTimeField(_("启动时间"))
    heard_on = models.DateField(_("听证日期"), null=True)
    hearing = models.CharField(_("听证情况"), max_length=1000, blank=True)
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reported_at = models.DateTimeField(_("报省时间"), null=True)
    document = models.CharField(_("核准文号"), max_length=80, blank=True)
    decided_on = models.DateField(_("核准日期"), null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DelistingQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="delisting_heard_first",
                condition=Q(state=State.OPENED) | (Q(heard_on__isnull=False) & ~Q(hearing="")),
                violation_error_message=_("报省以前须先听证"),
            ),
            models.CheckConstraint(
                name="delisting_decided_by_province",
                condition=~Q(state__in=DECIDED)
                | (Q(decided_on__isnull=False, reported_at__isnull=False) & ~Q(document="")),
                violation_error_message=_("须有省级文号和日期"),
            ),
            models.CheckConstraint(
                name="delisting_two_people",
                condition=Q(decided_by=None) | ~Q(decided_by=F("reported_by")),
                violation_error_message=_("报省和登记核准须由不同的人办理"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="decided_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=DECIDED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base_id} {self.state}"

    def trail(self) -> EventQuerySet[Event]:
        """What was done, the first first. Whoever asks has proved access to the row."""
        return Event.objects.for_subject(self)
