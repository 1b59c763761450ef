"""Payment batches: frozen lists of payments handed to a bank, and what the bank answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Event, Region, User
from miaopu.core.querysets import EventQuerySet
from miaopu.engine import seals
from miaopu.ledger.enums import BatchState, LineState
from miaopu.ledger.models.awards import Award
from miaopu.ledger.querysets import BankReplyQuerySet, BatchLineQuerySet, PaymentBatchQuerySet
from miaopu.plans.models import Programme

# What may follow what in a line: a result once, and a return of what was paid.
LINE_STEPS = """
    IF (OLD.state, NEW.state) IN (('pending', 'paid'), ('pending', 'failed'),
                                  ('pending', 'cancelled'), ('paid', 'returned')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'ledger: a payment that is % does not become %', OLD.state, NEW.state;
"""


class PaymentBatch(models.Model):
    """Payments that are handed to a bank together; the list is frozen and has a digest."""

    number = models.CharField(_("批次编号"), max_length=40, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("状态"), max_length=10, choices=BatchState.choices, default=BatchState.OPEN
    )
    count = models.PositiveIntegerField(_("笔数"))
    amount_fen = models.BigIntegerField(_("金额（分）"))
    digest = models.CharField(_("摘要"), max_length=64)
    request_key = models.CharField(_("幂等键"), max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("建立时间"))

    objects = PaymentBatchQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="batch_has_lines",
                condition=Q(count__gt=0, amount_fen__gt=0),
                violation_error_message=_("付款批次至少有一笔"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["state"]),
            ),
            pgtrigger.Protect(
                name="ended_is_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=BatchState.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def trail(self) -> EventQuerySet:
        """What happened to the batch, oldest first. Whoever asks has proved access to it."""
        return Event.objects.for_subject(self)

    def frozen_content(self, lines: Iterable[BatchLine] | None = None) -> dict[str, Any]:
        """What the digest covers, as plain data: all that the bank is told.

        `lines` are those of a batch that is not saved yet.
        """
        listed = self.lines.in_order() if lines is None else lines
        return {
            "number": self.number,
            "programme": self.programme.slug,
            "region": self.region_id,
            "count": self.count,
            "amount_fen": self.amount_fen,
            "lines": [line.frozen_content() for line in listed],
        }


@pghistory.track()
class BatchLine(models.Model):
    """One payment of a batch: to whom, to which account, how much, and what became of it."""

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField(_("序号"))
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="batch_lines")
    payee = models.CharField(_("户名"), max_length=200)
    bank_name = models.CharField(_("开户银行"), max_length=200)
    bank_account = models.CharField(_("银行账号"), max_length=40)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    state = models.CharField(
        _("结果"), max_length=10, choices=LineState.choices, default=LineState.PENDING
    )
    bank_reference = models.CharField(_("银行流水号"), max_length=60, blank=True)
    bank_day = models.DateField(_("银行日期"), null=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(_("登记时间"), null=True)

    objects = BatchLineQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["batch_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(name="line_position_once", fields=["batch", "position"]),
            models.UniqueConstraint(name="line_award_once_in_batch", fields=["batch", "award"]),
            models.UniqueConstraint(
                name="line_award_in_one_open_batch",
                fields=["award"],
                condition=Q(state__in=[LineState.PENDING, LineState.PAID]),
                violation_error_message=_("这笔扶持已在另一个付款批次中"),
            ),
            models.CheckConstraint(
                name="line_amount_positive",
                condition=Q(amount_fen__gt=0),
                violation_error_message=_("付款金额须大于零"),
            ),
            models.CheckConstraint(
                name="line_result_is_complete",
                condition=Q(state=LineState.PENDING)
                | (
                    Q(settled_by__isnull=False, settled_at__isnull=False)
                    & (Q(state=LineState.PAID) | ~Q(reason=""))
                ),
                violation_error_message=_("付款结果须有登记人、时间，未付的须有原因"),
            ),
            models.CheckConstraint(
                name="line_paid_has_reference",
                condition=~Q(state__in=[LineState.PAID, LineState.RETURNED])
                | (~Q(bank_reference="") & Q(bank_day__isnull=False)),
                violation_error_message=_("已付的须有银行流水号和日期"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    *("batch", "position", "award", "payee"),
                    *("bank_name", "bank_account", "amount_fen"),
                ),
            ),
            pgtrigger.Trigger(
                name="result_comes_once",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=LINE_STEPS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.position}"

    def frozen_content(self) -> dict[str, Any]:
        """What the bank is told of this payment, as plain data."""
        return {
            "position": self.position,
            "award": self.award.number,
            "payee": self.payee,
            "bank_name": self.bank_name,
            "bank_account": self.bank_account,
            "amount_fen": self.amount_fen,
        }


class BankReply(models.Model):
    """A bank's result file as it was read: kept once per content, booked once."""

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="replies")
    name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(_("摘要"), max_length=64)
    rows = models.JSONField(_("各行"))
    read_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("读入时间"))
    booked = models.PositiveIntegerField(_("登记笔数"), default=0)
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    booked_at = models.DateTimeField(_("登记时间"), null=True)

    objects = BankReplyQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="reply_once", fields=["batch", "sha256"]),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "batch", "name", "sha256", "rows", "read_by", "read_at"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.name}"

    @property
    def rows_sha256(self) -> str:
        """SHA-256 over the rows in canonical form; the event of the reading says it too."""
        return seals.digest({"rows": self.rows})
