"""Transfers with their entries, and daily seals. All append-only."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import User
from miaopu.ledger.enums import TransferKind
from miaopu.ledger.models.accounts import Account
from miaopu.ledger.models.awards import Award
from miaopu.ledger.querysets import SealQuerySet, TransferQuerySet

# The balance of an account is the sum of its entries: only the trigger below writes it, once per
# account and statement, in the order in which the actions lock accounts.
ADD_TO_BALANCE = """
    FOR moved IN SELECT account_id, SUM(amount_fen) AS fen FROM new_entries
                  GROUP BY account_id ORDER BY account_id LOOP
        UPDATE ledger_account SET balance_fen = balance_fen + moved.fen
         WHERE id = moved.account_id;
    END LOOP;
    RETURN NULL;
"""
SUMS_TO_ZERO = """
    IF (SELECT COALESCE(SUM(amount_fen), 0) <> 0 OR COUNT(*) < 2
          FROM ledger_entry WHERE transfer_id = NEW.{column}) THEN
        RAISE EXCEPTION 'ledger: transfer % does not sum to zero', NEW.{column};
    END IF;
    RETURN NULL;
"""


def _append_only() -> pgtrigger.Protect:
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def _sums_to_zero(column: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="sums_to_zero",
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        func=SUMS_TO_ZERO.format(column=column),
    )


class Transfer(models.Model):
    """A movement of money: entries that sum to zero, once per key. Append-only."""

    key = models.CharField(_("幂等键"), max_length=120, unique=True)
    kind = models.CharField(_("类别"), max_length=10, choices=TransferKind.choices)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, null=True, related_name="transfers")
    occasion = models.PositiveSmallIntegerField(_("次数"), default=1)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("摘要"), max_length=200, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        """Order and protection."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="transfer_once_per_award",
                fields=["award", "kind", "occasion"],
                condition=Q(award__isnull=False),
            ),
            models.CheckConstraint(
                name="transfer_only_payments_repeat",
                condition=Q(occasion=1) | Q(kind__in=[TransferKind.POST, TransferKind.RETURN]),
                violation_error_message=_("只有拨付和退回可以有第二次"),
            ),
        ]
        triggers = [_append_only(), _sums_to_zero("id")]

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """One line of a transfer: so many fen to (+) or from (−) an account. Append-only."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    amount_fen = models.BigIntegerField(_("金额（分）"))

    class Meta:
        """Order, invariants and protection."""

        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="entry_not_zero", condition=~Q(amount_fen=0)),
        ]
        triggers = [
            _append_only(),
            _sums_to_zero("transfer_id"),
            pgtrigger.Trigger(
                name="adds_to_balance",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_entries"),
                declare=[("moved", "RECORD")],
                func=ADD_TO_BALANCE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount_fen:+d}"


class Seal(models.Model):
    """The Merkle root of a day's transfers, chained to the seal before. Append-only, public."""

    day = models.DateField(_("日期"), unique=True)
    count = models.PositiveIntegerField(_("笔数"))
    root = models.CharField(_("默克尔根"), max_length=64)
    chain = models.CharField(_("链"), max_length=64)
    sealed_at = models.DateTimeField(_("封存时间"))

    objects = SealQuerySet.as_manager()

    class Meta:
        """Order and protection."""

        ordering = ["day"]
        triggers = [_append_only()]

    def __str__(self) -> str:
        return f"{self.day} {self.root[:12]}"
