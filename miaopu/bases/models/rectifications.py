"""Problems of a base to be put right (整改): from a self-inspection or a visit; their evidence."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.inspection_enums import Moment, RectificationState
from miaopu.bases.inspection_querysets import RectificationFileQuerySet, RectificationQuerySet
from miaopu.bases.models.bases import Base
from miaopu.bases.models.inspections import InspectionSheet
from miaopu.bases.models.visits import BaseVisit
from miaopu.core.models import Event, File, User
from miaopu.core.querysets import EventQuerySet


@pghistory.track()
class Rectification(models.Model):
    """A problem with who puts it right, how, and by when; another person checks it.

    `consequence` is what the pack states for a problem that is not put right; `chance_days` are the
    working days of its one second chance. `round` counts how often it was begun.
    """

    number = models.CharField(_("整改编号"), max_length=30, unique=True)
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="rectifications")
    sheet = models.ForeignKey(
        InspectionSheet,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rectifications",
    )
    visit = models.ForeignKey(
        BaseVisit, on_delete=models.PROTECT, null=True, blank=True, related_name="rectifications"
    )
    item = models.CharField(_("自查项"), max_length=64, blank=True)
    problem = models.TextField(_("问题"), max_length=1000)
    owner = models.CharField(_("整改责任人"), max_length=50, blank=True)
    measure = models.TextField(_("整改措施"), max_length=1000, blank=True)
    deadline = models.DateField(_("整改期限"))
    chance_days = models.PositiveSmallIntegerField(_("延期工作日"))
    consequence = models.JSONField(_("逾期未改的后果"))
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=RectificationState.choices,
        default=RectificationState.OPEN,
    )
    round = models.PositiveSmallIntegerField(_("第几次整改"), default=1)
    had_chance = models.BooleanField(_("已延期一次"), default=False)
    report = models.TextField(_("整改情况"), max_length=1000, blank=True)
    reported_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reported_at = models.DateTimeField(_("报告时间"), null=True, blank=True)
    checked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(_("核查时间"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = RectificationQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["deadline", "pk"]
        indexes = [models.Index(fields=["state", "deadline"], name="rectification_by_deadline")]
        constraints = [
            models.CheckConstraint(
                name="rectification_known_state",
                condition=Q(state__in=RectificationState.values),
                violation_error_message=_("未知的状态"),
            ),
            models.CheckConstraint(
                name="rectification_one_origin",
                condition=Q(sheet=None, visit__isnull=False) | Q(sheet__isnull=False, visit=None),
                violation_error_message=_("整改事项来自自查或走访之一"),
            ),
            models.CheckConstraint(
                name="rectification_checked_by_another",
                condition=Q(checked_by=None)
                | Q(reported_by=None)
                | ~Q(checked_by=F("reported_by")),
                violation_error_message=_("报告整改的人不能自己核查"),
            ),
            models.CheckConstraint(
                name="rectification_closed_is_checked",
                condition=~Q(state=RectificationState.CLOSED)
                | Q(checked_by__isnull=False, checked_at__isnull=False, reported_by__isnull=False),
                violation_error_message=_("销号须有整改报告和核查人"),
            ),
            models.CheckConstraint(
                name="rectification_failed_had_chance",
                condition=~Q(state=RectificationState.FAILED) | Q(had_chance=True),
                violation_error_message=_("认定逾期未改以前须给过一次延期"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.number

    def trail(self) -> EventQuerySet[Event]:
        """What was done, the first first. Whoever asks has proved access to the row."""
        return Event.objects.for_subject(self)


class RectificationFile(models.Model):
    """A piece of evidence: how it was before, or how it is now; of which round."""

    rectification = models.ForeignKey(Rectification, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("文件名"), max_length=200)
    moment = models.CharField(_("整改前后"), max_length=6, choices=Moment.choices)
    round = models.PositiveSmallIntegerField(_("第几次整改"))

    objects = RectificationFileQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["rectification_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="rectification_file_once", fields=["rectification", "file", "moment", "round"]
            ),
            models.CheckConstraint(
                name="rectification_file_known_moment",
                condition=Q(moment__in=Moment.values),
                violation_error_message=_("未知的时点"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.name
