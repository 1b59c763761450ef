"""Writes of rooms and tenants: admit, advance, register as a company, graduate, leave.

What rules may know of a tenant is written down as facts of its enterprise (design.md, Rooms).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState, TenancyStage, Verb
from miaopu.bases.graduation import graduation_of
from miaopu.bases.guards import check_row, check_runs, locked_base, step_from
from miaopu.bases.models import Base, Room, Tenancy
from miaopu.bases.states import TENANCY_TABLE
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, check_reason
from miaopu.core.models import User
from miaopu.parties.actions import record_fact
from miaopu.parties.enums import Source
from miaopu.parties.models import Enterprise

INCUBATED_FROM, GRADUATED_ON = "incubated_from", "graduated_on"
LEFT_ON = "left_incubation_on"  # without graduating


def enterprise_of_code(code: str) -> Enterprise:
    """The registered enterprise with the credit code; raises ActionRefused where there is none.

    A base may admit any enterprise whose licence it holds in its hands; nothing else is told.
    """
    found = Enterprise.objects.filter(uscc=code.strip().upper()).first()
    if found is None:
        raise ActionRefused(_("没有查到这个代码的企业"), _("请核对营业执照上的代码"))
    return found


@transaction.atomic
def add_room(base: Base, *, building: str, floor: str, name: str, area: Decimal, by: User) -> Room:
    """Enter a room of the base; `area` in m². Rooms together never exceed the base's floor area."""
    locked = locked_base(base)
    check_runs(by, locked)
    room = Room(
        base=locked, building=building.strip(), floor=floor.strip(), name=name.strip(), area=area
    )
    check_row(room)
    taken = locked.rooms.aggregate(area=Sum("area"))["area"] or Decimal(0)
    if taken + area > locked.floor_area:
        raise ActionRefused(
            _("各房间面积合计将超过建筑面积 %(area)s 平方米") % {"area": locked.floor_area},
            _("请核对房间面积，或先更正基地资料"),
        )
    room.save()
    record_event(locked, Verb.ADD_ROOM, by=by, region=locked.region, data={"room": str(room)})
    return room


@transaction.atomic
def admit_tenant(
    base: Base,
    *,
    team: str,
    enterprise: Enterprise | None,
    room: Room | None,
    area: Decimal,
    rent_fen: int,
    relief_percent: int,
    since: date,
    contract: str = "",
    stage: TenancyStage = TenancyStage.TEAM,
    by: User,
) -> Tenancy:
    """Admit a team, a project or an enterprise to an admitted base.

    An enterprise is in incubation from `since` on. `area` in m², `rent_fen` for a month.
    Raises ActionRefused where the base is not admitted, the room is full, or the days do not fit.
    """
    locked = locked_base(base)
    check_runs(by, locked)
    if locked.state != BaseState.ADMITTED:
        raise ActionRefused(_("基地尚未准入，不能登记入驻"), _("请先完成准入"))
    _check_days(locked, since)
    _check_room(locked, room, area)
    incubating = enterprise is not None
    tenancy = Tenancy(
        number=f"{locked.number}-{locked.tenancies.count() + 1:04d}",
        base=locked,
        team=team.strip(),
        enterprise=enterprise,
        stage=TenancyStage.INCUBATING if incubating else stage,
        room=room,
        area=area,
        rent_fen=rent_fen,
        relief_percent=relief_percent,
        contract=contract.strip(),
        since=since,
        incubated_from=since if incubating else None,
    )
    check_row(tenancy)
    tenancy.save()
    _event(tenancy, Verb.ADMIT_TENANT, by=by)
    if enterprise is not None:
        _write_fact(tenancy, enterprise, INCUBATED_FROM, since, by)
    return tenancy


@transaction.atomic
def advance_tenant(tenancy: Tenancy, *, by: User) -> Tenancy:
    """The team has a project."""
    locked = _locked(tenancy)
    _step(locked, "advance", by)
    locked.save(update_fields=["stage"])
    _event(locked, Verb.ADVANCE_TENANT, by=by)
    return locked


@transaction.atomic
def incubate_tenant(tenancy: Tenancy, enterprise: Enterprise, on: date, *, by: User) -> Tenancy:
    """The team or project has become an enterprise, in incubation from the day on."""
    locked = _locked(tenancy)
    _step(locked, "incubate", by)
    if not locked.since <= on <= clock.today():
        raise ActionRefused(
            _("入孵日期须在入驻日期 %(since)s 与今天之间") % {"since": locked.since},
            _("请核对日期"),
        )
    locked.enterprise, locked.incubated_from = enterprise, on
    check_row(locked)
    locked.save(update_fields=["stage", "enterprise", "incubated_from"])
    _event(locked, Verb.INCUBATE_TENANT, by=by)
    _write_fact(locked, enterprise, INCUBATED_FROM, on, by)
    return locked


