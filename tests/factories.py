"""A small city for tests: two districts, everybody who works in them, enterprises with facts.

Built through the product's own actions, with the real pack of Guiyang 2018.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from miaopu.cases import actions as case_actions
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.models import Case, Item, Publicity
from miaopu.core import clock
from miaopu.core.actions import add_member, load_regions
from miaopu.core.enums import OfficeKind, Role, UserKind
from miaopu.core.many import Happened, record_events
from miaopu.core.models import DemoClock, Office, Region, User
from miaopu.engine import uscc
from miaopu.engine.packs.load import load_pack
from miaopu.engine.packs.schema import Pack
from miaopu.ledger.actions import open_budgets
from miaopu.ledger.models import Award
from miaopu.parties.actions import add_representative, register_enterprise
from miaopu.parties.dictionary import encode
from miaopu.parties.enums import Verb
from miaopu.parties.models import Enterprise, Fact
from miaopu.plans.actions import load_version
from miaopu.plans.models import ProgrammeVersion

ROOT = Path(__file__).resolve().parent.parent
YUNYAN, NANMING, CITY = "520103", "520102", "520100"
FIRST_DAY = date(2018, 5, 10)
PASSWORD = "a-long-test-password"
_serial = count(1)

GOOD_FORM = {
    "contact_name": "王小苗",
    "contact_phone": "13800138000",
    "bank_name": "贵阳银行云岩支行",
    "bank_account": "6222020200012345678",
    "jobs_planned": "5",
    "use_of_funds": "购买设备和原料",
    "commitment": "on",
}


@cache
def guiyang_pack() -> Pack:
    """The real pack."""
    return load_pack(ROOT / "programmes" / "guiyang-2018")


def travel(to: date) -> None:
    """Move the clock to a day; the test's settings run as a demo."""
    assert settings.DEMO
    offset = (to - timezone.localdate()).days
    DemoClock.objects.update_or_create(pk=1, defaults={"offset_days": offset})


def make_office(region: str, kind: OfficeKind) -> Office:
    """An office of a kind in a region."""
    office, _created = Office.objects.get_or_create(
        code=f"{region}-{kind}",
        defaults={
            "name": f"{Region.objects.get(code=region).name}{kind.label}",
            "name_en": f"{kind.value} of {region}",
            "kind": kind,
            "region_id": region,
        },
    )
    return office


KIND_OF_ROLE = {
    Role.REVIEWER: OfficeKind.DISTRICT_OFFICE,
    Role.APPROVER: OfficeKind.DISTRICT_OFFICE,
    Role.FINANCE_OFFICER: OfficeKind.FINANCE,
    Role.PROGRAMME_OFFICER: OfficeKind.PROGRAMME_OFFICE,
    Role.LEADING_GROUP: OfficeKind.LEADING_GROUP,
    Role.AUDITOR: OfficeKind.AUDIT,
    Role.SYSTEM_ADMIN: OfficeKind.ADMINISTRATION,
    Role.SECURITY_ADMIN: OfficeKind.ADMINISTRATION,
    Role.AUDIT_ADMIN: OfficeKind.ADMINISTRATION,
}


def make_officer(role: Role, region: str, name: str = "") -> User:
    """A person with a role in a region."""
    user = User.objects.create_user(
        f"{role}-{region}-{next(_serial)}", password=PASSWORD, name=name or f"{role.label}"
    )
    add_member(user, make_office(region, KIND_OF_ROLE[role]), role, by=None)
    return user


MICRO = {
    "region": YUNYAN,
    "industry": "5212",
    "employees": 4,
    "operating_revenue": Decimal("800000"),
    "total_assets": Decimal("300000"),
    "founder_group": "returning_migrant",
    "key_group_employees": 1,
    "low_income_village": False,
    "registered_on": date(2017, 3, 1),
}
SOURCES = {
    "employees": "hr",
    "operating_revenue": "tax",
    "total_assets": "statistics",
    "founder_group": "hr",
    "key_group_employees": "hr",
    "low_income_village": "agriculture",
}


def make_enterprise(region: str = YUNYAN, name: str = "", **facts: object) -> Enterprise:
    """An enterprise, by default a micro retailer with complete facts; a fact of None is unknown."""
    serial = next(_serial)
    enterprise = register_enterprise(
        uscc=uscc.make("9", "1", region, 10_000_000 + serial),
        name=name or f"贵阳苗岭{serial}号商行",
        region=Region.objects.get(code=region),
        industry="5212",
        legal_representative="王小苗",
        registered_on=date(2017, 3, 1),
        phone="13800138000",
        by=None,
    )
    given = {**MICRO, "region": region, **facts}
    known = {fact: value for fact, value in given.items() if value is not None}
    _record_facts(enterprise, known, f"r{serial}")
    return enterprise


