"""Matches brought up to date are those of a full run, whatever has changed."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from miaopu.cases.matching_choice import choose_matching
from miaopu.core.models import Event
from miaopu.parties.actions import end_fact, record_fact
from miaopu.parties.models import Enterprise, Fact
from miaopu.plans.actions import match_version
from miaopu.plans.match_actions import renew_matches
from miaopu.plans.models import Match, MatchRun
from tests.factories import NANMING, YUNYAN, City, make_enterprise

pytestmark = pytest.mark.django_db
DAY = date(2018, 5, 10)
OUTSIDE = "520303"


def rows() -> set[tuple[object, ...]]:
    """Every match, but for its key."""
    fields = ("item", "enterprise", "status", "amount_fen", "facts_missing", "priority_points")
    return {
        (*values, tuple(missing), as_of)
        for *values, missing, as_of in Match.objects.values_list(*fields, "missing", "as_of")
    }


def asked() -> int | None:
    """How many the last match asked again; None for everybody."""
    event = Event.objects.filter(verb="plans.match_programme").order_by("-pk").first()
    assert event is not None
    return event.data.get("asked")


def change(random: Random, enterprise: Enterprise, day: date, number: int) -> None:
    """Say something else of her, or end what was said."""
    facts = Fact.objects.filter(enterprise=enterprise, valid_to=None).exclude(name="region")
    fact = random.choice(list(facts.order_by("pk")))
    if random.random() < 0.3:
        end_fact(
            enterprise, fact.name, source=fact.source, record=fact.record, by=None, reason="更正"
        )
        return
    record_fact(
        enterprise,
        random.choice(["employees", "operating_revenue"]),
        random.choice([1, 12, 45, 5_000_000]),
        source="tax",
        record=f"t{number}",
        valid_from=day + timedelta(days=random.choice([-3, 0, 2])),
        by=None,
    )


@pytest.mark.parametrize("seed", range(3))
def test_random_changes(city: City, seed: int) -> None:
    random = Random(seed)
    enterprises = [
        make_enterprise(
            random.choice([YUNYAN, NANMING]),
            employees=random.choice([None, 3, 40]),
            operating_revenue=random.choice([None, 500_000, 4_000_000]),
        )
        for _ in range(12)
    ]
    match_version(city.version, DAY)
    day, partly = DAY, 0
    for round_ in range(4):
        for number in range(random.choice([0, 1, 3])):
            change(random, random.choice(enterprises), day, 10 * round_ + number)
        if random.random() < 0.5:
            enterprises.append(make_enterprise(YUNYAN))
        if random.random() < 0.4:
            moved = random.choice(enterprises)
            Enterprise.objects.filter(pk=moved.pk).update(region=random.choice([YUNYAN, OUTSIDE]))
        day += timedelta(days=random.choice([0, 0, 1, 3]))
        count = renew_matches(city.version, day)
        renewed = rows()
        partly += asked() is not None
        assert count == match_version(city.version, day)
        assert rows() == renewed
    assert partly


def test_only_who_has_changed_is_asked(city: City) -> None:
    others = [make_enterprise(YUNYAN) for _ in range(9)]
    match_version(city.version, DAY)
    assert asked() is None
    kept = dict(Match.objects.values_list("enterprise", "pk"))
    told: list[tuple[int, int]] = []
    renew_matches(city.version, DAY)
    assert asked() == 0
    end_fact(
        others[0], "employees", source=_source(others[0]), record=_record(others[0]), by=None,
        reason="更正",
    )  # fmt: skip
    with CaptureQueriesContext(
        connection,
    ) as queries:
        renew_matches(city.version, DAY, lambda done, total: told.append((done, total)))
    assert asked() == 1
    assert told == [(1, 1)]
    assert len(queries) < 25
    same = {one for one, pk in Match.objects.values_list("enterprise", "pk") if kept[one] == pk}
    assert len(same) >= 9


def test_another_version_of_the_software_asks_everybody(city: City) -> None:
    match_version(city.version, DAY)
    MatchRun.objects.update(software="0.0.9")
    renew_matches(city.version, DAY)
    assert asked() is None
    renew_matches(city.version, DAY)
    assert asked() == 0


def _fact(enterprise: Enterprise) -> Fact:
    return Fact.objects.get(enterprise=enterprise, name="employees")


def _source(enterprise: Enterprise) -> str:
    return _fact(enterprise).source


def _record(enterprise: Enterprise) -> str:
    return _fact(enterprise).record


def test_who_chose_not_to_be_matched_is_left_out(city: City) -> None:
    for _ in range(5):
        make_enterprise(YUNYAN)
    match_version(city.version, DAY)
    choose_matching(city.enterprise, False, by=city.owner)
    for match in (renew_matches, match_version):
        match(city.version, DAY)
        assert not Match.objects.filter(enterprise=city.enterprise).exists()
    choose_matching(city.enterprise, True, by=city.owner)
    renew_matches(city.version, DAY)
    assert asked() == 1
    assert Match.objects.filter(enterprise=city.enterprise).exists()
