"""One campaign: districts against their quota, proposals, lists, and what may be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.bases import title_actions, title_lists
from miaopu.bases.enums import BaseState
from miaopu.bases.models import Base, Nomination, TitleCampaign
from miaopu.bases.title_enums import NominationState
from miaopu.bases.title_states import CITY_ROLES, LIVE_NOMINATIONS, PROPOSERS
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region, User
from miaopu.core.scope import reaches, region_prefix, region_prefixes, within
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.title_parts import (
    ACTORS,
    Act,
    ReasonForm,
    Typed,
    list_table,
    nomination_table,
    offered,
)

QUOTA_COLUMNS = (
    Column("region", _("区域")),
    Column("proposed", _("已推荐"), kind="number", unit=pgettext_lazy("bases", "个")),
    Column("quota", _("名额")),
    Column("listed", _("已列入名单"), kind="number", unit=pgettext_lazy("bases", "个")),
    Column("state", _("进展"), kind="tag", tone="tone"),
)


def _campaign_or_404(request: HttpRequest, number: str) -> TitleCampaign:
    rows = TitleCampaign.objects.for_user(person(request)).select_related("version", "region")
    return get_object_or_404(rows, number=number)


def _nominate_form(user: User, campaign: TitleCampaign) -> type[forms.Form]:
    """A form with the bases that the user's districts may propose now."""
    taken = campaign.nominations.exclude(state=NominationState.RECALLED).values("base")
    rows = Base.objects.for_user(user).filter(
        within(region_prefixes(user, PROPOSERS)), state=BaseState.ADMITTED
    )
    if campaign.scheme.carriers:
        rows = rows.filter(carrier_type__in=campaign.scheme.carriers)
    choices = [(one.number, one.name) for one in rows.exclude(pk__in=taken).order_by("number")]
    field = forms.ChoiceField(
        label=_("基地"),
        choices=[("", _("请选择")), *choices],
        error_messages={"required": _("请选择基地")},
        help_text="" if choices else _("本区县没有可以推荐的基地：须已准入，并属于评选的类型"),
    )
    return type("NominateForm", (ReasonForm,), {"base": field, "field_order": ["base", "reason"]})


def _nominate(campaign: TitleCampaign, data: Mapping[str, Any], by: User) -> object:
    base = get_object_or_404(Base.objects.for_user(by), number=data["base"])
    return title_actions.nominate_base(campaign, base, by=by, reason=data["reason"])


def _publish(campaign: TitleCampaign, data: Mapping[str, Any], by: User) -> object:
    return title_lists.publish_titles(campaign, by=by)


def _campaign_acts(user: User, campaign: TitleCampaign) -> dict[str, Act]:
    """What the user may do with the campaign now."""
    acts = {}
    if user.has_role(*PROPOSERS) and clock.today() <= campaign.proposals_until:
        acts["nominate"] = Act(_("推荐基地"), _nominate_form(user, campaign), _nominate)
    waiting = campaign.nominations.in_states(NominationState.SELECTED)
    if reaches(user, campaign.region_id, CITY_ROLES) and waiting.exists():
        acts["publish"] = Act(_("公示入选名单"), forms.Form, _publish)
    return acts


def _quota_table(campaign: TitleCampaign) -> Table:
    """Every district with what it has proposed against its quota."""
    quota = campaign.scheme.per_district
    found = campaign.nominations.in_states(*LIVE_NOMINATIONS).values_list("base__region", "state")
    proposed = Counter(region for region, _state in found)
    listed = Counter(region for region, state in found if state == NominationState.LISTED)
    prefix = region_prefix(campaign.region_id)
    codes = {target.region for target in campaign.version.pack.targets} | set(proposed)
    rows = []
    regions = Region.objects.public().filter(code__startswith=prefix, level=Region.Level.COUNTY)
    for region in regions.filter(code__in=codes).order_by("code"):
        enough = proposed[region.code] >= quota.least
        rows.append(
            {
                "region": present.region_name(region),
                "proposed": proposed[region.code],
                "quota": f"{quota.least}–{quota.most}",
                "listed": listed[region.code],
                "state": gettext("已达到")
                if enough
                else gettext("还差 %(count)s 个") % {"count": quota.least - proposed[region.code]},
                "tone": "good" if enough else "soon",
            }
        )
    return Table(QUOTA_COLUMNS, rows, gettext("各区县推荐进展"))


def _campaign_page(
    request: HttpRequest,
    campaign: TitleCampaign,
    typed: Typed = None,
    refused: ActionRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    user, scheme = person(request), campaign.scheme
    acts = _campaign_acts(user, campaign)
    nominations = Nomination.objects.for_user(user).filter(campaign=campaign)
    context = {
        "campaign": campaign,
        "title": present.in_language(scheme.title.bilingual),
        "scheme": scheme,
        "clause_href": present.clause_href(campaign.version, scheme.clause),
        "quota": _quota_table(campaign),
        "nominations": nomination_table(
            nominations.select_related("base__region", "publicity"), gettext("推荐的基地")
        ),
        "lists": list_table(
            campaign.lists.select_related("campaign__version"), clock.today(), "office_title_list"
        ),
        "acts": offered(
            acts, acts, lambda name: reverse("title_campaign_step", args=[campaign.number, name]),
            typed,
        ),
        "refused": refused,
        "crumbs": [
            shapes.Link(gettext("示范称号"), reverse("office_titles")),
            shapes.Link(campaign.number),
        ],
    }  # fmt: skip
    return render(request, "office/title_campaign.html", context, status=status)


@require_safe
@role_required(*CASE_READERS)
def title_campaign(request: HttpRequest, number: str) -> HttpResponse:
    """One campaign: districts against their quota, proposals, lists, and what may be done."""
    return _campaign_page(request, _campaign_or_404(request, number))


@require_POST
@role_required(*ACTORS)
def title_campaign_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Propose a base, or publish the list of those selected."""
    campaign = _campaign_or_404(request, number)
    acts = _campaign_acts(person(request), campaign)
    if step not in acts:
        raise Http404
    form = acts[step].form(request.POST, prefix=step)
    if not form.is_valid():
        return _campaign_page(request, campaign, (step, form), status=422)
    try:
        acts[step].act(campaign, form.cleaned_data, person(request))
    except ActionRefused as refused:
        return _campaign_page(request, campaign, (step, form), refused, refused.status)
    messages.success(request, gettext("已办理：%(step)s") % {"step": acts[step].title})
    return redirect("title_campaign", number=number)
