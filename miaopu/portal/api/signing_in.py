"""Who asks the API: by a token, or by the session of the pages. Nothing else lets anyone in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, HttpBearer

from miaopu.core.models import User
from miaopu.core.tokens import user_of

Answer = Callable[..., HttpResponse]


class Token(HttpBearer):
    """Authorization: Bearer <token>. A header that holds no live token is refused at once."""

    def __call__(self, request: HttpRequest) -> User | None:
        """The token's user; None without a header, so that the session is asked."""
        value = request.headers.get("Authorization")
        if value is None:
            return None
        scheme, _space, secret = value.partition(" ")
        user = user_of(secret.strip()) if scheme.lower() == "bearer" else None
        if user is None:
            raise AuthenticationError
        return user

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The token's user."""
        return user_of(token)


class Session(APIKeyCookie):
    """The cookie of somebody who is signed in to the pages. The API only reads: no form token."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """The signed-in user."""
        user = request.user
        return user if key and user.is_authenticated and user.is_active else None


SIGNED_IN = [Token(), Session()]


def asking(request: HttpRequest) -> User:
    """Who asks; the API's own sign-in has proved it."""
    return cast(User, request.auth)  # type: ignore[attr-defined]


def for_roles(*roles: str, party: bool = False) -> Callable[[Answer], Answer]:
    """Let only holders of one of `roles` in, and parties if `party`; others find nothing (404)."""

    def decorate(view: Answer) -> Answer:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = asking(request)
            if (party and user.is_party) or user.has_role(*roles):
                return view(request, *args, **kwargs)
            raise Http404

        return guarded

    return decorate
