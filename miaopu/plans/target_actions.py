"""Writes of decompositions: type, hand in, approve. One approved version at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.models import User
from miaopu.engine.messages import Bilingual
from miaopu.engine.seals import digest
from miaopu.engine.targets.cells import read_cell
from miaopu.engine.transitions import TransitionRefused
from miaopu.plans.decompositions import BASELINE, DecompositionTable, table_of
from miaopu.plans.enums import DecompositionState as State
from miaopu.plans.enums import Verb
from miaopu.plans.letter_actions import renew_letters
from miaopu.plans.models import DecompositionMember, TargetDecomposition, TargetPart
from miaopu.plans.models.decompositions import plain_parts
from miaopu.plans.target_guards import check_may, locked_decomposition, locked_draft
from miaopu.plans.target_states import DECOMPOSITIONS

VERBS = {
    "submit": Verb.SUBMIT_DECOMPOSITION,
    "send_back": Verb.SEND_BACK_DECOMPOSITION,
    "discard": Verb.DISCARD_DECOMPOSITION,
    "approve": Verb.APPROVE_DECOMPOSITION,
}


@dataclass(frozen=True)
class Saved:
    """What became of the cells that were typed: by their address, errors and what others wrote."""

    changed: int
    errors: dict[str, Bilingual]
    conflicts: dict[str, str]


@transaction.atomic
def save_cells(
    decomposition: TargetDecomposition,
    typed: Mapping[str, str],
    seen: Mapping[str, str],
    *,
    by: User,
) -> Saved:
    """Write the cells that were changed; `seen` is what the person saw before typing.

    A cell that somebody else has changed meanwhile is not overwritten but told; one that cannot be
    read stays as it was; all others are written. Raises Conflict once it is no draft any more.
    """
    locked = locked_draft(decomposition, by)
    table = table_of(TargetDecomposition.objects.with_parts().get(pk=locked.pk))
    now = table.cells()
    errors: dict[str, Bilingual] = {}
    conflicts: dict[str, str] = {}
    changes: dict[str, Decimal | None] = {}
    for address in typed.keys() & now.keys():
        cell = read_cell(typed[address], locked.places)
        if cell.error is not None:
            errors[address] = cell.error
            continue
        mine = table.text(cell.value)
        if mine in (seen.get(address, now[address]), now[address]):
            continue
        if seen.get(address, now[address]) != now[address]:
            conflicts[address] = now[address]
            continue
        changes[address] = cell.value
    _write_cells(table, changes)
    if changes:
        record_event(
            locked, Verb.SAVE_DECOMPOSITION, by=by, region=locked.programme.region_id,
            data={"cells": {one: [now[one], table.text(changes[one])] for one in sorted(changes)}},
        )  # fmt: skip
    return Saved(len(changes), errors, conflicts)


def _write_cells(table: DecompositionTable, changes: Mapping[str, Decimal | None]) -> None:
    members = {member.pk: member for member in table.members}
    for address, value in changes.items():
        pk, _dot, place = address.partition(".")
        if place == BASELINE:
            DecompositionMember.objects.filter(pk=members[int(pk)].pk).update(baseline=value)
        else:
            period = table.decomposition.periods[int(place)]
            TargetPart.objects.filter(member=members[int(pk)], period=period).update(value=value)


def _step(name: str, decomposition: TargetDecomposition, by: User) -> TargetDecomposition:
    """The decomposition locked, with its next state set; refuses what the table does not allow."""
    locked = locked_decomposition(decomposition)
    try:
        rule = DECOMPOSITIONS.find(name, locked.state)
    except TransitionRefused as refused:
        raise Conflict(
            _("这份分解现为“%(state)s”，不能再做这一步") % {"state": locked.get_state_display()},
            _("可能有人先办理了。请查看办理记录后再决定"),
        ) from refused
    check_may(by, locked.programme.region_id, rule.roles)
    locked.state = rule.target
    return locked


def _checked(locked: TargetDecomposition) -> DecompositionTable:
    """Its table; raises ActionRefused where nothing is named or a difference is not explained."""
    table = table_of(TargetDecomposition.objects.with_parts().get(pk=locked.pk))
    if not table.named:
        raise ActionRefused(_("还没有分解到任何单位"), _("请至少为一个单位填写目标"))
    if table.adds_up and table.sum.standing != "even" and not locked.gap_reason:
        raise ActionRefused(
            _("各部分合计 %(total)s，与目标值 %(whole)s 不一致")
            % {"total": table.text(table.sum.total), "whole": table.text(locked.value)},
            _("请调整各部分，或写明差额的理由"),
        )
    return table


@transaction.atomic
def submit_decomposition(
    decomposition: TargetDecomposition, *, by: User, reason: str = ""
) -> TargetDecomposition:
    """Hand in a draft for approval; `reason` explains a difference between parts and whole."""
    locked = _step("submit", decomposition, by)
    locked.gap_reason = reason.strip()[:500]
    _checked(locked)
    locked.submitted_by, locked.submitted_at = by, clock.now()
    locked.save(update_fields=["state", "gap_reason", "submitted_by", "submitted_at"])
    _log(locked, "submit", by, reason)
    return locked


@transaction.atomic
def send_back_decomposition(
    decomposition: TargetDecomposition, *, by: User, reason: str
) -> TargetDecomposition:
    """Give a decomposition back to be worked on; the reason is told."""
    check_reason(reason)
    locked = _step("send_back", decomposition, by)
    locked.save(update_fields=["state"])
    _log(locked, "send_back", by, reason)
    return locked


@transaction.atomic
def discard_decomposition(
    decomposition: TargetDecomposition, *, by: User, reason: str
) -> TargetDecomposition:
    """Give a draft up; its number is not used again."""
    check_reason(reason)
    locked = _step("discard", decomposition, by)
    locked.save(update_fields=["state"])
    _log(locked, "discard", by, reason)
    return locked


@transaction.atomic
def approve_decomposition(
    decomposition: TargetDecomposition, *, by: User, reason: str = ""
) -> TargetDecomposition:
    """Put a decomposition in force; the version before is superseded, letters are made anew.

    Raises NotAllowed for whoever handed it in.
    """
    locked = _step("approve", decomposition, by)
    if locked.submitted_by_id == by.pk:
        raise NotAllowed(_("提交的人不能自己批准"), _("请由另一位有权限的人员办理"))
    table = _checked(locked)
    before = TargetDecomposition.objects.approved().filter(
        programme=locked.programme_id, key=locked.key
    )
    before.update(state=State.SUPERSEDED)
    locked.approved_by, locked.approved_at = by, clock.now()
    locked.digest = digest(
        {
            "target": locked.key,
            "number": locked.number,
            "value": f"{locked.value:f}",
            "members": plain_parts(table.members),
        }
    )
    locked.save(update_fields=["state", "approved_by", "approved_at", "digest"])
    _log(locked, "approve", by, reason)
    assert locked.submitted_by is not None  # the state says so
    renew_letters(locked.programme, by=locked.submitted_by, reason=locked.reason)
    return locked


def _log(locked: TargetDecomposition, name: str, by: User, reason: str) -> None:
    record_event(
        locked, VERBS[name], by=by, reason=reason.strip(), region=locked.programme.region_id,
        data={"target": locked.key, "number": locked.number},
    )  # fmt: skip
