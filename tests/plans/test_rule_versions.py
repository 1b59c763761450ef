"""Rules changed in the pages: checked as typed, published by a second person, never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from miaopu.cases.models import Item, Offer
from miaopu.cases.offering import renew_offers
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event, Job, Notice
from miaopu.engine.packs.rule_parts import amended, merged, part_of
from miaopu.plans.actions import match_version
from miaopu.plans.models import Match, ProgrammeVersion, RuleProposal
from miaopu.plans.rule_actions import (
    propose_rule,
    publish_rule,
    rebase_rule,
    return_rule,
    save_proposal,
    start_proposal,
    withdraw_rule,
)
from miaopu.plans.rule_guards import RuleRefused
from tests.factories import CITY, City, make_enterprise, make_officer, travel
from tests.plans.proposals import ITEM, draft_of, part_with, proposed, simulated

pytestmark = pytest.mark.django_db


def published(city: City, when: str = "employees <= 20") -> ProgrammeVersion:
    """A version of a rule, published by the leading group."""
    proposal = proposed(city, when)
    seen = simulated(proposal, city).key
    done, _now = publish_rule(proposal, seen=seen, by=city.leading_group, reason="同意")
    assert done.version is not None
    return done.version


def test_a_second_person_publishes(city: City) -> None:
    case = city.submitted()
    version = published(city)
    proposal = RuleProposal.objects.get()
    assert (version.number, version.state) == (2, "current")
    assert version.pack.items[ITEM].conditions[0].when == "employees <= 20"
    assert proposal.simulation is not None and proposal.simulation.as_of == clock.today()
    case.refresh_from_db()
    assert case.item.version == city.version  # a running case stays on its version
    assert Item.objects.filter(version=version).count() == len(version.pack.items)
    assert Job.objects.filter(key__startswith=f"match/{version.pk}/").count() == 1
    event = Event.objects.get(verb="plans.publish_rule")
    assert (event.actor, event.reason) == (city.leading_group, "同意")
    assert event.data["simulation"] == proposal.simulation.key
    told = Notice.objects.filter(user=city.programme_officer, key__startswith="rule/")
    assert told.count() == 1


def test_the_maker_never_publishes(city: City) -> None:
    proposal = proposed(city)
    seen = simulated(proposal, city).key
    with pytest.raises(NotAllowed):
        publish_rule(proposal, seen=seen, by=city.programme_officer)
    for stranger in (city.reviewer, city.auditor, city.owner):
        with pytest.raises(NotAllowed):
            publish_rule(proposal, seen=seen, by=stranger)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleProposal.objects.update(
            state="published",
            decided_by=city.programme_officer,
            version=city.version,
            simulation=simulated(proposal, city),
        )
    assert ProgrammeVersion.objects.count() == 1


def test_only_programme_officers_change_rules(city: City) -> None:
    for stranger in (city.reviewer, city.leading_group, city.auditor, city.owner):
        with pytest.raises(NotAllowed):
            start_proposal(city.version, ITEM, by=stranger)


def test_nothing_is_published_without_its_effect(city: City) -> None:
    proposal = proposed(city)
    other = proposed(city, "employees <= 90")
    for seen in ("", simulated(other, city).key):
        with pytest.raises(Conflict, match="测算"):
            publish_rule(proposal, seen=seen, by=city.leading_group)
    key = simulated(proposal, city).key
    travel(clock.today() + timedelta(days=1))
    with pytest.raises(Conflict, match="测算所依据的是"):
        publish_rule(proposal, seen=key, by=city.leading_group)


def test_a_double_click_publishes_once(city: City) -> None:
    proposal = proposed(city)
    seen = simulated(proposal, city).key
    first = publish_rule(proposal, seen=seen, by=city.leading_group)
    again = publish_rule(proposal, seen=seen, by=city.leading_group)
    assert (first[1], again[1]) == (True, False)
    assert ProgrammeVersion.objects.count() == 2
    assert Job.objects.filter(key__startswith="match/").count() == 1
    other = make_officer(Role.LEADING_GROUP, CITY)
    with pytest.raises(Conflict):
        publish_rule(proposal, seen=seen, by=other)


def test_going_back_to_a_published_rule_takes_another_wording(city: City) -> None:
    for when in ("employees <= 20", "employees <= 25"):
        city.version = published(city, when)
    with pytest.raises(ActionRefused, match="第 2 版完全相同"):
        proposed(city, "employees <= 20")
    part = part_with(city, "employees <= 20")
    part["conditions"][0]["title"] = {"zh": "恢复为二十人以下", "en": "20 persons again"}
    draft = draft_of(city, "employees <= 20", conditions=part["conditions"])
    again = propose_rule(draft, by=city.programme_officer)
    done, _now = publish_rule(again, seen=simulated(again, city).key, by=city.leading_group)
    assert done.version is not None and done.version.number == 4


def test_two_proposals_for_one_item(city: City) -> None:
    mine = proposed(city, "employees <= 30")
    part = part_with(city, "size = 'micro'", amount="50000")
    second = make_officer(Role.PROGRAMME_OFFICER, CITY)
    draft = start_proposal(city.version, ITEM, by=second)
    theirs = save_proposal(draft, part, revision=1, by=second, reason="提高标准")
    theirs = propose_rule(theirs, by=second)
    seen = simulated(theirs, city).key
    publish_rule(theirs, seen=seen, by=city.leading_group)
    with pytest.raises(Conflict, match="第 2 版"):
        publish_rule(mine, seen=simulated(mine, city).key, by=city.leading_group)
    based, both = rebase_rule(mine, by=city.programme_officer)
    assert (based.state, both) == ("draft", ())
    assert based.part["amount"] == "50000"
    assert based.part["conditions"][0]["when"] == "employees <= 30"
    again = propose_rule(based, by=city.programme_officer)
    publish_rule(again, seen=simulated(again, city).key, by=city.leading_group)
    latest = ProgrammeVersion.objects.get(state="current")
    assert latest.number == 3
    assert latest.pack.items[ITEM].amount == "50000"


def test_both_changing_the_same_is_told(city: City) -> None:
    base = part_of(city.version.pack, ITEM)
    part, both = merged(base, part_with(city, "employees <= 30"), part_with(city, "employees < 9"))
    assert both == ("conditions.micro",)
    assert part["conditions"][0]["when"] == "employees <= 30"
    gone = {**base, "priority": base["priority"][:1]}
    part, both = merged(base, gone, {**base, "amount": "1"})
    assert (part, both) == ({**gone, "amount": "1"}, ())


BAD = [
    ("employes <= 20", 0, "employees"),
    ("employees <= '20'", 13, "数值不加引号"),
    ("employees / 0 > 3", 12, "换一个不为零的除数"),
    ("employees <= 20; DROP TABLE core_user", 15, ""),
    ("(SELECT 1) = 1", 1, ""),
    ("pg_sleep(10) = 1", 0, ""),
    ("employees::text = 'a'", 9, ""),
    ("employees <= 20 -- x", 16, ""),
    ("employees <= " + "1" * 10_000, None, ""),
    ("(" * 300 + "employees <= 20" + ")" * 300, None, ""),
]


@pytest.mark.parametrize(("when", "position", "remedy"), BAD, ids=lambda one: str(one)[:20])
def test_what_is_wrong_is_told_with_its_place(
    city: City, when: str, position: int | None, remedy: str
) -> None:
    draft = start_proposal(city.version, ITEM, by=city.programme_officer)
    with pytest.raises(RuleRefused) as refused:
        part = part_with(city, when)
        save_proposal(draft, part, revision=1, by=city.programme_officer, reason="x")
    [problem] = refused.value.problems
    assert problem.place == ("conditions", 0, "when")
    assert problem.position is not None and problem.remedy.zh
    assert position in (None, problem.position)
    assert remedy in problem.remedy.zh
    draft.refresh_from_db()
    assert draft.revision == 1


def test_every_problem_is_told_at_once(city: City) -> None:
    part = part_with(city, "employes <= 20", amount="'much'", shares={"city": 0})
    part["priority"][0]["when"] = "size ="
    draft = start_proposal(city.version, ITEM, by=city.programme_officer)
    with pytest.raises(RuleRefused) as refused:
        save_proposal(draft, part, revision=1, by=city.programme_officer, reason="")
    places = {problem.place for problem in refused.value.problems}
    assert places == {("conditions", 0, "when"), ("priority", 0, "when"), ("amount",)}
    with pytest.raises(RuleRefused) as refused:
        zero: Any = part_with(city, "employees <= 20", shares={"city": 0})
        save_proposal(draft, zero, revision=1, by=city.programme_officer, reason="")
    assert refused.value.problems[0].place == ("shares",)


def test_stale_pages_are_told(city: City) -> None:
    draft = draft_of(city, "employees <= 20")
    with pytest.raises(Conflict):
        save_proposal(draft, draft.part, revision=1, by=city.programme_officer, reason="x")


def test_examples_that_no_longer_hold_are_left_out(city: City) -> None:
    version = published(city)
    before, after = (one.pack.items[ITEM].examples for one in (city.version, version))
    assert 0 < len(after) < len(before)


def test_return_and_withdraw(city: City) -> None:
    proposal = proposed(city)
    returned = return_rule(proposal, by=city.leading_group, reason="请说明依据")
    assert (returned.state, returned.reason) == ("returned", "请说明依据")
    withdrawn = withdraw_rule(returned, by=city.programme_officer)
    assert withdraw_rule(withdrawn, by=city.programme_officer).state == "withdrawn"
    with pytest.raises(Conflict):
        publish_rule(withdrawn, seen="", by=city.leading_group)
    with pytest.raises(ProgrammingError), transaction.atomic():
        RuleProposal.objects.update(why="anders")


def test_offers_follow_the_rule(city: City) -> None:
    match_version(city.version, clock.today())
    renew_offers(city.version, by=None)
    assert Offer.objects.filter(state="open").count() == 2
    grown = make_enterprise(employees=60)
    version = published(city, "employees > 20")
    match_version(version, clock.today())
    renew_offers(version, by=None)
    [offer] = Offer.objects.filter(state="open")
    assert (offer.enterprise, offer.item.version) == (grown, version)
    for withdrawn in Offer.objects.filter(state="withdrawn"):
        assert withdrawn.changes["rule"] == [1, 2]
        assert withdrawn.changes["conditions"]
    assert Match.objects.filter(version=version, item=ITEM).count() == 1


def test_who_gets_the_last_fen_does_not_change_with_a_rule(city: City) -> None:
    """The order of the shares is the pack's, whatever order the database keeps them in."""
    draft = draft_of(city, "employees <= 20")
    draft.refresh_from_db()
    before = list(city.version.pack.items[ITEM].shares)
    assert list(draft.part["shares"]) != before  # else this shows nothing
    changed = amended(city.version.pack, ITEM, draft.part).pack
    assert changed is not None and list(changed.items[ITEM].shares) == before
