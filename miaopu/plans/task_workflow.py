"""The one way a task changes its state: lock, check the table, change, log."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from miaopu.core.actions import record_event
from miaopu.core.errors import Conflict, NotAllowed
from miaopu.core.models import Office, User
from miaopu.engine.transitions import TransitionRefused
from miaopu.plans.enums import Verb
from miaopu.plans.models import Task, TaskReport, Unit, UnitOffice
from miaopu.plans.task_querysets import offices_of, oversees
from miaopu.plans.task_states import HOLDER, TABLE

_VERBS = {"drop": Verb.DROP_TASK, "restore": Verb.RESTORE_TASK}  # the others are called alike


def lock_task(task: Task) -> Task:
    """The task as the database has it now, locked until the transaction ends."""
    return (
        Task.objects.select_for_update(of=("self",), no_key=True)
        .select_related("programme")
        .get(pk=task.pk)
    )


def answering_offices(task: Task) -> list[Office]:
    """The offices that answer for the task, as the plan names their units."""
    rows = (
        UnitOffice.objects.filter(unit__tasks__task=task, unit__tasks__answers=True)
        .select_related("office__region")
        .order_by("unit__tasks__position", "office_id", "pk")
    )
    return list({row.office_id: row.office for row in rows}.values())


def holding_office(user: User, task: Task) -> Office | None:
    """The user's office that answers for the task; None where there is none."""
    mine = set(offices_of(user))
    return next((one for one in answering_offices(task) if one.pk in mine), None)


def supervises(user: User, one: Task | Unit) -> bool:
    """Whether the user looks after the programme of a task or a unit."""
    return oversees(user, one.programme.region_id)


def reported_by(user: User, task: Task) -> bool:
    """Whether the user has made a report on the task: then another closes it."""
    return TaskReport.objects.filter(task=task, made_by=user).exists()


def available(user: User, task: Task) -> list[str]:
    """Names of the steps that the user may take now."""
    roles: set[str] = set()
    if holding_office(user, task) is not None:
        roles.add(HOLDER)
    if supervises(user, task):
        roles |= {one.role for one in user.live_memberships}
    names = [step.name for step in TABLE.available(task.state, roles)]
    did = reported_by(user, task)
    return [name for name in names if name not in ("close", "note", "send_back") or not did]


def moved_on(task: Task) -> Conflict:
    """The refusal of a step that the task's state does not allow any more."""
    return Conflict(
        _("任务“%(title)s”现为“%(state)s”，不能再做这一步")
        % {"title": task.title, "state": task.get_state_display()},
        _("可能有人先办理了。请查看办理记录后再决定"),
    )


def transition(
    locked: Task,
    name: str,
    *,
    by: User | None,
    reason: str = "",
    data: dict[str, Any] | None = None,
    **changes: Any,
) -> Task:
    """Carry out the named step on a locked task, with field changes and event.

    Raises Conflict where the task has moved on. The caller has checked who may do it.
    """
    try:
        rule = TABLE.find(name, locked.state)
    except TransitionRefused as refused:
        raise moved_on(locked) from refused
    previous = locked.state
    locked.state = rule.target
    locked.revision += 1
    for field, value in changes.items():
        setattr(locked, field, value)
    locked.save(update_fields=["state", "revision", *changes])
    record_event(
        locked,
        _VERBS.get(name, f"plans.{name}"),
        by=by,
        reason=reason,
        region=locked.programme.region_id,
        data={"from": previous, "to": rule.target, **(data or {})},
    )
    return locked


def check_supervises(user: User, one: Task | Unit) -> None:
    """Raises NotAllowed unless the user looks after the programme of a task or a unit."""
    if not supervises(user, one):
        raise NotAllowed(_("您的角色不能办理这一步"), _("请交由计划主管或领导小组办理"))
