"""A test client that looks at every page it gets."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

DATA_TYPES = {"application/json", "application/ld+json"}


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
            if (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}={value!r}>")


def inline_code(html: str) -> list[str]:
    """What in `html` carries script or style inline."""
    finder = _InlineFinder()
    finder.feed(html)
    finder.close()
    return finder.found


class StrictClient(Client):
    """A client that fails on pages with inline script or style."""

    def request(self, **request: Any) -> Any:
        """Send the request and look at the answer."""
        response = super().request(**request)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            found = inline_code(response.content.decode(response.charset))
            assert not found, f"{request.get('PATH_INFO')}: inline code in the page: {found}"
        return response
