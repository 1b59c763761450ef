"""Offers without application, objections and batch reviews, in the scope of the pages.

Annotations are evaluated here: ninja reads them through the decorators.
"""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from miaopu.cases.models import BatchReview, Objection, Offer
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.masking import mask_name, mask_phone
from miaopu.parties.dictionary import fact_dictionary
from miaopu.portal.api import asked as ask
from miaopu.portal.api import working_schemas as schemas
from miaopu.portal.api.lists import Listing, json_answer, list_answer
from miaopu.portal.api.public import inside
from miaopu.portal.api.signing_in import SIGNED_IN, asking, for_roles
from miaopu.portal.views.office_parts import CASE_READERS

router = Router(tags=["signed in"], auth=SIGNED_IN)
PROBLEMS = ask.CLOSED_PROBLEMS
ONE = {401: PROBLEMS[401], 404: PROBLEMS[404]}


# ---------------------------------------------------------------- offers


def _offers_of(user: User | None, asked: ask.OffersAsked) -> QuerySet[Offer]:
    rows = Offer.objects.for_user(user).filter(**inside(asked.region, "region__code"))
    if asked.programme is not None:
        rows = rows.filter(programme__slug=asked.programme)
    if asked.item is not None:
        rows = rows.filter(item__code=asked.item)
    return rows.filter(state=asked.state) if asked.state is not None else rows


def _offer_row(
    programme: str,
    item: str,
    name: str,
    uscc: str,
    number: str,
    region: str,
    state: str,
    amount_fen: int | None,
    priority_points: int,
    issued_at: datetime,
    expires_on: date,
    closed_at: datetime | None,
    reason: str,
    changes: dict[str, Any],
    case: str | None,
) -> dict[str, Any]:
    return {
        "programme": programme,
        "item": item,
        "enterprise": {"name": name, "uscc": uscc},
        "number": number,
        "region": region,
        "state": state,
        "amount_fen": amount_fen,
        "priority_points": priority_points,
        "issued_at": issued_at,
        "expires_on": expires_on,
        "closed_at": closed_at,
        "reason": reason,
        "changes": changed_facts(changes),
        "case": case,
    }


