"""Anomalies in words: what was found, by which limit, and the records behind it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from miaopu.bases.anomaly_enums import AnomalyKind, AnomalyState
from miaopu.bases.models import Anomaly, Rectification, Tenancy
from miaopu.core.models import User
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.enums import Source
from miaopu.portal import formats, present, shapes
from miaopu.portal.tables import Column, Table

TONES: dict[str, shapes.Tone] = {
    AnomalyState.OPEN: "late",
    AnomalyState.CLEARED: "good",
    AnomalyState.GONE: "neutral",
}
COLUMNS = (
    Column("kind", gettext_lazy("异常"), link="href"),
    Column("base", gettext_lazy("基地")),
    Column("region", gettext_lazy("区域")),
    Column("text", gettext_lazy("发现")),
    Column("found_on", gettext_lazy("发现日期"), kind="date"),
    Column("state", gettext_lazy("状态"), kind="tag", tone="tone"),
)
RECORD_COLUMNS = (
    Column("number", gettext_lazy("编号")),
    Column("name", gettext_lazy("入驻企业或整改问题"), link="href"),
    Column("stage", gettext_lazy("阶段")),
    Column("since", gettext_lazy("入驻日期"), kind="date"),
)


def _day(text: str) -> str:
    return formats.day(date.fromisoformat(text)) if text else formats.MISSING


def _names(values: Iterable[str]) -> str:
    return _("、").join(values)


def _figure(name: str, value: str) -> str:
    shown = formats.number(Decimal(value))
    unit = _("元") if name == "operating_revenue" else _("人")
    return _("%(value)s %(unit)s") % {"value": shown, "unit": unit}


def _jump(data: dict[str, Any]) -> str:
    return _(
        "%(source)s的%(fact)s从 %(was)s（%(was_on)s）变为 %(now)s（%(now_on)s），"
        "相差 %(times)s 倍以上"
    ) % {
        "source": Source(data["source"]).label,
        "fact": present.in_language(fact_dictionary()[data["fact"]].title),
        "was": _figure(data["fact"], data["was"]),
        "now": _figure(data["fact"], data["now"]),
        "was_on": _day(data["was_on"]),
        "now_on": _day(data["now_on"]),
        "times": data["times"],
    }


def _files(data: dict[str, Any]) -> str:
    told = {
        "files": _names(data["files"]),
        "percent": data["percent"],
        "bases": _names(data["bases"]),
        "problems": _names(data.get("problems", ())),
    }
    if data.get("picture"):
        if data["bases"]:
            text = _("%(files)s 与%(bases)s提交的照片高度相似（%(percent)s%%）")
        elif data["problems"]:
            text = _(
                "整改 %(problems)s 的整改后照片与另一张照片高度相似（%(percent)s%%）：%(files)s"
            )
        else:
            text = _("不同主体提交的照片高度相似（%(percent)s%%）：%(files)s")
        return text % told
    if data["bases"]:
        return _("%(files)s 与%(bases)s提交的文件内容完全相同") % told
    if data["percent"] == 100 and data.get("problems"):
        return _("整改 %(problems)s 的整改后材料与另一份材料完全相同：%(files)s") % told
    if data["percent"] == 100:
        return _("不同主体提交了内容完全相同的文件：%(files)s") % told
    if data.get("problems"):
        return (
            _("整改 %(problems)s 的整改后材料与另一份材料文字约有 %(percent)s%% 相同：%(files)s")
            % told
        )
    return _("不同主体提交的文件文字约有 %(percent)s%% 相同：%(files)s") % told


def explain(row: Anomaly) -> str:
    """What was found, in a sentence in the reader's language."""
    data = row.data
    told = {**data, "count": len(data["tenancies"]), "day": _day(data.get("as_of", ""))}
    match row.kind:
        case AnomalyKind.TWO_BASES:
            return _("同一企业还入驻了%(bases)s") % {"bases": _names(data["bases"])}
        case AnomalyKind.NO_STAFF if data["known"]:
            return _("入孵已满 %(months)s 个月，截至%(day)s的参保人员为 0") % told
        case AnomalyKind.NO_STAFF:
            return _("入孵已满 %(months)s 个月，还没有参保人员数据") % told
        case AnomalyKind.SHARED_PHONE:
            text = _("%(count)s 户的联系电话都是 %(value)s，超过 %(limit)s 户")
            return text % told
        case AnomalyKind.SHARED_ADDRESS:
            return _("%(count)s 户的住所都是“%(value)s”，超过 %(limit)s 户") % told
        case AnomalyKind.NO_REVENUE:
            told["graduated"] = _day(data["graduated_on"])
            if data["known"]:
                return _("%(graduated)s毕业，截至%(day)s的营业收入为 0") % told
            return _("%(graduated)s毕业，没有营业收入数据") % told
        case AnomalyKind.JUMP:
            return _jump(data)
        case _:
            return _files(data)


def _own_record(row: Anomaly) -> str:
    """Where the operator finds the first record behind it: a tenant, or a problem put right."""
    for key, route in (("tenancies", "tenancy"), ("problems", "my_rectification")):
        for number in row.data.get(key, ()):
            return reverse(route, args=[number])
    return ""


def anomaly_table(rows: Iterable[Anomaly], caption: str, route: str = "", empty: str = "") -> Table:
    """Anomalies with what was found; `route` is the page of one, else the record behind it."""
    found = [
        {
            "kind": row.get_kind_display(),
            "href": reverse(route, args=[row.pk]) if route else _own_record(row),
            "base": row.base.name,
            "region": present.region_name(row.base.region),
            "text": explain(row),
            "found_on": row.found_on,
            "state": row.get_state_display(),
            "tone": TONES[row.state],
        }
        for row in rows
    ]
    return Table(COLUMNS, found, caption, empty=empty or _("没有异常"))


def record_table(user: User, row: Anomaly) -> Table:
    """Tenancies and problems behind an anomaly that the user may see, each leading to its page."""
    numbers = row.data["tenancies"]
    found = Tenancy.objects.for_user(user).filter(base=row.base, number__in=numbers)
    rows = [
        {
            "number": one.number,
            "name": one.tenant_name,
            "href": (
                reverse("tenancy", args=[one.number])
                if user.is_party
                else reverse("office_enterprise", args=[one.enterprise.number])
                if one.enterprise
                else ""
            ),
            "stage": one.get_stage_display(),
            "since": one.since,
        }
        for one in found.select_related("enterprise").order_by("number")
    ]
    problems = Rectification.objects.for_user(user).filter(base=row.base)
    rows += [
        {
            "number": one.number,
            "name": one.problem,
            "href": reverse(
                "my_rectification" if user.is_party else "rectification", args=[one.number]
            ),
            "stage": one.get_state_display(),
            "since": None,
        }
        for one in problems.filter(number__in=row.data.get("problems", ())).order_by("number")
    ]
    return Table(RECORD_COLUMNS, rows, _("相关记录"), empty=_("没有相关的入驻记录"))
