"""All targets of a programme: value, what is allocated, what is left, what is done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from miaopu.core import clock
from miaopu.core.kept import database_state
from miaopu.core.models import User
from miaopu.monitoring.board import Board, kept_board
from miaopu.plans.decompositions import DecompositionTable, table_of
from miaopu.plans.enums import DecompositionState as State
from miaopu.plans.models import (
    DecompositionMember,
    ProgrammeVersion,
    Target,
    TargetDecomposition,
)
from miaopu.portal import formats, present
from miaopu.portal.access import role_required
from miaopu.portal.tables import Column, Table
from miaopu.portal.target_grid import sum_words
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_target_parts import (
    TONES,
    chosen_version,
    works_in,
)
from miaopu.portal.views.public_parts import figure
from miaopu.portal.views.public_programme import figure_text


def _own_members(user: User, found: Iterable[TargetDecomposition]) -> frozenset[int]:
    """The members of decompositions that the user may see, in one statement."""
    members = DecompositionMember.objects.for_user(user).filter(decomposition__in=list(found))
    return frozenset(members.values_list("pk", flat=True))


def _own_part(table: DecompositionTable, own: frozenset[int]) -> str:
    """What the user's own districts are to reach."""
    values = [table.total(one) for one in table.members if one.pk in own]
    named = [value for value in values if value is not None]
    if not named:
        return formats.MISSING
    return figure(sum(named, Decimal(0)), table.decomposition.places)


def _row(
    version: ProgrammeVersion,
    target: Target,
    found: list[TargetDecomposition],
    board: Board,
    own: frozenset[int],
) -> dict[str, Any]:
    pack = version.pack
    [stated] = [one for one in pack.targets if one.id == target.key]
    indicator = pack.indicators[target.indicator]
    done = {one.key: one for one in board.targets}.get(target.key)
    counting = next((one for one in found if one.state == State.APPROVED), None)
    shown = counting or next(iter(found), None)
    table = table_of(shown) if shown else None
    words, tone = sum_words(table.sum, table) if table else ("", "neutral")
    in_work = next((one for one in found if one.in_work), None)
    places = shown.places if shown else 0
    return {
        "title": present.in_language(indicator.title),
        "href": reverse("target", args=[version.programme.slug, target.key]),
        "period": target.period,
        "value": figure_text(stated),
        "unit": present.in_language(indicator.unit),
        "allocated": figure(table.sum.total, places) if table else formats.MISSING,
        "remainder": figure(table.sum.remainder, places) if table else formats.MISSING,
        "named": f"{table.named}/{len(table.members)}" if table else formats.MISSING,
        "words": words,
        "words_tone": tone,
        "own": _own_part(table, own) if table and counting else formats.MISSING,
        "done": formats.number(done.done) if done else formats.MISSING,
        "percent": f"{done.done_percent}%" if done else formats.MISSING,
        "time": f"{done.time_percent}%" if done else formats.MISSING,
        "state": shown.get_state_display() if shown else _("未分解"),
        "tone": TONES.get(shown.state, "neutral") if shown else "neutral",
        "work": _("第 %(number)s 版%(state)s")
        % {"number": in_work.number, "state": in_work.get_state_display()}
        if in_work and counting
        else "",
        "clause": stated.clause,
        "clause_href": present.clause_href(version, stated.clause),
    }


def _table(rows: list[dict[str, Any]], today: date, *, whole: bool) -> Table:
    columns = [
        Column("title", _("指标"), link="href"),
        Column("period", _("期间")),
        Column("value", _("目标值"), align="end"),
        Column("unit", _("单位")),
        Column("allocated", _("已分解"), align="end"),
        Column("remainder", _("余额"), align="end"),
        Column("named", _("有目标的单位"), align="end"),
        Column("words", _("核对"), kind="tag", tone="words_tone"),
        Column("done", _("完成"), align="end"),
        Column("percent", _("完成率"), align="end"),
        Column("time", _("时间已过"), align="end"),
        Column("state", _("分解"), kind="tag", tone="tone"),
        Column("work", _("正在办理")),
        Column("clause", _("条款"), kind="clause", link="clause_href"),
    ]
    if not whole:
        columns = [one for one in columns if one.key not in ("named", "work", "words")]
        columns.insert(4, Column("own", _("本区县"), align="end"))
    return Table(
        tuple(columns),
        rows,
        _("截至%(day)s的目标") % {"day": formats.day(today)},
        empty=_("方案没有可以计量的目标"),
        stack=True,
    )


def _direct(version: ProgrammeVersion, targets: list[Target]) -> Table:
    """Targets that the plan itself sets for single places, without a whole to split."""
    pack = version.pack
    by_key = {one.id: one for one in pack.targets}
    rows = [
        {
            "title": present.in_language(pack.indicators[one.indicator].title),
            "region": present.region_name(one.region),
            "period": one.period,
            "value": figure_text(by_key[one.key]),
            "unit": present.in_language(pack.indicators[one.indicator].unit),
        }
        for one in targets
    ]
    return Table(
        (
            Column("title", _("指标")),
            Column("region", _("地区")),
            Column("period", _("期间")),
            Column("value", _("目标值"), align="end"),
            Column("unit", _("单位")),
        ),
        rows,
        _("方案直接下达到各地的目标"),
    )


@require_safe
@role_required(*CASE_READERS)
def target_board(request: HttpRequest) -> HttpResponse:
    """Which targets are split, over whom, does it add up, and how far is each."""
    user, today = person(request), clock.today()
    version, others = chosen_version(request)
    if version is None:
        return render(request, "office/target_board.html", {"version": None})
    programme = version.programme
    board = kept_board(version, today, database_state())
    found: dict[str, list[TargetDecomposition]] = {}
    rows = TargetDecomposition.objects.for_user(user).filter(programme=programme).with_parts()
    for one in rows.filter(state__in=(State.APPROVED, State.DRAFT, State.SUBMITTED)):
        found.setdefault(one.key, []).append(one)
    targets = list(
        Target.objects.public().filter(version=version).select_related("region").order_by("pk")
    )
    whole = [one for one in targets if one.region_id == programme.region_id]
    parts = [one for one in targets if one.region_id != programme.region_id]
    split = {(one.indicator, one.period) for one in whole}
    direct = [one for one in parts if (one.indicator, one.period) not in split]
    works = works_in(user, programme)
    shown = (one for same in found.values() for one in same)
    own: frozenset[int] = frozenset() if works else _own_members(user, shown)
    context = {
        "version": version,
        "title": present.in_language(programme.name),
        "others": others,
        "table": _table(
            [_row(version, one, found.get(one.key, []), board, own) for one in whole],
            today,
            whole=works,
        ),
        "direct": _direct(version, direct) if direct else None,
        "illustrative": any(one.illustrative for rows in found.values() for one in rows),
    }
    return render(request, "office/target_board.html", context)
