"""The programme board: who is ahead, who is behind, by how much; every figure opens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from miaopu.cases.enums import CaseState
from miaopu.cases.models import Case
from miaopu.cases.querysets import READERS
from miaopu.core import clock
from miaopu.core.models import User
from miaopu.core.scope import region_prefixes
from miaopu.monitoring.board import Board, CaseCount, in_force, kept_board, kept_case_counts
from miaopu.monitoring.decomposed import MemberProgress
from miaopu.monitoring.figures import money_by_level
from miaopu.plans.models import ProgrammeVersion
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.charts import district_map, trend_chart
from miaopu.portal.kept_parts import kept_part
from miaopu.portal.own_programmes import own_first
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_target_parts import works_in
from miaopu.portal.views.public_parts import parts_caption, progress_table
from miaopu.portal.views.public_shared import (
    award_sums,
    awards_href,
    pays,
    progress_with_clauses,
)
from miaopu.portal.views.public_tables import (
    DistrictRow,
    district_rows,
    district_table,
    job_rows,
    level_table,
    trend_table,
)
from miaopu.portal.views.titled_parts import titled_table

OVERDUE = "overdue"


def _queue_href(slug: str, region: str, **more: str) -> str:
    """The queue narrowed to exactly the cases that a figure counts."""
    asked = {"programme": slug, "region": region, **more}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('case_queue')}?{query}"


def _counts_of(slug: str, region: str, name: str, counts: Sequence[CaseCount]) -> dict[str, Any]:
    """A row of the table of cases: each state, those overdue, and where each opens."""
    numbers: dict[str, int] = defaultdict(int)
    for one in counts:
        numbers[one.state] += one.count
        numbers[OVERDUE] += one.overdue
        numbers["all"] += one.count
    row: dict[str, Any] = {"name": name, "all": numbers["all"]}
    row["all_href"] = _queue_href(slug, region) if numbers["all"] else ""
    for state in (*CaseState.values, OVERDUE):
        row[state] = numbers[state]
        narrowed = {"due": OVERDUE} if state == OVERDUE else {"state": state}
        row[f"{state}_href"] = _queue_href(slug, region, **narrowed) if numbers[state] else ""
    return row


def _case_table(slug: str, counts: Sequence[CaseCount], names: dict[str, str]) -> Table:
    """Cases of the user's own regions, by region and state."""
    by_region: dict[str, list[CaseCount]] = defaultdict(list)
    for one in counts:
        by_region[one.region].append(one)
    rows = [
        _counts_of(slug, code, names.get(code, code), found) for code, found in by_region.items()
    ]
    if len(rows) > 1:
        rows.append(_counts_of(slug, "", _("合计"), counts))
    seen = {one.state for one in counts}
    states = [choice for choice in CaseState.choices if choice[0] in seen]
    columns = (
        Column("name", _("区县")),
        Column("all", _("全部"), kind="number", link="all_href"),
        Column(OVERDUE, _("已超期"), kind="number", link=f"{OVERDUE}_href"),
        *(Column(state, label, kind="number", link=f"{state}_href") for state, label in states),
    )
    return Table(
        columns,
        rows,
        _("本机构区域的办件（件）"),
        empty=_("本区域还没有办件"),
        empty_hint=_("企业提交后会出现在这里。"),
    )


def _case_counts(
    user: User, version: ProgrammeVersion, board: Board, state: str | None
) -> list[CaseCount]:
    scope = (version.programme_id, tuple(sorted(region_prefixes(user, READERS))))
    cases = Case.objects.for_user(user).filter(programme=version.programme_id)
    return kept_case_counts(cases, scope, board.as_of, state)


def _own_rows(user: User, rows: Sequence[DistrictRow]) -> list[DistrictRow]:
    """The districts of the user's offices; none where they reach all there are."""
    prefixes = tuple(region_prefixes(user, READERS))
    districts = [row for row in rows if row.code]
    own = [row for row in districts if row.code.startswith(prefixes)]
    return own if len(own) < len(districts) else []


def _parts_shown(
    user: User, version: ProgrammeVersion, rows: Sequence[MemberProgress]
) -> list[MemberProgress]:
    """All parts for who works in the whole region, else those of the user's own districts."""
    if works_in(user, version.programme):
        return list(rows)
    prefixes = tuple(region_prefixes(user, READERS))
    return [row for row in rows if row.key.startswith(prefixes)]


def _shown(request: HttpRequest, asked: str) -> dict[str, Any]:
    """Everything that the board of a programme shows; {"version": None} where there is none."""
    user, today = person(request), clock.today()
    state, versions = in_force()
    chosen = [one for one in versions if one.programme.slug == asked]
    chosen = chosen or own_first(user, versions)[:1]
    if not chosen:
        return {"version": None}
    [version] = chosen
    slug = version.programme.slug
    board = kept_board(version, today, state)
    rows = district_rows(slug, board.districts)
    names = {one.code: present.in_language(one.name) for one in board.districts}
    sums = award_sums(board.support)
    hrefs = {row.code: row.firsts_href for row in rows}
    return {
        "version": version,
        "title": present.in_language(version.programme.name),
        "others": [
            shapes.Link(
                present.in_language(one.programme.name),
                f"{request.path}?{urlencode({'programme': one.programme.slug})}",
            )
            for one in versions
            if one.pk != version.pk
        ],
        "today": today,
        "pays": pays(version),
        "progress": progress_with_clauses(version, today, board.support, board.targets),
        "map": district_map(version.programme.region_id, board.districts, hrefs, _("户")),
        "trend": trend_chart(board, _("户")),
        "trend_table": trend_table(slug, board),
        "own": _own_rows(user, rows),
        "districts": district_table(rows, today),
        "cases": _case_table(slug, _case_counts(user, version, board, state), names),
        "levels": level_table(slug, money_by_level(version.programme, board.balances), today),
        "sums": sums,
        "jobs": job_rows(slug, board),
        "parts": [
            progress_table(one, _parts_shown(user, version, one.rows), parts_caption(one, today))
            for one in board.decomposed
            if one.counted
        ],
        "titled": titled_table(
            slug,
            board.titled,
            None if works_in(user, version.programme) else region_prefixes(user, READERS),
        ),
        "awards_href": awards_href(programme=slug),
        "committed_href": awards_href(programme=slug, state="committed"),
        "paid_href": awards_href(programme=slug, state="paid"),
    }


@require_safe
@role_required(*CASE_READERS)
def office_board(request: HttpRequest) -> HttpResponse:
    """One programme: against target and time, by district, cases, money, jobs."""
    asked = request.GET.get("programme", "")
    board = kept_part(
        request,
        "board",
        asked,
        lambda: render_to_string("office/board.html#board", _shown(request, asked)),
    )
    return render(request, "office/board.html", {"board": board})
