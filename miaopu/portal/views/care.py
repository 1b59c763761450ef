"""Switching 关怀版 on and off, by a form: no script is needed."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from miaopu.portal import care


@login_not_required
@require_POST
def set_care(request: HttpRequest) -> HttpResponse:
    """Remember the choice and come back to the page; only addresses of this site are followed."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = reverse("home")
    response = HttpResponseRedirect(back)
    care.switch(response, on=request.POST.get("care") == care.ON)
    return response
