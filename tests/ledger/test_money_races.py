"""Two officers at once: one result, one batch, one return. Each with a control without the lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError

from miaopu.core.enums import Role
from miaopu.core.errors import Conflict
from miaopu.core.models import Event, Notice, User
from miaopu.engine.books import verify
from miaopu.ledger import batches, paying, results, returns
from miaopu.ledger.awards import pay_award, release_award
from miaopu.ledger.batches import cancel_batch, create_batch
from miaopu.ledger.books import read_books
from miaopu.ledger.enums import AccountKind
from miaopu.ledger.models import Account, Award, BatchLine, PaymentBatch, Transfer
from miaopu.ledger.results import book_reply, book_results, keep_reply
from miaopu.ledger.returns import return_award
from tests.factories import CITY, YUNYAN, City, make_officer
from tests.ledger.many import award_many, result_file
from tests.ledger.test_batches import paid

AMOUNT_FEN = 4_500_000
Run = Callable[..., list[Any]]


def read_awards(ids: Sequence[int]) -> list[Award]:
    """What `lock_awards` returns, without the lock, and time for others to come between."""
    rows = Award.objects.filter(pk__in=ids)
    found = list(rows.select_related("case__item__version__programme", "case__enterprise"))
    time.sleep(0.5)
    return found


@contextmanager
def without_locks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same code without its row locks; the database's own guards stay."""

    def read_batch(batch: PaymentBatch) -> PaymentBatch:
        return PaymentBatch.objects.select_related("programme").get(pk=batch.pk)

    with monkeypatch.context() as patch:
        patch.setattr(results, "lock_batch", read_batch)
        for module in (results, batches):
            patch.setattr(module, "lock_awards", read_awards)
        for module in (paying, returns):
            patch.setattr(module, "lock_award", lambda award: read_awards([award.pk])[0])
        yield


def another(region: str = YUNYAN) -> User:
    return make_officer(Role.FINANCE_OFFICER, region)


def paid_fen() -> int:
    return sum(one.balance_fen for one in Account.objects.with_kind(AccountKind.PAID))


def book_at_once(city: City, in_threads: Run) -> list[Any]:
    """Two officers book the same file of three payments."""
    batch = create_batch(award_many(city, 3), by=city.finance, request_key="k")
    reply = keep_reply(batch, "r.csv", result_file(batch), by=city.finance)
    colleague = another()
    return in_threads([lambda by=by: book_reply(reply, by=by) for by in (city.finance, colleague)])


def test_two_officers_book_one_file(committed_city: City, in_threads: Run) -> None:
    outcomes = book_at_once(committed_city, in_threads)
    assert sorted(outcomes, key=str) == [0, 3]
    assert Transfer.objects.filter(kind="post").count() == 3
    assert Event.objects.filter(verb="ledger.pay").count() == 3
    assert Event.objects.filter(verb="ledger.apply_reply").count() == 1
    assert paid_fen() == 3 * AMOUNT_FEN
    assert verify(read_books()) == []


def test_control_one_file_without_locks(
    committed_city: City, in_threads: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them meets the database's guard instead of being told that all is booked."""
    with without_locks(monkeypatch):
        outcomes = book_at_once(committed_city, in_threads)
    assert sum(isinstance(one, DatabaseError) for one in outcomes) == 1, outcomes
    assert paid_fen() == 3 * AMOUNT_FEN, "the second line holds: nothing is booked twice"
    assert verify(read_books()) == []


def batch_at_once(city: City, in_threads: Run) -> list[Any]:
    """The county's and the city's finance officer put the same awards into a batch."""
    awards = award_many(city, 4)
    officers = [(city.finance, awards[:3]), (another(CITY), awards[1:])]
    return in_threads(
        [
            lambda by=by, chosen=chosen: create_batch(chosen, by=by, request_key=f"k{by.pk}")
            for by, chosen in officers
        ]
    )


def test_no_award_in_two_batches(committed_city: City, in_threads: Run) -> None:
    outcomes = batch_at_once(committed_city, in_threads)
    assert sum(isinstance(one, PaymentBatch) for one in outcomes) == 1, outcomes
    [told] = [one for one in outcomes if isinstance(one, Conflict)]
    assert "不能列入批次" in str(told.message)
    assert PaymentBatch.objects.count() == 1
    assert BatchLine.objects.count() == 3
    assert Event.objects.filter(verb="ledger.enter_batch").count() == 3


def test_control_two_batches_without_locks(
    committed_city: City, in_threads: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with without_locks(monkeypatch):
        outcomes = batch_at_once(committed_city, in_threads)
    assert sum(isinstance(one, DatabaseError) for one in outcomes) == 1, outcomes
    assert BatchLine.objects.count() == 3, "the second line holds: no award in two batches"


def return_at_once(city: City, in_threads: Run) -> list[Any]:
    """Two officers record that the same payment came back."""
    award = pay_award(city.granted(), "B1", by=city.finance)
    return in_threads(
        [
            lambda by=by: return_award(award, by=by, reason="账户已销户")
            for by in (city.finance, another())
        ]
    )


def test_two_officers_record_one_return(committed_city: City, in_threads: Run) -> None:
    outcomes = return_at_once(committed_city, in_threads)
    assert sum(isinstance(one, Award) for one in outcomes) == 1, outcomes
    assert sum(isinstance(one, Conflict) for one in outcomes) == 1, outcomes
    assert Transfer.objects.filter(kind="return").count() == 1
    assert Event.objects.filter(verb="ledger.return").count() == 1
    assert Notice.objects.filter(text__contains="款项被银行退回").count() == 1
    assert paid_fen() == 0
    assert verify(read_books()) == []


def test_control_one_return_without_locks(
    committed_city: City, in_threads: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both believe that they have done it: the trail says twice what happened once."""
    with without_locks(monkeypatch):
        outcomes = return_at_once(committed_city, in_threads)
    assert sum(isinstance(one, Conflict) for one in outcomes) == 0, outcomes
    assert Event.objects.filter(verb="ledger.return").count() == 2
    assert Transfer.objects.filter(kind="return").count() == 1, "the key moves money once"


@pytest.mark.parametrize("beside", ["pay", "release", "cancel"])
def test_a_result_beside_another_act(committed_city: City, in_threads: Run, beside: str) -> None:
    """The bank's result, and somebody who pays by hand, releases or takes the batch back."""
    award = committed_city.granted()
    batch = create_batch([award], by=committed_city.finance, request_key="k")
    colleague = another()
    acts: dict[str, Callable[[], Any]] = {
        "pay": lambda: pay_award(award, "B9", by=colleague),
        "release": lambda: release_award(award, by=colleague, reason="企业已注销"),
        "cancel": lambda: cancel_batch(batch, by=colleague, reason="清单有误"),
    }
    outcomes = in_threads(
        [lambda: book_results(batch, [paid(award)], by=committed_city.finance), acts[beside]]
    )
    won = [one for one in outcomes if not isinstance(one, Exception)]
    assert len(won) == 1, outcomes
    assert not any(isinstance(one, DatabaseError) for one in outcomes), outcomes
    award.refresh_from_db()
    assert (award.state == "paid") == (outcomes[0] == 1)
    assert paid_fen() == (AMOUNT_FEN if award.state == "paid" else 0)
    assert verify(read_books()) == []
