"""Programmes in versions, their targets, and which enterprise matches which item."""

from __future__ import annotations

import json
from functools import cached_property

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Region, User
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.schema import Pack
from miaopu.parties.models import Enterprise
from miaopu.plans.enums import MatchStatus, VersionState
from miaopu.plans.querysets import (
    MatchQuerySet,
    ProgrammeQuerySet,
    ProgrammeVersionQuerySet,
    TargetQuerySet,
)

_PACKS: dict[str, Pack] = {}  # by digest; contents never change


class Programme(models.Model):
    """A programme of a city; what it says stands in its versions."""

    slug = models.SlugField(_("标识"), max_length=60, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    title_en = models.CharField(_("英文名称"), max_length=300)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        """Order."""

        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> Bilingual:
        """The title in both languages."""
        return Bilingual(self.title, self.title_en)

    @cached_property
    def current_version(self) -> ProgrammeVersion:
        """The version in force. Raises ProgrammeVersion.DoesNotExist if there is none."""
        return self.versions.current().select_related("programme").get()


class ProgrammeVersion(models.Model):
    """A pack as it was loaded. Its content is never changed: a change is a new version."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本号"))
    content = models.TextField(_("内容"))  # JSON as text: the order of clauses and shares counts
    digest = models.CharField(_("摘要"), max_length=64)
    state = models.CharField(
        _("状态"), max_length=12, choices=VersionState.choices, default=VersionState.CURRENT
    )
    loaded_at = models.DateTimeField(_("载入时间"))
    loaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ProgrammeVersionQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["programme_id", "-number"]
        constraints = [
            models.UniqueConstraint(name="version_number_once", fields=["programme", "number"]),
            models.UniqueConstraint(name="version_content_once", fields=["programme", "digest"]),
            models.UniqueConstraint(
                name="version_one_current",
                fields=["programme"],
                condition=Q(state=VersionState.CURRENT),
                violation_error_message=_("一个计划同时只能有一个现行版本"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="content_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("programme", "number", "content", "digest"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} v{self.number}"

    @property
    def pack(self) -> Pack:
        """The pack, typed. One object per content: it is prepared for running only once."""
        pack = _PACKS.get(self.digest)
        if pack is None:
            pack = _PACKS[self.digest] = Pack.from_json(json.loads(self.content))
        return pack


class Target(models.Model):
    """A quantity to be reached: indicator × region × period."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="targets")
    key = models.CharField(_("标识"), max_length=60)
    indicator = models.CharField(_("指标"), max_length=60)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(_("期间"), max_length=20)
    value = models.DecimalField(_("目标值"), max_digits=20, decimal_places=4)
    comparator = models.CharField(_("比较"), max_length=10)
    clause = models.CharField(_("条款"), max_length=60)

    objects = TargetQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["version_id", "pk"]
        constraints = [
            models.UniqueConstraint(name="target_once", fields=["version", "key"]),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.comparator} {self.value}"


class Match(models.Model):
    """An item and an enterprise that its rule does not exclude on a day. False has no row."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(_("事项"), max_length=60)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("结果"), max_length=8, choices=MatchStatus.choices)
    amount_fen = models.BigIntegerField(_("金额（分）"), null=True)
    missing = models.JSONField(_("缺少"), default=list)
    facts_missing = models.BooleanField(_("缺少数据"), default=False)
    priority_points = models.IntegerField(_("优先分"), default=0)
    as_of = models.DateField(_("数据日期"))

    objects = MatchQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["version_id", "item", "pk"]
        indexes = [
            models.Index(
                fields=["version", "item", "status", "facts_missing"], name="match_by_status"
            )
        ]
        constraints = [
            models.UniqueConstraint(name="match_once", fields=["version", "item", "enterprise"]),
            models.CheckConstraint(
                name="match_not_false",
                condition=~Q(status=MatchStatus.FALSE),
                violation_error_message=_("不符合的结果不保存，需要时重新计算"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.enterprise_id} {self.status}"

    @property
    def is_entitled(self) -> bool:
        """Whether all facts speak for the enterprise, so that it may apply."""
        return not self.facts_missing
