"""Who was supported: awards that stand, each enterprise once, with its jobs, by district and day.

An enterprise counts once however many awards it has (P3): in the district and on the day of its
first award that stands. So districts add up to the programme, and so do days. Jobs are its
employees, as departments last stated them (docs/glossary.md says how they are defined).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncDate

from miaopu.engine.messages import Bilingual
from miaopu.ledger.enums import AwardState
from miaopu.ledger.models import Award
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.models import Fact
from miaopu.plans.models import Programme

Awards = TypeVar("Awards", bound=QuerySet[Award, Any])
EMPLOYEES = "employees"


@dataclass(frozen=True)
class Counts:
    """What was reached: enterprises, their jobs, awards, and the awards' money in fen.

    `jobs`: employees now. `jobs_unknown`: enterprises of which nobody has stated them.
    `jobs_before` and `jobs_after`: employees on the day of the first award and now, of the
    `compared` enterprises of which both are known. `planned_jobs`: from the applications.
    """

    enterprises: int = 0
    jobs: int = 0
    jobs_unknown: int = 0
    compared: int = 0
    jobs_before: int = 0
    jobs_after: int = 0
    planned_jobs: int = 0
    awards: int = 0
    committed_fen: int = 0
    paid_fen: int = 0

    @property
    def jobs_added(self) -> int:
        """Employees more (or fewer) than on the day of the first award, where both are known."""
        return self.jobs_after - self.jobs_before

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            *(getattr(self, one.name) + getattr(other, one.name) for one in fields(Counts))
        )


@dataclass(frozen=True)
class DistrictDay:
    """What came to a district on one day."""

    code: str
    name: Bilingual
    day: date
    counts: Counts


@dataclass(frozen=True)
class Support:
    """Everything that a programme's awards add up to, as of a day."""

    as_of: date
    rows: tuple[DistrictDay, ...]

    @cached_property
    def total(self) -> Counts:
        """The whole programme."""
        return _sum(row.counts for row in self.rows)

    @cached_property
    def by_district(self) -> dict[str, tuple[Bilingual, Counts]]:
        """Districts with awards by code: name and counts; they add up to the total."""
        found: dict[str, tuple[Bilingual, Counts]] = {}
        for row in self.rows:
            _name, before = found.get(row.code, (row.name, Counts()))
            found[row.code] = (row.name, before + row.counts)
        return found

    def until(self, day: date) -> Counts:
        """What had been reached at the end of a day, by the awards that stand now."""
        return _sum(row.counts for row in self.rows if row.day <= day)


def _sum(counts: Iterable[Counts]) -> Counts:
    total = Counts()
    for one in counts:
        total += one
    return total


def awards_of(programme: Programme) -> QuerySet[Award]:
    """Awards of a programme that stand: all that were not released."""
    return Award.objects.exclude(state=AwardState.RELEASED).filter(case__programme=programme)


def first_awards(awards: Awards) -> Awards:
    """Of awards that stand, those that are their enterprise's first in the programme."""
    return awards.filter(_is_first())


def _is_first() -> Any:
    earlier = Award.objects.exclude(state=AwardState.RELEASED).filter(
        Q(committed_at__lt=OuterRef("committed_at"))
        | Q(committed_at=OuterRef("committed_at"), pk__lt=OuterRef("pk")),
        case__programme=OuterRef("case__programme"),
        case__enterprise=OuterRef("case__enterprise"),
    )
    return ~Exists(earlier)


def _employees(day: Any) -> Subquery:
    """The employees of the award's enterprise on a day: the best source's latest value.

    The same choice as `miaopu.parties.facts.known_facts` makes.
    """
    sources = fact_dictionary()[EMPLOYEES].sources
    rank = Case(
        *(When(source=source, then=Value(place)) for place, source in enumerate(sources)),
        default=Value(len(sources)),
        output_field=IntegerField(),
    )
    stated = (
        Fact.objects.filter(enterprise=OuterRef("case__enterprise"), name=EMPLOYEES)
        .filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)
        .order_by(rank, "-valid_from", "-pk")
        .values("value")[:1]
    )
    return Subquery(stated)


def _number(value: Any) -> Cast:
    """A JSON number as a whole one."""
    return Cast(
        Func(value, template="(%(expressions)s #>> '{}')", output_field=TextField()),
        BigIntegerField(),
    )


def _planned() -> Cast:
    # An answer that is no whole number counts as none.
    answer = KeyTextTransform("jobs_planned", "case__form")
    digits = Func(answer, Value(r"^[0-9]{1,9}$"), function="substring", output_field=TextField())
    return Cast(digits, BigIntegerField())


def with_jobs(awards: QuerySet[Award], day: date) -> QuerySet[Award, Any]:
    """Each award with `supported_on`, `is_first`, and for first ones the enterprise's jobs.

    `before` and `after` are employees on the day of the award and on `day`, None where unknown;
    `planned` is what the application says.
    """
    first = Q(is_first=True)

    def of_first(value: Any) -> Case:
        return Case(When(first, then=value), default=None, output_field=BigIntegerField())

    return (
        awards.annotate(
            supported_on=TruncDate("committed_at"),
            is_first=ExpressionWrapper(_is_first(), output_field=BooleanField()),
        )
        .annotate(
            before=of_first(_number(_employees(OuterRef("supported_on")))),
            after=of_first(_number(_employees(Value(day, output_field=DateField())))),
            planned=of_first(_planned()),
        )
        .order_by("committed_at", "pk")
    )


def support_of(programme: Programme, day: date) -> Support:
    """The awards of a programme that stand, added up by district and day, in one statement."""
    first, both = Q(is_first=True), Q(before__isnull=False, after__isnull=False)
    rows = (
        with_jobs(awards_of(programme), day)
        .values(  # type: ignore[misc]
            "case__region", "case__region__name", "case__region__name_en", "supported_on"
        )
        .annotate(
            enterprises=Count("pk", filter=first),
            jobs=Sum("after", default=0),
            jobs_unknown=Count("pk", filter=first & Q(after=None)),
            compared=Count("pk", filter=both),
            jobs_before=Sum("before", filter=both, default=0),
            jobs_after=Sum("after", filter=both, default=0),
            planned_jobs=Sum("planned", default=0),
            awards=Count("pk"),
            committed_fen=Sum("amount_fen", filter=~Q(state=AwardState.PAID), default=0),
            paid_fen=Sum("amount_fen", filter=Q(state=AwardState.PAID), default=0),
        )
        .order_by("case__region", "supported_on")
    )
    names = [one.name for one in fields(Counts)]
    return Support(
        day,
        tuple(
            DistrictDay(
                row["case__region"],
                Bilingual(
                    row["case__region__name"],
                    row["case__region__name_en"] or row["case__region__name"],
                ),
                row["supported_on"],
                Counts(*(row[name] for name in names)),
            )
            for row in rows
        ),
    )
