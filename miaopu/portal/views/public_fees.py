"""Fee lists for everybody: what may be charged, and whether a fee is allowed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from miaopu.core import clock
from miaopu.core.scope import regions_above
from miaopu.monitoring.board import in_force
from miaopu.plans.enums import FeePayer
from miaopu.plans.models import FeeEntry, FeeList
from miaopu.portal import formats, present, shapes
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.public_shared import public_page

PAYER_TONES: dict[str, shapes.Tone] = {
    FeePayer.ENTERPRISE: "neutral",
    FeePayer.EXEMPT: "good",
    FeePayer.PROGRAMME: "good",
}
FEE_COLUMNS = (
    Column("name", gettext_lazy("收费项目")),
    Column("standard", gettext_lazy("收费标准")),
    Column("payer", gettext_lazy("由谁承担"), kind="tag", tone="tone"),
    Column("authority", gettext_lazy("收费单位")),
    Column("basis", gettext_lazy("依据文件")),
    Column("region", gettext_lazy("区域")),
    Column("note", gettext_lazy("说明")),
)


class FeeFilter(forms.Form):
    """Which fee, where, when; stands in the address."""

    q = forms.CharField(
        label=gettext_lazy("这项收费允许吗？"),
        help_text=gettext_lazy("收费项目、收费单位或依据文件里的词"),
        required=False,
        max_length=100,
    )
    region = forms.ChoiceField(label=gettext_lazy("区域"), required=False)
    on = forms.DateField(
        label=gettext_lazy("在这一天"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, data: Any, lists: list[FeeList]) -> None:
        super().__init__(data)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)
        names = {one.region_id: present.region_name(one.region) for one in lists}
        field.choices = [("", _("全部")), *sorted(names.items())]


def fee_row(entry: FeeEntry) -> dict[str, Any]:
    """A fee in a table."""
    return {
        "name": entry.name,
        "standard": entry.standard,
        "payer": entry.get_payer_display(),
        "tone": PAYER_TONES[FeePayer(entry.payer)],
        "authority": entry.authority,
        "basis": entry.basis,
        "region": present.region_name(entry.fee_list.region),
        "note": entry.note,
    }


def _counting(form: FeeFilter, day: date) -> list[FeeList]:
    rows = FeeList.objects.public().counting_on(day).select_related("region")
    code = form.cleaned_data["region"]
    if code:
        rows = rows.binding(code)
    return list(rows.order_by("region", "-position"))


def _rules(code: str, day: date) -> list[dict[str, Any]]:
    """What the programmes that run on the day say of fees, for the region asked for."""
    _state, versions = in_force()
    found = []
    for version in versions:
        pack, where = version.pack, version.programme.region_id
        rule = pack.fee_rule
        if rule is None or not pack.period.start <= day <= pack.period.end:
            continue
        if code and where not in {code, *regions_above(code)}:
            continue
        item = pack.items.get(rule.item or "")
        found.append(
            {
                "programme": present.in_language(version.programme.name),
                "clause": rule.clause,
                "clause_href": present.clause_href(version, rule.clause),
                "text": present.in_language(pack.clauses[rule.clause].summary.bilingual),
                "item": present.in_language(item.title.bilingual) if item else "",
                "item_href": reverse("item", args=[version.programme.slug, rule.item])
                if item
                else "",
            }
        )
    return found


@public_page
def fee_list(request: HttpRequest) -> HttpResponse:
    """The lists that count on a day; what is asked for and not on them must not be charged."""
    published = list(FeeList.objects.public().select_related("region").order_by("pk"))
    form = FeeFilter(request.GET, published)
    if not form.is_valid():
        context = {"form": form, "page": page_of(request, []), "lists": [], "rules": []}
        return render(request, "public/fee_list.html", context)
    day = form.cleaned_data["on"] or clock.today()
    lists = _counting(form, day)
    entries = FeeEntry.objects.public().filter(fee_list__in=lists)
    asked = form.cleaned_data["q"].replace("\x00", "").strip()
    if asked:
        entries = entries.named(asked)
    rows = entries.select_related("fee_list__region").order_by("fee_list", "position", "pk")
    page = page_of(request, rows, 50)
    context = {
        "form": form,
        "asked": asked,
        "day": day,
        "page": page,
        "rules": _rules(form.cleaned_data["region"], day),
        "table": Table(FEE_COLUMNS, [fee_row(one) for one in page.object_list], _("涉企收费清单")),
        "lists": [
            {
                "region": present.region_name(one.region),
                "position": one.position,
                "valid_from": formats.day(one.valid_from),
                "published": formats.day(one.published_at),
                "illustrative": one.illustrative,
            }
            for one in lists
        ],
    }
    return render(request, "public/fee_list.html", context)
