"""Matching on whole columns gives what explaining one enterprise after the other gives."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from miaopu.engine.packs.schema import Pack
from miaopu.parties.fact_columns import FactColumns
from miaopu.parties.facts import Known, KnownFact, known_facts, values
from miaopu.plans.actions import load_version, match_version
from miaopu.plans.entitlements import explain_facts
from miaopu.plans.matching import matches_of
from miaopu.plans.models import Match, ProgrammeVersion
from tests.factories import NANMING, YUNYAN, City, guiyang_pack, make_enterprise

pytestmark = pytest.mark.django_db
DAY = date(2018, 5, 10)


def one_by_one(version: ProgrammeVersion, known: Known) -> list[tuple[object, ...]]:
    """The rows of one enterprise by its explanations."""
    return [
        (one.rule, one.status, one.amount_fen, list(one.missing), one.priority_points)
        for one in explain_facts(version, known, DAY)
        if one.status != "false"
    ]


def as_rows(matches: list[Match]) -> list[tuple[object, ...]]:
    """The same of matches."""
    return [
        (one.item, one.status, one.amount_fen, one.missing, one.priority_points) for one in matches
    ]


def test_the_same_rows_as_explanations(city: City) -> None:
    for employees in (None, 3, 19, 40):
        for revenue in (None, Decimal("500000.50"), 4_000_000):
            given = {"employees": employees, "operating_revenue": revenue}
            make_enterprise(YUNYAN, **given)
            make_enterprise(NANMING, **given, founder_group=None)
    count = match_version(city.version, DAY)
    expected = 0
    points = set()
    for enterprise in city.enterprise.__class__.objects.all():
        rows = one_by_one(city.version, known_facts(enterprise, DAY))
        stored = list(Match.objects.filter(enterprise=enterprise).order_by("pk"))
        assert as_rows(stored) == rows
        expected += len(rows)
        points |= {one.priority_points for one in stored}
    assert count == expected > 20
    assert len(points) > 1


def test_a_value_that_its_fact_cannot_have_is_unknown(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    content = guiyang_pack().to_json()
    content["period"]["to"] = "2018-11-30"
    version, _created = load_version(Pack.from_json(content), by=None)
    known = dict(known_facts(city.enterprise, DAY))
    name = next(one for one in known if one == "size")
    known[name] = KnownFact(name, "gigantic", "market", DAY, "x")
    columns = {fact: [None] for fact in version.pack.facts} | {
        fact: [str(value)] for fact, value in values(known).items()
    }
    found = as_rows(matches_of(version, FactColumns([city.enterprise.pk], columns), DAY))
    assert found == one_by_one(version, known)
    assert "gigantic" in caplog.text
