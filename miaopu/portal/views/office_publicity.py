"""Publicity: what waits for it, the list as it will be published, and the decision after it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from miaopu.cases.enums import CaseState
from miaopu.cases.models import Case, Objection, Publicity
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.clock import working_days_left
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_waiting import LIST_COLUMNS, waiting_group, waiting_groups
from miaopu.portal.views.public_publicity import PublicityClock

STATE_COLUMNS = (*LIST_COLUMNS, Column("state", _("状态"), kind="tag", tone="tone"))


def _lists(user: User) -> Any:
    """Published lists in the user's scope, with how many of their cases wait for the decision."""
    undecided = Q(cases__state=CaseState.PUBLISHED)
    return (
        Publicity.objects.for_user(user)
        .select_related("item__version__programme", "region")
        .defer("lines", "calculation", "item__version__content")
        .annotate(
            count=Count("cases"),
            undecided=Count("cases", filter=undecided),
            total_fen=Sum("cases__amount_fen"),
        )
    )


def _list_row(publicity: Any, today: date) -> dict[str, Any]:
    ended = today > publicity.ends_on
    waits = ended and publicity.undecided > 0
    if not ended:
        state, tone = gettext("公示中"), "soon"
    elif waits:
        state, tone = gettext("等待决定"), "soon"
    else:
        state, tone = gettext("已办结"), "good"
    return {
        "number": publicity.number,
        "href": reverse("office_publicity", kwargs={"number": publicity.number}),
        "item": present.in_language(publicity.item.name),
        "region": present.region_name(publicity.region),
        "starts_on": publicity.starts_on,
        "ends_on": publicity.ends_on,
        "count": publicity.count,
        "undecided": publicity.undecided,
        "total_fen": publicity.total_fen or 0,
        "state": state,
        "tone": tone,
    }


def ended_lists(user: User, today: date) -> list[dict[str, Any]]:
    """Lists whose publicity has ended and whose cases wait for the decision, oldest first."""
    rows = _lists(user).filter(ends_on__lt=today, undecided__gt=0).order_by("ends_on", "pk")
    return [_list_row(publicity, today) for publicity in rows]


PUBLISHED_COLUMNS = (
    Column("number", _("公示编号"), link="href"),
    Column("item", _("事项")),
    Column("region", _("区域")),
    Column("starts_on", _("起"), kind="date"),
    Column("ends_on", _("止"), kind="date"),
    Column("count", _("件数"), kind="number"),
    Column("total_fen", _("金额"), kind="money", unit=_("元")),
    Column("undecided", _("未决定"), kind="number"),
    Column("state", _("状态"), kind="tag", tone="tone"),
)


@require_safe
@role_required(*CASE_READERS)
def publicity_prepare(request: HttpRequest) -> HttpResponse:
    """What waits for publicity, as it will be published; and the lists there are.

    Narrowed to an item in a region: that list alone, page by page.
    """
    user = person(request)
    if "item" in request.GET:
        return _one_waiting(request, user)
    today = clock.today()
    page = page_of(request, _lists(user).order_by("-pk"))
    published = Table(
        PUBLISHED_COLUMNS,
        [_list_row(publicity, today) for publicity in page.object_list],
        gettext("已发布的名单"),
        empty=gettext("还没有发布过名单"),
        queue=True,
    )
    context = {"groups": waiting_groups(user), "page": page, "published": published}
    return render(request, "office/publicity_prepare.html", context)


def _one_waiting(request: HttpRequest, user: User) -> HttpResponse:
    """A list as it will be published; where nothing waits any more, all that does."""
    asked = request.GET.get("item", ""), request.GET.get("region", "")
    found = waiting_group(request, user, *asked)
    if found is None:
        return redirect("publicity_prepare")
    group, page = found
    crumbs = [
        shapes.Link(gettext("公示准备"), reverse("publicity_prepare")),
        shapes.Link(group.title),
    ]
    context = {"groups": [group], "page": page, "published": None, "crumbs": crumbs}
    return render(request, "office/publicity_prepare.html", context)


def list_or_404(user: User, number: str) -> Publicity:
    """A published list in the user's scope."""
    lists = Publicity.objects.for_user(user).select_related("item__version__programme", "region")
    return get_object_or_404(lists.select_related("published_by"), number=number)


def _state(case: Case, ended: bool, stopped: bool) -> dict[str, str]:
    """The state of a case on a list; after its end an open case waits for the decision.

    An objection that was not answered stops its own line.
    """
    if stopped and case.state == CaseState.PUBLISHED:
        return {"state": gettext("有异议，暂停决定"), "tone": "late"}
    if ended and case.state == CaseState.PUBLISHED:
        return {"state": gettext("等待决定"), "tone": "soon"}
    return {"state": case.get_state_display(), "tone": present.tone_of(case.state)}


@require_safe
@role_required(*CASE_READERS)
def office_publicity(request: HttpRequest, number: str) -> HttpResponse:
    """A published list with the state of each case; after its end the decision."""
    publicity = list_or_404(person(request), number)
    today = clock.today()
    ended = today > publicity.ends_on
    numbers = [line["case"] for line in publicity.lines]
    listed = Case.objects.for_user(person(request)).filter(number__in=numbers)
    cases = {case.number: case for case in listed.defer("form", "trace").order_by("pk")}
    objections = Objection.objects.for_user(person(request)).filter(publicity=publicity)
    stopped = set(objections.open().values_list("case_id", flat=True))
    rows = [
        {
            **line,
            "href": reverse("case_packet", kwargs={"number": line["case"]}),
            "clause_href": present.clause_href(publicity.item.version, line["clause"]),
            **_state(cases[line["case"]], ended, cases[line["case"]].pk in stopped),
        }
        for line in publicity.lines
    ]
    open_cases = [
        case
        for case in cases.values()
        if case.state == CaseState.PUBLISHED
        and case.publicity_id == publicity.pk
        and case.pk not in stopped
    ]
    approver = reaches(person(request), publicity.region_id, [Role.APPROVER])
    context = {
        "publicity": publicity,
        "title": present.in_language(publicity.item.name),
        "region": present.region_name(publicity.region),
        "clock": PublicityClock(
            state="done" if ended else "running",
            limit=publicity.days,
            left=None if ended else working_days_left(today, publicity.ends_on),
            due=publicity.ends_on,
            days=present.days_of(publicity.calculation),
        ),
        "ended": ended,
        "stopped": sum(case.pk in stopped for case in cases.values()),
        "table": Table(STATE_COLUMNS, rows, gettext("名单（已冻结）"), queue=True),
        "undecided": len(open_cases),
        "undecided_fen": sum(case.amount_fen or 0 for case in open_cases),
        "may_decide": approver and ended and bool(open_cases),
        "crumbs": [
            shapes.Link(gettext("公示准备"), reverse("publicity_prepare")),
            shapes.Link(publicity.number),
        ],
        "public_href": reverse("publicity", kwargs={"number": publicity.number}),
    }
    return render(request, "office/publicity.html", context)
