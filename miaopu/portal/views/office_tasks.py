"""The task board: which task is late, and who holds it; by urgency, by unit, by clause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from miaopu.core import clock
from miaopu.core.scope import reaches
from miaopu.plans.enums import TaskState
from miaopu.plans.models import ProgrammeVersion
from miaopu.plans.standing import TaskView, views_of
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_queue import active_filters, query_of
from miaopu.portal.views.office_task_filters import (
    WAYS,
    TaskFilter,
    by_urgency,
    narrowed,
    versions_with_tasks,
)
from miaopu.portal.views.office_task_parts import (
    COLOUR_WORDS,
    COLOURS,
    TASK_READERS,
    TONES,
    counted,
    office_name,
    task_row,
    unit_name,
)

COLUMNS = (
    Column("title", _("任务"), link="href"),
    Column("clause", _("条款"), kind="clause", link="clause_href"),
    Column("units", _("责任单位")),
    Column("due_on", _("期限"), kind="date"),
    Column("light", _("灯号"), kind="tag", tone="tone"),
    Column("why", _("原因")),
    Column("percent", _("完成"), kind="number", unit="%"),
    Column("state", _("状态"), kind="tag", tone="state_tone"),
)
_COUNTS = (
    Column("all", _("全部"), kind="number", link="all_href"),
    *(
        Column(colour, COLOUR_WORDS[colour], kind="number", link=f"{colour}_href")
        for colour in COLOURS
    ),
)
UNIT_COLUMNS = (
    Column("name", _("单位"), link="all_href"),
    Column("offices", _("由哪个机构承担")),
    *_COUNTS,
)
CLAUSE_COLUMNS = (Column("name", _("条款"), link="all_href"), Column("title", _("内容")), *_COUNTS)


def _board_href(query: dict[str, Any], **more: Any) -> str:
    asked = {**query, **more}
    kept = {name: value for name, value in asked.items() if value and name != "by"}
    return f"{reverse('task_board')}?{urlencode(kept)}"


def _count_row(query: dict[str, Any], views: list[TaskView], **key: Any) -> dict[str, Any]:
    """Counts of a unit or a clause, each opening to exactly the tasks that it counts."""
    numbers = counted(views)
    row: dict[str, Any] = {"all": numbers["all"], "all_href": _board_href(query, **key)}
    for colour in COLOURS:
        row[colour] = numbers[colour]
        href = _board_href(query, **key, light=colour)
        row[f"{colour}_href"] = href if numbers[colour] else ""
    return row


def _by_unit(query: dict[str, Any], views: list[TaskView]) -> Table:
    found: dict[int, list[TaskView]] = defaultdict(list)
    parts = {}
    for view in views:
        for part in view.parts:
            if view not in found[part.unit.pk]:
                found[part.unit.pk].append(view)
            parts[part.unit.pk] = part
    rows = [
        {
            "name": unit_name(part.unit),
            "offices": gettext("、").join(office_name(one) for one in part.offices)
            or gettext("还没有机构"),
            **_count_row(query, found[key], unit=key),
        }
        for key, part in parts.items()
    ]
    rows.sort(key=lambda row: (-row["red"], -row["yellow"], -row["all"], row["name"]))
    return Table(UNIT_COLUMNS, rows, gettext("各单位的任务（项）"), empty=gettext("没有任务"))


def _by_clause(
    query: dict[str, Any], views: list[TaskView], versions: list[ProgrammeVersion]
) -> Table:
    titles = {
        (one.programme_id, path): present.in_language(entry.title)
        for one in versions
        for path, entry in one.pack.clauses.items()
    }
    found: dict[tuple[int, str], list[TaskView]] = defaultdict(list)
    for view in views:
        path = "/".join(view.task.clause.split("/")[:2])
        found[view.task.programme_id, path].append(view)
    slugs = {one.programme_id: one.programme.slug for one in versions}
    rows = [
        {
            "name": path,
            "title": titles.get((programme, path), ""),
            **_count_row(query, rows, clause=path, programme=slugs.get(programme, "")),
        }
        for (programme, path), rows in found.items()
    ]
    return Table(CLAUSE_COLUMNS, rows, gettext("各条款的任务（项）"), empty=gettext("没有任务"))


def _figures(query: dict[str, Any], numbers: dict[str, int]) -> list[dict[str, Any]]:
    """Each colour with its count and its list, and what waits to be confirmed."""
    rows: list[dict[str, Any]] = [
        {
            "label": COLOUR_WORDS[colour],
            "count": formats.number(numbers[colour]),
            "tone": TONES[colour] if numbers[colour] else "neutral",
            "href": _board_href(query, light=colour),
        }
        for colour in COLOURS
    ]
    waiting = {
        "label": gettext("已报告，待确认"),
        "count": formats.number(numbers["waiting"]),
        "tone": "soon" if numbers["waiting"] else "neutral",
        "href": _board_href(query, state=TaskState.REPORTED),
    }
    return [*rows, waiting]


def task_table(
    views: Iterable[TaskView], versions: Iterable[ProgrammeVersion], caption: str, query: str = ""
) -> Table:
    """Tasks as a queue that is walked by keyboard."""
    by_programme = {one.programme_id: one for one in versions}
    return Table(
        COLUMNS,
        [task_row(view, by_programme.get(view.task.programme_id), query) for view in views],
        caption,
        empty=gettext("没有符合条件的任务"),
        empty_hint=gettext("请放宽筛选条件；计划载入后，任务会列在这里。"),
        queue=True,
    )


@require_safe
@role_required(*TASK_READERS)
def task_board(request: HttpRequest) -> HttpResponse:
    """Which task is late, who holds it? Counts open to the tasks."""
    user, today = person(request), clock.today()
    versions = versions_with_tasks(user)
    form = TaskFilter(user, versions, request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    query = {name: value for name, value in wanted.items() if value}
    views = views_of(narrowed(user, wanted), today)
    numbers = counted(views)
    light = wanted.get("light", "")
    chosen = [view for view in views if not light or view.colour == light]
    way = wanted.get("by", "")
    page = None
    if way == "unit":
        table = _by_unit(query, chosen)
    elif way == "clause":
        table = _by_clause(query, chosen, versions)
    else:
        page = page_of(request, by_urgency(chosen))
        table = task_table(page.object_list, versions, gettext("任务"), query_of(form))
    context = {
        "form": form,
        "active": _active(request, form),
        "figures": _figures({k: v for k, v in query.items() if k != "light"}, numbers),
        "table": table,
        "page": page,
        "today": today,
        "ways": _ways(request, way),
        "summaries": [
            shapes.Link(
                present.in_language(one.programme.name),
                reverse("programme_summary", args=[one.programme.slug]),
            )
            for one in versions
            if reaches(user, one.programme.region_id)
        ],
    }
    return render(request, "office/tasks.html", context)


def _active(request: HttpRequest, form: TaskFilter) -> list[shapes.Link]:
    """What the board is narrowed to; the way of putting tasks in order narrows nothing."""
    way = form.fields.pop("by")
    links = active_filters(request, form)
    form.fields["by"] = way
    return links


def _ways(request: HttpRequest, chosen: str) -> list[dict[str, Any]]:
    """By urgency, by unit, by clause: the same tasks in three ways."""
    rows = []
    for way, text in WAYS:
        query = request.GET.copy()
        query.pop("page", None)
        query.pop("by", None)
        if way:
            query["by"] = way
        rows.append(
            {
                "text": text,
                "href": f"{request.path}?{query.urlencode()}",
                "current": way == chosen,
            }
        )
    return rows
