"""The gallery: every component in every state. An open page; it shows made-up values only."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from miaopu.portal.gallery import ENTRIES
from miaopu.portal.gallery_states import states


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All components."""
    return render(request, "gallery/index.html", {"entries": ENTRIES, **states()})


@login_not_required
@require_safe
def clause(request: HttpRequest) -> HttpResponse:
    """A made-up clause, to try the text beside the page."""
    return render(request, "gallery/clause.html")
