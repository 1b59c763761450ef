"""Pages for when something does not go as wished: each says what is wrong and what to do next."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from miaopu.core.errors import ActionRefused
from miaopu.portal import care, kept_forms
from miaopu.portal.homes import frame_of, home_of
from miaopu.portal.problems import is_api, problem

_SIGN_IN_ROUTES = ("sign_in", "account_login")


def _signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated


def _bare(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """A page without the frame, user and database: any of them may be what failed."""
    context = {"care": care.is_on(request)}
    return HttpResponse(render_to_string(template, context), status=status)


def _frame(request: HttpRequest) -> dict[str, str]:
    """The frame that the reader is used to, and the way to her first page."""
    user = getattr(request, "user", None)
    return {"frame": frame_of(user), "home": home_of(user)}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be understood; 413 where it is larger than is taken."""
    if is_api(request):
        return problem(400)
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return _bare(request, "errors/413.html", 413)
    return _bare(request, "errors/400.html", 400)


def too_many(request: HttpRequest) -> HttpResponse:
    """429: more requests in a short time than people make. Nothing was carried out."""
    response = _bare(request, "429.html", 429)
    response["Retry-After"] = "60"
    return response


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the person's role does not allow it."""
    if is_api(request):
        return problem(403)
    return render(request, "errors/403.html", _frame(request), status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page, or not in the person's scope; the two cannot be told apart on purpose."""
    if is_api(request):
        return problem(404)
    return render(request, "errors/404.html", _frame(request), status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Rendered without request and database, which may be what failed."""
    if is_api(request):
        return problem(500)
    return _bare(request, "errors/500.html", 500)


def refused(request: HttpRequest, error: ActionRefused) -> HttpResponse:
    """403 or 409: the rules refuse the action now, or somebody else was faster."""
    template = "errors/409.html" if error.status == 409 else "errors/refused.html"
    context: dict[str, Any] = {
        "message": error.message,
        "remedy": error.remedy,
        "back": kept_forms.page_of(request),
        **_frame(request),
    }
    return render(request, template, context, status=error.status)


def expired(request: HttpRequest) -> HttpResponse:
    """403: the sign-in has expired and what was typed could not be kept (too large, only files)."""
    context = {"sign_in": _sign_in_address(kept_forms.page_of(request))}
    return render(request, "errors/expired.html", context, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """403: the form's token does not fit (two tabs, a new sign-in). What was typed is not lost.

    Who is signed in gets the form back with a fresh token; who is not signs in first. Forms that
    were not sent by one of our own pages are never offered again.
    """
    match = request.resolver_match
    signing_in = match is not None and match.url_name in _SIGN_IN_ROUTES
    kept = None
    if not signing_in:
        if _signed_in(request):
            kept = kept_forms.read_form(request, owner=str(request.user.pk))
        else:
            kept = kept_forms.keep(request)
    page = kept.page if kept else reverse("sign_in") if signing_in else kept_forms.page_of(request)
    context = {
        "kept": kept,
        "signing_in": signing_in,
        "page": page,
        "sign_in": _sign_in_address(page),
    }
    return render(request, "errors/csrf.html", context, status=403)


def _sign_in_address(page: str) -> str:
    return f"{reverse('sign_in')}?{urlencode({'next': page})}"
