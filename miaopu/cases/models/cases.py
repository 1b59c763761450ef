"""A case: an application on its way."""

from __future__ import annotations

from functools import cached_property

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.cases.enums import ENDED, CaseChannel, CaseState
from miaopu.cases.models.clocks import CaseClock
from miaopu.cases.models.items import Item
from miaopu.cases.querysets import CaseQuerySet
from miaopu.core.models import Event, Region, User
from miaopu.core.querysets import EventQuerySet
from miaopu.engine.packs.procedure import FormField
from miaopu.parties.models import Enterprise
from miaopu.plans.models import Programme


@pghistory.track()
class Case(models.Model):
    """An application on its way, pinned to the version it began under."""

    number = models.CharField(_("办件编号"), max_length=30, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="cases")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    once_key = models.CharField(_("一次性键"), max_length=80)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    # Whose facts count, where the case's enterprise is rewarded for another: a base's tenant.
    subject = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("状态"), max_length=20, choices=CaseState.choices, default=CaseState.DRAFT
    )
    channel = models.CharField(
        _("来源方式"),
        max_length=12,
        choices=CaseChannel.choices,
        default=CaseChannel.APPLICATION,
    )
    revision = models.PositiveIntegerField(_("修订号"), default=1)
    form = models.JSONField(_("申报表"), default=dict)
    sources = models.JSONField(_("预填来源"), default=dict)
    decisions = models.JSONField(_("裁量结论"), default=dict)
    trace = models.JSONField(_("判定依据"), default=dict)
    amount_fen = models.BigIntegerField(_("金额（分）"), null=True)
    priority_points = models.IntegerField(_("优先分"), default=0)
    opened_at = models.DateTimeField(_("开始时间"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    publicity = models.ForeignKey(
        "Publicity", on_delete=models.PROTECT, null=True, related_name="cases"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        """Order, indexes and invariants."""

        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["region", "state"], name="case_region_state"),
            models.Index(  # lists count and sort by it, without the wide rows
                name="case_handed_in",
                fields=["region", "state", "id"],
                opclasses=["varchar_pattern_ops", "varchar_ops", "int8_ops"],
                condition=Q(submitted_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="case_once_per_enterprise",
                fields=["programme", "once_key", "enterprise"],
                condition=~Q(state__in=ENDED),
                violation_error_message=_("该企业在此事项下已有办件"),
            ),
            models.UniqueConstraint(  # whoever runs the base: one reward for one tenant's event
                name="case_once_per_subject",
                fields=["programme", "once_key"],
                condition=Q(subject__isnull=False) & ~Q(state__in=ENDED),
                violation_error_message=_("这家企业的这项奖励已有办件"),
            ),
            models.CheckConstraint(
                name="case_subject_is_another",
                condition=Q(subject=None) | ~Q(subject=F("enterprise")),
                violation_error_message=_("运营主体不能为自己申请在孵企业奖励"),
            ),
            models.CheckConstraint(
                name="case_four_eyes",
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")),
                violation_error_message=_("提出意见和批准须由不同人员完成"),
            ),
            models.CheckConstraint(
                name="case_decider_is_another",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                violation_error_message=_("提出意见和决定须由不同人员完成"),
            ),
            models.CheckConstraint(
                name="case_known_state",
                condition=Q(state__in=CaseState.values),
                violation_error_message=_("未知的办件状态"),
            ),
            models.CheckConstraint(
                name="case_granted_is_complete",
                condition=~Q(state=CaseState.GRANTED)
                | Q(
                    amount_fen__gt=0,
                    proposed_by__isnull=False,
                    approved_by__isnull=False,
                    decided_by__isnull=False,
                    publicity__isnull=False,
                ),
                violation_error_message=_("扶持决定须有金额、审核、批准和公示"),
            ),
            models.CheckConstraint(
                name="case_submitted_has_time",
                condition=Q(state__in=[CaseState.DRAFT, CaseState.WITHDRAWN])
                | Q(submitted_at__isnull=False),
                violation_error_message=_("已提交的办件须有提交时间"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    *("item", "programme", "once_key", "enterprise", "subject"),
                    *("region", "opened_at", "channel"),
                ),
            ),
            pgtrigger.Protect(
                name="ended_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=[CaseState.GRANTED, *ENDED]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def judged(self) -> Enterprise:
        """The enterprise whose facts the rule reads: the tenant rewarded for, else its own."""
        return self.subject if self.subject is not None else self.enterprise

    def trail(self) -> EventQuerySet:
        """What happened to the case, oldest first. Whoever asks has proved access to the case."""
        return Event.objects.for_subject(self)

    @property
    def questions(self) -> tuple[FormField, ...]:
        """The questions of the form that this case answers; a consent leaves some out."""
        asked = self.item.definition.form
        if self.channel == CaseChannel.CONSENT:
            return tuple(question for question in asked if question.id in self.form)
        return asked

    @cached_property
    def running_clock(self) -> CaseClock | None:
        """The clock that runs now, if any."""
        return self.clocks.running().order_by("-pk").first()
