"""Anomalies of bases: by district for officers, who clear them; for operators those of theirs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.bases.anomaly_actions import CLEARERS, clear_anomaly
from miaopu.bases.anomaly_enums import AnomalyKind, AnomalyState
from miaopu.bases.models import Anomaly, Base
from miaopu.bases.tasks import start_anomalies
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region
from miaopu.core.scope import reaches
from miaopu.portal import present, shapes
from miaopu.portal.access import party_required, role_required
from miaopu.portal.paging import page_of
from miaopu.portal.performing import perform
from miaopu.portal.views.anomaly_parts import TONES, anomaly_table, explain, record_table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.operator_bases import base_or_404, crumbs
from miaopu.portal.views.title_parts import ReasonForm


class AnomalyFilter(forms.Form):
    """Which anomalies are listed; stands in the address."""

    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("待核查")), *AnomalyState.choices[1:]]
    )
    kind = forms.ChoiceField(
        label=_("异常"), required=False, choices=[("", _("全部")), *AnomalyKind.choices]
    )
    region = forms.ChoiceField(label=_("区域"), required=False)

    def __init__(self, regions: list[Region], *args: Any) -> None:
        super().__init__(*args)
        choices = [(one.code, present.region_name(one)) for one in regions]
        self.fields["region"].choices = [  # type: ignore[attr-defined]
            ("", gettext("全部")), *choices,
        ]  # fmt: skip


class ClearForm(ReasonForm):
    """What was found on looking into it."""

    fingerprint = forms.CharField(widget=forms.HiddenInput)
    field_order = ["fingerprint", "reason"]


@require_safe
@role_required(*CASE_READERS)
def office_anomalies(request: HttpRequest) -> HttpResponse:
    """Anomalies in the reader's regions, by district; those that wait first."""
    user = person(request)
    scope = Anomaly.objects.for_user(user)
    codes = Base.objects.for_user(user).values("region").distinct()
    regions = list(Region.objects.public().filter(pk__in=codes).order_by("code"))
    form = AnomalyFilter(regions, request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    found = scope.filter(state=asked.get("state") or AnomalyState.OPEN)
    for name, field in (("kind", "kind"), ("region", "base__region")):
        if asked.get(name):
            found = found.filter(**{field: asked[name]})
    found = found.select_related("base__region")
    page = page_of(request, found.order_by("base__region_id", "base_id", "kind", "pk"))
    context = {
        "form": form,
        "page": page,
        "table": anomaly_table(page.object_list, gettext("基地异常"), "office_anomaly"),
        "may_start": user.has_role(*CLEARERS),
    }
    return render(request, "office/anomalies.html", context)


@require_POST
@role_required(*CLEARERS)
def anomalies_start(request: HttpRequest) -> HttpResponse:
    """Look at every base anew, now."""
    job = perform(request, lambda: start_anomalies(by=person(request)))
    if job is not None and job.created_by_id == person(request).pk:
        return redirect("job", pk=job.pk)
    messages.info(request, gettext("正在查找异常，稍后请刷新"))
    return redirect("office_anomalies")


def _page(
    request: HttpRequest,
    row: Anomaly,
    form: ClearForm | None = None,
    refused: ActionRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    may_clear = row.state == AnomalyState.OPEN and reaches(user, row.base.region_id, CLEARERS)
    context = {
        "row": row,
        "tone": TONES[row.state],
        "text": explain(row),
        "records": record_table(user, row),
        "form": (form or ClearForm(initial={"fingerprint": row.fingerprint}))
        if may_clear or form
        else None,
        "refused": refused,
        "trail": present.trail_of(row.trail(), None, None, inside=True),
        "crumbs": [
            shapes.Link(gettext("基地异常"), reverse("office_anomalies")),
            shapes.Link(row.base.name, reverse("office_base", args=[row.base.number])),
            shapes.Link(str(row.get_kind_display())),
        ],
    }
    return render(request, "office/anomaly.html", context, status=status)


def _anomaly_or_404(request: HttpRequest, pk: int) -> Anomaly:
    rows = Anomaly.objects.for_user(person(request)).select_related("base__region", "cleared_by")
    return get_object_or_404(rows, pk=pk)


@require_safe
@role_required(*CASE_READERS)
def office_anomaly(request: HttpRequest, pk: int) -> HttpResponse:
    """One anomaly: what was found, the records behind it, what was done."""
    return _page(request, _anomaly_or_404(request, pk))


@require_POST
@role_required(*CLEARERS)
def anomaly_clear(request: HttpRequest, pk: int) -> HttpResponse:
    """Clear an anomaly with a reason."""
    row = _anomaly_or_404(request, pk)
    form = ClearForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    try:
        clear_anomaly(row, by=person(request), **form.cleaned_data)
    except ActionRefused as refused:
        return _page(request, _anomaly_or_404(request, pk), form, refused, refused.status)
    messages.success(request, gettext("已排除异常"))
    return redirect("office_anomaly", pk=pk)


@require_safe
@party_required
def my_anomalies(request: HttpRequest, number: str) -> HttpResponse:
    """What looks wrong of a base that the person runs."""
    base = base_or_404(request, number)
    rows = Anomaly.objects.for_user(person(request)).filter(base=base)
    rows = rows.exclude(state=AnomalyState.GONE).select_related("base__region")
    page = page_of(request, rows.order_by("-state", "-found_on", "-pk"))
    context = {
        "base": base,
        "page": page,
        "table": anomaly_table(page.object_list, gettext("基地异常")),
        "crumbs": crumbs(base, gettext("异常")),
    }
    return render(request, "base/anomalies.html", context)
