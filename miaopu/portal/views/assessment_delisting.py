"""Decisions after the result: appeals, and the way of a delisting to the province and back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from miaopu.bases.enums import BaseState
from miaopu.bases.models import Tenancy
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.monitoring.appeal_actions import (
    approve_delisting,
    decide_appeal,
    hear_delisting,
    refuse_delisting,
    report_delisting,
)
from miaopu.monitoring.enums import DelistingState
from miaopu.monitoring.models import AssessmentAppeal, DelistingCase
from miaopu.monitoring.states import DELISTINGS
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.performing import in_one_line, perform
from miaopu.portal.views.assessment_parts import DELISTING_TONES, band_words, points_text
from miaopu.portal.views.bases_shared import tenancy_table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.operator_forms import day_field


@require_POST
@role_required(Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)
def appeal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide an appeal: with points they replace the line's, without it stays."""
    rows = AssessmentAppeal.objects.for_user(request.user).select_related(
        "result__freeze__campaign"
    )
    found = get_object_or_404(rows, pk=pk)
    points, reason = (
        request.POST.get(name, "").replace("\x00", "")[:500] for name in ("points", "reason")
    )
    perform(
        request,
        lambda: decide_appeal(found, points, by=person(request), reason=reason),
        _("已作出复核决定"),
    )
    return redirect("campaign", found.result.freeze.campaign_id)


class HearForm(forms.Form):
    """When the operator was heard, and what it said."""

    heard_on = day_field(gettext_lazy("听证日期"))
    reason = forms.CharField(
        label=gettext_lazy("听证情况"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReportForm(forms.Form):
    """What is said with the report to the province."""

    reason = forms.CharField(label=gettext_lazy("说明"), max_length=500, required=False)


class ApproveForm(forms.Form):
    """The province's document."""

    document = forms.CharField(label=gettext_lazy("省级文号"), max_length=80)
    decided_on = day_field(gettext_lazy("文件日期"))


class RefuseForm(ApproveForm):
    """The province's document, and why it did not approve."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500)


STEPS: dict[str, tuple[Any, type[forms.Form], Any]] = {
    "hear": (hear_delisting, HearForm, gettext_lazy("登记听证")),
    "report": (report_delisting, ReportForm, gettext_lazy("报省级核准")),
    "approve": (approve_delisting, ApproveForm, gettext_lazy("登记核准并摘牌")),
    "refuse": (refuse_delisting, RefuseForm, gettext_lazy("登记不予核准")),
}


def _delisting_or_404(request: HttpRequest, pk: int) -> DelistingCase:
    rows = DelistingCase.objects.for_user(request.user).select_related(
        "base__region",
        "base__operator",
        "result__freeze__campaign__programme",
        "result__freeze__campaign__version",
    )
    return get_object_or_404(rows, pk=pk)


def _concerned(request: HttpRequest, found: DelistingCase) -> QuerySet[Tenancy]:
    """The tenants in the base, or after its delisting those whose tenancy ended with it."""
    rows = Tenancy.objects.for_user(request.user).filter(base=found.base)
    if found.base.state == BaseState.DELISTED:
        rows = rows.filter(left_on=found.base.left_on)
    else:
        rows = rows.live()
    return rows.select_related("enterprise", "room").order_by("pk")


def _open_steps(user: User, found: DelistingCase) -> list[str]:
    region = found.result.freeze.campaign.programme.region_id
    return [
        one.name
        for one in DELISTINGS
        if found.state in one.sources
        and reaches(user, region, one.roles)
        and found.reported_by_id != user.pk  # another person enters what the province decided
    ]


def _show(
    request: HttpRequest,
    found: DelistingCase,
    typed: tuple[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    result = found.result
    year = result.freeze.campaign.year
    missing, scheme = formats.MISSING, result.freeze.campaign.scheme
    steps = []
    for name in _open_steps(person(request), found):
        form = typed[1] if typed and typed[0] == name else STEPS[name][1](prefix=name)
        steps.append({"name": name, "title": STEPS[name][2], "form": form})
    context = {
        "case": found,
        "tone": DELISTING_TONES.get(found.state, "soon"),
        "record": [
            shapes.Answer(_("运营主体"), found.base.operator.name),
            shapes.Answer(_("区域"), present.region_name(found.base.region)),
            shapes.Answer(
                _("连续两年"),
                _("%(field)s：%(text)s")
                % {
                    "field": f"{year - 1}, {year}",
                    "text": band_words(scheme, result.band),
                },
            ),
            shapes.Answer(_("综合得分"), points_text(result.composite)),
            shapes.Answer(
                _("听证日期"), formats.day(found.heard_on) if found.heard_on else missing
            ),
            shapes.Answer(_("听证情况"), found.hearing or missing),
            shapes.Answer(_("核准文号"), found.document or missing),
            shapes.Answer(
                _("核准日期"), formats.day(found.decided_on) if found.decided_on else missing
            ),
        ],
        "steps": steps,
        "tenants": tenancy_table(_concerned(request, found), "office_growth"),
        "waits": found.state == DelistingState.REPORTED and not steps,
        "trail": present.trail_of(found.trail(), None, None, inside=True),
        "crumbs": [
            shapes.Link(_("考核"), reverse("campaigns")),
            shapes.Link(found.base.name),
        ],
    }
    return render(request, "assessment/delisting.html", context, status=status)


@require_safe
@role_required(*CASE_READERS)
def delisting(request: HttpRequest, pk: int) -> HttpResponse:
    """One delisting case and its next step."""
    return _show(request, _delisting_or_404(request, pk))


@require_POST
@role_required(Role.PROGRAMME_OFFICER)
def delisting_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Note the hearing, report to the province, enter its decision."""
    if step not in STEPS:
        raise Http404
    found = _delisting_or_404(request, pk)
    act, form_class, _title = STEPS[step]
    form = form_class(request.POST, prefix=step)
    if not form.is_valid():
        return _show(request, found, (step, form), 422)
    try:
        act(found, by=person(request), **form.cleaned_data)
    except ActionRefused as refused:
        form.add_error(None, in_one_line(refused))
        return _show(request, _delisting_or_404(request, pk), (step, form), refused.status)
    return redirect("delisting", pk)
