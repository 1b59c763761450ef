"""What the reading desk shows of items, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Event
from miaopu.core.verbs import label as verb_label
from miaopu.plans.enums import ReadingItemState, ReadingKind
from miaopu.plans.models import ReadingItem
from miaopu.plans.reading_words import without_mark
from miaopu.portal import shapes
from miaopu.portal.desk_forms import COMPARATORS, MONEY_UNITS, ROLES

STATE_TONES: dict[str, shapes.Tone] = {
    ReadingItemState.ACCEPTED: "good",
    ReadingItemState.CORRECTED: "good",
    ReadingItemState.ADDED: "good",
    ReadingItemState.DISCARDED: "late",
}
CHECK_CODES = {
    "sum-mismatch": _("合计不符"),
    "share-mismatch": _("占比不符"),
    "growth-mismatch": _("增长不符"),
}
CHECK_GRADES = {
    "possible-rounding": _("可能是取整所致"),
    "error": _("不能用取整解释"),
}
_SHORT = 60


@dataclass(frozen=True)
class ItemRow:
    """An item in the list."""

    pk: int
    kind: str
    kind_label: str
    clause: str
    text: str
    state: str
    tone: shapes.Tone
    who: str
    href: str
    current: bool


@dataclass(frozen=True)
class CheckRow:
    """What does not add up: both numbers, each leading to its place."""

    pk: int
    href: str
    code: str
    grade: str
    tone: shapes.Tone
    what: str
    stated: str
    stated_href: str
    computed: str
    computed_href: str
    clause: str
    state: str
    state_tone: shapes.Tone


def amount_of(value: Any, unit: Any = "") -> str:
    """A value as it was read: a number, a range, a ratio; with its unit."""
    shown = "—".join(str(end) for end in value) if isinstance(value, list) else str(value)
    words = MONEY_UNITS.get(str(unit), unit)
    return shown if unit == "ratio" else f"{shown}{words or ''}"


def _units(content: Mapping[str, Any]) -> str:
    names = gettext("、").join(content.get("units") or ())
    role = str(ROLES.get(str(content.get("role")), content.get("role") or ""))
    return gettext("%(role)s：%(names)s") % {
        "role": role,
        "names": names or content.get("pending") or gettext("尚未确定单位"),
    }


def _target(content: Mapping[str, Any]) -> str:
    comparator = str(content.get("comparator") or "")
    words = (
        str(content.get("scope") or ""),
        str(content.get("indicator") or ""),
        "" if comparator == "range" else str(COMPARATORS.get(comparator, comparator)),
        amount_of(content.get("value"), content.get("unit")),
    )
    when = content.get("date")
    said = " ".join(word for word in words if word)
    if content.get("reached"):
        said = gettext("已达到：%(what)s") % {"what": said}
    return f"{said} · {when}" if when else said


def time_of(content: Mapping[str, Any]) -> str:
    """The time of a deadline: as packs write it, or how often."""
    when = str(content.get("date") or "")
    again = without_mark(when)
    said = gettext("重复：%(words)s") % {"words": again} if again != when else when
    begin = content.get("from")
    return gettext("%(time)s（自%(begin)s起）") % {"time": said, "begin": begin} if begin else said


def short_text(item: ReadingItem) -> str:
    """What an item says, in one line."""
    content = item.content
    kind = item.kind
    if kind == ReadingKind.RESPONSIBILITY:
        return _units(content)
    if kind == ReadingKind.TARGET:
        return _target(content)
    parts = {
        ReadingKind.CLAUSE: (content.get("path"), content.get("title")),
        ReadingKind.DEADLINE: (time_of(content), content.get("what")),
        ReadingKind.MONEY: (
            content.get("what"),
            amount_of(content.get("value"), content.get("unit")),
        ),
        ReadingKind.CITATION: (content.get("title"), content.get("number")),
        ReadingKind.REPAIR: (content.get("raw"), "→", content.get("read_as")),
        ReadingKind.CHECK: (content.get("what"),),
    }[ReadingKind(kind)]
    said = " ".join(str(part) for part in parts if part)
    return said if len(said) <= _SHORT * 2 else f"{said[: _SHORT * 2]}…"


def place_name(clause: str) -> str:
    """A clause as people call it; what stands before the first and after the last has no number."""
    return {"preamble": gettext("前言"), "tail": gettext("文末")}.get(clause, clause)


def row_of(item: ReadingItem, href: str, *, current: bool) -> ItemRow:
    """An item as a line of the list."""
    return ItemRow(
        pk=item.pk,
        kind=item.kind,
        kind_label=item.get_kind_display(),
        clause=place_name(item.clause) if item.kind != ReadingKind.CLAUSE else "",
        text=short_text(item),
        state=item.get_state_display(),
        tone=STATE_TONES.get(item.state, "neutral"),
        who=str(item.by or ""),
        href=href,
        current=current,
    )


def answers_of(item: ReadingItem) -> list[shapes.Answer]:
    """The facts of an item, and under those that were changed what had been found."""
    now, found = _facts(item, item.content), _facts(item, item.found or item.content)
    before = {label: value for label, value in found}
    rows = []
    for label, value in now:
        old = before.get(label, value)
        changed = gettext("（原读作：%(old)s）") % {"old": old or "—"} if old != value else ""
        rows.append(shapes.Answer(label, f"{value or '—'}{changed}"))
    return rows


def _facts(item: ReadingItem, content: Mapping[str, Any]) -> list[tuple[str, str]]:
    def said(name: str) -> str:
        return str(content.get(name) or "")

    clause = (gettext("条款"), said("clause"))
    kind = item.kind
    if kind == ReadingKind.CLAUSE:
        return [(gettext("编号"), said("path")), (gettext("标题"), said("title"))]
    if kind == ReadingKind.RESPONSIBILITY:
        units = gettext("、").join(content.get("units") or ()) or gettext("尚未确定单位")
        marked = gettext("有责任标注") if content.get("explicit") else gettext("句子的主语")
        return [
            clause,
            (gettext("单位"), units),
            (gettext("角色"), str(ROLES.get(said("role"), said("role")))),
            (gettext("写法"), marked),
        ]
    if kind == ReadingKind.TARGET:
        reached = gettext("已经达到的数") if content.get("reached") else gettext("目标")
        return [
            clause,
            (gettext("指标"), said("indicator")),
            (gettext("范围"), said("scope") or gettext("整个计划")),
            (gettext("比较"), str(COMPARATORS.get(said("comparator"), said("comparator")))),
            (gettext("数值"), amount_of(content.get("value"), content.get("unit"))),
            (gettext("时间"), said("date")),
            (gettext("性质"), reached),
        ]
    if kind == ReadingKind.DEADLINE:
        return [clause, (gettext("时间"), time_of(content)), (gettext("做什么"), said("what"))]
    if kind == ReadingKind.MONEY:
        amount = amount_of(content.get("value"), content.get("unit"))
        return [clause, (gettext("用途"), said("what")), (gettext("数值"), amount)]
    if kind == ReadingKind.CITATION:
        return [(gettext("名称"), said("title")), (gettext("文号"), said("number"))]
    if kind == ReadingKind.REPAIR:
        return [(gettext("原文"), said("raw")), (gettext("读作"), said("read_as"))]
    return [
        (gettext("核对"), str(CHECK_CODES.get(said("code"), said("code")))),
        (gettext("说的是"), said("what")),
        (gettext("文中所载"), said("stated")),
        (gettext("算得"), said("computed")),
        (gettext("判断"), str(CHECK_GRADES.get(said("grade"), said("grade")))),
    ]


def check_row(item: ReadingItem, *, href: str, stated_href: str, computed_href: str) -> CheckRow:
    """A check with both its numbers."""
    content = item.content
    grade = str(content.get("grade") or "")
    code = str(content.get("code") or "")
    return CheckRow(
        pk=item.pk,
        href=href,
        code=str(CHECK_CODES.get(code, code)),
        grade=str(CHECK_GRADES.get(grade, grade)),
        tone="soon" if grade == "possible-rounding" else "late",
        what=str(content.get("what") or ""),
        stated=str(content.get("stated")),
        stated_href=stated_href,
        computed=str(content.get("computed")),
        computed_href=computed_href,
        clause=place_name(item.clause),
        state=item.get_state_display(),
        state_tone=STATE_TONES.get(item.state, "neutral"),
    )


def trail_of(events: Iterable[Event]) -> list[shapes.TrailEntry]:
    """Who did what about an item."""
    return [
        shapes.TrailEntry(
            at=event.at,
            who=str(event.actor or gettext("系统")),
            what=verb_label(event.verb),
            why=event.reason,
        )
        for event in events
    ]
