"""Trying to break the money: what must be refused is refused in words, what is true is booked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import Region
from miaopu.engine.bank_files import parse_result, read_results
from miaopu.engine.books import verify
from miaopu.engine.packs.schema import Pack
from miaopu.ledger import audit
from miaopu.ledger.actions import BudgetShort, open_budgets
from miaopu.ledger.audit import audit_payments
from miaopu.ledger.awards import pay_award
from miaopu.ledger.batches import cancel_batch, create_batch
from miaopu.ledger.books import read_books
from miaopu.ledger.enums import AccountKind, BatchState
from miaopu.ledger.models import Account, Award, PaymentBatch, Transfer
from miaopu.ledger.result_checks import check_results, repeats
from miaopu.ledger.results import ResultsRefused, book_reply, book_results, keep_reply
from miaopu.ledger.returns import correct_account, return_award
from miaopu.plans.actions import load_version
from tests.factories import YUNYAN, City, guiyang_pack, make_owner, travel
from tests.ledger.test_batches import (
    ACCOUNT,
    failed,
    grant_many,
    one_batch,
    paid,
    returned,
)

pytestmark = pytest.mark.django_db
AMOUNT_FEN = 4_500_000


def balances(kind: AccountKind) -> int:
    return sum(account.balance_fen for account in Account.objects.with_kind(kind))


def sound() -> bool:
    """Whether books, batches, files and accounts agree."""
    return verify(read_books()) == [] and audit_payments() == []


def read(content: str) -> list[Any]:
    """The results of a file in GB18030."""
    return [parse_result(row) for row in read_results(content.encode("gb18030"))]


def row_of(award: Award, **changes: str) -> str:
    """A result file with one row, paid today, and what is changed in it."""
    values = {
        "扶持编号": award.number,
        "金额（元）": "45000.00",
        "结果": "已付",
        "银行流水号": "B-77",
        "银行日期": f"{clock.today():%Y-%m-%d}",
        **changes,
    }
    return ",".join(values) + "\n" + ",".join(f'"{value}"' for value in values.values()) + "\n"


def wide(text: str) -> str:
    """The text in full-width signs, as some banks' systems write."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def refused_with(batch: PaymentBatch, content: str, by: Any) -> str:
    """What is said of the one wrong row, in both languages; nothing is booked."""
    before = Transfer.objects.count()
    with pytest.raises(ResultsRefused) as refused:
        book_results(batch, read(content), by=by)
    assert Transfer.objects.count() == before
    [wrong] = refused.value.wrong
    assert wrong.problems
    for problem in wrong.problems:
        assert problem.zh and problem.en and problem.en.isascii(), problem
    return "；".join(problem.zh for problem in wrong.problems)


@pytest.fixture
def batch_of_one(city: City) -> tuple[PaymentBatch, Award]:
    award = city.granted()
    return one_batch(city, [award]), award


def test_a_late_return_of_the_first_payment_changes_nothing_after_the_second(city: City) -> None:
    award = city.granted()
    first = one_batch(city, [award])
    book_results(first, [paid(award, "B1")], by=city.finance)
    book_results(first, [returned(award)], by=city.finance)
    correct_account(award, ACCOUNT, by=city.owner)
    second = one_batch(city, [award], "k2")
    with pytest.raises(Conflict):  # at the bank again: there is nothing that could come back
        return_award(award, by=city.finance, reason="退票")
    book_results(second, [paid(award, "B2")], by=city.finance)
    assert book_results(first, [returned(award)], by=city.finance) == 0  # the bank says it again
    award.refresh_from_db()
    assert (award.state, award.bank_reference) == ("paid", "B2")
    [wrong] = check_results(first, [paid(award, "B2")])
    assert wrong.effect == "wrong", "the second payment is no result of the first batch"
    assert book_results(second, [returned(award)], by=city.finance) == 1  # and the second one too
    award.refresh_from_db()
    assert (award.state, balances(AccountKind.PAID)) == ("committed", 0)
    assert sound()


