"""One target: who has which part, how far they are, its versions, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.kept import database_state
from miaopu.core.models import User
from miaopu.monitoring.board import kept_board
from miaopu.plans.decompositions import DecompositionTable, pack_target, table_of
from miaopu.plans.enums import DecompositionState as State
from miaopu.plans.enums import MemberKind
from miaopu.plans.models import Target, TargetDecomposition
from miaopu.plans.target_actions import (
    approve_decomposition,
    discard_decomposition,
    send_back_decomposition,
    submit_decomposition,
)
from miaopu.plans.target_members import add_members, drop_member
from miaopu.plans.target_opening import Opening, open_decomposition
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.performing import in_one_line, perform
from miaopu.portal.tables import Column, Table
from miaopu.portal.target_forms import JoinForm, OpenForm
from miaopu.portal.target_grid import sum_words
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_target_parts import (
    TONES,
    known_bases,
    may_decide,
    may_prepare,
    own_keys,
    target_or_404,
    works_in,
)
from miaopu.portal.views.public_parts import figure, parts_caption, progress_table
from miaopu.portal.views.public_programme import figure_text

STEPS: dict[str, tuple[Callable[..., object], Any]] = {
    "submit": (submit_decomposition, _("已提交，等待另一人批准")),
    "send_back": (send_back_decomposition, _("已退回修改")),
    "discard": (discard_decomposition, _("已作废")),
    "approve": (approve_decomposition, _("已批准；受影响的目标责任书已生成新版本")),
}


def _versions(rows: list[TargetDecomposition]) -> Table:
    shown = [
        {
            "number": one.number,
            "state": one.get_state_display(),
            "tone": TONES.get(one.state, "neutral"),
            "value": figure(one.value, one.places),
            "reason": one.reason,
            "gap": one.gap_reason,
            "submitted": str(one.submitted_by or ""),
            "approved": str(one.approved_by or ""),
            "at": one.approved_at,
        }
        for one in rows
    ]
    return Table(
        (
            Column("number", _("版本"), align="end"),
            Column("state", _("状态"), kind="tag", tone="tone"),
            Column("value", pgettext_lazy("target", "目标值"), align="end"),
            Column("reason", _("理由")),
            Column("gap", _("差额说明")),
            Column("submitted", _("提交人")),
            Column("approved", _("批准人")),
            Column("at", _("批准时间"), kind="moment"),
        ),
        shown,
        gettext("各版本"),
    )


def _parts(table: DecompositionTable, keys: frozenset[str]) -> Table:
    """The parts of one version by period, of the members that the reader may see."""
    made = table.decomposition
    periods = made.periods
    rows = []
    for member in table.members:
        if member.key not in keys:
            continue
        row = table.row(member)
        shown = {f"p{place}": figure(row[name], made.places) for place, name in enumerate(periods)}
        rows.append(
            {
                "name": present.in_language(member.title),
                "baseline": figure(member.baseline, made.places),
                "total": figure(table.total(member), made.places),
                **shown,
            }
        )
    columns = [Column("name", _("承担单位")), Column("baseline", _("基数"), align="end")]
    if len(periods) > 1:
        columns += [Column(f"p{place}", name, align="end") for place, name in enumerate(periods)]
    columns.append(Column("total", _("目标"), align="end"))
    return Table(
        tuple(columns),
        rows,
        gettext("第 %(number)s 版的分解") % {"number": made.number},
        stack=False,
    )


def _counting(target: Target, approved: TargetDecomposition | None, user: User) -> Table | None:
    """The parts in force against the records."""
    if approved is None:
        return None
    board = kept_board(target.version, clock.today(), database_state())
    found = next((one for one in board.decomposed if one.key == target.key), None)
    if found is None:
        return None
    keys = own_keys(user, approved)
    rows = [row for row in found.rows if row.key in keys]
    return progress_table(found, rows, parts_caption(found, clock.today()))


def show_target(
    request: HttpRequest,
    target: Target,
    form: OpenForm | None = None,
    status: int = 200,
    joining: JoinForm | None = None,
) -> HttpResponse:
    """The page of a target, with the form that opens the next version as it was filled in."""
    user = person(request)
    programme, stated = target.version.programme, pack_target(target)
    rows = list(
        TargetDecomposition.objects.for_user(user)
        .filter(programme=programme, key=target.key)
        .with_parts()
        .select_related("submitted_by", "approved_by")
        .order_by("-number")
    )
    approved = next((one for one in rows if one.state == State.APPROVED), None)
    work = next((one for one in rows if one.in_work), None)
    table = table_of(work) if work else None
    indicator = target.version.pack.indicators[target.indicator]
    shown = table_of(approved) if approved else table
    words, tone = sum_words(shown.sum, shown) if shown else ("", "neutral")
    prepares, latest = may_prepare(user, programme), work or approved
    decides = work is not None and work.state == State.SUBMITTED and may_decide(user, programme)
    context = {
        "target": target,
        "title": present.in_language(indicator.title),
        "unit": present.in_language(indicator.unit),
        "value": figure_text(stated),
        "clause": stated.clause,
        "clause_href": present.clause_href(target.version, stated.clause),
        "approved": approved,
        "counting": _counting(target, approved, user),
        "sum_words": words,
        "sum_tone": tone,
        "shown": shown,
        "allocated": figure(shown.sum.total, shown.decomposition.places) if shown else "",
        "whole": figure(shown.decomposition.value, shown.decomposition.places) if shown else "",
        "rebased": bool(shown and f"{shown.decomposition.value:f}" != f"{target.value:f}"),
        "work": work,
        "work_tone": TONES.get(work.state, "neutral") if work else "neutral",
        "joining": (joining or JoinForm())
        if work and work.state == State.DRAFT and prepares
        else None,
        "leaving": [
            (one.pk, present.in_language(one.title))
            for one in (table.members if table else ())
            if one.region_id is None
        ],
        "work_table": _parts(table, own_keys(user, table.decomposition)) if table else None,
        "work_words": sum_words(table.sum, table) if table else None,
        "needs_reason": bool(table and table.adds_up and table.sum.standing != "even"),
        "may_edit": prepares and work is not None and work.state == State.DRAFT,
        "may_approve": decides and work is not None and work.submitted_by_id != user.pk,
        "may_send_back": decides,
        "form": (form or OpenForm(target, approved)) if prepares and work is None else None,
        "slug": programme.slug,
        "versions": _versions(rows),
        "works": works_in(user, programme),
        "trail": present.trail_of(latest.trail(), None, None, inside=True)
        if latest and works_in(user, programme)
        else None,
        "crumbs": [
            shapes.Link(
                gettext("目标分解"), f"{reverse('target_board')}?programme={programme.slug}"
            ),
            shapes.Link(present.in_language(indicator.title)),
        ],
    }
    return render(request, "office/target.html", context, status=status)


@require_safe
@role_required(*CASE_READERS)
def target(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One target with its parts."""
    return show_target(request, target_or_404(slug, key))


