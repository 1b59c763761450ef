"""Accepting every unread item of a clause or a kind at once, after seeing how many there are."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from miaopu.core.errors import ActionRefused
from miaopu.plans.enums import ReadingKind
from miaopu.plans.reading_item_actions import accept_items, stand_of, unread_of
from miaopu.plans.reading_querysets import READING_ROLES
from miaopu.portal import desk_shapes, shapes
from miaopu.portal.access import role_required
from miaopu.portal.desk_asked import Asked
from miaopu.portal.performing import in_one_line
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_readings import address_of, reading_or_404

SHOWN = 200


@role_required(*READING_ROLES)
def reading_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the unread items of a clause or a kind; on POST accept just those."""
    reading = reading_or_404(request, pk)
    desk = address_of(reading)
    asked = Asked.of(request.POST if request.method == "POST" else request.GET, desk)
    status, problem = 200, ""
    if request.method == "POST":
        try:
            count = accept_items(
                reading,
                kind=asked.kind,
                clause=asked.clause,
                seen=request.POST.get("seen", ""),
                by=person(request),
            )
        except ActionRefused as refused:
            status, problem = refused.status, in_one_line(refused)
        else:
            said = ngettext("已采用 %(count)s 条", "已采用 %(count)s 条", count)
            messages.success(request, said % {"count": count})
            return redirect(asked.fresh(clause=asked.clause).href())
    items = list(unread_of(reading, kind=asked.kind, clause=asked.clause))
    rows = [desk_shapes.row_of(one, "", current=False) for one in items[:SHOWN]]
    context = {
        "reading": reading,
        "asked": asked,
        "kind_label": ReadingKind(asked.kind).label if asked.kind else "",
        "rows": rows,
        "count": len(items),
        "more": len(items) - len(rows),
        "seen": stand_of(items),
        "problem": problem,
        "back": asked.fresh(kind=asked.kind, clause=asked.clause).href(),
        "can": reading.is_open and bool(items),
        "crumbs": [
            shapes.Link(gettext("计划阅读台"), reverse("reading_desk")),
            shapes.Link(str(reading), desk),
            shapes.Link(gettext("成批采用")),
        ],
    }
    return render(request, "office/reading_accept.html", context, status=status)
