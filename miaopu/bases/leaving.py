"""A base leaves the programme with its tenants accounted for: asked by one, decided by another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.admission import exit_base
from miaopu.bases.enums import BaseState
from miaopu.bases.guards import check_row, check_runs, locked_base, may
from miaopu.bases.models import Base, BaseExit, ExitPlan, Tenancy
from miaopu.bases.record_enums import ExitState, RecordVerb, TenantFate
from miaopu.bases.tenants import close_tenancy
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.models import User

DECIDERS = frozenset({Role.PROGRAMME_OFFICER})
Fate = tuple[TenantFate, str]


@transaction.atomic
def file_exit(
    base: Base, planned_on: date, fates: Mapping[int, Fate], *, by: User, reason: str
) -> BaseExit:
    """Ask to leave; `fates` says by tenancy what becomes of each tenant that is in the base.

    Raises ActionRefused where one is missing or a move names no place.
    """
    check_reason(reason)
    locked = locked_base(base)
    check_runs(by, locked)
    if locked.state != BaseState.ADMITTED:
        raise ActionRefused(_("基地尚未准入或已退出"), _("请查看基地状态"))
    if planned_on < clock.today():
        raise ActionRefused(_("计划退出日期在今天之前"), _("请填写今天或以后的日期"))
    _check_all(locked, fates)
    found = BaseExit(
        base=locked, planned_on=planned_on, reason=reason.strip(), filed_by=by,
        filed_at=clock.now(),
    )  # fmt: skip
    check_row(found)
    found.save()
    for tenancy, (fate, note) in fates.items():
        plan = ExitPlan(exit=found, tenancy_id=tenancy, fate=fate, note=note.strip())
        check_row(plan)
        plan.save()
    record_event(
        found, RecordVerb.FILE_EXIT, by=by, reason=reason, region=locked.region,
        data={"base": locked.number, "tenants": len(fates)},
    )  # fmt: skip
    return found


def _check_all(base: Base, fates: Mapping[int, Fate]) -> None:
    """Raises ActionRefused unless every tenant that is in the base has its fate."""
    live = dict(Tenancy.objects.live().filter(base=base).values_list("pk", "number"))
    missing = [number for pk, number in live.items() if pk not in fates]
    if missing or set(fates) - set(live):
        raise ActionRefused(
            _("入驻情况已有变化，请逐户写明安置"),
            _("、").join(missing) or _("请刷新页面，按现在的状态办理"),
        )


def may_decide(user: User, found: BaseExit) -> bool:
    """Whether the user may decide on the exit now."""
    return found.state == ExitState.FILED and may(user, found.base, DECIDERS)


def _decided(found: BaseExit, *, by: User) -> BaseExit:
    base = locked_base(found.base)
    row = BaseExit.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
    row.base = base
    if row.state != ExitState.FILED:
        raise Conflict(_("退出申请已经办结"), _("请刷新页面，按现在的状态办理"))
    if not may(by, base, DECIDERS):
        raise NotAllowed(_("退出由市级主管审定"), _("请联系市级主管"))
    row.decided_by, row.decided_at = by, clock.now()
    return row


@transaction.atomic
def confirm_exit(found: BaseExit, *, by: User, reason: str) -> BaseExit:
    """The base leaves today: every tenancy ends with what becomes of the tenant as its reason."""
    check_reason(reason)
    row = _decided(found, by=by)
    plans = list(row.plans.select_related("tenancy__enterprise"))
    live = set(Tenancy.objects.live().filter(base=row.base).values_list("pk", flat=True))
    ended = [one for one in plans if one.tenancy_id in live]
    _check_all(row.base, {one.tenancy_id: (TenantFate(one.fate), one.note) for one in ended})
    today = clock.today()
    for plan in ended:
        plan.tenancy.base = row.base
        why = f"{plan.get_fate_display()} {plan.note}".strip()
        close_tenancy(plan.tenancy, today, by=by, reason=why, fate=plan.fate)
    row.state = ExitState.CONFIRMED
    row.save()
    record_event(
        row, RecordVerb.CONFIRM_EXIT, by=by, reason=reason, region=row.base.region,
        data={"base": row.base.number, "tenants": len(ended)},
    )  # fmt: skip
    exit_base(row.base, by=by, reason=reason)
    return row


@transaction.atomic
def return_exit(found: BaseExit, *, by: User, reason: str) -> BaseExit:
    """The base stays for now: tenants are not provided for, or something else is missing."""
    check_reason(reason)
    row = _decided(found, by=by)
    row.state = ExitState.RETURNED
    row.save()
    record_event(
        row, RecordVerb.RETURN_EXIT, by=by, reason=reason, region=row.base.region,
        data={"base": row.base.number},
    )  # fmt: skip
    return row
