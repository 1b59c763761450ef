"""Follow-up support: who may have it, who says how much, and the average that nobody exceeds."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaopu.cases import actions as case_actions
from miaopu.cases import decisions
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.envelope import Envelope, EnvelopeExceeded, envelope_of
from miaopu.cases.models import Case, Publicity
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.ledger.awards import pay_award
from miaopu.ledger.models import Award
from miaopu.ledger.returns import return_award
from miaopu.ledger.support_facts import (
    record_earlier_payments,
    record_payments,
    unrecord_payment,
)
from miaopu.parties.facts import known_facts
from miaopu.parties.models import Fact
from miaopu.plans.entitlements import explain_item
from tests.cases.follow_up import (
    follow_up_accepted,
    follow_up_approved,
    follow_up_item,
    follow_up_proposed,
    follow_up_published,
)
from tests.factories import NANMING, YUNYAN, City, make_officer, travel

FACT = "direct_subsidy_paid_on"
YES = {"effective": True}


def test_paying_the_direct_subsidy_opens_the_follow_up(city: City) -> None:
    award = city.granted()
    enterprise = award.case.enterprise
    before = explain_item(city.version, "follow_up_support", enterprise, clock.today(), YES)
    assert before.status == "false"
    with pytest.raises(ActionRefused):
        case_actions.open_case(follow_up_item(), enterprise, by=city.owner)

    pay_award(award, "BANK-1", by=city.finance)

    fact = known_facts(enterprise, clock.today())[FACT]
    assert (fact.value, fact.source, fact.record) == (clock.today(), "system", award.number)
    after = explain_item(city.version, "follow_up_support", enterprise, clock.today(), YES)
    assert (after.status, after.amount_fen) == ("true", None)
    assert case_actions.open_case(follow_up_item(), enterprise, by=city.owner).state == "draft"


def test_a_payment_that_comes_back_closes_it_again(city: City) -> None:
    award = pay_award(city.granted(), "BANK-1", by=city.finance)
    enterprise = award.case.enterprise
    record_payments([award], by=city.finance)  # twice changes nothing
    assert Fact.objects.filter(enterprise=enterprise, name=FACT).count() == 1
    travel(clock.today() + timedelta(days=3))

    unrecord_payment(award, by=city.finance, reason="退票")

    assert FACT not in known_facts(enterprise, clock.today())
    assert FACT in known_facts(enterprise, clock.today() - timedelta(days=2))


def test_paid_returned_and_paid_again_on_one_day(city: City) -> None:
    award = pay_award(city.granted(), "BANK-1", by=city.finance)
    enterprise = award.case.enterprise
    return_award(award, by=city.finance, reason="户名不符", account_wrong=False)
    pay_award(award, "BANK-2", by=city.finance)
    travel(clock.today() + timedelta(days=3))
    assert known_facts(enterprise, clock.today())[FACT].record == f"{award.number}/2"
    return_award(award, by=city.finance, reason="户名不符", account_wrong=False)
    travel(clock.today() + timedelta(days=1))
    assert FACT not in known_facts(enterprise, clock.today())


def test_payments_before_the_pack_recorded_any_are_written_down(city: City) -> None:
    award = pay_award(city.granted(), "BANK-1", by=city.finance)
    enterprise = award.case.enterprise
    travel(clock.today() + timedelta(days=3))
    unrecord_payment(award, by=city.finance, reason="模拟旧版本：当时没有记录")
    other = Fact.objects.get(enterprise=enterprise, name=FACT)
    assert other.valid_to is not None

    assert record_earlier_payments(city.version, by=None) == 1
    assert record_earlier_payments(city.version, by=None) == 1
    assert Fact.objects.filter(enterprise=enterprise, name=FACT).count() == 1


def test_the_reviewer_signs_an_amount(city: City) -> None:
    case = follow_up_accepted(city.reviewer)
    for amount in (None, 0, -1, 2**63):
        with pytest.raises(ActionRefused, match="金额"):
            case_actions.propose_grant(case, YES, by=city.reviewer, amount_fen=amount)
    case = case_actions.propose_grant(case, YES, by=city.reviewer, amount_fen=6_000_000)
    assert (case.amount_fen, case.trace["amount_fen"]) == (6_000_000, 6_000_000)
    assert case.proposed_by == city.reviewer
    case_actions.approve_case(case, by=city.approver)  # its facts still speak for it


def test_a_computed_amount_is_nobodys_to_sign(city: City) -> None:
    case = city.accepted()
    with pytest.raises(ActionRefused, match="由规则算出"):
        case_actions.propose_grant(case, {"mature": True}, by=city.reviewer, amount_fen=1)
    case_actions.propose_grant(case, {"mature": True}, by=city.reviewer, amount_fen=4_500_000)


def test_shares_are_three_to_seven_to_the_fen(city: City) -> None:
    [case] = follow_up_published(city, 4_999_999)
    decide_case(case, by=city.approver)
    award = Award.objects.get(case=case)
    entries = award.transfers.get().entries.filter(amount_fen__gt=0)
    parts = {entry.account.level: entry.amount_fen for entry in entries}
    assert parts == {"city": 1_500_000, "county": 3_499_999}


def test_a_list_above_the_average_is_refused_by_how_much(city: City) -> None:
    cases = follow_up_approved(city, 5_000_000, 6_000_000, 5_000_001)
    with pytest.raises(EnvelopeExceeded) as refused:
        publish_list(follow_up_item(), cases[0].region, by=city.approver)
    assert refused.value.over_fen == 1_000_001
    assert "10,000.01" in str(refused.value.message)
    assert not Publicity.objects.exists()
    assert {case.state for case in Case.objects.all()} == {"approved"}

    follow_up_approved(city, 3_999_999)
    publish_list(follow_up_item(), cases[0].region, by=city.approver)
    envelope = envelope_of(follow_up_item())
    assert envelope is not None
    assert (envelope.count, envelope.room_fen, envelope.next_fen) == (4, 0, 5_000_000)


def test_the_average_holds_after_every_decision(city: City) -> None:
    high, low = follow_up_published(city, 6_000_000, 4_000_000)
    with pytest.raises(EnvelopeExceeded) as refused:
        decide_case(high, by=city.approver)
    assert refused.value.over_fen == 1_000_000
    high.refresh_from_db()
    assert high.state == "published"

    decide_case(low, by=city.approver)
    decide_case(high, by=city.approver)
    assert envelope_of(follow_up_item()) == Envelope(5_000_000, 2, 10_000_000)


def test_a_case_taken_off_a_list_leaves_no_way_around(city: City) -> None:
    high, low = follow_up_published(city, 6_000_000, 4_000_000)
    case_actions.send_back(low, by=city.approver, reason="异议成立")
    with pytest.raises(EnvelopeExceeded):
        decide_case(high, by=city.approver)


def test_items_with_a_computed_amount_have_no_envelope(city: City) -> None:
    assert envelope_of(city.item) is None


@given(st.lists(st.integers(1, 20_000_000), max_size=30), st.integers(1, 9_000_000))
def test_room_is_exact(amounts: list[int], average: int) -> None:
    envelope = Envelope(average).plus(amounts)
    assert (envelope.room_fen >= 0) == (sum(amounts) <= average * len(amounts))
    if envelope.next_fen:
        assert envelope.plus([envelope.next_fen]).room_fen == 0
    assert envelope.plus([envelope.next_fen + 1]).room_fen < 0


def ready_to_race(city: City) -> list[Case]:
    """40,000 granted; two cases of 60,000 that fit one at a time."""
    low, spare, *high = follow_up_published(city, 4_000_000, 4_000_000, 6_000_000, 6_000_000)
    decide_case(low, by=city.approver)
    assert spare.state == "published"
    return high


def race(cases: list[Case], in_threads: Callable[..., list[Any]]) -> list[str]:
    """Decide every case at the same time; the outcome of each."""
    outcomes: list[str] = []

    def work(case: Case, officer: Any) -> None:
        try:
            decide_case(case, by=officer)
            outcomes.append("granted")
        except EnvelopeExceeded:
            outcomes.append("exceeded")

    officers = [make_officer(Role.APPROVER, YUNYAN) for _case in cases]
    pairs = zip(cases, officers, strict=True)
    in_threads([lambda pair=pair: work(*pair) for pair in pairs], seconds=60)
    return sorted(outcomes)


@pytest.fixture
def slow_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time for others to come between the check and the decision."""
    check = decisions.check_decision

    def checked(case: Case) -> None:
        check(case)
        time.sleep(0.5)

    monkeypatch.setattr(decisions, "check_decision", checked)


