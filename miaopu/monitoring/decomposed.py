"""Approved decompositions against the records: who should have reached how much, and has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from miaopu.core.scope import region_prefix
from miaopu.engine.messages import Bilingual
from miaopu.engine.targets.periods import due_by, total_of
from miaopu.monitoring.figures import COMPUTED
from miaopu.monitoring.support import Support
from miaopu.plans.models import DecompositionMember, ProgrammeVersion, TargetPart


@dataclass(frozen=True)
class MemberProgress:
    """A part of a target: its figure, what is done, what time asks for by the day.

    `target` None: it is not named, which is not a target of zero. `done` None: no record tells.
    """

    kind: str
    key: str
    name: Bilingual
    target: Decimal | None
    done: int | None
    due: Decimal | None

    @property
    def gap(self) -> Decimal | None:
        """Done less what time asks for, below zero where it is behind; None where unknown."""
        return None if self.done is None or self.due is None else self.done - self.due

    @property
    def done_percent(self) -> Decimal | None:
        """Share of the target that is done, in percent; None without a target."""
        if self.done is None or not self.target:
            return None
        return (Decimal(100) * self.done / self.target).quantize(Decimal("0.1"))


@dataclass(frozen=True)
class DecomposedTarget:
    """A target with its approved parts as of a day. `counted`: the records tell what is done."""

    key: str
    indicator: str
    title: Bilingual
    unit: Bilingual
    number: int
    value: Decimal
    places: int
    counted: bool
    illustrative: bool
    rows: tuple[MemberProgress, ...]

    @property
    def allocated(self) -> Decimal | None:
        """The sum of the parts; None where nothing is named."""
        return total_of(row.target for row in self.rows)


def decomposed_targets(
    version: ProgrammeVersion, day: date, support: Support
) -> tuple[DecomposedTarget, ...]:
    """The approved decompositions of a programme against its records, in one statement."""
    parts = (
        TargetPart.objects.public()
        .filter(member__decomposition__programme=version.programme_id)
        .select_related("member__decomposition__target")
        .order_by("member__decomposition__target", "member__position", "member", "period")
    )
    return tuple(
        _decomposed(version, list(found), day, support)
        for _decomposition, found in groupby(parts, lambda one: one.member.decomposition_id)
    )


def _decomposed(
    version: ProgrammeVersion, parts: list[TargetPart], day: date, support: Support
) -> DecomposedTarget:
    made = parts[0].member.decomposition
    indicator = version.pack.indicators.get(made.target.indicator)
    name = Bilingual(made.target.indicator, made.target.indicator)
    return DecomposedTarget(
        key=made.key,
        indicator=made.target.indicator,
        title=indicator.title.bilingual if indicator else name,
        unit=indicator.unit.bilingual if indicator else Bilingual("", ""),
        number=made.number,
        value=made.value,
        places=made.places,
        counted=made.target.indicator in COMPUTED,
        illustrative=made.illustrative,
        rows=tuple(_rows(parts, made.target.indicator, day, support)),
    )


def _rows(
    parts: list[TargetPart], indicator: str, day: date, support: Support
) -> Iterator[MemberProgress]:
    for _member, found in groupby(parts, lambda one: one.member_id):
        mine = list(found)
        member = mine[0].member
        by_period = {part.period: part.value for part in mine}
        yield MemberProgress(
            kind=member.kind,
            key=member.key,
            name=member.title,
            target=total_of(by_period.values()),
            done=_done(member, indicator, support),
            due=due_by(by_period, day, member.decomposition.places),
        )


def _done(member: DecompositionMember, indicator: str, support: Support) -> int | None:
    """What the records of the member's district add up to; None where none are kept."""
    count = COMPUTED.get(indicator)
    if count is None or member.region_id is None:
        return None
    inside = region_prefix(member.region_id)
    return sum(
        count(counts)
        for code, (_name, counts) in support.by_district.items()
        if code.startswith(inside)
    )
