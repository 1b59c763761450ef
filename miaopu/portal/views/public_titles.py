"""Titles of bases for the public: which hold and how long, lists in publicity, objecting."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from miaopu.bases import title_objections
from miaopu.bases.enums import CarrierType, TitleLevel
from miaopu.bases.models import BaseTitle, TitleList, TitleObjection
from miaopu.bases.title_enums import NominationState
from miaopu.bases.title_lists import title_digest
from miaopu.cases.objections import Statement, digest_of_code, sender_digest
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region
from miaopu.portal import present, shapes
from miaopu.portal.objection_receipts import FollowForm, Receipts
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.public_objection import ObjectionForm
from miaopu.portal.views.public_shared import public_page
from miaopu.portal.views.title_parts import (
    OBJECTION_TONES,
    REGISTER_COLUMNS,
    list_table,
    register_rows,
)

RECEIPTS = Receipts("title_objections")
LINE_COLUMNS = (
    Column("name", gettext_lazy("基地"), link="href"),
    Column("region", gettext_lazy("区域")),
    Column("carrier_type", gettext_lazy("载体类型")),
    Column("operator", gettext_lazy("运营主体")),
    Column("state", gettext_lazy("状态"), kind="tag", tone="tone"),
)


class TitleFilter(forms.Form):
    """Which titles are listed; stands in the address."""

    level = forms.ChoiceField(
        label=gettext_lazy("级别"),
        required=False,
        choices=[("", gettext_lazy("全部")), *TitleLevel.choices],
    )


class TitleObjectionForm(ObjectionForm):
    """Who objects to which base, and why."""

    file = None  # type: ignore[assignment]  # what is wrong is said in words

    def __init__(self, found: TitleList, *args: Any, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)
        rows = found.nominations.in_states(NominationState.PUBLISHED)
        lines = rows.order_by("base__number").values_list("base__number", "base__name")
        line = self.fields["line"]
        line.label, line.help_text = _("对哪个基地有异议"), ""
        line.choices = [("", _("请选择")), *lines]  # type: ignore[attr-defined]


@public_page
def titles(request: HttpRequest) -> HttpResponse:
    """Titles of the bases in the programme that hold today, and lists in publicity."""
    today = clock.today()
    form = TitleFilter(request.GET)
    found = BaseTitle.objects.public().valid_on(today).select_related("base__region")
    if form.is_valid() and form.cleaned_data["level"]:
        found = found.filter(level=form.cleaned_data["level"])
    page = page_of(request, found.order_by("base__region_id", "base_id", "-granted_on", "pk"))
    lists = TitleList.objects.public().select_related("campaign__version")
    context = {
        "form": form,
        "page": page,
        "table": Table(
            REGISTER_COLUMNS,
            register_rows(page.object_list, today, "base"),
            _("有效的称号"),
            empty=_("没有这样的称号"),
        ),
        "lists": list_table(lists[:20], today, "title_list"),
        "crumbs": [shapes.Link(_("创业基地"), reverse("bases")), shapes.Link(_("示范称号"))],
    }
    return render(request, "public/titles.html", context)


def _line_rows(found: TitleList) -> list[dict[str, Any]]:
    """The frozen lines, and which of them has been taken off since."""
    names = {
        one.code: one
        for one in Region.objects.public().filter(code__startswith=found.region_id[:4])
    }
    stands = dict(found.nominations.values_list("base__number", "state"))
    rows = []
    for line in found.lines:
        state = NominationState(stands[line["base"]])
        rows.append(
            {
                "name": line["name"],
                "href": reverse("base", args=[line["base"]]),
                "region": present.region_name(names[line["region"]]),
                "carrier_type": CarrierType(line["carrier_type"]).label,
                "operator": line["operator"],
                "state": state.label,
                "tone": {"listed": "good", "dropped": "late"}.get(state, "soon"),
            }
        )
    return rows


def _show(
    request: HttpRequest,
    found: TitleList,
    form: TitleObjectionForm,
    refused: ActionRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "found": found,
        "title": present.in_language(found.campaign.scheme.title.bilingual),
        "days": found.campaign.scheme.publicity.objection_days,
        "lines": Table(LINE_COLUMNS, _line_rows(found), _("名单")),
        "is_open": clock.today() <= found.ends_on,
        "agrees": title_digest(found) == found.digest,
        "form": form,
        "refused": refused,
        "crumbs": [
            shapes.Link(_("示范称号"), reverse("titles")),
            shapes.Link(found.number),
        ],
    }
    return render(request, "public/title_list.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def title_list(request: HttpRequest, number: str) -> HttpResponse:
    """A list in publicity; while it is open anybody may object to a base on it."""
    rows = TitleList.objects.public().select_related("campaign__version")
    found = get_object_or_404(rows, number=number)
    if request.method != "POST":
        return _show(request, found, TitleObjectionForm(found))
    form = TitleObjectionForm(found, request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    if form.cleaned_data["website"]:
        messages.info(request, _("没有收到异议：请不要填写隐藏的栏目"))
        return redirect("title_list", number)
    said = form.cleaned_data
    try:
        # Also who is signed in objects as herself alone: the trail must not name her.
        made, code = title_objections.object_to_title(
            found,
            said["line"],
            Statement(said["name"], said["contact"], said["text"]),
            by=None,
            sender=sender_digest(str(get_adapter().get_client_ip(request))),
        )
    except ActionRefused as refused:
        return _show(request, found, form, refused, refused.status)
    RECEIPTS.remember(request, made.number, code)
    messages.success(request, _("异议已收到"))
    return redirect("title_objection_follow")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def title_objection_follow(request: HttpRequest) -> HttpResponse:
    """Receipts of this browser's objections to lists of titles, and following another."""
    form, status = FollowForm(), 200
    if request.method == "POST":
        asked = RECEIPTS.ask(request, TitleObjection.objects.public())
        if asked is None:
            return redirect("title_objection_follow")
        form, status = asked, 422
    known = RECEIPTS.codes(request)
    rows = TitleObjection.objects.public().filter(number__in=list(known))
    context = {
        "form": form,
        "followed": [
            {"row": row, "code": known[row.number], "tone": OBJECTION_TONES[row.state]}
            for row in rows.select_related("publicity").order_by("-pk")
            if digest_of_code(known[row.number]) == row.code_digest
        ],
        "crumbs": [
            shapes.Link(_("示范称号"), reverse("titles")),
            shapes.Link(_("查询异议")),
        ],
    }
    return render(request, "public/title_objection_follow.html", context, status=status)
