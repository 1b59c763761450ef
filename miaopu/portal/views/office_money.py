"""What is left to give: the accounts that bear an item's shares, level by level."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from miaopu.cases.models import Item
from miaopu.core.models import User
from miaopu.engine.money import split
from miaopu.ledger.enums import AccountKind, Level
from miaopu.ledger.models import Account
from miaopu.ledger.moves import WIDTH


@dataclass(frozen=True)
class LevelShare:
    """What a level bears of an amount and what it still has, in fen."""

    level: str
    title: str
    share_fen: int
    available_fen: int | None

    @property
    def short(self) -> bool:
        """Whether the level does not have its share."""
        return self.available_fen is None or self.available_fen < self.share_fen


def split_by_level(item: Item, amount_fen: int) -> dict[str, int]:
    """An amount split over the levels by the pack's ratio, exact to the fen."""
    shares = item.definition.shares
    levels = list(shares)
    parts = dict(zip(levels, split(amount_fen, [shares[level] for level in levels]), strict=True))
    return {level.value: parts[level.value] for level in Level if level.value in parts}


def shares_with_money(
    user: User, item: Item, region_code: str, amount_fen: int | None
) -> list[LevelShare]:
    """Each level's share of an amount for an enterprise in the region, and what it has left."""
    if not amount_fen:
        return []
    accounts = Account.objects.for_user(user).with_kind(AccountKind.AVAILABLE)
    left = {
        (account.level, account.region_id): account.balance_fen
        for account in accounts.filter(programme=item.version.programme, purpose=item.code)
    }
    return [
        LevelShare(
            level=level,
            title=str(Level(level).label),
            share_fen=part,
            available_fen=left.get((level, f"{region_code[: WIDTH[Level(level)]]:0<6}")),
        )
        for level, part in split_by_level(item, amount_fen).items()
        if part
    ]


def left_by_level(user: User) -> list[tuple[str, str, int]]:
    """(level, its name, what is available in fen) over the accounts of the user's regions."""
    rows = (
        Account.objects.for_user(user)
        .with_kind(AccountKind.AVAILABLE)
        .values("level")
        .annotate(total=Sum("balance_fen"))
        .order_by()
    )
    totals = {row["level"]: row["total"] for row in rows}
    return [(level.value, str(level.label), totals[level]) for level in Level if level in totals]
