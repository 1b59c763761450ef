"""Proposed rules for tests."""

from __future__ import annotations

from typing import Any

from miaopu.engine.packs.rule_parts import part_of
from miaopu.plans.models import RuleProposal, Simulation
from miaopu.plans.rule_actions import propose_rule, save_proposal, start_proposal
from miaopu.plans.simulating import Question, open_simulation, run_simulation
from tests.factories import City

ITEM = "direct_subsidy"


def part_with(city: City, when: str, **changes: Any) -> dict[str, Any]:
    """The rule in force with another first condition."""
    part = part_of(city.version.pack, ITEM)
    part["conditions"][0]["when"] = when
    return {**part, **changes}


def draft_of(city: City, when: str, **changes: Any) -> RuleProposal:
    """A saved draft; each one anew."""
    by = city.programme_officer
    RuleProposal.objects.filter(made_by=by, state="draft").update(state="returned")
    draft = start_proposal(city.version, ITEM, by=by)
    part = part_with(city, when, **changes)
    return save_proposal(draft, part, revision=draft.revision, by=by, reason="放宽人数")


def proposed(city: City, when: str = "employees <= 20", **changes: Any) -> RuleProposal:
    """A proposal that waits for a second person."""
    return propose_rule(draft_of(city, when, **changes), by=city.programme_officer)


def simulated(proposal: RuleProposal, city: City) -> Simulation:
    """What its publisher looks at."""
    now = proposal.programme.versions.current().get()
    return run_simulation(open_simulation(Question(ITEM, proposal, now), by=city.leading_group))