def test_a_file_for_another_batch_is_refused(city: City) -> None:
    first, second = grant_many(city, 2)
    batch, other = one_batch(city, [first]), one_batch(city, [second], "k2")
    assert "没有这笔扶持" in refused_with(other, row_of(first), city.finance)
    assert book_results(batch, read(row_of(first)), by=city.finance) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"金额（元）": "45000.01"}, "不符"),
        ({"金额（元）": "44999.99"}, "不符"),
        ({"金额（元）": "45000.001"}, "不足一分"),
        ({"金额（元）": "4.5e4"}, "不是金额"),
        ({"金额（元）": ""}, "不是金额"),
        ({"收款户名": "贵阳另一家商行"}, "户名与清单不符"),
        ({"收款账号": "6222020200012345679"}, "账号与清单不符"),
        ({"收款账号": "6222****5679"}, "账号与清单不符"),
        ({"银行日期": "2018-02-30"}, "不是日期"),
        ({"银行日期": "2018-01-01"}, "银行日期须在"),
        ({"银行流水号": ""}, "流水号"),
        ({"结果": "退回", "原因": "销户"}, "还没有登记为已付"),
    ],
)
def test_what_differs_is_said(
    city: City,
    batch_of_one: tuple[PaymentBatch, Award],
    changes: dict[str, str],
    said: str,
) -> None:
    batch, award = batch_of_one
    assert said in refused_with(batch, row_of(award, **changes), city.finance)
    assert balances(AccountKind.PAID) == 0
    assert sound()


def test_full_width_signs_and_hidden_accounts_are_understood(
    city: City, batch_of_one: tuple[PaymentBatch, Award]
) -> None:
    batch, award = batch_of_one
    name = award.case.enterprise.name
    content = row_of(
        award,
        扶持编号=wide(award.number),
        **{
            "金额（元）": wide("45,000.00"),
            "银行流水号": wide("B-77"),
            "银行日期": wide(f"{clock.today():%Y-%m-%d}"),
            "收款户名": f" {wide(name)} ",
            "收款账号": "6222 0202****5678",
        },
    )
    assert book_results(batch, read(content), by=city.finance) == 1
    line = batch.lines.get()
    assert (line.bank_reference, line.bank_day) == ("B-77", clock.today())
    assert sound()


def test_repeats() -> None:
    assert repeats("", "x") and repeats("（甲）", "(甲)") and repeats("62*78", "62345678")
    assert repeats("*5678", "62345678") and not repeats("62*79", "62345678")
    assert not repeats("甲", "乙") and not repeats(".*.", "62345678")


def test_the_same_payment_twice_in_a_file_is_refused(
    city: City, batch_of_one: tuple[PaymentBatch, Award]
) -> None:
    batch, award = batch_of_one
    content = row_of(award)
    doubled = content + content.splitlines()[1] + "\n"
    with pytest.raises(ResultsRefused) as refused:
        book_results(batch, read(doubled), by=city.finance)
    assert [one.result.line for one in refused.value.wrong] == [2, 3]
    assert book_results(batch, read(doubled), by=city.finance, only_good=True) == 0
    assert balances(AccountKind.PAID) == 0


def test_partial_results_leave_the_batch_open(city: City) -> None:
    first, second, third = grant_many(city, 3)
    batch = one_batch(city, [first, second, third])
    assert book_results(batch, [paid(first)], by=city.finance) == 1
    batch.refresh_from_db()
    assert batch.state == BatchState.OPEN
    with pytest.raises(Conflict):
        cancel_batch(batch, by=city.finance, reason="清单有误")
    whole = [paid(first), paid(second, "B2"), failed(third)]
    assert book_results(batch, whole, by=city.finance) == 2
    batch.refresh_from_db()
    assert batch.state == BatchState.SETTLED
    assert balances(AccountKind.PAID) == 2 * AMOUNT_FEN
    assert sound()


