"""Decision letters: what was decided, as the enterprise was told."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.cases.models.cases import Case
from miaopu.cases.querysets import DecisionLetterQuerySet
from miaopu.core.models import Region, User
from miaopu.engine.letters.content import Letter


class DecisionLetter(models.Model):
    """The facts of a decision, frozen when it was made; its documents are made from them alone."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="letter")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("年份"))
    serial = models.PositiveIntegerField(_("顺序号"))
    number = models.CharField(_("文号"), max_length=80)
    content = models.JSONField(_("内容"))
    digest = models.CharField(_("摘要"), max_length=64)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("制作时间"))

    objects = DecisionLetterQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="letter_number_once", fields=["region", "year", "serial"]),
            models.CheckConstraint(
                name="letter_serial_from_one",
                condition=Q(serial__gte=1),
                violation_error_message=_("文号从1开始"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.number

    @property
    def letter(self) -> Letter:
        """The facts, for the makers of documents."""
        return Letter.from_json(self.content)
