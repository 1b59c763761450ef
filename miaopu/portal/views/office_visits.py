"""Visits to bases, written down on a telephone; a base's forms, problems, visits and survey."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from miaopu.bases.models import (
    Base,
    BaseVisit,
    InspectionSheet,
    Rectification,
    SurveyBase,
    VisitFile,
)
from miaopu.bases.rectification_actions import Problem
from miaopu.bases.survey_actions import results_of
from miaopu.bases.visit_actions import (
    VISITORS,
    Visited,
    record_visit,
    visit_compliance,
    visit_duty,
    visit_periods,
)
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.scope import reaches
from miaopu.plans.enums import Rank
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.downloads import download
from miaopu.portal.tables import Column, Table
from miaopu.portal.views import inspection_parts as parts
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_duty_parts import STATE_WORDS, compliance_text, state_word
from miaopu.portal.views.office_inspections import board_crumbs
from miaopu.portal.views.office_parts import CASE_READERS, in_one_text
from miaopu.portal.views.office_task_forms import day_field, evidence_field

LATEST = 9  # periods shown, the present one first
PROBLEMS_MAX = 20
DAYS = 30  # what is proposed as a deadline
VISIT_COLUMNS = (
    Column("on", _("走访日期"), kind="date", link="href"),
    Column("person", _("走访人")),
    Column("rank", _("当时职务")),
    Column("counts", _("是否计入")),
    Column("findings", _("走访情况")),
)
PERIOD_COLUMNS = (
    Column("period", _("期间")),
    Column("done", _("已走访"), kind="number", unit=_("次")),
    Column("state", _("履行情况"), kind="tag", tone="tone"),
)


class VisitForm(forms.Form):
    """Who was in the base, in which rank, what was found."""

    use_required_attribute = False
    visited_on = day_field(_("走访日期"))
    person = forms.CharField(
        label=_("走访人"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请填写姓名")},
    )
    rank = forms.ChoiceField(
        label=_("当时职务"),
        help_text=_("须主要领导履行的职责，副职走访不算"),
        choices=Rank.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择当时的职务")},
    )
    findings = forms.CharField(
        label=_("走访情况"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    evidence = evidence_field(_("照片，可选多个；手机上可以直接拍照"))
    problems = forms.CharField(
        label=_("须整改的问题"),
        help_text=_("每行一个，逐项列入整改"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    deadline = day_field(_("整改期限"))

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        today = clock.today()
        self.initial = {"visited_on": today, "deadline": today + timedelta(days=DAYS)}
        self.fields["deadline"].required = False

    def clean(self) -> dict[str, Any]:
        """Problems have a deadline, and each can be told apart."""
        data = super().clean() or {}
        lines = [line.strip() for line in str(data.get("problems") or "").splitlines()]
        data["lines"] = [line for line in lines if line]
        if data["lines"] and not data.get("deadline") and "deadline" not in self.errors:
            self.add_error("deadline", _("请填写整改期限"))
        if len(data["lines"]) > PROBLEMS_MAX or any(len(line) > 1000 for line in data["lines"]):
            self.add_error("problems", _("问题太多或太长，请分次登记"))
        return data

    def visited(self) -> Visited:
        """What the action takes."""
        data = self.cleaned_data
        problems = tuple(Problem(line, "", "", data["deadline"]) for line in data["lines"])
        return Visited(
            data["person"],
            Rank(data["rank"]),
            data["visited_on"],
            data["findings"],
            problems,
            data["evidence"],
        )


def _base_or_404(request: HttpRequest, number: str) -> Base:
    scope = Base.objects.for_user(person(request)).select_related("region", "operator")
    return get_object_or_404(scope, number=number)


def _crumbs(base: Base, *more: str) -> list[shapes.Link]:
    way = board_crumbs()
    here = shapes.Link(base.name, reverse("office_base_care", args=[base.number]) if more else "")
    return [*way, here, *(shapes.Link(text) for text in more)]


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*VISITORS)
def visit_new(request: HttpRequest, number: str) -> HttpResponse:
    """Write a visit down; what it fulfils is computed."""
    base = _base_or_404(request, number)
    form, status = VisitForm(), 200
    if request.method == "POST":
        form, status = VisitForm(request.POST, request.FILES), 422
        if form.is_valid():
            try:
                record_visit(base, form.visited(), by=person(request))
            except ActionRefused as refused:
                form.add_error(None, in_one_text(refused))
                status = refused.status
            else:
                messages.success(request, gettext("走访已登记；是否达标由系统按旬计算"))
                return redirect("office_base_care", number=number)
    context = {
        "base": base,
        "form": form,
        "lost_files": bool(request.FILES),
        "crumbs": _crumbs(base, gettext("登记走访")),
    }
    return render(request, "office/visit_new.html", context, status=status)


def _counts(visit: BaseVisit, judged: dict[str, str]) -> str:
    if visit.duty is None:
        return gettext("计划没有规定")
    if visit.duty.voided_at is not None:
        return gettext("已作废")
    return judged.get(str(visit.duty_id), gettext("不在职责期间"))


@require_safe
@role_required(*CASE_READERS)
def office_base_care(request: HttpRequest, number: str) -> HttpResponse:
    """Is this base inspected, mended, visited, and are its tenants content?"""
    base, user, today = _base_or_404(request, number), person(request), clock.today()
    periods = visit_periods(base, today)
    judged: dict[str, str] = {}
    for period in periods:
        name = present.in_language(period.span.title)
        judged |= dict.fromkeys(period.counted, gettext("计入%(period)s") % {"period": name})
        judged |= {key: present.in_language(why) for key, why in period.set_aside}
    begun = [one for one in periods if one.state != "not_due"][::-1][:LATEST]
    visits = BaseVisit.objects.for_user(user).filter(base=base).select_related("duty")
    bound = visit_duty(base)
    sheets = InspectionSheet.objects.for_user(user).filter(base=base)
    rows = Rectification.objects.for_user(user).filter(base=base).select_related("base")
    asked = SurveyBase.objects.for_user(user).filter(base=base).select_related("survey__version")
    context = {
        "base": base,
        "may_visit": reaches(user, base.region_id, VISITORS),
        "duty": present.in_language(bound[1].title) if bound else "",
        "illustrative": bool(bound and bound[1].illustrative),
        "compliance": compliance_text(visit_compliance(periods)),
        "periods": Table(
            PERIOD_COLUMNS,
            [
                {
                    "period": present.in_language(one.span.title),
                    "done": one.done,
                    "state": state_word(one.state),
                    "tone": STATE_WORDS[one.state][1],
                }
                for one in begun
            ],
            gettext("按旬履行情况"),
        ),
        "visits": Table(
            VISIT_COLUMNS,
            [
                {
                    "on": one.visited_on,
                    "href": reverse("base_visit", args=[one.pk]),
                    "person": one.person,
                    "rank": one.get_rank_display(),
                    "counts": _counts(one, judged),
                    "findings": one.findings if len(one.findings) < 60 else one.findings[:59] + "…",
                }
                for one in visits
            ],
            gettext("走访"),
            empty=gettext("还没有走访"),
        ),
        "sheets": parts.sheet_table(
            sheets.select_related("base__region", "campaign__version__programme"),
            "inspection_sheet",
            today,
        ),
        "problems": parts.rectification_table(rows, "rectification", today),
        "surveys": [
            parts.survey_shown(results_of(one, today)) for one in asked.order_by("-survey")
        ],
        "crumbs": _crumbs(base),
    }
    return render(request, "office/base_care.html", context)


@require_safe
@role_required(*CASE_READERS)
def base_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit: what was found, photographs, the problems that it brought up."""
    user = person(request)
    rows = BaseVisit.objects.for_user(user).select_related("base__region", "recorded_by")
    visit = get_object_or_404(rows, pk=pk)
    files = VisitFile.objects.for_user(user).filter(visit=visit).select_related("file")
    context = {
        "visit": visit,
        "files": files,
        "problems": parts.rectification_table(
            visit.rectifications.select_related("base"), "rectification", clock.today()
        ),
        "crumbs": _crumbs(visit.base, gettext("走访")),
    }
    return render(request, "office/visit.html", context)


@require_safe
@role_required(*CASE_READERS)
def visit_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A photograph of a visit, as a download."""
    files = VisitFile.objects.for_user(person(request)).select_related("file")
    kept = get_object_or_404(files, pk=pk)
    return download(kept.file, kept.name)
