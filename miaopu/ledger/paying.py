"""Payments that were made or failed, many at once: what one payment changes, in few statements.

Who calls holds the awards (`lock_awards`) and has checked that each of them may be paid now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.cases.clocks import stop_clocks
from miaopu.cases.notices import tell_enterprises
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import Conflict, NotAllowed
from miaopu.core.many import Happened, record_events, update_rows
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.messages import Bilingual
from miaopu.engine.money import format_yuan
from miaopu.ledger.enums import AccountKind, AwardState, LineState, TransferKind, Verb
from miaopu.ledger.models import Award, BatchLine
from miaopu.ledger.moves import again, move_awards
from miaopu.ledger.support_facts import record_payments

SHOWN_REASON = 200  # signs of a reason in a notice; the page of the case shows it whole


@dataclass(frozen=True)
class Payment:
    """A payment that the bank has made, or by hand; `line` and `day` where it was in a batch."""

    award: Award
    reference: str
    reason: str = ""
    line: BatchLine | None = None
    day: date | None = None


@dataclass(frozen=True)
class Failure:
    """A payment of a batch that the bank could not carry out."""

    award: Award
    line: BatchLine
    reason: str
    account_wrong: bool = True


def lock_awards(ids: Sequence[int]) -> list[Award]:
    """Awards locked in one order for all, before any account is; with what paying them needs."""
    rows = Award.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
    parts = rows.select_related("case__item__version__programme", "case__enterprise")
    return list(parts.defer("case__trace", "case__item__version__content").order_by("pk"))


def lock_award(award: Award) -> Award:
    """The award as the database has it now, locked until the transaction ends."""
    [locked] = lock_awards([award.pk])
    return locked


def check_payer(award: Award, by: User) -> None:
    """Who pays is a finance officer of the region who neither approved nor decided."""
    if not reaches(by, award.case.region_id, [Role.FINANCE_OFFICER]):
        raise NotAllowed(_("您的角色不能办理拨付"), _("请交由财务经办办理"))
    if by.pk in (award.approved_by_id, award.decided_by_id):
        raise NotAllowed(_("批准或决定的人不能办理拨付"), _("请由另一位财务经办办理"))


def check_not_at_bank(awards: Sequence[Award], lines: Sequence[BatchLine] = ()) -> None:
    """No payment of the awards but `lines` waits for the bank's result; raises Conflict else."""
    waiting = BatchLine.objects.pending().filter(award__in=awards)
    others = waiting.exclude(pk__in=[line.pk for line in lines])
    found = others.select_related("batch", "award").order_by("pk").first()
    if found is not None:
        raise Conflict(
            _("扶持 %(number)s 在付款批次 %(batch)s 中，银行结果未到")
            % {"number": found.award.number, "batch": found.batch.number},
            _("请在批次页面登记结果，或先撤销批次"),
        )


@transaction.atomic
def post_payments(payments: Sequence[Payment], *, by: User) -> None:
    """Mark awards as paid: money posted, clock stopped, fact written, enterprise told."""
    now = clock.now()
    awards = [one.award for one in payments]
    occasions = move_awards(
        awards, TransferKind.POST, AccountKind.COMMITTED, AccountKind.PAID, by=by
    )
    for one in payments:
        one.award.state = AwardState.PAID
        one.award.paid_by = by
        one.award.paid_at = now
        one.award.bank_reference = one.reference
    update_rows(
        Award,
        ("state", "paid_by", "paid_at", "bank_reference"),
        [(one.award.pk, AwardState.PAID.value, by.pk, now, one.reference) for one in payments],
    )
    in_batch = [(one.line, one) for one in payments if one.line is not None]
    update_rows(
        BatchLine,
        ("state", "bank_reference", "bank_day", "settled_by", "settled_at"),
        [
            (line.pk, LineState.PAID.value, one.reference, one.day, by.pk, now)
            for line, one in in_batch
        ],
    )
    stop_clocks([award.case for award in awards])
    record_payments(awards, by=by)
    record_events(
        (
            Happened(
                one.award.case,
                Verb.PAY,
                one.award.case.region_id,
                one.reason,
                {"award": one.award.number, "bank_reference": one.reference},
            )
            for one in payments
        ),
        by=by,
    )
    tell_enterprises(
        (
            award.case,
            again("paid", occasions[award.pk]),
            Bilingual(
                f"已拨付 {format_yuan(award.amount_fen)} 元",
                f"{format_yuan(award.amount_fen)} yuan was paid",
            ),
        )
        for award in awards
    )


def next_step(account_wrong: bool) -> Bilingual:
    """What follows for the enterprise, as the end of a notice."""
    if account_wrong:
        return Bilingual("请更正或确认收款账户", "please correct or confirm the account")
    return Bilingual("财务将再次付款", "it will be paid once more")


@transaction.atomic
def fail_payments(failures: Sequence[Failure], *, by: User) -> None:
    """Write down that the bank could not carry out payments: the money stays committed.

    Where the account is wrong, the enterprise is asked to put it right, and the payment's clock
    stops until it has.
    """
    now = clock.now()
    update_rows(
        BatchLine,
        ("state", "reason", "settled_by", "settled_at"),
        [(one.line.pk, LineState.FAILED.value, one.reason, by.pk, now) for one in failures],
    )
    asked = [one.award for one in failures if one.account_wrong]
    for award in asked:
        award.awaits_account = True
    update_rows(Award, ("awaits_account",), [(award.pk, True) for award in asked])
    stop_clocks([award.case for award in asked])
    record_events(
        (
            Happened(
                one.award.case,
                Verb.FAIL,
                one.award.case.region_id,
                one.reason,
                {
                    "award": one.award.number,
                    "batch": one.line.batch.number,
                    "account_wrong": one.account_wrong,
                },
            )
            for one in failures
        ),
        by=by,
    )
    tell_enterprises(
        (one.award.case, f"failed/{one.line.pk}", _failure_text(one)) for one in failures
    )


def _failure_text(failure: Failure) -> Bilingual:
    then = next_step(failure.account_wrong)
    return Bilingual(
        f"付款没有成功：{failure.reason}。{then.zh}",
        f"the payment failed: {failure.reason}; {then.en}",
    )
