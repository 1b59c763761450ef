"""Accounts, transfers with their entries, awards and daily seals."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.cases.models import Case
from miaopu.core.models import Region, User
from miaopu.ledger.enums import AccountKind, AwardState, Level, TransferKind
from miaopu.ledger.querysets import AccountQuerySet, AwardQuerySet, SealQuerySet, TransferQuerySet
from miaopu.plans.models import Programme

# The balance of an account is the sum of its entries: only the trigger below writes it.
ADD_TO_BALANCE = """
    UPDATE ledger_account SET balance_fen = balance_fen + NEW.amount_fen
     WHERE id = NEW.account_id;
    RETURN NULL;
"""
ONLY_THROUGH_ENTRIES = """
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'ledger: a balance changes through entries only';
    END IF;
    RETURN NEW;
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


@pghistory.track()
class Award(models.Model):
    """A granted support: its money is committed at the decision and posted at the payment."""

    number = models.CharField(_("扶持编号"), max_length=30, unique=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField(_("金额（分）"))
    state = models.CharField(
        _("状态"), max_length=10, choices=AwardState.choices, default=AwardState.COMMITTED
    )
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(_("承诺时间"))
    paid_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    paid_at = models.DateTimeField(_("拨付时间"), null=True)
    bank_reference = models.CharField(_("银行流水号"), max_length=60, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="award_amount_positive",
                condition=Q(amount_fen__gt=0),
                violation_error_message=_("扶持金额须大于零"),
            ),
            models.CheckConstraint(
                name="award_payer_is_another",
                condition=Q(paid_by=None)
                | (~Q(paid_by=F("approved_by")) & ~Q(paid_by=F("decided_by"))),
                violation_error_message=_("批准和拨付须由不同人员完成"),
            ),
            models.CheckConstraint(
                name="award_paid_is_complete",
                condition=~Q(state=AwardState.PAID)
                | (Q(paid_by__isnull=False, paid_at__isnull=False) & ~Q(bank_reference="")),
                violation_error_message=_("拨付须有经办人、时间和银行流水号"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "number", "case", "amount_fen", "approved_by", "decided_by", "committed_at"
                ),
            ),
            pgtrigger.Protect(
                name="ended_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=[AwardState.PAID, AwardState.RELEASED]),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Transfer(models.Model):
    """A movement of money: entries that sum to zero, once per key. Append-only."""

    key = models.CharField(_("幂等键"), max_length=120, unique=True)
    kind = models.CharField(_("类别"), max_length=10, choices=TransferKind.choices)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, null=True, related_name="transfers")
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
                fields=["award", "kind"],
                condition=Q(award__isnull=False),
            )
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
