"""The programme board's figures: districts, trend, money and cases, from the records."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q

from miaopu.cases.querysets import CaseQuerySet
from miaopu.core.kept import DatabaseState, Kept
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.schema import Period
from miaopu.ledger.enums import Level
from miaopu.monitoring.decomposed import DecomposedTarget, decomposed_targets
from miaopu.monitoring.figures import (
    Balance,
    LevelMoney,
    TargetProgress,
    balances_of,
    level_money,
    target_progress,
)
from miaopu.monitoring.support import Counts, Support, support_of
from miaopu.monitoring.titled import TitledTarget, titled_targets
from miaopu.plans.models import ProgrammeVersion


@dataclass(frozen=True)
class TrendPoint:
    """The end of a month, or the day asked for: enterprises supported, and what time asks for.

    `done` is None for days to come.
    """

    day: date
    done: int | None
    due: int


@dataclass(frozen=True)
class DistrictBoard:
    """A district: what it has reached, and the money of its own level."""

    code: str
    name: Bilingual
    counts: Counts
    money: LevelMoney


@dataclass(frozen=True)
class Board:
    """What anyone may know of a programme as of a day."""

    as_of: date
    support: Support
    targets: tuple[TargetProgress, ...]
    districts: tuple[DistrictBoard, ...]
    trend: tuple[TrendPoint, ...]
    balances: tuple[Balance, ...]
    decomposed: tuple[DecomposedTarget, ...] = ()
    titled: tuple[TitledTarget, ...] = ()


@dataclass(frozen=True)
class CaseCount:
    """Cases of a region in a state, and how many of them are past their due date."""

    region: str
    state: str
    count: int
    overdue: int


_BOARDS: Kept[Board] = Kept(most=32)
_CASES: Kept[list[CaseCount]] = Kept(most=128)


def month_ends(period: Period, day: date) -> list[date]:
    """The ends of the period's months and the day itself, within the period, in order."""
    ends = []
    year, month = period.start.year, period.start.month
    while date(year, month, 1) <= period.end:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        ends.append(min(date(year, month, 1) - timedelta(days=1), period.end))
    within = [day] if period.start <= day <= period.end else []
    return sorted({*ends, *within})


def due_on(period: Period, target: Decimal, day: date) -> int:
    """What a target asks for at the end of a day if time alone counts, half up to whole units."""
    whole = (period.end - period.start).days + 1
    passed = min(max((day - period.start).days + 1, 0), whole)
    return int((target * passed / whole).quantize(Decimal(1), ROUND_HALF_UP))


def trend_of(period: Period, target: Decimal, support: Support) -> list[TrendPoint]:
    """Enterprises supported, cumulative, against a line that grows with time alone."""
    return [
        TrendPoint(
            day=day,
            done=support.until(day).enterprises if day <= support.as_of else None,
            due=due_on(period, target, day),
        )
        for day in month_ends(period, support.as_of)
    ]


def _districts(
    version: ProgrammeVersion, support: Support, balances: Sequence[Balance]
) -> list[DistrictBoard]:
    """Districts that were supported or bear money, in the order of their codes."""
    names = {one.region: one.name for one in balances if one.level == Level.COUNTY}
    names |= {code: name for code, (name, _counts) in support.by_district.items()}
    return [
        DistrictBoard(
            code=code,
            name=names[code],
            counts=support.by_district.get(code, (names[code], Counts()))[1],
            money=level_money(
                Level.COUNTY,
                [one for one in balances if one.level == Level.COUNTY and one.region == code],
            ),
        )
        for code in sorted(names)
    ]


def in_force() -> tuple[str | None, list[ProgrammeVersion]]:
    """The versions in force, and in the same statement the state of the database (`core.kept`)."""
    rows: list[Any] = list(
        ProgrammeVersion.objects.current()
        .select_related("programme__region")
        .defer("content")
        .annotate(database_state=DatabaseState())
        .order_by("programme__slug")
    )
    return (rows[0].database_state if rows else None), rows


def kept_board(version: ProgrammeVersion, day: date, state: str | None) -> Board:
    """`board_of`, worked out again only where the database shows something else than `state`."""
    return _BOARDS.get_or(state, (version.pk, day), lambda: board_of(version, day))


def board_of(version: ProgrammeVersion, day: date) -> Board:
    """The board of a programme, in a few statements, however much there is to count."""
    programme, period = version.programme, version.pack.period
    support = support_of(programme, day)
    balances = balances_of(programme)
    targets = target_progress(version, day, support)
    counted = [row for row in targets if row.computed_from == "supported_enterprises"]
    return Board(
        as_of=day,
        support=support,
        targets=tuple(targets),
        districts=tuple(_districts(version, support, balances)),
        trend=tuple(trend_of(period, counted[0].target, support)) if counted else (),
        balances=tuple(balances),
        decomposed=decomposed_targets(version, day, support),
        titled=titled_targets(version, day),
    )


def kept_case_counts(
    cases: CaseQuerySet, scope: Hashable, day: date, state: str | None
) -> list[CaseCount]:
    """`case_counts`, kept as `kept_board` is; `scope` names what `cases` is narrowed to."""
    return _CASES.get_or(state, (scope, day), lambda: case_counts(cases, day))


def case_counts(cases: CaseQuerySet, day: date) -> list[CaseCount]:
    """Cases of a scope by region and state, with those past their due date on the day."""
    rows = (
        cases.with_due_on()
        .values("region", "state")
        .annotate(count=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=day)))
        .order_by("region", "state")
    )
    return [CaseCount(row["region"], row["state"], row["count"], row["overdue"]) for row in rows]
