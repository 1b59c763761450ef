"""What the portal keeps of its pages: counts, keys, sums, and finished parts. The one place for it.

Two kinds, and nothing else is kept anywhere in the portal:

- `kept`, what was worked out from the database: for exactly as long as the database shows the same
  (core.kept), under a key that names everything else it was made from. Where that is a reader's
  scope, the key holds `reader(request)`: who reads, with which roles in which offices, in which
  language, in which view, on which day. So nobody is ever shown what was made for somebody else.
- `kept_text`, finished HTML that depends on nothing but its key and the language: the frame's
  navigation, the fields of a filter.

A form's token is each reader's own: finished parts that hold one are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from miaopu.core import clock
from miaopu.core.kept import Kept, database_state
from miaopu.core.scope import scope_key
from miaopu.portal import care

T = TypeVar("T")

_VALUES: Kept[Any] = Kept(most=4000)
_PARTS: Kept[SafeString] = Kept(most=200)
_TEXTS: Kept[SafeString] = Kept(most=1000)
_ALWAYS = ""  # a text holds whatever the database shows
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of the field


class TokenInKeptPart(RuntimeError):
    """A part that was to be kept holds a form's token, which is one reader's alone."""


def reader(request: HttpRequest) -> Hashable:
    """All that a page may ask of its reader: the scope, language, view and day."""
    user = request.user
    scope = scope_key(user) if user.is_authenticated else None
    return (scope, get_language(), care.is_on(request), clock.today())


def kept(key: Hashable, compute: Callable[[], T]) -> T:
    """What `compute` gives, worked out once for as long as the database shows the same.

    `key` names what it is and everything it is made from beside the database. To be read, not
    changed. None is not kept.
    """
    found: T = _VALUES.get_or(database_state(), key, compute)
    return found


def known(key: Hashable) -> Any:
    """What is kept under the key now; None where there is nothing."""
    return _VALUES.get(database_state(), key)


def keep(key: Hashable, value: object) -> None:
    """Keep a value that was worked out after `known` found nothing."""
    _VALUES.put(database_state(), key, value)


def kept_part(request: HttpRequest, name: str, asked: Hashable, make: Callable[[], str]) -> str:
    """A finished part of a page, for this reader and what she asked for.

    Raises TokenInKeptPart where it holds a form's token.
    """
    key = (name, reader(request), asked)
    return _PARTS.get_or(database_state(), key, lambda: _without_token(name, make()))


def kept_text(key: Hashable, make: Callable[[], str]) -> SafeString:
    """Finished HTML that depends on nothing but its key, the language and the site's routes.

    Raises TokenInKeptPart where it holds a form's token.
    """
    routes = (settings.ROOT_URLCONF, get_script_prefix())  # addresses stand in it
    named = (key, get_language(), routes)
    return _TEXTS.get_or(_ALWAYS, named, lambda: _without_token(str(key), make()))


def _without_token(name: str, html: str) -> SafeString:
    if TOKEN in html:
        raise TokenInKeptPart(name)
    return SafeString(html)


def statement_of(rows: QuerySet[Any, Any]) -> Hashable:
    """The statement with its parameters, scope and filters among them; None for no rows at all."""
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return rows.db, sql, tuple(map(repr, parameters))


def kept_rows(rows: QuerySet[Any, Any]) -> list[Any]:
    """The rows of a query that counts and adds up (`values`), to be read and not changed.

    Worked out anew as soon as anything was written.
    """
    return kept(("rows", statement_of(rows)), lambda: list(rows.all()))
