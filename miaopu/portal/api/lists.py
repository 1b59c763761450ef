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

from miaopu.core.models import User
from miaopu.core.scope import scope_key
from miaopu.core.statements import Statements
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
    """How a list is read: which rows, what a row becomes, by what it is ordered.

    `rows` gives the rows for whom and what was asked, and may depend on nothing else where there
    are `columns` (core.statements). `orders` maps the word in the address to a column of the
    model that is never empty. With `columns` the row's values come to `make` as they are, from one
    statement; without, `make` gets the object.
    """

    rows: Callable[[User | None, Any], QuerySet[Any]]
    make: Callable[..., Row]
    orders: Mapping[str, str]
    columns: Sequence[str] = ()


_STATEMENTS = Statements()


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


def ordered_rows(listing: Listing, asked: Any, user: User | None) -> QuerySet[Any]:
    """What a page is read from: the rows in their order, from the place on, one more than asked."""
    order: str = asked.order
    column = listing.orders[order.lstrip("-")]
    sign = "-" if order.startswith("-") else ""
    rows = listing.rows(user, asked)
    if asked.after:
        rows = rows.filter(_after(asked.after, order, rows, column))
    ordered = rows.order_by(f"{sign}{column}", f"{sign}pk")[: asked.limit + 1]
    return ordered.values_list("pk", column, *listing.columns) if listing.columns else ordered


def list_answer(
    request: HttpRequest, listing: Listing, asked: Any, *, user: User | None
) -> HttpResponse:
    """One page of a list: {"rows": […], "next": address or null}; open where `user` is None.

    `asked` has order, limit, after. One query: a row more than asked for tells whether there is a
    next page.
    """
    strangers = set(request.GET) - set(type(asked).model_fields)
    if strangers:  # a filter with a typo would otherwise give everything
        raise ValidationError(
            [{"loc": ("query", name), "msg": "there is no such parameter"} for name in strangers]
        )
    twice = [name for name in request.GET if len(request.GET.getlist(name)) > 1]
    if twice:  # which of them is meant, nobody can tell
        raise ValidationError(
            [{"loc": ("query", name), "msg": "the parameter is given twice"} for name in twice]
        )
    found: list[Any]
    if listing.columns:
        key = (listing.rows, None if user is None else scope_key(user), *asked.__dict__.values())
        statement = _STATEMENTS.statement_of(key, lambda: ordered_rows(listing, asked, user))
        found = statement.rows()
        page = [listing.make(*row[2:]) for row in found[: asked.limit]]
    else:
        found = list(ordered_rows(listing, asked, user))
        page = [listing.make(row) for row in found[: asked.limit]]
    further = None
    if len(found) > asked.limit:
        last = found[asked.limit - 1]
        if listing.columns:
            pk, value = last[:2]
        else:
            pk, value = last.pk, getattr(last, listing.orders[asked.order.lstrip("-")])
        query = {name: request.GET[name] for name in request.GET if name != "after"}
        query["after"] = _cursor(asked.order, value, pk)
        further = f"{request.path}?{urlencode(query)}"
    return json_answer(request, {"rows": page, "next": further}, closed=user is not None)


def whole_answer(request: HttpRequest, rows: Iterable[Row], *, closed: bool) -> HttpResponse:
    """A list that is never long, as one page."""
    return json_answer(request, {"rows": list(rows), "next": None}, closed=closed)
