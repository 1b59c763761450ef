"""The books as the engine checks them, and the daily seals."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.engine import books as engine_books
from miaopu.engine import seals
from miaopu.engine.book_records import (
    BookAccount,
    BookAward,
    BookEntry,
    BookFinding,
    Books,
    BookSeal,
    BookTransfer,
)
from miaopu.ledger.actions import lock_books
from miaopu.ledger.enums import Verb
from miaopu.ledger.models import Account, Award, Seal, Transfer


def _book_transfer(transfer: Transfer) -> BookTransfer:
    return BookTransfer(
        key=transfer.key,
        kind=transfer.kind,
        day=timezone.localdate(transfer.at),
        award=transfer.award.number if transfer.award else "",
        entries=tuple(
            BookEntry(entry.account.code, entry.amount_fen)
            for entry in sorted(transfer.entries.all(), key=lambda entry: entry.pk)
        ),
    )


def _transfers(after: date | None = None) -> list[BookTransfer]:
    """All transfers, or those of the days after one, in the order in which they were made."""
    rows = Transfer.objects.select_related("award").prefetch_related("entries__account")
    if after is not None:
        start = datetime.combine(after + timedelta(days=1), time.min)
        rows = rows.filter(at__gte=timezone.make_aware(start))
    return [_book_transfer(row) for row in rows.order_by("pk").iterator(chunk_size=2000)]


def read_books() -> Books:
    """All books, in one consistent view of the database."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:  # inside another transaction the caller has chosen the view
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return Books(
            accounts=tuple(
                BookAccount(account.code, account.kind, account.balance_fen)
                for account in Account.objects.order_by("code")
            ),
            transfers=tuple(_transfers()),
            awards=tuple(
                BookAward(award.number, award.amount_fen, award.state)
                for award in Award.objects.order_by("pk")
            ),
            seals=tuple(
                BookSeal(seal.day, seal.count, seal.root, seal.chain)
                for seal in Seal.objects.order_by("day")
            ),
        )


def export_books() -> dict[str, Any]:
    """The books as the one document that anyone may download and check."""
    return engine_books.to_export(read_books())


def audit_books() -> tuple[Books, list[BookFinding]]:
    """The books as they stand, and what does not agree in them (nothing if all is well)."""
    books = read_books()
    return books, engine_books.verify(books)


@transaction.atomic
def seal_days(until: date | None = None) -> list[Seal]:
    """Seal every ended day with transfers (at most up to `until`); again seals nothing."""
    lock_books(exclusive=True)
    today = clock.today()
    last = Seal.objects.order_by("-day").first()
    by_day: dict[date, list[BookTransfer]] = {}
    for transfer in _transfers(last.day if last else None):
        if transfer.day < today and (until is None or transfer.day <= until):
            by_day.setdefault(transfer.day, []).append(transfer)
    previous = last.chain if last else seals.GENESIS
    made = []
    for day in sorted(by_day):
        root = engine_books.root_of_day(by_day[day])
        count = len(by_day[day])
        seal = Seal.objects.create(
            day=day,
            count=count,
            root=root,
            chain=seals.chain(previous, day, root, count),
            sealed_at=clock.now(),
        )
        record_event(seal, Verb.SEAL, by=None, data={"root": root, "count": count})
        previous = seal.chain
        made.append(seal)
    return made
