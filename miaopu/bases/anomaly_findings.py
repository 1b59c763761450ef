"""What the facts show of a base that looks wrong: each check gives findings with its records.

A finding says what was found and by which limit; it accuses nobody. Whoever looks into it clears
it with a reason, and it stays cleared until what was found is something else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from miaopu.bases.anomaly_enums import AnomalyKind
from miaopu.bases.enums import TenancyStage
from miaopu.bases.models import Base, Tenancy
from miaopu.bases.querysets import LIVE_STAGES
from miaopu.engine.clock import add_months
from miaopu.engine.masking import mask_phone
from miaopu.engine.seals import digest
from miaopu.parties.dictionary import decode
from miaopu.parties.enums import Source
from miaopu.parties.facts import Known, known_facts_of
from miaopu.parties.models import Enterprise, Fact

STAFF, REVENUE = "employees", "operating_revenue"
MOST_SHARING = 2
"""Enterprises of one base that may have the same telephone or address: more is told."""
MONTHS_UNTIL_INSURED = 3
"""Months in incubation after which staff are expected to be insured."""
TIMES = 3
"""A figure that grows or shrinks this many times from one statement to the next is told…"""
LEAST_STEP = {STAFF: Decimal(10), REVENUE: Decimal(500_000)}
"""…if it does by at least so much: persons, yuan."""


@dataclass(frozen=True)
class Finding:
    """Something found of a base: `subject` names it within base and kind, `data` says what."""

    kind: AnomalyKind
    subject: str
    data: Mapping[str, Any]

    @property
    def fingerprint(self) -> str:
        """A hash over all of it: as long as it is the same, nothing has changed."""
        return digest({"kind": self.kind, "subject": self.subject, "data": dict(self.data)})


@dataclass(frozen=True)
class Insight:
    """What is read of a base once, for all checks of it."""

    base: Base
    today: date
    tenancies: Sequence[Tenancy]
    known: Mapping[int, Known]

    def of(self, tenancy: Tenancy) -> Enterprise:
        """The enterprise of a tenancy that has one."""
        assert tenancy.enterprise is not None  # read so
        return tenancy.enterprise


def insight_of(base: Base, today: date) -> Insight:
    """The tenancies of enterprises in the base or graduated from it, and what is known of them."""
    rows = Tenancy.objects.filter(base=base, enterprise__isnull=False)
    rows = rows.filter(stage__in=(*LIVE_STAGES, TenancyStage.GRADUATED))
    tenancies = list(rows.select_related("enterprise").order_by("number"))
    enterprises = {one.enterprise_id: one.enterprise for one in tenancies}
    found = known_facts_of([one for one in enterprises.values() if one is not None], today)
    return Insight(base, today, tenancies, {one.pk: known for one, known in found})


def _live(seen: Insight) -> list[Tenancy]:
    return [one for one in seen.tenancies if one.stage in LIVE_STAGES]


def two_bases(seen: Insight) -> Iterator[Finding]:
    """Enterprises of the base that are in another one as well."""
    own = {one.enterprise_id: one for one in _live(seen)}
    others = Tenancy.objects.live().filter(enterprise__in=own).exclude(base=seen.base)
    by_enterprise: dict[int | None, list[Tenancy]] = defaultdict(list)
    for one in others.select_related("base").order_by("number"):
        by_enterprise[one.enterprise_id].append(one)
    for enterprise, elsewhere in by_enterprise.items():
        tenancy = own[enterprise]
        yield Finding(
            AnomalyKind.TWO_BASES,
            tenancy.number,
            {
                "tenancies": [tenancy.number],
                "bases": [one.base.name for one in elsewhere],
                "since": [one.since.isoformat() for one in elsewhere],
            },
        )


def no_staff(seen: Insight) -> Iterator[Finding]:
    """Enterprises that are in incubation for some months and have nobody insured.

    Nothing known is told as well, as nothing known: the department may not have delivered.
    """
    for one in _live(seen):
        if one.incubated_from is None:
            continue
        if add_months(one.incubated_from, MONTHS_UNTIL_INSURED) > seen.today:
            continue
        fact = seen.known[seen.of(one).pk].get(STAFF)
        if fact is None or fact.value == 0:
            yield Finding(
                AnomalyKind.NO_STAFF,
                one.number,
                {
                    "tenancies": [one.number],
                    "known": fact is not None,
                    "as_of": fact.as_of.isoformat() if fact else "",
                    "months": MONTHS_UNTIL_INSURED,
                },
            )


def _shared(seen: Insight, kind: AnomalyKind, column: str) -> Iterator[Finding]:
    groups: dict[str, list[Tenancy]] = defaultdict(list)
    for one in _live(seen):
        value = "".join(str(getattr(seen.of(one), column)).split())
        if value:
            groups[value].append(one)
    for value, sharing in groups.items():
        if len(sharing) > MOST_SHARING:
            shown = mask_phone(value) if kind == AnomalyKind.SHARED_PHONE else value
            yield Finding(
                kind,
                digest({"value": value})[:32],
                {
                    "tenancies": [one.number for one in sharing],
                    "value": shown,
                    "limit": MOST_SHARING,
                },
            )


def shared_phone(seen: Insight) -> Iterator[Finding]:
    """More tenants than the limit have the same telephone."""
    return _shared(seen, AnomalyKind.SHARED_PHONE, "phone")


def shared_address(seen: Insight) -> Iterator[Finding]:
    """More tenants than the limit are registered at the same address, to the room."""
    return _shared(seen, AnomalyKind.SHARED_ADDRESS, "address")


def no_revenue(seen: Insight) -> Iterator[Finding]:
    """Enterprises that graduated and have no revenue, or of whose revenue nothing is known."""
    for one in seen.tenancies:
        if one.stage != TenancyStage.GRADUATED or one.graduated_on is None:
            continue
        fact = seen.known[seen.of(one).pk].get(REVENUE)
        if fact is None or fact.value == 0:
            yield Finding(
                AnomalyKind.NO_REVENUE,
                one.number,
                {
                    "tenancies": [one.number],
                    "graduated_on": one.graduated_on.isoformat(),
                    "known": fact is not None,
                    "as_of": fact.as_of.isoformat() if fact else "",
                },
            )


def jumps(seen: Insight) -> Iterator[Finding]:
    """Figures that one source states many times higher or lower than the time before."""
    live = {seen.of(one).pk: one for one in seen.tenancies}
    rows = Fact.objects.filter(
        enterprise__in=live, name__in=LEAST_STEP, valid_from__lte=seen.today
    ).order_by("enterprise_id", "name", "source", "valid_from", "pk")
    before: dict[tuple[int, str, str], Fact] = {}
    last: dict[tuple[int, str, str], tuple[Fact, Fact]] = {}
    for row in rows:
        key = (row.enterprise_id, row.name, row.source)
        if key in before:
            last[key] = (before[key], row)
        before[key] = row
    for (enterprise, name, source), (old, new) in last.items():
        was = Decimal(str(decode(name, old.value)))
        now = Decimal(str(decode(name, new.value)))
        low, high = sorted((was, now))
        if high - low < LEAST_STEP[name] or low * TIMES > high:
            continue
        tenancy = live[enterprise]
        yield Finding(
            AnomalyKind.JUMP,
            f"{tenancy.number}/{name}/{source}",
            {
                "tenancies": [tenancy.number],
                "fact": name,
                "source": Source(source).value,
                "was": str(was),
                "now": str(now),
                "was_on": old.valid_from.isoformat(),
                "now_on": new.valid_from.isoformat(),
                "times": TIMES,
            },
        )


CHECKS = (two_bases, no_staff, shared_phone, shared_address, no_revenue, jumps)
"""Every check of one base's tenants; files are compared in `anomaly_files`."""
