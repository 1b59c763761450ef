"""What is handed over in files: payment batches to banks, deliveries of enterprises from offices.

Annotations are evaluated here: ninja reads them through the decorators.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.masking import mask_account
from miaopu.ledger.models import BatchLine, PaymentBatch
from miaopu.parties.findings import findings_of
from miaopu.parties.models import Delivery, DeliveryRow
from miaopu.parties.querysets import DELIVERING_ROLES
from miaopu.portal.api import asked as ask
from miaopu.portal.api import working_schemas as schemas
from miaopu.portal.api.lists import Listing, json_answer, list_answer
from miaopu.portal.api.public import inside
from miaopu.portal.api.signing_in import SIGNED_IN, asking, for_roles
from miaopu.portal.views.office_parts import MONEY_READERS

router = Router(tags=["signed in"], auth=SIGNED_IN)
PROBLEMS = ask.CLOSED_PROBLEMS
ONE = {401: PROBLEMS[401], 404: PROBLEMS[404]}


# ---------------------------------------------------------------- payment batches


def _payment_batches_of(
    user: User | None, asked: ask.PaymentBatchesAsked
) -> QuerySet[PaymentBatch]:
    rows = PaymentBatch.objects.for_user(user).filter(**inside(asked.region, "region__code"))
    if asked.programme is not None:
        rows = rows.filter(programme__slug=asked.programme)
    return rows.filter(state=asked.state) if asked.state is not None else rows


def _payment_batch_row(*values: Any) -> dict[str, Any]:
    return dict(zip(schemas.PaymentBatchRow.model_fields, values, strict=True))


PAYMENT_BATCH_COLUMNS = (
    *("number", "programme__slug", "region_id", "state", "count", "amount_fen", "digest"),
    "made_at",
)
PAYMENT_BATCHES = Listing(
    _payment_batches_of,
    _payment_batch_row,
    {"made_at": "made_at", "number": "number", "amount_fen": "amount_fen"},
    PAYMENT_BATCH_COLUMNS,
)


@router.get(
    "/payment-batches",
    response={200: ask.Rows[schemas.PaymentBatchRow], **PROBLEMS},
    url_name="payment_batches",
)
@for_roles(*MONEY_READERS)
def payment_batches(request: HttpRequest, asked: Query[ask.PaymentBatchesAsked]) -> HttpResponse:
    """Payments of your regions that were handed to a bank together."""
    return list_answer(request, PAYMENT_BATCHES, asked, user=asking(request))


def _line(line: BatchLine, *, full: bool) -> dict[str, Any]:
    return {
        "position": line.position,
        "award": line.award.number,
        "payee": line.payee,
        "bank_name": line.bank_name,
        "bank_account": line.bank_account if full else mask_account(line.bank_account),
        "amount_fen": line.amount_fen,
        "state": line.state,
        "bank_reference": line.bank_reference,
        "bank_day": line.bank_day,
        "reason": line.reason,
        "settled_at": line.settled_at,
    }


@router.get(
    "/payment-batches/{number}",
    response={200: schemas.PaymentBatch, **ONE},
    url_name="payment_batch",
)
@for_roles(*MONEY_READERS)
def payment_batch(request: HttpRequest, number: str) -> HttpResponse:
    """One batch with every payment and what the bank answered."""
    user = asking(request)
    rows = PaymentBatch.objects.for_user(user).filter(number=number)
    found = get_object_or_404(rows)
    full = reaches(user, found.region_id, [Role.FINANCE_OFFICER])
    content = {
        **_payment_batch_row(*rows.values_list(*PAYMENT_BATCH_COLUMNS)[0]),
        "lines": [_line(line, full=full) for line in found.lines.in_order()],
    }
    return json_answer(request, content, closed=True)


# ---------------------------------------------------------------- deliveries


def _deliveries_of(user: User | None, asked: ask.DeliveriesAsked) -> QuerySet[Delivery]:
    rows = Delivery.objects.for_user(user).filter(**inside(asked.region, "region__code"))
    if asked.source is not None:
        rows = rows.filter(source=asked.source)
    return rows.filter(state=asked.state) if asked.state is not None else rows


def _delivery_row(*values: Any) -> dict[str, Any]:
    return dict(zip(schemas.DeliveryRow.model_fields, values, strict=True))


DELIVERY_COLUMNS = (
    *("number", "file_name", "source", "region_id", "as_of", "state"),
    *("new_count", "changed_count", "unchanged_count", "wrong_count"),
    *("registered_count", "updated_count", "facts_count"),
    *("delivered_at", "confirmed_at", "imported_at"),
)
DELIVERIES = Listing(
    _deliveries_of,
    _delivery_row,
    {"delivered_at": "delivered_at", "number": "number"},
    DELIVERY_COLUMNS,
)


@router.get(
    "/deliveries",
    response={200: ask.Rows[schemas.DeliveryRow], **PROBLEMS},
    url_name="deliveries",
)
@for_roles(*DELIVERING_ROLES)
def deliveries(request: HttpRequest, asked: Query[ask.DeliveriesAsked]) -> HttpResponse:
    """Files of enterprises that were handed in for your regions, and what their check found."""
    return list_answer(request, DELIVERIES, asked, user=asking(request))


@router.get("/deliveries/{number}", response={200: schemas.Delivery, **ONE}, url_name="delivery")
@for_roles(*DELIVERING_ROLES)
def delivery(request: HttpRequest, number: str) -> HttpResponse:
    """One delivery with what was read of its file, or why it was refused."""
    rows = Delivery.objects.for_user(asking(request)).filter(number=number)
    found = get_object_or_404(rows)
    content = {
        **_delivery_row(*rows.values_list(*DELIVERY_COLUMNS)[0]),
        "sheet": found.sheet,
        "columns": found.columns,
        "notes": found.notes,
        "refusal": found.refusal or None,
    }
    return json_answer(request, content, closed=True)


def _delivered_row(row: DeliveryRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "outcome": row.outcome,
        "uscc": row.uscc,
        "name": row.name,
        "faults": [
            {
                "cell": one.cell,
                "title": one.title.to_json(),
                "message": one.message.to_json(),
                "remedy": one.remedy.to_json(),
            }
            for one in findings_of(row, personal=False)
        ],
    }


@router.get(
    "/deliveries/{number}/rows",
    response={200: ask.Rows[schemas.DeliveredRow], **PROBLEMS},
    url_name="delivery_rows",
)
@for_roles(*DELIVERING_ROLES)
def delivery_rows(
    request: HttpRequest, number: str, asked: Query[ask.DeliveryRowsAsked]
) -> HttpResponse:
    """The rows of a delivery as they were checked, each fault with its cell."""
    of = get_object_or_404(Delivery.objects.for_user(asking(request)), number=number)

    def rows(user: User | None, asked: ask.DeliveryRowsAsked) -> QuerySet[DeliveryRow]:
        found = DeliveryRow.objects.for_user(user).filter(delivery=of).defer("values")
        return found.filter(outcome=asked.outcome) if asked.outcome is not None else found

    listing = Listing(rows, _delivered_row, {"number": "number"})  # objects: nothing is kept
    return list_answer(request, listing, asked, user=asking(request))