def test_results_after_the_batch_was_taken_back(
    city: City, batch_of_one: tuple[PaymentBatch, Award]
) -> None:
    batch, award = batch_of_one
    cancel_batch(batch, by=city.finance, reason="清单有误")
    assert "批次已撤销" in refused_with(batch, row_of(award), city.finance)
    again = one_batch(city, [award], "k2")
    assert "批次已撤销" in refused_with(batch, row_of(award), city.finance)
    assert book_results(again, read(row_of(award)), by=city.finance) == 1
    assert sound()


@pytest.mark.parametrize("amount", ["45000.01", "90000.00", "20000.00"])
def test_what_comes_back_is_what_was_paid(
    city: City, batch_of_one: tuple[PaymentBatch, Award], amount: str
) -> None:
    """More than was paid cannot come back, and a part of it is not booked as the whole."""
    batch, award = batch_of_one
    book_results(batch, [paid(award)], by=city.finance)
    content = row_of(
        award, **{"金额（元）": amount, "结果": "退回", "原因": "销户", "银行流水号": ""}
    )
    assert "不符" in refused_with(batch, content, city.finance)
    assert balances(AccountKind.PAID) == AMOUNT_FEN
    assert sound()


def test_money_comes_back_after_the_programme_has_ended(city: City) -> None:
    award = pay_award(city.granted(), "B1", by=city.finance)
    travel(date(2019, 3, 1))
    return_award(award, by=city.finance, reason="账户已销户")
    assert (balances(AccountKind.PAID), balances(AccountKind.COMMITTED)) == (0, AMOUNT_FEN)
    correct_account(award, ACCOUNT, by=city.owner)
    batch = one_batch(city, [award])
    assert batch.number.startswith("P2019")
    assert book_results(batch, [paid(award, "B2")], by=city.finance) == 1
    assert sound()


def test_a_budget_that_is_cut_says_what_is_promised_and_changes_nothing(city: City) -> None:
    city.granted()
    content = guiyang_pack().to_json()
    for budget in content["budgets"]:
        if budget["region"] == YUNYAN:
            budget["amount"] = "8999.99"  # a fen less than the county's share of the award
    version, _created = load_version(Pack.from_json(content), by=None)
    before = {account.pk: account.balance_fen for account in Account.objects.all()}
    with pytest.raises(BudgetShort) as refused:
        open_budgets(version, by=None)
    assert refused.value.short_fen == 1
    assert Region.objects.get(code=YUNYAN).name in str(refused.value.message)
    after = Account.objects.filter(pk__in=before)
    assert {account.pk: account.balance_fen for account in after} == before
    assert sound()


REFUSALS: dict[str, Callable[[City, Award], object]] = {
    "reused": lambda city, award: one_batch(city, [award], "k2"),
    "paid by hand": lambda city, award: pay_award(award, "B9", by=city.finance),
    "not paid": lambda city, award: return_award(award, by=city.finance, reason="x"),
    "no reason": lambda city, award: return_award(award, by=city.finance, reason=" "),
    "not asked": lambda city, award: correct_account(award, ACCOUNT, by=city.owner),
    "stranger": lambda city, award: create_batch([award], by=city.other_finance, request_key="z"),
    "nothing": lambda city, award: create_batch([], by=city.finance, request_key="z"),
}


@pytest.mark.parametrize("what", sorted(REFUSALS))
def test_refusals_are_said_in_both_languages(city: City, what: str) -> None:
    award = city.granted()
    one_batch(city, [award])
    said = []
    for language in ("zh-hans", "en"):
        with translation.override(language), pytest.raises(ActionRefused) as refused:
            REFUSALS[what](city, award)
        said.append(f"{refused.value.message} {refused.value.remedy}")
    chinese, english = said
    assert any("一" <= sign <= "鿿" for sign in chinese)
    assert english != chinese
    assert english.replace("P2018520103", "").strip()


