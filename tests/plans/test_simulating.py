"""Rules tried on the register: the same answer as matching, kept once, with who gains and loses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from miaopu.engine.packs.rule_parts import part_of
from miaopu.parties.models import Enterprise
from miaopu.plans.actions import match_version
from miaopu.plans.models import Match, RuleProposal, SimulatedChange
from miaopu.plans.simulating import Question, open_simulation, run_simulation
from tests.factories import NANMING, YUNYAN, City, make_enterprise
from tests.plans.proposals import draft_of

pytestmark = pytest.mark.django_db
DAY = date(2018, 5, 10)


def test_a_version_gives_what_matching_gives(city: City) -> None:
    make_enterprise(NANMING, employees=None, operating_revenue=None)
    make_enterprise(YUNYAN, employees=60, operating_revenue=Decimal("40000000"))
    match_version(city.version, DAY)
    asked = Question("direct_subsidy", city.version, None)
    found = run_simulation(open_simulation(asked, by=None))
    entitled = Match.objects.filter(item="direct_subsidy").entitled().count()
    new = found.result["new"]
    assert (new["enterprises"], new["cost_fen"]) == (entitled, entitled * 4_500_000)
    assert new["by_level"] == {
        "province": entitled * 3_150_000,
        "city": entitled * 450_000,
        "county": entitled * 900_000,
    }
    assert found.result["enterprises"] == Enterprise.objects.count()
    assert (
        new["unknown"] == Match.objects.filter(item="direct_subsidy").facts_wanting().count() == 1
    )
    assert found.result["lacking"]["employees"] == 1
    for rows in found.result["by"].values():
        assert sum(row["new"]["cost_fen"] for row in rows) == new["cost_fen"]
        assert sum(row["new"]["enterprises"] for row in rows) == entitled
    by_region = {row["key"]: row["new"]["enterprises"] for row in found.result["by"]["region"]}
    assert by_region == {YUNYAN: 1, NANMING: 1}
    reach = new["reach"]
    assert reach["supported"] == entitled and reach["points"] is None
    assert reach["budgets"]["province"] == 3_780_000_000


def test_two_versions_side_by_side(city: City) -> None:
    big = make_enterprise(YUNYAN, employees=15, operating_revenue=Decimal("9000000"))
    proposal = draft_of(city, "employees <= 10 and in_industry(industry, '52')")
    wider = draft_of(city, "employees <= 20")
    narrow = Question("direct_subsidy", proposal, city.version)
    found = run_simulation(open_simulation(narrow, by=city.programme_officer))
    assert found.result["difference"] == {"gain": 0, "lose": 0, "cost_fen": 0}
    found = run_simulation(
        open_simulation(Question("direct_subsidy", wider, city.version), by=None)
    )
    assert found.result["difference"] == {"gain": 1, "lose": 0, "cost_fen": 4_500_000}
    [change] = SimulatedChange.objects.filter(simulation=found)
    assert (change.enterprise, change.gains, change.after_fen) == (big, True, 4_500_000)
    assert SimulatedChange.objects.for_user(city.reviewer).count() == 1
    assert SimulatedChange.objects.for_user(city.other_reviewer).count() == 0


def test_the_same_question_is_answered_once(city: City) -> None:
    asked = Question("direct_subsidy", city.version, None)
    first = run_simulation(open_simulation(asked, by=None))
    again = open_simulation(asked, by=city.programme_officer)
    assert again == first and again.is_finished
    assert run_simulation(again).finished_at == first.finished_at
    make_enterprise(YUNYAN)  # other facts: another question
    assert open_simulation(asked, by=None) != first


def test_the_rule_of_a_proposal_is_the_one_it_holds(city: City) -> None:
    proposal = draft_of(city, "employees <= 20")
    assert isinstance(proposal, RuleProposal)
    question = Question("direct_subsidy", proposal, city.version)
    assert part_of(question.pack, "direct_subsidy") == proposal.part
