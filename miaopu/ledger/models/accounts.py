"""Accounts: money of one level for one purpose in one region, in one state."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Region
from miaopu.ledger.enums import AccountKind, Level
from miaopu.ledger.querysets import AccountQuerySet
from miaopu.plans.models import Programme

ONLY_THROUGH_ENTRIES = """
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'ledger: a balance changes through entries only';
    END IF;
    RETURN NEW;
"""


class Account(models.Model):
    """Money of one level for one purpose in one region, in one state."""

    code = models.CharField(_("科目"), max_length=160, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(_("用途"), max_length=60)
    level = models.CharField(_("级次"), max_length=10, choices=Level.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("类别"), max_length=10, choices=AccountKind.choices)
    balance_fen = models.BigIntegerField(_("余额（分）"), default=0)

    objects = AccountQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                name="account_once", fields=["programme", "purpose", "level", "region", "kind"]
            ),
            models.CheckConstraint(
                name="account_never_below_zero",
                condition=Q(kind=AccountKind.SOURCE) | Q(balance_fen__gte=0),
                violation_error_message=_("科目余额不得低于零"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="balance_through_entries",
                operation=pgtrigger.UpdateOf("balance_fen"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__balance_fen__df=pgtrigger.F("new__balance_fen")),
                func=ONLY_THROUGH_ENTRIES,
            ),
            pgtrigger.Trigger(
                name="opens_at_zero",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=~pgtrigger.Q(new__balance_fen=0),
                func="RAISE EXCEPTION 'ledger: an account opens at zero';",
            ),
            pgtrigger.Protect(
                name="stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "code", "programme", "purpose", "level", "region", "kind"
                ),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.code
