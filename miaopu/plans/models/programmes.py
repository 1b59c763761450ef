"""Programmes in versions."""

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
from miaopu.plans.enums import VersionState
from miaopu.plans.querysets import ProgrammeQuerySet, ProgrammeVersionQuerySet

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
