"""What an enterprise can get, and why; and the beginning of an application."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.cases.actions import open_case
from miaopu.cases.enums import CaseState
from miaopu.cases.models import Item
from miaopu.core import clock
from miaopu.parties.facts import known_facts
from miaopu.portal import present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.performing import perform
from miaopu.portal.views.enterprise_had import had_by, prospects_of
from miaopu.portal.views.enterprise_parts import share_table, step_table
from miaopu.portal.views.enterprise_prospects import Prospect
from miaopu.portal.views.enterprise_scope import enterprise_or_404, item_or_404, person


def offer_of(request: HttpRequest, number: str, item_id: int) -> Prospect:
    """One item for one of the person's enterprises. Raises Http404 for others."""
    enterprise = enterprise_or_404(request, number)
    item = item_or_404(item_id)
    today = clock.today()
    same = item.version.pack.counted_with(item.code)
    among = [item]
    if same is not None:
        codes = item.version.pack.counted_once[same].among
        others = Item.objects.public().filter(version=item.version_id, code__in=codes)
        among += [other for other in others if other.pk != item.pk]
    had = had_by(request, [enterprise], among)
    return prospects_of(among, enterprise, known_facts(enterprise, today), had, today)[0]


def priorities_of(offer: Prospect) -> list[dict[str, Any]]:
    """Each priority with what the facts say of it and the clause that gives it."""
    words = {"true": _("符合"), "false": _("不符合"), "unknown": _("缺少数据")}
    tones = {"true": "good", "unknown": "soon"}
    worth = {one.id: one.points for one in offer.definition.priority}
    return [
        {
            "title": present.in_language(one.title),
            "points": worth[one.id],
            "word": words[one.status],
            "tone": tones.get(one.status, "neutral"),
            "clause": one.clause,
            "clause_href": present.clause_href(offer.item.version, one.clause),
        }
        for one in offer.found.explanation.priorities
    ]


@party_required
@require_safe
def offer(request: HttpRequest, number: str, item_id: int) -> HttpResponse:
    """One item for one enterprise: how much, why, from whom, how long."""
    shown = offer_of(request, number, item_id)
    definition = shown.definition
    context = {
        "offer": shown,
        "title": present.in_language(definition.title),
        "programme": present.in_language(shown.item.version.programme.name),
        "guide_href": reverse("item", args=[shown.item.version.programme.slug, shown.item.code]),
        "priorities": priorities_of(shown),
        "steps": step_table(definition),
        "illustrative": any(step.illustrative for step in definition.steps),
        "shares": share_table(definition, shown.hoped_fen)
        if shown.hoped_fen and definition.shares and not shown.excluded
        else None,
        "clause_href": present.clause_href(shown.item.version, definition.clause),
        "crumbs": [
            shapes.Link(_("我的首页"), reverse("my_home")),
            shapes.Link(str(shown.enterprise), reverse("my_enterprise", args=[number])),
            shapes.Link(present.in_language(definition.title)),
        ],
    }
    return render(request, "enterprise/offer.html", context)


@party_required
@require_POST
def apply(request: HttpRequest, number: str, item_id: int) -> HttpResponse:
    """Begin an application, or go on with the one there is."""
    wanted = offer_of(request, number, item_id)
    case = wanted.case or perform(
        request, lambda: open_case(wanted.item, wanted.enterprise, by=person(request))
    )
    if case is None:
        return redirect(wanted.href)
    return redirect("case_form" if case.state == CaseState.DRAFT else "my_case", case.number)
