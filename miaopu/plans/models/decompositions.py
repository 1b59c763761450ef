"""A target split into parts, in versions: who is to reach how much of it, by when."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Event, Region, User
from miaopu.core.querysets import EventQuerySet
from miaopu.engine.messages import Bilingual
from miaopu.engine.targets.periods import pieces
from miaopu.plans.enums import DecompositionState as State
from miaopu.plans.enums import MemberKind, PeriodSplit
from miaopu.plans.models.programmes import Programme
from miaopu.plans.models.targets import Target
from miaopu.plans.target_querysets import (
    DecompositionMemberQuerySet,
    TargetDecompositionQuerySet,
    TargetPartQuerySet,
)

# What belongs to a decomposition changes only while that is a draft. The row is read under a lock,
# so that a table that is being handed in does not change meanwhile.
ONLY_IN_A_DRAFT = """
    SELECT state INTO found FROM plans_targetdecomposition
    WHERE id = {owner} FOR SHARE;
    IF found <> 'draft' THEN
        RAISE EXCEPTION 'the parts of a decomposition that is % stay as they are', found;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""

# A decided one is history: an approved one may only be superseded, and nothing else changes.
FROZEN = """
    IF OLD.state IN ('approved', 'superseded', 'discarded') AND (
        to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state'
        OR NOT (
            NEW.state = OLD.state
            OR (OLD.state = 'approved' AND NEW.state = 'superseded')
        )
    ) THEN
        RAISE EXCEPTION 'a decomposition that is % stays as it is', OLD.state;
    END IF;
    RETURN NEW;
"""


def _only_in_a_draft(owner: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="only_in_a_draft",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        declare=[("found", "varchar")],
        func=ONLY_IN_A_DRAFT.format(owner=owner),
    )


