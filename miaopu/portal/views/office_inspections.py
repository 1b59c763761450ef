"""Self-inspection for the offices: progress by district, the forms behind every count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.bases.inspection_actions import open_campaign, uncalled
from miaopu.bases.inspection_enums import RectificationState, SheetState
from miaopu.bases.models import InspectionCampaign, InspectionSheet, Rectification, TenantSurvey
from miaopu.bases.silence_actions import add_sheets
from miaopu.bases.survey_actions import open_survey
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region, User
from miaopu.core.scope import reaches
from miaopu.plans.duty_reads import in_force
from miaopu.plans.models import ProgrammeVersion
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.paging import page_of
from miaopu.portal.performing import in_one_line, perform
from miaopu.portal.shapes import Text
from miaopu.portal.tables import Column, Table
from miaopu.portal.views import inspection_parts as parts
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_later_forms import BoundLater, LaterForm, later_parts
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_queue import active_filters

_SHEET_COUNTS: tuple[tuple[str, Text, str], ...] = (
    ("sheets", _("自查表"), ""),
    *((one.value, one.label, one) for one in SheetState),
)
_PROBLEM_COUNTS: tuple[tuple[str, Text, str], ...] = (
    ("problems", _("整改事项"), ""),
    ("standing", _("整改中"), RectificationState.OPEN),
    ("overdue", _("已超期限"), "overdue"),
    *(
        (one.value, one.label, one)
        for one in (
            RectificationState.REPORTED,
            RectificationState.CLOSED,
            RectificationState.FAILED,
        )
    ),
)
_COUNTED: list[tuple[str, Text]] = [
    (key, title) for key, title, _state in (*_SHEET_COUNTS, *_PROBLEM_COUNTS)
]
BOARD_COLUMNS = (
    Column("region", _("区域")),
    *(Column(key, title, kind="number", link=f"{key}_href") for key, title in _COUNTED),
)


class SheetFilter(forms.Form):
    """Which forms are listed; stands in the address."""

    campaign = forms.ChoiceField(label=_("自查活动"), required=False)
    region = forms.ChoiceField(label=_("区域"), required=False)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *SheetState.choices]
    )

    def __init__(self, user: User, *given: Any) -> None:
        super().__init__(*given)
        field = self.fields["campaign"]
        assert isinstance(field, forms.ChoiceField)
        rows = InspectionCampaign.objects.for_user(user).select_related("version__programme")
        titles = [(str(one.pk), present.in_language(one.definition.title)) for one in rows]
        field.choices = [("", _("全部")), *titles]
        offer_regions(self, InspectionSheet.objects.for_user(user).values("base__region"))


def offer_regions(form: forms.Form, codes: Any) -> None:
    """Let the filter choose among the regions that stand in the list."""
    field = form.fields["region"]
    assert isinstance(field, forms.ChoiceField)
    found = Region.objects.public().filter(code__in=codes)
    field.choices = [("", _("全部")), *((one.code, present.region_name(one)) for one in found)]


def _href(route: str, **query: object) -> str:
    return f"{reverse(route)}?{urlencode({key: value for key, value in query.items() if value})}"


def _row(
    region: Region | None, sheets: list[InspectionSheet], rows: list[Rectification], today: date
) -> dict[str, Any]:
    code = region.code if region else ""
    row: dict[str, Any] = {"region": present.region_name(region) if region else gettext("合计")}
    for key, _title, state in _SHEET_COUNTS:
        row[key] = sum(not state or one.state == state for one in sheets)
        href = _href("inspection_sheets", region=code, state=state)
        row[f"{key}_href"] = href if row[key] else ""
    late = [one.state == RectificationState.OPEN and one.deadline < today for one in rows]
    for key, _title, wanted in _PROBLEM_COUNTS:
        kept = late if wanted == "overdue" else [not wanted or one.state == wanted for one in rows]
        row[key] = sum(kept)
        href = _href("rectification_list", region=code, state=wanted)
        row[f"{key}_href"] = href if row[key] else ""
    return row


def _board(sheets: Iterable[InspectionSheet], rows: Iterable[Rectification], today: date) -> Table:
    """Counts by district and in all; each opens to what it counts."""
    by_region: dict[Region, tuple[list[InspectionSheet], list[Rectification]]] = defaultdict(
        lambda: ([], [])
    )
    for sheet in sheets:
        by_region[sheet.base.region][0].append(sheet)
    for row in rows:
        by_region[row.base.region][1].append(row)
    found = sorted(by_region.items(), key=lambda pair: pair[0].code)
    lines = [_row(region, *kept, today) for region, kept in found]
    if len(lines) > 1:
        everywhere = [kept for _region, kept in found]
        lines.append(
            _row(
                None,
                [one for kept, _rows in everywhere for one in kept],
                [one for _sheets, kept in everywhere for one in kept],
                today,
            )
        )
    seldom = {one.value for one in (SheetState.ON_SITE, SheetState.CHECKED, SheetState.ZERO)}
    empty = {key for key in seldom if not any(line[key] for line in lines)}
    return Table(
        tuple(one for one in BOARD_COLUMNS if one.key not in empty),
        lines,
        gettext("各区域的自查和整改（张、项）"),
        empty=gettext("还没有部署自查"),
        empty_hint=gettext("计划主管部署自查以后，各区域的进展列在这里。"),
    )


def _acts(user: User) -> list[dict[str, str]]:
    """What the programme officer may call now: inspections and surveys of the versions in force."""
    today, acts = clock.today(), []
    for version in in_force():
        if not reaches(user, version.programme.region_id, [Role.PROGRAMME_OFFICER]):
            continue
        for one in uncalled(version):
            acts.append(
                {
                    "href": reverse("inspection_open", args=[version.programme.slug, one.id]),
                    "title": pgettext("act", "部署自查") + f" · {present.in_language(one.title)}",
                    "hint": gettext("%(day)s前上报") % {"day": formats.day(one.due_on)},
                }
            )
        running = set(
            TenantSurvey.objects.for_user(user).open_on(today).values_list("key", flat=True)
        )
        for key, survey in version.pack.surveys.items():
            if key not in running:
                title = present.in_language(survey.title)
                acts.append(
                    {
                        "href": reverse("survey_open", args=[version.programme.slug, key]),
                        "title": pgettext("act", "发起测评") + f" · {title}",
                        "hint": gettext("匿名，%(days)s 天；不足 %(minimum)s 户不显示结果")
                        % {"days": survey.days, "minimum": survey.minimum},
                    }
                )
    return acts


def _board_page(request: HttpRequest, bound: BoundLater = None, status: int = 200) -> HttpResponse:
    user, today = person(request), clock.today()
    sheets = InspectionSheet.objects.for_user(user).select_related("base__region")
    rows = Rectification.objects.for_user(user).select_related("base__region")
    campaigns = InspectionCampaign.objects.for_user(user).select_related("version__programme")
    context = {
        "table": _board(sheets, rows, today),
        "campaigns": [
            shapes.Answer(
                present.in_language(one.definition.title),
                gettext("%(due)s前上报，%(last)s前整改；逾期不报：%(silence)s")
                % {
                    "due": formats.day(one.due_on),
                    "last": formats.day(one.definition.rectify_by),
                    "silence": present.in_language(one.definition.silence.consequence),
                },
            )
            for one in campaigns
        ],
        "acts": _acts(user),
        "later": later_parts(user, bound),
        "today": today,
    }
    return render(request, "office/inspections.html", context, status=status)


@require_safe
@role_required(*CASE_READERS)
def inspection_board(request: HttpRequest) -> HttpResponse:
    """Which base has not inspected itself, which problem is not put right?"""
    return _board_page(request)


@require_POST
@role_required(Role.PROGRAMME_OFFICER)
def sheets_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the bases that were admitted after the call their forms, due on a day of their own."""
    campaign = get_object_or_404(InspectionCampaign.objects.for_user(person(request)), pk=pk)
    form, status = LaterForm(request.POST, prefix=f"later-{pk}"), 422
    if form.is_valid():
        try:
            made = add_sheets(campaign, form.cleaned_data["due_on"], by=person(request))
        except ActionRefused as refused:
            form.add_error(None, in_one_line(refused))
            status = refused.status
        else:
            said = gettext("已补发 %(count)s 张自查表，运营主体已收到通知") % {"count": len(made)}
            messages.success(request, said)
            return redirect("inspection_board")
    return _board_page(request, (pk, form), status)


