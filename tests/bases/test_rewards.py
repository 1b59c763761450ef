"""A tenant's success rewards both sides, on the last possible day and not one day later.

The rules and sums are those of Xinjiang's plan (三/(二)/3), from its own pack.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest

from miaopu.bases import admission, rewards, tenants
from miaopu.bases.models import Base, Tenancy
from miaopu.cases import actions
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.models import Case, Item
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, NotAllowed
from miaopu.core.models import User
from miaopu.engine.packs.load import load_pack
from miaopu.ledger.actions import open_budgets
from miaopu.ledger.awards import pay_award
from miaopu.ledger.models import Award
from miaopu.parties.actions import record_fact
from miaopu.parties.models import Enterprise
from miaopu.plans.actions import load_version
from tests.bases.factories import record
from tests.factories import ROOT, City, make_enterprise, make_officer, make_owner, travel

URUMQI, REGION = "650102", "650000"
FORM = {"contact_phone": "13800138000", "bank_account": "6222020200012345678", "commitment": "on"}


@dataclass
class Xinjiang:
    """The programme at work, with a base in Urumqi."""

    items: dict[str, Item]
    operator: Enterprise
    runner: User
    tenancy: Tenancy
    tenant: Enterprise
    owner: User
    reviewer: User
    approver: User
    finance: User

    def learn(self, **facts: date) -> None:
        """What an officer enters about the tenant."""
        for name, day in facts.items():
            record_fact(
                self.tenant, name, day, source="officer", record=name, valid_from=day, by=None
            )

    def paid(self, case: Case) -> Award:
        """The case through all steps, paid."""
        by = self.runner if case.subject else self.owner
        assert not actions.save_form(case, FORM, revision=case.revision, by=by)
        case = actions.submit_case(case, by=by)
        case = actions.accept_case(case, by=self.reviewer)
        case = actions.propose_grant(case, {}, by=self.reviewer)
        case = actions.approve_case(case, by=self.approver)
        listed = publish_list(case.item, case.region, by=self.approver)
        travel(listed.ends_on + timedelta(days=1))
        case.refresh_from_db()
        decide_case(case, by=self.approver)
        return pay_award(Award.objects.get(case=case), "B1", by=self.finance)

    def mine(self, code: str) -> Case:
        """The tenant's own case."""
        return actions.open_case(self.items[code], self.tenant, by=self.owner)

    def operators(self, code: str) -> Case:
        """The operator's case for the tenant."""
        return rewards.claim_reward(self.tenancy, self.items[code], by=self.runner)


@pytest.fixture
def xinjiang(city: City) -> Xinjiang:
    """A base, admitted in 2015, with an enterprise that has been in incubation since then."""
    return build_xinjiang()


def build_xinjiang() -> Xinjiang:
    """The same for whoever has no fixture."""
    travel(date(2015, 4, 20))

    version, _created = load_version(load_pack(ROOT / "programmes" / "xinjiang-2015"), by=None)
    items = {item.code: item for item in actions.publish_items(version)}
    open_budgets(version, by=None)
    tenant = make_enterprise(URUMQI, "天山软件有限公司")
    record_fact(
        tenant, "region", URUMQI, source="market", record="r", valid_from=date(2013, 1, 1), by=None
    )
    base, operator, runner = build_base("天山创业基地")
    tenancy = admit(base, tenant, date(2013, 5, 1), runner)
    return Xinjiang(
        items, operator, runner, tenancy, tenant, make_owner(tenant),
        make_officer(Role.REVIEWER, REGION), make_officer(Role.APPROVER, REGION),
        make_officer(Role.FINANCE_OFFICER, REGION),
    )  # fmt: skip


def build_base(name: str) -> tuple[Base, Enterprise, User]:
    """An admitted base in Urumqi with its operator."""
    operator = make_enterprise(URUMQI, f"{name}运营有限公司")
    runner = make_owner(operator)
    stated = record(URUMQI, name=name, opened_on=date(2013, 1, 1))
    base = admission.file_base(operator, stated, by=runner)
    admission.propose_base(base, by=runner)
    admission.select_base(base, by=make_officer(Role.APPROVER, URUMQI), reason="符合条件")
    officer = make_officer(Role.PROGRAMME_OFFICER, "650100")
    return admission.accept_base(base, by=officer, reason="验收通过"), operator, runner


def admit(base: Base, tenant: Enterprise, since: date, by: User) -> Tenancy:
    """The enterprise in the base."""
    return tenants.admit_tenant(
        base, team="", enterprise=tenant, room=None, area=Decimal(50), rent_fen=0,
        relief_percent=0, since=since, by=by,
    )  # fmt: skip


def graduate(xinjiang: Xinjiang, on: date) -> None:
    """The tenant graduates on the day."""
    travel(on)
    tenants.graduate_tenant(xinjiang.tenancy, on, by=xinjiang.runner, reason="达到毕业标准")
    xinjiang.tenancy.refresh_from_db()


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
