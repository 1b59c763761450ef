"""The choice not to be matched automatically: no matches, no offers; applications go on."""

from __future__ import annotations

from django.db import transaction

from miaopu.cases.enums import Verb
from miaopu.cases.guards import check_represents
from miaopu.cases.models import Offer
from miaopu.cases.offers import withdraw_offer
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.models import User
from miaopu.parties.models import Enterprise
from miaopu.plans.models import Match, MatchingOptOut


@transaction.atomic
def choose_matching(enterprise: Enterprise, wanted: bool, *, by: User) -> None:
    """Let an enterprise be matched automatically, or not; the same choice again changes nothing.

    Without it, its matches go at once and its open offers are withdrawn. It may still apply for
    everything: cases and drafts are never touched. Wanted again, the next match takes it in.
    """
    check_represents(by, enterprise)
    Enterprise.objects.select_for_update(of=("self",), no_key=True).get(pk=enterprise.pk)
    known = MatchingOptOut.objects.filter(enterprise=enterprise)
    if wanted == (not known.exists()):
        return
    if wanted:
        known.delete()
    else:
        MatchingOptOut.objects.create(enterprise=enterprise, since=clock.now(), by=by)
        Match.objects.filter(enterprise=enterprise).delete()
        for offer in Offer.objects.open().filter(enterprise=enterprise).order_by("pk"):
            withdraw_offer(offer, {"opted_out": True})
    record_event(
        enterprise,
        Verb.CHOOSE_MATCHING,
        by=by,
        region=enterprise.region_id,
        data={"wanted": wanted},
    )
