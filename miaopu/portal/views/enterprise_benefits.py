"""What an enterprise can get, by amount and deadline, why, and what is one condition short."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

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
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.facts import iterate_known_facts
from miaopu.parties.models import Enterprise
from miaopu.plans.models import MatchingOptOut
from miaopu.portal import care, present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.views.enterprise_facts import departments_of
from miaopu.portal.views.enterprise_offers import Prospect, live_cases, make_offer, open_offers
from miaopu.portal.views.enterprise_scope import enterprise_or_404, person
from miaopu.portal.views.public_shared import amount_of

ENTERPRISES_PER_PAGE = 5


@dataclass(frozen=True)
class NearMiss:
    """An item that is one condition short: what to do, and what it would bring."""

    prospect: Prospect
    change: str
    gain_fen: int | None
    wrong_href: str


@dataclass(frozen=True)
class Benefits:
    """What one enterprise can get; `matched` is False where it chose not to be matched."""

    enterprise: Enterprise
    matched: bool
    open: list[Prospect]
    unsure: list[Prospect]
    running: list[Prospect]
    near: list[NearMiss]
    closed: list[Prospect]

    @property
    def total_fen(self) -> int:
        """What it can have for the asking, in fen; amounts that are not known count nothing."""
        return sum(one.hoped_fen or 0 for one in self.open)

    @property
    def record_href(self) -> str:
        """Where it says that a fact is wrong."""
        return reverse("my_enterprise", args=[self.enterprise.number]) + "#wrong"

    @property
    def explained_href(self) -> str:
        """How the automated matching works for it."""
        return reverse("matching_explained", args=[self.enterprise.number])

    @property
    def choice_href(self) -> str:
        """Where it chooses whether to be matched."""
        return reverse("matching_choice", args=[self.enterprise.number])


def deadline_of(prospect: Prospect) -> date:
    """The last day to consent or apply."""
    if prospect.offered is not None:
        return prospect.offered.expires_on
    return prospect.item.version.pack.period.end


def _near_miss(prospect: Prospect) -> NearMiss | None:
    found = prospect.found.explanation.near_miss
    if found is None or prospect.case is not None or not prospect.in_period:
        return None
    gain = found.gain_fen if found.gain_fen is not None else amount_of(prospect.definition)
    return NearMiss(
        prospect,
        present.read_aloud(found.would_change),
        gain,
        _doubt_href(prospect, found.condition),
    )


def _doubt_href(prospect: Prospect, condition: str) -> str:
    """Where the fact behind a condition is said to be wrong; the record where there are several."""
    number = prospect.enterprise.number
    nodes = prospect.found.explanation.tree.children
    names = {name for node in nodes if node.key == condition for name in node.fact_names}
    dictionary = fact_dictionary()
    asked = [name for name in names if name in dictionary and departments_of(dictionary[name])]
    if len(names) == 1 and asked:
        return reverse("fact_doubt", args=[number, asked[0]])
    return reverse("my_enterprise", args=[number]) + "#wrong"


def benefits_of(
    enterprise: Enterprise, prospects: Iterable[Prospect], *, matched: bool
) -> Benefits:
    """The items sorted: largest amount first, then the nearest deadline; near misses by gain."""
    groups: dict[str, list[Prospect]] = {"open": [], "unsure": [], "running": [], "closed": []}
    near = []
    for one in prospects:
        if one.case is not None:
            groups["running"].append(one)
        elif (short := _near_miss(one)) is not None:
            near.append(short)
        elif one.excluded or not one.in_period:
            groups["closed"].append(one)
        else:
            groups["open" if one.found.is_entitled else "unsure"].append(one)
    for group in groups.values():
        group.sort(key=lambda one: (-(one.hoped_fen or 0), deadline_of(one), one.item.pk))
    near.sort(key=lambda one: (one.gain_fen is None, -(one.gain_fen or 0)))
    return Benefits(enterprise, matched, near=near, **groups)


def _benefits(request: HttpRequest, page: Iterable[Enterprise]) -> list[Benefits]:
    """For the enterprises of a page, in a constant number of queries."""
    shown, today = list(page), clock.today()
    wanted = [enterprise.pk for enterprise in shown]
    items = _items()
    out = MatchingOptOut.objects.for_user(request.user).filter(enterprise__in=wanted)
    opted_out = set(out.values_list("enterprise_id", flat=True))
    cases, offers = live_cases(request, shown), open_offers(request, shown)
    mine = Enterprise.objects.for_user(request.user).filter(pk__in=wanted)
    found = []
    for enterprise, known in iterate_known_facts(mine, today):
        matched = enterprise.pk not in opted_out
        prospects = [
            make_offer(item, enterprise, known, cases.get(key), today, offers.get(key))
            for item in items
            if (key := (enterprise.pk, item.version.programme_id, item.code))
            and (matched or key in cases)
        ]
        found.append(benefits_of(enterprise, prospects, matched=matched))
    return found


def _items() -> list[Item]:
    """Every item in force for enterprises."""
    return [item for item in Item.objects.public() if item.definition.party == "enterprise"]


def _all_items() -> list[shapes.Link]:
    """The same as links, for whoever wants to look without being matched."""
    return [
        shapes.Link(
            present.in_language(item.name),
            reverse("item", args=[item.version.programme.slug, item.code]),
        )
        for item in _items()
    ]


@party_required
@require_safe
def benefits(request: HttpRequest) -> HttpResponse:
    """How much can we get, by when, why; what is one condition short?"""
    mine = Enterprise.objects.for_user(request.user).order_by("pk")
    page = Paginator(mine, care.rows(request, ENTERPRISES_PER_PAGE)).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "benefits": _benefits(request, page),
        "items": _all_items(),
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
    prospects = [make_offer(item, enterprise, known, None, today) for item in _items()]
    out = MatchingOptOut.objects.for_user(request.user).filter(enterprise=enterprise)
    context = {
        "enterprise": enterprise,
        "prospects": prospects,
        "matched": not out.exists(),
        "today": today,
        "crumbs": [
            shapes.Link(_("能享受什么"), reverse("benefits")),
            shapes.Link(_("自动匹配的说明")),
        ],
    }
    return render(request, "enterprise/matching_explained.html", context)
