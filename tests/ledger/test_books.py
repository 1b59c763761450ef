"""The books: double entry that the database itself holds, seals, and their verification."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from miaopu.cases.actions import attach_file
from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Notice
from miaopu.engine.book_records import BookEntry
from miaopu.engine.books import from_export, to_export, verify
from miaopu.engine.packs.schema import Pack
from miaopu.ledger.actions import (
    BudgetShort,
    KeyReused,
    Line,
    account_of,
    fund_account,
    make_transfer,
    open_budgets,
)
from miaopu.ledger.awards import pay_award, release_award
from miaopu.ledger.books import read_books, seal_days
from miaopu.ledger.enums import AccountKind, TransferKind
from miaopu.ledger.models import Account, Award, Entry, Seal, Transfer
from miaopu.plans.actions import load_version
from tests.factories import City, guiyang_pack, travel

pytestmark = pytest.mark.django_db


def test_decision_commits_and_payment_posts_7_1_2(city: City) -> None:
    award = city.granted()
    committed = Account.objects.with_kind(AccountKind.COMMITTED)
    assert sorted(account.balance_fen for account in committed) == [450_000, 900_000, 3_150_000]

    pay_award(award, "B20180601-1", by=city.finance)

    assert {account.balance_fen for account in committed.all()} == {0}
    paid = {
        account.level: account.balance_fen
        for account in Account.objects.with_kind(AccountKind.PAID)
    }
    assert paid == {"province": 3_150_000, "city": 450_000, "county": 900_000}
    assert verify(read_books()) == []


def test_paying_twice_has_one_effect(city: City) -> None:
    award = city.granted()
    pay_award(award, "B1", by=city.finance)
    pay_award(award, "B1", by=city.finance)  # a double click
    with pytest.raises(Conflict):
        pay_award(award, "B2", by=city.finance)
    assert Transfer.objects.filter(award=award, kind=TransferKind.POST).count() == 1


def test_payer_is_another_person_than_the_approver(city: City) -> None:
    award = city.granted()
    with pytest.raises(NotAllowed):
        pay_award(award, "B1", by=city.approver)
    with pytest.raises(NotAllowed):
        pay_award(award, "B1", by=city.other_finance)
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(paid_by=city.approver)


def test_release_returns_the_money(city: City) -> None:
    award = city.granted()
    with pytest.raises(ActionRefused):
        release_award(award, by=city.finance, reason=" ")
    release_award(award, by=city.finance, reason="企业已注销")
    assert Notice.objects.filter(user=city.owner, text__contains="企业已注销").count() == 1
    assert {a.balance_fen for a in Account.objects.with_kind(AccountKind.COMMITTED)} == {0}
    assert verify(read_books()) == []


def test_an_amended_budget_is_entered_once(city: City) -> None:
    content = guiyang_pack().to_json()
    more, less = content["budgets"][0], content["budgets"][1]
    more["amount"] = str(Decimal(more["amount"]) + 1_000)
    less["amount"] = str(Decimal(less["amount"]) - 500)
    before = {account.pk: account.balance_fen for account in Account.objects.all()}
    version, _created = load_version(Pack.from_json(content), by=None)
    assert open_budgets(version, by=None) == 2
    assert open_budgets(version, by=None) == 0
    changes = sorted(
        account.balance_fen - before[account.pk]
        for account in Account.objects.with_kind(AccountKind.AVAILABLE)
        if account.balance_fen != before[account.pk]
    )
    assert changes == [-50_000, 100_000]
    assert verify(read_books()) == []


def test_a_budget_is_not_cut_below_what_is_promised(city: City) -> None:
    city.granted()
    content = guiyang_pack().to_json()
    for budget in content["budgets"]:
        budget["amount"] = "1"
    version, _created = load_version(Pack.from_json(content), by=None)
    with pytest.raises(BudgetShort):
        open_budgets(version, by=None)


def test_same_key_moves_once(city: City) -> None:
    programme = city.version.programme
    region = city.enterprise.region
    first = fund_account(programme, "x", "county", region, 100, key="k", by=None)
    again = fund_account(programme, "x", "county", region, 100, key="k", by=None)
    assert first == again
    with pytest.raises(KeyReused):
        fund_account(programme, "x", "county", region, 101, key="k", by=None)
    account = account_of(programme, "x", "county", region, AccountKind.AVAILABLE)
    assert account.balance_fen == 100


def test_lines_that_do_not_sum_to_zero_are_refused_by_code_and_database(city: City) -> None:
    [source, available] = Account.objects.order_by("pk")[:2]
    with pytest.raises(ValueError, match="zero"):
        make_transfer("k", TransferKind.FUND, [Line(source, -1), Line(available, 2)], by=None)
    with pytest.raises(DatabaseError, match="sum to zero"), transaction.atomic():
        transfer = Transfer.objects.create(key="k", kind=TransferKind.FUND, at=clock.now())
        Entry.objects.create(transfer=transfer, account=available, amount_fen=5)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET amount_fen = amount_fen + 1",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_transfer SET key = key || 'x'",
        "UPDATE ledger_account SET balance_fen = balance_fen + 1",
        "DELETE FROM core_event",
        "UPDATE core_event SET reason = 'x'",
        "UPDATE cases_publicity SET digest = repeat('0', 64)",
        "UPDATE plans_programmeversion SET digest = repeat('0', 64)",
        "DELETE FROM cases_case",
        "DELETE FROM ledger_award",
        "UPDATE ledger_award SET amount_fen = amount_fen + 1",
        "UPDATE ledger_account SET kind = 'source' WHERE kind = 'available'",
        "UPDATE cases_case SET trace = '{}'",
        "UPDATE cases_case SET item_id = item_id + 1",
        "UPDATE cases_caseclock SET due_on = due_on + 1 WHERE stopped_on IS NOT NULL",
        "DELETE FROM cases_caseclock",
        "UPDATE cases_caseevent SET amount_fen = 1",
        "DELETE FROM ledger_awardevent",
        "DELETE FROM core_membershipevent",
        "DELETE FROM core_membership",
        "DELETE FROM parties_representative",
    ],
)
def test_database_refuses_to_rewrite(city: City, statement: str) -> None:
    city.granted()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_was_paid_or_released_stays_so(city: City) -> None:
    pay_award(city.granted(), "B1", by=city.finance)
    with pytest.raises(DatabaseError), transaction.atomic():
        Award.objects.update(bank_reference="B2")


def test_a_file_that_was_handed_in_stays(city: City) -> None:
    case = city.draft()
    material = city.item.definition.materials[0].id
    png = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")
    attached = attach_file(case, material, "a.png", png, by=city.owner)
    with pytest.raises(DatabaseError), transaction.atomic():
        attached.delete()


def test_seals_chain_day_after_day(city: City) -> None:
    award = city.granted()
    pay_award(award, "B1", by=city.finance)
    assert [seal.day for seal in seal_days()] == [timezone.localdate(award.case.opened_at)]
    travel(clock.today() + timedelta(days=1))
    assert len(seal_days()) == 1
    assert seal_days() == []
    assert Seal.objects.count() == 2
    assert verify(read_books()) == []


def _tampered(books: Any, what: str) -> Any:
    first = books.transfers[0]
    match what:
        case "amount":
            entries = (
                BookEntry(first.entries[0].account, first.entries[0].amount_fen - 100),
                BookEntry(first.entries[1].account, first.entries[1].amount_fen + 100),
            )
            return replace(books, transfers=(replace(first, entries=entries), *books.transfers[1:]))
        case "one-sided":
            entries = (replace(first.entries[0], amount_fen=0), *first.entries[1:])
            return replace(books, transfers=(replace(first, entries=entries), *books.transfers[1:]))
        case "removed":
            return replace(books, transfers=books.transfers[1:])
        case "inserted":
            return replace(books, transfers=(*books.transfers, replace(first, key="extra")))
        case "twice":
            return replace(books, transfers=(*books.transfers, first))
        case "swapped":
            return replace(books, transfers=(books.transfers[1], first, *books.transfers[2:]))
        case "balance":
            account = replace(books.accounts[0], balance_fen=books.accounts[0].balance_fen + 1)
            return replace(books, accounts=(account, *books.accounts[1:]))
        case "award":
            award = replace(books.awards[0], amount_fen=books.awards[0].amount_fen + 1)
            return replace(books, awards=(award,))
        case "award-removed":
            return replace(books, awards=())
        case "award-state":
            return replace(books, awards=(replace(books.awards[0], state="committed"),))
        case "root":
            seal = replace(books.seals[0], root="0" * 64)
            return replace(books, seals=(seal, *books.seals[1:]))
        case "chain":
            seal = replace(books.seals[0], chain="not a hash")
            return replace(books, seals=(seal, *books.seals[1:]))
        case "seal-removed":
            return replace(books, seals=books.seals[1:])
    raise AssertionError(what)


TAMPERINGS = [
    *("amount", "one-sided", "removed", "inserted", "twice", "swapped", "balance"),
    *("award", "award-removed", "award-state", "root", "chain", "seal-removed"),
]


def test_every_tampering_is_found(city: City) -> None:
    award = city.granted()
    pay_award(award, "B1", by=city.finance)
    travel(clock.today() + timedelta(days=1))
    seal_days()
    books = read_books()
    assert verify(books) == []
    for what in TAMPERINGS:
        assert verify(_tampered(books, what)), what


def test_export_reads_back_and_verifies(city: City, tmp_path: Any, capsys: Any) -> None:
    award = city.granted()
    pay_award(award, "B1", by=city.finance)
    travel(clock.today() + timedelta(days=1))
    seal_days()
    document = to_export(read_books())
    assert from_export(json.loads(json.dumps(document))) == read_books()
    file = tmp_path / "books.json"
    file.write_text(json.dumps(document))
    call_command("verify_books", export=str(file), format="json")
    assert json.loads(capsys.readouterr().out)["ok"] is True
    document["transfers"][0]["entries"][0]["amount_fen"] += 1
    file.write_text(json.dumps(document))
    with pytest.raises(SystemExit):
        call_command("verify_books", export=str(file), format="json")
    assert json.loads(capsys.readouterr().out)["findings"]
