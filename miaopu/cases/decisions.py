"""Publicity and the decision. Each write is atomic and leaves an event."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.cases import outcomes
from miaopu.cases.clocks import calculation_rows, start_clock, stop_clock
from miaopu.cases.enums import CaseState, Step, Verb
from miaopu.cases.envelope import check_decision, check_list, lock_envelope
from miaopu.cases.guards import (
    check_no_open_objection,
    check_other_person,
    check_still_entitled,
)
from miaopu.cases.letters import freeze_letter
from miaopu.cases.models import Case, Item, Publicity
from miaopu.cases.workflow import lock_case
from miaopu.cases.workflow import transition as change_state
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, NotAllowed
from miaopu.core.models import Region, User
from miaopu.core.scope import reaches
from miaopu.engine.clock import working_days
from miaopu.engine.masking import mask_name
from miaopu.engine.seals import canonical
from miaopu.plans.models import Programme


def list_line(case: Case) -> dict[str, Any]:
    """What the public reads of a case: personal data masked."""
    return {
        "case": case.number,
        "enterprise": case.enterprise.name,
        "uscc": case.enterprise.uscc,
        "legal_representative": mask_name(case.enterprise.legal_representative),
        "region": case.region_id,
        "amount_fen": case.amount_fen,
        "clause": case.item.definition.clause,
    }


def frozen_bytes(publicity: Publicity) -> bytes:
    """The list's content in canonical form: exactly the bytes that its digest covers."""
    return canonical(publicity.frozen_content())


def digest_of(publicity: Publicity) -> str:
    """SHA-256 over the list's content in canonical form; anyone can compute it again."""
    return hashlib.sha256(frozen_bytes(publicity)).hexdigest()


@transaction.atomic
def publish_list(item: Item, region: Region, *, by: User) -> Publicity:
    """Publish all approved cases of an item in a region for the pack's working days, frozen.

    The day of publication is not counted. Raises ActionRefused where nothing waits, and
    EnvelopeExceeded where the list would take the item's cases above their average.
    """
    if not reaches(by, region.code, [Role.APPROVER]):
        raise NotAllowed(_("您的角色不能发布公示"), _("请交由批准人办理"))
    # Two lists of a programme at once: the second waits for its number.
    Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=item.version.programme_id)
    waiting = Case.objects.filter(item=item, region=region).in_states(CaseState.APPROVED)
    cases = [lock_case(case) for case in waiting.order_by("-priority_points", "submitted_at", "pk")]
    cases = [case for case in cases if case.state == CaseState.APPROVED]
    if not cases:
        raise ActionRefused(_("没有等待公示的办件"), _("批准办件后再发布公示"))
    check_list(item, cases)
    days = item.definition.steps_by_id[Step.PUBLICITY].working_days
    today = clock.today()
    period = working_days(today, days)
    assert period.due is not None  # no pause is open
    count = Publicity.objects.filter(item__version__programme=item.version.programme).count()
    publicity = Publicity(
        number=f"{item.version.programme.slug}-{region.code}-{count + 1:04d}",
        item=item,
        region=region,
        days=days,
        starts_on=today,
        ends_on=period.due,
        calculation=calculation_rows(period),
        lines=[list_line(case) for case in cases],
        published_by=by,
        published_at=clock.now(),
    )
    publicity.digest = digest_of(publicity)
    publicity.save()
    for case in cases:
        change_state(case, "publish", by=by, publicity=publicity)
        start_clock(case, Step.PUBLICITY, today)
    record_event(
        publicity,
        Verb.PUBLISH_LIST,
        by=by,
        region=region,
        data={"cases": len(cases), "digest": publicity.digest},
    )
    return publicity


@transaction.atomic
def decide_case(case: Case, *, by: User, reason: str = "") -> Case:
    """Grant a case whose publicity has ended; the outcome is carried out in the same transaction.

    Not by who proposed. Raises ActionRefused while the list is still published or an objection to
    this line is open, where the facts have changed, where an average would be exceeded
    (EnvelopeExceeded), and whatever the outcome refuses (for awards: a budget that is short), in
    which case nothing at all has changed.
    """
    lock_envelope(case.item)
    locked = lock_case(case)
    check_other_person(locked, by)
    signed: dict[str, Any] = {}
    if locked.state == CaseState.PUBLISHED:
        publicity = locked.publicity
        if publicity is None or clock.today() <= publicity.ends_on:
            raise ActionRefused(
                _("公示尚未结束"),
                _("公示至 %(day)s 止，次日起可以决定")
                % {"day": publicity.ends_on.isoformat() if publicity else "?"},
            )
        published = {line["case"]: line["amount_fen"] for line in publicity.lines}
        unchanged = published.get(locked.number) == locked.amount_fen
        if digest_of(publicity) != publicity.digest or not unchanged:
            raise ActionRefused(_("公示名单与摘要不符"), _("请立即联系审计员"))
        check_no_open_objection(locked)
        check_still_entitled(locked)
        check_decision(locked)
        _begin_decision(locked)
        signed = {"decided_by": by, "decided_at": clock.now()}
    granted = change_state(locked, "grant", by=by, reason=reason, **signed)
    outcomes.handler_of(granted.item.outcome)(granted, by)
    freeze_letter(granted, by=by)
    return granted


@transaction.atomic
def start_decide_clocks() -> int:
    """Start the decision's clock where publicity has ended; again changes nothing."""
    started = 0
    ended = Case.objects.in_states(CaseState.PUBLISHED).filter(
        publicity__ends_on__lt=clock.today(), clocks__step=Step.PUBLICITY, clocks__stopped_on=None
    )
    for case in ended.order_by("pk"):
        locked = lock_case(case)
        started += _begin_decision(locked)
    return started


def _begin_decision(locked: Case) -> bool:
    """Pass from the clock of publicity to that of the decision, on the list's last day."""
    running = locked.running_clock
    if locked.publicity is None or running is None or running.step != Step.PUBLICITY:
        return False
    stop_clock(locked, locked.publicity.ends_on)
    start_clock(locked, Step.DECIDE, locked.publicity.ends_on)
    return True