def test_two_decisions_at_once_keep_the_average(
    committed_city: City, slow_check: None, in_threads: Callable[..., list[Any]]
) -> None:
    assert race(ready_to_race(committed_city), in_threads) == ["exceeded", "granted"]


def test_control_without_the_lock_exceeds_it(
    committed_city: City,
    slow_check: None,
    monkeypatch: pytest.MonkeyPatch,
    in_threads: Callable[..., list[Any]],
) -> None:
    monkeypatch.setattr(decisions, "lock_envelope", lambda item: None)
    outcomes = race(ready_to_race(committed_city), in_threads)
    assert outcomes == ["granted", "granted"], "the control must exceed, else the race is blind"


def test_two_lists_at_once_keep_the_average(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    follow_up_published(city, 4_000_000)
    here = follow_up_approved(city, 6_000_000)[0]
    there = case_actions.approve_case(
        follow_up_proposed(city.other_reviewer, 6_000_000, NANMING), by=city.other_approver
    )
    outcomes: list[str] = []

    def work(case: Case, officer: Any) -> None:
        try:
            publish_list(follow_up_item(), case.region, by=officer)
            outcomes.append("published")
        except EnvelopeExceeded:
            outcomes.append("exceeded")

    in_threads(
        [
            lambda: work(here, city.approver),
            lambda: work(there, city.other_approver),
        ],
        seconds=60,
    )
    assert sorted(outcomes) == ["exceeded", "published"]
