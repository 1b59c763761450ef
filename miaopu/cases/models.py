"""Items, cases, their clocks and files, and lists in publicity."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.cases.enums import ENDED, CaseState, Step
from miaopu.cases.querysets import (
    CaseClockQuerySet,
    CaseFileQuerySet,
    CaseQuerySet,
    ItemQuerySet,
    PublicityQuerySet,
)
from miaopu.core.models import Event, File, Region, User
from miaopu.core.querysets import EventQuerySet
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.schema import Item as PackItem
from miaopu.parties.models import Enterprise
from miaopu.plans.models import Programme, ProgrammeVersion


class Item(models.Model):
    """A matter that can be applied for, under one version of a programme."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(_("标识"), max_length=60)
    title = models.CharField(_("名称"), max_length=200)
    title_en = models.CharField(_("英文名称"), max_length=300)
    outcome = models.CharField(_("结果"), max_length=20)

    objects = ItemQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["version_id", "code"]
        constraints = [models.UniqueConstraint(name="item_once", fields=["version", "code"])]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> Bilingual:
        """The title in both languages."""
        return Bilingual(self.title, self.title_en)

    def once_key(self, on: date) -> str:
        """What an enterprise can have only once: the item in the programme, or in the year."""
        yearly = self.definition.once_per == "year"
        return f"{self.code}/{on.year}" if yearly else self.code

    @property
    def definition(self) -> PackItem:
        """What the pack says of the item."""
        return self.version.pack.items[self.code]


@pghistory.track()
class Case(models.Model):
    """An application on its way, pinned to the version it began under."""

    number = models.CharField(_("办件编号"), max_length=30, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="cases")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    once_key = models.CharField(_("一次性键"), max_length=80)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("状态"), max_length=20, choices=CaseState.choices, default=CaseState.DRAFT
    )
    revision = models.PositiveIntegerField(_("修订号"), default=1)
    form = models.JSONField(_("申报表"), default=dict)
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
        indexes = [models.Index(fields=["region", "state"], name="case_region_state")]
        constraints = [
            models.UniqueConstraint(
                name="case_once_per_enterprise",
                fields=["programme", "once_key", "enterprise"],
                condition=~Q(state__in=ENDED),
                violation_error_message=_("该企业在此事项下已有办件"),
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
                    "item", "programme", "once_key", "enterprise", "region", "opened_at"
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

    def trail(self) -> EventQuerySet:
        """What happened to the case, oldest first. Whoever asks has proved access to the case."""
        return Event.objects.for_subject(self)

    @cached_property
    def running_clock(self) -> CaseClock | None:
        """The clock that runs now, if any."""
        return self.clocks.running().order_by("-pk").first()


class CaseClock(models.Model):
    """The statutory clock of one step of a case, with its calculation day by day."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    step = models.CharField(_("环节"), max_length=12, choices=Step.choices)
    started_on = models.DateField(_("起算日"))
    days = models.PositiveIntegerField(_("工作日"))
    due_on = models.DateField(_("到期日"))
    provisional = models.BooleanField(_("节假日未公布"), default=False)
    calculation = models.JSONField(_("逐日计算"))
    stopped_on = models.DateField(_("停止日"), null=True)

    objects = CaseClockQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["case_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="clock_one_running",
                fields=["case"],
                condition=Q(stopped_on=None),
                violation_error_message=_("一个办件同时只能有一个时限在运行"),
            ),
            models.CheckConstraint(
                name="clock_due_after_start",
                condition=Q(due_on__gte=F("started_on")),
                violation_error_message=_("到期日不得早于起算日"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stopped_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__stopped_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step} → {self.due_on}"


class CaseFile(models.Model):
    """A file handed in with a case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    material = models.CharField(_("材料"), max_length=60)
    name = models.CharField(_("文件名"), max_length=200)
    attached_at = models.DateTimeField(_("上传时间"))

    objects = CaseFileQuerySet.as_manager()

    class Meta:
        """Order; the same file twice under one material is one."""

        ordering = ["case_id", "pk"]
        constraints = [
            models.UniqueConstraint(name="case_file_once", fields=["case", "material", "file"])
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.name


class Publicity(models.Model):
    """A list in publicity: frozen when published, with the hash of its lines."""

    number = models.CharField(_("公示编号"), max_length=40, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    days = models.PositiveIntegerField(_("工作日"))
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"))
    calculation = models.JSONField(_("逐日计算"))
    lines = models.JSONField(_("名单"))
    digest = models.CharField(_("摘要"), max_length=64)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("发布时间"))

    objects = PublicityQuerySet.as_manager()

    class Meta:
        """Order and protection."""

        ordering = ["-pk"]
        triggers = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.number

    @property
    def amount_fen(self) -> int:
        """Sum of the amounts on the list, in fen."""
        total: int = sum(line["amount_fen"] for line in self.lines)
        return total

    def frozen_content(self) -> dict[str, Any]:
        """What the hash covers, as plain data."""
        return {
            "number": self.number,
            "item": self.item.code,
            "region": self.region_id,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "lines": self.lines,
        }
