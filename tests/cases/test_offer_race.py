"""Many at once: one consent, one case; consent against withdrawal; two jobs, one offer each."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError

from miaopu.cases import offers
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


def read_offer(offer: Offer) -> Offer:
    """What `lock_offer` returns, without the lock, and time for others to come between."""
    found = Offer.objects.select_related(
        "item__version__programme", "enterprise__region", "region"
    ).get(pk=offer.pk)
    time.sleep(0.5)
    return found


def answers_at_once(city: City, in_threads: Callable[..., list[Any]], *names: str) -> list[Any]:
    """The named answers to one offer, all at once."""
    match_version(city.version, FIRST_DAY)
    renew_offers(city.version, by=None)
    offer = Offer.objects.get(enterprise=city.enterprise)
    acts: dict[str, Callable[[], Any]] = {
        "consent": lambda: consent_offer(offer, ANSWERS, by=city.owner),
        "decline": lambda: decline_offer(offer, by=city.owner),
        "withdraw": lambda: withdraw_offer(offer, {"gone": True}),
    }
    return in_threads([acts[name] for name in names])


@pytest.mark.parametrize("answer", ["consent", "decline"])
def test_an_answer_and_a_withdrawal_at_once(
    committed_city: City, in_threads: Callable[..., list[Any]], answer: str
) -> None:
    answered, withdrawn = answers_at_once(committed_city, in_threads, answer, "withdraw")
    assert not isinstance(answered, DatabaseError)
    assert isinstance(answered, Conflict) == (withdrawn is True), (answered, withdrawn)
    assert Case.objects.count() == int(answer == "consent" and withdrawn is False)


@pytest.mark.parametrize("answer", ["consent", "decline"])
def test_control_without_the_lock_meets_the_database(
    committed_city: City,
    in_threads: Callable[..., list[Any]],
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
) -> None:
    """Without the lock both believe that the offer is open; a trigger refuses the second."""
    monkeypatch.setattr(offers, "lock_offer", read_offer)
    outcomes = answers_at_once(committed_city, in_threads, answer, "withdraw")
    assert sum(isinstance(one, DatabaseError) for one in outcomes) == 1, outcomes
    [offer] = Offer.objects.filter(state__in=["consented", "declined", "withdrawn"])
    assert Case.objects.count() == int(offer.state == "consented")


def test_two_consents_without_the_lock_are_one_case_still(
    committed_city: City, in_threads: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second line: one live case per enterprise and item, whatever the number of clicks."""
    monkeypatch.setattr(offers, "lock_offer", read_offer)
    outcomes = answers_at_once(committed_city, in_threads, "consent", "consent", "consent")
    assert sum(isinstance(one, Case) for one in outcomes) == 1, outcomes
    assert Case.objects.count() == 1
