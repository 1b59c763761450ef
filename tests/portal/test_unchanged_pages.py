"""A page that its reader has is not made again, as long as the database shows the same."""

from __future__ import annotations

import urllib.request
from typing import Any
from urllib.error import HTTPError

import pytest
from django.http import HttpRequest, HttpResponse

from miaopu.core import clock
from miaopu.portal.views import public_home
from tests.factories import build_city
from tests.harness.quiet import while_quiet


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which pages are made while a test runs."""
    pages: list[str] = []
    original = public_home.render

    def counted(request: HttpRequest, template: str, context: Any) -> HttpResponse:
        pages.append(template)
        return original(request, template, context)

    monkeypatch.setattr(public_home, "render", counted)
    return pages


def answer_of(site: str, **headers: str) -> tuple[int, str]:
    """Status and ETag of the home page, as another process asks for it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"{site}/", headers=named)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers["ETag"]
    except HTTPError as answer:
        with answer:
            return answer.code, answer.headers["ETag"]


def test_a_page_that_the_reader_has_is_not_made_again(live_site: str, made: list[str]) -> None:
    """Outside a transaction of its own a process knows its pages by the database's snapshot."""

    def asked_twice() -> tuple[str, tuple[int, str]]:
        made.clear()
        _status, etag = answer_of(live_site)
        return etag, answer_of(live_site, If_None_Match=etag)

    etag, again = while_quiet(asked_twice)
    assert again == (304, etag)
    assert len(made) == 1
    english = answer_of(live_site, If_None_Match=etag, Cookie="django_language=en")
    assert english[0] == 200
    own = answer_of(live_site, If_None_Match=etag, Cookie=f"sessionid={'x' * 32}")
    assert own == (304, etag)  # made anew, and still the same
    assert len(made) == 3
    with clock.read_once():
        build_city()
    status, changed = answer_of(live_site, If_None_Match=etag)
    assert status == 200
    assert changed != etag
