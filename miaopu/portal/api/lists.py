"""Lists in pages: whole rows as plain values, in a total order, continued by a cursor."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import ValidationError as FieldError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import urlencode
from ninja.errors import ValidationError

from miaopu.portal.problems import JSON
from miaopu.portal.views.public_shared import answer_if_changed

Row = Mapping[str, Any]


def json_answer(request: HttpRequest, content: object, *, closed: bool) -> HttpResponse:
    """JSON with an ETag, or 304; what is `closed` is stored nowhere on the way."""
    body = orjson.dumps(content)
    response = HttpResponse(body, content_type=JSON)
    answer = answer_if_changed(request, response, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
    if closed:
        answer["Cache-Control"] = "no-store, private"
        answer["Vary"] = "Authorization, Cookie"
    return answer


@dataclass(frozen=True)
class Listing:
    """How a list is read: the columns in one query, what a row becomes, by what it is ordered.

    `orders` maps the word in the address to a column of the model that is never empty. With
    `columns` the row's values come to `make` as they are; without, `make` gets the object.
    """

    make: Callable[..., Row]
    orders: Mapping[str, str]
    columns: Sequence[str] = ()


def _cursor(order: str, value: object, pk: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([order, value, pk])).decode().rstrip("=")


def _after(cursor: str, order: str, rows: QuerySet[Any], column: str) -> Q:
    """The rows behind the cursor. Raises Http404 for what is no cursor of this order."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        of, value, pk = orjson.loads(text)
        if of != order or not isinstance(pk, int) or abs(pk) >= 2**63:
            raise Http404
        at = rows.model._meta.get_field(column).to_python(value)
    except (binascii.Error, ValueError, TypeError, FieldError) as error:
        raise Http404 from error
    if at is None or "\x00" in str(at) or (isinstance(at, int) and abs(at) >= 2**63):
        raise Http404
    way = "lt" if order.startswith("-") else "gt"
    beyond = Q(**{f"{column}__{way}": at}) | Q(**{column: at, f"pk__{way}": pk})
    return Q(**{f"{column}__{way}e": at}) & beyond


def list_answer(
    request: HttpRequest,
    rows: QuerySet[Any],
    listing: Listing,
    asked: Any,
    *,
    closed: bool,
) -> HttpResponse:
    """One page of `rows`: {"rows": […], "next": address or null}; `asked` has order, limit, after.

    One query: a row more than asked for tells whether there is a next page.
    """
    order: str = asked.order
    strangers = set(request.GET) - set(type(asked).model_fields)
    if strangers:  # a filter with a typo would otherwise give everything
        raise ValidationError(
            [{"loc": ("query", name), "msg": "there is no such parameter"} for name in strangers]
        )
    column = listing.orders[order.lstrip("-")]
    sign = "-" if order.startswith("-") else ""
    if asked.after:
        rows = rows.filter(_after(asked.after, order, rows, column))
    ordered = rows.order_by(f"{sign}{column}", f"{sign}pk")[: asked.limit + 1]
    found: list[Any]
    if listing.columns:
        found = list(ordered.values_list("pk", column, *listing.columns))
        page = [listing.make(*row[2:]) for row in found[: asked.limit]]
    else:
        found = list(ordered)
        page = [listing.make(row) for row in found[: asked.limit]]
    further = None
    if len(found) > asked.limit:
        last = found[asked.limit - 1]
        pk, value = last[:2] if listing.columns else (last.pk, getattr(last, column))
        query = {name: request.GET[name] for name in request.GET if name != "after"}
        query["after"] = _cursor(order, value, pk)
        further = f"{request.path}?{urlencode(query)}"
    return json_answer(request, {"rows": page, "next": further}, closed=closed)


def whole_answer(request: HttpRequest, rows: Iterable[Row], *, closed: bool) -> HttpResponse:
    """A list that is never long, as one page."""
    return json_answer(request, {"rows": list(rows), "next": None}, closed=closed)
