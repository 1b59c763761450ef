"""An award's money on its way between accounts: who bears which part, and moving it whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Count

from miaopu.cases.models import Case, Item
from miaopu.core.models import Region, User
from miaopu.engine.money import split
from miaopu.ledger.actions import Line, Movement, account_of, make_transfers
from miaopu.ledger.enums import AccountKind, Level, TransferKind
from miaopu.ledger.models import Account, Award, PaymentBatch, Transfer

WIDTH = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6}

_Place = tuple[int, str, str, str]  # programme, purpose, level, region


def bearer_code(case: Case, level: Level | str) -> str:
    """The code of the region that bears the level's share of a case."""
    return f"{case.region_id[: WIDTH[Level(level)]]:0<6}"


def bearer(case: Case, level: Level | str) -> Region:
    """The region that bears the level's share of a case."""
    return Region.objects.get(code=bearer_code(case, level))


def parts_of(item: Item, amount_fen: int) -> list[tuple[Level, int]]:
    """An amount split over the levels by the item's ratio, exact to the fen; none of nothing."""
    shares = item.definition.shares
    parts = split(amount_fen, list(shares.values()))
    return [(Level(level), part) for level, part in zip(shares, parts, strict=True) if part]


def shares_of(case: Case) -> list[tuple[Level, int]]:
    """The amount of a case split over the levels (`parts_of`)."""
    return parts_of(case.item, case.amount_fen or 0)


def shares_of_batch(batch: PaymentBatch) -> dict[Level, int]:
    """What each level bears of a payment batch, in fen. The caller proved access to the batch."""
    same = batch.lines.order_by().values("award__case__item", "amount_fen")
    groups = list(same.annotate(n=Count("pk")))
    items = Item.objects.select_related("version").in_bulk(
        [row["award__case__item"] for row in groups]
    )
    sums: dict[Level, int] = defaultdict(int)
    for row in groups:
        for level, part in parts_of(items[row["award__case__item"]], row["amount_fen"]):
            sums[level] += part * row["n"]
    return sums


class _Accounts:
    """The accounts that bear awards' shares, read at once; new ones are opened when asked for."""

    def __init__(self, awards: Sequence[Award], kinds: Sequence[AccountKind]) -> None:
        cases = [award.case for award in awards]
        codes = {bearer_code(case, level) for case in cases for level in Level}
        self._known: dict[tuple[_Place, str], Account] = {
            ((one.programme_id, one.purpose, one.level, one.region_id), one.kind): one
            for one in Account.objects.filter(
                programme__in={case.programme_id for case in cases},
                purpose__in={case.item.code for case in cases},
                region__in=codes,
                kind__in=kinds,
            )
        }

    def of(self, case: Case, level: Level, kind: AccountKind) -> Account:
        """The account that bears the level's share of a case."""
        place = (case.programme_id, case.item.code, str(level), bearer_code(case, level))
        if (place, kind) not in self._known:
            self._known[place, kind] = account_of(
                case.item.version.programme, case.item.code, level, bearer(case, level), kind
            )
        return self._known[place, kind]


def move_awards(
    awards: Sequence[Award],
    kind: TransferKind,
    source: AccountKind,
    target: AccountKind,
    *,
    by: User,
) -> dict[int, int]:
    """Move locked awards' money at every level; how manieth of its kind each transfer is, by award.

    An award that came back is paid a second time, under a key of its own: post/A…/2. Raises what
    `miaopu.ledger.actions.make_transfers` raises; then nothing was moved.
    """
    accounts = _Accounts(awards, (source, target))
    before = dict(
        Transfer.objects.filter(award__in=awards, kind=kind)
        .values_list("award")
        .annotate(n=Count("pk"))
        .order_by()
    )
    occasions = {award.pk: before.get(award.pk, 0) + 1 for award in awards}
    movements = []
    for award in awards:
        lines = []
        for level, part in shares_of(award.case):
            lines.append(Line(accounts.of(award.case, level, source), -part))
            lines.append(Line(accounts.of(award.case, level, target), part))
        key = again(f"{kind}/{award.number}", occasions[award.pk])
        movements.append(Movement(key, lines, award, occasions[award.pk], award.case.number))
    make_transfers(movements, kind, by=by)
    return occasions


def again(key: str, occasion: int) -> str:
    """The key of what may happen more than once: paid, paid/2, …"""
    return key if occasion == 1 else f"{key}/{occasion}"