FALSIFIED = {
    "a payee": ("ledger_batchline", "UPDATE ledger_batchline SET payee = '别人'", audit.LIST),
    "an account": (
        "ledger_batchline",
        "UPDATE ledger_batchline SET bank_account = '6222020200000000000'",
        audit.LIST,
    ),
    "an amount": ("ledger_batchline", "UPDATE ledger_batchline SET amount_fen = 1", audit.AMOUNT),
    "a removed line": (
        "ledger_batchline",
        "DELETE FROM ledger_batchline WHERE position = 2",
        audit.HEAD,
    ),
    "a result": (
        "ledger_batchline",
        "UPDATE ledger_batchline SET state = 'paid', bank_reference = 'B9',"
        " bank_day = '2018-06-01' WHERE state = 'failed'",
        audit.PAID,
    ),
    "a return": (
        "ledger_batchline",
        "UPDATE ledger_batchline SET state = 'returned', reason = 'x' WHERE state = 'paid'",
        audit.BACK,
    ),
    "a reference": (
        "ledger_batchline",
        "UPDATE ledger_batchline SET bank_reference = 'B9' WHERE state = 'paid'",
        audit.REFERENCE,
    ),
    "a digest": (
        "ledger_paymentbatch",
        "UPDATE ledger_paymentbatch SET digest = repeat('0', 64)",
        audit.LIST,
    ),
    "a sum": ("ledger_paymentbatch", "UPDATE ledger_paymentbatch SET amount_fen = 1", audit.HEAD),
    "a state": (
        "ledger_paymentbatch",
        "UPDATE ledger_paymentbatch SET state = 'cancelled'",
        audit.STATE,
    ),
    "a file's rows": (
        "ledger_bankreply",
        "UPDATE ledger_bankreply SET rows = jsonb_set(rows, '{0,reference}', '\"B8\"')",
        audit.ROWS,
    ),
    "what a file booked": (
        "ledger_bankreply",
        "UPDATE ledger_bankreply SET booked = booked + 1",
        audit.BOOKED,
    ),
    "a removed file": ("ledger_bankreply", "DELETE FROM ledger_bankreply", audit.ROWS),
    "a given account": (
        "ledger_payeeaccount",
        "UPDATE ledger_payeeaccount SET bank_account = '6222020200000000000'",
        audit.ACCOUNT,
    ),
    "a removed account": (
        "ledger_payeeaccount",
        "DELETE FROM ledger_payeeaccount",
        audit.ACCOUNT,
    ),
    "an added account": (
        "ledger_payeeaccount",
        "INSERT INTO ledger_payeeaccount (award_id, bank_name, bank_account, given_by_id, given_at)"
        " SELECT award_id, bank_name, '62220202', given_by_id, given_at FROM ledger_payeeaccount",
        audit.ACCOUNT,
    ),
}


@pytest.mark.parametrize("what", sorted(FALSIFIED))
def test_every_falsification_is_found(city: City, what: str, capsys: Any) -> None:
    """Somebody with the rights of the database's owner: triggers off, one row changed."""
    from_file, other = grant_many(city, 2)
    batch = one_batch(city, [from_file, other])
    head, good = row_of(from_file).splitlines()
    content = f"{head},原因\n{good},\n{other.number},45000.00,失败,,,户名不符\n"
    reply = keep_reply(batch, "r.csv", content.encode(), by=city.finance)
    assert book_reply(reply, by=city.finance) == 2
    correct_account(other, ACCOUNT, by=make_owner(other.case.enterprise))
    assert sound()
    table, statement, text = FALSIFIED[what]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        assert cursor.rowcount
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    found = audit_payments()
    assert text in [finding.what for finding in found], found
    if what == "an account":  # the verb says it too, and fails
        with pytest.raises(SystemExit):
            call_command("verify_books", format="json")
        assert text.zh in capsys.readouterr().out


def test_the_day_after_is_sealed_and_sound(city: City) -> None:
    award = city.granted()
    book_results(one_batch(city, [award]), [paid(award)], by=city.finance)
    travel(clock.today() + timedelta(days=1))
    assert sound()
