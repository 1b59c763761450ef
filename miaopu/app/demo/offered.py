"""The demo's offers without application: open, accepted, declined, withdrawn."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from miaopu.cases.models import Item, Offer
from miaopu.cases.offer_changes import changes_today
from miaopu.cases.offering import candidates, issue_offers
from miaopu.cases.offers import consent_offer, decline_offer, withdraw_offer
from miaopu.core import clock
from miaopu.core.enums import UserKind
from miaopu.core.models import User
from miaopu.parties.actions import add_representative, record_fact
from miaopu.parties.enums import Source
from miaopu.parties.models import Enterprise
from miaopu.plans.models import Match

ITEM = "direct_subsidy"
DISTRICT = "520102"  # where offers have gone out; elsewhere they are still to be issued
OFFERED = 40
LOG_IN = "enterprise2"  # whose enterprise finds an offer
_GROWN = (("employees", 60, Source.HR), ("operating_revenue", Decimal("12000000"), Source.TAX))
_RECORD = date(2018, 5, 9)


def load_offers() -> int:
    """Offers to enterprises of one district, some of them answered; none where there are some."""
    if Offer.objects.exists():
        return 0
    item = Item.objects.public().get(code=ITEM)
    due = candidates(Match.objects.all(), item, clock.today()).filter(enterprise__region=DISTRICT)
    chosen = due.order_by("enterprise_id", "pk").values_list("enterprise_id", flat=True)
    first = Enterprise.objects.filter(representatives__user__username=LOG_IN)
    ids = [*first.values_list("pk", flat=True), *chosen[:OFFERED]]
    officer = User.objects.get(username="city-programme")
    issue_offers(item, ids, by=officer)
    others = Offer.objects.open().exclude(enterprise__in=first).with_parts().order_by("pk")
    for offer in others[:3]:
        _accept(offer)
    for offer in others[:2]:
        decline_offer(offer, by=_owner(offer.enterprise), reason="今年另有安排，暂不需要")
    for offer in others[:2]:
        _grow(offer)
    return Offer.objects.count()


def _owner(enterprise: Enterprise) -> User:
    """The enterprise's representative, who cannot sign in."""
    user, created = User.objects.get_or_create(
        username=f"owner-{enterprise.number}",
        defaults={
            "name": enterprise.legal_representative,
            "kind": UserKind.PARTY,
            "password": "!",
        },
    )
    if created:
        add_representative(user, enterprise, by=None)
    return user


def _accept(offer: Offer) -> None:
    answers = {
        "bank_name": f"贵阳银行{offer.region.name}支行",
        "bank_account": f"6222{offer.enterprise_id:015d}",
        "commitment": "on",
        "contact_phone": "0851-88888888",  # asked only where the register has none that is right
        "contact_name": offer.enterprise.legal_representative,
    }
    consent_offer(offer, answers, by=_owner(offer.enterprise))


def _grow(offer: Offer) -> None:
    """Departments report that the enterprise is no longer a micro enterprise."""
    _owner(offer.enterprise)
    for name, value, source in _GROWN:
        record_fact(
            offer.enterprise,
            name,
            value,
            source=source,
            record=f"2018-05-{offer.enterprise.number}",
            valid_from=_RECORD,
            by=None,
        )
    withdraw_offer(offer, changes_today(offer))
