"""What the pages of bases share: figures, rows, tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from miaopu.bases.enums import BaseState, CarrierType, TenancyStage
from miaopu.bases.figures import BaseFigures, TenantFigures, figures_of
from miaopu.bases.models import Base, BaseTitle, Tenancy
from miaopu.portal import formats, present, shapes
from miaopu.portal.tables import Column, Table

BASE_COLUMNS = (
    Column("name", _("基地"), link="href"),
    Column("carrier_type", _("载体类型")),
    Column("region", _("区域")),
    Column("floor_area", _("建筑面积"), kind="number", unit=_("平方米")),
    Column("occupancy", _("出租率"), kind="percent"),
    Column("teams", _("团队"), kind="number", unit=_("个")),
    Column("incubating", pgettext_lazy("count", "在孵企业"), kind="number", unit=_("户")),
    Column("graduated", _("毕业企业"), kind="number", unit=_("户")),
)
STATE_COLUMN = Column("state", _("状态"), kind="tag", tone="tone")
TENANCY_COLUMNS = (
    Column("name", _("入驻团队或企业"), link="href"),
    Column("stage", _("阶段"), kind="tag", tone="tone"),
    Column("room", _("房间")),
    Column("area", _("租用面积"), kind="number", unit=_("平方米")),
    Column("rent", _("减免后月租金"), kind="money", unit=_("元")),
    Column("since", _("入驻日期"), kind="date"),
    Column("incubated_from", _("入孵日期"), kind="date"),
    Column("ended_on", _("毕业或退出"), kind="date"),
)
TITLE_COLUMNS = (
    Column("level", _("级别")),
    Column("name", _("称号")),
    Column("document", _("文号")),
    Column("granted_on", _("认定日期"), kind="date"),
    Column("valid_until", _("有效期至"), kind="date"),
    Column("state", _("是否有效"), kind="tag", tone="tone"),
)
ROOM_COLUMNS = (
    Column("room", _("房间")),
    Column("area", _("面积"), kind="number", unit=_("平方米")),
    Column("let", _("已租"), kind="number", unit=_("平方米")),
    Column("tenants", _("租用者")),
)
BASE_TONES: dict[str, shapes.Tone] = {
    BaseState.ADMITTED: "good",
    BaseState.PROPOSED: "soon",
    BaseState.SELECTED: "soon",
    BaseState.DELISTED: "late",
}
STAGE_TONES: dict[str, shapes.Tone] = {
    TenancyStage.GRADUATED: "good",
    TenancyStage.LEFT: "neutral",
}


class BaseFilter(forms.Form):
    """Which bases are listed; stands in the address."""

    carrier_type = forms.ChoiceField(
        label=_("载体类型"), required=False, choices=[("", _("全部")), *CarrierType.choices]
    )


def base_rows(bases: Iterable[Base], route: str) -> list[dict[str, Any]]:
    """Rows of bases with their figures; `route` is the page of one."""
    shown = list(bases)
    figures = figures_of(shown)
    return [
        {
            "name": base.name,
            "href": reverse(route, args=[base.number]),
            "carrier_type": base.get_carrier_type_display(),
            "region": present.region_name(base.region),
            "floor_area": base.floor_area,
            "occupancy": figures[base.pk].occupancy,
            "teams": figures[base.pk].teams,
            "incubating": figures[base.pk].incubating,
            "graduated": figures[base.pk].graduated,
            "state": base.get_state_display(),
            "tone": BASE_TONES.get(base.state, "neutral"),
        }
        for base in shown
    ]


def record_of(base: Base) -> list[shapes.Answer]:
    """What the operator states of a base, and when it came into the programme and left it."""
    gone = []
    if base.left_on is not None:
        word = gettext("摘牌日期") if base.state == BaseState.DELISTED else gettext("退出日期")
        gone = [shapes.Answer(word, formats.day(base.left_on))]
    return [
        shapes.Answer(gettext("基地编号"), base.number),
        shapes.Answer(gettext("载体类型"), str(base.get_carrier_type_display())),
        shapes.Answer(gettext("运营主体"), base.operator.name),
        shapes.Answer(gettext("区域"), present.region_name(base.region)),
        shapes.Answer(gettext("地址"), base.address),
        shapes.Answer(gettext("运营起始日期"), formats.day(base.opened_on)),
        shapes.Answer(gettext("建筑面积（平方米）"), formats.number(base.floor_area)),
        shapes.Answer(gettext("孵化面积（平方米）"), formats.number(base.incubation_area)),
        shapes.Answer(gettext("标准厂房面积（平方米）"), formats.number(base.workshop_area)),
        shapes.Answer(gettext("服务人员（人）"), formats.number(base.service_staff)),
        shapes.Answer(gettext("创业辅导师（人）"), formats.number(base.coaches)),
        shapes.Answer(gettext("提供的服务"), base.services or formats.MISSING),
        shapes.Answer(gettext("准入日期"), formats.day(base.admitted_on)),
        *gone,
    ]


def title_state(title: BaseTitle, today: date) -> tuple[str, shapes.Tone]:
    """Whether a title holds today, in a word with its tone."""
    if title.withdrawn_on is not None and title.withdrawn_on <= today:
        return gettext("已撤销"), "late"
    if title.valid_until is not None and title.valid_until < today:
        return gettext("已过期"), "neutral"
    if title.granted_on > today:
        return gettext("尚未生效"), "soon"
    return gettext("有效"), "good"


def titles_of(base: Base, today: date) -> Table:
    """The titles of a base, the latest first, and which of them hold today."""
    rows = []
    for title in base.titles.all():
        state, tone = title_state(title, today)
        rows.append(
            {
                "level": title.get_level_display(),
                "name": title.name,
                "document": title.document or formats.MISSING,
                "granted_on": title.granted_on,
                "valid_until": title.valid_until,
                "state": state,
                "tone": tone,
            }
        )
    return Table(TITLE_COLUMNS, rows, gettext("称号"), empty=gettext("还没有登记称号"))


def rent_after_relief(tenancy: Tenancy) -> int:
    """The month's rent in fen after the relief, half up."""
    return (tenancy.rent_fen * (100 - tenancy.relief_percent) + 50) // 100


