"""Nothing typed is lost when a sign-in expires in the middle of a form.

A form that arrives without a valid sign-in is kept in the visitor's anonymous session, without
passwords and files, and offered back after sign-in to the same person only: a signed cookie says
whose sign-in it was. Only forms that this site's own pages sent are kept, so that a page of
somebody else cannot put words into a user's mouth.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponseBase, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from miaopu.portal.shapes import Text

SESSION_KEY = "kept_forms"
FIELD = "kept_form"
OWNER_COOKIE = "form_owner"
_SALT = "miaopu.portal.kept_forms"
MAX_FORMS = 3
MAX_FIELDS = 200
MAX_CHARACTERS = 60_000
_SECRET = re.compile(r"passw|secret|token|\botp\b|captcha", re.IGNORECASE)
_TECHNICAL = frozenset({"next", FIELD, "version", "revision", "shown", "key", "idempotency_key"})

_labels: dict[str, Text] = {"reason": _("理由"), "note": _("说明"), "opinion": _("意见")}


def register_labels(labels: dict[str, Text]) -> None:
    """Name form fields for people; what has no label is shown under its own name."""
    _labels.update(labels)


@dataclass(frozen=True)
class ShownField:
    """A kept field as shown for checking."""

    label: Text
    text: str


@dataclass(frozen=True)
class KeptForm:
    """A form that was typed but not handed in.

    `pairs` are its fields in order; `dropped` names what was not kept (passwords, files).
    An empty `key` means that the form stands only in the page, not in the session.
    """

    key: str
    action: str
    page: str
    kept_at: str
    owner: str
    pairs: list[tuple[str, str]]
    dropped: list[str]

    @property
    def at(self) -> datetime:
        """When it was kept."""
        return datetime.fromisoformat(self.kept_at)

    @property
    def page_path(self) -> str:
        """The path of the page it was typed on."""
        return urlsplit(self.page).path

    @property
    def shown(self) -> list[ShownField]:
        """What a person should check before handing it in."""
        return [
            ShownField(_labels.get(name, name), value)
            for name, value in self.pairs
            if value.strip() and name not in _TECHNICAL
        ]

    def data(self) -> QueryDict:
        """The fields as a form takes them, to fill the page's own form again."""
        query = QueryDict(mutable=True)
        for name, value in self.pairs:
            query.appendlist(name, value)
        return query


def sent_by_us(request: HttpRequest) -> bool:
    """Whether one of our own pages sent the request, as far as the browser says so."""
    own = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin == own
    referer = urlsplit(request.headers.get("Referer", ""))
    return f"{referer.scheme}://{referer.netloc}" == own


def page_of(request: HttpRequest) -> str:
    """The page that the form was on: our own page that sent it, else the address it was sent to."""
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if came_from and url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        parts = urlsplit(came_from)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()


def read_form(request: HttpRequest, *, owner: str) -> KeptForm | None:
    """The form in a POST, without what must not be kept; None where there is nothing to keep.

    None also for forms that others' pages sent, that cannot be read, or that are too large.
    """
    if request.method != "POST" or not sent_by_us(request):
        return None
    try:
        posted, files = request.POST, request.FILES
    except (RequestDataTooBig, TooManyFieldsSent, UnreadablePostError, MultiPartParserError):
        return None
    pairs: list[tuple[str, str]] = []
    dropped = list(files)
    for name, values in posted.lists():
        if name in ("csrfmiddlewaretoken", FIELD):
            continue
        if _SECRET.search(name):
            dropped.append(name)
            continue
        pairs += [(name, str(value)) for value in values]
    size = sum(len(name) + len(value) for name, value in pairs)
    if not pairs or len(pairs) > MAX_FIELDS or size > MAX_CHARACTERS:
        return None
    return KeptForm(
        key="",
        action=request.get_full_path(),
        page=page_of(request),
        kept_at=timezone.now().isoformat(),
        owner=owner,
        pairs=pairs,
        dropped=[str(_labels.get(name, name)) for name in dropped],
    )


def owner_of(request: HttpRequest) -> str:
    """Whose sign-in the browser last carried, as its signed cookie says; "" if it carried none."""
    try:
        return str(request.get_signed_cookie(OWNER_COOKIE, default="", salt=_SALT) or "")
    except BadSignature:
        return ""


def mark_owner(request: HttpRequest, response: HttpResponseBase) -> None:
    """Write down in the browser who is signed in, so that a form kept later goes to nobody else."""
    owner = str(request.user.pk)
    if owner_of(request) != owner:
        response.set_signed_cookie(
            OWNER_COOKIE,
            owner,
            salt=_SALT,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def keep(request: HttpRequest) -> KeptForm | None:
    """Keep the posted form in the session; None where it cannot be kept."""
    owner = owner_of(request)
    form = read_form(request, owner=owner) if owner else None
    if form is None:
        return None
    kept = KeptForm(**{**asdict(form), "key": secrets.token_urlsafe(12)})
    others = [entry for entry in _stored(request) if entry.action != kept.action]
    request.session[SESSION_KEY] = [asdict(entry) for entry in [*others, kept][-MAX_FORMS:]]
    return kept


def _stored(request: HttpRequest) -> list[KeptForm]:
    entries: list[dict[str, Any]] = request.session.get(SESSION_KEY, [])
    return [
        KeptForm(**{**entry, "pairs": [(name, value) for name, value in entry["pairs"]]})
        for entry in entries
    ]


def offered(request: HttpRequest) -> list[KeptForm]:
    """The kept forms of the person who is signed in now, oldest first."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return [entry for entry in _stored(request) if entry.owner == str(user.pk)]


def waiting(request: HttpRequest) -> bool:
    """Whether a form waits for somebody to sign in."""
    session = getattr(request, "session", None)
    return session is not None and bool(session.get(SESSION_KEY))


def kept_data(request: HttpRequest) -> QueryDict | None:
    """What was typed on this page before the sign-in expired, to fill the page's own form."""
    for entry in reversed(offered(request)):
        if entry.page_path == request.path:
            return entry.data()
    return None


def forget(request: HttpRequest, key: str) -> None:
    """Drop a kept form: it was handed in, or is not wanted any more."""
    stored = _stored(request)
    left = [entry for entry in stored if entry.key != key]
    if len(left) != len(stored):
        request.session[SESSION_KEY] = [asdict(entry) for entry in left]
