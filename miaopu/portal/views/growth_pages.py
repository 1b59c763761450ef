"""The growth page of a tenant: for its base's operator and itself, and for the offices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.bases.models import GrowthNeed, Tenancy
from miaopu.bases.states import OPERATOR
from miaopu.core.errors import ActionRefused
from miaopu.portal import shapes
from miaopu.portal.access import party_required, role_required
from miaopu.portal.performing import in_one_line
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.growth_shared import (
    DOES,
    NEED_STEPS,
    TITLES,
    Growth,
    do_need_step,
    form_of,
    growth_context,
    growth_for,
    reason_form,
)
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.operator_bases import crumbs

MY, OFFICE = "my_growth", "office_growth"
TEMPLATES = {MY: "base/growth.html", OFFICE: "office/growth.html"}


def _growth_or_404(request: HttpRequest, number: str) -> Growth:
    rows = Tenancy.objects.for_user(person(request))
    parts = ("base__region", "base__operator", "enterprise")
    tenancy = get_object_or_404(rows.select_related(*parts), number=number)
    return growth_for(person(request), tenancy)


def _page(
    request: HttpRequest,
    route: str,
    found: Growth,
    bound: tuple[str, forms.Form] | None = None,
    bound_step: tuple[int, str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    base = found.tenancy.base
    if route == OFFICE:
        above = [
            shapes.Link(_("创业基地"), reverse("office_bases")),
            shapes.Link(base.name, reverse("office_base", args=[base.number])),
        ]
    else:
        above = crumbs(base if OPERATOR in found.parts else None)
    context: dict[str, Any] = {
        **growth_context(found, bound, bound_step),
        "crumbs": [*above, shapes.Link(found.tenancy.tenant_name)],
        "act_route": f"{route}_act",
        "need_route": f"{route}_need",
    }
    return render(request, TEMPLATES[route], context, status=status)


def _act(request: HttpRequest, route: str, number: str, act: str) -> HttpResponse:
    found = _growth_or_404(request, number)
    form = form_of(found, act, request.POST) if act in TITLES else None
    if form is None:
        raise Http404
    if not form.is_valid():
        return _page(request, route, found, (act, form), status=422)
    try:
        DOES[act](found, found.plan, form.cleaned_data)
    except ActionRefused as refused:
        form.add_error(None, in_one_line(refused))
        return _page(request, route, found, (act, form), status=refused.status)
    messages.success(request, _("已办理：%(step)s") % {"step": TITLES[act]})
    return redirect(route, number=number)


def _need(request: HttpRequest, route: str, number: str, need: int, step: str) -> HttpResponse:
    found = _growth_or_404(request, number)
    mine = GrowthNeed.objects.for_user(person(request)).filter(plan__tenancy=found.tenancy)
    asked = get_object_or_404(mine.select_related("plan__tenancy__base"), pk=need)
    if step not in NEED_STEPS:
        raise Http404
    title, reasoned = NEED_STEPS[step]
    form = reason_form(asked, step, request.POST)
    if reasoned and not form.is_valid():
        return _page(request, route, found, bound_step=(need, step, form), status=422)
    reason = form.cleaned_data["reason"] if reasoned else ""
    try:
        do_need_step(asked, step, reason, person(request))
    except ActionRefused as refused:
        messages.error(request, in_one_line(refused))
        if reasoned:
            form.add_error(None, in_one_line(refused))
        fresh = _growth_or_404(request, number)
        bound = (need, step, form) if reasoned else None
        return _page(request, route, fresh, bound_step=bound, status=refused.status)
    messages.success(request, _("已办理：%(step)s") % {"step": title})
    return redirect(route, number=number)


@require_safe
@party_required
def my_growth(request: HttpRequest, number: str) -> HttpResponse:
    """A tenant's growth, for who runs its base and for the tenant."""
    return _page(request, MY, _growth_or_404(request, number))


@require_POST
@party_required
def my_growth_act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Draw the plan up, enter a need or a service."""
    return _act(request, MY, number, act)


@require_POST
@party_required
def my_growth_need(request: HttpRequest, number: str, need: int, step: str) -> HttpResponse:
    """A need is met; the tenant confirms it or says that it is not."""
    return _need(request, MY, number, need, step)


@require_safe
@role_required(*CASE_READERS)
def office_growth(request: HttpRequest, number: str) -> HttpResponse:
    """A tenant's growth, for the offices of its region."""
    return _page(request, OFFICE, _growth_or_404(request, number))


@require_POST
@role_required(*CASE_READERS)
def office_growth_act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Attach an official, or do what an attached official does."""
    return _act(request, OFFICE, number, act)


@require_POST
@role_required(*CASE_READERS)
def office_growth_need(request: HttpRequest, number: str, need: int, step: str) -> HttpResponse:
    """An attached official says that a need is met."""
    return _need(request, OFFICE, number, need, step)
