"""The enterprise's home: what it can get, what waits for it, where its cases are."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from miaopu.cases.enums import CaseState
from miaopu.cases.models import Case, Offer, OfferOptOut
from miaopu.core import clock
from miaopu.core.models import Notice
from miaopu.ledger.models import Award
from miaopu.parties.models import Enterprise
from miaopu.portal import care, formats, present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.views.enterprise_cases import case_table, my_case_rows
from miaopu.portal.views.enterprise_standing import benefits_for

ENTERPRISES_PER_PAGE = 10
LATEST_CASES = 5
DRAFTS_SHOWN = 10


def _accounts(request: HttpRequest) -> list[shapes.Task]:
    """Payments that did not arrive: money waits for nothing but the right account."""
    failed = (
        Award.objects.for_user(request.user)
        .awaiting_account()
        .select_related("case__item", "case__enterprise")
        .defer("case__form", "case__trace")
        .order_by("pk")[:DRAFTS_SHOWN]
    )
    return [
        shapes.Task(
            _("更正收款账户：%(item)s") % {"item": present.in_language(award.case.item.name)},
            reverse("case_account", args=[award.case.number]),
            "todo",
            _("%(enterprise)s · %(number)s · 付款没有成功，资金仍为本企业保留")
            % {"enterprise": award.case.enterprise, "number": award.case.number},
        )
        for award in failed
    ]


def waiting(request: HttpRequest) -> list[shapes.Task]:
    """What waits for the person: accounts, corrections, offers, drafts, unread messages."""
    offers = Offer.objects.for_user(request.user).open().with_parts().order_by("pk")
    tasks = [
        shapes.Task(
            _("确认享受：%(item)s") % {"item": present.in_language(offer.item.name)},
            reverse("my_offer", args=[offer.pk]),
            "todo",
            _("%(enterprise)s · 无需申报，%(date)s前确认即可")
            % {"enterprise": offer.enterprise, "date": formats.day(offer.expires_on)},
        )
        for offer in offers.defer("item__version__content", "trace", "facts")[:DRAFTS_SHOWN]
    ]
    drafts = (
        Case.objects.for_user(request.user)
        .in_states(CaseState.DRAFT)
        .with_parts()
        .defer("item__version__content")
        .order_by("-pk")[:DRAFTS_SHOWN]
    )
    tasks += [
        shapes.Task(
            _("填完并提交：%(item)s") % {"item": present.in_language(case.item.name)},
            reverse("case_form", args=[case.number]),
            "doing",
            f"{case.enterprise} · {case.number}",
        )
        for case in drafts
    ]
    returned = (
        Case.objects.for_user(request.user)
        .in_states(CaseState.RETURNED)
        .with_parts()
        .with_correction()
        .defer("item__version__content")
        .order_by("pk")[:DRAFTS_SHOWN]
    )
    tasks = (
        _accounts(request)
        + [
            shapes.Task(
                _("补正：%(item)s") % {"item": present.in_language(case.item.name)},
                reverse("my_correction", args=[case.number]),
                "todo",
                _("%(enterprise)s · %(number)s · 最迟 %(day)s 提交")
                % {
                    "enterprise": case.enterprise,
                    "number": case.number,
                    "day": formats.day(case.correction_due_on),  # type: ignore[attr-defined]
                },
            )
            for case in returned
        ]
        + tasks
    )
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
    shown = benefits_for(request, page)
    context = {
        "page": page,
        "benefits": shown,
        "wants_offers": not OfferOptOut.objects.for_user(request.user).exists(),
        "may_apply": any(offer.may_apply for one in shown for offer in one.open),
        "left_alone": any(not one.matched for one in shown),
        "may_consent": any(offer.waits for one in shown for offer in one.open),
        "tasks": waiting(request),
        "cases": case_table(rows) if rows else None,
        "today": clock.today(),
    }
    return render(request, "enterprise/home.html", context)
