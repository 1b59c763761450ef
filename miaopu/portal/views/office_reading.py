"""The reading desk: the text of a plan beside what was found in it, decided item by item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from miaopu.plans.enums import ReadingKind, ReadingState
from miaopu.plans.models import PlanReading, ReadingItem
from miaopu.plans.reading_querysets import SEEING_ROLES
from miaopu.plans.reading_tasks import UNDER_WAY
from miaopu.portal import desk_shapes, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.desk import Desk
from miaopu.portal.desk_asked import Asked
from miaopu.portal.desk_forms import ADDABLE, FORMS, ItemForm
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.jobs import work_on
from miaopu.portal.views.office_readings import TONES, address_of, may_work, reading_or_404

PANEL = "desk-panel"


def _job(reading: PlanReading) -> shapes.JobView | None:
    """The work that is under way or has failed."""
    job = reading.job
    if job is None or reading.state not in UNDER_WAY:
        return None
    failed = gettext("没有完成。可以再读一次；仍不成功请联系系统管理员。")
    return work_on(job, poll_href=address_of(reading), failed=failed)


def _frame(request: HttpRequest, reading: PlanReading) -> dict[str, Any]:
    """What every view of a reading shows around it."""
    return {
        "reading": reading,
        "tone": TONES.get(reading.state, "neutral"),
        "works": may_work(person(request)) and reading.is_open,
        "crumbs": [
            shapes.Link(gettext("计划阅读台"), reverse("reading_desk")),
            shapes.Link(str(reading)),
        ],
    }


def _waiting(request: HttpRequest, reading: PlanReading) -> HttpResponse:
    """A reading that is not open yet, or that was refused."""
    job = _job(reading)
    if request.headers.get("HX-Request"):
        if job is None or not job.alive:
            return HttpResponseClientRefresh()
        return render(request, "office/reading_waiting.html#progress", {"job": job})
    refusal = {name: present.in_language(one) for name, one in reading.refusal.items()}
    context = {
        **_frame(request, reading),
        "job": job,
        "refusal": refusal,
        "may_work": may_work(person(request)),
    }
    return render(request, "office/reading_waiting.html", context)


@dataclass(frozen=True)
class Typed:
    """What was typed beside the form of an item that is being added."""

    kind: str = ""
    quote: str = ""
    start: str = ""

    @property
    def label(self) -> str:
        """The kind in words."""
        return str(ReadingKind(self.kind).label) if self.kind in ADDABLE else ""


def form_of(desk: Desk, kind: str, data: Any = None, initial: Any = None) -> ItemForm:
    """The form for an item of a kind."""
    return FORMS[kind](desk.clause_choices, data, initial=initial, prefix="f")


def desk_page(
    request: HttpRequest,
    desk: Desk,
    *,
    form: ItemForm | None = None,
    problem: str = "",
    other: ReadingItem | None = None,
    typed: Typed | None = None,
    status: int = 200,
) -> HttpResponse:
    """The desk, or by htmx only the panel with the items."""
    reading, asked, item = desk.reading, desk.asked, desk.current
    frame = _frame(request, reading)
    editable = frame["works"] and item is not None and item.kind in FORMS
    if form is None and asked.mode == "edit" and editable and item is not None:
        shown = FORMS[item.kind].typed(item.content)
        form = form_of(desk, item.kind, initial={**shown, "note": item.reason})
    adding = asked.mode == "add" and frame["works"]
    typed = typed or Typed(kind=request.GET.get("add", ""))
    if form is None and adding and typed.kind in ADDABLE:
        form = form_of(desk, typed.kind, initial={"clause": item.clause if item else asked.clause})
    since = (request.POST if request.method == "POST" else request.GET).get("since", "")
    changed = desk.changed_since(since)
    by_others = [one for one in changed if one.by_id != person(request).pk]
    context = {
        **frame,
        "desk": desk,
        "asked": asked,
        "item": item,
        "editable": editable,
        "form": form,
        "problem": problem,
        "other": desk_shapes.answers_of(other) if other is not None else [],
        "other_item": other,
        "others": _others(by_others),
        "changed": ",".join(f"{one.pk}:{one.state}" for one in changed),
        "adding": adding,
        "typed": typed,
        "add_kinds": [{"label": ReadingKind(one).label, "value": str(one)} for one in ADDABLE],
        "keys": _keys() if frame["works"] else (),
    }
    name = "office/reading.html"
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == PANEL:
        name += "#panel"
    return render(request, name, context, status=status)


def _others(items: list[ReadingItem]) -> str:
    """Who else has worked here since the page was opened, and on how many items."""
    names = list(dict.fromkeys(str(one.by) for one in items))
    if not names:
        return ""
    return gettext("%(who)s在您打开本页后处理了 %(count)s 条") % {
        "who": gettext("、").join(names),
        "count": len(items),
    }


def _keys() -> tuple[tuple[str, str], ...]:
    return (
        ("a", gettext("采用")),
        ("e", gettext("改正")),
        ("x", gettext("不采用")),
        ("n", gettext("补充选中的文字")),
        ("j", gettext("下一条")),
        ("k", gettext("上一条")),
    )


@require_safe
@role_required(*SEEING_ROLES)
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """One reading: its progress, why it was refused, or the desk."""
    found = reading_or_404(request, pk)
    if found.state in (*UNDER_WAY, ReadingState.REFUSED):
        return _waiting(request, found)
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") != PANEL:
        return HttpResponseClientRefresh()  # the page with the progress asks once more
    return desk_page(request, Desk(found, Asked.of(request.GET, address_of(found))))
