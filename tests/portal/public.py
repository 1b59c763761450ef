"""Helpers for tests of the public pages."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from miaopu.cases.actions import accept_case, approve_case, propose_grant, submit_case
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.ledger.models import Award
from tests.factories import YUNYAN, City, make_enterprise, make_owner, travel
from tests.harness.pages import StrictClient

SLUG = "guiyang-2018"


def award_of(city: City) -> Award:
    """An award of another enterprise of the district, granted on a list of its own."""
    enterprise = make_enterprise(YUNYAN)
    owner = make_owner(enterprise)
    case = submit_case(city.draft(enterprise, owner), by=owner)
    accept_case(case, by=city.reviewer)
    propose_grant(case, {"mature": True}, by=city.reviewer)
    approve_case(case, by=city.approver)
    publicity = publish_list(city.item, case.region, by=city.approver)
    travel(publicity.ends_on + timedelta(days=1))
    decide_case(case, by=city.approver)
    return Award.objects.get(case=case)


def public_addresses(award: Award) -> list[str]:
    """Every public address that shows something of the award's programme."""
    publicity = award.case.publicity
    assert publicity is not None
    pack = award.case.item.version.pack
    clauses = [reverse("clause", args=[SLUG, path]) for path in pack.clauses]
    return [
        *(reverse(name) for name in ("home", "publicity_list", "money", "awards", "verify")),
        *(reverse(name) for name in ("books_export", "figures")),
        reverse("programme", args=[SLUG]),
        reverse("item", args=[SLUG, "direct_subsidy"]),
        reverse("publicity", args=[publicity.number]),
        reverse("publicity_content", args=[publicity.number]),
        reverse("award", args=[award.number]),
        *clauses,
    ]


def text_of(client: StrictClient, address: str) -> str:
    """A page that must be there."""
    response = client.get(address)
    assert response.status_code == 200, address
    text: str = response.content.decode()
    return text
