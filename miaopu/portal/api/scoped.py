"""What those who are signed in may read: everybody what her pages show, nothing else.

Annotations are evaluated here: ninja reads them through the decorators.
"""

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from miaopu.cases.models import Case
from miaopu.core.models import User
from miaopu.engine.messages import Bilingual
from miaopu.ledger.models import Award
from miaopu.plans.models import Match
from miaopu.portal.api import asked as ask
from miaopu.portal.api import closed_schemas as schemas
from miaopu.portal.api.lists import Listing, json_answer, list_answer
from miaopu.portal.api.public import AWARD_COLUMNS, AWARD_ORDERS, award_row, inside, narrowed_awards
from miaopu.portal.api.signing_in import SIGNED_IN, asking, for_roles
from miaopu.portal.views.office_parts import CASE_READERS, MONEY_READERS

router = Router(tags=["signed in"], auth=SIGNED_IN)
PROBLEMS = ask.CLOSED_PROBLEMS


@router.get("/me", response={200: schemas.Me, 401: PROBLEMS[401]}, url_name="me")
def me(request: HttpRequest) -> HttpResponse:
    """Whose token this is, and in which roles it reads."""
    user = asking(request)
    roles = [
        {
            "role": membership.role,
            "office": membership.office.code,
            "name": Bilingual(
                membership.office.name, membership.office.name_en or membership.office.name
            ).to_json(),
            "region": membership.office.region_id,
        }
        for membership in user.live_memberships
    ]
    content = {
        "username": user.get_username(),
        "name": user.name,
        "kind": user.kind,
        "roles": roles,
    }
    return json_answer(request, content, closed=True)


# ---------------------------------------------------------------- cases


def _case_row(
    number: str,
    programme: str,
    item: str,
    name: str,
    uscc: str,
    region: str,
    state: str,
    priority_points: int,
    amount_fen: int | None,
    due_on: date | None,
    opened_at: datetime,
    submitted_at: datetime | None,
    decided_at: datetime | None,
) -> dict[str, Any]:
    return {
        "number": number,
        "programme": programme,
        "item": item,
        "enterprise": {"name": name, "uscc": uscc},
        "region": region,
        "state": state,
        "priority_points": priority_points,
        "amount_fen": amount_fen,
        "due_on": due_on,
        "opened_at": opened_at,
        "submitted_at": submitted_at,
        "decided_at": decided_at,
    }


CASE_COLUMNS = (
    *("number", "programme__slug", "item__code", "enterprise__name", "enterprise__uscc"),
    *("region_id", "state", "priority_points", "amount_fen", "due_on"),
    *("opened_at", "submitted_at", "decided_at"),
)


def _cases_of(user: User | None, asked: ask.CasesAsked) -> QuerySet[Case]:
    rows = Case.objects.for_user(user).filter(**inside(asked.region, "region__code"))
    if asked.programme is not None:
        rows = rows.filter(programme__slug=asked.programme)
    if asked.state is not None:
        rows = rows.in_states(asked.state)
    if asked.q:
        rows = rows.filter(
            Q(number__startswith=asked.q)
            | Q(enterprise__name__icontains=asked.q)
            | Q(enterprise__uscc__istartswith=asked.q)
        )
    return rows.with_due_on()


CASES = Listing(
    _cases_of,
    _case_row,
    {"number": "number", "opened_at": "opened_at", "priority_points": "priority_points"},
    CASE_COLUMNS,
)


@router.get("/cases", response={200: ask.Rows[schemas.CaseRow], **PROBLEMS}, url_name="cases")
@for_roles(*CASE_READERS, party=True)
def cases(request: HttpRequest, asked: Query[ask.CasesAsked]) -> HttpResponse:
    """Cases of your regions, or your enterprises' own."""
    return list_answer(request, CASES, asked, user=asking(request))


