"""Every route, asked as every role with every method: the table is the only truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from miaopu.cases.actions import attach_file, submit_case
from miaopu.cases.models import Case
from miaopu.core.actions import open_job
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.core.tokens import create_token
from miaopu.ledger.models import Account
from tests.factories import CITY, YUNYAN, City, make_officer
from tests.harness.pages import StrictClient
from tests.house.url_roles import ROLES
from tests.portal.url_table import TABLE

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SLUG = "guiyang-2018"


def people_of(city: City) -> dict[str, User | None]:
    """Who asks, by the table's roles."""
    return {
        "anonymous": None,
        "enterprise": city.owner,
        "other_enterprise": city.other_owner,
        "reviewer": city.reviewer,
        "other_reviewer": city.other_reviewer,
        "approver": city.approver,
        "finance_officer": city.finance,
        "programme_officer": city.programme_officer,
        "leading_group": city.leading_group,
        "auditor": city.auditor,
        "system_admin": city.system_admin,
        "security_admin": make_officer(Role.SECURITY_ADMIN, CITY),
        "audit_admin": make_officer(Role.AUDIT_ADMIN, CITY),
    }


def _file(city: City) -> dict[str, Any]:
    draft = city.draft()
    material = city.item.definition.materials[0].id
    attached = attach_file(draft, material, "计划.pdf", PDF, by=city.owner)
    submit_case(draft, by=city.owner)
    return {"pk": attached.pk}


def _job(city: City) -> dict[str, Any]:
    job, _created = open_job("test", "匹配", by=city.programme_officer)
    return {"pk": job.pk}


# The samples of the table: they belong to `enterprise` and lie in the district of `reviewer`.
THINGS: dict[str, Callable[[City], dict[str, Any]]] = {
    "programme": lambda city: {"slug": SLUG},
    "clause": lambda city: {"slug": SLUG, "path": "三/(二)"},
    "item": lambda city: {"slug": SLUG, "code": "direct_subsidy"},
    "enterprise": lambda city: {"number": city.enterprise.number},
    "offer": lambda city: {"number": city.enterprise.number, "item_id": city.item.pk},
    "draft": lambda city: {"number": city.draft().number},
    "case": lambda city: {"number": city.submitted().number},
    "step": lambda city: {"number": city.submitted().number, "step": "accept"},
    "file": _file,
    "publicity": lambda city: {"number": city.published()[1].number},
    "award": lambda city: {"number": city.granted().number},
    "job": _job,
    "token": lambda city: {"pk": create_token("报表", 30, "nonce", by=city.owner).pk},
    "account": lambda city: {"pk": Account.objects.filter(region=YUNYAN)[0].pk},
}


def form_of(route: str, city: City) -> dict[str, Any]:
    """What is posted to the route: what its page would have put into the form."""
    if route == "publish":
        case = city.approved()
        return {"item": case.item_id, "region": case.region_id, "seen": case.number}
    if route == "case_step":
        return {"revision": Case.objects.get().revision}
    return dict(TABLE[route].data)


def ask(
    route: str,
    method: str,
    user: User | None,
    kwargs: dict[str, Any],
    data: dict[str, Any] | None = None,
) -> Any:
    """The answer to one request; whatever it changed is rolled back."""
    client = StrictClient()
    with transaction.atomic():
        if user is not None:
            client.force_login(user)
        address = reverse(route, kwargs=kwargs)
        answer = client.get(address) if method == "GET" else client.post(address, data or {})
        for close in answer._resource_closers:  # `answer.close()` would end the transaction too
            close()
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("route", sorted(TABLE))
def test_route_for_every_role(route: str, city: City) -> None:
    people = people_of(city)
    assert set(people) == set(ROLES)
    row = TABLE[route]
    kwargs = THINGS[row.thing](city) if row.thing else {}
    data = form_of(route, city)
    surprises = []
    for method in row.methods:
        for role, user in people.items():
            answer = ask(route, method, user, kwargs, data)
            expected = row.expected(role, method)
            if answer.status_code != expected:
                surprises.append(f"{method} {role}: {answer.status_code}, not {expected}")
            elif (role, expected, row.open) == ("anonymous", 302, False) and "/sign-in/" not in str(
                answer["Location"]
            ):
                surprises.append(f"{method} {role}: led to {answer['Location']}")
    assert not surprises, surprises


@pytest.mark.parametrize("route", sorted(name for name, row in TABLE.items() if row.thing))
def test_what_is_not_there_answers_404(route: str, city: City) -> None:
    """To those who may see such a thing: neither an error page nor a hint that it exists."""
    row = TABLE[route]
    nothing = {
        name: {"slug": "no-such", "path": "九", "code": "x", "step": "accept"}.get(name, "9999999")
        for name in THINGS[row.thing](city)
    }
    people = people_of(city)
    for role in sorted(row.allow) or ["anonymous"]:
        for method in row.methods:
            assert ask(route, method, people[role], nothing).status_code == 404, (role, method)


def test_no_route_writes_on_get_or_answers_other_methods(city: City) -> None:
    wrong = []
    for route, row in TABLE.items():
        if row.methods == ("POST",):
            kwargs = {"number": "1", "step": "accept", "item_id": 1, "pk": 1} if row.thing else {}
            address = reverse(
                route,
                kwargs={name: kwargs[name] for name in _names(route)},
            )
            client = StrictClient()
            client.force_login(city.reviewer)
            if client.get(address).status_code not in (404, 405):
                wrong.append(route)
    assert not wrong


def _names(route: str) -> list[str]:
    names = {
        "offer": ["number", "item_id"],
        "step": ["number", "step"],
        "token": ["pk"],
    }
    thing = TABLE[route].thing
    return names.get(thing, ["number"]) if thing else []
