"""Enterprises that chose not to be matched automatically (non-personalised alternative)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import User
from miaopu.parties.models import Enterprise
from miaopu.plans.querysets import MatchingOptOutQuerySet


class MatchingOptOut(models.Model):
    """An enterprise that is neither matched nor offered anything; it may apply as before."""

    enterprise = models.OneToOneField(Enterprise, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(_("起"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = MatchingOptOutQuerySet.as_manager()

    class Meta:
        """Order."""

        ordering = ["pk"]