@router.get(
    "/cases/{number}",
    response={200: schemas.Case, 401: PROBLEMS[401], 404: PROBLEMS[404]},
    url_name="case",
)
@for_roles(*CASE_READERS, party=True)
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case with its clocks and what was done when."""
    rows = Case.objects.for_user(asking(request)).with_due_on().filter(number=number)
    found = get_object_or_404(rows.select_related("publicity"))
    content = {
        **_case_row(*rows.values_list(*CASE_COLUMNS)[0]),
        "revision": found.revision,
        "publicity": found.publicity.number if found.publicity else None,
        "clocks": [
            {
                "step": clock_.step,
                "started_on": clock_.started_on,
                "days": clock_.days,
                "due_on": clock_.due_on,
                "provisional": clock_.provisional,
                "stopped_on": clock_.stopped_on,
            }
            for clock_ in found.clocks.order_by("pk")
        ],
        "trail": [{"verb": event.verb, "at": event.at} for event in found.trail()],
    }
    return json_answer(request, content, closed=True)


# ---------------------------------------------------------------- entitlements, payments


def _entitlement_row(
    programme: str,
    item: str,
    name: str,
    uscc: str,
    number: str,
    region: str,
    status: str,
    facts_missing: bool,
    missing: list[str],
    amount_fen: int | None,
    priority_points: int,
    as_of: date,
) -> dict[str, Any]:
    return {
        "programme": programme,
        "item": item,
        "enterprise": {"name": name, "uscc": uscc},
        "number": number,
        "region": region,
        "status": status,
        "facts_missing": facts_missing,
        "missing": missing,
        "amount_fen": amount_fen,
        "priority_points": priority_points,
        "as_of": as_of,
    }


def _entitlements_of(user: User | None, asked: ask.EntitlementsAsked) -> QuerySet[Match]:
    rows = Match.objects.for_user(user).current()
    rows = rows.filter(**inside(asked.region, "enterprise__region__code"))
    if asked.programme is not None:
        rows = rows.filter(version__programme__slug=asked.programme)
    if asked.item is not None:
        rows = rows.filter(item=asked.item)
    return rows.filter(status=asked.status) if asked.status is not None else rows


ENTITLEMENTS = Listing(
    _entitlements_of,
    _entitlement_row,
    {"priority_points": "priority_points", "as_of": "as_of"},
    (
        *("version__programme__slug", "item", "enterprise__name", "enterprise__uscc"),
        *("enterprise__number", "enterprise__region_id", "status", "facts_missing", "missing"),
        *("amount_fen", "priority_points", "as_of"),
    ),
)


@router.get(
    "/entitlements",
    response={200: ask.Rows[schemas.EntitlementRow], **PROBLEMS},
    url_name="entitlements",
)
@for_roles(*CASE_READERS, party=True)
def entitlements(request: HttpRequest, asked: Query[ask.EntitlementsAsked]) -> HttpResponse:
    """What the enterprises of your regions, or your own, may have; what the rules exclude is not
    listed."""
    return list_answer(request, ENTITLEMENTS, asked, user=asking(request))


def _payment_row(*values: Any) -> dict[str, Any]:
    *award, case_number, bank_reference = values
    return {**award_row(*award), "case": case_number, "bank_reference": bank_reference}


def _payments_of(user: User | None, asked: ask.AwardsAsked) -> QuerySet[Award]:
    return narrowed_awards(Award.objects.for_user(user), asked)


PAYMENTS = Listing(
    _payments_of,
    _payment_row,
    AWARD_ORDERS,
    (*AWARD_COLUMNS, "case__number", "bank_reference"),
)


@router.get(
    "/payments",
    response={200: ask.Rows[schemas.PaymentRow], **PROBLEMS},
    url_name="payments",
)
@for_roles(*MONEY_READERS)
def payments(request: HttpRequest, asked: Query[ask.AwardsAsked]) -> HttpResponse:
    """Awards of your regions as those see them who pay: released ones too, with the bank's slip."""
    return list_answer(request, PAYMENTS, asked, user=asking(request))
