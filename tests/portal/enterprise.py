"""What tests of the enterprise pages share: addresses, what a page's inputs hold, what it sends."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

from miaopu.cases.models import Case
from miaopu.core.models import User
from tests.factories import GOOD_FORM

ACCOUNT = GOOD_FORM["bank_account"]
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")
SITE = {"Origin": "http://testserver", "Referer": "http://testserver/"}


class _Inputs(HTMLParser):
    """The values of a page's inputs by name; unchecked boxes have none."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = dict(attrs)
        name = got.get("name") or ""
        if tag == "input" and name:
            if got.get("type") in ("checkbox", "radio") and "checked" not in got:
                return
            self.values.setdefault(name, []).append(got.get("value") or "on")
        if tag == "textarea":
            self._area = name
            self.values.setdefault(name, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area][-1] += data


def text(response: Any) -> str:
    return str(response.content.decode())


def inputs(response: Any) -> dict[str, str]:
    """Last value of each input of the page, without what belongs to the frame."""
    parser = _Inputs()
    parser.feed(text(response))
    parser.close()
    frame = ("csrfmiddlewaretoken", "next")
    return {name: values[-1].strip() for name, values in parser.values.items() if name not in frame}


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def url(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def fill(case: Case, **changes: str) -> dict[str, str]:
    """What the form's page sends."""
    case.refresh_from_db()
    return {**GOOD_FORM, "revision": str(case.revision), **changes}


def everything(case: Case) -> str:
    """The page with all questions."""
    return url("case_question", case.number, "all")
