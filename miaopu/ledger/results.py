"""What a bank says became of a batch: checked line by line, then booked as a whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import Job, User
from miaopu.engine.bank_files import (
    MAX_BYTES,
    BankFileError,
    Result,
    parse_result,
    read_results,
)
from miaopu.engine.money import format_yuan
from miaopu.ledger.batches import check_digest, check_officer, lock_batch
from miaopu.ledger.enums import AwardState, BatchState, Verb
from miaopu.ledger.models import Award, BankReply, BatchLine, PaymentBatch
from miaopu.ledger.paying import (
    Failure,
    Payment,
    check_not_at_bank,
    check_payer,
    fail_payments,
    lock_awards,
    post_payments,
)
from miaopu.ledger.result_checks import CheckedResult, check_results
from miaopu.ledger.returns import return_award

MOST_BYTES = MAX_BYTES  # of a result file


class ReplyUnreadable(ActionRefused):
    """A file that is no result file; message and remedy are in both languages."""

    status = 422


class ResultsRefused(ActionRefused):
    """Results with mistakes; `wrong` has each line with what is wrong. Nothing was booked."""

    status = 422

    def __init__(self, wrong: Sequence[CheckedResult]) -> None:
        super().__init__(
            _("%(count)s 行有问题，没有登记任何结果") % {"count": len(wrong)},
            _("请更正后再登记，或只登记正确的行"),
        )
        self.wrong = list(wrong)


@transaction.atomic
def book_results(
    batch: PaymentBatch,
    results: Sequence[Result],
    *,
    by: User,
    only_good: bool = False,
    job: Job | None = None,
) -> int:
    """Book what the bank says, all in one transaction; returns how many payments changed.

    The same results again change nothing. A `job` books a file part by part and has checked the
    list's digest itself. Raises ResultsRefused where a line is wrong, unless
    `only_good`: then the wrong ones are left out. Raises NotAllowed where `by` may not pay one of
    them, Conflict while another job books the batch, ActionRefused where the frozen list does not
    have its digest.
    """
    check_officer(batch.region_id, by)
    locked = lock_batch(batch)
    check_not_being_booked(locked, job)
    if job is None:
        check_digest(locked)
    checked = check_results(locked, results)
    wrong = [one for one in checked if one.effect == "wrong"]
    if wrong and not only_good:
        raise ResultsRefused(wrong)
    booked = [one for one in checked if one.effect == "book"]
    _settle(locked, booked, by)
    if locked.state == BatchState.OPEN and not locked.lines.pending().exists():
        locked.state = BatchState.SETTLED
        locked.save(update_fields=["state"])
    if booked:
        outcomes = Counter(str(one.result.outcome) for one in booked)
        record_event(locked, Verb.APPLY_REPLY, by=by, region=locked.region_id, data=dict(outcomes))
    return len(booked)


def booking_job(batch: PaymentBatch) -> Job | None:
    """The job that books results of the batch now, if there is one."""
    return Job.objects.unfinished().filter(key__startswith=booking_key(batch)).first()


def booking_key(batch: PaymentBatch) -> str:
    """How the keys of the jobs begin that book results of the batch."""
    return f"book/{batch.pk}/"


def check_not_being_booked(batch: PaymentBatch, job: Job | None = None) -> None:
    """No other job books results of the batch; raises Conflict otherwise."""
    running = booking_job(batch)
    if running is not None and (job is None or running.pk != job.pk):
        raise Conflict(
            _("批次 %(number)s 的银行结果正在登记") % {"number": batch.number},
            _("请等登记完成后再看批次页面"),
        )


def _settle(batch: PaymentBatch, booked: Sequence[CheckedResult], by: User) -> None:
    """Carry out checked results: payments and failures in one pass each, then what came back."""
    pairs = [(one.result, one.line) for one in booked if one.line is not None]
    awards = {one.pk: one for one in lock_awards([line.award_id for _result, line in pairs])}
    payments, failures = list[Payment](), list[Failure]()
    for result, line in pairs:
        award = awards[line.award_id]
        line.award, line.batch = award, batch
        check_payer(award, by)
        if result.outcome == "paid":
            payments.append(Payment(award, result.reference, line=line, day=result.day))
        elif result.outcome == "failed":
            failures.append(Failure(award, line, result.reason, result.account_wrong))
    waiting = [line for result, line in pairs if result.outcome != "returned"]
    _check_open([line.award for line in waiting])
    check_not_at_bank([line.award for line in waiting], waiting)
    if payments:
        post_payments(payments, by=by)
    if failures:
        fail_payments(failures, by=by)
    for result, line in pairs:
        if result.outcome == "returned":
            wrong = result.account_wrong
            return_award(line.award, by=by, reason=result.reason, account_wrong=wrong)


def _check_open(awards: Sequence[Award]) -> None:
    """The awards' money waits for its payment, as it must while their payments are at the bank."""
    for award in awards:
        if award.state != AwardState.COMMITTED or award.awaits_account:
            raise Conflict(
                _("扶持 %(number)s 现为“%(state)s”")
                % {"number": award.number, "state": award.get_state_display()},
                _("可能有人先办理了。请查看记录"),
            )


@transaction.atomic
def keep_reply(batch: PaymentBatch, name: str, content: bytes, *, by: User) -> BankReply:
    """Read a result file and keep its rows; nothing is booked. The same file again is the same.

    Raises NotAllowed, ReplyUnreadable where the file cannot be read.
    """
    check_officer(batch.region_id, by)
    try:
        rows = read_results(content)
    except BankFileError as error:
        raise ReplyUnreadable(error.message, error.remedy) from error
    reply, created = BankReply.objects.get_or_create(
        batch=batch,
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={
            "name": name.replace("\x00", "")[:200],
            "rows": rows,
            "read_by": by,
            "read_at": clock.now(),
        },
    )
    if created:
        record_event(
            batch,
            Verb.READ_REPLY,
            by=by,
            region=batch.region_id,
            data={"sha256": reply.sha256, "rows": len(rows), "rows_sha256": reply.rows_sha256},
        )
    return reply


@transaction.atomic
def book_line(line: BatchLine, answers: Mapping[str, str], *, by: User) -> int:
    """Book what is known of one payment: the columns of a result file but for number and amount.

    Raises as `book_results`.
    """
    row = {**answers, "award": line.award.number, "amount": format_yuan(line.amount_fen)}
    return book_results(line.batch, [parse_result(row)], by=by)


def results_of(reply: BankReply) -> list[Result]:
    """The rows of a kept file, understood."""
    return [parse_result(row) for row in reply.rows]


@transaction.atomic
def book_reply(
    reply: BankReply,
    *,
    by: User,
    only_good: bool = False,
    part: Sequence[Result] | None = None,
    job: Job | None = None,
) -> int:
    """Book a kept file; returns how many payments changed, 0 where all was booked before.

    A `job` books a `part` of its results. Raises as `book_results`.
    """
    results = results_of(reply) if part is None else part
    booked = book_results(reply.batch, results, by=by, only_good=only_good, job=job)
    if booked:
        locked = BankReply.objects.select_for_update(of=("self",), no_key=True).get(pk=reply.pk)
        locked.booked += booked
        locked.booked_by = by
        locked.booked_at = clock.now()
        locked.save(update_fields=["booked", "booked_by", "booked_at"])
    return booked
