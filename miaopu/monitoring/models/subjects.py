"""Whom campaigns assess: a base, a district, a department, an institution, a person."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.models import Base
from miaopu.core.models import Office, Region, User
from miaopu.engine.messages import Bilingual
from miaopu.monitoring.enums import SubjectKind
from miaopu.monitoring.querysets import AssessmentSubjectQuerySet
from miaopu.parties.models import Enterprise

_NAMED = {
    SubjectKind.BASE: "base",
    SubjectKind.REGION: "",
    SubjectKind.DEPARTMENT: "office",
    SubjectKind.INSTITUTION: "enterprise",
    SubjectKind.STAFF: "user",
}


def _only_its_own() -> Q:
    """Each kind names what it is, and nothing else; a district is its region."""
    found = Q(pk__in=[])
    for kind, own in _NAMED.items():
        others = {f"{name}__isnull": name != own for name in _NAMED.values() if name}
        found |= Q(kind=kind, **others)
    return found


class AssessmentSubject(models.Model):
    """One that is assessed, the same in every campaign; `region` is where it lies or works.

    `number` tells it apart within its kind, and stands in what is frozen.
    """

    kind = models.CharField(_("被考核对象"), max_length=12, choices=SubjectKind.choices)
    number = models.CharField(_("编号"), max_length=60)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    base = models.ForeignKey(Base, on_delete=models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="+")
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, null=True, related_name="+"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AssessmentSubjectQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["kind", "number"]
        constraints = [
            models.UniqueConstraint(name="subject_number_once", fields=["kind", "number"]),
            models.CheckConstraint(
                name="subject_names_its_own",
                condition=_only_its_own(),
                violation_error_message=_("被考核对象须与类别一致"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_who_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "kind", "number", "base", "office", "enterprise", "user"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> Bilingual:
        """Its name, in English too where there is one."""
        one = self.base or self.enterprise or self.user
        if one is not None:
            return Bilingual(one.name, one.name)
        place = self.office or self.region
        return Bilingual(place.name, place.name_en or place.name)

    @property
    def name(self) -> str:
        """Its Chinese name."""
        return self.title.zh

    @property
    def its_base(self) -> Base:
        """The base that is assessed; only where bases are."""
        assert self.base is not None
        return self.base

    @property
    def operator_id(self) -> int | None:
        """The enterprise that scores itself: who runs the base, or the institution."""
        return self.base.operator_id if self.base is not None else self.enterprise_id
