"""What is left for an item's cases, level by level: what batch reviews ask the books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

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
