"""Every route is closed unless listed as open, has a name, and stands in the URL × role table."""

from collections import Counter
from collections.abc import Iterable, Set

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.test import RequestFactory
from django.urls import include, path, re_path
from django.utils.module_loading import import_string

from tests.house.open_routes import OPEN
from tests.house.tree import listed
from tests.house.url_roles import ROLES, FoundRoute, Route, all_routes, rows, table_problems
from tests.portal.url_table import TABLE

# ---------------------------------------------------------------- closed by default


def open_problems(found: Iterable[FoundRoute], listed_open: Set[str]) -> list[str]:
    """Routes that are open without being listed, and listed ones that are not open."""
    open_now = {route.name: route for route in found if route.is_open}
    problems = [
        f"{route.name or route.pattern}: open, not in open_routes.py"
        for name, route in open_now.items()
        if name not in listed_open
    ]
    closed = listed_open - open_now.keys()
    return problems + [f"{name}: in open_routes.py, not open" for name in sorted(closed)]


def closing_middleware() -> LoginRequiredMiddleware:
    """The middleware of the settings that closes the site."""
    for name in settings.MIDDLEWARE:
        one = import_string(name)
        if isinstance(one, type) and issubclass(one, LoginRequiredMiddleware):
            return one(lambda request: HttpResponse())
    raise LookupError("no LoginRequiredMiddleware")


def answer_to_stranger(route: FoundRoute) -> str | None:
    """Where the middleware sends an anonymous reader of the route; None: it lets her in."""
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    request.session = SessionStore()
    response = closing_middleware().process_view(request, route.view, (), {})
    return None if response is None else str(response["Location"])


def test_only_listed_routes_are_open() -> None:
    found = all_routes()
    assert len(found) > 5
    problems = open_problems(found, OPEN)
    assert not problems, listed(problems)


def test_strangers_are_led_to_the_sign_in_page() -> None:
    sign_in = resolve_url(settings.LOGIN_URL)
    for route in all_routes():
        target = answer_to_stranger(route)
        if route.name in OPEN:
            assert target is None, f"{route.name}: led to {target}"
        else:
            assert target is not None, f"{route.name}: let in"
            assert target.startswith(sign_in), f"{route.name}: led to {target}"


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@login_not_required
def open_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


PLANTED = all_routes(
    [
        path("a/", page, name="a"),
        path("b/<int:pk>/", open_page, name="b"),
        path("c/<slug:city>/", include(([path("d/<int:pk>/", open_page, name="d")], "inner"))),
        re_path("^e/(?P<year>[0-9]+)/$", page, name="e"),
        path("f/", page),
    ]
)


def test_the_walker_sees_every_route() -> None:
    assert [(route.name, route.arguments, route.is_open) for route in PLANTED] == [
        ("a", (), False),
        ("b", ("pk",), True),
        ("inner:d", ("city", "pk"), True),
        ("e", ("year",), False),
        ("", (), False),
    ]
    assert PLANTED[2].pattern == "c/<slug:city>/d/<int:pk>/"


def test_open_routes_are_found() -> None:
    assert open_problems(PLANTED, {"b", "inner:d"}) == []
    assert open_problems(PLANTED, {"b"}) == ["inner:d: open, not in open_routes.py"]
    assert open_problems(PLANTED, {"a", "b", "inner:d"}) == ["a: in open_routes.py, not open"]
    unnamed = FoundRoute("", "x/", (), open_page)
    assert open_problems([unnamed], set()) == ["x/: open, not in open_routes.py"]


def test_the_middleware_of_the_settings_decides() -> None:
    assert answer_to_stranger(PLANTED[0]) is not None
    assert answer_to_stranger(PLANTED[1]) is None


# ---------------------------------------------------------------- names


def name_problems(found: Iterable[FoundRoute]) -> list[str]:
    """Routes without a name, and names that two routes carry."""
    found = list(found)
    problems = [f"{route.pattern}: has no name" for route in found if not route.name]
    names = Counter(route.name for route in found if route.name)
    return problems + [f"{name}: {count} routes" for name, count in names.items() if count > 1]


def test_every_route_has_its_own_name() -> None:
    assert name_problems(all_routes()) == []


def test_missing_and_double_names_are_found() -> None:
    assert name_problems(PLANTED) == ["f/: has no name"]
    assert name_problems([*PLANTED[:4], PLANTED[0]]) == ["a: 2 routes"]


# ---------------------------------------------------------------- the URL × role table


def test_the_table_knows_every_route() -> None:
    problems = table_problems(TABLE, all_routes())
    assert not problems, listed(problems)


GOOD = {
    "a": Route(allow={"reviewer"}),
    "b": Route(open=True, thing="case"),
    "inner:d": Route(open=True, thing="case"),
    "e": Route(thing="case", allow={"enterprise", "reviewer"}),
}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, ""),
        ({"old": Route()}, "in the table, not in the resolver"),
        ({"a": None}, "in the resolver, not in the table"),
        ({"a": Route(thing="case")}, "takes nothing"),
        ({"e": Route()}, "takes ('year',)"),
        ({"a": Route(open=True)}, "open is True in the table"),
        ({"b": Route(thing="case")}, "open is False in the table"),
        ({"b": Route(open=True, thing="case", allow={"reviewer"})}, "for some roles only"),
        ({"a": Route(allow={"mayor"})}, "no role 'mayor'"),
        ({"a": Route(allow={"auditor"}, post={"approver"})}, "may act but not see"),
        ({"a": Route(methods=("PUT",))}, "methods are GET, POST or both"),
    ],
)
def test_gaps_of_the_table_are_found(changes: dict[str, Route | None], found: str) -> None:
    table = {name: row for name, row in {**GOOD, **changes}.items() if row is not None}
    problems = table_problems(table, PLANTED[:4])
    assert len(problems) == bool(found), listed(problems)
    assert found in listed(problems)


def test_what_a_row_expects() -> None:
    case = Route(thing="case", allow={"enterprise", "other_enterprise", "reviewer"})
    assert case.expected("anonymous") == 302
    assert case.expected("enterprise") == 200
    assert case.expected("other_enterprise") == 404
    assert case.expected("other_reviewer") == 404
    assert case.expected("finance_officer") == 404
    queue = Route(allow={"reviewer", "other_reviewer"}, also={"auditor": 200})
    assert queue.expected("other_reviewer") == 200
    assert queue.expected("auditor") == 200
    assert queue.expected("enterprise") == 404
    assert Route(open=True).expected("anonymous") == 200
    with pytest.raises(KeyError):
        queue.expected("mayor")
    with pytest.raises(KeyError):
        queue.expected("reviewer", "POST")


def test_who_sees_does_not_always_act() -> None:
    readers = {"enterprise", "reviewer", "other_reviewer", "auditor"}
    step = Route(thing="case", allow=readers, post={"reviewer"}, methods=("GET", "POST"))
    assert step.expected("auditor") == 200
    assert step.expected("auditor", "POST") == 404
    assert step.expected("reviewer", "POST") == 302
    assert step.expected("other_reviewer", "POST") == 404
    assert step.expected("approver", "POST") == 404
    assert step.expected("anonymous", "POST") == 302
    assert Route(open=True, methods=("POST",)).expected("anonymous", "POST") == 302


def test_rows_cover_every_route_method_and_role() -> None:
    table = {**GOOD, "a": Route(methods=("GET", "POST"))}
    assert len(rows(table)) == (len(table) + 1) * len(ROLES)
    assert ("b", "GET", "anonymous", 200) in rows(table)
    assert ("a", "POST", "reviewer", 404) in rows(table)
