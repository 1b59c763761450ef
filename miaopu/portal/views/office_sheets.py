"""One form of self-inspection for the offices: read it, inspect on site instead, take that back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from miaopu.bases.guards import may
from miaopu.bases.inspection_actions import SheetConflict, SheetIncomplete, lines_of
from miaopu.bases.inspection_states import SHEET_TABLE
from miaopu.bases.models import InspectionSheet
from miaopu.bases.silence_actions import check_on_site, undo_silence
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.engine.clock import working_days
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.performing import in_one_line
from miaopu.portal.views import inspection_parts as parts
from miaopu.portal.views.enterprise_form import read_revision
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_inspections import board_crumbs
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.operator_forms import day_field
from miaopu.portal.views.operator_inspections import SheetForm, as_data


class UndoForm(forms.Form):
    """Until when the base may hand its form in after all, and why."""

    use_required_attribute = False
    revision = forms.IntegerField(widget=forms.HiddenInput)
    until = day_field(_("新的补报期限"))
    reason = forms.CharField(
        label=_("理由"),
        help_text=_("记入办理记录"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明理由")},
    )


def _sheet_or_404(request: HttpRequest, pk: int) -> InspectionSheet:
    found = InspectionSheet.objects.for_user(person(request))
    return get_object_or_404(
        found.select_related("base__region", "campaign__version__programme"), pk=pk
    )


def _steps(user: User, sheet: InspectionSheet) -> set[str]:
    """The steps that the user may take with the form now."""
    return {
        one.name
        for one in SHEET_TABLE
        if sheet.state in one.sources and may(user, sheet.base, one.roles)
    }


def _undo_form(sheet: InspectionSheet) -> UndoForm:
    days = sheet.campaign.definition.silence.working_days
    until = working_days(clock.today(), days).due
    return UndoForm(initial={"revision": sheet.revision, "until": until})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*CASE_READERS)
def inspection_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One form with the problems that it brought up; POST takes back what silence has led to."""
    user, today = person(request), clock.today()
    sheet = _sheet_or_404(request, pk)
    typed, refused, status = None, None, 200
    if request.method == "POST":
        typed, status = UndoForm(request.POST), 422
        if typed.is_valid():
            try:
                undo_silence(sheet, by=user, **typed.cleaned_data)
            except ActionRefused as error:
                refused, status = error, error.status
                sheet = _sheet_or_404(request, pk)
            else:
                messages.success(request, gettext("已撤回，运营主体可以补报"))
                return redirect("inspection_sheet", pk=pk)
    steps = _steps(user, sheet)
    context = {
        "sheet": sheet,
        "title": present.in_language(sheet.campaign.definition.title),
        "word": parts.sheet_word(sheet, today),
        "tone": parts.SHEET_TONES[sheet.state],
        "silence": parts.silence_of(sheet, today),
        "may_check": "check" in steps,
        "undo": typed or (_undo_form(sheet) if "undo" in steps else None),
        "refused": refused,
        "lines": parts.lines_table(sheet),
        "problems": parts.rectification_table(
            sheet.rectifications.select_related("base"), "rectification", today
        ),
        "trail": present.trail_of(sheet.trail(), None, None, inside=True),
        "crumbs": board_crumbs(sheet.base.name),
    }
    return render(request, "office/inspection_sheet.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.REVIEWER, Role.APPROVER)
def sheet_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The district inspects a base that has not handed its form in, line by line."""
    sheet = _sheet_or_404(request, pk)
    definition = sheet.campaign.definition
    form, status = SheetForm(definition, as_data(lines_of(sheet))), 200
    refused = None
    if request.method == "POST":
        form, status = SheetForm(definition, request.POST), 422
        if not form.errors:
            try:
                check_on_site(
                    sheet,
                    form.lines({}),
                    revision=read_revision(request.POST),
                    by=person(request),
                )
            except SheetIncomplete as wanting:
                for item, why in wanting.wanting.items():
                    form.add_error(f"{item}-finding", why)
            except ActionRefused as error:
                refused, status = error, error.status
            else:
                said = gettext("已登记上门检查；发现的问题已列入整改")
                messages.success(request, said)
                return redirect("inspection_sheet", pk=pk)
    link = reverse("inspection_sheet", args=[pk])
    context = {
        "sheet": sheet,
        "revision": request.POST.get("revision", sheet.revision),
        "form": form,
        "groups": form.groups({}),
        "refused": in_one_line(refused) if refused else "",
        "stale": isinstance(refused, SheetConflict),
        "crumbs": [*board_crumbs(), shapes.Link(sheet.base.name, link)],
    }
    return render(request, "office/sheet_check.html", context, status=status)
