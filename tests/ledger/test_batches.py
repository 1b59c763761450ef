"""Payment batches: frozen lists, results booked once, money that comes back, accounts put right."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from miaopu.cases import actions
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.guards import FormRefused
from miaopu.cases.models import Case, CaseClock
from miaopu.cases.reminders import remind
from miaopu.cases.workflow import AlreadyDone
from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event, Notice
from miaopu.engine.bank_files import Result, bank_csv
from miaopu.engine.books import from_export, to_export, verify
from miaopu.ledger.awards import pay_award, release_award
from miaopu.ledger.batches import MAX_LINES, cancel_batch, create_batch, digest_of
from miaopu.ledger.books import read_books, seal_days
from miaopu.ledger.enums import AccountKind, AwardState, BatchState, LineState, TransferKind
from miaopu.ledger.models import Account, Award, BatchLine, PaymentBatch, Transfer
from miaopu.ledger.payees import payee_of
from miaopu.ledger.result_checks import check_results
from miaopu.ledger.results import ResultsRefused, book_reply, book_results, keep_reply
from miaopu.ledger.returns import correct_account, return_award
from miaopu.monitoring.figures import by_district, money_by_level
from tests.factories import City, make_enterprise, make_owner, travel

pytestmark = pytest.mark.django_db
ACCOUNT = {"bank_name": "贵阳银行南明支行", "bank_account": "6222020200099999999"}


def grant_many(city: City, count: int) -> list[Award]:
    """`count` awards of one list in the city's first district."""
    for _number in range(count):
        enterprise = make_enterprise()
        case = city.submitted(enterprise, make_owner(enterprise))
        actions.accept_case(case, by=city.reviewer)
        actions.propose_grant(case, {"mature": True}, by=city.reviewer)
        actions.approve_case(case, by=city.approver)
    publicity = publish_list(city.item, city.enterprise.region, by=city.approver)
    travel(publicity.ends_on + timedelta(days=1))
    for case in Case.objects.filter(publicity=publicity).order_by("pk"):
        decide_case(case, by=city.approver)
    return list(Award.objects.order_by("pk"))


def paid(award: Award, reference: str = "B1") -> Result:
    return Result(1, award.number, award.amount_fen, "paid", reference, clock.today())


def failed(award: Award, **changes: object) -> Result:
    return Result(
        1,
        award.number,
        award.amount_fen,
        "failed",
        reason="账号户名不符",
        **changes,  # type: ignore[arg-type]
    )


def returned(award: Award, **changes: object) -> Result:
    return Result(
        1,
        award.number,
        award.amount_fen,
        "returned",
        reason="账户已销户",
        **changes,  # type: ignore[arg-type]
    )


def one_batch(city: City, awards: list[Award], key: str = "k1") -> PaymentBatch:
    return create_batch(awards, by=city.finance, request_key=key)


def running(award: Award) -> list[str]:
    return [one.step for one in award.case.clocks.running()]


def balances(kind: AccountKind) -> int:
    return sum(account.balance_fen for account in Account.objects.with_kind(kind))


@pytest.mark.parametrize("way", ["by hand", "in a batch"])
def test_a_payment_settles_the_reminders_of_its_clock(city: City, way: str) -> None:
    award = city.granted()
    batch = create_batch([award], by=city.finance, request_key="k") if way == "in a batch" else None
    due = CaseClock.objects.running().get(case=award.case).due_on
    assert due is not None
    travel(due + timedelta(days=1))
    remind()
    asked = Notice.objects.unread().filter(user=city.finance, key__startswith="reminder/clock/")
    assert asked.count() == 1
    if batch is None:
        pay_award(award, "B1", by=city.finance)
    else:
        book_results(batch, [paid(award)], by=city.finance)
    assert asked.count() == 0


