"""What enterprises have already of a programme's items, and how they stand with the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest

from miaopu.cases.enums import OfferState
from miaopu.cases.models import Case, Item, Offer
from miaopu.cases.offer_changes import Standing, standings_of
from miaopu.ledger.means import Left, level_run_out, money_left
from miaopu.parties.facts import Known
from miaopu.parties.models import Enterprise
from miaopu.portal.views.enterprise_prospects import Prospect
from miaopu.portal.views.public_shared import amount_of


@dataclass(frozen=True)
class Had:
    """What enterprises have of a programme's items already, and what money there is for more."""

    cases: dict[tuple[int, int], list[Case]] = field(default_factory=dict)
    open: dict[tuple[int, int, str], Offer] = field(default_factory=dict)
    withdrawn: dict[tuple[int, int, str], Offer] = field(default_factory=dict)
    left: Left = field(default_factory=dict)

    def case_of(self, item: Item, enterprise: Enterprise, today: date) -> Case | None:
        """The live case of the item, or of another one that pays for the same."""
        cases = self.cases.get((enterprise.pk, item.version.programme_id), [])
        same = [one for one in cases if item.is_had_by(one.item.code, one.once_key, today)]
        own = [one for one in same if one.item.code == item.code]
        found = own or same
        return found[-1] if found else None


def had_by(request: HttpRequest, enterprises: Iterable[Enterprise], items: Iterable[Item]) -> Had:
    """What the enterprises of a page have already, in a constant number of queries."""
    shown = [one.pk for one in enterprises]
    cases = (
        Case.objects.for_user(request.user)
        .live()
        .filter(enterprise__in=shown, subject=None)
        .select_related("item__version")
        .defer("item__version__content", "trace")
        .order_by("pk")
    )
    had = Had(left=money_left(items))
    for case in cases:
        key = (case.enterprise_id, case.item.version.programme_id)
        had.cases.setdefault(key, []).append(case)
    offers = (
        Offer.objects.for_user(request.user)
        .filter(enterprise__in=shown)
        .select_related("item")
        .defer("trace", "facts")
        .order_by("pk")
    )
    for one in offers:  # the last of each says how it stands
        place = (one.enterprise_id, one.programme_id, one.item.code)
        had.open.pop(place, None)
        had.withdrawn.pop(place, None)
        if one.state == OfferState.OPEN:
            had.open[place] = one
        elif one.state == OfferState.WITHDRAWN:
            had.withdrawn[place] = one
    return had


def prospects_of(
    items: Iterable[Item], enterprise: Enterprise, known: Known, had: Had, today: date
) -> list[Prospect]:
    """The items for the enterprise as of today, from what is known of it."""
    standings = standings_of(items, enterprise, known, today)
    return [_prospect(one, standings, enterprise, had, today) for one in standings]


def _prospect(
    standing: Standing,
    standings: Iterable[Standing],
    enterprise: Enterprise,
    had: Had,
    today: date,
) -> Prospect:
    item, amount = standing.item, standing.amount_fen
    if amount is None and standing.found.status != "false" and standing.counted is None:
        amount = amount_of(item.definition)
    case = had.case_of(item, enterprise, today)
    own = case if case is not None and case.item.code == item.code else None
    place = (enterprise.pk, item.version.programme_id, item.code)
    rest = tuple(
        (other.item, other.found.alone_fen)
        for other in standings
        if other.counted is not None
        and other.item.version_id == item.version_id
        and other.counted.item == item.code
    )
    return Prospect(
        item,
        enterprise,
        standing.found,
        standing.hoped,
        amount,
        own,
        today,
        had.open.get(place),
        case if own is None else None,
        had.withdrawn.get(place),
        level_run_out(had.left, item, enterprise.region_id, amount) if amount else "",
        rest,
    )
