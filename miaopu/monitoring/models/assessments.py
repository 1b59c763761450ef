"""Assessment campaigns with their score sheets: who gave how many points, and what proves them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.models import Base
from miaopu.core.models import Event, File, User
from miaopu.core.querysets import EventQuerySet
from miaopu.engine.assessment.scheme import Assessment
from miaopu.monitoring.enums import CampaignState, SheetState, Stage, SubjectKind
from miaopu.monitoring.models.subjects import AssessmentSubject
from miaopu.monitoring.querysets import (
    AssessmentCampaignQuerySet,
    OfSheetQuerySet,
    ScoreFileQuerySet,
    ScoreSheetQuerySet,
)
from miaopu.parties.models import Enterprise
from miaopu.plans.models import Programme, ProgrammeVersion

# What is frozen stays: scores and files change only while the campaign is open. The decision of an
# appeal is written while the result is publicised. The campaign's row is read under a lock.
ONLY_WHILE_OPEN = """
    SELECT state INTO found FROM monitoring_assessmentcampaign
    WHERE id = {campaign} FOR SHARE;
    IF found <> 'open' {unless} THEN
        RAISE EXCEPTION 'the scores of a campaign that is % stay as they are', found;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""
OF_SHEET = (
    "(SELECT campaign_id FROM monitoring_scoresheet"
    " WHERE id = COALESCE(NEW.sheet_id, OLD.sheet_id))"
)
APPEALED = "AND NOT (found = 'publicity' AND NEW.stage = 'appeal')"


def only_while_open(campaign: str, unless: str = "") -> pgtrigger.Trigger:
    """Refuses every change of rows whose campaign is frozen."""
    return pgtrigger.Trigger(
        name="only_while_open",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        declare=[("found", "varchar")],
        func=ONLY_WHILE_OPEN.format(campaign=campaign, unless=unless),
    )


class AssessmentCampaign(models.Model):
    """One scheme of a programme carried out for a year, in its periods."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="+")
    scheme_key = models.CharField(_("方案标识"), max_length=60)
    subject_kind = models.CharField(
        _("被考核对象"), max_length=12, choices=SubjectKind.choices, default=SubjectKind.BASE
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    state = models.CharField(
        _("状态"), max_length=10, choices=CampaignState.choices, default=CampaignState.OPEN
    )
    freeze_number = models.PositiveIntegerField(_("冻结次数"), default=0)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("开展时间"))
    publicity_from = models.DateField(_("公示开始"), null=True)
    publicity_to = models.DateField(_("公示截止"), null=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("公布时间"), null=True)

    objects = AssessmentCampaignQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-year", "programme_id", "scheme_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="assessment_campaign_once",
                fields=["programme", "scheme_key", "year"],
                violation_error_message=_("这一年度的考核已经开展"),
            ),
            models.CheckConstraint(
                name="campaign_publicised_whole",
                condition=Q(state__in=(CampaignState.OPEN, CampaignState.FROZEN))
                | Q(publicity_from__isnull=False, publicity_to__gte=models.F("publicity_from")),
                violation_error_message=_("公示须有起止日期"),
            ),
            models.CheckConstraint(
                name="campaign_published_whole",
                condition=~Q(state=CampaignState.PUBLISHED)
                | Q(published_by__isnull=False, published_at__isnull=False),
                violation_error_message=_("公布须有公布人和时间"),
            ),
            models.CheckConstraint(
                name="campaign_frozen_has_number",
                condition=Q(state=CampaignState.OPEN) | Q(freeze_number__gte=1),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="published_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=CampaignState.PUBLISHED),
            ),
            pgtrigger.Protect(
                name="scheme_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "programme", "version", "scheme_key", "subject_kind", "year"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_key} {self.year}"

    @property
    def scheme(self) -> Assessment:
        """The scheme as the version's pack has it."""
        return self.version.pack.assessments[self.scheme_key]

    def trail(self) -> EventQuerySet[Event]:
        """What was done, the first first. Whoever asks has proved access to the row."""
        return Event.objects.for_subject(self)


