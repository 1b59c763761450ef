"""What an enterprise can get, by amount and deadline, why, and what is one condition short."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.cases.matching_choice import choose_matching
from miaopu.cases.models import Item
from miaopu.core import clock
from miaopu.parties.facts import iterate_known_facts
from miaopu.parties.models import Enterprise
from miaopu.plans.models import MatchingOptOut
from miaopu.portal import care, present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.views.enterprise_had import had_by, prospects_of
from miaopu.portal.views.enterprise_scope import enterprise_or_404, person
from miaopu.portal.views.enterprise_standing import (
    benefits_for,
    is_away,
    items_for_enterprises,
)

ENTERPRISES_PER_PAGE = 5


def _all_items() -> list[tuple[str, list[tuple[Item, str]]]]:
    """The same for everybody: each programme's items and their pages, for who is not matched."""
    today = clock.today()
    found: dict[int, tuple[str, list[tuple[Item, str]]]] = {}
    for item in items_for_enterprises():
        period = item.version.pack.period
        if period.start <= today <= period.end:
            programme = item.version.programme
            href = reverse("item", args=[programme.slug, item.code])
            found.setdefault(programme.pk, (present.in_language(programme.name), []))
            found[programme.pk][1].append((item, href))
    return list(found.values())


@party_required
@require_safe
def benefits(request: HttpRequest) -> HttpResponse:
    """How much can we get, by when, why; what is one condition short?"""
    mine = Enterprise.objects.for_user(request.user).order_by("pk")
    page = Paginator(mine, care.rows(request, ENTERPRISES_PER_PAGE)).get_page(
        request.GET.get("page")
    )
    shown = benefits_for(request, page)
    context = {
        "page": page,
        "benefits": shown,
        "programmes": _all_items() if not all(one.matched for one in shown) else [],
        "today": clock.today(),
    }
    return render(request, "enterprise/benefits.html", context)


@party_required
@require_POST
def matching_choice(request: HttpRequest, number: str) -> HttpResponse:
    """Be matched automatically, or not. Applications go on either way."""
    enterprise = enterprise_or_404(request, number)
    wanted = request.POST.get("wanted") == "yes"
    choose_matching(enterprise, wanted, by=person(request))
    if wanted:
        messages.success(request, _("已恢复自动匹配；下次匹配后，可享的事项会重新提醒您"))
    else:
        messages.success(request, _("已停止自动匹配和邀约；您仍可以自己查阅和申报任何事项"))
    return redirect("benefits")


@party_required
@require_safe
def matching_explained(request: HttpRequest, number: str) -> HttpResponse:
    """How the answers came about: which rules, which facts from whom, when, and who decides."""
    enterprise = enterprise_or_404(request, number)
    today = clock.today()
    [(_enterprise, known)] = iterate_known_facts(
        Enterprise.objects.for_user(request.user).filter(pk=enterprise.pk), today
    )
    items = items_for_enterprises()
    had = had_by(request, [enterprise], items)
    prospects = prospects_of(items, enterprise, known, had, today)
    out = MatchingOptOut.objects.for_user(request.user).filter(enterprise=enterprise)
    context = {
        "enterprise": enterprise,
        "prospects": [one for one in prospects if not is_away(one)],
        "away": [one for one in prospects if is_away(one)],
        "matched": not out.exists(),
        "today": today,
        "crumbs": [
            shapes.Link(_("能享受什么"), reverse("benefits")),
            shapes.Link(_("自动匹配的说明")),
        ],
    }
    return render(request, "enterprise/matching_explained.html", context)
