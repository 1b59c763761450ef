"""Figures of a programme, computed from records: targets, money, districts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import (
    BigIntegerField,
    Count,
    Func,
    Q,
    QuerySet,
    Sum,
    TextField,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from miaopu.engine.messages import Bilingual
from miaopu.ledger.enums import AccountKind, AwardState, Level
from miaopu.ledger.models import Account, Award
from miaopu.plans.models import Programme, ProgrammeVersion, Target

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


def awards_of(programme: Programme) -> QuerySet[Award]:
    """Awards of a programme that stand (committed or paid)."""
    return Award.objects.exclude(state=AwardState.RELEASED).filter(
        case__item__version__programme=programme
    )


def _jobs() -> Sum:
    # An answer that is no whole number counts as none.
    answer = KeyTextTransform("jobs_planned", "case__form")
    digits = Func(answer, Value(r"^[0-9]{1,9}$"), function="substring", output_field=TextField())
    planned = Cast(digits, BigIntegerField())
    return Sum(planned)


def supported_enterprises(programme: Programme) -> int:
    """Enterprises with an award; one that received two counts once (P3)."""
    return awards_of(programme).values("case__enterprise").distinct().count()


def planned_jobs(programme: Programme) -> int:
    """Jobs that supported enterprises committed themselves to, from their applications."""
    return awards_of(programme).aggregate(jobs=_jobs())["jobs"] or 0


COMPUTED = {"supported_enterprises": supported_enterprises, "jobs": planned_jobs}


def time_percent(version: ProgrammeVersion, day: date) -> Decimal:
    """Share of the programme's period that has passed on the day, in percent, within 0 and 100."""
    period = version.pack.period
    whole = (period.end - period.start).days + 1
    passed = min(max((day - period.start).days + 1, 0), whole)
    return (HUNDRED * passed / whole).quantize(Decimal("0.1"))


def target_progress(version: ProgrammeVersion, day: date) -> list[TargetProgress]:
    """The whole programme's targets for which records exist, with what was done."""
    programme = version.programme
    rows = []
    whole = Target.objects.filter(version=version, region=programme.region).order_by("pk")
    for target in whole:
        compute = COMPUTED.get(target.indicator)
        if compute is None:
            continue
        done = compute(programme)
        indicator = version.pack.indicators[target.indicator]
        rows.append(
            TargetProgress(
                key=target.key,
                title=indicator.title.bilingual,
                unit=indicator.unit.bilingual,
                clause=target.clause,
                target=target.value,
                done=done,
                done_percent=(HUNDRED * done / target.value).quantize(Decimal("0.1")),
                time_percent=time_percent(version, day),
                as_of=day,
                computed_from=target.indicator,
            )
        )
    return rows


def money_by_level(programme: Programme) -> list[LevelMoney]:
    """Budgets and their use by level, from the accounts."""
    sums = {
        (row["level"], row["kind"]): row["total"]
        for row in Account.objects.filter(programme=programme)
        .values("level", "kind")
        .annotate(total=Sum("balance_fen"))
        .order_by()
    }
    return [
        LevelMoney(
            level=level.value,
            title=str(level.label),
            funded_fen=-sums.get((level.value, AccountKind.SOURCE), 0),
            available_fen=sums.get((level.value, AccountKind.AVAILABLE), 0),
            committed_fen=sums.get((level.value, AccountKind.COMMITTED), 0),
            paid_fen=sums.get((level.value, AccountKind.PAID), 0),
        )
        for level in Level
        if (level.value, AccountKind.SOURCE) in sums
    ]


def by_district(programme: Programme) -> list[DistrictFigure]:
    """What each district with awards has reached; the rows add up to the programme's figures."""
    rows = (
        awards_of(programme)
        .values("case__region", "case__region__name", "case__region__name_en")
        .annotate(
            enterprises=Count("case__enterprise", distinct=True),
            jobs=_jobs(),
            committed=Sum("amount_fen", filter=Q(state=AwardState.COMMITTED), default=0),
            paid=Sum("amount_fen", filter=Q(state=AwardState.PAID), default=0),
        )
        .order_by("-enterprises", "case__region")
    )
    return [
        DistrictFigure(
            code=row["case__region"],
            name=Bilingual(
                row["case__region__name"], row["case__region__name_en"] or row["case__region__name"]
            ),
            enterprises=row["enterprises"],
            jobs=row["jobs"] or 0,
            committed_fen=row["committed"],
            paid_fen=row["paid"],
        )
        for row in rows
    ]
