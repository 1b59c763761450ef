"""Figures of a programme, computed from records: targets, money, districts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from miaopu.core import clock
from miaopu.engine.messages import Bilingual
from miaopu.ledger.enums import AccountKind, Level
from miaopu.ledger.models import Account
from miaopu.monitoring.support import Counts, Support, support_of
from miaopu.plans.models import Programme, ProgrammeVersion

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class TargetProgress:
    """A target, what was done by the day, and how much of the time has passed (both in percent)."""

    key: str
    title: Bilingual
    unit: Bilingual
    clause: str
    target: Decimal
    done: int
    done_percent: Decimal
    time_percent: Decimal
    as_of: date
    computed_from: str

    @property
    def gap_percent(self) -> Decimal:
        """Percentage points behind (−) or ahead (+) of the time passed."""
        return self.done_percent - self.time_percent


@dataclass(frozen=True)
class LevelMoney:
    """Money of one level in fen: put in, still free, committed, paid."""

    level: str
    title: str
    funded_fen: int
    available_fen: int
    committed_fen: int
    paid_fen: int


@dataclass(frozen=True)
class DistrictFigure:
    """What a district has reached: enterprises supported, jobs, money in fen."""

    code: str
    name: Bilingual
    enterprises: int
    jobs: int
    committed_fen: int
    paid_fen: int


def supported_enterprises(programme: Programme) -> int:
    """Enterprises with an award; one that received two counts once (P3)."""
    return support_of(programme, clock.today()).total.enterprises


def planned_jobs(programme: Programme) -> int:
    """Jobs that supported enterprises committed themselves to, from their applications."""
    return support_of(programme, clock.today()).total.planned_jobs


COMPUTED: dict[str, Callable[[Counts], int]] = {
    "supported_enterprises": lambda counts: counts.enterprises,
    "jobs": lambda counts: counts.jobs,
}
"""Indicators that the records tell, of a programme or of a district."""


def time_percent(version: ProgrammeVersion, day: date) -> Decimal:
    """Share of the programme's period that has passed on the day, in percent, within 0 and 100."""
    period = version.pack.period
    whole = (period.end - period.start).days + 1
    passed = min(max((day - period.start).days + 1, 0), whole)
    return (HUNDRED * passed / whole).quantize(Decimal("0.1"))


def target_progress(
    version: ProgrammeVersion, day: date, support: Support | None = None
) -> list[TargetProgress]:
    """The whole programme's targets for which records exist, with what was done.

    `support` is `support_of` the programme on the day, where the caller has it already.
    """
    programme = version.programme
    support = support or support_of(programme, day)
    rows = []
    for target in version.pack.targets:
        if target.region != programme.region_id:
            continue
        count = COMPUTED.get(target.indicator)
        if count is None:
            continue
        value = Decimal(target.value)
        done = count(support.total)
        indicator = version.pack.indicators[target.indicator]
        rows.append(
            TargetProgress(
                key=target.id,
                title=indicator.title.bilingual,
                unit=indicator.unit.bilingual,
                clause=target.clause,
                target=value,
                done=done,
                done_percent=(HUNDRED * done / value).quantize(Decimal("0.1")),
                time_percent=time_percent(version, day),
                as_of=day,
                computed_from=target.indicator,
            )
        )
    return rows


@dataclass(frozen=True)
class Balance:
    """What the accounts of one level, region and kind hold together, in fen."""

    level: str
    region: str
    name: Bilingual
    kind: str
    fen: int


def balances_of(programme: Programme) -> list[Balance]:
    """The balances of a programme's accounts over all purposes."""
    rows = (
        Account.objects.filter(programme=programme)
        .values("level", "region", "region__name", "region__name_en", "kind")
        .annotate(total=Sum("balance_fen"))
        .order_by("level", "region", "kind")
    )
    return [
        Balance(
            row["level"],
            row["region"],
            Bilingual(row["region__name"], row["region__name_en"] or row["region__name"]),
            row["kind"],
            row["total"],
        )
        for row in rows
    ]


def level_money(level: Level, balances: Iterable[Balance]) -> LevelMoney:
    """Balances of one level added up."""
    sums: dict[str, int] = defaultdict(int)
    for one in balances:
        sums[one.kind] += one.fen
    return LevelMoney(
        level=level.value,
        title=str(level.label),
        funded_fen=-sums[AccountKind.SOURCE],
        available_fen=sums[AccountKind.AVAILABLE],
        committed_fen=sums[AccountKind.COMMITTED],
        paid_fen=sums[AccountKind.PAID],
    )


def money_by_level(
    programme: Programme, balances: Sequence[Balance] | None = None
) -> list[LevelMoney]:
    """Budgets and their use by level, from the accounts (`balances_of` the programme)."""
    held = balances_of(programme) if balances is None else balances
    return [
        level_money(level, [one for one in held if one.level == level])
        for level in Level
        if any(one.level == level and one.kind == AccountKind.SOURCE for one in held)
    ]


def by_district(programme: Programme, support: Support | None = None) -> list[DistrictFigure]:
    """What each district with awards has reached; the rows add up to the programme's figures."""
    support = support or support_of(programme, clock.today())
    rows = [
        DistrictFigure(
            code=code,
            name=name,
            enterprises=counts.enterprises,
            jobs=counts.jobs,
            committed_fen=counts.committed_fen,
            paid_fen=counts.paid_fen,
        )
        for code, (name, counts) in support.by_district.items()
    ]
    return sorted(rows, key=lambda row: (-row.enterprises, row.code))
