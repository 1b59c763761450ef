"""What a decomposition says: its table, its sums against the whole, proposals; no writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Count

from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region
from miaopu.core.scope import region_prefix
from miaopu.engine.packs.schema import Indicator, Pack
from miaopu.engine.packs.schema import Target as PackTarget
from miaopu.engine.targets.parts import ProposalError, Sum, adds_up, printed, propose, sum_of
from miaopu.engine.targets.periods import bounds, due_by, splits_of, total_of
from miaopu.parties.enums import EnterpriseStatus
from miaopu.parties.models import Enterprise
from miaopu.plans.models import (
    DecompositionMember,
    Programme,
    Target,
    TargetDecomposition,
)

BASELINE = "b"
"""Names the column of baselines in a cell's address."""


def pack_target(target: Target) -> PackTarget:
    """The target as its pack states it, with the figures as printed."""
    [found] = [one for one in target.version.pack.targets if one.id == target.key]
    return found


def splits_of_target(target: Target) -> tuple[str, ...]:
    """How the period of a target can be split, the whole first."""
    return splits_of(target.period)


def stated_parts(pack: Pack, whole: PackTarget, region: str) -> dict[str, PackTarget]:
    """What the plan itself prints for places inside the region, by their code."""
    return {
        one.region: one
        for one in pack.targets
        if (one.indicator, one.period) == (whole.indicator, whole.period)
        and one.region != region
        and one.upper is None
    }


def named_regions(pack: Pack, programme: Programme) -> list[Region]:
    """The places below the programme's region that its pack names; all of them where it names none.

    A place that a table of divisions has gained since is no part of an older programme.
    """
    inside = region_prefix(programme.region_id)
    named = {
        *(one.region for one in pack.targets),
        *(one.region for one in pack.budgets),
        *(region for ratio in pack.ratios for region in ratio.regions),
        *(zone.code for zone in pack.zones),
    }
    named = {code for code in named if code.startswith(inside) and code != programme.region_id}
    rows = Region.objects.filter(code__in=named) if named else programme.region.children.all()
    return list(rows.order_by("code"))


@dataclass(frozen=True)
class DecompositionTable:
    """A decomposition with its members and parts, read once (`with_parts`)."""

    decomposition: TargetDecomposition
    members: tuple[DecompositionMember, ...]

    @cached_property
    def target(self) -> PackTarget:
        """The target as its pack states it."""
        return pack_target(self.decomposition.target)

    @cached_property
    def indicator(self) -> Indicator:
        """What is counted."""
        return self.decomposition.target.version.pack.indicators[self.target.indicator]

    @property
    def adds_up(self) -> bool:
        """Whether the parts make the whole; ratios do not."""
        return adds_up(self.indicator.unit.zh)

    @cached_property
    def values(self) -> dict[tuple[int, str], Decimal | None]:
        """Every part by member and period."""
        return {
            (member.pk, part.period): part.value
            for member in self.members
            for part in member.parts.all()
        }

    def row(self, member: DecompositionMember) -> dict[str, Decimal | None]:
        """A member's parts by period, in the order of the periods."""
        return {
            period: self.values.get((member.pk, period)) for period in self.decomposition.periods
        }

    def total(self, member: DecompositionMember) -> Decimal | None:
        """What a member is to reach over all periods; None where it is not named."""
        return total_of(self.row(member).values())

    def column(self, period: str) -> Decimal | None:
        """What is allocated to a period."""
        return total_of(self.values.get((member.pk, period)) for member in self.members)

    @cached_property
    def sum(self) -> Sum:
        """The parts against the whole."""
        return self.sum_with([self.total(member) for member in self.members])

    def sum_with(self, parts: Sequence[Decimal | None]) -> Sum:
        """Other parts against the whole, with printed rounding taken into account."""
        made = self.decomposition
        stated = self.target.value if made.value == Decimal(self.target.value) else ""
        if not self.adds_up:
            return Sum(made.value, None, None)
        return sum_of(made.value, parts, made.places, counted=self.indicator.counted, stated=stated)

    @property
    def named(self) -> int:
        """How many members have a target."""
        return sum(self.total(member) is not None for member in self.members)

    def due(self, member: DecompositionMember, day: date) -> Decimal | None:
        """What a member should have reached by the end of a day if time alone counts."""
        return due_by(self.row(member), day, self.decomposition.places)

    def text(self, value: Decimal | None) -> str:
        """A figure as it is printed, "" where there is none."""
        return "" if value is None else printed(value, self.decomposition.places)

    def cells(self) -> dict[str, str]:
        """Every cell that can be typed into, by its address: member.period or member.b."""
        found = {}
        for member in self.members:
            found[f"{member.pk}.{BASELINE}"] = self.text(member.baseline)
            for place, value in enumerate(self.row(member).values()):
                found[f"{member.pk}.{place}"] = self.text(value)
        return found


def table_of(decomposition: TargetDecomposition) -> DecompositionTable:
    """The table of a decomposition; members and parts as they were fetched before, if they were."""
    members = sorted(decomposition.members.all(), key=lambda one: (one.position, one.pk))
    return DecompositionTable(decomposition, tuple(members))


def proposal(table: DecompositionTable, baselines: Mapping[int, Decimal | None]) -> dict[str, str]:
    """Cells filled by share of the baselines: whole figures that add up to the target.

    Who has no baseline gets nothing; a base or department without one keeps what it has, and the
    others share the rest. A member's figure is spread over the periods by their days. Raises
    ActionRefused where there is no baseline to go by.
    """
    made = table.decomposition
    kept = {
        one.pk: table.total(one)
        for one in table.members
        if one.region_id is None and baselines.get(one.pk) is None
    }
    left = max(made.value - sum((one for one in kept.values() if one), Decimal(0)), Decimal(0))
    weights = [baselines.get(member.pk) for member in table.members]
    try:
        totals = propose(left, weights, made.places)
    except ProposalError as refused:
        raise ActionRefused(refused.message, refused.remedy) from refused
    days = [_days(period) for period in made.periods]
    cells = {}
    for member, total in zip(table.members, totals, strict=True):
        if kept.get(member.pk) is not None:
            continue
        spread = propose(total, days, made.places) if total is not None else [None] * len(days)
        for place, value in enumerate(spread):
            cells[f"{member.pk}.{place}"] = table.text(value)
    return cells


def _days(period: str) -> Decimal:
    days = bounds(period)
    return Decimal((days[1] - days[0]).days + 1) if days else Decimal(1)


def enterprises_by_region(programme: Programme, codes: Iterable[str]) -> dict[str, int]:
    """Active enterprises in the register by place: a baseline that the system itself can give."""
    rows = list(
        Enterprise.objects.filter(
            region__code__startswith=region_prefix(programme.region_id),
            status=EnterpriseStatus.ACTIVE,
        )
        .values_list("region")
        .annotate(count=Count("pk"))
        .order_by("region")
    )
    return {
        code: sum(count for region, count in rows if region.startswith(region_prefix(code)))
        for code in codes
    }
