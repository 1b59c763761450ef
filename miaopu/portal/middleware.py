"""What happens around every page: sign-in, privacy, reading without writing, refused actions."""

from collections.abc import Callable, Iterator
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.kept import one_state
from miaopu.portal import errors, kept_forms
from miaopu.portal.read_only import guard

GetResponse = Callable[[HttpRequest], HttpResponseBase]
READING = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Closed by default; a form that arrives after the sign-in has expired is kept (kept_forms)."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        """Lead to sign-in; a POST comes back to the page its form was on."""
        if request.method in READING and not request.headers.get("HX-Request"):
            return super().handle_no_permission(request, view_func)
        kept = kept_forms.keep(request)
        if kept is None and request.method == "POST" and kept_forms.owner_of(request):
            return errors.expired(request)
        page = kept.page if kept else kept_forms.page_of(request)
        query = urlencode({self.get_redirect_field_name(view_func): page})
        address = f"{resolve_url(self.get_login_url(view_func))}?{query}"
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(address)
        response = HttpResponse(status=302)
        response["Location"] = address
        return response

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Mark whose browser this is; drop a kept form once it was handed in."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES and request.method in READING:
            return response
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return response
        if response.status_code < 500:
            kept_forms.mark_owner(request, response)
        key = request.POST.get(kept_forms.FIELD, "") if request.method == "POST" else ""
        if key and response.status_code < 400:
            kept_forms.forget(request, key)
        return response


class ChosenLanguageMiddleware(LocaleMiddleware):
    """Chinese unless the reader has switched: what the browser prefers does not count."""

    def process_request(self, request: HttpRequest) -> None:
        """Read the switch (a cookie) only."""
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        super().process_request(request)


class PrivatePagesMiddleware:
    """Pages for somebody who is signed in are stored nowhere between the server and the reader."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store, private"
        return response


class PlainAddressMiddleware:
    """An address with a sign that no text has (NUL) leads nowhere: no database takes it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Raise Http404 for such an address."""
        if any("\x00" in str(value) for value in kwargs.values()):
            raise Http404


class ReadOnlyGetMiddleware:
    """A GET cannot write, streamed answers included; see `read_only` for what counts as writing.

    So the state of the database, under which figures are kept, is read once (core.kept.one_state).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in READING:
            return self.get_response(request)
        with connection.execute_wrapper(guard), one_state():
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            parts = cast(Iterator[bytes], response.streaming_content)
            response.streaming_content = self._guarded(parts)
        return response

    def _guarded(self, content: Iterator[bytes]) -> Iterator[bytes]:
        while True:
            with connection.execute_wrapper(guard):
                try:
                    part = next(content)
                except StopIteration:
                    return
            yield part


class RefusedActionsMiddleware:
    """An action that the rules refuse becomes a page that says why and what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Answer ActionRefused; leave everything else to the error pages."""
        return errors.refused(request, error) if isinstance(error, ActionRefused) else None


class OneClockMiddleware:
    """In the demo, whose clock can be moved, a request reads the clock's offset once."""

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.DEMO:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with clock.read_once():
            return self.get_response(request)
