"""One tenant for those who run its base: its stage, what was done, the next step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from miaopu.bases import tenants
from miaopu.bases.guards import tenancy_steps
from miaopu.bases.models import Base, Tenancy
from miaopu.bases.months import record_follow_up
from miaopu.bases.rewards import claim_reward
from miaopu.cases.enums import CaseState
from miaopu.cases.models import Item
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.engine.money import yuan_to_fen
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.performing import in_one_line, perform
from miaopu.portal.shapes import Text
from miaopu.portal.views.bases_shared import STAGE_TONES, rent_after_relief
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.growth_forms import FollowUpForm
from miaopu.portal.views.operator_bases import crumbs
from miaopu.portal.views.operator_forms import StepForm
from miaopu.portal.views.tenant_parts import follow_up_parts, graduation_view, reward_views

Act = Callable[[Tenancy, dict[str, Any], User], object]
ACTS: dict[str, tuple[Text, Act]] = {
    "advance": (
        gettext_lazy("进入项目阶段"),
        lambda tenancy, _data, by: tenants.advance_tenant(tenancy, by=by),
    ),
    "incubate": (
        gettext_lazy("登记为在孵企业"),
        lambda tenancy, data, by: tenants.incubate_tenant(tenancy, data["uscc"], data["on"], by=by),
    ),
    "graduate": (
        gettext_lazy("毕业"),
        lambda tenancy, data, by: tenants.graduate_tenant(
            tenancy, data["on"], by=by, reason=data["reason"]
        ),
    ),
    "leave": (
        pgettext_lazy("bases", "退出"),
        lambda tenancy, data, by: tenants.end_tenancy(
            tenancy, data["on"], by=by, reason=data["reason"]
        ),
    ),
}


def _tenancy_or_404(request: HttpRequest, number: str) -> Tenancy:
    """A tenancy of a base that the person runs."""
    mine = Base.objects.for_user(person(request))
    scope = Tenancy.objects.for_user(person(request)).filter(base__in=mine)
    return get_object_or_404(
        scope.select_related("base__region", "base__operator", "enterprise", "room"), number=number
    )


def _facts(tenancy: Tenancy) -> list[shapes.Answer]:
    rows = [
        (_("入驻编号"), tenancy.number),
        (_("团队或项目名称"), tenancy.team or formats.MISSING),
        (_("企业"), tenancy.enterprise.name if tenancy.enterprise else formats.MISSING),
        (_("房间"), str(tenancy.room) if tenancy.room else formats.MISSING),
        (_("租用面积（平方米）"), formats.number(tenancy.area)),
        (_("月租金（元）"), formats.yuan(tenancy.rent_fen)),
        (_("租金减免（%）"), formats.number(tenancy.relief_percent)),
        (_("减免后月租金（元）"), formats.yuan(rent_after_relief(tenancy))),
        (_("合同编号"), tenancy.contract or formats.MISSING),
        (_("入驻日期"), formats.day(tenancy.since)),
        (_("入孵日期"), formats.day(tenancy.incubated_from)),
        (_("毕业日期"), formats.day(tenancy.graduated_on)),
        (_("退出日期"), formats.day(tenancy.left_on)),
    ]
    return [shapes.Answer(label, value) for label, value in rows]


def _page(
    request: HttpRequest,
    tenancy: Tenancy,
    typed: tuple[str, StepForm] | None = None,
    status: int = 200,
    follow_up: tuple[int, FollowUpForm] | None = None,
) -> HttpResponse:
    names = tenancy_steps(person(request), tenancy)
    if typed and typed[0] not in names:
        names.insert(0, typed[0])  # what was typed is shown, with why it was refused
    steps = [
        {
            "name": name,
            "title": ACTS[name][0],
            "form": typed[1]
            if typed and typed[0] == name
            else StepForm(name, prefix=name, initial={"on": clock.today()}),
        }
        for name in names
    ]
    context = {
        "tenancy": tenancy,
        "tone": STAGE_TONES.get(tenancy.stage, "soon"),
        "facts": _facts(tenancy),
        "steps": steps,
        "graduation": graduation_view(tenancy),
        "rewards": reward_views(tenancy),
        **follow_up_parts(tenancy, follow_up),
        "trail": present.trail_of(tenancy.trail(), None, None, inside=False),
        "crumbs": crumbs(tenancy.base, tenancy.tenant_name),
    }
    return render(request, "base/tenancy.html", context, status=status)


@require_safe
@party_required
def tenancy(request: HttpRequest, number: str) -> HttpResponse:
    """One tenant: what was agreed, how far it has come, what may be done now."""
    return _page(request, _tenancy_or_404(request, number))


@require_POST
@party_required
def tenancy_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Take a step; what is refused is told on the page with everything typed kept."""
    if step not in ACTS:
        raise Http404
    found = _tenancy_or_404(request, number)
    form = StepForm(step, request.POST, prefix=step)
    if not form.is_valid():
        return _page(request, found, (step, form), 422)
    try:
        ACTS[step][1](found, form.cleaned_data, person(request))
    except ActionRefused as refused:
        form.add_error(None, in_one_line(refused))
        fresh = _tenancy_or_404(request, number)
        return _page(request, fresh, (step, form), refused.status)
    messages.success(request, _("已办理：%(step)s") % {"step": ACTS[step][0]})
    return redirect("tenancy", number=number)


@require_POST
@party_required
def reward_claim(request: HttpRequest, number: str, item: int) -> HttpResponse:
    """Begin the operator's application for a tenant's success, or go on with it."""
    found = _tenancy_or_404(request, number)
    asked = get_object_or_404(Item.objects.public(), pk=item)
    case = perform(request, lambda: claim_reward(found, asked, by=person(request)))
    if case is None:
        return redirect("tenancy", number=number)
    return redirect("case_form" if case.state == CaseState.DRAFT else "my_case", case.number)


@require_POST
@party_required
def follow_up(request: HttpRequest, number: str, months: int) -> HttpResponse:
    """Enter how a graduate fares; what is refused is told with everything typed kept."""
    found = _tenancy_or_404(request, number)
    form = FollowUpForm(request.POST, prefix=f"after-{months}")
    if not form.is_valid():
        return _page(request, found, status=422, follow_up=(months, form))
    data = dict(form.cleaned_data)
    revenue = data.pop("revenue")
    try:
        record_follow_up(
            found,
            months,
            revenue_fen=None if revenue is None else yuan_to_fen(revenue),
            by=person(request),
            **data,
        )
    except ActionRefused as refused:
        form.add_error(None, in_one_line(refused))
        return _page(request, found, status=refused.status, follow_up=(months, form))
    messages.success(request, _("已登记回访"))
    return redirect("tenancy", number=number)
