"""From a reading to a running programme: what only a person knows, the check, and loading."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region
from miaopu.core.scope import region_prefix
from miaopu.plans.enums import ReadingState
from miaopu.plans.models import PlanReading
from miaopu.plans.reading_completion import (
    LEAVE_OUT,
    NEW_ZONE,
    WHOLE,
    Drafted,
    DraftRefused,
    complete_reading,
    draft_reading,
    keep_choices,
    scopes_in,
    suggested_place,
    suggested_years,
    zones_of,
)
from miaopu.plans.reading_querysets import READING_ROLES
from miaopu.portal import kept_forms, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.desk_asked import Asked
from miaopu.portal.performing import in_one_line
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import offer_regions
from miaopu.portal.views.office_readings import address_of, reading_or_404


class ProgrammeForm(forms.Form):
    """What a reading cannot know of its programme."""

    use_required_attribute = False
    programme = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]{1,58}$",
        label=_("标识"),
        help_text=_("用在网址里，如 baiyun-2018；小写字母、数字和短横线"),
        error_messages={"invalid": _("只能用小写字母、数字和短横线，2至59个字符")},
    )
    title = forms.CharField(label=_("名称"), max_length=200)
    title_en = forms.CharField(label=_("英文名称"), max_length=300)
    number = forms.CharField(label=_("计划文号"), required=False, max_length=100)
    date = forms.CharField(
        label=_("印发日期"), required=False, max_length=20, help_text=_("如 2018-05-02")
    )
    region = forms.ChoiceField(label=_("实施区域"))
    start = forms.DateField(
        label=_("计划期自"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    end = forms.DateField(
        label=_("计划期至"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, places: list[Region], scopes: list[str], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        offer_regions(self, [one for one in places if not one.is_zone])
        options = [
            ("", gettext("请选择")),
            (WHOLE, gettext("整个实施区域")),
            (LEAVE_OUT, gettext("不载入这些目标")),
            (NEW_ZONE, gettext("新设片区")),
            *((one.code, f"{present.region_name(one)} {one.code}") for one in places),
        ]
        self.scopes = scopes
        for number, scope in enumerate(scopes):
            self.fields[f"scope_{number}"] = forms.ChoiceField(
                label=gettext("“%(scope)s”是哪里") % {"scope": scope}, choices=options
            )

    def clean(self) -> dict[str, Any] | None:
        """The period runs forward; places lie inside the region."""
        data = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", gettext("截止日早于起始日"))
        prefix = region_prefix(str(data.get("region") or ""))
        for number, _scope in enumerate(self.scopes):
            code = str(data.get(f"scope_{number}") or "")
            if code.isdigit() and prefix and not code.startswith(prefix):
                self.add_error(f"scope_{number}", gettext("不在实施区域之内"))
            if code == NEW_ZONE and len(prefix) != 4:
                self.add_error(f"scope_{number}", gettext("只有市一级的计划可以新设片区"))
        return data

    def kept(self) -> dict[str, Any]:
        """What is kept of the form."""
        data = self.cleaned_data
        names = ("programme", "title", "title_en", "number", "date", "region")
        return {
            **{name: data[name] for name in names},
            "start": data["start"].isoformat(),
            "end": data["end"].isoformat(),
            "scopes": {scope: data[f"scope_{number}"] for number, scope in enumerate(self.scopes)},
        }


def _places(reading: PlanReading) -> list[Region]:
    """The region of the reading and everything below it."""
    prefix = region_prefix(reading.region_id)
    return list(Region.objects.public().filter(code__startswith=prefix))


def _initial(reading: PlanReading, scopes: list[str]) -> dict[str, Any]:
    """What was typed before; else what the plan and the region table suggest."""
    kept: Mapping[str, Any] = reading.choices
    years = suggested_years(reading)
    initial: dict[str, Any] = {
        "title": reading.title,
        "number": reading.number,
        "date": reading.date,
        "region": reading.region_id,
        "start": date(years[0], 1, 1) if years else None,
        "end": date(years[1], 12, 31) if years else None,
        **{name: value for name, value in kept.items() if name not in ("scopes", "zones")},
    }
    zones = zones_of(reading.region)
    known: Mapping[str, str] = kept.get("scopes", {})
    for number, scope in enumerate(scopes):
        initial[f"scope_{number}"] = known.get(scope) or suggested_place(
            scope, reading.region, zones
        )
    return initial


def _page(
    request: HttpRequest,
    reading: PlanReading,
    form: ProgrammeForm,
    *,
    drafted: Drafted | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    desk = address_of(reading)
    unread = reading.items.unread().in_order()
    first = unread.first()
    context = {
        "reading": reading,
        "form": form,
        "problem": problem,
        "unread": unread.count(),
        "total": reading.items.count(),
        "first_unread": Asked(base=desk).href(item=first.pk) if first is not None else "",
        "used": reading.items.used().count(),
        "drafted": _said(drafted, desk) if drafted is not None else None,
        "back": desk,
        "crumbs": [
            shapes.Link(gettext("计划阅读台"), reverse("reading_desk")),
            shapes.Link(str(reading), desk),
            shapes.Link(gettext("载入为计划")),
        ],
    }
    return render(request, "office/reading_complete.html", context, status=status)


def _said(drafted: Drafted, desk: str) -> dict[str, Any]:
    """The check of a draft in the language of the page."""
    pack = drafted.check.pack
    return {
        "errors": [
            {
                "key": error.key,
                "message": present.in_language(error.message),
                "remedy": present.in_language(error.remedy),
            }
            for error in drafted.check.errors
        ],
        "findings": [
            {
                "message": present.in_language(one.message),
                "plan": one.origin == "plan",
            }
            for one in drafted.check.findings
        ],
        "left_out": [
            {
                "text": one.text,
                "why": present.in_language(one.why),
                "href": Asked(base=desk).href(item=one.item) if one.item else "",
            }
            for one in drafted.left_out
        ],
        "counts": [
            (gettext("条款"), len(pack.clauses)),
            (gettext("责任单位"), len(pack.units)),
            (gettext("任务"), len(pack.tasks)),
            (gettext("目标"), len(pack.targets)),
            (gettext("阶段"), len(pack.phases)),
            (gettext("经常性职责"), len(pack.duties)),
            (gettext("统计"), len(pack.statistics)),
            (gettext("资金"), len(pack.funds)),
            (gettext("分担比例"), len(pack.ratios)),
        ]
        if pack is not None
        else [],
    }


@role_required(*READING_ROLES)
def reading_complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for what is missing; `step` check shows the draft's check, complete loads it."""
    reading = reading_or_404(request, pk)
    if reading.state != ReadingState.OPEN:
        return redirect("reading", pk=pk)
    scopes = scopes_in(reading)
    places = _places(reading)
    if request.method != "POST":
        initial = {**_initial(reading, scopes), **_typed_before(request)}
        form = ProgrammeForm(places, scopes, initial=initial)
        return _page(request, reading, form)
    form = ProgrammeForm(places, scopes, request.POST)
    if not form.is_valid():
        return _page(request, reading, form, status=422)
    try:
        kept = keep_choices(reading, form.kept(), by=person(request))
        if request.POST.get("step") != "complete":
            return _page(request, kept, form, drafted=draft_reading(kept))
        version = complete_reading(kept, by=person(request))
    except DraftRefused as refused:
        drafted = draft_reading(kept)
        problem = in_one_line(refused)
        return _page(request, reading, form, drafted=drafted, problem=problem, status=422)
    except ActionRefused as refused:
        problem = in_one_line(refused)
        return _page(request, reading, form, problem=problem, status=refused.status)
    messages.success(request, gettext("已载入为计划，现在对外公开"))
    return redirect("programme", slug=version.programme.slug)


def _typed_before(request: HttpRequest) -> dict[str, Any]:
    """What was typed here before the sign-in expired."""
    kept = kept_forms.kept_data(request)
    return {} if kept is None else kept.dict()
