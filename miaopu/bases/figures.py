"""Figures of bases, from their tenancies and the facts of their tenants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, Q, Sum

from miaopu.bases.enums import TenancyStage
from miaopu.bases.models import Base, Tenancy
from miaopu.bases.querysets import LIVE_STAGES
from miaopu.parties.facts import iterate_known_facts, values
from miaopu.parties.models import Enterprise


@dataclass(frozen=True)
class BaseFigures:
    """Tenants of a base and what it has let; areas in m²."""

    teams: int
    incubating: int
    graduated: int
    left: int
    let_area: Decimal
    floor_area: Decimal

    @property
    def tenants(self) -> int:
        """Teams and enterprises in the base."""
        return self.teams + self.incubating

    @property
    def occupancy(self) -> Fraction:
        """The part of the floor area that is let."""
        return Fraction(self.let_area) / Fraction(self.floor_area)

    @property
    def survival(self) -> Fraction | None:
        """The part of those who came as or became enterprises that did not leave; None for none."""
        stayed = self.incubating + self.graduated
        return Fraction(stayed, stayed + self.left) if stayed + self.left else None


def figures_of(bases: Iterable[Base]) -> dict[int, BaseFigures]:
    """The figures of each base by its id, in one query."""
    found = list(bases)
    rows = (
        Tenancy.objects.filter(base__in=found)
        .order_by("base")
        .values_list("base")
        .annotate(
            teams=Count("pk", filter=Q(stage__in=(TenancyStage.TEAM, TenancyStage.PROJECT))),
            incubating=Count("pk", filter=Q(stage=TenancyStage.INCUBATING)),
            graduated=Count("pk", filter=Q(stage=TenancyStage.GRADUATED)),
            gone=Count("pk", filter=Q(stage=TenancyStage.LEFT, incubated_from__isnull=False)),
            let=Sum("area", filter=Q(stage__in=LIVE_STAGES)),
        )
    )
    counted = {base: figures for base, *figures in rows}
    made = {}
    for base in found:
        teams, incubating, graduated, left, let = counted.get(base.pk, (0, 0, 0, 0, None))
        made[base.pk] = BaseFigures(
            teams, incubating, graduated, left, let or Decimal(0), base.floor_area
        )
    return made


@dataclass(frozen=True)
class TenantFigures:
    """What the state knows of a base's enterprises together; money in yuan.

    `unknown` says of how many of them each figure is not known: those count for nothing.
    """

    enterprises: int
    employees: int
    revenue: Decimal
    unknown: dict[str, int]


def tenant_figures(base: Base, as_of: date) -> TenantFigures:
    """Staff and revenue of the enterprises in the base, from their facts on the day."""
    live = Tenancy.objects.live().filter(base=base, enterprise__isnull=False)
    enterprises = Enterprise.objects.filter(pk__in=live.values("enterprise"))
    totals = {"employees": Decimal(0), "operating_revenue": Decimal(0)}
    unknown = dict.fromkeys(totals, 0)
    count = 0
    for _enterprise, known in iterate_known_facts(enterprises, as_of):
        count += 1
        found = values(known)
        for name in totals:
            value = found.get(name)
            if isinstance(value, int | Decimal):
                totals[name] += value
            else:
                unknown[name] += 1
    return TenantFigures(count, int(totals["employees"]), totals["operating_revenue"], unknown)


def recorded_figures(base: Base, as_of: date) -> dict[str, Decimal]:
    """What the records of tenants say of a base on a day, by the names that schemes read.

    `tenants_now` and `graduates_now` (of the calendar year so far) are counted where the base has
    ever had a tenant on record; `jobs_now`, `revenue_now` and `revenue_before` (a year earlier, the
    same enterprises; yuan) only where the figure is known of every enterprise in it: an unknown one
    is no zero. What is not known is left out.
    """
    every = Tenancy.objects.filter(base=base)
    if not every.exists():
        return {}
    inside = every.filter(since__lte=as_of).exclude(left_on__lte=as_of)
    inside = inside.exclude(graduated_on__lte=as_of)
    year = date(as_of.year, 1, 1)
    found = {
        "tenants_now": Decimal(inside.count()),
        "graduates_now": Decimal(every.filter(graduated_on__range=(year, as_of)).count()),
    }
    enterprises = Enterprise.objects.filter(pk__in=inside.values("enterprise"))
    before = as_of.replace(year=as_of.year - 1, day=min(as_of.day, 28))
    asked = (
        ("jobs_now", "employees", as_of),
        ("revenue_now", "operating_revenue", as_of),
        ("revenue_before", "operating_revenue", before),
    )
    for name, fact, day in asked:
        known = [values(one).get(fact) for _who, one in iterate_known_facts(enterprises, day)]
        numbers = [one for one in known if isinstance(one, int | Decimal)]
        if known and len(numbers) == len(known):
            found[name] = Decimal(sum(numbers))
    return found
