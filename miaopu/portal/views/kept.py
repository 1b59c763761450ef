"""Forms that were typed but not handed in because the sign-in had expired."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from miaopu.portal import kept_forms


@require_safe
def kept_list(request: HttpRequest) -> HttpResponse:
    """All of them, to be handed in or dropped."""
    return render(request, "kept_list.html", {"kept_forms": kept_forms.offered(request)})


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Drop one and go back."""
    kept_forms.forget(request, request.POST.get(kept_forms.FIELD, ""))
    back = request.POST.get("next", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(
        back, {request.get_host()}, request.is_secure()
    ):
        return HttpResponseRedirect(back)
    return redirect("kept_forms")
