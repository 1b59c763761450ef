"""What the growth page of a tenant shows, whoever reads it: plan, needs, services, what is next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.bases import growth
from miaopu.bases.enums import BaseState, NeedState
from miaopu.bases.graduation import incubation_of, time_of
from miaopu.bases.models import GrowthNeed, GrowthPlan, ServiceRecord, Tenancy
from miaopu.bases.querysets import LIVE_STAGES
from miaopu.bases.states import ATTACHED, OPERATOR, TENANT
from miaopu.core import clock
from miaopu.core.enums import WORKING_ROLES
from miaopu.core.holders import holders
from miaopu.core.models import User
from miaopu.portal import formats, present, shapes
from miaopu.portal.shapes import Text
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.growth_forms import (
    AttachForm,
    DetachForm,
    NeedForm,
    PlanForm,
    ReasonForm,
    ServiceForm,
)
from miaopu.portal.views.tenant_parts import graduation_view

NEED_COLUMNS = (
    Column("kind", _("需求类别")),
    Column("text", _("需求内容")),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("raised_on", _("登记日期"), kind="date"),
    Column("result", _("办理结果")),
    Column("confirmed_on", _("确认日期"), kind="date"),
)
SERVICE_COLUMNS = (
    Column("on", _("服务日期"), kind="date"),
    Column("what", _("服务内容")),
    Column("need", _("对应的需求")),
    Column("done_by", _("服务人员")),
)
NEED_TONES: dict[str, shapes.Tone] = {NeedState.CONFIRMED: "good", NeedState.SOLVED: "soon"}
NEED_STEPS: dict[str, tuple[Text, bool]] = {
    "solve": (_("办结"), True),
    "confirm": (_("确认已解决"), False),
    "reopen": (_("没有解决"), True),
}
"""Steps of a need: what the button says, and whether a reason is written."""


@dataclass(frozen=True)
class Act:
    """Something that may be done on the page: its name in the address, its title, its form."""

    name: str
    title: Text
    form: forms.Form


@dataclass(frozen=True)
class NeedAct:
    """A step that may be taken with a need; the form is there where a reason is written."""

    need: GrowthNeed
    name: str
    title: Text
    form: forms.Form | None


@dataclass(frozen=True)
class Growth:
    """A tenant with its plan, as somebody sees it."""

    user: User
    tenancy: Tenancy
    plan: GrowthPlan | None
    parts: frozenset[str]

    @property
    def needs(self) -> list[GrowthNeed]:
        """The tenant's needs, the first first."""
        mine = GrowthNeed.objects.for_user(self.user).filter(plan=self.plan)
        return list(mine.order_by("pk")) if self.plan else []


def growth_for(user: User, tenancy: Tenancy) -> Growth:
    """The tenant's growth for a reader who has proved access to the tenancy."""
    plan = GrowthPlan.objects.for_user(user).filter(tenancy=tenancy).first()
    if plan is not None:
        plan.tenancy = tenancy
    return Growth(user, tenancy, plan, growth.parts_of(user, tenancy))


def form_of(found: Growth, name: str, data: Any = None) -> forms.Form | None:
    """The form of an act that is the reader's to do; None where it is not."""
    plan, parts = found.plan, found.parts
    prefix = name
    live = found.tenancy.stage in LIVE_STAGES
    if name == "plan" and OPERATOR in parts and live:
        initial = (
            {"revision": plan.revision, "responsible": plan.responsible, "goals": plan.goals}
            if plan
            else {}
        )
        return PlanForm(data, prefix=prefix, initial=initial)
    if plan is None:
        return None
    if name == "need" and parts & {OPERATOR, TENANT, ATTACHED}:
        return NeedForm(data, prefix=prefix)
    if name == "service" and parts & {OPERATOR, ATTACHED}:
        open_needs = [one for one in found.needs if one.state != NeedState.CONFIRMED]
        return ServiceForm(data, prefix=prefix, needs=open_needs, initial={"on": clock.today()})
    attached = plan.attachments.live().select_related("officer")
    if name == "attach" and growth.may_attach(found.user, found.tenancy):
        taken = {one.officer_id for one in attached}
        code = found.tenancy.base.region_id
        people = {one.pk: one for role in WORKING_ROLES for one in holders(role, code)}
        free = sorted((one for key, one in people.items() if key not in taken), key=str)
        return AttachForm(data, prefix=prefix, officers=free)
    if name == "detach" and attached and growth.may_attach(found.user, found.tenancy):
        return DetachForm(data, prefix=prefix, attached=attached)
    return None


TITLES: dict[str, Text] = {
    "plan": _("制定帮扶成长计划"),
    "need": _("登记需求"),
    "service": _("登记服务"),
    "attach": _("安排挂点人员"),
    "detach": _("结束挂点"),
}
DOES: dict[str, Callable[[Growth, GrowthPlan | None, dict[str, Any]], object]] = {
    "plan": lambda found, _plan, data: growth.draw_plan(found.tenancy, by=found.user, **data),
    "need": lambda found, plan, data: plan and growth.raise_need(plan, by=found.user, **data),
    "service": lambda found, plan, data: (
        plan and growth.record_service(plan, by=found.user, **data)
    ),
    "attach": lambda found, plan, data: (
        plan and growth.attach_officer(plan, data["officer"], by=found.user)
    ),
    "detach": lambda found, _plan, data: growth.detach_officer(
        data["attached"], by=found.user, reason=data["reason"]
    ),
}


