"""Self-inspection of bases (自查): the campaign, one form per base, its lines."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.inspection_enums import Finding, SheetState
from miaopu.bases.inspection_querysets import (
    CampaignQuerySet,
    SheetAnswerQuerySet,
    SheetQuerySet,
)
from miaopu.bases.models.bases import Base
from miaopu.core.models import Event, User
from miaopu.core.querysets import EventQuerySet
from miaopu.engine.packs.base_parts import Inspection
from miaopu.plans.models import ProgrammeVersion


class InspectionCampaign(models.Model):
    """A self-inspection that was called; its form is that of the version, and never changes."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(_("标识"), max_length=64)
    due_on = models.DateField(_("上报期限"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("部署时间"))

    objects = CampaignQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="campaign_once",
                fields=["version", "key"],
                violation_error_message=_("这次自查已经部署"),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.definition.title)

    @property
    def definition(self) -> Inspection:
        """The form with its rules, as the pack has it."""
        return next(one for one in self.version.pack.inspections if one.id == self.key)


class InspectionSheet(models.Model):
    """The form of one base. Late is what was handed in after its day.

    `own_due_on`: the day for a base that was admitted after the call; else it is the campaign's.
    `check_by`: by when the district inspects a base that has not handed its form in.
    """

    campaign = models.ForeignKey(
        InspectionCampaign, on_delete=models.PROTECT, related_name="sheets"
    )
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="inspection_sheets")
    state = models.CharField(
        _("状态"), max_length=10, choices=SheetState.choices, default=SheetState.OPEN
    )
    revision = models.PositiveIntegerField(default=1)
    own_due_on = models.DateField(_("单独的上报期限"), null=True, blank=True)
    handed_in_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    handed_in_on = models.DateField(_("上报日期"), null=True, blank=True)
    chance_until = models.DateField(_("补报期限"), null=True, blank=True)
    check_by = models.DateField(_("上门检查期限"), null=True, blank=True)
    checked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_on = models.DateField(_("上门检查日期"), null=True, blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["campaign_id", "base__number", "pk"]
        constraints = [
            models.UniqueConstraint(name="inspection_sheet_once", fields=["campaign", "base"]),
            models.CheckConstraint(
                name="inspection_sheet_known_state",
                condition=Q(state__in=SheetState.values),
                violation_error_message=_("未知的状态"),
            ),
            models.CheckConstraint(
                name="inspection_sheet_handed_in_is_whole",
                condition=Q(
                    state=SheetState.HANDED_IN,
                    handed_in_by__isnull=False,
                    handed_in_on__isnull=False,
                )
                | (~Q(state=SheetState.HANDED_IN) & Q(handed_in_by=None, handed_in_on=None)),
                violation_error_message=_("已上报的自查表须有上报人和日期"),
            ),
            models.CheckConstraint(
                name="inspection_sheet_silent_has_chance",
                condition=Q(state__in=(SheetState.OPEN, SheetState.HANDED_IN))
                | Q(chance_until__isnull=False),
                violation_error_message=_("逾期未交的自查表须有补报期限"),
            ),
            models.CheckConstraint(
                name="inspection_sheet_checked_is_whole",
                condition=Q(
                    state=SheetState.CHECKED, checked_by__isnull=False, checked_on__isnull=False
                )
                | (~Q(state=SheetState.CHECKED) & Q(checked_by=None, checked_on=None)),
                violation_error_message=_("已上门检查的自查表须有检查人和日期"),
            ),
            models.CheckConstraint(
                name="inspection_sheet_on_site_has_day",
                condition=~Q(state=SheetState.ON_SITE) | Q(check_by__isnull=False),
                violation_error_message=_("待上门检查的自查表须有检查期限"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="handed_in_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=(SheetState.HANDED_IN, SheetState.CHECKED)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base} · {self.campaign}"

    @property
    def due_on(self) -> date:
        """The last day on which it is handed in in time."""
        return self.own_due_on or self.campaign.due_on

    @property
    def rectify_by(self) -> date:
        """The last day for putting problems right; never before the form itself is due."""
        return max(self.campaign.definition.rectify_by, self.due_on)

    @property
    def is_closed(self) -> bool:
        """Whether the operator can no longer hand it in."""
        return self.state not in (SheetState.OPEN, SheetState.SILENT)

    @property
    def is_late(self) -> bool:
        """Whether it was handed in after the day."""
        return self.handed_in_on is not None and self.handed_in_on > self.due_on

    def trail(self) -> EventQuerySet[Event]:
        """What was done, the first first. Whoever asks has proved access to the row."""
        return Event.objects.for_subject(self)


@pghistory.track()
class SheetAnswer(models.Model):
    """What the operator found on one line of the form; a problem says how it is put right."""

    sheet = models.ForeignKey(InspectionSheet, on_delete=models.PROTECT, related_name="answers")
    item = models.CharField(_("自查项"), max_length=64)
    finding = models.CharField(_("自查结果"), max_length=15, choices=Finding.choices, blank=True)
    text = models.TextField(_("情况"), max_length=1000, blank=True)
    owner = models.CharField(_("整改责任人"), max_length=50, blank=True)
    measure = models.TextField(_("整改措施"), max_length=1000, blank=True)
    deadline = models.DateField(_("整改期限"), null=True, blank=True)

    objects = SheetAnswerQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["sheet_id", "pk"]
        constraints = [
            models.UniqueConstraint(name="sheet_answer_once", fields=["sheet", "item"]),
            models.CheckConstraint(
                name="sheet_answer_known_finding",
                condition=Q(finding__in=["", *Finding.values]),
                violation_error_message=_("未知的自查结果"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="handed_in_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM bases_inspectionsheet
                         WHERE id = NEW.sheet_id AND state IN ('handed_in', 'checked')
                    ) THEN
                        RAISE EXCEPTION 'sheet_answer_handed_in: what was handed in stays';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.finding}"
