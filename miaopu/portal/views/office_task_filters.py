"""What the task board is narrowed to, and the order of its tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import User
from miaopu.core.scope import region_prefixes, within
from miaopu.plans.enums import TaskState
from miaopu.plans.models import ProgrammeVersion, Task, TaskExtension, Unit
from miaopu.plans.standing import TaskView
from miaopu.plans.task_querysets import SUPERVISORS, TaskQuerySet, offices_of
from miaopu.portal import present
from miaopu.portal.views.office_task_parts import COLOUR_WORDS, COLOURS, unit_name

WAYS = (("", _("按缓急")), ("unit", _("按单位")), ("clause", _("按条款")))


class TaskFilter(forms.Form):
    """What the board is narrowed to; it stands in the address."""

    light = forms.ChoiceField(
        label=_("灯号"), choices=[("", _("全部")), *COLOUR_WORDS.items()], required=False
    )
    state = forms.ChoiceField(
        label=_("状态"), choices=[("", _("全部")), *TaskState.choices], required=False
    )
    unit = forms.ChoiceField(label=_("单位"), required=False)
    todo = forms.ChoiceField(
        label=_("范围"), choices=[("", _("全部")), ("mine", _("等我办的"))], required=False
    )
    q = forms.CharField(label=_("任务名称"), required=False, max_length=60)
    programme = forms.ChoiceField(label=_("计划"), required=False)
    mark = forms.ChoiceField(
        label=_("责任标注"),
        choices=[("", _("全部")), ("yes", _("有责任标注"))],
        required=False,
        widget=forms.HiddenInput,
    )
    clause = forms.CharField(
        label=_("条款"), required=False, max_length=60, widget=forms.HiddenInput
    )
    by = forms.ChoiceField(choices=WAYS, required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, versions: list[ProgrammeVersion], data: Any) -> None:
        super().__init__(data)
        units = Unit.objects.for_user(user).filter(tasks__isnull=False).distinct()
        several = len(versions) > 1
        names = {one.programme_id: present.in_language(one.programme.name) for one in versions}
        choices = [
            (
                str(unit.pk),
                f"{unit_name(unit)} · {names.get(unit.programme_id, '')}"
                if several
                else unit_name(unit),
            )
            for unit in units
        ]
        _choose(self.fields["unit"], choices)
        programmes = [(one.programme.slug, names[one.programme_id]) for one in versions]
        _choose(self.fields["programme"], programmes)
        if not several:
            self.fields["programme"].widget = forms.HiddenInput()


def _choose(field: forms.Field, choices: Iterable[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", _("全部")), *choices]


def versions_with_tasks(user: User) -> list[ProgrammeVersion]:
    """The versions in force of the programmes of which the user sees tasks."""
    programmes = Task.objects.for_user(user).values("programme")
    found = ProgrammeVersion.objects.public().current().filter(programme__in=programmes)
    return list(found.defer("content"))


def waiting_for(user: User, tasks: TaskQuerySet) -> TaskQuerySet:
    """Tasks in which the user has the next step: to report, to answer, to decide on more time."""
    held = Task.objects.for_user(user).held_by(offices_of(user)).values("pk")
    prefixes = region_prefixes(user, SUPERVISORS)
    asked = TaskExtension.objects.for_user(user).asked().values("task")
    reports = Q(pk__in=held, state__in=(TaskState.OPEN, TaskState.RETURNED))
    answers = Q(state=TaskState.REPORTED) | (Q(pk__in=asked) & ~Q(state=TaskState.CLOSED))
    return tasks.filter(reports | (answers & within(prefixes, "programme__region__code")))


def narrowed(user: User, wanted: dict[str, Any]) -> TaskQuerySet:
    """The user's tasks narrowed by a valid filter, all but its light."""
    tasks = Task.objects.for_user(user).select_related("programme")
    tasks = tasks.filter(state=wanted["state"]) if wanted.get("state") else tasks.live()
    if wanted.get("programme"):
        tasks = tasks.filter(programme__slug=wanted["programme"])
    if wanted.get("unit"):
        tasks = tasks.filter(
            pk__in=Task.objects.for_user(user).filter(units__unit=wanted["unit"]).values("pk")
        )
    if wanted.get("mark"):
        tasks = tasks.filter(by_mark=True)
    if wanted.get("clause"):
        path = wanted["clause"]
        tasks = tasks.filter(Q(clause=path) | Q(clause__startswith=f"{path}/"))
    if wanted.get("todo"):
        tasks = waiting_for(user, tasks)
    if words := str(wanted.get("q") or "").strip():
        tasks = tasks.filter(Q(title__icontains=words) | Q(title_en__icontains=words))
    return tasks.by_deadline()


def by_urgency(views: Iterable[TaskView]) -> list[TaskView]:
    """Red before yellow before green, then by deadline."""
    return sorted(views, key=lambda one: (COLOURS.index(one.colour), one.task.due_on, one.task.pk))
