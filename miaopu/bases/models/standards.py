"""What people answered about a base where the system holds no figure (准入标准)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from miaopu.bases.inspection_querysets import OfBaseQuerySet
from miaopu.bases.models.bases import Base
from miaopu.core.models import User
from miaopu.plans.models import Programme


class StandardAnswer(models.Model):
    """An answer, signed; the last one counts and earlier ones stay."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="standard_answers")
    standard = models.CharField(_("标准"), max_length=64)
    question = models.CharField(_("问题"), max_length=64)
    value = models.JSONField(_("回答"))
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("回答时间"))

    objects = OfBaseQuerySet.as_manager()

    class Meta:
        """Order and protection."""

        ordering = ["base_id", "standard", "question", "pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.value}"
