"""A base proposed for a title: its record and figures, and what may be done."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.bases import title_actions
from miaopu.bases.figures import figures_of, tenant_figures
from miaopu.bases.models import Nomination
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.views.bases_shared import figure_cards, record_of
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.title_parts import (
    ACTORS,
    NOMINATION_TONES,
    Act,
    ReasonForm,
    Typed,
    offered,
    reasoned,
)

NOMINATION_ACTS = {
    "select": Act(_("评选入选"), ReasonForm, reasoned(title_actions.select_nomination)),
    "decline": Act(
        _("不入选"), ReasonForm, reasoned(title_actions.decline_nomination), "secondary"
    ),
    "recall": Act(
        _("撤回推荐"), ReasonForm, reasoned(title_actions.recall_nomination), "secondary"
    ),
}


def _nomination_or_404(request: HttpRequest, pk: int) -> Nomination:
    rows = Nomination.objects.for_user(person(request))
    rows = rows.select_related("campaign__version", "base__region", "base__operator", "publicity")
    return get_object_or_404(rows, pk=pk)


def _nomination_page(
    request: HttpRequest,
    found: Nomination,
    typed: Typed = None,
    refused: ActionRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    base = found.base
    names = [
        one
        for one in NOMINATION_ACTS
        if one in title_actions.nomination_steps(person(request), found)
    ]
    context = {
        "found": found,
        "tone": NOMINATION_TONES.get(found.state, "neutral"),
        "title": present.in_language(found.campaign.scheme.title.bilingual),
        "record": record_of(base),
        "cards": figure_cards(figures_of([base])[base.pk], tenant_figures(base, clock.today())),
        "today": clock.today(),
        "acts": offered(
            NOMINATION_ACTS,
            names,
            lambda name: reverse("nomination_step", args=[found.pk, name]),
            typed,
        ),
        "refused": refused,
        "trail": present.trail_of(found.trail(), None, None, inside=True),
        "crumbs": [
            shapes.Link(gettext("示范称号"), reverse("office_titles")),
            shapes.Link(
                found.campaign.number, reverse("title_campaign", args=[found.campaign.number])
            ),
            shapes.Link(base.name),
        ],
    }
    return render(request, "office/nomination.html", context, status=status)


@require_safe
@role_required(*CASE_READERS)
def nomination(request: HttpRequest, pk: int) -> HttpResponse:
    """A proposed base with its record and figures, and what may be done."""
    return _nomination_page(request, _nomination_or_404(request, pk))


@require_POST
@role_required(*ACTORS)
def nomination_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Select, decline or recall; what is refused is told with everything typed kept."""
    found = _nomination_or_404(request, pk)
    if step not in NOMINATION_ACTS:
        raise Http404
    form = NOMINATION_ACTS[step].form(request.POST, prefix=step)
    if not form.is_valid():
        return _nomination_page(request, found, (step, form), status=422)
    try:
        NOMINATION_ACTS[step].act(found, form.cleaned_data, person(request))
    except ActionRefused as refused:
        fresh = _nomination_or_404(request, pk)
        return _nomination_page(request, fresh, (step, form), refused, refused.status)
    messages.success(request, gettext("已办理：%(step)s") % {"step": NOMINATION_ACTS[step].title})
    return redirect("nomination", pk=pk)
