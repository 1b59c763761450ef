"""A browser without a screen: cookies, redirects, forms as the page gives them. No shortcuts."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

PASSWORD = "miaopu-demo-2018"  # the demo's, shown on its sign-in page
SECONDS = 25
Fields = list[tuple[str, str]]


class NoAnswer(Exception):
    """No answer, or one that says nothing about what was done: done or not, nobody knows.

    That is 5xx, and the 400 of a session that could not be saved after the step was taken.
    """


@dataclass
class Form:
    """A form of a page, as it would be sent."""

    action: str
    method: str = "get"
    fields: Fields = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)

    def filled(self, **typed: str) -> Fields:
        """The fields with some of them typed over; "" for a box or a radio means unticked."""
        kept = [(name, value) for name, value in self.fields if name not in typed]
        return [*kept, *((name, value) for name, value in typed.items() if value != "")]

    def value(self, name: str) -> str:
        """What stands in a field."""
        return next((value for known, value in self.fields if known == name), "")


class _Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._text: list[str] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self._open)
        form = self._open
        if form is None:
            return
        name = values.get("name", "")
        if tag == "button":
            form.buttons.append(values)
        elif tag == "input" and name and values.get("type") not in {"submit", "button", "file"}:
            boxed = values.get("type") in {"checkbox", "radio"}
            if not boxed or "checked" in values:
                form.fields.append((name, values.get("value", "on" if boxed else "")))
        elif tag == "textarea" and name:
            form.fields.append((name, ""))
            self._text = []
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in values:
            form.fields.append((self._select, values.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None and self._open is not None:
            name, _empty = self._open.fields.pop()
            self._open.fields.append((name, "".join(self._text).removeprefix("\n")))
            self._text = None
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._open = None


@dataclass(frozen=True)
class Page:
    """An answer."""

    status: int
    path: str
    text: str
    location: str

    @property
    def forms(self) -> list[Form]:
        """The forms in the page."""
        parser = _Forms()
        parser.feed(self.text)
        return parser.forms

    def form(self, action: str, **fields: str) -> Form | None:
        """The first form sent to `action` (its path) that holds these values."""
        for found in self.forms:
            here = urlsplit(found.action or self.path).path == action
            if here and all(found.value(name) == value for name, value in fields.items()):
                return found
        return None

    def the_form(self, action: str, **fields: str) -> Form:
        """The same, which has to be there."""
        found = self.form(action, **fields)
        assert found is not None, f"{self.path} ({self.status}) has no form to {action}"
        return found


class Browser:
    """One person's browser, or nobody's."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.at = "/"

    def tab(self) -> Browser:
        """Another tab: the same cookies from now on."""
        other = Browser(self.port)
        other.cookies = self.cookies
        other.at = self.at
        return other

    def _ask(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        kind: str = "application/x-www-form-urlencoded",
    ) -> Page:
        own = f"http://127.0.0.1:{self.port}"
        headers = {
            "Host": f"127.0.0.1:{self.port}",
            "Accept": "text/html",
            "Accept-Language": "zh-CN",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": own + self.at,
        }
        if body is not None:
            headers["Content-Type"] = kind
            headers["Origin"] = own
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()
        if answer.status >= 500 or answer.status == 400:
            raise NoAnswer(f"{method} {path}: {answer.status}")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self._remember(value)
        location = urljoin(path, answer.getheader("Location", "")) if answer.status == 302 else ""
        return Page(answer.status, path, text, location)

    def _remember(self, header: str) -> None:
        for name, morsel in SimpleCookie(header).items():
            if morsel["max-age"] == "0" or not morsel.value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.coded_value

    def get(self, path: str) -> Page:
        """A page, after its redirects."""
        page = self._ask("GET", path)
        for _hop in range(5):
            if not page.location:
                break
            page = self._ask("GET", page.location)
        self.at = page.path
        return page

    def post(self, path: str, fields: Fields) -> Page:
        """Send a form; where the answer leads to is not followed."""
        return self._ask("POST", path, urlencode(fields))

    def upload(self, path: str, fields: Fields, name: str, file: bytes) -> Page:
        """Send a form with a file in its field `name`."""
        edge = "----miaopu-4c7f0a"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="file.xlsx"'
        body = "".join([*parts, head, "\r\n\r\n"]).encode() + file + f"\r\n--{edge}--\r\n".encode()
        return self._ask("POST", path, body, f"multipart/form-data; boundary={edge}")

    def sign_in(self, username: str) -> None:
        """Sign in on the sign-in page."""
        form = self.get("/sign-in/").the_form("/sign-in/", login="")
        page = self.post("/sign-in/", form.filled(login=username, password=PASSWORD))
        assert page.status == 302, f"{username} could not sign in ({page.status})"
