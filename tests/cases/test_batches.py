"""Batch review: ranked by the pack's priorities, cut off by money and quota, then frozen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, transaction

from miaopu.cases import actions as case_actions
from miaopu.cases.batches import (
    BatchChanged,
    cancel_batch,
    confirm_batch,
    limit_batch,
    open_batch,
    set_aside,
    take_back,
)
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.envelope import EnvelopeExceeded
from miaopu.cases.models import BatchReview, Case
from miaopu.cases.ranking import digest_of_content, last_ranking, rank_batch
from miaopu.cases.workflow import AlreadyDone
from miaopu.core.actions import add_member
from miaopu.core.enums import OfficeKind, Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event, Notice, Region, User
from miaopu.parties.actions import record_fact
from tests.cases.follow_up import follow_up_item, follow_up_proposed
from tests.factories import (
    CITY,
    FIRST_DAY,
    GOOD_FORM,
    NANMING,
    YUNYAN,
    City,
    make_enterprise,
    make_office,
    make_officer,
    make_owner,
    travel,
)
from tests.ledger.test_race import affordable, set_budget

PLAIN = {"founder_group": "none", "key_group_employees": 0, "low_income_village": False}
FOUNDER = {**PLAIN, "founder_group": "veteran"}
EMPLOYER = {**PLAIN, "key_group_employees": 2}
VILLAGE = {**PLAIN, "low_income_village": True}


def proposed(city: City, region: str = YUNYAN, **facts: object) -> Case:
    """A proposal for an enterprise with these facts."""
    reviewer = city.reviewer if region == YUNYAN else city.other_reviewer
    enterprise = make_enterprise(region, **facts)
    owner = make_owner(enterprise)
    case = case_actions.open_case(city.item, enterprise, by=owner)
    assert not case_actions.save_form(case, GOOD_FORM, revision=case.revision, by=owner)
    case_actions.submit_case(case, by=owner)
    case_actions.accept_case(case, by=reviewer)
    return case_actions.propose_grant(case, {"mature": True}, by=reviewer)


def region(code: str = YUNYAN) -> Region:
    return Region.objects.get(code=code)


def opened(city: City, code: str = YUNYAN, quota: int | None = None) -> BatchReview:
    return open_batch(city.item, region(code), by=city.leading_group, quota=quota)


def confirmed(city: City, batch: BatchReview) -> BatchReview:
    return confirm_batch(batch, seen=rank_batch(batch).digest, by=city.leading_group)


def states(cases: Iterable[Case]) -> list[str]:
    return [Case.objects.get(pk=case.pk).state for case in cases]


def test_key_groups_first_then_employers_then_villages_then_earlier(city: City) -> None:
    plain_early = proposed(city, **PLAIN)
    village = proposed(city, **VILLAGE)
    both = proposed(city, **{**EMPLOYER, "low_income_village": True})
    employer = proposed(city, **EMPLOYER)
    founder = proposed(city, **FOUNDER)
    plain_late = proposed(city, **PLAIN)
    all_three = proposed(city, **{**FOUNDER, **{"key_group_employees": 1}})

    ranked = rank_batch(opened(city))

    order = [line["case"] for line in ranked.lines]
    wanted = [all_three, founder, both, employer, village, plain_early, plain_late]
    assert order == [case.number for case in wanted]
    assert [line["rank"] for line in ranked.lines] == [1, 2, 3, 4, 5, 6, 7]
    assert ranked.lines[0]["priorities"] == ["key_group_founder", "key_group_employer"]
    assert ranked.lines[-1]["tie"] == "handed_in"
    assert ranked.lines[-1]["points"] == 0


def test_money_cuts_off_where_it_ends_and_the_rest_waits(city: City) -> None:
    set_budget(city, affordable(2))
    last = proposed(city, **PLAIN)
    third = proposed(city, **VILLAGE)
    first = proposed(city, **FOUNDER)
    second = proposed(city, **EMPLOYER)
    batch = opened(city)
    ranked = rank_batch(batch)
    assert [line["fate"] for line in ranked.lines] == ["funded", "funded", "short", "behind"]
    assert ranked.lines[2]["lacking"] == {
        "province/520000": 1,
        "city/520100": 1,
        "county/520103": 1,
    }

    done = confirmed(city, batch)

    assert states([first, second, third, last]) == ["approved", "approved", "proposed", "proposed"]
    first.refresh_from_db()
    assert first.approved_by == city.leading_group
    assert done.is_confirmed
    assert done.digest == digest_of_content(done.frozen_content())
    assert (
        sum(purse["after_fen"] for purse in done.purses)
        == sum(purse["available_fen"] for purse in done.purses) - 2 * 4_500_000
    )
    note = last_ranking(Case.objects.get(pk=third.pk))
    assert note is not None
    assert (note.rank, note.funded, note.fate) == (3, 2, "short")
    assert last_ranking(first) is None
    told = Notice.objects.filter(text__contains=third.number, text__icontains="第 3 名")
    assert told.count() == 1
    assert Event.objects.for_subject(third).filter(verb="cases.rank").count() == 1


def test_promised_money_is_not_ranked_twice(city: City) -> None:
    set_budget(city, affordable(2))
    approved = case_actions.approve_case(proposed(city, **PLAIN), by=city.approver)
    waiting = [proposed(city, **PLAIN), proposed(city, **PLAIN)]
    ranked = rank_batch(opened(city))
    assert [line["fate"] for line in ranked.lines] == ["funded", "short"]
    [county] = [purse for purse in ranked.purses if purse["level"] == "county"]
    assert county["promised_fen"] == 900_000
    publicity = publish_list(city.item, approved.region, by=city.approver)
    travel(publicity.ends_on + timedelta(days=1))
    decide_case(approved, by=city.approver)
    [county] = [purse for purse in rank_batch(opened(city)).purses if purse["level"] == "county"]
    assert (county["promised_fen"], county["after_fen"]) == (0, 899_999)
    assert states(waiting) == ["proposed", "proposed"]


def test_a_city_batch_spans_counties_and_a_dry_county_stops_its_own_only(city: City) -> None:
    set_budget(city, {"county": 900_000})
    here = [proposed(city, **FOUNDER), proposed(city, **EMPLOYER)]
    there = proposed(city, NANMING, **VILLAGE)
    ranked = rank_batch(opened(city, CITY))
    assert [(line["case"], line["fate"]) for line in ranked.lines] == [
        (here[0].number, "funded"),
        (here[1].number, "short"),
        (there.number, "funded"),
    ]
    assert {purse["region"] for purse in ranked.purses} == {"520000", "520100", YUNYAN, NANMING}


def test_quota_and_setting_aside(city: City) -> None:
    first, second = proposed(city, **FOUNDER), proposed(city, **EMPLOYER)
    third = proposed(city, **VILLAGE)
    batch = opened(city, quota=1)
    with pytest.raises(ActionRefused, match="理由"):
        set_aside(batch, first, by=city.leading_group, reason=" ")
    set_aside(batch, first, by=city.leading_group, reason="现场核查未完成")
    with pytest.raises(AlreadyDone):
        set_aside(batch, first, by=city.leading_group, reason="现场核查未完成")
    batch = limit_batch(batch, 1, by=city.leading_group)
    lines = rank_batch(batch).lines
    assert [(line["case"], line["rank"], line["fate"]) for line in lines] == [
        (second.number, 1, "funded"),
        (third.number, 2, "over_quota"),
        (first.number, None, "aside"),
    ]
    assert lines[2]["aside"] == "现场核查未完成"
    batch = take_back(batch, first, by=city.leading_group)
    assert rank_batch(batch).lines[0]["case"] == first.number
    with pytest.raises(AlreadyDone):
        take_back(batch, first, by=city.leading_group)
    set_aside(batch, first, by=city.leading_group, reason="现场核查未完成")
    batch = limit_batch(batch, None, by=city.leading_group)
    confirmed(city, batch)
    assert states([first, second, third]) == ["proposed", "approved", "approved"]
    verbs = set(Event.objects.for_subject(first).values_list("verb", flat=True))
    assert {"cases.set_aside", "cases.take_back"} <= verbs


def test_single_cases_may_go_one_by_one_at_any_time(city: City) -> None:
    one, two = proposed(city, **FOUNDER), proposed(city, **EMPLOYER)
    batch = opened(city)
    seen = rank_batch(batch).digest
    case_actions.approve_case(one, by=city.approver)

    with pytest.raises(BatchChanged):
        confirm_batch(batch, seen=seen, by=city.leading_group)

    assert states([two]) == ["proposed"]
    confirmed(city, batch)
    assert states([one, two]) == ["approved", "approved"]


def test_who_may_and_four_eyes(city: City) -> None:
    case = proposed(city, **FOUNDER)
    for stranger in (city.approver, city.reviewer, city.programme_officer, city.owner):
        with pytest.raises(NotAllowed):
            open_batch(city.item, region(), by=stranger)
    county_member = make_officer(Role.LEADING_GROUP, YUNYAN)
    with pytest.raises(NotAllowed):
        open_batch(city.item, region(CITY), by=county_member)
    batch = open_batch(city.item, region(), by=county_member)
    assert open_batch(city.item, region(), by=city.leading_group) == batch

    add_member(
        city.reviewer, make_office(CITY, OfficeKind.LEADING_GROUP), Role.LEADING_GROUP, by=None
    )
    double = User.objects.get(pk=city.reviewer.pk)
    with pytest.raises(NotAllowed, match=case.number):
        confirm_batch(batch, seen=rank_batch(batch).digest, by=double)
    assert states([case]) == ["proposed"]


def test_facts_that_changed_refuse_the_whole_batch(city: City) -> None:
    sound, changed = proposed(city, **FOUNDER), proposed(city, **EMPLOYER)
    batch = opened(city)
    for name, value in {"employees": 40, "operating_revenue": 9_000_000}.items():
        record_fact(
            changed.enterprise,
            name,
            value,
            source="officer",
            record="visit",
            valid_from=FIRST_DAY,
            by=None,
        )
    with pytest.raises(ActionRefused, match=changed.number):
        confirmed(city, batch)
    assert states([sound, changed]) == ["proposed", "proposed"]
    assert BatchReview.objects.get().is_open


def test_a_closed_batch_never_changes(city: City) -> None:
    proposed(city, **FOUNDER)
    batch = confirmed(city, opened(city))
    with pytest.raises(AlreadyDone):
        confirm_batch(batch, seen=batch.digest, by=city.leading_group)
    with pytest.raises(Conflict):
        confirm_batch(batch, seen=batch.digest, by=make_officer(Role.LEADING_GROUP, CITY))
    with pytest.raises(Conflict):
        limit_batch(batch, 3, by=city.leading_group)
    for change in ({"lines": []}, {"quota": 9}, {"state": "open"}):
        with pytest.raises(Error, match="Cannot update"), transaction.atomic():
            BatchReview.objects.filter(pk=batch.pk).update(**change)
    with pytest.raises(Error, match="Cannot delete"), transaction.atomic():
        BatchReview.objects.filter(pk=batch.pk).delete()


def test_cancelling_and_opening_another(city: City) -> None:
    case = proposed(city, **FOUNDER)
    batch = opened(city)
    with pytest.raises(ActionRefused, match="理由"):
        cancel_batch(batch, by=city.leading_group, reason="")
    cancel_batch(batch, by=city.leading_group, reason="等追加预算")
    with pytest.raises(AlreadyDone):
        cancel_batch(batch, by=city.leading_group, reason="等追加预算")
    assert opened(city).number != batch.number
    assert states([case]) == ["proposed"]


def test_nothing_to_review_and_nothing_to_fund_are_refused(city: City) -> None:
    with pytest.raises(ActionRefused, match="没有等待评审"):
        opened(city)
    set_budget(city, affordable(0))
    proposed(city, **FOUNDER)
    with pytest.raises(ActionRefused, match="没有可以支持"):
        confirmed(city, opened(city))
    with pytest.raises(ActionRefused, match="名额"):
        limit_batch(BatchReview.objects.get(), 0, by=city.leading_group)


def test_the_average_is_checked_for_the_batch(city: City) -> None:
    follow_up_proposed(city.reviewer, 6_000_000, **FOUNDER)
    follow_up_proposed(city.reviewer, 4_500_000, **PLAIN)
    batch = open_batch(follow_up_item(), region(), by=city.leading_group)
    with pytest.raises(EnvelopeExceeded) as refused:
        confirmed(city, batch)
    assert refused.value.over_fen == 500_000
    follow_up_proposed(city.reviewer, 4_500_000, **VILLAGE)
    confirmed(city, batch)
    publish_list(follow_up_item(), region(), by=city.approver)


def race(works: list[Callable[[], object]], in_threads: Callable[..., list[Any]]) -> list[str]:
    """Run all at the same time; what each came to."""
    outcomes: list[str] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
            outcomes.append("done")
        except ActionRefused as refused:
            outcomes.append(type(refused).__name__)

    in_threads([lambda work=work: run(work) for work in works], seconds=60)
    return sorted(outcomes)


def test_two_members_confirm_at_once_and_one_is_told(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    cases = [proposed(city, **FOUNDER) for _number in range(4)]
    batch = opened(city)
    seen = rank_batch(batch).digest
    members = [make_officer(Role.LEADING_GROUP, YUNYAN) for _number in range(4)]
    works = [lambda by=by: confirm_batch(batch, seen=seen, by=by) for by in members]
    assert race(works, in_threads) == ["Conflict", "Conflict", "Conflict", "done"]
    assert states(cases) == ["approved"] * 4
    assert Event.objects.filter(verb="cases.confirm_batch").count() == 1
    assert Event.objects.filter(verb="cases.select").count() == 4


def test_city_and_county_confirm_over_the_same_money(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    set_budget(city, affordable(2))
    for _number in range(3):
        proposed(city, **FOUNDER)
    batches = [opened(city), opened(city, CITY)]
    seen = [rank_batch(batch).digest for batch in batches]
    works = [
        lambda number=number: confirm_batch(
            batches[number], seen=seen[number], by=city.leading_group
        )
        for number in (0, 1)
    ]
    assert race(works, in_threads) == ["BatchChanged", "done"]
    assert Case.objects.in_states("approved").count() == 2


def test_a_case_sent_back_or_money_taken_in_between(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    """Whoever comes first wins whole; the batch is never half done."""
    city = committed_city
    cases = [proposed(city, **FOUNDER) for _number in range(3)]
    batch = opened(city)
    seen = rank_batch(batch).digest
    outcomes = race(
        [
            lambda: confirm_batch(batch, seen=seen, by=city.leading_group),
            lambda: case_actions.send_back(cases[1], by=city.approver, reason="材料不实"),
        ],
        in_threads,
    )
    found = states(cases)
    if outcomes == ["BatchChanged", "done"]:
        assert found == ["proposed", "accepted", "proposed"]
    else:
        assert outcomes == ["Conflict", "done"]
        assert found == ["approved"] * 3
