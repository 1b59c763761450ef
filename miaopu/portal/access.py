"""Who may open a page: roles beside the scope of what it shows. Others find nothing there (404)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def role_required(*roles: str) -> Callable[[View], View]:
    """Let only users in who hold one of `roles` in an office."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and request.user.has_role(*roles):
                return view(request, *args, **kwargs)
            raise Http404

        return guarded

    return decorate


def party_required(view: View) -> View:
    """Let only users in who act for a party of their own (an enterprise)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.is_party:
            return view(request, *args, **kwargs)
        raise Http404

    return guarded
