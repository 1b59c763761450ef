"""Objections to published lists: which wait for an answer, and answering one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from miaopu.cases.enums import ObjectionState
from miaopu.cases.models import Objection
from miaopu.cases.objections import LONGEST_REPLY, answer_objection
from miaopu.cases.workflow import AlreadyDone
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.scope import reaches
from miaopu.engine.masking import mask_name, mask_phone
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.downloads import download
from miaopu.portal.paging import page_of
from miaopu.portal.side_steps import side_clock
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS, in_one_text

COLUMNS = (
    Column("number", _("异议编号"), link="href"),
    Column("enterprise", _("企业")),
    Column("region", _("区域")),
    Column("made_at", _("提出时间"), kind="moment"),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("due_on", _("到期日"), kind="date"),
    Column("left", _("时限"), kind="tag", tone="left_tone"),
)
TONES: dict[str, shapes.Tone] = {
    ObjectionState.OPEN: "soon",
    ObjectionState.UPHELD: "late",
    ObjectionState.DISMISSED: "neutral",
}


class AnswerForm(forms.Form):
    """Whether an objection is upheld, and what the objector is told."""

    result = forms.ChoiceField(
        label=_("结论"),
        choices=[
            (ObjectionState.DISMISSED.value, _("异议不成立，这一户继续")),
            (ObjectionState.UPHELD.value, _("异议成立，这一户退回重审")),
        ],
        help_text=_("答复以后不能再改；同一名单上的其他办件不受影响"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择结论")},
    )
    reason = forms.CharField(
        label=_("答复"),
        help_text=_("提出异议的人会看到，也会告知企业；请不要写出提出异议的人是谁"),
        max_length=LONGEST_REPLY,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明答复")},
    )


def objection_clock(row: Objection, today: date) -> shapes.Clock:
    """The clock of an objection: the office's time to answer."""
    return side_clock(
        row,
        row.publicity.item,
        "objection",
        today,
        is_open=row.state == ObjectionState.OPEN,
        why=(gettext("环节：异议处理"), gettext("环节：异议处理（示例时限）")),
    )


def objection_row(row: Objection, today: date) -> dict[str, Any]:
    """An objection in a list."""
    clock_now = objection_clock(row, today)
    is_open = row.state == ObjectionState.OPEN
    return {
        "number": row.number,
        "href": reverse("objection", args=[row.number]),
        "enterprise": row.case.enterprise.name,
        "region": present.region_name(row.publicity.region),
        "made_at": row.made_at,
        "state": row.get_state_display(),
        "tone": TONES[row.state],
        "due_on": row.due_on,
        "left": clock_now.headline if is_open else "",
        "left_tone": clock_now.tone,
    }


@require_safe
@role_required(*CASE_READERS)
def objections(request: HttpRequest) -> HttpResponse:
    """Which objections wait for an answer, those that are due first; then those answered."""
    rows = Objection.objects.for_user(person(request)).with_parts()
    rows = rows.select_related(
        "publicity__region", "publicity__item__version__programme", "case__enterprise"
    )
    page = page_of(request, rows.by_time_left())
    today = clock.today()
    table = Table(
        COLUMNS,
        [objection_row(row, today) for row in page.object_list],
        gettext("公示异议"),
        empty=gettext("没有公示异议"),
        empty_hint=gettext("公示期内有人提出异议时会列在这里。"),
        queue=True,
    )
    return render(request, "office/objections.html", {"table": table, "page": page})


def _objection_or_404(request: HttpRequest, number: str) -> Objection:
    rows = Objection.objects.for_user(person(request)).with_parts()
    rows = rows.select_related(
        "publicity__region",
        "publicity__item__version__programme",
        "case__enterprise",
        "case__item__version__programme",
        "file",
        "answered_by",
    )
    return get_object_or_404(rows, number=number)


def _show(
    request: HttpRequest,
    row: Objection,
    form: AnswerForm,
    refused: ActionRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    answers = reaches(user, row.publicity.region_id, [Role.APPROVER])
    own = row.case.proposed_by_id == user.pk
    context = {
        "row": row,
        "tone": TONES[row.state],
        "clock": objection_clock(row, clock.today()),
        # Who objected is for those who answer; others who may read the case see a mask.
        "name": row.name if answers else mask_name(row.name),
        "contact": row.contact if answers else mask_phone(row.contact),
        "case_href": reverse("case_packet", args=[row.case.number]),
        "list_href": reverse("office_publicity", args=[row.publicity.number]),
        "file_href": reverse("objection_file", args=[row.number]) if row.file else "",
        "may_answer": answers and not own and row.state == ObjectionState.OPEN,
        "own": answers and own and row.state == ObjectionState.OPEN,
        "form": form,
        "refused": refused,
        "crumbs": [
            shapes.Link(gettext("公示异议"), reverse("objections")),
            shapes.Link(row.number),
        ],
    }
    return render(request, "office/objection.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*CASE_READERS)
def objection(request: HttpRequest, number: str) -> HttpResponse:
    """What somebody objects to; POST answers it."""
    row = _objection_or_404(request, number)
    if request.method != "POST":
        return _show(request, row, AnswerForm())
    if not person(request).has_role(Role.APPROVER):
        raise Http404
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, row, form, status=422)
    upheld = form.cleaned_data["result"] == ObjectionState.UPHELD
    try:
        answer_objection(row, upheld=upheld, by=person(request), reason=form.cleaned_data["reason"])
    except AlreadyDone as done:
        messages.info(request, in_one_text(done))
    except ActionRefused as refused:
        fresh = _objection_or_404(request, number)
        return _show(request, fresh, form, refused, refused.status)
    else:
        messages.success(
            request,
            gettext("已答复；这一户已退回重审") if upheld else gettext("已答复；这一户可以继续"),
        )
    return redirect("objection", number)


@require_safe
@role_required(*CASE_READERS)
def objection_file(request: HttpRequest, number: str) -> HttpResponseBase:
    """The file that came with an objection, as a download."""
    row = _objection_or_404(request, number)
    if row.file is None:
        raise Http404
    return download(row.file, row.file_name)
