"""The one way a case changes its state: lock, check the table, change, run the clock, log."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from miaopu.cases.clocks import follow_state
from miaopu.cases.enums import CaseState, CorrectionState
from miaopu.cases.models import Case
from miaopu.cases.notices import settle_reminders, tell_of_transition
from miaopu.cases.states import PARTY, TABLE
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import Conflict, NotAllowed
from miaopu.core.holders import settle_notices
from miaopu.core.models import Event, User
from miaopu.core.scope import reaches
from miaopu.engine.transitions import TransitionRefused
from miaopu.parties.models import Representative


class AlreadyDone(Conflict):
    """The same person has done the same thing already (a double click): nothing more was done."""


def lock_case(case: Case) -> Case:
    """The case as the database has it now, locked until the transaction ends."""
    return (
        Case.objects.select_for_update(of=("self",), no_key=True)
        .select_related("item__version__programme", "enterprise", "subject", "region")
        .get(pk=case.pk)
    )


def may(user: User, case: Case, roles: frozenset[str]) -> bool:
    """Whether the user holds one of the roles for the case's region, or acts for the enterprise."""
    if user.is_party:
        return (
            PARTY in roles
            and Representative.objects.live()
            .filter(user=user, enterprise_id=case.enterprise_id)
            .exists()
        )
    return reaches(user, case.region_id, roles)


def available(user: User, case: Case) -> list[str]:
    """Names of the transitions that the user may do now."""
    names = []
    for transition in TABLE:
        if case.state in transition.sources and may(user, case, transition.roles):
            if transition.name in {"approve", "select", "confirm_refusal", "send_back", "grant"}:
                if case.proposed_by_id == user.pk:
                    continue
            names.append(transition.name)
    return names


def _last_event(case: Case, verb: str) -> Event | None:
    return Event.objects.for_subject(case).filter(verb=verb).last()


# What becomes of a correction that is open, by the state that the case enters.
CORRECTION_ENDS = {
    CaseState.ACCEPTED: CorrectionState.ANSWERED,
    CaseState.REFUSAL_PROPOSED: CorrectionState.LAPSED,
    CaseState.WITHDRAWN: CorrectionState.WITHDRAWN,
}


def _close_correction(locked: Case, by: User) -> None:
    """Close what the enterprise was asked, whichever way the case goes on."""
    for row in locked.corrections.open():
        row.state = CORRECTION_ENDS[CaseState(locked.state)]
        row.closed_at, row.closed_by = clock.now(), by
        row.save(update_fields=["state", "closed_at", "closed_by"])
        settle_reminders(f"correction/{row.pk}", f"correction-late/{row.pk}")
        settle_notices(f"case/{locked.number}/correction/{row.serial}")


def transition(
    locked: Case,
    name: str,
    *,
    by: User,
    reason: str = "",
    **changes: Any,
) -> Case:
    """Carry out the named transition on a locked case, with field changes, clock and event.

    Raises NotAllowed where the role is missing, AlreadyDone where the same person has just done
    it, Conflict where the case has moved on.
    """
    verb = f"cases.{name}"
    try:
        rule = TABLE.find(name, locked.state)
    except TransitionRefused as refused:
        before = _last_event(locked, verb)
        if before is not None and before.actor_id == by.pk:
            raise AlreadyDone(_("您已经办理过这一步"), _("无需重复操作")) from refused
        raise Conflict(
            _("办件 %(number)s 现为“%(state)s”，不能再做这一步")
            % {"number": locked.number, "state": locked.get_state_display()},
            _("可能有人先办理了。请查看办理记录后再决定"),
        ) from refused
    if not may(by, locked, rule.roles):
        raise NotAllowed(_("您的角色不能办理这一步"), _("请交由有权限的人员办理"))
    previous = locked.state
    locked.state = rule.target
    locked.revision += 1
    for field, value in changes.items():
        setattr(locked, field, value)
    locked.save(update_fields=["state", "revision", *changes])
    if previous == CaseState.RETURNED:
        _close_correction(locked, by)
    follow_state(locked)
    record_event(
        locked,
        verb,
        by=by,
        reason=reason,
        region=locked.region_id,
        data={"from": previous, "to": rule.target},
    )
    tell_of_transition(locked, name)
    return locked
