"""Who is excluded from scoring whom, and whose sheets are drawn for experts."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import User
from miaopu.monitoring.models.assessments import (
    OF_SHEET,
    AssessmentCampaign,
    ScoreSheet,
    only_while_open,
)
from miaopu.monitoring.models.subjects import AssessmentSubject
from miaopu.monitoring.querysets import OfSheetQuerySet


class AssessmentConflict(models.Model):
    """An assessor has to do with a subject and does not score it; declared for a campaign."""

    campaign = models.ForeignKey(
        AssessmentCampaign, on_delete=models.PROTECT, related_name="conflicts"
    )
    subject = models.ForeignKey(AssessmentSubject, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("理由"), max_length=500)
    at = models.DateTimeField(_("申报时间"))

    objects = OfSheetQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="conflict_once", fields=["campaign", "subject", "user"])
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class ExpertSample(models.Model):
    """A sheet that was drawn for an expert to score as well."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="samples")
    expert = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(_("抽取时间"))
    done_at = models.DateTimeField(_("评完时间"), null=True)

    objects = OfSheetQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="expert_sample_once", fields=["sheet", "expert"])
        ]
        triggers = [only_while_open(OF_SHEET)]
