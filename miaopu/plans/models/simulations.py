"""What a rule would do with the whole register, kept under the hash of the rules and the facts."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Job, User
from miaopu.parties.models import Enterprise
from miaopu.plans.models.programmes import Programme, ProgrammeVersion
from miaopu.plans.models.rule_versions import RuleProposal
from miaopu.plans.simulation_querysets import SimulatedChangeQuerySet, SimulationQuerySet


class Simulation(models.Model):
    """One rule on one day's facts, beside an earlier version where one is given.

    `key` is the SHA-256 over both rules, the day and the state of the facts: the same question is
    answered once. `part` is the rule that was tried, from a `proposal` or a `version`; `against`
    the version it stands beside.
    """

    key = models.CharField(_("摘要"), max_length=64, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(_("事项"), max_length=64)
    part = models.JSONField(_("规则"))
    part_digest = models.CharField(_("规则摘要"), max_length=64)
    proposal = models.ForeignKey(
        RuleProposal, on_delete=models.PROTECT, null=True, related_name="simulations"
    )
    version = models.ForeignKey(
        ProgrammeVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    against = models.ForeignKey(
        ProgrammeVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    as_of = models.DateField(_("数据日期"))
    result = models.JSONField(_("结果"), default=dict)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    name = models.CharField(_("名称"), max_length=100, blank=True)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SimulationQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="simulation_of_one_rule",
                condition=Q(proposal=None) ^ Q(version=None),
                violation_error_message=_("测算的规则来自一份修改稿或一个版本"),
            ),
            models.CheckConstraint(
                name="simulation_named_by_somebody",
                condition=Q(name="", saved_by=None) | (~Q(name="") & Q(saved_by__isnull=False)),
                violation_error_message=_("保存的测算须有名称和保存人"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="question_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    *("key", "programme", "item", "part", "part_digest", "proposal"),
                    *("version", "against", "as_of"),
                ),
            ),
            pgtrigger.Protect(
                name="answer_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.finished_at IS NOT NULL AND (OLD.result, OLD.finished_at)"
                    " IS DISTINCT FROM (NEW.result, NEW.finished_at)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.item} {self.as_of} {self.key[:12]}"

    @property
    def is_finished(self) -> bool:
        """Whether the answer is there."""
        return self.finished_at is not None


class SimulatedChange(models.Model):
    """An enterprise that the new rule treats otherwise, in fen before and after."""

    simulation = models.ForeignKey(Simulation, on_delete=models.PROTECT, related_name="changes")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    gains = models.BooleanField(_("受益"))
    before_fen = models.BigIntegerField(_("原金额（分）"))
    after_fen = models.BigIntegerField(_("新金额（分）"))

    objects = SimulatedChangeQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["simulation_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="simulated_change_once", fields=["simulation", "enterprise"]
            ),
        ]
