"""What is known of enterprises on a day: one value per fact, with its source."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from miaopu.engine import size
from miaopu.engine.messages import Bilingual, EngineError
from miaopu.parties.dictionary import FactValue, decode, precedence
from miaopu.parties.enums import Source
from miaopu.parties.models import Enterprise, Fact

logger = logging.getLogger(__name__)

CHUNK = 2000
WAN = Decimal(10_000)
SIZE_NEEDS = ("industry", "employees", "operating_revenue", "total_assets")
"""The facts that the size class is computed from."""


@dataclass(frozen=True)
class KnownFact:
    """The value of a fact that counts on a day, who says so, and since when."""

    name: str
    value: FactValue
    source: str
    as_of: date
    record: str
    note: tuple[Bilingual, ...] = ()

    @property
    def source_label(self) -> str:
        """The name of the source in the language of the page."""
        return str(Source(self.source).label)


Known = Mapping[str, KnownFact]


def _choose(rows: list[Fact]) -> dict[str, KnownFact]:
    """For each fact the best source's latest value."""
    best: dict[str, Fact] = {}
    for row in rows:
        known = best.get(row.name)
        if known is None or _rank(row) < _rank(known):
            best[row.name] = row
    return {
        name: KnownFact(name, decode(name, row.value), row.source, row.valid_from, row.record)
        for name, row in best.items()
    }


def _rank(row: Fact) -> tuple[int, int, int]:
    return (precedence(row.name, row.source), -row.valid_from.toordinal(), -row.pk)


def _with_size(known: dict[str, KnownFact], day: date) -> dict[str, KnownFact]:
    """Add the size class, computed from industry, staff, revenue and assets (R4)."""
    industry = known.get("industry")
    if industry is None or not isinstance(industry.value, str):
        return known

    def number(name: str) -> Decimal | None:
        fact = known.get(name)
        return fact.value / WAN if fact and isinstance(fact.value, Decimal) else None

    staff = known.get("employees")
    employees = staff.value if staff and isinstance(staff.value, int) else None
    try:
        result = size.classify(
            industry.value, employees, number("operating_revenue"), number("total_assets"), day
        )
    except EngineError as error:  # an industry or a figure that no enterprise can have
        logger.warning("no size class from record %s: %s", industry.record, error.message)
        return known
    if result.size_class is not None:
        used = [known[name].as_of for name in SIZE_NEEDS if name in known]
        known["size"] = KnownFact(
            "size", result.size_class, Source.COMPUTED, max(used), result.group, result.reasons
        )
    return known


def known_facts(enterprise: Enterprise, day: date) -> dict[str, KnownFact]:
    """Everything known of one enterprise on the day, the size class included."""
    rows = list(Fact.objects.filter(enterprise=enterprise).valid_on(day))
    return _with_size(_choose(rows), day)


def iterate_known_facts(
    enterprises: QuerySet[Enterprise], day: date
) -> Iterator[tuple[Enterprise, dict[str, KnownFact]]]:
    """The same for many enterprises, ordered by primary key, in bounded memory."""
    last = 0
    while True:
        chunk = list(enterprises.filter(pk__gt=last).order_by("pk")[:CHUNK])
        if not chunk:
            return
        last = chunk[-1].pk
        yield from known_facts_of(chunk, day)


def known_facts_of(
    enterprises: Sequence[Enterprise], day: date
) -> Iterator[tuple[Enterprise, dict[str, KnownFact]]]:
    """The same for some enterprises, in their order, with one query."""
    rows: dict[int, list[Fact]] = defaultdict(list)
    for row in Fact.objects.filter(enterprise__in=[one.pk for one in enterprises]).valid_on(day):
        rows[row.enterprise_id].append(row)
    for enterprise in enterprises:
        yield enterprise, _with_size(_choose(rows[enterprise.pk]), day)


def values(known: Known) -> dict[str, FactValue]:
    """Only the values, as rules read them."""
    return {name: fact.value for name, fact in known.items()}
