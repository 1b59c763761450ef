"""The API as a whole: its routes, its errors, its description."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from miaopu import __version__
from miaopu.portal.api import (
    enterprises,
    handing_over,
    library,
    programmes,
    public,
    reviewing,
    scoped,
)
from miaopu.portal.api.lists import json_answer
from miaopu.portal.problems import problem

ROOT = "/api/v1/"

api = NinjaAPI(
    title="Miaopu",
    version=__version__,
    description=(
        "What the pages of Miaopu show, as JSON. Money is whole fen. Lists come in pages: follow "
        "`next`. What anyone may read needs no token; everything else reads in the scope of the "
        "token's user, and what lies outside answers 404."
    ),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
for part in (programmes, public, library, enterprises, scoped, reviewing, handing_over):
    api.add_router("", part.router)


@api.exception_handler(AuthenticationError)
def _not_signed_in(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(401)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404)


@api.exception_handler(ValidationError)
def _wrong_parameter(request: HttpRequest, error: Any) -> HttpResponse:
    wrong = [
        {"name": str(one["loc"][-1]), "message": str(one["msg"])}
        for one in error.errors  # pydantic's words are English; the names say the most
    ]
    return problem(422, wrong)


@cache
def openapi() -> dict[str, Any]:
    """The description of the API (OpenAPI 3.1), as plain JSON values."""
    text = orjson.dumps(api.get_openapi_schema(path_prefix=ROOT), option=orjson.OPT_NON_STR_KEYS)
    schema: dict[str, Any] = orjson.loads(text)
    return schema


@login_not_required
@require_safe
def openapi_document(request: HttpRequest) -> HttpResponse:
    """The description, for programs."""
    return json_answer(request, openapi(), closed=False)


def _open_to_the_middleware(callback: Any) -> Any:
    """The API checks sign-in itself: the pages' way, being led to sign in, is none for programs."""
    return login_not_required(callback)


def only_reads(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Any other method gets the API's own words."""

    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if request.method == "GET" else problem(405)

    answered.csrf_exempt = True  # type: ignore[attr-defined] # nothing is written
    return answered


def routes() -> list[URLPattern]:
    """The API's routes; the namespace `api` is the caller's."""
    patterns, _app, _namespace = api.urls
    return [
        path("openapi.json", openapi_document, name="openapi"),
        *(
            path(str(one.pattern), _open_to_the_middleware(only_reads(one.callback)), name=one.name)
            for one in patterns
            if isinstance(one, URLPattern) and one.name != "api-root"
        ),
    ]
