"""Batches of thousands: passes over all lines, a job that goes on, the same rows as one by one."""

from __future__ import annotations

import logging
import os
import resource
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from miaopu.cases.models import CaseClock
from miaopu.core import clock
from miaopu.core.enums import JobState, Role
from miaopu.core.errors import Conflict
from miaopu.core.models import Event, Job, Notice
from miaopu.engine.books import verify
from miaopu.ledger import tasks
from miaopu.ledger.batches import create_batch
from miaopu.ledger.books import read_books
from miaopu.ledger.enums import AccountKind, BatchState
from miaopu.ledger.models import Account, Award, PaymentBatch, Transfer
from miaopu.ledger.results import ResultsRefused, book_line, book_reply, keep_reply
from miaopu.ledger.tasks import book_bank_reply, start_booking
from miaopu.parties.models import Fact
from tests.factories import City, build_city, make_officer
from tests.ledger.many import award_many, result_file

AMOUNT_FEN = 4_500_000


def big_batch(city: City, count: int) -> PaymentBatch:
    return create_batch(award_many(city, count), by=city.finance, request_key="k")


def paid_fen() -> int:
    accounts = Account.objects.with_kind(AccountKind.PAID)
    return sum(account.balance_fen for account in accounts)


def statements(city: City, count: int) -> tuple[int, int]:
    """How many statements making a batch and booking it takes."""
    awards = award_many(city, count)
    with clock.read_once(), CaptureQueriesContext(connection) as made:
        batch = create_batch(awards, by=city.finance, request_key="k")
    reply = keep_reply(batch, "r.csv", result_file(batch, range(2, 4)), by=city.finance)
    with clock.read_once(), CaptureQueriesContext(connection) as booked:
        assert book_reply(reply, by=city.finance) == count
    return len(made), len(booked)


@pytest.mark.parametrize("count", [5, 60])
def test_statements_do_not_grow_with_the_lines(city: City, count: int) -> None:
    made, booked = statements(city, count)
    assert (made <= 20, booked <= 75) == (True, True), (made, booked)


def test_many_at_once_leave_the_rows_of_one_by_one(city: City) -> None:
    batch = big_batch(city, 6)
    reply = keep_reply(batch, "r.csv", result_file(batch, range(2, 4)), by=city.finance)
    events = Event.objects.count()
    assert book_reply(reply, by=city.finance) == 6
    assert paid_fen() == 4 * AMOUNT_FEN
    assert Transfer.objects.filter(kind="post").count() == 4
    assert Fact.objects.filter(name="direct_subsidy_paid_on", valid_to=None).count() == 4
    assert Event.objects.count() == events + 4 * 2 + 2 + 1  # paid and its fact, failed, applied
    assert Event.objects.filter(verb="ledger.pay", office__region="520103").count() == 4
    assert Notice.objects.filter(user=city.owner, text__contains="已拨付").count() == 4
    assert Notice.objects.filter(user=city.owner, text__contains="户名不符").count() == 2
    assert CaseClock.objects.filter(step="pay").running().count() == 0
    assert Award.objects.filter(awaits_account=True).count() == 2
    assert verify(read_books()) == []
    assert book_reply(reply, by=city.finance) == 0  # the same again
    assert Event.objects.count() == events + 11


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AT_ONCE", 4)


def test_a_long_file_is_booked_by_a_job(city: City, small_parts: None) -> None:
    batch = big_batch(city, 10)
    reply = keep_reply(batch, "r.csv", result_file(batch), by=city.finance)
    job = start_booking(reply, by=city.finance)
    assert isinstance(job, Job) and (job.total, paid_fen()) == (10, 0)
    assert start_booking(reply, by=city.finance) == job  # a double click
    other = make_officer(Role.FINANCE_OFFICER, "520103")
    for attempt in (
        lambda: start_booking(reply, by=other),
        lambda: book_reply(reply, by=city.finance),
        lambda: book_line(
            batch.lines.in_order()[0],
            {"result": "failed", "reason": "x"},
            by=city.finance,
        ),
    ):
        with pytest.raises(Conflict, match="正在登记"):
            attempt()
    book_bank_reply.func(job.pk, reply.pk, False)
    job.refresh_from_db()
    assert (job.state, job.done, job.result["booked"]) == (JobState.DONE, 10, 10)
    batch.refresh_from_db()
    assert (batch.state, paid_fen()) == (BatchState.SETTLED, 10 * AMOUNT_FEN)
    assert start_booking(reply, by=city.finance) == 0
    assert Job.objects.filter(key__startswith="book/").count() == 1


