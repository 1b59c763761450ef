"""Money under concurrency: never a fen over, and as many as a serial run would grant."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from miaopu.cases import actions as case_actions
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.models import Case
from miaopu.core.enums import Role
from miaopu.core.models import Region
from miaopu.engine.books import verify
from miaopu.engine.money import split
from miaopu.ledger import actions as ledger_actions
from miaopu.ledger.actions import BudgetShort, fund_account
from miaopu.ledger.books import read_books
from miaopu.ledger.enums import AccountKind
from miaopu.ledger.models import Account, Award, Transfer
from tests.factories import (
    GOOD_FORM,
    YUNYAN,
    City,
    make_enterprise,
    make_officer,
    make_owner,
    travel,
)

DECISIONS = 200
THREADS = 16
AFFORDABLE = 61
AMOUNT_FEN = 4_500_000
LEVELS = {"province": "520000", "city": "520100", "county": YUNYAN}


def set_budget(city: City, levels: dict[str, int]) -> None:
    """Leave exactly so many fen free at each level (the pack's own budget is moved away)."""
    programme = city.version.programme
    for level, amount in levels.items():
        region = Region.objects.get(code=LEVELS[level])
        available = ledger_actions.account_of(
            programme, "direct_subsidy", level, region, AccountKind.AVAILABLE
        )
        source = ledger_actions.account_of(
            programme, "direct_subsidy", level, region, AccountKind.SOURCE
        )
        available.refresh_from_db()
        change = amount - available.balance_fen
        if change:
            ledger_actions.make_transfer(
                f"test/{level}",
                ledger_actions.TransferKind.FUND,
                [
                    ledger_actions.Line(source, -change),
                    ledger_actions.Line(available, change),
                ],
                by=None,
            )


def affordable(count: int) -> dict[str, int]:
    """Money of each level for exactly `count` awards, and one fen less than for one more."""
    parts = dict(zip(("province", "city", "county"), split(AMOUNT_FEN, [7, 1, 2]), strict=True))
    return {level: part * count + part - 1 for level, part in parts.items()}


def published_cases(city: City, count: int) -> list[Case]:
    """So many cases whose publicity has ended."""
    cases = []
    for _number in range(count):
        enterprise = make_enterprise(YUNYAN)
        owner = make_owner(enterprise)
        case = case_actions.open_case(city.item, enterprise, by=owner)
        case_actions.save_form(case, GOOD_FORM, revision=case.revision, by=owner)
        case_actions.submit_case(case, by=owner)
        case_actions.accept_case(case, by=city.reviewer)
        case_actions.propose_grant(case, {"mature": True}, by=city.reviewer)
        case_actions.approve_case(case, by=city.approver)
        cases.append(case)
    publicity = publish_list(city.item, cases[0].region, by=city.approver)
    travel(publicity.ends_on + timedelta(days=1))
    return cases


def decide_all(city: City, cases: list[Case], in_threads: Callable[..., list[Any]]) -> list[str]:
    """Decide all cases from many threads at once; the outcome of each."""
    queue = list(cases)
    guard = threading.Lock()
    outcomes: list[str] = []
    officers = [make_officer(Role.APPROVER, YUNYAN) for _number in range(THREADS)]

    def work(officer: Any) -> None:
        while True:
            with guard:
                if not queue:
                    return
                case = queue.pop()
            try:
                decide_case(case, by=officer)
                outcome = "granted"
            except BudgetShort:
                outcome = "short"
            except Exception as error:
                outcome = repr(error)
            with guard:
                outcomes.append(outcome)

    in_threads([lambda officer=officer: work(officer) for officer in officers], seconds=240)
    return outcomes


def balances(kind: AccountKind) -> dict[str, int]:
    """Balances of the accounts of a kind that bear awards in the district."""
    rows = Account.objects.filter(
        kind=kind, region_id__in=LEVELS.values(), purpose="direct_subsidy"
    )
    return {account.level: account.balance_fen for account in rows}


@pytest.mark.long
def test_two_hundred_decisions_for_money_for_sixty_one(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    cases = published_cases(city, DECISIONS)
    set_budget(city, affordable(AFFORDABLE))

    outcomes = decide_all(city, cases, in_threads)

    assert sorted(set(outcomes)) == ["granted", "short"], set(outcomes)
    assert outcomes.count("granted") == AFFORDABLE  # what one after the other would grant
    assert Award.objects.count() == AFFORDABLE
    parts = dict(zip(("province", "city", "county"), split(AMOUNT_FEN, [7, 1, 2]), strict=True))
    assert balances(AccountKind.COMMITTED) == {
        level: part * AFFORDABLE for level, part in parts.items()
    }
    assert balances(AccountKind.AVAILABLE) == {level: part - 1 for level, part in parts.items()}
    assert Case.objects.in_states("granted").count() == AFFORDABLE
    assert Case.objects.in_states("published").count() == DECISIONS - AFFORDABLE
    assert verify(read_books()) == []


def read_unlocked(accounts: Any) -> dict[int, Account]:
    """What `lock_accounts` returns, without the lock, and time for others to come between."""
    ids = {account.pk for account in accounts}
    found = {row.pk: row for row in Account.objects.filter(pk__in=ids).select_related("region")}
    time.sleep(0.02)
    return found


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The control: the same code without the row lock and without the database's own guard."""

    monkeypatch.setattr(ledger_actions, "lock_accounts", read_unlocked)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_account DROP CONSTRAINT account_never_below_zero")
    yield


@pytest.mark.long
def test_control_without_the_lock_oversells(
    committed_city: City, without_lock: None, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    cases = published_cases(city, 60)
    set_budget(city, affordable(10))

    outcomes = decide_all(city, cases, in_threads)

    assert outcomes.count("granted") > 10, "the control must oversell, else the race test is blind"
    assert min(balances(AccountKind.AVAILABLE).values()) < 0
    assert any("below zero" in str(finding.what) for finding in verify(read_books()))


@pytest.mark.long
def test_database_guard_alone_never_oversells(
    committed_city: City, monkeypatch: pytest.MonkeyPatch, in_threads: Callable[..., list[Any]]
) -> None:
    """Second line: without the lock the check constraint still refuses the fen too many."""

    monkeypatch.setattr(ledger_actions, "lock_accounts", read_unlocked)
    city = committed_city
    cases = published_cases(city, 40)
    set_budget(city, affordable(10))

    outcomes = decide_all(city, cases, in_threads)

    assert outcomes.count("granted") == 10
    assert min(balances(AccountKind.AVAILABLE).values()) >= 0


def test_one_fen_short_refuses_and_changes_nothing(city: City) -> None:
    [case] = published_cases(city, 1)
    exact = dict(zip(("province", "city", "county"), split(AMOUNT_FEN, [7, 1, 2]), strict=True))
    set_budget(city, {**exact, "county": exact["county"] - 1})
    before = Transfer.objects.count()

    with pytest.raises(BudgetShort) as refused:
        decide_case(case, by=city.approver)

    assert refused.value.short_fen == 1
    assert "9,000.00" in str(refused.value.message)
    assert "8,999.99" in str(refused.value.message)
    case.refresh_from_db()
    assert case.state == "published"
    assert Transfer.objects.count() == before
    assert not Award.objects.exists()

    fund_account(
        city.version.programme,
        "direct_subsidy",
        "county",
        Region.objects.get(code=YUNYAN),
        1,
        key="test/one-fen",
        by=None,
    )
    decide_case(case, by=city.approver)
    assert Award.objects.get().amount_fen == AMOUNT_FEN