def _with_bases(target: Target, opening: Opening) -> Opening:
    """The opening with the admitted bases of the programme's region by their numbers."""
    if opening.kind != MemberKind.BASE:
        return opening
    known = known_bases(target.version.programme)
    names = tuple(name for name in opening.names if name.strip()) or tuple(known)
    return replace(opening, names=names, known=known)


@require_POST
@role_required(Role.PROGRAMME_OFFICER)
def target_open(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Begin a decomposition or its next version."""
    found, user = target_or_404(slug, key), person(request)
    if not may_prepare(user, found.version.programme):
        raise Http404
    rows = TargetDecomposition.objects.for_user(user)
    before = rows.approved().filter(programme=found.version.programme, key=key).first()
    form = OpenForm(found, before, request.POST)
    if not form.is_valid():
        return show_target(request, found, form, status=422)
    try:
        open_decomposition(
            found, _with_bases(found, form.opening()), by=user, reason=form.cleaned_data["reason"]
        )
    except ActionRefused as refused:
        form.add_error(None, in_one_line(refused))
        return show_target(request, found, form, status=refused.status)
    return redirect("target_edit", slug, key)


@require_POST
@role_required(Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)
def target_step(request: HttpRequest, slug: str, key: str, step: str) -> HttpResponse:
    """Hand in, send back, give up or approve what is in work."""
    found, user = target_or_404(slug, key), person(request)
    if step not in STEPS:
        raise Http404
    rows = TargetDecomposition.objects.for_user(user).filter(programme=found.version.programme)
    work = rows.filter(key=key).order_by("-number").first()
    if work is None:
        raise Http404
    action, success = STEPS[step]
    reason = request.POST.get("reason", "").replace("\x00", "")
    perform(request, lambda: action(work, by=user, reason=reason), success)
    return redirect("target", slug, key)


@require_POST
@role_required(Role.PROGRAMME_OFFICER)
def target_members(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Let more take part in the draft, districts, bases and departments together; or fewer."""
    found, user = target_or_404(slug, key), person(request)
    programme = found.version.programme
    if not may_prepare(user, programme):
        raise Http404
    rows = TargetDecomposition.objects.for_user(user).in_work()
    work = rows.filter(programme=programme, key=key).first()
    if work is None:
        raise Http404
    if request.POST.get("action") == "drop":
        chosen = request.POST.get("member", "")
        member = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else 0
        perform(request, lambda: drop_member(work, member, by=user), gettext("已移出"))
        return redirect("target", slug, key)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return show_target(request, found, status=422, joining=form)
    kind, names = form.taking()
    try:
        add_members(work, kind, names, known_bases(programme), by=user)
    except ActionRefused as refused:
        form.add_error("names", in_one_line(refused))
        return show_target(request, found, status=refused.status, joining=form)
    messages.success(request, gettext("已加入，请填写它们的目标"))
    return redirect("target_edit", slug, key)
