"""The anonymous survey of tenants (满意度测评).

How answers are kept apart from tenants: an answer is never a row. `SurveyTally` has one counter for
each base, question and score, made when the survey opens, and answering adds one to some of them.
`SurveyInvitation` only says, without a time, that a tenant has answered, so that nobody answers
twice. No event names who answered, no history is kept of either table, and counters are shown to
nobody before the survey has closed and at least `minimum` tenants of the base have answered.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.inspection_querysets import InvitationQuerySet, OfBaseQuerySet, SurveyQuerySet
from miaopu.bases.models.bases import Base
from miaopu.bases.models.tenancies import Tenancy
from miaopu.core.models import User
from miaopu.engine.packs.base_parts import Survey
from miaopu.plans.models import ProgrammeVersion

SCORES = (1, 2, 3, 4, 5)


class TenantSurvey(models.Model):
    """A survey that was opened; its questions are those of the version."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(_("标识"), max_length=64)
    opened_on = models.DateField(_("发起日期"))
    closes_on = models.DateField(_("截止日期"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = SurveyQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="tenant_survey_once",
                fields=["version", "key", "opened_on"],
                violation_error_message=_("今天已经发起过这项测评"),
            ),
            models.CheckConstraint(
                name="tenant_survey_period",
                condition=Q(closes_on__gte=models.F("opened_on")),
                violation_error_message=_("截止日期早于发起日期"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.definition.title)

    @property
    def definition(self) -> Survey:
        """The questions and rules, as the pack has them."""
        return self.version.pack.surveys[self.key]


class SurveyBase(models.Model):
    """A base whose tenants are asked."""

    survey = models.ForeignKey(TenantSurvey, on_delete=models.PROTECT, related_name="bases")
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="surveys")

    objects = OfBaseQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["survey_id", "base__number", "pk"]
        constraints = [models.UniqueConstraint(name="survey_base_once", fields=["survey", "base"])]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.base} · {self.survey}"


class SurveyInvitation(models.Model):
    """A tenant that may answer once; the row does not say when it did, nor what it said."""

    asked = models.ForeignKey(SurveyBase, on_delete=models.PROTECT, related_name="invitations")
    tenancy = models.ForeignKey(Tenancy, on_delete=models.PROTECT, related_name="+")
    answered = models.BooleanField(_("已参加"), default=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["asked_id", "pk"]
        constraints = [
            models.UniqueConstraint(name="survey_invitation_once", fields=["asked", "tenancy"])
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="answered_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answered=True),
            ),
            pgtrigger.Protect(
                name="invited_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("asked", "tenancy"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tenancy}"


class SurveyTally(models.Model):
    """How many tenants of a base gave a score to a question."""

    asked = models.ForeignKey(SurveyBase, on_delete=models.PROTECT, related_name="tallies")
    question = models.CharField(_("题目"), max_length=64)
    score = models.PositiveSmallIntegerField(_("评分"))
    count = models.PositiveIntegerField(_("份数"), default=0)

    class Meta:
        """Order, invariants and protection."""

        ordering = ["asked_id", "question", "score"]
        constraints = [
            models.UniqueConstraint(
                name="survey_tally_once", fields=["asked", "question", "score"]
            ),
            models.CheckConstraint(
                name="survey_tally_score",
                condition=Q(score__in=SCORES),
                violation_error_message=_("评分为 1 到 5"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="only_counts_up",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__count__lt=pgtrigger.F("old__count")),
            ),
            pgtrigger.Protect(
                name="counter_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("asked", "question", "score"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.score}"
