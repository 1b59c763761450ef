"""Checking a set of books: from the entries alone, everything else must follow again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from miaopu.engine import seals
from miaopu.engine.book_awards import EXPECTED, check_awards
from miaopu.engine.book_records import (
    BookAccount,
    BookAward,
    BookEntry,
    BookFinding,
    Books,
    BookSeal,
    BookTransfer,
)
from miaopu.engine.messages import Bilingual, EngineError

FORMAT = "miaopu-books-1"
SOURCE = "source"
_SHOWN = 40


class BooksUnreadable(EngineError):
    """An export of books that cannot be read."""


def root_of_day(transfers: Sequence[BookTransfer]) -> str:
    """The Merkle root in hex of a day's transfers, in the order in which they were made."""
    return seals.merkle_root(
        [seals.leaf(seals.canonical(transfer.record())) for transfer in transfers]
    ).hex()


def verify(books: Books) -> list[BookFinding]:
    """Recompute balances, sums, awards and seals from the entries; a finding per difference."""
    return [
        *_check_transfers(books),
        *_check_balances(books),
        *check_awards(books),
        *_check_seals(books),
    ]


def _check_transfers(books: Books) -> Iterator[BookFinding]:
    known = {account.code for account in books.accounts}
    seen: set[str] = set()
    for transfer in books.transfers:
        total = sum(entry.amount_fen for entry in transfer.entries)
        if total != 0 or len(transfer.entries) < 2:
            yield BookFinding(
                transfer.key, Bilingual("分录之和不为零", "entries do not sum to zero"), 0, total
            )
        if transfer.key in seen:
            yield BookFinding(
                transfer.key, Bilingual("同一笔资金出现两次", "transfer occurs twice"), 1, 2
            )
        seen.add(transfer.key)
        for entry in transfer.entries:
            if entry.account not in known:
                yield BookFinding(
                    transfer.key, Bilingual("科目不存在", "unknown account"), entry.account, None
                )


def _check_balances(books: Books) -> Iterator[BookFinding]:
    codes = Counter(account.code for account in books.accounts)
    for code, times in codes.items():
        if times > 1:
            yield BookFinding(code, Bilingual("科目重复", "account occurs twice"), 1, times)
    kinds = {account.code: account.kind for account in books.accounts}
    running: dict[str, int] = defaultdict(int)
    below: dict[str, int] = {}
    for transfer in books.transfers:
        for entry in transfer.entries:
            running[entry.account] += entry.amount_fen
        for entry in transfer.entries:
            balance = running[entry.account]
            if balance < 0 and kinds.get(entry.account) != SOURCE:
                below.setdefault(entry.account, balance)
    for code, balance in below.items():
        yield BookFinding(code, Bilingual("余额曾低于零", "balance was below zero"), 0, balance)
    for account in books.accounts:
        if account.balance_fen != running[account.code]:
            yield BookFinding(
                account.code,
                Bilingual("余额与分录不符", "balance differs from its entries"),
                account.balance_fen,
                running[account.code],
            )


def _check_seals(books: Books) -> Iterator[BookFinding]:
    by_day: dict[date, list[BookTransfer]] = defaultdict(list)
    for transfer in books.transfers:
        by_day[transfer.day].append(transfer)
    previous = seals.GENESIS
    last: date | None = None
    for seal in books.seals:
        transfers = by_day[seal.day]
        root = root_of_day(transfers)
        chain = _chain_or_none(previous, seal.day, root, len(transfers))
        if last is not None and seal.day <= last:
            yield BookFinding(
                seal.day.isoformat(), Bilingual("封存次序颠倒", "seals out of order"), None, None
            )
        if (root, len(transfers)) != (seal.root, seal.count):
            yield BookFinding(
                seal.day.isoformat(),
                Bilingual("当日账目与封存不符", "transfers differ from the seal"),
                seal.root,
                root,
            )
        if chain != seal.chain:
            yield BookFinding(
                seal.day.isoformat(),
                Bilingual("封存链断裂", "the chain of seals is broken"),
                seal.chain,
                chain,
            )
        previous, last = seal.chain, seal.day
    if last is not None:
        sealed = {seal.day for seal in books.seals}
        for day in sorted(day for day in by_day if day <= last and day not in sealed):
            yield BookFinding(
                day.isoformat(), Bilingual("有账目的日期未封存", "day was not sealed"), None, None
            )


def _chain_or_none(previous: str, day: date, root: str, count: int) -> str | None:
    """The chained seal; None where the seal before is no hash at all."""
    try:
        return seals.chain(previous, day, root, count)
    except seals.SealError:
        return None


def to_export(books: Books) -> dict[str, Any]:
    """The books as one JSON document: what anyone may download and check."""
    return {
        "format": FORMAT,
        "accounts": [asdict(account) for account in books.accounts],
        "transfers": [transfer.record() for transfer in books.transfers],
        "awards": [asdict(award) for award in books.awards],
        "seals": [{**asdict(seal), "day": seal.day.isoformat()} for seal in books.seals],
    }


def from_export(document: Mapping[str, Any]) -> Books:
    """Read an export. Raises BooksUnreadable where it is not one."""
    try:
        if document["format"] != FORMAT:
            raise KeyError(document["format"])
        return Books(
            accounts=tuple(BookAccount(**_typed(row)) for row in _rows(document["accounts"])),
            transfers=tuple(
                BookTransfer(
                    **{
                        **_typed({name: row[name] for name in row if name != "entries"}),
                        "entries": tuple(
                            BookEntry(**_typed(entry)) for entry in _rows(row["entries"])
                        ),
                    }
                )
                for row in _rows(document["transfers"])
            ),
            awards=tuple(BookAward(**_typed(row)) for row in _rows(document["awards"])),
            seals=tuple(BookSeal(**_typed(row)) for row in _rows(document["seals"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BooksUnreadable(
            Bilingual(f"不是账目导出文件：{error}", f"not an export of books: {error}"),
            Bilingual("请使用公开页面下载的文件", "use the file from the public page"),
        ) from error


def _rows(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise TypeError(f"a list of objects was expected, not {str(value)[:_SHOWN]}")
    return value


def _typed(row: Mapping[str, object]) -> dict[str, Any]:
    """The values of a row in their types: whole numbers, a day, known states, hashes, texts."""
    typed: dict[str, Any] = {}
    for name, value in row.items():
        if name in ("amount_fen", "balance_fen", "count"):
            good = type(value) is int and (name != "count" or value >= 0)
        else:
            good = isinstance(value, str) and (name != "state" or value in EXPECTED)
            good = good and (name not in ("root", "chain") or seals.is_hash(str(value)))
        if not good:
            raise ValueError(f"{name} {str(value)[:_SHOWN]}")
        typed[name] = date.fromisoformat(str(value)) if name == "day" else value
    return typed
