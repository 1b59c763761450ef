"""Tasks and duties as pages show them: lights in words, units with their offices, trails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from miaopu.core.enums import Role
from miaopu.core.models import Event, Office
from miaopu.engine.messages import Bilingual
from miaopu.plans.enums import TaskState, UnitRole, Verb
from miaopu.plans.models import ProgrammeVersion, Unit
from miaopu.plans.standing import Part, TaskView
from miaopu.portal import formats, present, shapes
from miaopu.portal.views.office_parts import OFFICE_ROLES

TASK_READERS = (*OFFICE_ROLES, Role.FINANCE_OFFICER, Role.AUDITOR)
COLOURS = ("red", "yellow", "green", "done")
COLOUR_WORDS = {
    "red": gettext_lazy("红灯"),
    "yellow": gettext_lazy("黄灯"),
    "green": gettext_lazy("绿灯"),
    "done": gettext_lazy("已办结"),
}
TONES: dict[str, shapes.Tone] = {
    "red": "late",
    "yellow": "soon",
    "green": "good",
    "done": "neutral",
    "neutral": "neutral",
}
STATE_TONES: dict[str, shapes.Tone] = {
    TaskState.REPORTED: "soon",
    TaskState.RETURNED: "late",
    TaskState.CLOSED: "good",
}
# What a new version may change, in words; the others say nothing to people.
_CHANGED = {
    "title": gettext_lazy("任务名称"),
    "clause": gettext_lazy("条款"),
    "planned_due": gettext_lazy("期限"),
    "extended_to": gettext_lazy("以批准的延期为准"),
    "units": gettext_lazy("单位"),
    "milestones": gettext_lazy("节点"),
    "by_mark": gettext_lazy("责任标注"),
}
_MOVED = (Verb.SET_DEADLINE, Verb.ANSWER_EXTENSION)


def office_name(office: Office) -> str:
    """The office's name in the language of the page."""
    return present.in_language(Bilingual(office.name, office.name_en or office.name))


def unit_name(unit: Unit) -> str:
    """The unit's name in the language of the page."""
    return present.in_language(unit.name)


def units_text(parts: Iterable[Part]) -> str:
    """The units that answer for a task, in a line."""
    return _("、").join(unit_name(part.unit) for part in parts if part.answers)


def reasons_text(view: TaskView) -> str:
    """Why a task has its light, in a line."""
    return _("；").join(present.in_language(reason) for reason in view.light.reasons)


def task_row(view: TaskView, version: ProgrammeVersion | None, query: str = "") -> dict[str, Any]:
    """A task in a table."""
    task = view.task
    address = reverse("task", args=[task.pk])
    return {
        "title": present.in_language(task.name),
        "href": f"{address}?{query}" if query else address,
        "clause": task.clause,
        "clause_href": present.clause_href(version, task.clause) if version else "",
        "units": units_text(view.parts) or _("计划未写明单位"),
        "due_on": task.due_on,
        "light": str(COLOUR_WORDS[view.colour]),
        "tone": TONES[view.colour],
        "percent": 100 if task.state == TaskState.CLOSED else view.standing.percent,
        "state": task.get_state_display(),
        "state_tone": STATE_TONES.get(task.state, "neutral"),
        "why": reasons_text(view),
    }


def _shown(value: Any) -> str:
    """A changed value in words; units come with their part, milestones with their day."""
    if isinstance(value, list):
        return _("、").join(_listed(*one) for one in value) or _("无")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value) if value else _("无")


def _listed(zh: str, en: str, more: str) -> str:
    more = str(UnitRole(more).label) if more in UnitRole.values else more
    return f"{present.in_language(Bilingual(zh, en))} · {more}"


def _change_words(data: Mapping[str, Any]) -> str:
    """What a version changed, old and new."""
    words = [
        _("%(what)s：%(old)s → %(new)s")
        % {"what": _CHANGED[name], "old": _shown(old), "new": _shown(new)}
        for name, (old, new) in data.get("changes", {}).items()
        if name in _CHANGED
    ]
    version = _("第 %(number)s 版") % {"number": data.get("version", "")}
    return _("；").join([version, *words])


def task_trail(events: Iterable[Event]) -> list[shapes.TrailEntry]:
    """The trail of a task; what a version or a deadline changed is said in words."""
    told = []
    for event in events:
        if event.verb == Verb.CHANGE_TASK:
            event.reason = _change_words(event.data)
        elif event.verb in _MOVED and "to" in event.data:
            moved = _("期限 %(old)s → %(new)s") % {
                "old": event.data["from"],
                "new": event.data["to"],
            }
            event.reason = _("；").join(filter(None, [moved, event.reason]))
        told.append(event)
    return present.trail_of(told, None, None, inside=True)


def counted(views: Iterable[TaskView]) -> dict[str, int]:
    """How many tasks have each colour, and how many wait for a supervisor."""
    numbers = dict.fromkeys((*COLOURS, "all", "waiting"), 0)
    for view in views:
        numbers[view.colour] += 1
        numbers["all"] += 1
        numbers["waiting"] += view.task.state == TaskState.REPORTED
    return numbers


def days_text(first: Any, last: Any) -> str:
    """From when to when."""
    return _("%(first)s 至 %(last)s") % {"first": formats.day(first), "last": formats.day(last)}
