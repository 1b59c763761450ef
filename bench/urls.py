"""The product's routes, and the yardsticks: a bare view, a bare list; the same middleware."""

from typing import Any

import orjson
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from miaopu.app.urls import *  # noqa: F403 - the error handlers too
from miaopu.app.urls import urlpatterns as product
from miaopu.core.models import Region


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """One query by primary key."""
    return HttpResponse(Region.objects.get(pk="520103").name)


ROWS = """
    SELECT c.number, p.slug, i.code, e.name, e.uscc, c.region_id, c.state, c.priority_points,
           c.amount_fen,
           (SELECT k.due_on FROM cases_caseclock k
             WHERE k.case_id = c.id AND k.stopped_on IS NULL ORDER BY k.id DESC LIMIT 1),
           c.opened_at, c.submitted_at, c.decided_at
      FROM cases_case c
      JOIN plans_programme p ON p.id = c.programme_id
      JOIN cases_item i ON i.id = c.item_id
      JOIN parties_enterprise e ON e.id = c.enterprise_id
     WHERE c.region_id LIKE %s AND c.submitted_at IS NOT NULL
     ORDER BY c.opened_at DESC, c.id DESC LIMIT 100
"""
NAMES = (
    *("number", "programme", "item", "enterprise", "uscc", "region", "state", "priority_points"),
    *("amount_fen", "due_on", "opened_at", "submitted_at", "decided_at"),
)


@login_not_required
def raw(request: HttpRequest) -> HttpResponse:
    """A district's hundred latest cases, as plainly as can be: one SELECT, and orjson.

    The same server, middleware and connection as the API's list; the same rows, columns and order,
    and the same filter with the scope in its WHERE. What it leaves out: whose token this is and her
    roles (it knows the district beforehand), reading and checking what is asked, the row that tells
    whether there is a next page, the address of that page, and the ETag.
    """
    with connection.cursor() as cursor:
        cursor.execute(ROWS, ["520103%"])
        rows = [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()]
    assert len(rows) == 100
    return HttpResponse(orjson.dumps({"rows": rows}), content_type="application/json")


urlpatterns: list[Any] = [  # type: ignore[no-redef]
    path("bare/", bare, name="bare"),
    path("raw/", raw, name="raw"),
    *product,
]