class ScoreSheet(models.Model):
    """The score sheet of a subject for a period.

    `operator` is who ran the base when it was issued, or the institution; nobody where officials
    are assessed: they score themselves.
    """

    campaign = models.ForeignKey(
        AssessmentCampaign, on_delete=models.PROTECT, related_name="sheets"
    )
    subject = models.ForeignKey(AssessmentSubject, on_delete=models.PROTECT, related_name="+")
    operator = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, related_name="+")
    period = models.CharField(_("时段"), max_length=4)
    due_on = models.DateField(_("自评截止"))
    state = models.CharField(
        _("状态"), max_length=10, choices=SheetState.choices, default=SheetState.SELF
    )
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("自评提交时间"), null=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(_("复核时间"), null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(_("评分完成时间"), null=True)

    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["campaign_id", "subject_id", "period"]
        constraints = [
            models.UniqueConstraint(
                name="score_sheet_once", fields=["campaign", "subject", "period"]
            ),
            models.CheckConstraint(
                name="score_sheet_settled_by_another",
                condition=Q(settled_by=None) | ~Q(settled_by=models.F("reviewed_by")),
                violation_error_message=_("复核和市级评分须由不同的人办理"),
            ),
        ]
        triggers = [only_while_open("COALESCE(NEW.campaign_id, OLD.campaign_id)")]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.period}"

    @property
    def base(self) -> Base:
        """The base that is assessed; only where bases are."""
        return self.subject.its_base

    @property
    def operator_changed(self) -> bool:
        """Whether another enterprise runs the base than when the sheet was issued."""
        return self.operator_id != self.subject.operator_id

    def trail(self) -> EventQuerySet[Event]:
        """What was done, the first first. Whoever asks has proved access to the row."""
        return Event.objects.for_subject(self)


class Score(models.Model):
    """Points of a line, or a figure that points are worked out from, as one stage gave them.

    `recorded`: taken from the records rather than typed; `note`, in English too, says what it is
    made of. NULL: nothing given (again), or the records may not tell.
    """

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="scores")
    stage = models.CharField(_("谁评的"), max_length=10, choices=Stage.choices)
    expert = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    line = models.CharField(_("评分项"), max_length=60)
    value = models.DecimalField(_("分数或数据"), max_digits=20, decimal_places=6, null=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    note_en = models.CharField(_("英文说明"), max_length=500, blank=True)
    recorded = models.BooleanField(_("来自记录"), default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("时间"))

    objects = OfSheetQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["sheet_id", "line", "stage", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="score_once",
                fields=["sheet", "stage", "line", "expert"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="score_not_negative",
                condition=Q(value=None) | Q(value__gte=0),
                violation_error_message=_("分数和数据不能是负数"),
            ),
            models.CheckConstraint(
                name="score_expert_named",
                condition=Q(stage=Stage.EXPERT, expert__isnull=False)
                | (~Q(stage=Stage.EXPERT) & Q(expert=None)),
            ),
        ]
        triggers = [only_while_open(OF_SHEET, APPEALED)]

    def __str__(self) -> str:
        return f"{self.line} {self.stage}: {self.value}"


class ScoreChange(models.Model):
    """What a score was before it was changed, and why: kept for good."""

    score = models.ForeignKey(Score, on_delete=models.PROTECT, related_name="changes")
    before = models.DecimalField(_("原来"), max_digits=20, decimal_places=6, null=True)
    after = models.DecimalField(_("现在"), max_digits=20, decimal_places=6, null=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("时间"))

    objects = OfSheetQuerySet.as_manager()

    class Meta:
        """Order and protection."""

        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class ScoreFile(models.Model):
    """A piece of evidence for a line of a score sheet; withdrawn ones are kept."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="files")
    line = models.CharField(_("评分项"), max_length=60)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("文件名"), max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("上传时间"))
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True)

    objects = ScoreFileQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["sheet_id", "line", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="score_file_once",
                fields=["sheet", "line", "file"],
                condition=Q(withdrawn_at=None),
                violation_error_message=_("这个文件已经上传"),
            )
        ]
        triggers = [only_while_open(OF_SHEET)]

    def __str__(self) -> str:
        return self.name
