"""A test client that looks at every page it gets."""

import re
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client

DATA_TYPES = {"application/json", "application/ld+json"}
SHOWN_AS_TEXT = {"value", "title", "alt", "placeholder", "aria-label"}  # nobody follows these


class _InlineFinder(HTMLParser):
    """Finds what the content-security policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "style":
            self.found.append("<style>")
        if tag == "script" and "src" not in values and values.get("type") not in DATA_TYPES:
            self.found.append("<script> without src")
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on")):
                self.found.append(f"<{tag} {name}={value!r}>")
            address = (value or "").strip().lower() if name not in SHOWN_AS_TEXT else ""
            if address.startswith("javascript:"):
                self.found.append(f"<{tag} {name}={value!r}>")


# Without one of these a page has nothing inline, and need not be taken apart. They find too much
# rather than too little: words of a text, and scripts that are written in another way.
_SUSPICIOUS = re.compile(
    r"""<style|javascript:
    |[\s"'/](?:style|on[a-z]*|hx-on[^\s=>]*)[\s"'/]*[=>]
    |<script(?!\ src="[^"<>]*"(?:\ defer|\ async|\ type="module")*>)
    |&(?!amp;|lt;|gt;|quot;|nbsp;|\#x27;|\#39;)\S
    """,
    re.IGNORECASE | re.VERBOSE,
)


def inline_code(html: str) -> list[str]:
    """What in `html` carries script or style inline."""
    return _looked_through(html) if _SUSPICIOUS.search(html) else []


def _looked_through(html: str) -> list[str]:
    finder = _InlineFinder()
    finder.feed(html)
    finder.close()
    return finder.found


class StrictClient(Client):
    """A client that fails on pages with inline script or style."""

    def force_login(self, user: Any, backend: str | None = None) -> None:
        """Begin the session that signing in would begin.

        Signing in writes down more than the session, in a dozen statements that each test would
        repeat for each person; the tests of signing in go through its page.
        """
        if settings.SESSION_COOKIE_NAME in self.cookies:  # a session goes over to another person
            super().force_login(user, backend)
            return
        user.backend = backend or self._get_backend()
        request = HttpRequest()
        request.session = SessionStore()
        request.session[SESSION_KEY] = str(user.pk)
        request.session[BACKEND_SESSION_KEY] = user.backend
        request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        request.session.create()
        self._set_login_cookies(request)

    def request(self, **request: Any) -> Any:
        """Send the request and look at the answer."""
        response = super().request(**request)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            found = inline_code(response.content.decode(response.charset))
            assert not found, f"{request.get('PATH_INFO')}: inline code in the page: {found}"
        return response
