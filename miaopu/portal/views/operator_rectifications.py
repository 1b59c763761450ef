"""Problems of a base for those who run it: what there is to do, and proof that it is done."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from miaopu.bases.inspection_enums import RectificationState
from miaopu.bases.models import InspectionSheet, Rectification, SurveyBase
from miaopu.bases.rectification_actions import add_evidence, report_rectification
from miaopu.bases.survey_actions import results_of
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.portal import present
from miaopu.portal.access import party_required
from miaopu.portal.views import inspection_parts as parts
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_task_forms import evidence_field
from miaopu.portal.views.operator_bases import base_or_404, crumbs
from miaopu.portal.views.operator_inspections import care_crumbs


@require_safe
@party_required
def my_base_care(request: HttpRequest, number: str) -> HttpResponse:
    """Forms, problems and what tenants say, of one base."""
    base, user, today = base_or_404(request, number), person(request), clock.today()
    sheets = InspectionSheet.objects.for_user(user).filter(base=base)
    rows = Rectification.objects.for_user(user).filter(base=base).select_related("base")
    surveys = SurveyBase.objects.for_user(user).filter(base=base)
    context = {
        "base": base,
        "sheets": parts.sheet_table(
            sheets.select_related("base__region", "campaign__version__programme"), "my_sheet", today
        ),
        "problems": parts.rectification_table(rows, "my_rectification", today),
        "surveys": [
            parts.survey_shown(results_of(one, today))
            for one in surveys.select_related("survey__version").order_by("-survey__opened_on")
        ],
        "crumbs": crumbs(base, gettext("自查整改")),
    }
    return render(request, "base/care.html", context)


class ReportForm(forms.Form):
    """How a problem was put right, with proof."""

    use_required_attribute = False
    revision = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("整改情况"),
        help_text=_("做了什么、由谁做、什么时候完成"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明怎样整改的")},
    )
    evidence = evidence_field(_("整改后的照片或文件；手机上可以直接拍照"))


class BeforeForm(forms.Form):
    """Proof of how it was."""

    use_required_attribute = False
    before = evidence_field(_("整改前的照片或文件；手机上可以直接拍照"))


def _done(row: Rectification, form: forms.Form, by: User) -> None:
    data = form.cleaned_data
    if isinstance(form, BeforeForm):
        add_evidence(row, data["before"], by=by)
    else:
        report_rectification(row, data["text"], data["evidence"], revision=data["revision"], by=by)


@require_http_methods(["GET", "HEAD", "POST"])
@party_required
def my_rectification(request: HttpRequest, number: str) -> HttpResponse:
    """One problem; POST adds how it was before, or reports that it is put right."""
    mine = Rectification.objects.for_user(person(request)).select_related(
        "base__region", "sheet__campaign__version__programme", "visit"
    )
    row = get_object_or_404(mine, number=number)
    forms_of: dict[str, forms.Form] = {
        "before": BeforeForm(),
        "report": ReportForm(initial={"revision": row.revision}),
    }
    refused, status = None, 200
    if request.method == "POST":
        name = "before" if request.POST.get("act") == "before" else "report"
        made = BeforeForm if name == "before" else ReportForm
        form, status = made(request.POST, request.FILES), 422
        forms_of[name] = form
        if form.is_valid():
            try:
                _done(row, form, person(request))
            except ActionRefused as error:
                refused, status = error, error.status
                row = get_object_or_404(mine, number=number)
            else:
                said = gettext("已保存") if name == "before" else gettext("已报告，等待县区核查")
                messages.success(request, said)
                return redirect("my_rectification", number=number)
    context = {
        "row": row,
        "word": parts.rectification_word(row, clock.today()),
        "tone": parts.rectification_tone(row, clock.today()),
        "summary": parts.rectification_summary(row),
        "groups": parts.rectification_files(row),
        "is_open": row.state == RectificationState.OPEN,
        "before": forms_of["before"],
        "report": forms_of["report"],
        "refused": refused,
        "lost_files": bool(request.FILES),
        "trail": present.trail_of(row.trail(), None, None, inside=False),
        "crumbs": care_crumbs(row.base, row.number),
    }
    return render(request, "base/rectification.html", context, status=status)
