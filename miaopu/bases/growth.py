"""Writes of a tenant's growth plan: plan, attached officials, needs, services."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.enums import NeedKind, NeedState, Verb
from miaopu.bases.guards import check_row, check_runs, locked_base, runs
from miaopu.bases.models import AttachedOfficer, GrowthNeed, GrowthPlan, ServiceRecord, Tenancy
from miaopu.bases.querysets import LIVE_STAGES
from miaopu.bases.states import ATTACHED, NEED_TABLE, OPERATOR, TENANT
from miaopu.core import clock
from miaopu.core.actions import notify, record_event
from miaopu.core.enums import WORKING_ROLES, Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.messages import Bilingual
from miaopu.engine.transitions import TransitionRefused
from miaopu.parties.models import Representative

ATTACHERS = frozenset({Role.APPROVER, Role.PROGRAMME_OFFICER})
"""Who attaches officials to tenants of her region."""


def parts_of(user: User, tenancy: Tenancy) -> frozenset[str]:
    """What the user is to the tenant: runs its base, acts for it, is attached to it."""
    found = set()
    if user.is_party:
        if runs(user, tenancy.base):
            found.add(OPERATOR)
        acting = Representative.objects.live().filter(user=user, enterprise=tenancy.enterprise_id)
        if tenancy.enterprise_id is not None and acting.exists():
            found.add(TENANT)
    elif AttachedOfficer.objects.live().filter(plan__tenancy=tenancy, officer=user).exists():
        found.add(ATTACHED)
    return frozenset(found)


def may_attach(user: User, tenancy: Tenancy) -> bool:
    """Whether the user attaches officials to the tenant."""
    return not user.is_party and reaches(user, tenancy.base.region_id, ATTACHERS)


def need_steps(need: GrowthNeed, parts: frozenset[str]) -> list[str]:
    """The steps that somebody who is `parts` to the tenant may take with the need now."""
    return [one.name for one in NEED_TABLE if need.state in one.sources and one.roles & parts]


@transaction.atomic
def draw_plan(
    tenancy: Tenancy, *, responsible: str, goals: str, by: User, revision: int | None = None
) -> GrowthPlan:
    """Draw the tenant's growth plan up, or change it; whoever runs the base does.

    Raises Conflict where it was changed elsewhere since `revision`, or the tenant is no longer in.
    """
    base = locked_base(tenancy.base)
    check_runs(by, base)
    locked = Tenancy.objects.get(pk=tenancy.pk)
    if locked.stage not in LIVE_STAGES:
        raise Conflict(_("已毕业或退出，不再修改帮扶成长计划"), _("请在回访中记录后续情况"))
    plan = GrowthPlan.objects.filter(tenancy=locked).first()
    verb = Verb.CHANGE_PLAN
    if plan is None:
        verb = Verb.DRAW_PLAN
        plan = GrowthPlan(tenancy=locked, drawn_on=clock.today(), drawn_by=by)
    elif revision != plan.revision:
        raise Conflict(_("计划已在另一个页面修改"), _("您填写的内容还在，请核对后再保存"))
    else:
        plan.revision += 1
    plan.responsible, plan.goals = responsible.strip(), goals.strip()
    check_row(plan)
    plan.save()
    _event(plan, verb, by=by)
    return plan


@transaction.atomic
def attach_officer(plan: GrowthPlan, officer: User, *, by: User) -> AttachedOfficer:
    """Attach an official to the tenant; she works for the base's region. Again changes nothing."""
    tenancy = _locked(plan).tenancy
    if not may_attach(by, tenancy):
        raise NotAllowed(_("挂点人员由县级或市级主管安排"), _("请联系主管部门"))
    if officer.is_party or not reaches(officer, tenancy.base.region_id, WORKING_ROLES):
        raise ActionRefused(_("挂点人员须是本地区的工作人员"), _("请另选一位"))
    known = plan.attachments.live().filter(officer=officer).first()
    if known is not None:
        return known
    made = AttachedOfficer(plan=plan, officer=officer, since=clock.today(), attached_by=by)
    check_row(made)
    made.save()
    _event(plan, Verb.ATTACH_OFFICER, by=by, officer=officer.pk)
    text = Bilingual(
        f"您已被安排为{tenancy.tenant_name}的挂点人员",
        f"You were attached to {tenancy.tenant_name}",
    )
    notify(officer, f"growth/{plan.pk}/attached/{made.pk}", text.zh[:300], text.en[:400],
           f"/office/growth/{tenancy.number}/")  # fmt: skip
    return made


@transaction.atomic
def detach_officer(attached: AttachedOfficer, *, by: User, reason: str) -> AttachedOfficer:
    """Relieve an official of a tenant; again changes nothing."""
    check_reason(reason)
    plan = _locked(attached.plan)
    if not may_attach(by, plan.tenancy):
        raise NotAllowed(_("挂点人员由县级或市级主管安排"), _("请联系主管部门"))
    found = AttachedOfficer.objects.get(pk=attached.pk)
    if found.until is None:
        found.until = clock.today()
        found.save(update_fields=["until"])
        _event(plan, Verb.DETACH_OFFICER, by=by, reason=reason, officer=found.officer_id)
    return found


