"""Offers without application: how many in which state, why withdrawn, and issuing what is due."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.cases.enums import OfferState
from miaopu.cases.models import Offer
from miaopu.cases.offering import candidates
from miaopu.cases.tasks import start_offering
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.ledger.enums import Level
from miaopu.plans.models import Match
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.kept_parts import kept_rows
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_consent import TONES
from miaopu.portal.views.enterprise_parts import change_words
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.jobs import start_for_programmes
from miaopu.portal.views.office_money import split_by_level
from miaopu.portal.views.office_parts import CASE_READERS, offered_today
from miaopu.portal.views.office_queue import active_filters
from miaopu.portal.views.public_shared import amount_of

COLUMNS = (
    Column("enterprise", _("企业"), link="href"),
    Column("region", _("区域")),
    Column("item", _("事项")),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("why", _("说明")),
    Column("issued_at", _("发出时间"), kind="moment"),
    Column("expires_on", _("确认截止日"), kind="date"),
    Column("amount_fen", _("金额"), kind="money", unit=_("元")),
    Column("case", _("办件"), link="case_href"),
)


class OfferFilter(forms.Form):
    """What the list is narrowed to."""

    state = forms.ChoiceField(
        label=_("状态"), choices=[("", _("全部")), *OfferState.choices], required=False
    )


def _why(offer: Offer) -> str:
    if offer.state == OfferState.WITHDRAWN:
        return change_words(offer, offer.changes)
    return offer.reason


def _rows(user: User, offers: list[Offer]) -> list[dict[str, Any]]:
    return [
        {
            "enterprise": offer.enterprise.name,
            "href": reverse("office_offer", kwargs={"pk": offer.pk}),
            "region": present.region_name(offer.region),
            "item": present.in_language(offer.item.name),
            "state": offer.get_state_display(),
            "tone": TONES[offer.state],
            "why": _why(offer),
            "issued_at": offer.issued_at,
            "expires_on": offer.expires_on,
            "amount_fen": offer.amount_fen,
            "case": offer.case.number if offer.case else "",
            "case_href": reverse("case_packet", kwargs={"number": offer.case.number})
            if offer.case
            else "",
        }
        for offer in offers
    ]


def _due(user: User) -> list[dict[str, Any]]:
    """Per item offered in its period: to how many an offer is due, and its cost by level."""
    today = clock.today()
    due = []
    for item in offered_today(today):
        found = candidates(Match.objects.for_user(user), item, today)
        amounts = found.order_by().values_list("amount_fen").annotate(n=Count("pk"))
        by_level: dict[str, int] = defaultdict(int)
        count = 0
        for amount, number in kept_rows(amounts):
            count += number
            each = amount_of(item.definition) if amount is None else amount
            for level, part in (split_by_level(item, each) if each else {}).items():
                by_level[level] += part * number
        due.append(
            {
                "title": present.in_language(item.name),
                "clause": item.definition.clause,
                "clause_href": present.clause_href(item.version, item.definition.clause),
                "count": count,
                "href": f"{reverse('entitlements')}?item={item.code}&status=offer_due",
                "cost_fen": sum(by_level.values()),
                "levels": [
                    (gettext("其中%(level)s") % {"level": Level(level).label}, fen)
                    for level, fen in by_level.items()
                ],
            }
        )
    return due


def _counts(offers: Any) -> list[shapes.Link]:
    """How many offers are in which state; each opens to them."""
    counted = dict(offers.order_by().values_list("state").annotate(n=Count("pk")))
    links = []
    for state in OfferState:
        count = formats.number(counted.get(state.value, 0))
        links.append(shapes.Link(f"{state.label} {count}", f"?state={state.value}"))
    return links


@require_safe
@role_required(*CASE_READERS)
def office_offers(request: HttpRequest) -> HttpResponse:
    """Who was offered what, what became of it and why; what issuing would cost."""
    scope = Offer.objects.for_user(request.user)
    form = OfferFilter(request.GET)
    offers = scope.with_parts().defer("item__version__content", "trace", "facts").order_by("-pk")
    if form.is_valid() and form.cleaned_data["state"]:
        offers = offers.filter(state=form.cleaned_data["state"])
    page = page_of(request, offers)
    due = _due(person(request))
    context = {
        "form": form,
        "active": active_filters(request, form),
        "page": page,
        "counts": _counts(scope),
        "due": due,
        "is_due": any(entry["count"] for entry in due),
        "table": Table(
            COLUMNS,
            _rows(person(request), list(page.object_list)),
            gettext("免申即享邀约"),
            empty=gettext("没有邀约"),
            empty_hint=gettext("匹配全部企业之后，由计划主管发出邀约。"),
            queue=True,
        ),
        "may_issue": person(request).has_role(Role.PROGRAMME_OFFICER),
    }
    return render(request, "office/offers.html", context)


@require_POST
@role_required(Role.PROGRAMME_OFFICER)
def issue_offers(request: HttpRequest) -> HttpResponse:
    """Withdraw what no longer holds and issue what is due, in the background."""
    told = gettext("邀约正在发出，完成后刷新本页即可看到")
    return start_for_programmes(request, start_offering, told, back="office_offers")