def do_need_step(need: GrowthNeed, name: str, reason: str, by: User) -> GrowthNeed:
    """Take a step of NEED_STEPS. Raises ActionRefused as the action does."""
    if name == "confirm":
        return growth.confirm_need(need, by=by)
    act = growth.solve_need if name == "solve" else growth.reopen_need
    return act(need, by=by, reason=reason)


def growth_context(
    found: Growth,
    bound: tuple[str, forms.Form] | None = None,
    bound_step: tuple[int, str, forms.Form] | None = None,
) -> dict[str, Any]:
    """What the templates of the growth page need; `bound` forms keep what was typed."""
    acts = []
    for name, title in TITLES.items():
        form = bound[1] if bound and bound[0] == name else form_of(found, name)
        if form is not None:
            changes = name == "plan" and found.plan is not None
            acts.append(Act(name, _("修改帮扶成长计划") if changes else title, form))
    needs = found.needs
    return {
        "tenancy": found.tenancy,
        "plan": found.plan,
        "summary": _summary(found),
        "graduation": graduation_view(found.tenancy),
        "needs": Table(
            NEED_COLUMNS,
            [_need_row(one) for one in needs],
            gettext("需求"),
            empty=gettext("还没有登记需求"),
        ),
        "need_acts": [
            NeedAct(need, name, NEED_STEPS[name][0], _step_form(need, name, bound_step))
            for need in needs
            for name in growth.need_steps(need, found.parts)
        ],
        "services": _services(found),
        "acts": acts,
    }


def _step_form(
    need: GrowthNeed, name: str, bound: tuple[int, str, forms.Form] | None
) -> forms.Form | None:
    if bound is not None and bound[:2] == (need.pk, name):
        return bound[2]
    return reason_form(need, name) if NEED_STEPS[name][1] else None


def reason_form(need: GrowthNeed, name: str, data: Any = None) -> ReasonForm:
    """The form of a need's step; its ids name the need, several stand on one page."""
    return ReasonForm(data, prefix=name, auto_id=f"id_{need.pk}_%s")


def _summary(found: Growth) -> list[shapes.Answer]:
    tenancy, plan, today = found.tenancy, found.plan, clock.today()
    version = incubation_of(tenancy.base, today)
    time = time_of(tenancy, version.pack.incubation if version else None, today)
    rows = [
        shapes.Answer(gettext("基地"), tenancy.base.name),
        shapes.Answer(gettext("阶段"), str(tenancy.get_stage_display())),
    ]
    if tenancy.left_on is not None:
        rows.append(shapes.Answer(gettext("退出日期"), formats.day(tenancy.left_on)))
        if tenancy.base.state == BaseState.DELISTED and tenancy.base.left_on == tenancy.left_on:
            told = gettext("孵化到这一天为止，当天及以前取得的成果照计；租约照旧，可入驻其他基地。")
            rows.append(shapes.Answer(gettext("基地已摘牌"), told))
    if time is not None:
        months = gettext("%(count)s 个月") % {"count": time.months}
        if time.stage is not None:
            months = f"{months} · {present.in_language(time.stage.title)}"
        if time.is_over:
            months += gettext("（已满最长孵化期 %(count)s 个月）") % {"count": time.longest_months}
        rows.append(shapes.Answer(gettext("已孵化"), months))
    if plan is not None:
        attached = plan.attachments.live().select_related("officer")
        names = gettext("、").join(str(one.officer) for one in attached)
        rows += [
            shapes.Answer(gettext("责任人"), plan.responsible),
            shapes.Answer(gettext("挂点人员"), names or formats.MISSING),
            shapes.Answer(gettext("成长目标和措施"), plan.goals),
            shapes.Answer(gettext("制定日期"), formats.day(plan.drawn_on)),
        ]
    return rows


def _need_row(need: GrowthNeed) -> dict[str, Any]:
    return {
        "kind": need.get_kind_display(),
        "text": need.text,
        "state": need.get_state_display(),
        "tone": NEED_TONES.get(need.state, "neutral"),
        "raised_on": need.raised_on,
        "result": need.result or formats.MISSING,
        "confirmed_on": need.confirmed_on,
    }


def _services(found: Growth) -> Table:
    mine = ServiceRecord.objects.for_user(found.user).filter(plan__tenancy=found.tenancy)
    records = mine.select_related("need", "done_by").order_by("-on", "-pk")
    rows = [
        {
            "on": one.on,
            "what": one.what,
            "need": str(one.need) if one.need else formats.MISSING,
            "done_by": str(one.done_by),
        }
        for one in records
    ]
    return Table(SERVICE_COLUMNS, rows, gettext("服务记录"), empty=gettext("还没有服务记录"))
