"""Figures of a base from its tenants' months, and who came and went in the year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from miaopu.bases.models import Base, MonthlyFigure
from miaopu.bases.months import asked_of
from miaopu.engine.clock import add_years


@dataclass(frozen=True)
class MonthTotals:
    """What the tenants reported of the last month of which any did; money in fen.

    `reported` of `asked` enterprises: what nobody reported counts for nothing.
    """

    month: date
    asked: int
    reported: int
    employees: int
    revenue_fen: int
    tax_fen: int


@dataclass(frozen=True)
class Turnover:
    """Tenants that came, graduated and left without graduating in the twelve months to a day."""

    came: int
    graduated: int
    left: int


def month_totals(base: Base) -> MonthTotals | None:
    """The last month's figures together; None where no month was reported."""
    mine = MonthlyFigure.objects.filter(tenancy__base=base)
    last = mine.order_by("-month", "pk").first()
    if last is None:
        return None
    sums = mine.filter(month=last.month).aggregate(
        reported=Count("pk"),
        employees=Sum("employees"),
        revenue_fen=Sum("revenue_fen"),
        tax_fen=Sum("tax_fen"),
    )
    return MonthTotals(last.month, len(asked_of(base, last.month)), **sums)


def turnover_of(base: Base, day: date) -> Turnover:
    """Who came and went in the twelve months up to and including the day."""
    after = add_years(day, -1)

    def within(name: str) -> Count:
        return Count("pk", filter=Q(**{f"{name}__gt": after, f"{name}__lte": day}))

    found = base.tenancies.aggregate(
        came=within("since"), graduated=within("graduated_on"), left=within("left_on")
    )
    return Turnover(**found)
