"""Duties in words: how often, how far fulfilled, and which lines a reader may see."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.plans.duty_reads import Compliance, DutyView

STATE_WORDS = {
    "met": ("✓", "good"),
    "unmet": ("✗", "late"),
    "in_progress": ("…", "soon"),
    "not_due": ("–", "neutral"),
}


def state_word(state: str) -> str:
    """Met, unmet, in progress or not due yet, in a word."""
    return {
        "met": _("已履行"),
        "unmet": _("未履行"),
        "in_progress": _("进行中"),
        "not_due": _("未到期"),
        "over": _("已结束"),
    }[state]


def every_word(every: str) -> str:
    """How often something is due, in a word."""
    return {
        "xun": _("每旬"),
        "month": _("每月"),
        "quarter": _("每季度"),
        "half_year": _("每半年"),
        "year": _("每年"),
    }[every]


def often(view: DutyView) -> str:
    """How often the duty is due, for whom and by whom, in a line."""
    duty = view.duty
    words = [every_word(duty.every)]
    if duty.times > 1:
        words.append(_("至少 %(times)s 次") % {"times": duty.times})
    if duty.rotates:
        words.append(_("各区县轮流"))
    if duty.venues:
        words.append(_("进 %(count)s 类场所") % {"count": len(duty.venues)})
    if duty.principal:
        words.append(_("须主要领导履行，副职不算"))
    if duty.illustrative:
        words.append(_("频次为示例，计划没有写明"))
    return _("，").join(words)


def seen_view(view: DutyView, user: User) -> DutyView:
    """The duty with the lines that the user may see: of offices only those in her regions."""
    lines = tuple(
        line
        for line in view.lines
        if line.subject.office is None or reaches(user, line.subject.office.region_id)
    )
    return replace(view, lines=lines)


def compliance_text(found: Compliance) -> str:
    """So many of so many periods."""
    if found.percent is None:
        return _("还没有到期的")
    return _("%(met)s / %(due)s（%(percent)s%%）") % {
        "met": found.met,
        "due": found.due,
        "percent": found.percent,
    }
