"""Proposed changes of a rule: made by one person, published as a programme's version by another."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Event, User
from miaopu.plans.enums import ProposalState
from miaopu.plans.models.programmes import Programme, ProgrammeVersion
from miaopu.plans.rule_querysets import DECIDED, RuleProposalQuerySet


class RuleProposal(models.Model):
    """A changed rule of one item, against the version it was made from.

    `part` is the rule in the pack's form (engine.packs.rule_parts). `simulation` is what the second
    person had before her when she signed, `version` what came of it.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(_("事项"), max_length=64)
    base = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="+")
    part = models.JSONField(_("规则"))
    digest = models.CharField(_("摘要"), max_length=64)
    why = models.TextField(_("修改理由"), max_length=1000, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=ProposalState.choices, default=ProposalState.DRAFT
    )
    revision = models.PositiveIntegerField(_("修订"), default=1)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("起草时间"))
    proposed_at = models.DateTimeField(_("提请时间"), null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("办结时间"), null=True)
    reason = models.TextField(_("说明"), max_length=1000, blank=True)
    simulation = models.ForeignKey(
        "plans.Simulation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    version = models.OneToOneField(
        ProgrammeVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = RuleProposalQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="rule_proposal_known_state",
                condition=Q(state__in=ProposalState.values),
                violation_error_message=_("未知的状态"),
            ),
            models.CheckConstraint(
                name="rule_published_by_another",
                condition=~Q(state=ProposalState.PUBLISHED) | ~Q(decided_by=F("made_by")),
                violation_error_message=_("规则须由起草人以外的人发布"),
            ),
            models.CheckConstraint(
                name="rule_published_with_simulation",
                condition=Q(
                    state=ProposalState.PUBLISHED,
                    decided_by__isnull=False,
                    simulation__isnull=False,
                    version__isnull=False,
                )
                | (~Q(state=ProposalState.PUBLISHED) & Q(version=None)),
                violation_error_message=_("发布须有发布人、所依据的测算和形成的版本"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="decided_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=DECIDED),
            ),
            pgtrigger.Protect(
                name="proposed_rule_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state = 'proposed' AND (OLD.part, OLD.digest, OLD.base_id, OLD.made_by_id)"
                    " IS DISTINCT FROM (NEW.part, NEW.digest, NEW.base_id, NEW.made_by_id)"
                ),
            ),
            pgtrigger.Protect(
                name="stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("programme", "item", "made_by", "made_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} #{self.pk}: {self.state}"

    @property
    def is_live(self) -> bool:
        """Whether it is neither published nor withdrawn."""
        return self.state not in DECIDED

    @property
    def trail(self) -> models.QuerySet[Event]:
        """Who did what with it, oldest first. The caller has proved that the user may see it."""
        return Event.objects.for_subject(self)
