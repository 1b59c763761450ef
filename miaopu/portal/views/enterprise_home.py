"""The enterprise's home: what it can get, what waits for it, where its cases are."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from miaopu.cases.enums import CaseState
from miaopu.cases.models import Case, Item
from miaopu.core import clock
from miaopu.core.models import Notice
from miaopu.parties.facts import iterate_known_facts
from miaopu.parties.models import Enterprise
from miaopu.portal import care, present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.views.enterprise_cases import case_table, my_case_rows
from miaopu.portal.views.enterprise_offers import Offer, live_cases, make_offer

ENTERPRISES_PER_PAGE = 10
LATEST_CASES = 5
DRAFTS_SHOWN = 10


@dataclass(frozen=True)
class Portfolio:
    """One enterprise with what it can get."""

    enterprise: Enterprise
    offers: list[Offer]

    @property
    def href(self) -> str:
        """The enterprise's record."""
        return reverse("my_enterprise", args=[self.enterprise.number])


def portfolios(request: HttpRequest, page: Page[Enterprise]) -> list[Portfolio]:
    """The enterprises of a page with every item in force, in a constant number of queries."""
    today = clock.today()
    items = list(Item.objects.public())
    wanted = [enterprise.pk for enterprise in page]
    shown = Enterprise.objects.for_user(request.user).filter(pk__in=wanted)
    cases = live_cases(request, page)
    return [
        Portfolio(
            enterprise,
            [
                make_offer(
                    item,
                    enterprise,
                    known,
                    cases.get((enterprise.pk, item.version.programme_id, item.code)),
                    today,
                )
                for item in items
            ],
        )
        for enterprise, known in iterate_known_facts(shown, today)
    ]


def waiting(request: HttpRequest) -> list[shapes.Task]:
    """What waits for the person: drafts to finish, unread messages."""
    drafts = (
        Case.objects.for_user(request.user)
        .in_states(CaseState.DRAFT)
        .with_parts()
        .defer("item__version__content")
        .order_by("-pk")[:DRAFTS_SHOWN]
    )
    tasks = [
        shapes.Task(
            _("填完并提交：%(item)s") % {"item": present.in_language(case.item.name)},
            reverse("case_form", args=[case.number]),
            "doing",
            f"{case.enterprise} · {case.number}",
        )
        for case in drafts
    ]
    unread = Notice.objects.for_user(request.user).unread().count()
    if unread:
        text = ngettext("%(count)s 条未读消息", "%(count)s 条未读消息", unread)
        tasks.append(shapes.Task(text % {"count": unread}, reverse("notices"), "unread"))
    return tasks


@party_required
@require_safe
def my_home(request: HttpRequest) -> HttpResponse:
    """What can I get, what waits for me, where are my cases?"""
    mine = Enterprise.objects.for_user(request.user).order_by("pk")
    page = Paginator(mine, care.rows(request, ENTERPRISES_PER_PAGE)).get_page(
        request.GET.get("page")
    )
    rows = my_case_rows(request, Case.objects.for_user(request.user).order_by("-pk")[:LATEST_CASES])
    shown = portfolios(request, page)
    context = {
        "page": page,
        "portfolios": shown,
        "may_apply": any(offer.may_apply for portfolio in shown for offer in portfolio.offers),
        "tasks": waiting(request),
        "cases": case_table(rows) if rows else None,
        "today": clock.today(),
    }
    return render(request, "enterprise/home.html", context)
