"""Titles of bases for the offices: campaigns, proposals, what ends soon, what waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.bases import title_actions
from miaopu.bases.models import BaseTitle, TitleCampaign, TitleList, TitleMotion
from miaopu.bases.title_enums import MotionState
from miaopu.bases.title_states import CITY_ROLES, LIVE_NOMINATIONS
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.plans.models import Programme
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.operator_forms import day_field
from miaopu.portal.views.title_parts import (
    REGISTER_COLUMNS,
    list_table,
    motion_table,
    register_rows,
)

SOON = timedelta(days=183)
CAMPAIGN_COLUMNS = (
    Column("number", _("评选编号"), link="href"),
    Column("title", _("称号")),
    Column("until", _("推荐截止日期"), kind="date"),
    Column("proposed", _("已推荐"), kind="number", unit=pgettext_lazy("bases", "个")),
    Column("state", _("状态"), kind="tag", tone="tone"),
)


class CampaignForm(forms.Form):
    """Which title is sought, and until when districts propose."""

    scheme = forms.ChoiceField(label=_("称号"))
    proposals_until = day_field(_("推荐截止日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [  # type: ignore[attr-defined]
            (f"{programme.slug}/{key}", present.in_language(scheme.title.bilingual))
            for programme in Programme.objects.public()
            for key, scheme in programme.current_version.pack.base_titles.items()
        ]


def campaigns_of(user: User) -> list[dict[str, Any]]:
    """The campaigns that the user may see, the latest first."""
    today, rows = clock.today(), []
    for one in TitleCampaign.objects.for_user(user).select_related("version"):
        is_open = today <= one.proposals_until
        rows.append(
            {
                "number": one.number,
                "href": reverse("title_campaign", args=[one.number]),
                "title": present.in_language(one.scheme.title.bilingual),
                "until": one.proposals_until,
                "proposed": one.nominations.in_states(*LIVE_NOMINATIONS).count(),
                "state": gettext("推荐中") if is_open else gettext("推荐已截止"),
                "tone": "soon" if is_open else "neutral",
            }
        )
    return rows


def _page(
    request: HttpRequest,
    form: CampaignForm | None = None,
    refused: ActionRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    user, today = person(request), clock.today()
    titles = (
        BaseTitle.objects.for_user(user)
        .select_related("base__region")
        .order_by("-granted_on", "pk")
    )
    ending = titles.valid_on(today).filter(valid_until__lte=today + SOON)
    page = page_of(request, titles)
    motions = TitleMotion.objects.for_user(user).select_related("title__base")
    lists = TitleList.objects.for_user(user).select_related("campaign__version")
    may_open = user.has_role(*CITY_ROLES)
    context = {
        "campaigns": Table(
            CAMPAIGN_COLUMNS, campaigns_of(user), gettext("示范评选"),
            empty=gettext("还没有开展评选"),
        ),
        "lists": list_table(lists[:10], today, "office_title_list"),
        "ending": Table(
            REGISTER_COLUMNS,
            register_rows(ending, today, "office_base", "office_title"),
            gettext("半年内到期的称号"),
            empty=gettext("没有半年内到期的称号"),
        ),
        "motions": motion_table(
            motions.filter(state=MotionState.PROPOSED)[:50], gettext("等待审定的称号变动")
        ),
        "register": Table(
            REGISTER_COLUMNS,
            register_rows(page.object_list, today, "office_base", "office_title"),
            gettext("称号登记"),
            empty=gettext("还没有登记称号"),
        ),
        "page": page,
        "form": (form or CampaignForm()) if may_open else None,
        "refused": refused,
        "crumbs": [
            shapes.Link(gettext("创业基地"), reverse("office_bases")),
            shapes.Link(gettext("示范称号")),
        ],
    }  # fmt: skip
    return render(request, "office/titles.html", context, status=status)


@require_safe
@role_required(*CASE_READERS)
def office_titles(request: HttpRequest) -> HttpResponse:
    """Campaigns, lists, titles that end soon, what waits, and the register."""
    return _page(request)


@require_POST
@role_required(*CITY_ROLES)
def title_campaign_open(request: HttpRequest) -> HttpResponse:
    """Open a campaign."""
    form = CampaignForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    slug, key = form.cleaned_data["scheme"].split("/", 1)
    programme = get_object_or_404(Programme.objects.public(), slug=slug)
    try:
        made = title_actions.open_campaign(
            programme.current_version,
            key,
            form.cleaned_data["proposals_until"],
            by=person(request),
        )
    except ActionRefused as refused:
        return _page(request, form, refused, refused.status)
    messages.success(request, gettext("已开展评选 %(number)s") % {"number": made.number})
    return redirect("title_campaign", number=made.number)
