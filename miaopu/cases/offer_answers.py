"""What an enterprise types on the page of an offer, kept until it answers the offer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.cases.drafts import merge_typed, was_saved_before
from miaopu.cases.enums import OfferState, Verb
from miaopu.cases.forms import FormError, check_form
from miaopu.cases.guards import FormConflict, check_length, check_represents
from miaopu.cases.models import Offer
from miaopu.cases.offer_changes import item_in_force
from miaopu.cases.offers import lock_offer, questions_asked
from miaopu.cases.prefill import known_answers
from miaopu.core.actions import record_event
from miaopu.core.errors import Conflict
from miaopu.core.models import User


@transaction.atomic
def save_answers(
    offer: Offer,
    typed: Mapping[str, Any],
    *,
    revision: int,
    shown: Mapping[str, Any] | None = None,
    by: User,
) -> tuple[int, list[FormError]]:
    """Keep what was typed so far, right or wrong: the new revision, and what is wrong.

    Only what a consent asks is taken; one event for a sitting. What was changed elsewhere since
    `revision` stays, where the page that had `shown` it did not change it. Raises FormConflict
    where the same answer was changed in both, Conflict where the offer is not open any more.
    """
    check_length(typed)
    locked = lock_offer(offer)
    check_represents(by, locked.enterprise)
    item = item_in_force(locked)
    if locked.state != OfferState.OPEN or item is None:
        raise Conflict(
            _("这份邀约现为“%(state)s”") % {"state": locked.get_state_display()},
            _("请查看邀约页面上的说明"),
        )
    asked = questions_asked(item, known_answers(item.definition.form, locked.enterprise))
    values, errors = check_form(asked, typed)
    if locked.revision != revision:
        merged = merge_typed(locked.answers, values, shown)
        if merged is None:
            raise FormConflict(locked.answers, locked.revision)
        values, errors = check_form(asked, merged)
    if locked.answers != values:
        locked.answers = values
        locked.revision += 1
        locked.save(update_fields=["answers", "revision"])
        if not was_saved_before(locked, by, Verb.SAVE_OFFER):
            record_event(locked, Verb.SAVE_OFFER, by=by, region=locked.region_id)
    return locked.revision, errors
