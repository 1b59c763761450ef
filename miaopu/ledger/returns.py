"""Writes on money that did not arrive: payments that failed or came back, accounts put right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.cases.clocks import start_clock
from miaopu.cases.enums import Step
from miaopu.cases.forms import check_form
from miaopu.cases.guards import FormRefused, check_represents
from miaopu.cases.notices import tell_enterprise
from miaopu.cases.workflow import AlreadyDone
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import Conflict, check_reason
from miaopu.core.models import Event, User
from miaopu.engine.messages import Bilingual
from miaopu.ledger.enums import AccountKind, AwardState, LineState, TransferKind, Verb
from miaopu.ledger.models import Award, BatchLine, PayeeAccount
from miaopu.ledger.moves import again, move_awards
from miaopu.ledger.payees import account_questions, in_form, payee_of
from miaopu.ledger.paying import SHOWN_REASON, check_payer, lock_award, next_step
from miaopu.ledger.support_facts import unrecord_payment


def _mark(line: BatchLine, state: LineState, reason: str, by: User) -> None:
    """Write a result other than a payment into the line of a batch."""
    line.state = state
    line.reason = reason
    line.settled_by = by
    line.settled_at = clock.now()
    line.save(update_fields=["state", "reason", "settled_by", "settled_at"])


def _reason_needed(reason: str) -> str:
    check_reason(reason, _("请写明原因"), _("原因会告知企业并记入办理记录"))
    return reason.strip()[:SHOWN_REASON]


@transaction.atomic
def return_award(award: Award, *, by: User, reason: str, account_wrong: bool = True) -> Award:
    """Write down that a payment came back: paid → committed, and the award can be paid once more.

    Raises NotAllowed, ActionRefused without a reason, AlreadyDone where the same person has just
    done it, Conflict where nothing was paid.
    """
    reason = _reason_needed(reason)
    locked = lock_award(award)
    check_payer(locked, by)
    if locked.state != AwardState.PAID:
        last = locked.transfers.order_by("-pk").first()
        if last is not None and last.kind == TransferKind.RETURN and last.by_id == by.pk:
            raise AlreadyDone(_("您已经登记过这笔退回"), _("无需重复操作"))
        raise Conflict(
            _("扶持 %(number)s 现为“%(state)s”")
            % {"number": locked.number, "state": locked.get_state_display()},
            _("只有已拨付的款项可以登记退回"),
        )
    reference = locked.bank_reference
    occasion = move_awards(
        [locked], TransferKind.RETURN, AccountKind.PAID, AccountKind.COMMITTED, by=by
    )[locked.pk]
    locked.state = AwardState.COMMITTED
    locked.paid_by = None
    locked.paid_at = None
    locked.bank_reference = ""
    locked.awaits_account = account_wrong
    locked.save(update_fields=["state", "paid_by", "paid_at", "bank_reference", "awaits_account"])
    unrecord_payment(locked, by=by, reason=reason)
    line = locked.batch_lines.filter(state=LineState.PAID).first()
    if line is not None:
        _mark(line, LineState.RETURNED, reason, by)
    if not account_wrong:
        start_clock(locked.case, Step.PAY)
    record_event(
        locked.case,
        Verb.RETURN,
        by=by,
        reason=reason,
        region=locked.case.region_id,
        data={"award": locked.number, "bank_reference": reference, "account_wrong": account_wrong},
    )
    then = next_step(account_wrong)
    tell_enterprise(
        locked.case,
        again("returned", occasion),
        Bilingual(
            f"款项被银行退回：{reason}。{then.zh}",
            f"the payment came back from the bank: {reason}; {then.en}",
        ),
    )
    return locked


@transaction.atomic
def correct_account(award: Award, typed: Mapping[str, Any], *, by: User) -> PayeeAccount:
    """Take the account that the enterprise gives after a payment did not arrive; its clock starts.

    `typed` answers the application's questions about the account; the same as before confirms it.
    Raises NotAllowed, FormRefused with the errors, Conflict where no account is waited for.
    """
    check_represents(by, award.case.enterprise)
    locked = lock_award(award)
    values, errors = check_form(account_questions(locked.case), typed)
    if errors:
        raise FormRefused(errors)
    bank, account = in_form(locked.case)
    name, number = str(values.get(bank, "")), str(values.get(account, ""))
    if not locked.awaits_account:
        last = PayeeAccount.objects.filter(award=locked).last()
        if last and (last.bank_name, last.bank_account, last.given_by_id) == (name, number, by.pk):
            return last  # a double click
        raise Conflict(_("现在不需要更正收款账户"), _("如有变动，请联系财务经办"))
    before = payee_of(locked)
    given = PayeeAccount.objects.create(
        award=locked, bank_name=name, bank_account=number, given_by=by, given_at=clock.now()
    )
    locked.awaits_account = False
    locked.save(update_fields=["awaits_account"])
    start_clock(locked.case, Step.PAY)
    record_event(
        locked.case,
        Verb.CORRECT_ACCOUNT,
        by=by,
        region=locked.case.region_id,
        data={
            "changed": (before.bank_name, before.bank_account) != (name, number),
            "account_sha256": given.sha256,
        },
    )
    return given


def last_failure(award: Award) -> Event | None:
    """What last kept an award from arriving (failed or came back). The caller proved access."""
    return award.case.trail().filter(verb__in=[Verb.FAIL, Verb.RETURN]).last()
