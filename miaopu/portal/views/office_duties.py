"""Recurring duties and phases: what is due again and again, and where it was done."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from miaopu.core import clock
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.plans.agenda import binds
from miaopu.plans.duty_actions import recording_offices
from miaopu.plans.duty_reads import (
    DutyView,
    Fulfilment,
    Line,
    PhaseView,
    duty_view,
    duty_views,
    in_force,
    phase_views,
)
from miaopu.plans.models import DutyRecord
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.own_programmes import own_first
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_duty_parts import (
    STATE_WORDS,
    compliance_text,
    often,
    seen_view,
    state_word,
)
from miaopu.portal.views.office_task_parts import TASK_READERS, days_text, office_name, unit_name

RECORD_COLUMNS = (
    Column("done_on", gettext_lazy("日期"), kind="date", link="href"),
    Column("person", gettext_lazy("履行人")),
    Column("rank", gettext_lazy("当时职务")),
    Column("office", gettext_lazy("机构")),
    Column("place", gettext_lazy("地点")),
    Column("counts", gettext_lazy("是否计入")),
)


def _duty_row(view: DutyView, user: User) -> dict[str, Any]:
    seen = seen_view(view, user)
    whole, waiting = seen.compliance, seen.open_now
    slug = view.version.programme.slug
    return {
        "title": present.in_language(view.duty.title),
        "href": reverse("duty", args=[slug, view.duty.id]),
        "clause": view.duty.clause,
        "clause_href": present.clause_href(view.version, view.duty.clause),
        "often": often(view),
        "compliance": compliance_text(whole),
        "tone": "neutral" if whole.percent is None else "good" if whole.percent == 100 else "late",
        "waiting": len(waiting),
        "until": min((one.span.last for _subject, one in waiting), default=None),
        "record": reverse("duty_record_new", args=[slug, view.duty.id])
        if recording_offices(view.version, view.duty, user)
        else "",
        "nobody": _("、").join(unit_name(unit) for unit in view.nobody),
    }


def _phase_row(row: PhaseView, today: date) -> dict[str, Any]:
    return {
        "title": present.in_language(row.phase.title),
        "clause": row.phase.clause,
        "clause_href": present.clause_href(row.version, row.phase.clause),
        "days": days_text(row.first, row.last),
        "word": state_word(row.state),
        "tone": {"in_progress": "good", "over": "neutral", "not_due": "neutral"}[row.state],
    }


@require_safe
@role_required(*TASK_READERS)
def duties(request: HttpRequest) -> HttpResponse:
    """Which duties are fulfilled, which are due now? The phases beside them."""
    user, today = person(request), clock.today()
    versions = own_first(user, in_force())
    views = [view for view in duty_views(versions, today) if binds(view, user, None)]
    bound = {view.version.pk for view in views}
    groups = [
        {
            "name": present.in_language(version.programme.name),
            "duties": [_duty_row(view, user) for view in views if view.version.pk == version.pk],
            "phases": [_phase_row(row, today) for row in phase_views([version], today)],
        }
        for version in versions
        if version.pk in bound or reaches(user, version.programme.region_id)
    ]
    return render(request, "office/duties.html", {"groups": groups, "today": today})


def duty_or_404(user: User, slug: str, key: str, today: date) -> DutyView:
    """A duty of a programme that binds the user's offices or lies in her regions."""
    for version in in_force(slug):
        view = duty_view(version, key, today)
        if view is not None and binds(view, user, None):
            return view
    raise Http404


def _cell(one: Fulfilment, line: Line, view: DutyView) -> dict[str, Any]:
    mark, tone = STATE_WORDS[one.state]
    return {
        "mark": mark,
        "word": state_word(one.state),
        "tone": tone,
        "done": f"{one.done}/{one.needed}",
        "href": f"?period={one.span.key}&subject={line.subject.key}#records",
        "title": present.in_language(line.subject.name),
    }


def _years(view: DutyView) -> list[int]:
    return list(range(view.first.year, view.last.year + 1))


def _chosen_year(request: HttpRequest, years: list[int], today: date) -> int:
    asked = request.GET.get("period", "")[:4] or request.GET.get("year", "")
    if asked in map(str, years):
        return int(asked)
    return min(max(today.year, years[0]), years[-1])


