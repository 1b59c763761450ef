"""What is left for an item's cases, level by level: what batch reviews ask the books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Count

from miaopu.cases.enums import CaseState
from miaopu.cases.means import Means, Purse
from miaopu.cases.models import Case, Item
from miaopu.ledger.actions import lock_accounts
from miaopu.ledger.enums import AccountKind, Level
from miaopu.ledger.models import Account
from miaopu.ledger.moves import WIDTH, parts_of


def _parts(item: Item, region_code: str, amount_fen: int) -> dict[str, int]:
    """Which purse ("county/520103") bears how many fen of an amount; levels with nothing go out."""
    return {
        f"{level}/{region_code[: WIDTH[level]]:0<6}": part
        for level, part in parts_of(item, amount_fen)
    }


def _promised(item: Item) -> dict[str, int]:
    """What approved and published cases of the item will take, by purse, over all versions."""
    rows = (
        Case.objects.filter(programme_id=item.version.programme_id, item__code=item.code)
        .in_states(CaseState.APPROVED, CaseState.PUBLISHED)
        .values("item", "region", "amount_fen")
        .annotate(n=Count("pk"))
        .order_by()
    )
    items = {row["item"] for row in rows}
    definitions = {
        one.pk: one for one in Item.objects.filter(pk__in=items).select_related("version")
    }
    promised: dict[str, int] = defaultdict(int)
    for row in rows:
        parts = _parts(definitions[row["item"]], row["region"], row["amount_fen"] or 0)
        for key, part in parts.items():
            promised[key] += part * row["n"]
    return promised


def award_means(item: Item, cases: Sequence[Case], lock: bool) -> Means:
    """The purses that the cases draw on, and each case's shares (`miaopu.cases.means`)."""
    shares = {
        case.pk: _parts(case.item, case.region_id, case.amount_fen)
        for case in cases
        if case.amount_fen
    }
    needed = {key for parts in shares.values() for key in parts}
    regions = {key.partition("/")[2] for key in needed}
    accounts = list(
        Account.objects.with_kind(AccountKind.AVAILABLE).filter(
            programme_id=item.version.programme_id, purpose=item.code, region__in=regions
        )
    )
    if lock:
        accounts = list(lock_accounts(accounts).values())
    available = {f"{one.level}/{one.region_id}": one.balance_fen for one in accounts}
    promised = _promised(item)
    order = list(Level)
    purses = []
    for key in needed:
        level, _slash, region = key.partition("/")
        purses.append(Purse(key, level, region, available.get(key, 0), promised.get(key, 0)))
    return Means(
        tuple(sorted(purses, key=lambda one: (order.index(Level(one.level)), one.region))), shares
    )


Left = Mapping[int, Mapping[str, int]]
"""What is left for items (by primary key), purse by purse, in fen."""


def money_left(items: Iterable[Item]) -> Left:
    """What is neither committed nor promised to cases; items without money set aside are absent."""
    wanted = list(items)
    accounts = Account.objects.with_kind(AccountKind.AVAILABLE).filter(
        programme__in={item.version.programme_id for item in wanted},
        purpose__in={item.code for item in wanted},
    )
    there: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for one in accounts:
        there[one.programme_id, one.purpose][f"{one.level}/{one.region_id}"] = one.balance_fen
    left = {}
    for item in wanted:
        purses = there.get((item.version.programme_id, item.code))
        if purses:
            promised = _promised(item)
            left[item.pk] = {key: fen - promised.get(key, 0) for key, fen in purses.items()}
    return left


def level_run_out(left: Left, item: Item, region_code: str, amount_fen: int) -> str:
    """The first level whose money does not reach the amount; "" where all do, or none is known."""
    purses = left.get(item.pk)
    if purses is None:
        return ""
    for key, part in _parts(item, region_code, amount_fen).items():
        if purses.get(key, 0) < part:
            return key.partition("/")[0]
    return ""