def _record_facts(enterprise: Enterprise, known: dict[str, Any], record: str) -> None:
    """Facts of a new enterprise: the rows that `record_fact` writes one by one, all at once."""
    sources = {fact: SOURCES.get(fact, "market") for fact in known}
    Fact.objects.bulk_create(
        Fact(
            enterprise=enterprise,
            name=fact,
            value=encode(fact, value),
            valid_from=date(2018, 3, 31),
            source=sources[fact],
            record=record,
            recorded_at=clock.now(),
        )
        for fact, value in known.items()
    )
    record_events(
        (
            Happened(
                enterprise,
                Verb.RECORD_FACT,
                enterprise.region_id,
                data={"name": fact, "source": source, "record": record},
            )
            for fact, source in sources.items()
        ),
        by=None,
    )


def make_enterprises(number: int, region: str = YUNYAN) -> list[Enterprise]:
    """So many enterprises, written as rows: without facts and without history."""
    serials = [next(_serial) for _place in range(number)]
    return Enterprise.objects.bulk_create(
        Enterprise(
            number=f"{region}-M{serial:06d}",
            uscc=uscc.make("9", "1", region, 40_000_000 + serial),
            name=f"贵阳第{serial}号商行",
            region_id=region,
            industry="5212",
            legal_representative="王小苗",
            registered_on=date(2017, 3, 1),
        )
        for serial in serials
    )


def make_owner(enterprise: Enterprise) -> User:
    """The person who acts for an enterprise."""
    user = User.objects.create_user(
        f"owner-{next(_serial)}", password=PASSWORD, name="王小苗", kind=UserKind.PARTY
    )
    add_representative(user, enterprise, by=None)
    return user


@dataclass
class City:
    """Guiyang with two districts at work."""

    version: ProgrammeVersion
    item: Item
    enterprise: Enterprise
    owner: User
    other_enterprise: Enterprise
    other_owner: User
    reviewer: User
    approver: User
    finance: User
    other_reviewer: User
    other_approver: User
    other_finance: User
    programme_officer: User
    leading_group: User
    auditor: User
    system_admin: User
    cases: list[Case] = field(default_factory=list)

    def draft(self, enterprise: Enterprise | None = None, owner: User | None = None) -> Case:
        """A complete draft."""
        enterprise = enterprise or self.enterprise
        owner = owner or self.owner
        case = case_actions.open_case(self.item, enterprise, by=owner)
        errors = case_actions.save_form(case, GOOD_FORM, revision=case.revision, by=owner)
        assert not errors, errors
        case.refresh_from_db()
        return case

    def submitted(self, enterprise: Enterprise | None = None, owner: User | None = None) -> Case:
        """A submitted case."""
        return case_actions.submit_case(self.draft(enterprise, owner), by=owner or self.owner)

    def accepted(self) -> Case:
        """An accepted case."""
        return case_actions.accept_case(self.submitted(), by=self.reviewer)

    def proposed(self) -> Case:
        """A case with a proposal to support."""
        return case_actions.propose_grant(self.accepted(), {"mature": True}, by=self.reviewer)

    def approved(self) -> Case:
        """An approved case."""
        return case_actions.approve_case(self.proposed(), by=self.approver)

    def published(self) -> tuple[Case, Publicity]:
        """A case in publicity, with its list."""
        case = self.approved()
        publicity = publish_list(self.item, case.region, by=self.approver)
        case.refresh_from_db()
        return case, publicity

    def granted(self) -> Award:
        """A granted case's award; the clock stands on the day after its publicity."""
        case, publicity = self.published()
        travel(publicity.ends_on + timedelta(days=1))
        decide_case(case, by=self.approver)
        return Award.objects.get(case=case)


def build_city() -> City:
    """Build the city on the demo's first day."""
    travel(FIRST_DAY)
    with clock.read_once():
        load_regions()
        version, _created = load_version(guiyang_pack(), by=None)
        [item] = [
            item for item in case_actions.publish_items(version) if item.code == "direct_subsidy"
        ]
        open_budgets(version, by=None)
        enterprise = make_enterprise(YUNYAN)
        other = make_enterprise(NANMING)
        return City(
            version=version,
            item=item,
            enterprise=enterprise,
            owner=make_owner(enterprise),
            other_enterprise=other,
            other_owner=make_owner(other),
            reviewer=make_officer(Role.REVIEWER, YUNYAN, "李审核"),
            approver=make_officer(Role.APPROVER, YUNYAN, "张批准"),
            finance=make_officer(Role.FINANCE_OFFICER, YUNYAN, "赵财务"),
            other_reviewer=make_officer(Role.REVIEWER, NANMING),
            other_approver=make_officer(Role.APPROVER, NANMING),
            other_finance=make_officer(Role.FINANCE_OFFICER, NANMING),
            programme_officer=make_officer(Role.PROGRAMME_OFFICER, CITY),
            leading_group=make_officer(Role.LEADING_GROUP, CITY),
            auditor=make_officer(Role.AUDITOR, CITY),
            system_admin=make_officer(Role.SYSTEM_ADMIN, CITY),
        )
