"""Writes of the books: accounts, budgets and transfers. Each is atomic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused
from miaopu.core.many import BATCH
from miaopu.core.models import Region, User
from miaopu.engine.money import format_yuan
from miaopu.ledger.enums import AccountKind, Level, TransferKind, Verb
from miaopu.ledger.models import Account, Award, Entry, Seal, Transfer
from miaopu.plans.models import Programme, ProgrammeVersion

BOOKS_LOCK = 7_102_018  # the advisory lock of the books; any number nobody else uses


class BudgetShort(ActionRefused):
    """An account does not hold enough; says which, how much there is and how much is needed."""

    def __init__(self, account: Account, needed_fen: int, balance_fen: int) -> None:
        super().__init__(
            _("%(level)s资金不足：%(region)s可用 %(has)s 元，需要 %(needs)s 元")
            % {
                "level": account.get_level_display(),
                "region": account.region.name,
                "has": format_yuan(balance_fen),
                "needs": format_yuan(needed_fen),
            },
            _("请先追加预算，或暂缓决定；本次没有任何改动"),
        )
        self.account = account
        self.short_fen = needed_fen - balance_fen


class KeyReused(ActionRefused):
    """The idempotency key was used for another movement."""


@dataclass(frozen=True)
class Line:
    """So many fen to (+) or from (−) an account."""

    account: Account
    amount_fen: int


def account_of(
    programme: Programme, purpose: str, level: Level | str, region: Region, kind: AccountKind | str
) -> Account:
    """The account for the programme, purpose, level, region and kind, opened at zero if new."""
    account, _created = Account.objects.get_or_create(
        programme=programme,
        purpose=purpose,
        level=level,
        region=region,
        kind=kind,
        defaults={"code": "/".join((programme.slug, purpose, str(level), region.code, str(kind)))},
    )
    return account


def lock_accounts(accounts: Sequence[Account]) -> dict[int, Account]:
    """The accounts as they stand, locked in one order for all, so that nobody waits in a circle."""
    ids = {account.pk for account in accounts}
    rows = Account.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
    return {row.pk: row for row in rows.select_related("region").order_by("pk")}


def _check_balances(locked: Mapping[int, Account], lines: Sequence[Line]) -> None:
    change: dict[int, int] = defaultdict(int)
    for line in lines:
        change[line.account.pk] += line.amount_fen
    for pk, amount in sorted(change.items()):
        account = locked[pk]
        if account.kind != AccountKind.SOURCE and account.balance_fen + amount < 0:
            raise BudgetShort(account, -amount, account.balance_fen)


def lock_books(*, exclusive: bool) -> None:
    """Hold the books until the transaction ends: shared for transfers, exclusive for sealing.

    So no transfer of a day can still be on its way when that day is sealed.
    """
    function = "pg_advisory_xact_lock" if exclusive else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [BOOKS_LOCK])


@dataclass(frozen=True)
class Movement:
    """A transfer to be made: its lines sum to zero, once per key."""

    key: str
    lines: Sequence[Line]
    award: Award | None = None
    occasion: int = 1
    reason: str = ""


def make_transfer(
    key: str,
    kind: TransferKind,
    lines: Sequence[Line],
    *,
    by: User | None,
    award: Award | None = None,
    occasion: int = 1,
    reason: str = "",
) -> Transfer:
    """Move money: `lines` sum to zero, once per `key`; the same key returns the first transfer.

    Raises what `make_transfers` raises.
    """
    [made] = make_transfers([Movement(key, lines, award, occasion, reason)], kind, by=by)
    return made


@transaction.atomic
def make_transfers(
    movements: Sequence[Movement], kind: TransferKind, *, by: User | None
) -> list[Transfer]:
    """Make transfers of one kind in few statements; a key that is known gives its transfer.

    Raises BudgetShort where an account would fall below zero, KeyReused where a key stands for
    another movement, ValueError where lines do not sum to zero or a key occurs twice: then nothing
    was moved.
    """
    for movement in movements:
        if sum(line.amount_fen for line in movement.lines) != 0 or len(movement.lines) < 2:
            raise ValueError(f"transfer {movement.key}: the lines do not sum to zero")
    by_key = {movement.key: movement for movement in movements}
    if len(by_key) != len(movements):
        raise ValueError("a key occurs twice among transfers that are made together")
    lock_books(exclusive=False)
    locked = lock_accounts([line.account for one in movements for line in one.lines])
    known = _known_transfers(by_key)
    fresh = [movement for movement in movements if movement.key not in known]
    if fresh:
        _check_balances(locked, [line for movement in fresh for line in movement.lines])
        known |= {made.key: made for made in _insert(fresh, kind, by)}
    return [known[movement.key] for movement in movements]


def _known_transfers(by_key: Mapping[str, Movement]) -> dict[str, Transfer]:
    """The transfers that were made under the keys; raises KeyReused where they moved otherwise."""
    found = Transfer.objects.filter(key__in=by_key).prefetch_related("entries")
    known = {transfer.key: transfer for transfer in found}
    for key, transfer in known.items():
        before = sorted((entry.account_id, entry.amount_fen) for entry in transfer.entries.all())
        if before != sorted((line.account.pk, line.amount_fen) for line in by_key[key].lines):
            raise KeyReused(_("幂等键 %(key)s 已用于另一笔资金") % {"key": key})
    return known


def _insert(movements: Sequence[Movement], kind: TransferKind, by: User | None) -> list[Transfer]:
    now = clock.now()
    if Seal.objects.filter(day__gte=clock.today()).exists():
        raise ActionRefused(_("当日账目已经封存"), _("请在下一日办理"))
    transfers = Transfer.objects.bulk_create(
        [
            Transfer(
                key=one.key,
                kind=kind,
                award=one.award,
                occasion=one.occasion,
                at=now,
                by=by,
                reason=one.reason,
            )
            for one in movements
        ],
        batch_size=BATCH,
    )
    Entry.objects.bulk_create(
        (
            Entry(transfer=transfer, account=line.account, amount_fen=line.amount_fen)
            for transfer, one in zip(transfers, movements, strict=True)
            for line in one.lines
        ),
        batch_size=BATCH,
    )
    return transfers


@transaction.atomic
def fund_account(
    programme: Programme,
    purpose: str,
    level: Level | str,
    region: Region,
    amount_fen: int,
    *,
    key: str,
    by: User | None,
    reason: str = "",
) -> Transfer:
    """Put money in: from the source to what is available."""
    return _fund(
        account_of(programme, purpose, level, region, AccountKind.SOURCE),
        account_of(programme, purpose, level, region, AccountKind.AVAILABLE),
        amount_fen,
        key=key,
        by=by,
        reason=reason,
    )


def _fund(
    source: Account, available: Account, amount_fen: int, *, key: str, by: User | None, reason: str
) -> Transfer:
    lines = [Line(source, -amount_fen), Line(available, amount_fen)]
    transfer = make_transfer(key, TransferKind.FUND, lines, by=by, reason=reason)
    record_event(transfer, Verb.FUND, by=by, reason=reason, region=available.region_id)
    return transfer


@transaction.atomic
def open_budgets(version: ProgrammeVersion, *, by: User | None) -> int:
    """Enter the budgets of a programme's version in the books; again changes nothing.

    Of a budget that an earlier version had, the difference is entered. Raises BudgetShort where a
    smaller one would fall below what is promised.
    """
    entered = 0
    accounts = _open_accounts(version)
    for budget in version.pack.budgets:
        place = (budget.item, budget.level, budget.region)
        source, available = (
            accounts[*place, kind] for kind in (AccountKind.SOURCE, AccountKind.AVAILABLE)
        )
        key = f"fund/{version.programme.slug}/{budget.id}"
        earlier = Transfer.objects.filter(Q(key=key) | Q(key__startswith=f"{key}/"))
        before = earlier.count()
        missing = budget.amount_fen - (_put_in(earlier, available) if before else 0)
        if not missing:
            continue
        key = f"{key}/{before + 1}" if before else key
        _fund(source, available, missing, key=key, by=by, reason=budget.id)
        entered += 1
    return entered


def _open_accounts(version: ProgrammeVersion) -> dict[tuple[str, str, str, str], Account]:
    """The accounts that the budgets need by purpose, level, region and kind, opened where new."""
    slug = version.programme.slug
    Account.objects.bulk_create(
        (
            Account(
                programme=version.programme,
                purpose=budget.item,
                level=budget.level,
                region_id=budget.region,
                kind=kind,
                code="/".join((slug, budget.item, budget.level, budget.region, str(kind))),
            )
            for budget in version.pack.budgets
            for kind in (AccountKind.SOURCE, AccountKind.AVAILABLE)
        ),
        ignore_conflicts=True,
    )
    accounts = Account.objects.filter(programme=version.programme)
    return {(one.purpose, one.level, one.region_id, one.kind): one for one in accounts}


def _put_in(transfers: QuerySet[Transfer], available: Account) -> int:
    """What the transfers have put into an available account, in fen."""
    entries = Entry.objects.filter(transfer__in=transfers, account=available)
    total: int | None = entries.aggregate(total=Sum("amount_fen"))["total"]
    return total or 0