def _version_or_404(slug: str) -> ProgrammeVersion:
    found = in_force(slug)
    if not found:
        raise Http404
    return found[0]


@require_POST
@role_required(Role.PROGRAMME_OFFICER)
def inspection_open(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Call a self-inspection of the programme."""
    version = _version_or_404(slug)
    said = gettext("已部署自查，运营主体已收到通知")
    perform(request, lambda: open_campaign(version, key, by=person(request)), said)
    return redirect("inspection_board")


@require_POST
@role_required(Role.PROGRAMME_OFFICER)
def survey_open(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Ask the tenants."""
    version = _version_or_404(slug)
    said = gettext("已发起测评，入驻企业已收到通知")
    perform(request, lambda: open_survey(version, key, by=person(request)), said)
    return redirect("inspection_board")


@require_safe
@role_required(*CASE_READERS)
def inspection_sheets(request: HttpRequest) -> HttpResponse:
    """The forms, narrowed by campaign, region and state."""
    user, today = person(request), clock.today()
    form = SheetFilter(user, request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = InspectionSheet.objects.for_user(user)
    if wanted.get("campaign"):
        found = found.filter(campaign=wanted["campaign"])
    if wanted.get("region"):
        found = found.filter(base__region=wanted["region"])
    if wanted.get("state"):
        found = found.filter(state=wanted["state"])
    rows = found.select_related("base__region", "campaign__version__programme")
    page = page_of(request, rows.order_by("-campaign", "base__number", "pk"))
    context = {
        "form": form,
        "active": active_filters(request, form),
        "table": parts.sheet_table(page.object_list, "inspection_sheet", today),
        "page": page,
        "crumbs": board_crumbs(gettext("自查表")),
    }
    return render(request, "office/inspection_list.html", context)


def board_crumbs(*more: str) -> list[shapes.Link]:
    """The way to a page below the board."""
    way = [shapes.Link(gettext("自查整改"), reverse("inspection_board"))]
    return [*way, *(shapes.Link(text) for text in more)]