def _record_rows(view: DutyView, records: list[DutyRecord]) -> list[dict[str, Any]]:
    """Records with whether they count; one that does not says why."""
    counted = {key for line in view.lines for one in line.periods for key in one.counted}
    aside = dict(pair for line in view.lines for one in line.periods for pair in one.set_aside)
    rows = []
    for record in records:
        key = str(record.pk)
        why = _("计入") if key in counted else present.in_language(aside.get(key))
        rows.append(
            {
                "done_on": record.done_on,
                "href": reverse("duty_record", args=[record.pk]),
                "person": record.person,
                "rank": record.get_rank_display(),
                "office": office_name(record.office),
                "place": record.place,
                "counts": _("已作废") if record.voided_at else why or _("不计入"),
            }
        )
    return rows


@require_safe
@role_required(*TASK_READERS)
def duty(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One duty: periods × offices, each cell open to its records."""
    user, today = person(request), clock.today()
    view = duty_or_404(user, slug, key, today)
    lines = seen_view(view, user).lines
    years = _years(view)
    year = _chosen_year(request, years, today)
    periods = [
        {
            "title": present.in_language(line.span.title),
            "days": f"{formats.month_day(line.span.first)} – {formats.month_day(line.span.last)}",
            "cells": [_cell(one.periods[place], one, view) for one in lines],
        }
        for place, line in enumerate(lines[0].periods if lines else ())
        if line.span.first.year == year
    ]
    records = DutyRecord.objects.for_user(user).filter(programme__slug=slug, duty=key)
    period, subject = request.GET.get("period", ""), request.GET.get("subject", "")
    opened = next(
        (
            (line, one)
            for line in lines
            for one in line.periods
            if one.span.key == period and line.subject.key == subject
        ),
        None,
    )
    if opened is not None:
        line, one = opened
        records = records.filter(done_on__range=(one.span.first, one.span.last))
        if line.subject.office is not None:
            records = records.filter(office=line.subject.office)
        if line.subject.region is not None:
            records = records.filter(region=line.subject.region)
    page = page_of(request, records.select_related("office").newest_first())
    venues = list(view.duty.venues)
    context = {
        "view": view,
        "title": present.in_language(view.duty.title),
        "programme": present.in_language(view.version.programme.name),
        "clause_href": present.clause_href(view.version, view.duty.clause),
        "often": often(view),
        "doubt": present.in_language(view.duty.doubt) if view.duty.doubt else "",
        "days": days_text(view.first, view.last),
        "compliance": [
            (present.in_language(line.subject.name), compliance_text(line.compliance))
            for line in lines
        ],
        "subjects": [present.in_language(line.subject.name) for line in lines],
        "periods": periods,
        "years": [(one, f"?year={one}", one == year) for one in years] if len(years) > 1 else [],
        "nobody": _("、").join(unit_name(unit) for unit in view.nobody),
        "opened": _opened(opened, venues) if opened else None,
        "records": Table(
            RECORD_COLUMNS,
            _record_rows(view, list(page.object_list)),
            _("登记的履行情况"),
            empty=_("还没有登记"),
            empty_hint=_("履行以后登记时间、地点、人员和佐证。"),
            queue=True,
        ),
        "page": page,
        "may": bool(recording_offices(view.version, view.duty, user)),
        "slug": slug,
        "crumbs": [
            shapes.Link(_("经常性职责"), reverse("duties")),
            shapes.Link(present.in_language(view.duty.title)),
        ],
    }
    return render(request, "office/duty.html", context)


def _opened(found: tuple[Line, Fulfilment], venues: list[Any]) -> dict[str, Any]:
    """The period that was opened, with what is wanting."""
    line, one = found
    subject, period = line.subject.name, one.span.title
    return {
        "title": f"{present.in_language(subject)} · {present.in_language(period)}",
        "word": state_word(one.state),
        "tone": STATE_WORDS[one.state][1],
        "done": one.done,
        "needed": one.needed,
        "missing": _("、").join(present.in_language(venues[int(key) - 1]) for key in one.missing),
    }
