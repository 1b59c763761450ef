"""Background tasks of the ledger: sealing days, booking what a bank says of thousands."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from miaopu.core import clock
from miaopu.core.actions import fail_job, finish_job, open_job, report_progress
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Job, User
from miaopu.engine.bank_files import Result
from miaopu.ledger.actions import open_budgets
from miaopu.ledger.batches import check_digest, lock_batch
from miaopu.ledger.books import seal_days
from miaopu.ledger.models import BankReply, PaymentBatch
from miaopu.ledger.result_checks import check_results
from miaopu.ledger.results import (
    ResultsRefused,
    book_reply,
    booking_job,
    booking_key,
    check_not_being_booked,
    results_of,
)
from miaopu.ledger.support_facts import record_earlier_payments
from miaopu.plans.models import ProgrammeVersion

logger = logging.getLogger(__name__)

AT_ONCE = 250  # payments that one transaction books: others wait for its accounts meanwhile


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="seal_ended_days")
def seal_ended_days(timestamp: int) -> None:
    """Seal the days that have ended."""
    seal_days()


@app.task(queue="default", retry=2)
def book_bank_reply(job_id: int, reply_id: int, only_good: bool) -> None:
    """Book a file part by part, each whole or not at all; goes on after a killed worker."""
    job = Job.objects.get(pk=job_id)
    reply = BankReply.objects.select_related("batch").get(pk=reply_id)
    by = job.created_by
    assert by is not None  # an officer has started it
    try:
        with clock.read_once():
            results = _to_be_booked(reply.batch, results_of(reply), only_good)
            for start in range(0, len(results), AT_ONCE):
                part = results[start : start + AT_ONCE]
                book_reply(reply, by=by, part=part, job=job)
                left = len(results) - start - len(part)
                report_progress(job, job.total - left, job.total)
    except ActionRefused as refused:
        fail_job(job, str(refused.message))
        return
    except Exception as error:
        logger.exception("booking reply %s failed", reply_id)
        fail_job(job, type(error).__name__)
        raise
    finish_job(job, {"booked": job.total, "batch": reply.batch.number})


def _to_be_booked(batch: PaymentBatch, results: Sequence[Result], only_good: bool) -> list[Result]:
    """Those of a file's results that would change something; the whole file is checked for them.

    Raises ResultsRefused where some are wrong, unless `only_good`, ActionRefused where the frozen
    list does not have its digest.
    """
    check_digest(batch)
    checked = check_results(batch, results)
    wrong = [one for one in checked if one.effect == "wrong"]
    if wrong and not only_good:
        raise ResultsRefused(wrong)
    return [one.result for one in checked if one.effect == "book"]


@transaction.atomic
def start_booking(reply: BankReply, *, by: User, only_good: bool = False) -> Job | int:
    """Book a kept file at once, or start a job where it is long; the job, or how many were booked.

    What is wrong in the file is found before anything is booked. The same officer's second click
    gives the same job. Raises what `miaopu.ledger.results.book_results` raises.
    """
    batch = lock_batch(reply.batch)
    running = booking_job(batch)
    if running is not None and running.created_by_id == by.pk:
        return running
    check_not_being_booked(batch)
    total = len(_to_be_booked(batch, results_of(reply), only_good))
    if total <= AT_ONCE:
        return book_reply(reply, by=by, only_good=only_good)
    title = _("登记批次 %(number)s 的银行结果") % {"number": batch.number}
    job, _created = open_job(
        f"{booking_key(batch)}{clock.now().isoformat()}", title, by=by, total=total
    )
    book_bank_reply.defer(job_id=job.pk, reply_id=reply.pk, only_good=only_good)
    return job


def budgets_of_version(version: ProgrammeVersion, by: User | None) -> None:
    """What follows a version published in the pages: its budgets enter the books."""
    open_budgets(version, by=by)
    record_earlier_payments(version, by=by)
