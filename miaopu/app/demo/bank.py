"""The demo's payment batches: what two finance bureaus and their banks do in six weeks.

In Yunyan and Nanming payments go to the bank together: a batch that was paid whole, one taken back,
one of which a payment failed and another came back and was paid again, one half answered, one that
waits. Everything through the product's own actions; results are files as a bank sends them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from miaopu.app.demo.log_ins import LogIn, open_log_in
from miaopu.cases.models import Case
from miaopu.core import clock
from miaopu.core.models import Region, User
from miaopu.engine.bank_files import RESULT_HEADS
from miaopu.engine.money import fen_to_yuan
from miaopu.ledger.batches import cancel_batch, create_batch
from miaopu.ledger.models import Award, BankReply, PaymentBatch
from miaopu.ledger.results import book_reply, keep_reply
from miaopu.ledger.returns import correct_account
from miaopu.parties.models import Enterprise

YUNYAN, NANMING = "520103", "520102"
DISTRICTS = (YUNYAN, NANMING)
# Of the enterprise in Yunyan whose payment failed.
LOG_IN = LogIn(
    "enterprise4",
    "云岩区企业，已获扶持：付款没有成功，请更正收款账户",
    "Yunyan, support granted: the payment failed, correct the account",
)
_ONE_FEN = 1

Enter = Callable[[date, int, Callable[[], object]], None]
Said = tuple[str, str, str]  # the bank's result, its reason, whether the account must be put right
FAILED: Said = ("失败", "收款户名与账号不符", "是")
CLOSED: Said = ("退回", "收款账户已销户", "是")
DISTURBED: Said = ("失败", "收款行系统故障，未能入账", "否")


class Recipient(Protocol):
    """An enterprise on its way (`miaopu.app.demo.cases`)."""

    enterprise: Enterprise

    def owner(self) -> User:
        """Its representative."""

    def case(self) -> Case:
        """Its case."""


class Offices(Protocol):
    """Who works in a district."""

    region: Region
    finance: User


@dataclass
class _Desk:
    """The finance officer of a district, and what the bank tells her."""

    offices: Offices

    def send(self, recipients: Sequence[Recipient]) -> PaymentBatch:
        """Freeze what the recipients are owed as a batch for the bank."""
        awards = [award_of(one) for one in recipients]
        key = f"demo/{PaymentBatch.objects.count() + 1}"
        return create_batch(awards, by=self.offices.finance, request_key=key)

    def take_back(self, recipients: Sequence[Recipient]) -> None:
        """Make a batch and take it back again."""
        cancel_batch(
            self.send(recipients),
            by=self.offices.finance,
            reason="漏列一户，合并后重新建立批次",
        )

    def read(
        self,
        recipients: Sequence[Recipient],
        said: Mapping[int, Said],
        *,
        wrong_by_fen: int = 0,
    ) -> BankReply:
        """Read the bank's file: paid, but for the places in `said`. The first amount may differ."""
        rows = []
        for place, recipient in enumerate(recipients):
            award = award_of(recipient)
            amount = award.amount_fen + (wrong_by_fen if place == 0 else 0)
            head = [award.number, f"{fen_to_yuan(amount):,f}"]
            if place in said:
                result, reason, account = said[place]
                rows.append([*head, result, "", "", reason, account])
                continue
            reference = f"GY{clock.today():%Y%m%d}{award.pk:06d}"
            rows.append([*head, "已付", reference, f"{clock.today():%Y-%m-%d}", "", ""])
        text = io.StringIO(newline="")
        csv.writer(text).writerows([RESULT_HEADS, *rows])
        line = award_of(recipients[0]).batch_lines.select_related("batch").last()
        assert line is not None  # the agenda sends before it answers
        name = f"{line.batch.number}回单{clock.today():%m%d}.csv"
        content = text.getvalue().encode("gb18030")
        return keep_reply(line.batch, name, content, by=self.offices.finance)

    def book(self, recipients: Sequence[Recipient], said: Mapping[int, Said]) -> None:
        """Read the bank's file and book it."""
        book_reply(self.read(recipients, said), by=self.offices.finance)


def award_of(recipient: Recipient) -> Award:
    """What a recipient was granted."""
    return Award.objects.get(case=recipient.case())


def _correct(recipient: Recipient) -> None:
    """The enterprise gives another account."""
    given = {
        "bank_name": f"贵阳银行{recipient.enterprise.region.name}支行",
        "bank_account": f"6231{recipient.enterprise.pk:015d}",
    }
    correct_account(award_of(recipient), given, by=recipient.owner())


def plan_batches(
    offices: Offices,
    first: Sequence[Recipient],
    second: Sequence[Recipient],
    waiting: Sequence[Recipient],
    enter: Enter,
) -> None:
    """Enter a district's batches in the agenda.

    `first` were decided on 18 April and are paid on the 23rd, `second` on the 25th and paid on
    3 May, `waiting` on 4 May. Where a district has too few of them, less is shown.
    """
    desk = _Desk(offices)
    if first:
        if offices.region.code == NANMING:
            enter(date(2018, 4, 19), 65, lambda: desk.take_back(first[:-1] or first))
        enter(date(2018, 4, 19), 66, lambda: desk.send(first))
        enter(date(2018, 4, 23), 70, lambda: desk.book(first, {}))
    if second:
        enter(date(2018, 4, 26), 66, lambda: desk.send(second))
        plan = _plan_yunyan if offices.region.code == YUNYAN else _plan_nanming
        plan(desk, second, waiting, enter)


def _plan_yunyan(
    desk: _Desk, second: Sequence[Recipient], waiting: Sequence[Recipient], enter: Enter
) -> None:
    """One payment fails for its account, one comes back and is paid again; one batch waits."""
    failed, back = 0, len(second) - 1
    enter(date(2018, 5, 3), 69, lambda: open_log_in(second[failed].enterprise, LOG_IN))
    enter(date(2018, 5, 3), 70, lambda: desk.book(second, {failed: FAILED}))
    if back != failed:
        again = [second[back]]
        enter(date(2018, 5, 4), 71, lambda: desk.book(again, {0: CLOSED}))
        enter(date(2018, 5, 7), 72, lambda: _correct(second[back]))
        enter(date(2018, 5, 7), 73, lambda: desk.send(again))
        enter(date(2018, 5, 9), 74, lambda: desk.book(again, {}))
    if waiting:
        enter(date(2018, 5, 9), 75, lambda: desk.send(waiting[:1]))


def _plan_nanming(
    desk: _Desk, second: Sequence[Recipient], waiting: Sequence[Recipient], enter: Enter
) -> None:
    """One payment comes back and is at the bank again; of another the file is not sound yet."""
    enter(date(2018, 5, 3), 70, lambda: desk.book(second, {}))
    enter(date(2018, 5, 4), 71, lambda: desk.book(second[:1], {0: CLOSED}))
    enter(date(2018, 5, 7), 72, lambda: _correct(second[0]))
    later = [*waiting, second[0]]
    enter(date(2018, 5, 8), 73, lambda: desk.send(later))
    if len(later) > 1:
        enter(date(2018, 5, 9), 74, lambda: desk.book(later[:1], {0: DISTURBED}))
        enter(date(2018, 5, 9), 75, lambda: desk.read(later[1:], {}, wrong_by_fen=_ONE_FEN))
