"""The policy library and the fee lists, for anyone."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from miaopu.core import clock
from miaopu.core.models import User
from miaopu.plans.document_search import Wanted, search
from miaopu.plans.models import DocumentCitation, DocumentVersion, FeeEntry, FeeList, PolicyDocument
from miaopu.portal.api import asked as ask
from miaopu.portal.api import library_schemas as shapes
from miaopu.portal.api import schemas
from miaopu.portal.api.lists import Listing, json_answer, list_answer

router = Router(tags=["library"])


def _policy_row(document: Any) -> dict[str, Any]:
    return {
        "code": document.code,
        "title": document.title,
        "number": document.number,
        "issuer": document.issuer,
        "kind": document.kind,
        "region": document.region_id,
        "issued_on": document.issued_on,
        "valid_from": document.valid_from,
        "valid_to": document.valid_to,
        "repealed_on": document.repealed_on,
        "illustrative": document.illustrative,
    }


def _policies_of(user: User | None, asked: ask.PoliciesAsked) -> QuerySet[PolicyDocument]:
    wanted = Wanted(asked.q or "", region=asked.region or "", kind=asked.kind or "", on=asked.on)
    rows: QuerySet[PolicyDocument] = search(PolicyDocument.objects.public().light(), wanted).rows
    return rows


POLICIES = Listing(_policies_of, _policy_row, {"issued_on": "issued_on", "code": "code"})


@router.get(
    "/policies",
    response={200: ask.Rows[shapes.PolicyRow], 404: schemas.Problem, **ask.PROBLEMS},
    url_name="policies",
)
def policies(request: HttpRequest, asked: Query[ask.PoliciesAsked]) -> HttpResponse:
    """Published policy documents; `q` searches them as the page does."""
    return list_answer(request, POLICIES, asked, user=None)


@router.get(
    "/policies/{code}", response={200: shapes.Policy, 404: schemas.Problem}, url_name="policy"
)
def policy(request: HttpRequest, code: str) -> HttpResponse:
    """One document: its card, text, clauses and citations both ways."""
    document = get_object_or_404(PolicyDocument.objects.public().light(), code=code)
    versions = DocumentVersion.objects.public().filter(document=document)
    version = versions.order_by("-position")[0]
    cites = DocumentCitation.objects.public().filter(version=version).select_related("target")
    cited = DocumentCitation.objects.public().filter(target=document)
    names = cited.values_list("version__document__code", flat=True)
    content = {
        **_policy_row(document),
        "version": version.position,
        "published_at": version.published_at,
        "card": {name: version.card.get(name, "") for name in shapes.PolicyCard.model_fields},
        "text": version.text,
        "sha256": version.digest,
        "clauses": version.clauses,
        "citations": [
            {
                "title": one.title,
                "number": one.number,
                "document": one.target.code if one.target else None,
            }
            for one in cites
        ],
        "cited_by": sorted(set(names)),
    }
    return json_answer(request, content, closed=False)


def _fee_row(fee: Any) -> dict[str, Any]:
    return {
        "region": fee.fee_list.region_id,
        "version": fee.fee_list.position,
        "valid_from": fee.fee_list.valid_from,
        "name": fee.name,
        "basis": fee.basis,
        "authority": fee.authority,
        "standard": fee.standard,
        "payer": fee.payer,
        "note": fee.note,
        "illustrative": fee.fee_list.illustrative,
    }


def _fees_of(user: User | None, asked: ask.FeesAsked) -> QuerySet[FeeEntry]:
    lists = FeeList.objects.public().counting_on(asked.on or clock.today())
    if asked.region is not None:
        lists = lists.binding(asked.region)
    rows: QuerySet[FeeEntry] = FeeEntry.objects.public().filter(fee_list__in=lists.values("pk"))
    rows = rows.select_related("fee_list")
    return rows.named(asked.q) if asked.q else rows  # type: ignore[attr-defined]


FEES = Listing(_fees_of, _fee_row, {"position": "position"})


@router.get(
    "/fees",
    response={200: ask.Rows[shapes.FeeRow], 404: schemas.Problem, **ask.PROBLEMS},
    url_name="fees",
)
def fees(request: HttpRequest, asked: Query[ask.FeesAsked]) -> HttpResponse:
    """Fees that may be charged on a day; what is not on the list may not."""
    return list_answer(request, FEES, asked, user=None)
