"""Problems of bases for the offices: the list, one problem with its evidence, and the check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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

from miaopu.bases import rectification_actions as actions
from miaopu.bases.guards import may
from miaopu.bases.inspection_enums import RectificationState
from miaopu.bases.inspection_states import RECTIFICATION_TABLE
from miaopu.bases.models import Rectification, RectificationFile
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.downloads import download
from miaopu.portal.paging import page_of
from miaopu.portal.shapes import Text
from miaopu.portal.views import inspection_parts as parts
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_inspections import board_crumbs, offer_regions
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_queue import active_filters
from miaopu.portal.views.operator_forms import day_field


class RectificationFilter(forms.Form):
    """Which problems are listed; stands in the address."""

    region = forms.ChoiceField(label=_("区域"), required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", _("全部")),
            *RectificationState.choices,
            ("overdue", _("已超期限")),
        ],
    )

    def __init__(self, user: User, *given: Any) -> None:
        super().__init__(*given)
        offer_regions(self, Rectification.objects.for_user(user).values("base__region"))


class StepForm(forms.Form):
    """A step with its reason; `revision` says which state was seen."""

    use_required_attribute = False
    revision = forms.IntegerField(widget=forms.HiddenInput)
    deadline = day_field(_("新的整改期限"))
    reason = forms.CharField(
        label=_("理由"),
        help_text=_("记入办理记录；运营主体会看到"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明理由")},
    )

    def __init__(self, step: str, row: Rectification, data: Any = None) -> None:
        super().__init__(data, prefix=step, initial={"revision": row.revision})
        if step != "reopen":
            del self.fields["deadline"]


@dataclass(frozen=True)
class Step:
    """A step of a check: what it is called, what it does, how the button looks."""

    title: Text
    act: Callable[..., Rectification]
    kind: str = "secondary"


STEPS = {
    "confirm": Step(_("核查通过，销号"), actions.confirm_rectification, "primary"),
    "send_back": Step(_("退回继续整改"), actions.send_back_rectification),
    "second_chance": Step(_("给予一次延期整改"), actions.give_second_chance),
    "consequence": Step(_("认定逾期未改"), actions.state_consequence, "danger"),
    "reopen": Step(_("重新整改"), actions.reopen_rectification),
}


def offered(user: User, row: Rectification, today: date) -> list[str]:
    """The steps that the user may take with the problem now."""
    overdue = row.deadline < today
    closed = {
        "second_chance": row.had_chance or not overdue,
        "consequence": not (row.had_chance and overdue),
    }
    names = {
        one.name
        for one in RECTIFICATION_TABLE
        if row.state in one.sources and may(user, row.base, one.roles)
    }
    return [name for name in STEPS if name in names and not closed.get(name)]


@require_safe
@role_required(*CASE_READERS)
def rectification_list(request: HttpRequest) -> HttpResponse:
    """The problems, narrowed by region and state; those due first come first."""
    user, today = person(request), clock.today()
    form = RectificationFilter(user, request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = Rectification.objects.for_user(user)
    if wanted.get("region"):
        found = found.filter(base__region=wanted["region"])
    if wanted.get("state") == "overdue":
        found = found.overdue_on(today)
    elif wanted.get("state"):
        found = found.filter(state=wanted["state"])
    page = page_of(request, found.select_related("base").order_by("deadline", "pk"))
    context = {
        "form": form,
        "active": active_filters(request, form),
        "table": parts.rectification_table(page.object_list, "rectification", today),
        "page": page,
        "crumbs": board_crumbs(gettext("整改事项")),
    }
    return render(request, "office/inspection_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*CASE_READERS)
def rectification(request: HttpRequest, number: str) -> HttpResponse:
    """One problem with its evidence; POST takes the step that `step` names."""
    user, today = person(request), clock.today()
    rows = Rectification.objects.for_user(user).select_related(
        "base__region", "base__operator", "sheet__campaign__version__programme", "visit"
    )
    row = get_object_or_404(rows, number=number)
    typed, refused, status = None, None, 200
    if request.method == "POST":
        name = request.POST.get("step", "")
        if name not in STEPS:
            raise Http404
        form, status = StepForm(name, row, request.POST), 422
        typed = (name, form)
        if form.is_valid():
            try:
                STEPS[name].act(row, by=user, **form.cleaned_data)
            except ActionRefused as error:
                refused, status = error, error.status
                row = get_object_or_404(rows, number=number)
            else:
                messages.success(request, gettext("已办理：%(step)s") % {"step": STEPS[name].title})
                return redirect("rectification", number=number)
    names = offered(user, row, today)
    if typed and typed[0] not in names:
        names.insert(0, typed[0])  # what was typed is shown, with why it was refused
    context = {
        "row": row,
        "word": parts.rectification_word(row, today),
        "tone": parts.rectification_tone(row, today),
        "summary": parts.rectification_summary(row),
        "groups": parts.rectification_files(row),
        "steps": [
            {
                "name": name,
                "title": STEPS[name].title,
                "kind": STEPS[name].kind,
                "form": typed[1] if typed and typed[0] == name else StepForm(name, row),
            }
            for name in names
        ],
        "refused": refused,
        "trail": present.trail_of(row.trail(), None, None, inside=True),
        "crumbs": [
            *board_crumbs(),
            shapes.Link(row.base.name, reverse("office_base_care", args=[row.base.number])),
            shapes.Link(row.number),
        ],
    }
    return render(request, "office/rectification.html", context, status=status)


@require_safe
def rectification_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A piece of evidence, as a download: for who runs the base and for its offices."""
    user = person(request)
    if not user.is_party and not user.has_role(*CASE_READERS):
        raise Http404
    files = RectificationFile.objects.for_user(user).select_related("file")
    kept = get_object_or_404(files, pk=pk)
    return download(kept.file, kept.name)
