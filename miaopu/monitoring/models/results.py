"""Results of campaigns as they were frozen, appeals against them, opinions on what to put right."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.models import Base
from miaopu.core.models import Event, Region, User
from miaopu.core.querysets import EventQuerySet
from miaopu.engine.letters.opinion import OpinionText
from miaopu.monitoring.enums import AppealState
from miaopu.monitoring.models.assessments import AssessmentCampaign
from miaopu.monitoring.models.subjects import AssessmentSubject
from miaopu.monitoring.querysets import (
    AppealQuerySet,
    AssessmentFreezeQuerySet,
    AssessmentResultQuerySet,
    OpinionQuerySet,
)


class AssessmentFreeze(models.Model):
    """All scores, files and results of a campaign at one moment, with their digest."""

    campaign = models.ForeignKey(
        AssessmentCampaign, on_delete=models.PROTECT, related_name="freezes"
    )
    number = models.PositiveIntegerField(_("第几次"))
    content = models.JSONField(_("内容"))
    digest = models.CharField(_("摘要"), max_length=64)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("冻结时间"))

    objects = AssessmentFreezeQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["campaign_id", "number"]
        constraints = [
            models.UniqueConstraint(name="freeze_number_once", fields=["campaign", "number"])
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class AssessmentResult(models.Model):
    """What a subject came to in a freeze; points exact. `parts` adds up to the composite."""

    freeze = models.ForeignKey(AssessmentFreeze, on_delete=models.PROTECT, related_name="results")
    subject = models.ForeignKey(AssessmentSubject, on_delete=models.PROTECT, related_name="+")
    composite = models.DecimalField(_("综合得分"), max_digits=20, decimal_places=8)
    totals = models.JSONField(_("各时段得分"))
    parts = models.JSONField(_("得分明细"))
    band = models.CharField(_("类别"), max_length=20)
    rank = models.PositiveIntegerField(_("名次"))
    consequences = models.JSONField(_("结果运用"), default=list)

    objects = AssessmentResultQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["freeze_id", "rank", "subject_id"]
        constraints = [
            models.UniqueConstraint(name="result_once", fields=["freeze", "subject"]),
            models.CheckConstraint(name="result_sound", condition=Q(composite__gte=0, rank__gte=1)),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.composite}"

    @property
    def base(self) -> Base:
        """The base that was assessed; only where bases were."""
        return self.subject.its_base


class AssessmentAppeal(models.Model):
    """An operator asks for a line of its result to be looked at again; another person decides."""

    result = models.ForeignKey(AssessmentResult, on_delete=models.PROTECT, related_name="appeals")
    period = models.CharField(_("时段"), max_length=4)
    line = models.CharField(_("评分项"), max_length=60)
    text = models.CharField(_("复核理由"), max_length=1000)
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("申请时间"))
    state = models.CharField(
        _("状态"), max_length=10, choices=AppealState.choices, default=AppealState.FILED
    )
    points = models.DecimalField(_("改为"), max_digits=20, decimal_places=6, null=True)
    answer = models.CharField(_("复核意见"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("决定时间"), null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="appeal_one_open",
                fields=["result", "period", "line"],
                condition=Q(state=AppealState.FILED),
                violation_error_message=_("这一项已在复核中"),
            ),
            models.CheckConstraint(
                name="appeal_decided_by_another",
                condition=Q(decided_by=None) | ~Q(decided_by=F("filed_by")),
            ),
            models.CheckConstraint(
                name="appeal_decided_whole",
                condition=Q(state=AppealState.FILED, answer="")
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(answer="")),
                violation_error_message=_("复核决定须有意见、决定人和时间"),
            ),
            models.CheckConstraint(
                name="appeal_upheld_has_points",
                condition=~Q(state=AppealState.UPHELD) | Q(points__gte=0),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="decided_is_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=AppealState.FILED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.line}"


class AssessmentOpinion(models.Model):
    """An opinion on what to put right (整改意见), made from its content alone."""

    result = models.OneToOneField(
        AssessmentResult, on_delete=models.PROTECT, related_name="opinion"
    )
    issuer = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("年份"))
    serial = models.PositiveIntegerField(_("顺序号"))
    number = models.CharField(_("文号"), max_length=80)
    content = models.JSONField(_("内容"))
    digest = models.CharField(_("摘要"), max_length=64)
    due_on = models.DateField(_("整改期限"))
    at = models.DateTimeField(_("下达时间"))

    objects = OpinionQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="opinion_number_once", fields=["issuer", "year", "serial"])
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def text(self) -> OpinionText:
        """Its content, for the makers of documents."""
        return OpinionText.from_json(self.content)

    def trail(self) -> EventQuerySet[Event]:
        """What was done, the first first. Whoever asks has proved access to the row."""
        return Event.objects.for_subject(self)