def test_a_killed_job_goes_on_where_it_stopped(
    city: City, small_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = big_batch(city, 10)
    reply = keep_reply(batch, "r.csv", result_file(batch), by=city.finance)
    job = start_booking(reply, by=city.finance)
    assert isinstance(job, Job)

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt  # nothing that the task catches: as a kill between two parts

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "report_progress", killed)
        with pytest.raises(KeyboardInterrupt):
            book_bank_reply.func(job.pk, reply.pk, False)
    assert paid_fen() == 4 * AMOUNT_FEN, "the first part stands whole"
    assert verify(read_books()) == []
    with pytest.raises(Conflict):  # the job is not over, nobody books beside it
        book_reply(reply, by=city.finance)

    book_bank_reply.func(job.pk, reply.pk, False)
    job.refresh_from_db()
    assert (job.state, paid_fen()) == (JobState.DONE, 10 * AMOUNT_FEN)
    assert Transfer.objects.filter(kind="post").count() == 10
    assert verify(read_books()) == []


def test_what_is_wrong_is_found_before_the_job(city: City, small_parts: None) -> None:
    batch = big_batch(city, 8)
    content = result_file(batch).replace(b"45000.00", b"45000.01", 1)
    reply = keep_reply(batch, "r.csv", content, by=city.finance)
    with pytest.raises(ResultsRefused):
        start_booking(reply, by=city.finance)
    assert (Job.objects.count(), paid_fen()) == (0, 0)
    job = start_booking(reply, by=city.finance, only_good=True)
    assert isinstance(job, Job) and job.total == 7
    book_bank_reply.func(job.pk, reply.pk, True)
    batch.refresh_from_db()
    assert (batch.state, batch.lines.pending().count()) == (BatchState.OPEN, 1)


def cpu_seconds() -> float:
    """CPU seconds of this process and of the backend that serves its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()
    with open(f"/proc/{backend}/stat", encoding="ascii") as stat:
        user, system = stat.read().rpartition(")")[2].split()[11:13]
    own = resource.getrusage(resource.RUSAGE_SELF)
    backends = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return own.ru_utime + own.ru_stime + backends


@pytest.mark.long
def test_three_thousand_five_hundred_lines_within_a_minute(committed_db: str) -> None:
    city = build_city()
    awards = award_many(city, 3500)
    start, cpu = time.monotonic(), cpu_seconds()
    batch = create_batch(awards, by=city.finance, request_key="k")
    logging.getLogger(__name__).warning(
        "made in %.1f s, %.1f s of CPU", time.monotonic() - start, cpu_seconds() - cpu
    )
    reply = keep_reply(batch, "r.csv", result_file(batch, range(100, 150)), by=city.finance)
    start, cpu = time.monotonic(), cpu_seconds()
    job = start_booking(reply, by=city.finance)
    assert isinstance(job, Job)
    book_bank_reply.func(job.pk, reply.pk, False)
    seconds, used = time.monotonic() - start, cpu_seconds() - cpu
    logging.getLogger(__name__).warning(
        "booked in %.1f s, %.1f s of CPU (%.2f ms a line), load %.1f",
        *(seconds, used, used / 3500 * 1000, os.getloadavg()[0]),
    )
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert paid_fen() == 3450 * AMOUNT_FEN
    assert seconds < 60 * max(1.0, os.getloadavg()[0] / 10)
    assert verify(read_books()) == []


def test_two_jobs_for_one_batch_are_one(
    committed_db: str, in_threads: Callable[..., list[Any]], small_parts: None
) -> None:
    city = build_city()
    batch = big_batch(city, 6)
    reply = keep_reply(batch, "r.csv", result_file(batch), by=city.finance)
    jobs = in_threads([lambda: start_booking(reply, by=city.finance) for _number in range(4)])
    assert len({job.pk for job in jobs}) == 1, jobs
