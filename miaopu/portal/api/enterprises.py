"""Enterprises as their own people and the offices of their region may read them.

Annotations are evaluated here: ninja reads them through the decorators.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from miaopu.core import clock
from miaopu.core.models import User
from miaopu.engine.masking import mask_name, mask_phone
from miaopu.parties.dictionary import FactValue, fact_dictionary
from miaopu.parties.facts import Known, known_facts
from miaopu.parties.models import Enterprise
from miaopu.portal.api import asked as ask
from miaopu.portal.api import closed_schemas as schemas
from miaopu.portal.api.lists import Listing, json_answer, list_answer
from miaopu.portal.api.public import inside
from miaopu.portal.api.signing_in import SIGNED_IN, asking, for_roles
from miaopu.portal.views.office_parts import CASE_READERS, needs_personal_data

router = Router(tags=["signed in"], auth=SIGNED_IN)
PROBLEMS = ask.CLOSED_PROBLEMS


def _enterprise_row(
    number: str, uscc: str, name: str, region: str, industry: str, registered_on: date, status: str
) -> dict[str, Any]:
    return {
        "number": number,
        "uscc": uscc,
        "name": name,
        "region": region,
        "industry": industry,
        "registered_on": registered_on,
        "status": status,
    }


ENTERPRISE_COLUMNS = (
    *("number", "uscc", "name", "region_id", "industry", "registered_on", "status"),
)


def _enterprises_of(user: User | None, asked: ask.EnterprisesAsked) -> QuerySet[Enterprise]:
    rows = Enterprise.objects.for_user(user).filter(**inside(asked.region, "region__code"))
    if asked.status is not None:
        rows = rows.filter(status=asked.status)
    return rows.search(asked.q or "")


ENTERPRISES = Listing(
    _enterprises_of,
    _enterprise_row,
    {"number": "number", "registered_on": "registered_on"},
    ENTERPRISE_COLUMNS,
)


@router.get(
    "/enterprises",
    response={200: ask.Rows[schemas.EnterpriseRow], **PROBLEMS},
    url_name="enterprises",
)
@for_roles(*CASE_READERS, party=True)
def enterprises(request: HttpRequest, asked: Query[ask.EnterprisesAsked]) -> HttpResponse:
    """Enterprises of your regions, or your own."""
    return list_answer(request, ENTERPRISES, asked, user=asking(request))


def _plain(value: FactValue) -> str | int | bool | None:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def _facts(known: Known, *, personal: bool) -> list[Mapping[str, Any]]:
    """Every known fact; those about natural persons are hidden unless `personal`."""
    rows: list[Mapping[str, Any]] = []
    for name, definition in fact_dictionary().items():
        if name not in known:
            continue
        fact = known[name]
        hidden = definition.personal and not personal
        rows.append(
            {
                "name": name,
                "title": definition.title.to_json(),
                "value": None if hidden else _plain(fact.value),
                "hidden": hidden,
                "source": fact.source,
                "as_of": fact.as_of,
                "record": fact.record,
            }
        )
    return rows


def _sees_persons(user: User, enterprise: Enterprise) -> bool:
    """Its own people, and those who work with the district's personal data."""
    return user.is_party or needs_personal_data(user, enterprise.region_id)


@router.get(
    "/enterprises/{number}",
    response={200: schemas.Enterprise, 401: PROBLEMS[401], 404: PROBLEMS[404]},
    url_name="enterprise",
)
@for_roles(*CASE_READERS, party=True)
def enterprise(request: HttpRequest, number: str) -> HttpResponse:
    """One enterprise with every fact, its source and its day."""
    user = asking(request)
    found = get_object_or_404(Enterprise.objects.for_user(user), number=number)
    personal = _sees_persons(user, found)
    who, phone = found.legal_representative, found.phone
    content = {
        **_enterprise_row(*(getattr(found, name) for name in ENTERPRISE_COLUMNS)),
        "legal_representative": who if personal else mask_name(who),
        "phone": phone if personal else mask_phone(phone),
        "address": found.address,
        "facts": _facts(known_facts(found, clock.today()), personal=personal),
    }
    return json_answer(request, content, closed=True)
