"""From a reading to a running programme: what only a person knows, the check, and loading."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import Region
from miaopu.core.scope import region_prefix
from miaopu.plans.enums import ReadingState
from miaopu.plans.models import PlanReading, ProgrammeVersion
from miaopu.plans.reading_completion import (
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
from miaopu.plans.reading_onward import NextVersion, base_of, programmes_for
from miaopu.plans.reading_querysets import READING_ROLES
from miaopu.portal import kept_forms, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.desk_asked import Asked
from miaopu.portal.performing import in_one_line
from miaopu.portal.tables import Table
from miaopu.portal.version_words import PARTS, Words
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_reading_form import ProgrammeForm
from miaopu.portal.views.office_readings import address_of, reading_or_404
from miaopu.portal.views.office_versions import CHANGE_COLUMNS, counts_of

CHANGES_SHOWN, FEW_CHANGES = 200, 20


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
        "following": _following(request, drafted.following)
        if drafted is not None and drafted.following is not None
        else None,
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


def _following(request: HttpRequest, following: NextVersion) -> dict[str, Any] | None:
    """What would change in the programme, before it is loaded; None where the draft has errors."""
    difference = following.difference
    if difference is None:
        return None
    base = following.base
    words = Words(difference)
    rows = words.rows()
    return {
        "base": base.number,
        "name": present.in_language(base.programme.name),
        "stand": following.stand,
        "same": following.same,
        "staying": counts_of(request, [base]).get(base.pk, {}).get("running", 0),
        "kept": [PARTS.get(part, part) for part in following.kept],
        "clauses": following.kept_clauses,
        "count": len(rows),
        "few": len(rows) <= FEW_CHANGES,
        "shown": min(len(rows), CHANGES_SHOWN),
        "changes": Table(CHANGE_COLUMNS, rows[:CHANGES_SHOWN], gettext("变化")),
        "touched": words.touched(),
    }


@role_required(*READING_ROLES)
def reading_complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for what is missing; `step` check shows the draft's check, complete loads it."""
    reading = reading_or_404(request, pk)
    if reading.state != ReadingState.OPEN:
        return redirect("reading", pk=pk)
    scopes = scopes_in(reading)
    places = _places(reading)
    programmes = list(programmes_for(reading))
    if request.method != "POST":
        initial = {**_initial(reading, scopes), **_typed_before(request)}
        form = ProgrammeForm(places, scopes, programmes, initial=initial)
        return _page(request, reading, form)
    form = ProgrammeForm(places, scopes, programmes, request.POST)
    if not form.is_valid():
        return _page(request, reading, form, status=422)
    before = None
    try:
        kept = keep_choices(reading, form.kept(), by=person(request))
        if request.POST.get("step") != "complete":
            return _page(request, kept, form, drafted=draft_reading(kept))
        before = base_of(kept)
        seen = request.POST.get("seen", "")[:100]
        version = complete_reading(kept, by=person(request), seen=seen)
    except DraftRefused as refused:
        drafted = draft_reading(kept)
        problem = in_one_line(refused)
        return _page(request, reading, form, drafted=drafted, problem=problem, status=422)
    except Conflict as refused:  # with the difference as it is by now, where there is one
        now = draft_reading(reading_or_404(request, pk)) if form.cleaned_data["onto"] else None
        problem = in_one_line(refused)
        return _page(request, reading, form, drafted=now, problem=problem, status=409)
    except ActionRefused as refused:
        problem = in_one_line(refused)
        return _page(request, reading, form, problem=problem, status=refused.status)
    if before is not None:
        return _loaded_onto(request, before, version)
    messages.success(request, gettext("已载入为计划，现在对外公开"))
    return redirect("programme", slug=version.programme.slug)


def _loaded_onto(
    request: HttpRequest, before: ProgrammeVersion, version: ProgrammeVersion
) -> HttpResponse:
    """To the versions of the programme, saying what became of the one in force."""
    if version == before:
        words = gettext("内容与现行的第 %(number)s 版相同，没有产生新的版本")
    elif version.number < before.number:
        words = gettext("内容与第 %(number)s 版相同，第 %(number)s 版重新生效")
    else:
        words = gettext("已载入为第 %(number)s 版；在办的办件仍按原来的版本办理")
    messages.success(request, words % {"number": version.number})
    asked: dict[str, str | int] = {
        "programme": version.programme.slug,
        "old": before.number,
        "new": version.number,
    }
    return redirect(f"{reverse('programme_versions')}?{urlencode(asked)}")


def _typed_before(request: HttpRequest) -> dict[str, Any]:
    """What was typed here before the sign-in expired."""
    kept = kept_forms.kept_data(request)
    return {} if kept is None else kept.dict()