@transaction.atomic
def raise_need(plan: GrowthPlan, kind: NeedKind, text: str, *, by: User) -> GrowthNeed:
    """Enter a need of the tenant: the tenant itself, who runs the base, or who is attached."""
    locked = _locked(plan)
    _check_part(by, locked.tenancy, frozenset({OPERATOR, TENANT, ATTACHED}))
    need = GrowthNeed(
        plan=locked, kind=kind, text=text.strip(), raised_by=by, raised_on=clock.today()
    )
    check_row(need)
    need.save()
    _event(locked, Verb.RAISE_NEED, by=by, need=need.pk)
    return need


@transaction.atomic
def record_service(
    plan: GrowthPlan, *, on: date, what: str, need: GrowthNeed | None, by: User
) -> ServiceRecord:
    """Enter a service that was given on the day, for a need or for none."""
    locked = _locked(plan)
    _check_part(by, locked.tenancy, frozenset({OPERATOR, ATTACHED}))
    if not locked.tenancy.since <= on <= clock.today():
        raise ActionRefused(_("服务日期须在入驻日期与今天之间"), _("请核对日期"))
    if need is not None and need.plan_id != locked.pk:
        raise ActionRefused(_("这项需求不属于这家企业"), _("请从本企业的需求中选择"))
    made = ServiceRecord(
        plan=locked, need=need, on=on, what=what.strip(), done_by=by, made_at=clock.now()
    )
    check_row(made)
    made.save()
    _event(locked, Verb.RECORD_SERVICE, by=by, need=need.pk if need else None)
    return made


@transaction.atomic
def solve_need(need: GrowthNeed, *, by: User, reason: str) -> GrowthNeed:
    """Say that a need is met, and how; it is closed only when the tenant confirms it."""
    check_reason(reason)
    locked = _step(need, "solve", by)
    locked.result, locked.solved_by, locked.solved_on = reason.strip(), by, clock.today()
    check_row(locked)
    locked.save()
    _event(locked.plan, Verb.SOLVE_NEED, by=by, reason=reason, need=locked.pk)
    _tell_tenant(locked)
    return locked


@transaction.atomic
def confirm_need(need: GrowthNeed, *, by: User) -> GrowthNeed:
    """The tenant confirms that the need is met: it is closed."""
    locked = _step(need, "confirm", by)
    locked.confirmed_by, locked.confirmed_on = by, clock.today()
    check_row(locked)
    locked.save()
    _event(locked.plan, Verb.CONFIRM_NEED, by=by, need=locked.pk)
    return locked


@transaction.atomic
def reopen_need(need: GrowthNeed, *, by: User, reason: str) -> GrowthNeed:
    """The tenant says that the need is not met, and why: it is open again."""
    check_reason(reason)
    locked = _step(need, "reopen", by)
    locked.solved_by = locked.solved_on = None
    locked.save()
    _event(locked.plan, Verb.REOPEN_NEED, by=by, reason=reason, need=locked.pk)
    return locked


def _locked(plan: GrowthPlan) -> GrowthPlan:
    """The plan as it is now; its base is locked until the transaction ends."""
    locked_base(plan.tenancy.base)
    return GrowthPlan.objects.select_related("tenancy__base__region", "tenancy__enterprise").get(
        pk=plan.pk
    )


def _step(need: GrowthNeed, name: str, by: User) -> GrowthNeed:
    """The need, locked and in the state that the step leads to."""
    plan = _locked(need.plan)
    locked = GrowthNeed.objects.get(pk=need.pk)
    locked.plan = plan
    try:
        found = NEED_TABLE.find(name, locked.state)
    except TransitionRefused as refused:
        raise Conflict(refused.message.zh, _("请刷新页面，按现在的状态办理")) from refused
    _check_part(by, plan.tenancy, frozenset(found.roles))
    locked.state = NeedState(found.target)
    return locked


def _check_part(by: User, tenancy: Tenancy, parts: frozenset[str]) -> None:
    if not parts & parts_of(by, tenancy):
        raise NotAllowed(_("只有有关的企业、运营主体或挂点人员可以办理"), _("请由有关人员办理"))


def _event(plan: GrowthPlan, verb: Verb, *, by: User, reason: str = "", **more: object) -> None:
    data = {"tenancy": plan.tenancy.number, **more}
    region = plan.tenancy.base.region_id
    record_event(plan.tenancy, verb, by=by, reason=reason, region=region, data=data)


def _tell_tenant(need: GrowthNeed) -> None:
    tenancy = need.plan.tenancy
    acting = Representative.objects.live().filter(enterprise=tenancy.enterprise_id)
    for one in acting.select_related("user") if tenancy.enterprise_id else ():
        key = f"growth/need/{need.pk}/{need.solved_on}"
        text = Bilingual(
            f"您提出的需求已办结，请确认：{need.text}",
            f"Please confirm that your need is met: {need.text}",
        )
        link = f"/my/growth/{tenancy.number}/"
        notify(one.user, key, text.zh[:300], text.en[:400], link)
