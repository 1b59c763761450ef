"""Checking awards against their transfers: committed once, paid net, in an order that can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from miaopu.engine.book_records import BookFinding, Books, BookTransfer
from miaopu.engine.messages import Bilingual

# How often the kinds of transfer move an award's amount, by the award's state: what was paid and
# came back (return) counts as not paid.
EXPECTED = {
    "committed": {"commit": 1, "paid": 0, "release": 0},
    "paid": {"commit": 1, "paid": 1, "release": 0},
    "released": {"commit": 1, "paid": 0, "release": 1},
}
_COUNTS_AS = {"commit": ("commit", 1), "release": ("release", 1), "post": ("paid", 1)}
_COUNTS_AS["return"] = ("paid", -1)
# What may follow what for one award: kind of transfer → state before, state after.
_STEPS = {
    "commit": ("", "committed"),
    "post": ("committed", "paid"),
    "return": ("paid", "committed"),
    "release": ("committed", "released"),
}


def check_awards(books: Books) -> Iterator[BookFinding]:
    """Every award whose transfers do not give its stated state."""
    moved: dict[tuple[str, str], int] = defaultdict(int)
    for transfer in books.transfers:
        counts_as, sign = _COUNTS_AS.get(transfer.kind, (transfer.kind, 1))
        moved[transfer.award, counts_as] += sign * _moved_by(transfer)
    for award in books.awards:
        for kind, times in EXPECTED[award.state].items():
            if moved[award.number, kind] != times * award.amount_fen:
                yield BookFinding(
                    award.number,
                    Bilingual(f"扶持与资金变动（{kind}）不符", f"award differs from its {kind}"),
                    times * award.amount_fen,
                    moved[award.number, kind],
                )
    yield from _check_order(books)
    numbers = {award.number for award in books.awards}
    for number in sorted({award for award, _kind in moved if award} - numbers):
        yield BookFinding(number, Bilingual("没有对应的扶持", "no such award"), None, number)


def _moved_by(transfer: BookTransfer) -> int:
    """What a transfer moves, in fen."""
    return sum(entry.amount_fen for entry in transfer.entries if entry.amount_fen > 0)


def _check_order(books: Books) -> Iterator[BookFinding]:
    """Each award moves whole, in an order that can be: committed, paid, returned, paid again."""
    amounts = {award.number: award.amount_fen for award in books.awards}
    states: dict[str, str] = defaultdict(str)
    for transfer in books.transfers:
        if transfer.kind not in _STEPS or transfer.award not in amounts:
            continue
        before, after = _STEPS[transfer.kind]
        if states[transfer.award] != before:
            yield BookFinding(
                transfer.key,
                Bilingual("资金变动的次序不可能", "the transfers of the award are out of order"),
                before,
                states[transfer.award],
            )
        if _moved_by(transfer) != amounts[transfer.award]:
            yield BookFinding(
                transfer.key,
                Bilingual("没有移动扶持的全额", "does not move the whole award"),
                amounts[transfer.award],
                _moved_by(transfer),
            )
        states[transfer.award] = after
