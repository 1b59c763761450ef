"""Awards, and the accounts to which their enterprises want them paid."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.cases.models import Case
from miaopu.core.models import User
from miaopu.engine import seals
from miaopu.ledger.enums import AwardState
from miaopu.ledger.querysets import AwardQuerySet

# What was paid is open again only where the books say that the money came back: as many returns as
# payments. Nothing else about it changes, and what was released stays so.
PAID_OR_RELEASED = """
    IF OLD.state = 'paid' AND NEW.state = 'committed' AND NEW.paid_by_id IS NULL
       AND NEW.paid_at IS NULL AND NEW.bank_reference = ''
       AND (SELECT COUNT(*) FILTER (WHERE kind = 'post') = COUNT(*) FILTER (WHERE kind = 'return')
              FROM ledger_transfer WHERE award_id = OLD.id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'ledger: award % is %', OLD.number, OLD.state;
"""


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
    awaits_account = models.BooleanField(_("待企业更正收款账户"), default=False)

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
            models.CheckConstraint(
                name="award_open_while_awaiting",
                condition=Q(awaits_account=False) | Q(state=AwardState.COMMITTED),
                violation_error_message=_("只有待拨付的扶持可以等待更正账户"),
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
            pgtrigger.Trigger(
                name="ended_is_frozen",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state__in=[AwardState.PAID, AwardState.RELEASED]),
                func=PAID_OR_RELEASED,
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PayeeAccount(models.Model):
    """The account that an enterprise gave after a payment had not reached it. Append-only."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="payee_accounts")
    bank_name = models.CharField(_("开户银行"), max_length=200)
    bank_account = models.CharField(_("银行账号"), max_length=40)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("填写时间"))

    class Meta:
        """Order and protection."""

        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.award_id} {self.bank_name}"

    @property
    def sha256(self) -> str:
        """SHA-256 over award and account in canonical form; the event of the giving says it too."""
        return seals.digest(
            {
                "award": self.award.number,
                "bank_name": self.bank_name,
                "bank_account": self.bank_account,
            }
        )
