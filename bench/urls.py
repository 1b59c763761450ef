"""The product's routes, and the yardstick: one query, a few bytes, the same middleware."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from miaopu.app.urls import *  # noqa: F403 - the error handlers too
from miaopu.app.urls import urlpatterns as product
from miaopu.core.models import Region


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """One query by primary key."""
    return HttpResponse(Region.objects.get(pk="520103").name)


urlpatterns = [path("bare/", bare, name="bare"), *product]