class TargetDecomposition(models.Model):
    """A target split over districts, bases or departments and periods.

    An approved one never changes: a change is a new version, with its reason. `value` and
    `baseline` are the target's own unless it was rebased; figures have `places` decimals.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="decompositions")
    key = models.CharField(_("目标标识"), max_length=60)
    number = models.PositiveIntegerField(_("版本号"))
    kind = models.CharField(_("分解到"), max_length=12, choices=MemberKind.choices)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    value = models.DecimalField(_("目标值"), max_digits=20, decimal_places=4)
    baseline = models.DecimalField(_("基数"), max_digits=20, decimal_places=4, null=True)
    places = models.PositiveSmallIntegerField(_("小数位数"), default=0)
    split = models.CharField(
        _("期间划分"), max_length=10, choices=PeriodSplit.choices, default=PeriodSplit.WHOLE
    )
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    gap_reason = models.CharField(_("差额说明"), max_length=500, blank=True)
    illustrative = models.BooleanField(_("示例"), default=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("建立时间"))
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(_("批准时间"), null=True)
    digest = models.CharField(_("摘要"), max_length=64, blank=True)

    objects = TargetDecompositionQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["programme_id", "key", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="decomposition_number_once", fields=["programme", "key", "number"]
            ),
            models.UniqueConstraint(
                name="decomposition_one_approved",
                fields=["programme", "key"],
                condition=Q(state=State.APPROVED),
                violation_error_message=_("一个目标同时只能有一个已批准的分解"),
            ),
            models.UniqueConstraint(
                name="decomposition_one_in_work",
                fields=["programme", "key"],
                condition=Q(state__in=(State.DRAFT, State.SUBMITTED)),
                violation_error_message=_("这个目标已有一份分解正在办理"),
            ),
            models.CheckConstraint(
                name="decomposition_two_people",
                condition=Q(approved_by=None) | ~Q(approved_by=F("submitted_by")),
                violation_error_message=_("提交的人不能自己批准"),
            ),
            models.CheckConstraint(
                name="decomposition_approved_whole",
                condition=Q(state__in=(State.DRAFT, State.SUBMITTED, State.DISCARDED))
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(digest="")),
                violation_error_message=_("已批准的分解须有批准人、时间和摘要"),
            ),
            models.CheckConstraint(
                name="decomposition_change_has_reason",
                condition=Q(number=1) | ~Q(reason=""),
                violation_error_message=_("新的版本须写明理由"),
            ),
            models.CheckConstraint(
                name="decomposition_value_sound",
                condition=Q(value__gte=0, places__lte=4) & (Q(baseline=None) | Q(baseline__gte=0)),
                violation_error_message=_("目标值和基数不能是负数，最多四位小数"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="decided_is_frozen",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=FROZEN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.number}"

    @property
    def periods(self) -> tuple[str, ...]:
        """The columns of the table."""
        return pieces(self.target.period, self.split)

    def trail(self) -> EventQuerySet[Event]:
        """What happened to it, oldest first. Whoever asks has proved access."""
        return Event.objects.for_subject(self)

    @property
    def in_work(self) -> bool:
        """Whether it is a draft or waits for approval."""
        return self.state in (State.DRAFT, State.SUBMITTED)


class DecompositionMember(models.Model):
    """Who takes a part: a district, a base or a department, with its baseline if it has one."""

    decomposition = models.ForeignKey(
        TargetDecomposition, on_delete=models.PROTECT, related_name="members"
    )
    kind = models.CharField(_("类别"), max_length=12, choices=MemberKind.choices)
    key = models.CharField(_("标识"), max_length=60)
    name = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    position = models.PositiveIntegerField(_("次序"))
    baseline = models.DecimalField(_("基数"), max_digits=20, decimal_places=4, null=True)

    objects = DecompositionMemberQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["decomposition_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(name="member_once", fields=["decomposition", "kind", "key"]),
            models.CheckConstraint(
                name="member_district_has_region",
                condition=Q(kind=MemberKind.REGION, region__isnull=False)
                | (~Q(kind=MemberKind.REGION) & Q(region=None)),
                violation_error_message=_("区县须有区划代码"),
            ),
            models.CheckConstraint(
                name="member_baseline_sound",
                condition=Q(baseline=None) | Q(baseline__gte=0),
                violation_error_message=_("基数不能是负数"),
            ),
        ]
        triggers = [_only_in_a_draft("COALESCE(NEW.decomposition_id, OLD.decomposition_id)")]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> Bilingual:
        """The name in both languages."""
        return Bilingual(self.name, self.name_en or self.name)


class TargetPart(models.Model):
    """What a member is to reach in a period. NULL: it is not named there, which is no zero."""

    member = models.ForeignKey(DecompositionMember, on_delete=models.PROTECT, related_name="parts")
    period = models.CharField(_("期间"), max_length=20)
    value = models.DecimalField(_("目标值"), max_digits=20, decimal_places=4, null=True)

    objects = TargetPartQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["member_id", "period"]
        constraints = [
            models.UniqueConstraint(name="part_once", fields=["member", "period"]),
            models.CheckConstraint(
                name="part_value_sound",
                condition=Q(value=None) | Q(value__gte=0),
                violation_error_message=_("目标值不能是负数"),
            ),
        ]
        triggers = [
            _only_in_a_draft(
                "(SELECT decomposition_id FROM plans_decompositionmember"
                " WHERE id = COALESCE(NEW.member_id, OLD.member_id))"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.period}: {self.value}"


def plain_parts(members: Any) -> list[dict[str, Any]]:
    """Members with their parts as plain data, in their order, as a digest covers them."""
    return [
        {
            "kind": member.kind,
            "key": member.key,
            "name": member.name,
            "baseline": None if member.baseline is None else f"{member.baseline:f}",
            "parts": [
                {"period": part.period, "value": None if part.value is None else f"{part.value:f}"}
                for part in sorted(member.parts.all(), key=lambda one: one.period)
            ],
        }
        for member in members
    ]
