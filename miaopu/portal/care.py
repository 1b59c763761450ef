"""关怀版 (elder mode): larger type and targets, more contrast, less on a page. Kept in a cookie."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "care"
ON = "1"
REMEMBERED_SECONDS = 365 * 86400
FEWEST_ROWS = 5


def is_on(request: HttpRequest) -> bool:
    """Whether the reader has switched to it."""
    return request.COOKIES.get(COOKIE) == ON


def rows(request: HttpRequest, normally: int) -> int:
    """How many rows a page of a list has for this reader."""
    return max(FEWEST_ROWS, normally // 2) if is_on(request) else normally


def switch(response: HttpResponse, *, on: bool) -> None:
    """Remember the reader's choice."""
    if on:
        response.set_cookie(
            COOKIE,
            ON,
            max_age=REMEMBERED_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
