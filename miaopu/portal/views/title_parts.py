"""What the pages of titles share: acts that are offered as forms, tables, tones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from miaopu.bases.enums import TitleLevel
from miaopu.bases.models import BaseTitle, Nomination, TitleList, TitleMotion
from miaopu.bases.title_enums import MotionState, NominationState, TitleObjectionState
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.portal import formats, present, shapes
from miaopu.portal.shapes import Text
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.bases_shared import title_state

ACTORS = (Role.APPROVER, Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)
NOMINATION_TONES: dict[str, shapes.Tone] = {
    NominationState.PROPOSED: "soon",
    NominationState.SELECTED: "soon",
    NominationState.PUBLISHED: "soon",
    NominationState.LISTED: "good",
    NominationState.DROPPED: "late",
}
OBJECTION_TONES: dict[str, shapes.Tone] = {
    TitleObjectionState.OPEN: "soon",
    TitleObjectionState.UPHELD: "late",
    TitleObjectionState.DISMISSED: "neutral",
}
MOTION_TONES: dict[str, shapes.Tone] = {
    MotionState.PROPOSED: "soon",
    MotionState.APPROVED: "good",
    MotionState.RECOGNISED: "good",
    MotionState.DECLINED: "late",
    MotionState.REFUSED: "late",
}
NOMINATION_COLUMNS = (
    Column("base", _("基地"), link="href"),
    Column("region", _("区域")),
    Column("carrier_type", _("载体类型")),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("proposed_at", _("推荐时间"), kind="moment"),
    Column("publicity", _("名单"), link="list_href"),
)
MOTION_COLUMNS = (
    Column("title", _("称号"), link="href"),
    Column("base", _("基地")),
    Column("kind", _("事项")),
    Column("level", _("推荐级别")),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("proposed_at", _("提请时间"), kind="moment"),
)
LIST_COLUMNS = (
    Column("number", _("名单编号"), link="href"),
    Column("title", _("称号")),
    Column("bases", _("基地"), kind="number", unit=pgettext_lazy("bases", "个")),
    Column("starts_on", _("公示起"), kind="date"),
    Column("ends_on", _("公示止"), kind="date"),
    Column("state", _("公示"), kind="tag", tone="tone"),
)
REGISTER_COLUMNS = (
    Column("base", _("基地"), link="base_href"),
    Column("region", _("区域")),
    Column("level", _("级别")),
    Column("name", _("称号"), link="href"),
    Column("document", _("文号")),
    Column("granted_on", _("认定日期"), kind="date"),
    Column("valid_until", _("有效期至"), kind="date"),
    Column("state", _("是否有效"), kind="tag", tone="tone"),
)


class ReasonForm(forms.Form):
    """Why a step is taken."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明理由")},
    )


@dataclass(frozen=True)
class Act:
    """Something that can be done on a page: its words, its form, and what it does."""

    title: Text
    form: Callable[..., forms.Form]
    act: Callable[[Any, Mapping[str, Any], User], object]
    kind: str = "primary"


def reasoned(action: Any) -> Callable[[Any, Mapping[str, Any], User], object]:
    """What an act does whose form asks for a reason alone."""
    return lambda found, data, by: action(found, by=by, reason=data["reason"])


Typed = tuple[str, forms.Form] | None


def offered(
    acts: Mapping[str, Act],
    names: Iterable[str],
    href: Callable[[str], str],
    typed: Typed = None,
) -> list[dict[str, Any]]:
    """The acts of `names` as the page shows them; what was typed into one is kept."""
    return [
        {
            "name": name,
            "title": acts[name].title,
            "kind": acts[name].kind,
            "href": href(name),
            "form": typed[1] if typed and typed[0] == name else acts[name].form(prefix=name),
        }
        for name in names
    ]


def register_rows(
    titles: Iterable[BaseTitle], today: date, base_route: str, route: str = ""
) -> list[dict[str, Any]]:
    """Titles with their bases; `route` is the page of one title, "" where there is none."""
    rows = []
    for title in titles:
        state, tone = title_state(title, today)
        rows.append(
            {
                "base": title.base.name,
                "base_href": reverse(base_route, args=[title.base.number]),
                "region": present.region_name(title.base.region),
                "level": TitleLevel(title.level).label,
                "name": title.name,
                "href": reverse(route, args=[title.pk]) if route else "",
                "document": title.document or formats.MISSING,
                "granted_on": title.granted_on,
                "valid_until": title.valid_until,
                "state": state,
                "tone": tone,
            }
        )
    return rows


def nomination_table(nominations: Iterable[Nomination], caption: str) -> Table:
    """Proposed bases with where each of them stands."""
    rows = [
        {
            "base": one.base.name,
            "href": reverse("nomination", args=[one.pk]),
            "region": present.region_name(one.base.region),
            "carrier_type": one.base.get_carrier_type_display(),
            "state": one.get_state_display(),
            "tone": NOMINATION_TONES.get(one.state, "neutral"),
            "proposed_at": one.proposed_at,
            "publicity": one.publicity.number if one.publicity else "",
            "list_href": (
                reverse("office_title_list", args=[one.publicity.number]) if one.publicity else ""
            ),
        }
        for one in nominations
    ]
    return Table(NOMINATION_COLUMNS, rows, caption, empty=gettext("还没有推荐基地"))


def motion_table(motions: Iterable[TitleMotion], caption: str) -> Table:
    """Motions about titles with where each of them stands."""
    rows = [
        {
            "title": one.title.name,
            "href": reverse("office_title", args=[one.title_id]),
            "base": one.title.base.name,
            "kind": one.get_kind_display(),
            "level": TitleLevel(one.level).label if one.level else "",
            "state": one.get_state_display(),
            "tone": MOTION_TONES[one.state],
            "proposed_at": one.proposed_at,
        }
        for one in motions
    ]
    return Table(MOTION_COLUMNS, rows, caption, empty=gettext("没有称号变动"))


def list_table(lists: Iterable[TitleList], today: date, route: str) -> Table:
    """Lists in publicity, the latest first."""
    rows = [
        {
            "number": one.number,
            "href": reverse(route, args=[one.number]),
            "title": present.in_language(one.campaign.scheme.title.bilingual),
            "bases": len(one.lines),
            "starts_on": one.starts_on,
            "ends_on": one.ends_on,
            "state": gettext("公示中") if today <= one.ends_on else gettext("已结束"),
            "tone": "soon" if today <= one.ends_on else "neutral",
        }
        for one in lists
    ]
    return Table(LIST_COLUMNS, rows, gettext("示范名单公示"), empty=gettext("还没有名单"))
