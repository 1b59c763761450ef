"""The product's settings: no debugging, closed by default, a strict content-security policy."""

from collections.abc import Mapping, Sequence

import pytest
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.utils.module_loading import import_string

from miaopu.app import settings as product

HARMLESS = {"'none'", "'self'", "data:"}
MUST_BE_CLOSED = {"default-src", "base-uri", "frame-ancestors"}
MUST_BE_OWN = {"script-src", "style-src", "connect-src", "form-action"}


def test_no_debugging() -> None:
    assert product.DEBUG is False


def test_secure_cookies_and_headers() -> None:
    assert product.SESSION_COOKIE_HTTPONLY is True
    assert product.X_FRAME_OPTIONS == "DENY"
    assert product.SECURE_CONTENT_TYPE_NOSNIFF is True


def middleware_problems(names: Sequence[str]) -> list[str]:
    """What is wrong with the order of the middleware that closes the site."""
    classes = [import_string(name) for name in names]

    def place(wanted: type) -> int | None:
        found = [
            number
            for number, one in enumerate(classes)
            if isinstance(one, type) and issubclass(one, wanted)
        ]
        return found[0] if found else None

    known, closed = place(AuthenticationMiddleware), place(LoginRequiredMiddleware)
    if closed is None:
        return ["the site is not closed by default: LoginRequiredMiddleware is missing"]
    if known is None or known > closed:
        return ["AuthenticationMiddleware comes before LoginRequiredMiddleware"]
    return []


def test_closed_by_default() -> None:
    assert middleware_problems(product.MIDDLEWARE) == []


AUTH = "django.contrib.auth.middleware."


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["AuthenticationMiddleware", "LoginRequiredMiddleware"], 0),
        (["AuthenticationMiddleware"], 1),
        (["LoginRequiredMiddleware", "AuthenticationMiddleware"], 1),
        (["LoginRequiredMiddleware"], 1),
    ],
)
def test_an_open_site_is_found(names: list[str], found: int) -> None:
    assert len(middleware_problems([AUTH + name for name in names])) == found


def policy_problems(directives: Mapping[str, Sequence[str]]) -> list[str]:
    """What in a content-security policy lets in more than the site's own files."""
    problems = [
        f"{name} {value}"
        for name, values in directives.items()
        for value in values
        if value not in HARMLESS or (value == "data:" and name != "img-src")
    ]
    problems += [
        f"{name} is not 'none'"
        for name in MUST_BE_CLOSED
        if list(directives.get(name, [])) != ["'none'"]
    ]
    return problems + [
        f"{name} is not 'self'"
        for name in MUST_BE_OWN
        if list(directives.get(name, [])) != ["'self'"]
    ]


def test_the_policy_is_strict() -> None:
    assert policy_problems(product.CONTENT_SECURITY_POLICY["DIRECTIVES"]) == []
    assert "csp.middleware.CSPMiddleware" in product.MIDDLEWARE


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("img-src", ["'self'", "data:"], 0),
        ("img-src", ["*"], 1),
        ("font-src", ["'self'", "https://example.org"], 1),
        ("script-src", ["'self'", "'unsafe-inline'"], 2),
        ("style-src", ["'self'", "data:"], 2),
        ("default-src", ["'self'"], 1),
        ("base-uri", [], 1),
    ],
)
def test_a_loose_policy_is_found(name: str, values: list[str], found: int) -> None:
    good = {one: ["'none'"] for one in MUST_BE_CLOSED} | {one: ["'self'"] for one in MUST_BE_OWN}
    assert policy_problems(good) == []
    assert len(policy_problems({**good, name: values})) == found
