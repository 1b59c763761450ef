"""Finished parts of pages: made once, for one scope and language, never with a form's token."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from miaopu.core.kept import Kept
from miaopu.core.models import User
from miaopu.core.scope import scope_key
from miaopu.plans.actions import match_version
from miaopu.portal import kept_parts
from miaopu.portal.kept_parts import TokenInKeptPart, kept_part, kept_text
from miaopu.portal.templatetags.keeping import form_key
from miaopu.portal.views import office_entitlements
from tests.factories import FIRST_DAY, NANMING, City, make_enterprise
from tests.harness.pages import StrictClient
from tests.harness.quiet import while_quiet

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
LANGUAGES = ("zh-hans", "en")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which parts are made while a test runs."""
    parts: list[str] = []

    def counted(template: str, context: dict[str, Any]) -> str:
        parts.append(template)
        return render_to_string(template, context)

    monkeypatch.setattr(office_entitlements, "render_to_string", counted)
    return parts


def browsers(city: City) -> dict[tuple[str, str], StrictClient]:
    """A browser for each of two officers of two districts, in each language."""
    found = {}
    for user in (city.reviewer, city.other_reviewer):
        for language in LANGUAGES:
            client = StrictClient()
            client.force_login(user)
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
            found[user.username, language] = client
    return found


def shown(client: StrictClient, query: str = "") -> str:
    """The page of the entitlements, without the token of its forms."""
    answer = client.get(reverse("entitlements") + query)
    assert answer.status_code == 200
    return _TOKEN.sub("", answer.content.decode())


def figures_of(page: str) -> list[str]:
    """The figures at the head of the page: entitled, wanting, excluded, cost, by level."""
    return re.findall(r"figure-value[^>]*>(?:<a [^>]*>)?([\d,.]+)", page)


def test_two_districts_in_two_languages_never_see_each_other_s(
    committed_city: City, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(3):
        make_enterprise(NANMING)
    match_version(committed_city.version, FIRST_DAY)
    people = browsers(committed_city)
    for client in people.values():
        client.get("/")  # the first visit writes the cookie of whose browser it is

    def interleaved() -> list[dict[tuple[str, str], str]]:
        made.clear()
        monkeypatch.setattr(kept_parts, "_PARTS", Kept(most=200))  # nothing from a try before
        return [{who: shown(client) for who, client in people.items()} for _round in range(3)]

    first, second, third = while_quiet(interleaved)
    assert len(made) == len(people)  # one part for each officer and language, made once
    assert first == second == third
    here, there = committed_city.reviewer.username, committed_city.other_reviewer.username
    for language in LANGUAGES:
        mine, others = (first[who, language].split("<main", 1)[1] for who in (here, there))
        assert "region=520103" in mine
        assert "region=520102" not in mine
        assert "region=520102" in others
        assert "region=520103" not in others
        assert figures_of(mine)[0] == "1"
        assert figures_of(others)[0] == "4"
    assert "可享" not in first[here, "en"].split("<main", 1)[1]


def test_figures_are_made_anew_once_something_was_written(
    committed_city: City, made: list[str]
) -> None:
    match_version(committed_city.version, FIRST_DAY)
    client = StrictClient()
    client.force_login(committed_city.reviewer)
    assert figures_of(shown(client))[0] == "1"
    make_enterprise()
    match_version(committed_city.version, FIRST_DAY)
    made.clear()
    assert figures_of(shown(client))[0] == "2"
    assert made
    opened = "<details open>"
    assert opened in shown(client)
    assert opened not in shown(client, "?status=missing")


@pytest.mark.django_db
def test_the_key_of_a_reader_holds_scope_language_view_and_day(
    city: City, rf: RequestFactory
) -> None:
    def key(user: User, **cookies: str) -> object:
        request: HttpRequest = rf.get("/")
        request.user = user
        request.COOKIES.update(cookies)
        return kept_parts.reader(request)

    assert key(city.reviewer) == key(city.reviewer)
    assert key(city.reviewer) != key(city.other_reviewer)
    assert key(city.reviewer) != key(city.reviewer, care="1")
    assert scope_key(city.reviewer) in key(city.reviewer)  # type: ignore[operator]


def test_a_form_s_token_is_never_kept(rf: RequestFactory, city: City) -> None:
    request = rf.get("/")
    request.user = city.reviewer
    form = '<input type="hidden" name="csrfmiddlewaretoken" value="x">'
    with pytest.raises(TokenInKeptPart):
        kept_part(request, "form", (), lambda: form)
    with pytest.raises(TokenInKeptPart):
        kept_text("form", lambda: form)
    template = Template("{% kept_text 'form' %}{% csrf_token %}{% endkept_text %}")
    with pytest.raises(TokenInKeptPart):
        template.render(Context({"csrf_token": "secret"}))


def test_a_kept_text_is_made_once_for_its_values() -> None:
    template = Template("{% kept_text 'test' key %}{{ shown }}{% endkept_text %}")

    def text(**context: str) -> str:
        return template.render(Context(context))

    assert text(key="a", shown="<1>") == "&lt;1&gt;"
    assert text(key="a", shown="2") == "&lt;1&gt;"
    assert text(key="b", shown="2") == "2"


def test_the_key_of_a_form_holds_all_that_its_fields_are_shown_from() -> None:
    class Narrowed(forms.Form):
        q = forms.CharField(label="词", required=False)

    keys = [
        form_key(form)
        for form in (
            Narrowed({"q": "a"}),
            Narrowed({"q": "b"}),
            Narrowed({"first-q": "a"}, prefix="first"),
            Narrowed({"q": "a"}, auto_id="other_%s"),
        )
    ]
    assert len(set(keys)) == 4
    assert form_key(Narrowed({"q": "a"})) != form_key(None)
