"""One delivery: what its check found, the workbook that goes back, and writing what is sound."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from miaopu.core.models import User
from miaopu.parties.delivery_columns import delivery_columns
from miaopu.parties.enums import DeliveryState, RowOutcome
from miaopu.parties.findings import findings_of, size_finding
from miaopu.parties.models import Delivery, DeliveryRow
from miaopu.parties.querysets import DELIVERING_ROLES
from miaopu.parties.tasks import start_import
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.downloads import download
from miaopu.portal.paging import page_of
from miaopu.portal.performing import perform
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.jobs import work_on
from miaopu.portal.views.office_deliveries import TONES
from miaopu.portal.views.office_parts import needs_personal_data

UNDER_WAY = (DeliveryState.CHECKING, DeliveryState.IMPORTING)
OUTCOME_TONES: dict[str, shapes.Tone] = {
    RowOutcome.NEW: "good",
    RowOutcome.CHANGED: "soon",
    RowOutcome.WRONG: "late",
}
ROW_COLUMNS = (
    Column("number", _("行号"), kind="number"),
    Column("uscc", _("统一社会信用代码")),
    Column("name", _("企业名称")),
    Column("outcome", _("结果"), kind="tag", tone="tone"),
    Column("faults", _("错误和改法")),
    Column("size", _("企业规模")),
    Column("reasons", _("划型理由")),
)
FIGURES = (
    ("", _("全部"), "neutral"),
    (RowOutcome.NEW, _("新增"), "good"),
    (RowOutcome.CHANGED, _("更新"), "soon"),
    (RowOutcome.UNCHANGED, _("无变化"), "neutral"),
    (RowOutcome.WRONG, _("有误"), "late"),
)


def _delivery_or_404(request: HttpRequest, number: str) -> Delivery:
    found = Delivery.objects.for_user(person(request)).select_related(
        "file", "region", "job", "delivered_by", "confirmed_by", "returned"
    )
    return get_object_or_404(found, number=number)


def _may_see_persons(user: User, delivery: Delivery) -> bool:
    """Who handed the file in has seen it; of others, the reviewers of its region."""
    return delivery.delivered_by_id == user.pk or needs_personal_data(user, delivery.region_id)


def _job(delivery: Delivery) -> shapes.JobView | None:
    """The work that is under way or has failed; None where the result stands on the page."""
    job = delivery.job
    if job is None or delivery.state not in UNDER_WAY:
        return None
    return work_on(
        job,
        poll_href=reverse("delivery", kwargs={"number": delivery.number}),
        failed=gettext("没有完成。可以从停下的地方继续；仍不成功请联系系统管理员。"),
    )


def _figures(delivery: Delivery) -> list[dict[str, Any]]:
    counts = {
        "": delivery.rows_count,
        RowOutcome.NEW: delivery.new_count,
        RowOutcome.CHANGED: delivery.changed_count,
        RowOutcome.UNCHANGED: delivery.unchanged_count,
        RowOutcome.WRONG: delivery.wrong_count,
    }
    return [
        {
            "label": label,
            "value": formats.number(counts[outcome]),
            "tone": tone if counts[outcome] else "neutral",
            "href": f"?outcome={outcome or 'all'}#rows",
        }
        for outcome, label, tone in FIGURES
    ]


def _summary(delivery: Delivery) -> list[shapes.Answer]:
    titles = {column.name: column.title for column in delivery_columns()}
    rows = [
        shapes.Answer(gettext("文件"), delivery.file_name),
        shapes.Answer(gettext("来源部门"), delivery.get_source_display()),
        shapes.Answer(gettext("区域"), present.region_name(delivery.region)),
        shapes.Answer(gettext("数据截至"), formats.day(delivery.as_of)),
        shapes.Answer(
            gettext("上传"), f"{delivery.delivered_by} · {formats.moment(delivery.delivered_at)}"
        ),
    ]
    if delivery.sheet:
        rows.append(shapes.Answer(gettext("读取的工作表"), delivery.sheet))
        names = [present.in_language(titles[name]) for name in delivery.columns]
        rows.append(shapes.Answer(gettext("采用的列"), gettext("、").join(names)))
    if delivery.confirmed_by is not None:
        rows.append(
            shapes.Answer(
                gettext("确认"),
                f"{delivery.confirmed_by} · {formats.moment(delivery.confirmed_at)}",
            )
        )
    return rows


def _row(row: DeliveryRow, *, personal: bool) -> dict[str, Any]:
    size = size_finding(row)
    faults = [
        gettext("%(cell)s %(title)s：%(message)s。%(remedy)s")
        % {
            "cell": one.cell,
            "title": present.in_language(one.title),
            "message": present.in_language(one.message),
            "remedy": present.in_language(one.remedy),
        }
        for one in findings_of(row, personal=personal)
    ]
    return {
        "number": row.number,
        "uscc": row.uscc,
        "name": row.name,
        "outcome": row.get_outcome_display(),
        "tone": OUTCOME_TONES.get(row.outcome, "neutral"),
        "faults": gettext("；").join(faults),
        "size": present.in_language(size.name) if size else "",
        "reasons": gettext("；").join(present.in_language(one) for one in size.reasons)
        if size
        else "",
    }


def _table(rows: Iterable[DeliveryRow], outcome: str, *, personal: bool) -> Table:
    label = str(RowOutcome(outcome).label) if outcome else gettext("全部行")
    return Table(
        ROW_COLUMNS,
        [_row(row, personal=personal) for row in rows],
        gettext("检查结果：%(outcome)s") % {"outcome": label},
        empty=gettext("没有这样的行"),
        queue=True,
    )


@require_safe
@role_required(*DELIVERING_ROLES)
def delivery(request: HttpRequest, number: str) -> HttpResponse:
    """One delivery; a request by htmx gets the moving part, and the page once that has ended."""
    found, user = _delivery_or_404(request, number), person(request)
    job = _job(found)
    if request.headers.get("HX-Request"):
        if job is None or not job.alive:
            return HttpResponseClientRefresh()
        return render(request, "office/delivery.html#progress", {"job": job})
    asked = request.GET.get("outcome", RowOutcome.WRONG if found.wrong_count else "all")
    outcome = asked if asked in RowOutcome.values else ""
    shown = found.lines.filter(outcome=outcome) if outcome else found.lines.all()
    checked = found.state not in (DeliveryState.CHECKING, DeliveryState.REFUSED)
    page = page_of(request, shown if checked else shown.none())
    personal = _may_see_persons(user, found)
    context = {
        "delivery": found,
        "tone": TONES.get(found.state, "neutral"),
        "job": job,
        "checked": checked,
        "waits": found.state == DeliveryState.CHECKED,
        "done": found.state == DeliveryState.IMPORTED,
        "refusal": {name: present.in_language(one) for name, one in found.refusal.items()},
        "figures": _figures(found),
        "summary": _summary(found),
        "notes": [present.in_language(note) for note in found.notes],
        "page": page,
        "table": _table(page.object_list, outcome, personal=personal),
        "may_return": personal and found.returned_id is not None,
        "crumbs": [
            shapes.Link(gettext("数据导入"), reverse("deliveries")),
            shapes.Link(found.number),
        ],
    }
    return render(request, "office/delivery.html", context)


@require_POST
@role_required(*DELIVERING_ROLES)
def delivery_confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Write the sound rows of a checked delivery; go on with what has failed."""
    found = _delivery_or_404(request, number)
    perform(request, lambda: start_import(found, by=person(request)))
    return redirect("delivery", number=number)


@require_safe
@role_required(*DELIVERING_ROLES)
def delivery_returned(request: HttpRequest, number: str) -> FileResponse:
    """The workbook that goes back: the same table, wrong cells coloured and told."""
    found = _delivery_or_404(request, number)
    if found.returned is None or not _may_see_persons(person(request), found):
        raise Http404
    stem = found.file_name.rpartition(".")[0] or found.file_name
    name = gettext("退回-%(name)s.xlsx") % {"name": stem}
    return download(found.returned, name)
