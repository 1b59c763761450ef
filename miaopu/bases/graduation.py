"""Whether a tenant may graduate by the programme's rule, and in which stage of incubation it is."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from miaopu.bases.enums import TenancyStage
from miaopu.bases.models import Base, Tenancy
from miaopu.core.scope import region_prefix
from miaopu.engine.clock import months_between
from miaopu.engine.facts import FactError
from miaopu.engine.matching import explain_one
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.tenants import Incubation, IncubationStage
from miaopu.parties.facts import known_facts, values
from miaopu.plans.entitlements import node_as_json
from miaopu.plans.models import ProgrammeVersion

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class GraduationFound:
    """Each condition of graduating with the value found, and what they come to together.

    `nodes` and `facts` are as in the trace of a case (`ItemExplanation.trace`).
    """

    version: ProgrammeVersion
    rule: Incubation
    nodes: tuple[Mapping[str, Any], ...]
    changes: tuple[Bilingual, ...]
    facts: Mapping[str, Any]

    @property
    def met(self) -> int:
        """How many of the conditions are true."""
        return sum(node["status"] == "true" for node in self.nodes)

    @property
    def needed(self) -> int:
        """How many must be."""
        return self.rule.graduation.at_least

    @property
    def status(self) -> str:
        """true, false or unknown: unknown where only a missing fact stands between."""
        open_ = sum(node["status"] == "unknown" for node in self.nodes)
        if self.met >= self.needed:
            return "true"
        return "unknown" if self.met + open_ >= self.needed else "false"

    def trace(self) -> dict[str, Any]:
        """What the graduation rests on, as kept with its event."""
        return {
            "version": self.version.number,
            "digest": self.version.digest,
            "needed": self.needed,
            "nodes": list(self.nodes),
            "facts": self.facts,
        }


def incubation_of(base: Base, day: date) -> ProgrammeVersion | None:
    """The version in force that says how tenants of the base graduate; the latest programme's."""
    found = [
        version
        for version in ProgrammeVersion.objects.current().order_by("pk")
        if version.pack.incubation is not None
        and version.pack.period.start <= day
        and base.region_id.startswith(region_prefix(version.pack.region))
    ]
    return max(found, key=lambda one: one.pack.period.start, default=None)


def graduation_of(tenancy: Tenancy, day: date) -> GraduationFound | None:
    """How the tenant stands with the rule on the day; None of a team, or where there is no rule."""
    version = incubation_of(tenancy.base, day)
    if tenancy.enterprise is None or version is None or version.pack.incubation is None:
        return None
    known = known_facts(tenancy.enterprise, day)

    def report(error: FactError) -> None:
        logger.warning("%s: %s", error.fact, error.message)

    explained = explain_one(version.pack.graduation_rules(day), values(known), day, None, report)
    read = {name for one in explained for name in one.prepared.matched_facts}
    return GraduationFound(
        version,
        version.pack.incubation,
        tuple(node_as_json(one.tree)["children"][0] for one in explained),
        tuple(change for one in explained for change in one.would_change),
        {
            name: {
                "value": None if fact.value is None else str(fact.value),
                "source": fact.source,
                "as_of": fact.as_of.isoformat(),
                "record": fact.record,
            }
            for name, fact in sorted(known.items())
            if name in read
        },
    )


@dataclass(frozen=True)
class IncubationTime:
    """How long a tenant has been in incubation: whole months, its stage, whether it is over."""

    months: int
    stage: IncubationStage | None
    longest_months: int | None

    @property
    def is_over(self) -> bool:
        """Whether it is in incubation for longer than the programme says."""
        return self.longest_months is not None and self.months >= self.longest_months


def time_of(tenancy: Tenancy, rule: Incubation | None, day: date) -> IncubationTime | None:
    """The time in incubation on the day; None of teams and of those that are out of it."""
    if tenancy.stage != TenancyStage.INCUBATING or tenancy.incubated_from is None:
        return None
    months = months_between(tenancy.incubated_from, day)
    stage = rule.stage_after(months) if rule else None
    return IncubationTime(months, stage, rule.longest_months if rule else None)
