"""Items: matters that can be applied for."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.cases.querysets import ItemQuerySet
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.items import Item as PackItem
from miaopu.parties.models import Enterprise
from miaopu.plans.models import ProgrammeVersion

SET = "once:"  # before the name of a set; no code of an item has a colon


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

    def once_key(self, on: date, subject: Enterprise | None = None) -> str:
        """What can be had only once: the item in the programme or the year, for each `subject`.

        Items that pay for the same (`counted_once` of the pack) are had once among them.
        """
        name = self.version.pack.counted_with(self.code)
        return (self.code if name is None else f"{SET}{name}") + self._once_in(on, subject)

    def once_keys(self, on: date, subject: Enterprise | None = None) -> Q:
        """Whatever it was had under: that key, or one of when rules had these items apart."""
        among, keys, tail = self._same(on, subject)
        together = Q(item__code__in=among, once_key__startswith=SET, once_key__endswith=tail)
        return Q(once_key__in=keys) | together

    def is_had_by(self, code: str, once_key: str, on: date) -> bool:
        """The same for one case of the enterprise's own: of which item, and under which key."""
        among, keys, tail = self._same(on, None)
        together = once_key.startswith(SET) and once_key.endswith(tail)
        return once_key in keys or (code in among and together)

    def _same(self, on: date, subject: Enterprise | None) -> tuple[tuple[str, ...], list[str], str]:
        """The items that pay for the same, the keys they are had under, and how those end."""
        pack, tail = self.version.pack, self._once_in(on, subject)
        name = pack.counted_with(self.code)
        among = (self.code,) if name is None else pack.counted_once[name].among
        return among, [self.once_key(on, subject), *(f"{code}{tail}" for code in among)], tail

    def _once_in(self, on: date, subject: Enterprise | None) -> str:
        year = f"/{on.year}" if self.definition.once_per == "year" else ""
        return year if subject is None else f"{year}@{subject.pk}"

    @property
    def definition(self) -> PackItem:
        """What the pack says of the item."""
        return self.version.pack.items[self.code]
