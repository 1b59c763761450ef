"""A tenant's success rewards both sides, on the last possible day and not one day later.

The rules and sums are those of Xinjiang's plan (三/(二)/3), from its own pack.
"""

from __future__ import annotations

from datetime import date

import pytest

from miaopu.bases import rewards, tenants
from miaopu.cases.models import Case
from miaopu.core.errors import ActionRefused, NotAllowed
from tests.bases.xinjiang import Xinjiang, admit, build_base, build_xinjiang, graduate
from tests.factories import City, travel

URUMQI, REGION = "650102", "650000"
FORM = {"contact_phone": "13800138000", "bank_account": "6222020200012345678", "commitment": "on"}


@pytest.fixture
def xinjiang(city: City) -> Xinjiang:
    """A base, admitted in 2015, with an enterprise that has been in incubation since then."""
    return build_xinjiang()


def test_the_last_possible_day_pays_both_sides(xinjiang: Xinjiang) -> None:
    graduate(xinjiang, date(2015, 6, 30))
    travel(date(2016, 7, 4))
    xinjiang.learn(high_tech_recognised_on=date(2016, 6, 30))
    [high_tech] = [
        one
        for one in rewards.rewards_of(xinjiang.tenancy, date(2016, 7, 4))
        if one.item.code == "high_tech_operator"
    ]
    assert (high_tech.explained.status, high_tech.explained.amount_fen) == ("true", 10_000_000)
    assert (high_tech.tenant_amount_fen, high_tech.case) == (10_000_000, None)
    own, operators = xinjiang.mine("high_tech_enterprise"), xinjiang.operators("high_tech_operator")
    assert (operators.enterprise, operators.subject) == (xinjiang.operator, xinjiang.tenant)
    assert xinjiang.operators("high_tech_operator") == operators  # once for each tenant
    awards = [xinjiang.paid(own), xinjiang.paid(operators)]
    assert [award.amount_fen for award in awards] == [10_000_000, 10_000_000]
    assert [award.case.enterprise for award in awards] == [xinjiang.tenant, xinjiang.operator]
    operators.refresh_from_db()
    assert operators.letter.content["reasons"][0].endswith(f"（{xinjiang.tenant.uscc}）")


def test_one_day_later_pays_nothing(xinjiang: Xinjiang) -> None:
    graduate(xinjiang, date(2015, 6, 30))
    travel(date(2016, 7, 4))
    xinjiang.learn(high_tech_recognised_on=date(2016, 7, 1))
    assert not any(
        one.can_claim
        for one in rewards.rewards_of(xinjiang.tenancy, date(2016, 7, 4))
        if one.explained.status != "unknown"
    )
    for claim in (xinjiang.mine, xinjiang.operators):
        side = "enterprise" if claim == xinjiang.mine else "operator"
        with pytest.raises(ActionRefused):
            claim(f"high_tech_{side}")
    assert not Case.objects.exists()


def test_moving_up_is_rewarded_where_the_listing_was_and_without_a_window(
    xinjiang: Xinjiang,
) -> None:
    graduate(xinjiang, date(2015, 5, 29))
    travel(date(2017, 5, 31))
    xinjiang.learn(regional_listed_on=date(2017, 5, 29))  # two years to the day
    with pytest.raises(ActionRefused):  # it has not moved, and nothing was paid
        xinjiang.operators("transfer_operator")
    paid = [
        xinjiang.paid(xinjiang.mine("listing_enterprise")),
        xinjiang.paid(xinjiang.operators("listing_operator")),
    ]
    travel(date(2017, 7, 3))
    xinjiang.learn(third_board_listed_on=date(2017, 6, 30))  # past the two years
    paid += [
        xinjiang.paid(xinjiang.mine("transfer_enterprise")),
        xinjiang.paid(xinjiang.operators("transfer_operator")),
    ]
    assert [award.amount_fen for award in paid] == [20_000_000] * 2 + [10_000_000] * 2


def test_who_left_without_graduating_is_a_tenant_no_more(xinjiang: Xinjiang) -> None:
    travel(date(2015, 9, 1))
    tenants.end_tenancy(xinjiang.tenancy, date(2015, 8, 31), by=xinjiang.runner, reason="迁出")
    xinjiang.learn(high_tech_recognised_on=date(2015, 9, 1))
    with pytest.raises(ActionRefused):
        xinjiang.operators("high_tech_operator")


def test_who_may_claim(xinjiang: Xinjiang) -> None:
    xinjiang.learn(high_tech_recognised_on=date(2015, 4, 1))
    with pytest.raises(NotAllowed):
        rewards.claim_reward(
            xinjiang.tenancy, xinjiang.items["high_tech_operator"], by=xinjiang.owner
        )
    with pytest.raises(ActionRefused):  # the tenant's item is not the operator's
        xinjiang.operators("high_tech_enterprise")
    with pytest.raises(ActionRefused):  # nor the operator's item the tenant's
        xinjiang.mine("high_tech_operator")
    xinjiang.operators("high_tech_operator")
    base, _operator, runner = build_base("二号基地")
    later = admit(base, xinjiang.tenant, date(2015, 4, 10), runner)
    xinjiang.learn(high_tech_recognised_on=date(2015, 4, 15))
    assert rewards.rewards_of(xinjiang.tenancy, date(2015, 4, 20)) == []
    with pytest.raises(ActionRefused):  # it has gone on to another base
        xinjiang.operators("high_tech_operator")
    with pytest.raises(ActionRefused):  # for which the first operator was rewarded already
        rewards.claim_reward(later, xinjiang.items["high_tech_operator"], by=runner)
    assert Case.objects.count() == 1
