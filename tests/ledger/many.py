"""Thousands of awards for tests and measurements: one is granted, the others are rows like it."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from miaopu.cases.models import Case, CaseClock
from miaopu.core import clock
from miaopu.core.models import Region
from miaopu.engine.bank_files import RESULT_HEADS
from miaopu.engine.money import fen_to_yuan
from miaopu.ledger.actions import fund_account
from miaopu.ledger.enums import AccountKind, TransferKind
from miaopu.ledger.models import Award, PaymentBatch
from miaopu.ledger.moves import move_awards, parts_of
from miaopu.parties.models import Representative
from tests.factories import YUNYAN, City, make_enterprises

BEARERS = {"province": "520000", "city": "520100", "county": YUNYAN}


@transaction.atomic
def award_many(city: City, count: int) -> list[Award]:
    """`count` awards with clock and committed money; the first one's way was walked in full.

    Cases, awards and clocks are written as rows; the money is funded and committed by the books'
    own actions.
    """
    first = city.granted()
    case, running = first.case, first.case.clocks.running().get()
    now = clock.now()
    for level, part in parts_of(city.item, first.amount_fen):
        region = Region.objects.get(code=BEARERS[level])
        fund_account(
            city.version.programme, city.item.code, level, region, part * count,
            key=f"test/many/{level}", by=None,
        )  # fmt: skip
    enterprises = make_enterprises(count - 1)
    Representative.objects.bulk_create(
        Representative(user=city.owner, enterprise=one, since=now) for one in enterprises
    )
    same = {
        field.attname: getattr(case, field.attname)
        for field in Case._meta.fields
        if field.name not in ("id", "number", "enterprise")
    }
    cases = Case.objects.bulk_create(
        Case(**same, number=f"M{one.pk:09d}", enterprise=one) for one in enterprises
    )
    CaseClock.objects.bulk_create(
        CaseClock(
            case=one,
            step=running.step,
            started_on=running.started_on,
            days=running.days,
            due_on=running.due_on,
            calculation=running.calculation,
        )
        for one in cases
    )
    awards = Award.objects.bulk_create(
        Award(
            number=f"A{one.number}",
            case=one,
            amount_fen=first.amount_fen,
            approved_by=first.approved_by,
            decided_by=first.decided_by,
            committed_at=now,
        )
        for one in cases
    )
    move_awards(
        awards, TransferKind.COMMIT, AccountKind.AVAILABLE, AccountKind.COMMITTED, by=city.approver
    )
    return [first, *awards]


def result_file(batch: PaymentBatch, failed: range = range(0)) -> bytes:
    """What the bank says of a whole batch: all paid today, but for some places of the list."""
    lines = [",".join(RESULT_HEADS)]
    for line in batch.lines.in_order():
        head = f"{line.award.number},{fen_to_yuan(line.amount_fen):f}"
        if line.position in failed:
            lines.append(f"{head},失败,,,户名不符,是")
        else:
            lines.append(f"{head},已付,B{line.position:08d},{clock.today():%Y-%m-%d},,")
    return "\r\n".join(lines).encode("gb18030")


def next_day() -> date:
    """The day after today, for tests that seal."""
    return clock.today() + timedelta(days=1)
