"""Answers to offers and their end: consent becomes a submitted case, once. Each is atomic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from miaopu.cases.actions import submit_case
from miaopu.cases.enums import CaseChannel, OfferState, Verb
from miaopu.cases.forms import FormError, check_form
from miaopu.cases.guards import (
    FormRefused,
    check_length,
    check_period,
    check_represents,
)
from miaopu.cases.models import Case, Item, Offer, OfferOptOut
from miaopu.cases.notices import settle_reminders
from miaopu.cases.offer_changes import Changes, changes_today, item_in_force
from miaopu.cases.offer_notices import tell_of_withdrawal
from miaopu.cases.offer_states import OFFER_TABLE, SYSTEM
from miaopu.cases.opening import new_case
from miaopu.cases.prefill import KnownAnswer, known_answers
from miaopu.cases.states import PARTY
from miaopu.cases.workflow import AlreadyDone
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import Conflict, NotAllowed
from miaopu.core.holders import settle_notices
from miaopu.core.models import User
from miaopu.engine.packs.procedure import FormField
from miaopu.engine.transitions import TransitionRefused
from miaopu.parties.models import Enterprise

LONGEST_REASON = 500


class OfferChanged(Conflict):
    """The facts no longer carry the offer; `changes` says which condition, before and now."""

    def __init__(self, changes: Changes) -> None:
        super().__init__(
            _("发出邀约后数据有变化，现在不能确认享受"), _("请查看变化的条件，数据有误的请更正")
        )
        self.changes = changes


def lock_offer(offer: Offer) -> Offer:
    """The offer as the database has it now, locked until the transaction ends."""
    return (
        Offer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("item__version__programme", "enterprise__region", "region")
        .get(pk=offer.pk)
    )


def _move(locked: Offer, name: str, *, by: User | None, reason: str = "", **changes: Any) -> Offer:
    """Carry out the named step of the table on a locked offer, with its event."""
    rule = OFFER_TABLE.find(name, locked.state)
    if (SYSTEM if by is None else PARTY) not in rule.roles:
        raise NotAllowed(_("您不能办理这一步"), _("邀约由企业自己确认或放弃"))
    locked.state = rule.target
    locked.closed_at = clock.now()
    locked.closed_by = by
    locked.reason = reason[:LONGEST_REASON]
    locked.answers = {}
    for field, value in changes.items():
        setattr(locked, field, value)
    locked.save(update_fields=["state", "closed_at", "closed_by", "reason", "answers", *changes])
    settle_reminders(f"offer/{locked.pk}")
    settle_notices(f"offer/{locked.pk}/")
    record_event(locked, f"cases.{name}_offer", by=by, reason=reason, region=locked.region_id)
    return locked


def _check_open(locked: Offer, name: str, by: User) -> None:
    """The offer waits for an answer; raises AlreadyDone for a second click, Conflict otherwise."""
    try:
        rule = OFFER_TABLE.find(name, locked.state)
    except TransitionRefused as refused:
        if locked.closed_by_id == by.pk and _targets(name) == locked.state:
            raise AlreadyDone(_("您已经办理过这一步"), _("无需重复操作")) from refused
        raise Conflict(
            _("这份邀约现为“%(state)s”") % {"state": locked.get_state_display()},
            _("请查看邀约页面上的说明"),
        ) from refused
    assert PARTY in rule.roles


def _targets(name: str) -> str:
    [target] = {step.target for step in OFFER_TABLE if step.name == name}
    return target


def questions_asked(item: Item, known: Mapping[str, KnownAnswer]) -> tuple[FormField, ...]:
    """What a consent still asks: what the pack says, and known answers that cannot be right."""
    definition = item.definition
    ask = set(definition.offer.ask if definition.offer else ())
    texts = {name: answer.text for name, answer in known.items()}
    _values, errors = check_form(
        tuple(field for field in definition.form if field.id in known), texts
    )
    ask |= {error.field for error in errors}
    return tuple(field for field in definition.form if field.id in ask)


@transaction.atomic
def consent_offer(offer: Offer, typed: Mapping[str, Any], *, by: User) -> Case:
    """Consent: a submitted case with the prefilled form and the source of every value frozen.

    Twice, from two tabs or after going back, it is one case: AlreadyDone for the same person,
    Conflict for another. Raises OfferChanged where facts no longer carry the offer, FormRefused
    where an answer is wrong; nothing has changed then.
    """
    check_length(typed)
    locked = lock_offer(offer)
    check_represents(by, locked.enterprise)
    _check_open(locked, "consent", by)
    changes = changes_today(locked)
    if changes:
        raise OfferChanged(changes)
    item = item_in_force(locked)
    assert item is not None  # else it would have changed
    check_period(item)
    values, known, errors = _answers(item, locked.enterprise, typed)
    if errors:
        raise FormRefused(errors)
    try:
        with transaction.atomic():
            case = new_case(
                item,
                locked.enterprise,
                once_key=locked.once_key,
                form=values,
                known=known,
                channel=CaseChannel.CONSENT,
                by=by,
            )
    except IntegrityError as taken:
        raise Conflict(_("该企业在此事项下已有办件"), _("请在我的办件中查看")) from taken
    submitted = submit_case(case, by=by)
    _move(locked, "consent", by=by, case=submitted)
    return submitted


def _answers(
    item: Item, enterprise: Enterprise, typed: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, KnownAnswer], list[FormError]]:
    """Known and typed answers together, the known ones, and what is wrong with the typed ones."""
    known = known_answers(item.definition.form, enterprise)
    asked = questions_asked(item, known)
    ids = {field.id for field in asked}
    taken = tuple(f for f in item.definition.form if f.id in ids or f.id in known)
    together = {
        field.id: typed.get(field.id, "") if field.id in ids else known[field.id].text
        for field in taken
    }
    values, errors = check_form(taken, together)
    return values, known, errors


@transaction.atomic
def decline_offer(offer: Offer, *, by: User, reason: str = "") -> Offer:
    """Decline; no further offer of the same support is made. A reason may be given."""
    locked = lock_offer(offer)
    check_represents(by, locked.enterprise)
    _check_open(locked, "decline", by)
    return _move(locked, "decline", by=by, reason=reason.strip())


@transaction.atomic
def withdraw_offer(offer: Offer, changes: Changes, *, by: None = None) -> bool:
    """Withdraw an open offer that no longer holds, and say why; False where it was answered."""
    locked = lock_offer(offer)
    if locked.state != OfferState.OPEN or not changes:
        return False
    _move(locked, "withdraw", by=by, changes=changes)
    tell_of_withdrawal(locked)
    return True


@transaction.atomic
def expire_offer(offer: Offer, *, by: None = None) -> bool:
    """Close an open offer whose last day has passed; False where it was answered before."""
    locked = lock_offer(offer)
    if locked.state != OfferState.OPEN or locked.expires_on >= clock.today():
        return False
    _move(locked, "expire", by=by)
    return True


@transaction.atomic
def choose_offer_notices(user: User, wanted: bool, *, by: User) -> None:
    """Let a person have messages about offers, or not; her pages show the offers either way."""
    if wanted:
        OfferOptOut.objects.filter(user=user).delete()
    else:
        OfferOptOut.objects.get_or_create(user=user, defaults={"since": clock.now()})
    record_event(user, Verb.CHOOSE_NOTICES, by=by, data={"offers": wanted})
