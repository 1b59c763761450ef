"""Cases and signed-in browsers for the measurements, made by the product's own actions."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.test import Client

from miaopu.cases import actions
from miaopu.cases.decisions import publish_list
from miaopu.cases.models import Case, Item
from miaopu.core import clock
from miaopu.core.actions import add_member, move_demo_clock
from miaopu.core.enums import OfficeKind, Role, UserKind
from miaopu.core.models import Office, Region, User
from miaopu.parties.actions import add_representative
from miaopu.parties.models import Representative
from miaopu.plans.models import Match

FORM = {
    "contact_name": "王小苗",
    "contact_phone": "13800138000",
    "bank_name": "贵阳银行云岩支行",
    "bank_account": "6222020200012345678",
    "jobs_planned": "5",
    "use_of_funds": "购买设备和原料",
    "commitment": "on",
}


def sign_in(username: str) -> Client:
    """A browser of the person, with the cookies that a browser has after its first page."""
    client = Client(headers={"host": "127.0.0.1", "accept-language": "zh-CN"})
    client.force_login(
        User.objects.get(username=username),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    assert client.get("/office/cases/").status_code == 200
    return client


def officer(role: Role, region: str) -> User:
    """An officer of the district's micro-enterprise office."""
    user, created = User.objects.get_or_create(
        username=f"bench-{role}-{region}",
        defaults={"name": "测量", "password": make_password(None), "kind": UserKind.OFFICE},
    )
    if created:
        office = Office.objects.get(region_id=region, kind=OfficeKind.DISTRICT_OFFICE)
        add_member(user, office, role, by=None)
    return user


def make_cases(count: int, region: str, state: str) -> list[Case]:
    """So many cases of the region, submitted or (state "ended") with their publicity over.

    Fewer where the region has not so many enterprises that may apply.
    """
    item = Item.objects.get(code="direct_subsidy", version__state="current")
    entitled = Match.objects.filter(
        version=item.version, item=item.code, facts_missing=False, enterprise__region_id=region
    ).exclude(enterprise__in=Representative.objects.values("enterprise"))
    reviewer, approver = officer(Role.REVIEWER, region), officer(Role.APPROVER, region)
    made = []
    with clock.read_once():
        for match in entitled.select_related("enterprise").order_by("pk")[:count]:
            owner = User.objects.create(
                username=f"bench-{match.enterprise.number}", name="测量", kind=UserKind.PARTY
            )
            add_representative(owner, match.enterprise, by=None)
            case = actions.open_case(item, match.enterprise, by=owner)
            actions.save_form(case, FORM, revision=case.revision, by=owner)
            case = actions.submit_case(case, by=owner)
            if state == "ended":
                actions.accept_case(case, by=reviewer)
                actions.propose_grant(case, {"mature": True}, by=reviewer)
                case = actions.approve_case(case, by=approver)
            made.append(case)
        if state == "ended" and made:
            publish_list(item, Region.objects.get(code=region), by=approver)
    return made


def end_publicity(cases: list[Case]) -> None:
    """Move the demo's clock to the day after the last list's end."""
    last = max(Case.objects.get(pk=case.pk).publicity.ends_on for case in cases)  # type: ignore[union-attr]
    move_demo_clock(last + timedelta(days=1), by=None)
