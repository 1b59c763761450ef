"""Bases for the offices: which wait, how they run; selecting, accepting, registering titles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.bases import admission
from miaopu.bases.enums import BaseState, TitleLevel
from miaopu.bases.figures import figures_of, tenant_figures
from miaopu.bases.guards import base_steps
from miaopu.bases.models import Base, Tenancy
from miaopu.bases.standards import standards_for
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.paging import page_of
from miaopu.portal.shapes import Text
from miaopu.portal.tables import Table
from miaopu.portal.views.bases_shared import (
    BASE_COLUMNS,
    BASE_TONES,
    STATE_COLUMN,
    BaseFilter,
    base_rows,
    figure_cards,
    record_of,
    tenancy_table,
    titles_of,
)
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.growth_cards import month_cards
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_standards import standards_shown
from miaopu.portal.views.operator_forms import day_field

WAITING = (BaseState.PROPOSED, BaseState.SELECTED)


class ReasonForm(forms.Form):
    """Why a step is taken, and of which record."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明理由")},
    )


class AdmitForm(ReasonForm):
    """A step at which the standards of admission count."""

    despite = forms.CharField(
        label=_("标准未全部符合仍通过的理由"),
        help_text=_("有标准不符合或待核实时必须写明"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class TitleForm(forms.Form):
    """A title of a base."""

    level = forms.ChoiceField(label=_("级别"), choices=TitleLevel.choices)
    name = forms.CharField(label=_("称号"), max_length=120)
    document = forms.CharField(label=_("文号"), max_length=60, required=False)
    granted_on = day_field(_("认定日期"))
    valid_until = day_field(_("有效期至"), required=False)


def _title(base: Base, form: forms.Form, by: User) -> object:
    return admission.add_title(base, **form.cleaned_data, by=by)


def _reasoned(action: Callable[..., object]) -> Callable[[Base, forms.Form, User], object]:
    return lambda base, form, by: action(base, by=by, **form.cleaned_data)


@dataclass(frozen=True)
class _Step:
    title: Text
    form: type[forms.Form]
    act: Callable[[Base, forms.Form, User], object]
    kind: str = "primary"


STEPS = {
    "select": _Step(_("遴选通过"), AdmitForm, _reasoned(admission.select_base)),
    "accept": _Step(_("验收准入"), AdmitForm, _reasoned(admission.accept_base)),
    "return": _Step(_("退回修改"), ReasonForm, _reasoned(admission.return_base), "secondary"),
    "title": _Step(_("登记称号"), TitleForm, _title, "secondary"),
    "exit": _Step(
        pgettext_lazy("bases", "退出"), ReasonForm, _reasoned(admission.exit_base), "secondary"
    ),
}


@require_safe
@role_required(*CASE_READERS)
def office_bases(request: HttpRequest) -> HttpResponse:
    """Bases that wait for a step first, then those of the programme."""
    scope = Base.objects.for_user(person(request)).select_related("region")
    form = BaseFilter(request.GET)
    found = scope.exclude(state__in=WAITING).order_by("number")
    if form.is_valid() and form.cleaned_data["carrier_type"]:
        found = found.filter(carrier_type=form.cleaned_data["carrier_type"])
    page = page_of(request, found)
    columns = (*BASE_COLUMNS, STATE_COLUMN)
    waiting = base_rows(
        scope.filter(state__in=WAITING).order_by("proposed_at", "pk"), "office_base"
    )
    context = {
        "form": form,
        "page": page,
        "waiting": Table(columns, waiting, gettext("等待遴选或验收")) if waiting else None,
        "table": Table(
            columns,
            base_rows(page.object_list, "office_base"),
            gettext("本区域的基地"),
            empty=gettext("还没有基地"),
            empty_hint=gettext("运营主体提出申请、办理准入以后会列在这里。"),
        ),
    }
    return render(request, "office/bases.html", context)


def _base_or_404(request: HttpRequest, number: str) -> Base:
    scope = Base.objects.for_user(person(request)).select_related("region", "operator")
    return get_object_or_404(scope, number=number)


def _open_steps(user: User, base: Base) -> list[str]:
    names = base_steps(user, base)
    if reaches(user, base.region_id, [Role.PROGRAMME_OFFICER]):
        names.append("title")
    return [name for name in STEPS if name in names]


def _page(
    request: HttpRequest,
    base: Base,
    typed: tuple[str, forms.Form] | None = None,
    refused: ActionRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    user, today = person(request), clock.today()
    views = standards_for(base, today)
    unmet = [one for one in views if one.standard.use == "admission" and not one.is_met]
    steps: list[dict[str, Any]] = []
    for name in _open_steps(user, base):
        fresh = STEPS[name].form(initial={"revision": base.revision}, prefix=name)
        form = typed[1] if typed and typed[0] == name else fresh
        if not unmet:
            form.fields.pop("despite", None)  # there is nothing to explain
        steps.append(
            {"name": name, "title": STEPS[name].title, "form": form, "kind": STEPS[name].kind}
        )
    tenancies = Tenancy.objects.for_user(user).filter(base=base)
    context = {
        "base": base,
        "tone": BASE_TONES.get(base.state, "neutral"),
        "record": record_of(base),
        "cards": [
            *figure_cards(figures_of([base])[base.pk], tenant_figures(base, today)),
            *month_cards(base, today),
        ],
        "titles": titles_of(base, today),
        "tenants": tenancy_table(tenancies.select_related("enterprise", "room"), "office_growth"),
        "trail": present.trail_of(base.trail(), None, None, inside=True),
        "standards": standards_shown(base, user, views),
        "steps": steps,
        "refused": refused,
        "today": today,
        "crumbs": [
            shapes.Link(gettext("创业基地"), reverse("office_bases")),
            shapes.Link(base.name),
        ],
    }
    return render(request, "office/base.html", context, status=status)


@require_safe
@role_required(*CASE_READERS)
def office_base(request: HttpRequest, number: str) -> HttpResponse:
    """One base: record, figures, titles, tenants, what was done, and what may be done now."""
    return _page(request, _base_or_404(request, number))


@require_POST
@role_required(Role.APPROVER, Role.PROGRAMME_OFFICER)
def office_base_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Take a step; what is refused is told on the page with everything typed kept."""
    if step not in STEPS:
        raise Http404
    base = _base_or_404(request, number)
    form = STEPS[step].form(request.POST, prefix=step)
    if not form.is_valid():
        return _page(request, base, (step, form), status=422)
    try:
        STEPS[step].act(base, form, person(request))
    except ActionRefused as refused:
        fresh = _base_or_404(request, number)
        return _page(request, fresh, (step, form), refused, refused.status)
    messages.success(request, gettext("已办理：%(step)s") % {"step": STEPS[step].title})
    return redirect("office_base", number=number)
