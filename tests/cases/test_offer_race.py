"""Many at once: one consent, one case; consent against withdrawal; two jobs, one offer each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from miaopu.cases.models import Case, Offer
from miaopu.cases.offering import renew_offers
from miaopu.cases.offers import consent_offer, decline_offer, withdraw_offer
from miaopu.core.errors import Conflict
from miaopu.core.models import Notice
from miaopu.plans.actions import match_version
from tests.cases.test_offers import ANSWERS
from tests.factories import FIRST_DAY, City, make_enterprise

AT_ONCE = 12


def test_consent_at_once_is_one_case(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    match_version(city.version, FIRST_DAY)
    renew_offers(city.version, by=None)
    offer = Offer.objects.get(enterprise=city.enterprise)
    results = in_threads(
        [lambda: consent_offer(offer, ANSWERS, by=city.owner) for _number in range(AT_ONCE)]
    )
    cases = [one for one in results if isinstance(one, Case)]
    assert len(cases) == 1, results
    assert all(isinstance(one, Case | Conflict) for one in results), results
    assert Case.objects.get().offer == offer
    assert Notice.objects.filter(user=city.owner).count() == 2  # the offer, the submission


def test_consent_decline_and_withdrawal_at_once_have_one_winner(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    match_version(city.version, FIRST_DAY)
    renew_offers(city.version, by=None)
    offer = Offer.objects.get(enterprise=city.enterprise)
    results = in_threads(
        [
            lambda: consent_offer(offer, ANSWERS, by=city.owner),
            lambda: decline_offer(offer, by=city.owner),
            lambda: withdraw_offer(offer, {"gone": True}),
        ]
    )
    won = [one for one in results if not isinstance(one, Exception) and one is not False]
    assert len(won) == 1, results
    offer.refresh_from_db()
    assert Case.objects.count() == int(offer.state == "consented")


def test_two_jobs_at_once_offer_once(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    for _number in range(10):
        make_enterprise()
    match_version(city.version, FIRST_DAY)
    results = in_threads([lambda: renew_offers(city.version, by=None) for _number in range(4)])
    assert sum(issued for _closed, issued in results) == 12, results
    assert Offer.objects.count() == 12
    assert Notice.objects.filter(user=city.owner).count() == 1