def tenancy_rows(tenancies: Iterable[Tenancy], route: str) -> list[dict[str, Any]]:
    """Rows of tenants; `route` leads to the tenant, "" for readers who cannot go there."""
    return [
        {
            "name": tenancy.tenant_name,
            "href": reverse(route, args=[tenancy.number]) if route else "",
            "stage": tenancy.get_stage_display(),
            "tone": STAGE_TONES.get(tenancy.stage, "soon"),
            "room": str(tenancy.room) if tenancy.room else formats.MISSING,
            "area": tenancy.area,
            "rent": rent_after_relief(tenancy),
            "since": tenancy.since,
            "incubated_from": tenancy.incubated_from,
            "ended_on": tenancy.graduated_on or tenancy.left_on,
        }
        for tenancy in tenancies
    ]


def tenancy_table(tenancies: Iterable[Tenancy], route: str = "") -> Table:
    """Tenants with their stage, room and rent."""
    return Table(
        TENANCY_COLUMNS,
        tenancy_rows(tenancies, route),
        gettext("入驻团队和企业"),
        empty=gettext("还没有入驻团队或企业"),
    )


def room_table(base: Base) -> Table:
    """The rooms of a base and what is let of each."""
    let: dict[int | None, list[Tenancy]] = defaultdict(list)
    for tenancy in base.tenancies.live().select_related("enterprise"):
        let[tenancy.room_id].append(tenancy)
    rows = [
        {
            "room": str(room),
            "area": room.area,
            "let": sum(one.area for one in let[room.pk]),
            "tenants": gettext("、").join(one.tenant_name for one in let[room.pk])
            or formats.MISSING,
        }
        for room in base.rooms.all()
    ]
    return Table(ROOM_COLUMNS, rows, gettext("房间"), empty=gettext("还没有登记房间"))


@dataclass(frozen=True)
class Card:
    """A figure of a base as the component shows it."""

    label: str
    value: str
    unit: str = ""
    note: str = ""


def figure_cards(found: BaseFigures, known: TenantFigures | None = None) -> list[Card]:
    """The figures of a base; those of the tenants' own facts where they are given."""
    number, percent = formats.number, formats.percent
    cards = [
        Card(gettext("出租率"), percent(found.occupancy)),
        Card(gettext("团队"), number(found.teams), gettext("个")),
        Card(pgettext("count", "在孵企业"), number(found.incubating), gettext("户")),
        Card(gettext("毕业企业"), number(found.graduated), gettext("户")),
    ]
    if found.survival is not None:
        cards.append(Card(gettext("存续率"), percent(found.survival)))
    if known is not None:
        note = _unknown(known.unknown["employees"])
        unit = gettext("人")
        cards.append(Card(gettext("在孵企业从业人员"), number(known.employees), unit, note))
    return cards


def _unknown(number: int) -> str:
    if not number:
        return ""
    return gettext("另有%(number)s户人数未知，未计入") % {"number": number}