@transaction.atomic
def graduate_tenant(tenancy: Tenancy, on: date, *, by: User, reason: str) -> Tenancy:
    """The enterprise graduates on the day; the reason says what it has reached.

    Where its programme has a rule for graduating, the rule must be true by the facts of today;
    what it rested on is kept with the event. Raises ActionRefused otherwise.
    """
    check_reason(reason)
    locked = _locked(tenancy)
    _step(locked, "graduate", by)
    first = locked.incubated_from
    if first is None or not first <= on <= clock.today():
        raise ActionRefused(
            _("毕业日期须在入孵日期 %(since)s 与今天之间") % {"since": first}, _("请核对日期")
        )
    found = graduation_of(locked, clock.today())
    if found is not None and found.status != "true":
        raise ActionRefused(
            _("毕业须符合 %(needed)s 项条件，现符合 %(met)s 项")
            % {"needed": found.needed, "met": found.met},
            _("请查看每项条件查到的值"),
        )
    locked.graduated_on = on
    locked.save(update_fields=["stage", "graduated_on"])
    rule = {"rule": found.trace()} if found is not None else {}
    _event(locked, Verb.GRADUATE_TENANT, by=by, reason=reason, **rule)
    if locked.enterprise is not None:
        _write_fact(locked, locked.enterprise, GRADUATED_ON, on, by)
    return locked


@transaction.atomic
def end_tenancy(tenancy: Tenancy, on: date, *, by: User, reason: str) -> Tenancy:
    """The tenant leaves without graduating."""
    check_reason(reason)
    locked = _locked(tenancy)
    _step(locked, "leave", by)
    if not locked.since <= on <= clock.today():
        raise ActionRefused(
            _("退出日期须在入驻日期 %(since)s 与今天之间") % {"since": locked.since},
            _("请核对日期"),
        )
    return close_tenancy(locked, on, by=by, reason=reason)


@transaction.atomic
def close_tenancy(tenancy: Tenancy, on: date, *, by: User, reason: str, **more: object) -> Tenancy:
    """Write down that a tenant has left, for rules too; whoever calls has checked who may."""
    tenancy.stage, tenancy.left_on = TenancyStage.LEFT, on
    tenancy.save(update_fields=["stage", "left_on"])
    _event(tenancy, Verb.END_TENANCY, by=by, reason=reason, **more)
    if tenancy.enterprise is not None and tenancy.incubated_from is not None:
        _write_fact(tenancy, tenancy.enterprise, LEFT_ON, on, by)
    return tenancy


def _locked(tenancy: Tenancy) -> Tenancy:
    locked_base(tenancy.base)
    return Tenancy.objects.select_related("base__region", "enterprise").get(pk=tenancy.pk)


def _step(tenancy: Tenancy, name: str, by: User) -> None:
    found = step_from(TENANCY_TABLE, name, tenancy.stage, tenancy.base, by)
    tenancy.stage = TenancyStage(found.target)


def _event(tenancy: Tenancy, verb: Verb, *, by: User, reason: str = "", **more: object) -> None:
    record_event(
        tenancy, verb, by=by, reason=reason, region=tenancy.base.region_id,
        data={"base": tenancy.base.number, "stage": tenancy.stage, **more},
    )  # fmt: skip


def _write_fact(tenancy: Tenancy, enterprise: Enterprise, name: str, on: date, by: User) -> None:
    record_fact(
        enterprise, name, on, source=Source.SYSTEM, record=tenancy.number, valid_from=on, by=by
    )


def _check_days(base: Base, since: date) -> None:
    if not base.opened_on <= since <= clock.today():
        raise ActionRefused(
            _("入驻日期须在基地运营起始日期 %(opened)s 与今天之间") % {"opened": base.opened_on},
            _("请核对日期"),
        )


def _check_room(base: Base, room: Room | None, area: Decimal) -> None:
    """What is let never exceeds the room, nor all of it the base's floor area."""
    live = Tenancy.objects.live().filter(base=base)
    if room is not None:
        if room.base_id != base.pk:
            raise ActionRefused(_("这个房间不在本基地"), _("请从本基地的房间中选择"))
        free = room.area - (live.filter(room=room).aggregate(area=Sum("area"))["area"] or 0)
        if area > free:
            raise ActionRefused(
                _("%(room)s 只剩 %(free)s 平方米") % {"room": room, "free": free},
                _("请减少面积或换一间"),
            )
    free = base.floor_area - (live.aggregate(area=Sum("area"))["area"] or 0)
    if area > free:
        raise ActionRefused(_("基地只剩 %(free)s 平方米可租") % {"free": free}, _("请核对租用面积"))