def changed_facts(changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Facts that no longer were as an offer had them; of persons only that they have changed."""
    known = fact_dictionary()
    return [
        {
            "fact": one["name"],
            "title": known[one["name"]].title.to_json(),
            "before": None if hidden else one["before"]["value"],
            "now": None if hidden else one["now"]["value"],
            "source": one["now"]["source"] or None,
            "as_of": one["now"]["as_of"],
            "hidden": hidden,
        }
        for one in changes.get("facts", [])
        if one["name"] in known
        for hidden in (known[one["name"]].personal,)
    ]


OFFERS = Listing(
    _offers_of,
    _offer_row,
    {"issued_at": "issued_at", "expires_on": "expires_on"},
    (
        *("programme__slug", "item__code", "enterprise__name", "enterprise__uscc"),
        *("enterprise__number", "region_id", "state", "amount_fen", "priority_points"),
        *("issued_at", "expires_on", "closed_at", "reason", "changes", "case__number"),
    ),
)


@router.get("/offers", response={200: ask.Rows[schemas.OfferRow], **PROBLEMS}, url_name="offers")
@for_roles(*CASE_READERS, party=True)
def offers(request: HttpRequest, asked: Query[ask.OffersAsked]) -> HttpResponse:
    """Offers without application to the enterprises of your regions, or to your own."""
    return list_answer(request, OFFERS, asked, user=asking(request))


# ---------------------------------------------------------------- objections


def _objections_of(user: User | None, asked: ask.ObjectionsAsked) -> QuerySet[Objection]:
    rows = Objection.objects.for_user(user)
    rows = rows.filter(**inside(asked.region, "publicity__region__code"))
    if asked.programme is not None:
        rows = rows.filter(case__programme__slug=asked.programme)
    if asked.publicity is not None:
        rows = rows.filter(publicity__number=asked.publicity)
    return rows.filter(state=asked.state) if asked.state is not None else rows


def _objection_row(
    number: str,
    publicity: str,
    case: str,
    programme: str,
    item: str,
    name: str,
    uscc: str,
    region: str,
    state: str,
    made_at: datetime,
    days: int,
    due_on: date,
    provisional: bool,
    answered_at: datetime | None,
) -> dict[str, Any]:
    return {
        "number": number,
        "publicity": publicity,
        "case": case,
        "programme": programme,
        "item": item,
        "enterprise": {"name": name, "uscc": uscc},
        "region": region,
        "state": state,
        "made_at": made_at,
        "days": days,
        "due_on": due_on,
        "provisional": provisional,
        "answered_at": answered_at,
    }


OBJECTION_COLUMNS = (
    *("number", "publicity__number", "case__number", "case__programme__slug"),
    *("case__item__code", "case__enterprise__name", "case__enterprise__uscc"),
    *("publicity__region_id", "state", "made_at", "days", "due_on", "provisional", "answered_at"),
)
OBJECTIONS = Listing(
    _objections_of,
    _objection_row,
    {"due_on": "due_on", "number": "number"},
    OBJECTION_COLUMNS,
)


@router.get(
    "/objections",
    response={200: ask.Rows[schemas.ObjectionRow], **PROBLEMS},
    url_name="objections",
)
@for_roles(*CASE_READERS)
def objections(request: HttpRequest, asked: Query[ask.ObjectionsAsked]) -> HttpResponse:
    """Objections to the lists of your regions, each with its clock."""
    return list_answer(request, OBJECTIONS, asked, user=asking(request))


@router.get("/objections/{number}", response={200: schemas.Objection, **ONE}, url_name="objection")
@for_roles(*CASE_READERS)
def objection(request: HttpRequest, number: str) -> HttpResponse:
    """One objection with its text and reply; who objected, for those who answer it."""
    user = asking(request)
    rows = Objection.objects.for_user(user).filter(number=number)
    found = get_object_or_404(rows.select_related("publicity"))
    answers = reaches(user, found.publicity.region_id, [Role.APPROVER])
    content = {
        **_objection_row(*rows.values_list(*OBJECTION_COLUMNS)[0]),
        "name": found.name if answers else mask_name(found.name),
        "contact": found.contact if answers else mask_phone(found.contact),
        "text": found.text,
        "file_name": found.file_name,
        "reply": found.reply,
    }
    return json_answer(request, content, closed=True)


# ---------------------------------------------------------------- batch reviews


def _batch_reviews_of(user: User | None, asked: ask.BatchReviewsAsked) -> QuerySet[BatchReview]:
    rows = BatchReview.objects.for_user(user).filter(**inside(asked.region, "region__code"))
    if asked.programme is not None:
        rows = rows.filter(item__version__programme__slug=asked.programme)
    if asked.item is not None:
        rows = rows.filter(item__code=asked.item)
    return rows.filter(state=asked.state) if asked.state is not None else rows


def _batch_review_row(*values: Any) -> dict[str, Any]:
    return dict(zip(schemas.BatchReviewRow.model_fields, values, strict=True))


BATCH_REVIEW_COLUMNS = (
    *("number", "item__version__programme__slug", "item__code", "region_id", "state", "quota"),
    *("opened_at", "closed_at", "digest"),
)
BATCH_REVIEWS = Listing(
    _batch_reviews_of,
    _batch_review_row,
    {"opened_at": "opened_at", "number": "number"},
    BATCH_REVIEW_COLUMNS,
)


@router.get(
    "/batch-reviews",
    response={200: ask.Rows[schemas.BatchReviewRow], **PROBLEMS},
    url_name="batch_reviews",
)
@for_roles(*CASE_READERS)
def batch_reviews(request: HttpRequest, asked: Query[ask.BatchReviewsAsked]) -> HttpResponse:
    """Batches of the leading groups of your regions."""
    return list_answer(request, BATCH_REVIEWS, asked, user=asking(request))


@router.get(
    "/batch-reviews/{number}", response={200: schemas.BatchReview, **ONE}, url_name="batch_review"
)
@for_roles(*CASE_READERS)
def batch_review(request: HttpRequest, number: str) -> HttpResponse:
    """One batch with its ranking and its money, as they were confirmed."""
    rows = BatchReview.objects.for_user(asking(request)).filter(number=number)
    found = get_object_or_404(rows)
    content = {
        **_batch_review_row(*rows.values_list(*BATCH_REVIEW_COLUMNS)[0]),
        "lines": found.lines,
        "purses": found.purses,
    }
    return json_answer(request, content, closed=True)
