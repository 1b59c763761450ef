"""Xinjiang's programme at work in Urumqi: a base, its tenant, and everybody who decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from miaopu.bases import admission, rewards, tenants
from miaopu.bases.models import Base, Tenancy
from miaopu.cases import actions
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.models import Case, Item
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.engine.packs.load import load_pack
from miaopu.ledger.actions import open_budgets
from miaopu.ledger.awards import pay_award
from miaopu.ledger.models import Award
from miaopu.parties.actions import record_fact
from miaopu.parties.models import Enterprise
from miaopu.plans.actions import load_version
from tests.bases.factories import record
from tests.factories import ROOT, make_enterprise, make_officer, make_owner, travel

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

    def earn(self, on: date) -> None:
        """The revenue of two years by which the tenant may graduate."""
        record_fact(
            self.tenant, "revenue_two_years", 9_000_000, source="officer", record="accounts",
            valid_from=on, by=None,
        )  # fmt: skip

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


def build_xinjiang(team: str = "") -> Xinjiang:
    """A base, admitted in 2015, with an enterprise in incubation since 2013."""
    travel(date(2015, 4, 20))

    version, _created = load_version(load_pack(ROOT / "programmes" / "xinjiang-2015"), by=None)
    items = {item.code: item for item in actions.publish_items(version)}
    open_budgets(version, by=None)
    tenant = make_enterprise(URUMQI, "天山软件有限公司")
    record_fact(
        tenant, "region", URUMQI, source="market", record="r", valid_from=date(2013, 1, 1), by=None
    )
    base, operator, runner = build_base("天山创业基地")
    tenancy = admit(base, None if team else tenant, date(2013, 5, 1), runner, team)
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


def admit(base: Base, tenant: Enterprise | None, since: date, by: User, team: str = "") -> Tenancy:
    """The enterprise in the base, or the team."""
    return tenants.admit_tenant(
        base, team=team, enterprise=tenant, room=None, area=Decimal(50), rent_fen=0,
        relief_percent=0, since=since, by=by,
    )  # fmt: skip


def graduate(xinjiang: Xinjiang, on: date) -> None:
    """The tenant graduates on the day, by its revenue of two years."""
    travel(on)
    xinjiang.earn(on)
    tenants.graduate_tenant(xinjiang.tenancy, on, by=xinjiang.runner, reason="达到毕业标准")
    xinjiang.tenancy.refresh_from_db()