def test_a_batch_is_frozen_with_its_digest(city: City) -> None:
    awards = grant_many(city, 3)
    batch = one_batch(city, awards)
    assert (batch.count, batch.amount_fen) == (3, 13_500_000)
    assert batch.number == "P2018520103-0001"
    assert digest_of(batch) == batch.digest
    assert [line.position for line in batch.lines.in_order()] == [1, 2, 3]
    assert Event.objects.for_subject(awards[0].case).filter(verb="ledger.enter_batch").count() == 1
    for statement in (
        "UPDATE ledger_batchline SET bank_account = '1'",
        "UPDATE ledger_batchline SET amount_fen = 1",
        "UPDATE ledger_batchline SET state = 'returned'",
        "DELETE FROM ledger_batchline",
        "UPDATE ledger_paymentbatch SET digest = repeat('0', 64)",
        "DELETE FROM ledger_paymentbatch",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_same_request_makes_one_batch(city: City) -> None:
    awards = grant_many(city, 1)
    assert one_batch(city, awards) == one_batch(city, awards)
    with pytest.raises(Conflict):
        one_batch(city, awards, "k2")
    with pytest.raises(IntegrityError), transaction.atomic():
        line = BatchLine.objects.get()
        BatchLine.objects.create(
            batch=line.batch, position=2, award=line.award, payee="x", bank_name="x",
            bank_account="12345678", amount_fen=1,
        )  # fmt: skip
    assert PaymentBatch.objects.count() == 1


def test_who_may_make_a_batch_and_of_what(city: City) -> None:
    award = city.granted()
    for person in (city.approver, city.other_finance, city.auditor):
        with pytest.raises(NotAllowed):
            create_batch([award], by=person, request_key="k")
    with pytest.raises(ActionRefused):
        create_batch([], by=city.finance, request_key="k")
    with pytest.raises(ActionRefused):
        create_batch([award] * (MAX_LINES + 1), by=city.finance, request_key="k")
    pay_award(award, "B1", by=city.finance)
    with pytest.raises(Conflict, match=award.number):
        create_batch([award], by=city.finance, request_key="k")
    assert not PaymentBatch.objects.exists()


def test_what_is_at_the_bank_is_not_paid_or_released_beside_it(city: City) -> None:
    award = city.granted()
    batch = one_batch(city, [award])
    with pytest.raises(Conflict, match=batch.number):
        pay_award(award, "B9", by=city.finance)
    with pytest.raises(Conflict, match=batch.number):
        release_award(award, by=city.finance, reason="企业已注销")
    assert not Award.objects.payable().exists()
    with pytest.raises(ActionRefused):
        cancel_batch(batch, by=city.finance, reason=" ")
    with pytest.raises(NotAllowed):
        cancel_batch(batch, by=city.other_finance, reason="x")
    assert cancel_batch(batch, by=city.finance, reason="清单有误").state == BatchState.CANCELLED
    with pytest.raises(Conflict):
        cancel_batch(batch, by=city.finance, reason="清单有误")
    assert list(Award.objects.payable()) == [award]
    pay_award(award, "B9", by=city.finance)


def test_results_are_booked_once(city: City) -> None:
    first, second, third = grant_many(city, 3)
    batch = one_batch(city, [first, second, third])
    results = [paid(first), failed(second), failed(third, account_wrong=False)]
    assert book_results(batch, results, by=city.finance) == 3
    assert book_results(batch, results, by=city.finance) == 0  # the same again
    batch.refresh_from_db()
    assert batch.state == BatchState.SETTLED
    assert {one.number: one.state for one in Award.objects.all()} == {
        first.number: "paid", second.number: "committed", third.number: "committed",
    }  # fmt: skip
    assert running(first) == [] and running(second) == [] and running(third) == ["pay"]
    assert balances(AccountKind.PAID) == first.amount_fen
    assert list(Award.objects.payable()) == [third]
    told = Notice.objects.filter(text__contains="账号户名不符").values_list("text", flat=True)
    assert len(told) == 2 and any("更正或确认收款账户" in text for text in told)
    assert verify(read_books()) == []


def test_a_returned_payment_is_paid_a_second_time(city: City) -> None:
    award = city.granted()
    batch = one_batch(city, [award])
    book_results(batch, [paid(award, "B1")], by=city.finance)
    assert book_results(batch, [returned(award)], by=city.finance) == 1
    assert book_results(batch, [returned(award)], by=city.finance) == 0
    award.refresh_from_db()
    assert (award.state, award.bank_reference, award.paid_by) == ("committed", "", None)
    assert award.awaits_account and running(award) == []
    assert (balances(AccountKind.PAID), balances(AccountKind.COMMITTED)) == (0, award.amount_fen)
    [district] = by_district(city.version.programme)
    assert (district.paid_fen, district.committed_fen) == (0, award.amount_fen)
    assert sum(level.paid_fen for level in money_by_level(city.version.programme)) == 0
    with pytest.raises(ActionRefused):
        pay_award(award, "B2", by=city.finance)
    with pytest.raises(Conflict):
        one_batch(city, [award], "k2")

    correct_account(award, ACCOUNT, by=city.owner)
    assert payee_of(award).bank_account == ACCOUNT["bank_account"]
    assert running(award) == ["pay"]
    second = one_batch(city, [award], "k2")
    assert second.lines.get().bank_account == ACCOUNT["bank_account"]
    assert batch.lines.get().bank_account != ACCOUNT["bank_account"]
    book_results(second, [paid(award, "B2")], by=city.finance)
    keys = list(Transfer.objects.filter(award=award).order_by("pk").values_list("key", flat=True))
    number = award.number
    assert keys == [f"commit/{number}", f"post/{number}", f"return/{number}", f"post/{number}/2"]
    assert balances(AccountKind.PAID) == award.amount_fen
    assert Notice.objects.filter(text__contains="已拨付").count() == 2
    travel(clock.today() + timedelta(days=1))
    seal_days()
    books = read_books()
    assert verify(books) == [] and from_export(to_export(books)) == books


def test_a_payment_made_by_hand_can_come_back_too(city: City) -> None:
    award = city.granted()
    with pytest.raises(Conflict):
        return_award(award, by=city.finance, reason="退票")
    pay_award(award, "B1", by=city.finance)
    with pytest.raises(NotAllowed):
        return_award(award, by=city.other_finance, reason="退票")
    with pytest.raises(ActionRefused):
        return_award(award, by=city.finance, reason=" ")
    return_award(award, by=city.finance, reason="退票", account_wrong=False)
    with pytest.raises(AlreadyDone):
        return_award(award, by=city.finance, reason="退票", account_wrong=False)
    pay_award(award, "B2", by=city.finance)
    return_award(award, by=city.finance, reason="又退票", account_wrong=False)
    release_award(award, by=city.finance, reason="企业已注销")
    kinds = Transfer.objects.filter(award=award).order_by("pk").values_list("kind", "occasion")
    assert list(kinds) == [
        ("commit", 1), ("post", 1), ("return", 1), ("post", 2), ("return", 2), ("release", 1)
    ]  # fmt: skip
    assert balances(AccountKind.PAID) == balances(AccountKind.COMMITTED) == 0
    assert verify(read_books()) == []


def test_the_database_lets_a_paid_award_go_back_through_a_return_only(city: City) -> None:
    award = city.granted()
    pay_award(award, "B1", by=city.finance)
    with pytest.raises(DatabaseError), transaction.atomic():
        Award.objects.update(state="committed", paid_by=None, paid_at=None, bank_reference="")
    with pytest.raises(DatabaseError), transaction.atomic():
        Transfer.objects.create(
            key="x", kind=TransferKind.COMMIT, award=award, occasion=2, at=clock.now()
        )
    return_award(award, by=city.finance, reason="退票")
    release_award(award, by=city.finance, reason="注销")
    with pytest.raises(DatabaseError), transaction.atomic():
        Award.objects.update(state=AwardState.COMMITTED)


def test_the_enterprise_corrects_its_account_when_asked(city: City) -> None:
    award = city.granted()
    with pytest.raises(Conflict):
        correct_account(award, ACCOUNT, by=city.owner)
    book_results(one_batch(city, [award]), [failed(award)], by=city.finance)
    award.refresh_from_db()
    with pytest.raises(NotAllowed):
        correct_account(award, ACCOUNT, by=city.other_owner)
    with pytest.raises(FormRefused) as refused:
        correct_account(award, {**ACCOUNT, "bank_account": "12-"}, by=city.owner)
    assert [error.field for error in refused.value.errors] == ["bank_account"]
    first = correct_account(award, ACCOUNT, by=city.owner)
    assert correct_account(award, ACCOUNT, by=city.owner) == first  # a double click
    with pytest.raises(Conflict):
        correct_account(award, {**ACCOUNT, "bank_account": "6222020200011111111"}, by=city.owner)
    with pytest.raises(DatabaseError), transaction.atomic():
        first.delete()


def test_what_is_wrong_is_said_of_each_line_and_nothing_is_booked(city: City) -> None:
    first, second, third = grant_many(city, 3)
    batch = one_batch(city, [first, second, third])
    results = [
        paid(first),
        Result(3, second.number, 1, "paid", "B2", clock.today()),
        Result(4, "A000", 4_500_000, "paid", "B3", clock.today()),
        Result(5, third.number, third.amount_fen, "paid", "B4", date(2030, 1, 1)),
        Result(6, third.number, third.amount_fen, "returned", reason="x"),
    ]
    with pytest.raises(ResultsRefused) as refused:
        book_results(batch, results, by=city.finance)
    assert [one.result.line for one in refused.value.wrong] == [3, 4, 5, 6]
    assert all(one.problems for one in refused.value.wrong)
    assert not Award.objects.filter(state="paid").exists()
    assert book_results(batch, results, by=city.finance, only_good=True) == 1
    assert Award.objects.get(state="paid") == first
    for wrong in (paid(first, "B7"), failed(first)):  # it was booked otherwise
        [checked] = check_results(batch, [wrong])
        assert checked.effect == "wrong"
    [early] = check_results(batch, [returned(second)])
    assert early.effect == "wrong"
    with pytest.raises(NotAllowed):
        book_results(batch, [paid(second)], by=city.other_finance)


def test_a_result_file_is_kept_once_and_booked_once(city: City) -> None:
    award = city.granted()
    batch = one_batch(city, [award])
    content = (
        "扶持编号,金额（元）,结果,银行流水号,银行日期,原因\r\n"
        f'{award.number},"45,000.00",已付,B-1,{clock.today():%Y%m%d},\r\n'
    ).encode("gb18030")
    reply = keep_reply(batch, "结果.csv", content, by=city.finance)
    assert keep_reply(batch, "again.csv", content, by=city.finance) == reply
    assert book_reply(reply, by=city.finance) == 1
    assert book_reply(reply, by=city.finance) == 0
    reply.refresh_from_db()
    assert (reply.booked, reply.booked_by) == (1, city.finance)
    line = batch.lines.get()
    assert (line.state, line.bank_reference, line.bank_day) == ("paid", "B-1", clock.today())
    assert Transfer.objects.filter(award=award, kind="post").count() == 1


def test_a_list_that_was_tampered_with_is_not_booked(city: City) -> None:
    award = city.granted()
    batch = one_batch(city, [award])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_batchline DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_batchline SET bank_account = '6222020200000000000'")
        cursor.execute("ALTER TABLE ledger_batchline ENABLE TRIGGER USER")
    with pytest.raises(ActionRefused, match="摘要"):
        book_results(batch, [paid(award)], by=city.finance)
    assert LineState.PENDING == batch.lines.get().state


def test_no_scope_no_batch(city: City) -> None:
    batch = one_batch(city, [city.granted()])
    for person in (city.finance, city.programme_officer, city.leading_group, city.auditor):
        assert list(PaymentBatch.objects.for_user(person)) == [batch]
        assert BatchLine.objects.for_user(person).count() == 1
    for person in (city.other_finance, city.reviewer, city.approver, city.owner, None):
        assert not PaymentBatch.objects.for_user(person)
        assert not BatchLine.objects.for_user(person)


def test_the_bank_file_has_the_account_in_full(city: City) -> None:
    batch = one_batch(city, [city.granted()])
    assert b"6222020200012345678" not in bank_csv([], "gb18030")
    assert batch.lines.get().bank_account == "6222020200012345678"
