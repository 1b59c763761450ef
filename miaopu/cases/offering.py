"""Offers for everybody: who is to get one, issuing them in batches, and what no longer holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef

from miaopu.cases.enums import Verb
from miaopu.cases.models import Case, Item, Offer
from miaopu.cases.offer_changes import (
    changes_since,
    facts_used,
    item_in_force,
    live_case_numbers,
    standing_of,
)
from miaopu.cases.offer_notices import tell_of_issue
from miaopu.cases.offers import expire_offer, withdraw_offer
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.models import User
from miaopu.parties.facts import iterate_known_facts
from miaopu.parties.models import Enterprise
from miaopu.plans.models import Match, MatchingOptOut, Programme, ProgrammeVersion
from miaopu.plans.querysets import MatchQuerySet

CHUNK = 500
Report = Callable[[int, int], None]


def offered_items(version: ProgrammeVersion, day: date) -> list[Item]:
    """The items that are offered without application on the day: in the programme's period only."""
    period = version.pack.period
    if not period.start <= day <= period.end:
        return []
    items = Item.objects.filter(version=version).select_related("version__programme")
    return [item for item in items.order_by("pk") if item.definition.offer is not None]


def candidates(matches: MatchQuerySet, item: Item, day: date) -> MatchQuerySet:
    """Those of the matches to whom the item is to be offered.

    Entitled on every fact; without any case under the item, and without an offer that is open,
    was consented to or declined: what was withdrawn may be offered again. Where another item pays
    for the same, without a live case or an open offer of that.
    """
    same = {"programme": item.version.programme, "enterprise": OuterRef("enterprise")}
    own = {**same, "once_key": item.once_key(day)}
    alone = item.version.pack.counted_with(item.code) is None
    if not alone:
        own["item__code"] = item.code
    found = (
        matches.filter(version=item.version, item=item.code)
        .entitled()
        .exclude(Exists(Case.objects.filter(**own)))
        .exclude(Exists(Offer.objects.standing_in_the_way().filter(**own)))
    )
    if alone:
        return found
    keys = item.once_keys(day)
    return found.exclude(Exists(Case.objects.live().filter(keys, **same))).exclude(
        Exists(Offer.objects.open().filter(keys, **same))
    )


@transaction.atomic
def issue_offers(item: Item, enterprises: Iterable[int], *, by: User | None) -> int:
    """Offer the item to those of the enterprises (ids) that are entitled today; returns how many.

    Again for the same enterprises issues nothing. The programme's row is locked, so that two jobs
    cannot offer the same thing.
    """
    programme = item.version.programme
    Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
    today = clock.today()
    wanted = candidates(Match.objects.filter(enterprise__in=list(enterprises)), item, today)
    # Asked for first, and then read: joined into one, the reads would be planned as one long loop.
    ids = list(wanted.values_list("enterprise", flat=True))
    left_out = MatchingOptOut.objects.values("enterprise")
    chosen = Enterprise.objects.filter(pk__in=ids).exclude(pk__in=left_out)
    offers = []
    for enterprise, known in iterate_known_facts(chosen, today):
        standing = standing_of(item, enterprise, known, today)
        if not standing.is_entitled:
            continue
        offers.append(
            Offer(
                item=item,
                programme=programme,
                once_key=item.once_key(today),
                enterprise=enterprise,
                region_id=enterprise.region_id,
                amount_fen=standing.amount_fen,
                priority_points=standing.found.priority_points,
                trace=standing.found.trace(),
                facts=facts_used(standing),
                issued_at=clock.now(),
                issued_by=by,
                expires_on=item.version.pack.period.end,
            )
        )
    Offer.objects.bulk_create(offers)
    if offers:
        tell_of_issue(offers)
        record_event(
            item,
            Verb.ISSUE_OFFERS,
            by=by,
            region=programme.region_id,
            data={"offers": len(offers), "first": offers[0].pk, "last": offers[-1].pk},
        )
    return len(offers)


def _open_offers(version: ProgrammeVersion) -> Iterator[list[Offer]]:
    last = 0
    offers = Offer.objects.open().of_programme(version.programme).with_parts().order_by("pk")
    while chunk := list(offers.filter(pk__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def _review_chunk(chunk: list[Offer], today: date) -> int:
    """Withdraw or expire those of the offers that no longer hold; how many were closed."""
    enterprises = Enterprise.objects.filter(pk__in=[offer.enterprise_id for offer in chunk])
    facts = {one.pk: known for one, known in iterate_known_facts(enterprises, today)}
    items: dict[str, Item | None] = {}
    cases = live_case_numbers(chunk)
    closed = 0
    for offer in chunk:
        if offer.expires_on < today:
            closed += expire_offer(offer)
            continue
        code = offer.item.code
        item = items[code] if code in items else items.setdefault(code, item_in_force(offer))
        known = facts[offer.enterprise_id]
        now = standing_of(item, offer.enterprise, known, today) if item is not None else None
        changes = changes_since(offer, now, cases)
        if changes:
            closed += withdraw_offer(offer, changes)
    return closed


def renew_offers(
    version: ProgrammeVersion, *, by: User | None, report: Report | None = None
) -> tuple[int, int]:
    """Close what no longer holds, then offer what is due; returns how many of each.

    Works in batches, each its own transaction: a second run after a broken one goes on where that
    one ended. `report(done, total)` is called after each batch.
    """
    today = clock.today()
    items = offered_items(version, today)
    due = {item: candidates(Match.objects.all(), item, today) for item in items}
    total = Offer.objects.open().of_programme(version.programme).count()
    total += sum(found.count() for found in due.values())
    done = closed = issued = 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        if report is not None:
            report(done, total)

    for chunk in _open_offers(version):
        closed += _review_chunk(chunk, today)
        tell(len(chunk))
    for item in items:
        last = 0
        waiting = candidates(Match.objects.all(), item, today).order_by("enterprise_id", "pk")
        while ids := list(
            waiting.filter(enterprise__gt=last).values_list("enterprise_id", flat=True)[:CHUNK]
        ):
            issued += issue_offers(item, ids, by=by)
            last = ids[-1]
            tell(len(ids))
    return closed, issued


def expire_offers(day: date | None = None) -> int:
    """Close every open offer whose last day has passed; how many."""
    passed = Offer.objects.open().filter(expires_on__lt=day or clock.today()).order_by("pk")
    return sum(expire_offer(offer) for offer in passed.iterator())
