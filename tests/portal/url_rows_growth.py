"""Rows of the URL × role table for tenants' growth, and the things they ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from miaopu.bases import growth, tenants
from miaopu.bases.enums import NeedKind, TenancyStage
from miaopu.bases.models import Base, Tenancy
from miaopu.bases.month_sheets import deliver_months
from tests.bases.factories import build_park
from tests.bases.months import month_file
from tests.factories import City, make_enterprise
from tests.house.url_roles import CASE_READERS, Route
from tests.portal.url_rows_bases import OWNER

APPROVERS = frozenset({"approver", "programme_officer"})
NEED = {"need-kind": NeedKind.TRAINING, "need-text": "希望参加财税培训"}

ROWS: dict[str, Route] = {
    "my_growth": Route(allow=OWNER, thing="growth"),
    "my_growth_act": Route(allow=OWNER, thing="growth_need_act", methods=("POST",), data=NEED),
    "my_growth_need": Route(
        allow=OWNER, thing="growth_need", methods=("POST",), data={"solve-reason": "已培训"}
    ),
    "office_growth": Route(allow=CASE_READERS, thing="growth"),
    "office_growth_act": Route(
        allow=APPROVERS, thing="growth_attach", methods=("POST",), posted=422
    ),
    "office_growth_need": Route(
        allow=frozenset({"reviewer"}),  # who is attached
        thing="growth_need",
        methods=("POST",),
        data={"solve-reason": "已培训"},
        also=dict.fromkeys(CASE_READERS - {"reviewer"}, 403),  # they see the need only
    ),
    "months": Route(allow=OWNER, thing="months", methods=("GET", "POST"), posted=422),
    "months_workbook": Route(allow=OWNER, thing="month"),
    "months_returned": Route(allow=OWNER, thing="month_returned"),
    "reward_claim": Route(allow=OWNER, thing="reward", methods=("POST",)),
    "follow_up": Route(allow=OWNER, thing="follow_up", methods=("POST",), posted=422),
}


def _incubating(city: City) -> Tenancy:
    park = build_park(city, city.enterprise)
    park.admitted()
    tenant = make_enterprise(employees=8)
    return park.tenant(enterprise=tenant, team="")


def _growth(city: City) -> dict[str, Any]:
    return {"number": _incubating(city).number}


def _need(city: City) -> dict[str, Any]:
    tenancy = _incubating(city)
    plan = growth.draw_plan(tenancy, responsible="王导师", goals="收入翻番", by=city.owner)
    growth.attach_officer(plan, city.reviewer, by=city.approver)
    need = growth.raise_need(plan, NeedKind.TRAINING, "财税培训", by=city.owner)
    return {"number": tenancy.number, "need": need.pk, "step": "solve"}


def _act(city: City, act: str) -> dict[str, Any]:
    return {"number": _need(city)["number"], "act": act}


def _returned(city: City) -> dict[str, Any]:
    base: Base = _incubating(city).base
    faulty = month_file([("915201000000000000", "不存在", 1, 1, 1)])
    made, _faults = deliver_months(base, date(2018, 4, 1), faulty, by=city.owner)
    return {"number": base.number, "delivery": made.pk}


def _follow_up(city: City) -> dict[str, Any]:
    tenancy = _incubating(city)
    tenants.graduate_tenant(tenancy, date(2017, 6, 1), by=city.owner, reason="达标")
    assert Tenancy.objects.get(pk=tenancy.pk).stage == TenancyStage.GRADUATED
    return {"number": tenancy.number, "months": 6}


THINGS: dict[str, Callable[[City], dict[str, Any]]] = {
    "growth": _growth,
    "growth_need": _need,
    "growth_need_act": lambda city: _act(city, "need"),
    "growth_attach": lambda city: _act(city, "attach"),
    "months": lambda city: {"number": _incubating(city).base.number},
    "month": lambda city: {"number": _incubating(city).base.number, "month": "2018-04"},
    "month_returned": _returned,
    "reward": lambda city: {"number": _incubating(city).number, "item": city.item.pk},
    "follow_up": _follow_up,
}
