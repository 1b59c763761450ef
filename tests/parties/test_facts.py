"""Facts over time: precedence of sources, the latest value, what can and cannot be recorded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from miaopu.core.errors import ActionRefused
from miaopu.parties.actions import record_fact, register_enterprise
from miaopu.parties.facts import iterate_known_facts, known_facts
from miaopu.parties.models import Enterprise, Fact
from tests.factories import City, make_enterprise

pytestmark = pytest.mark.django_db
DAY = date(2018, 5, 10)


def test_higher_source_wins_then_the_later_value(city: City) -> None:
    enterprise = make_enterprise(employees=None)

    def say(source: str, value: int, since: date) -> None:
        record_fact(
            enterprise,
            "employees",
            value,
            source=source,
            record=f"{source}{since}",
            valid_from=since,
            by=None,
        )

    say("statistics", 9, date(2018, 4, 1))
    assert known_facts(enterprise, DAY)["employees"].value == 9
    say("hr", 3, date(2018, 1, 1))
    assert known_facts(enterprise, DAY)["employees"].value == 3
    say("hr", 4, date(2018, 5, 1))
    assert known_facts(enterprise, DAY)["employees"].value == 4
    assert known_facts(enterprise, date(2018, 4, 30))["employees"].value == 3
    assert "employees" not in known_facts(enterprise, date(2017, 1, 1))


def test_size_is_computed_with_its_reason(city: City) -> None:
    size = known_facts(city.enterprise, DAY)["size"]
    assert size.value == "micro"
    assert size.note


def test_no_size_without_the_figures(city: City) -> None:
    enterprise = make_enterprise(employees=None, operating_revenue=None)
    assert "size" not in known_facts(enterprise, DAY)


def test_recording_again_changes_nothing_and_a_contradiction_is_refused(city: City) -> None:
    args = {"source": "tax", "record": "t1", "valid_from": date(2018, 4, 1), "by": None}
    first = record_fact(city.enterprise, "operating_revenue", Decimal(5), **args)  # type: ignore[arg-type]
    again = record_fact(city.enterprise, "operating_revenue", Decimal(5), **args)  # type: ignore[arg-type]
    assert first == again
    with pytest.raises(ActionRefused):
        record_fact(city.enterprise, "operating_revenue", Decimal(6), **args)  # type: ignore[arg-type]
    with pytest.raises(DatabaseError), transaction.atomic():
        Fact.objects.filter(pk=first.pk).update(value="6")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("employees", "4"),
        ("employees", True),
        ("size_", "x"),
        ("registered_on", "2018"),
        ("region", 5),
    ],
)
def test_values_of_a_wrong_type_are_refused(city: City, name: str, value: object) -> None:
    with pytest.raises(ActionRefused):
        record_fact(
            city.enterprise,
            name,
            value,  # type: ignore[arg-type]
            source="officer",
            record="x",
            valid_from=DAY,
            by=None,
        )


def test_invalid_credit_code_is_refused(city: City) -> None:
    with pytest.raises(ActionRefused, match="信用代码"):
        register_enterprise(
            uscc="000000000000000000",
            name="x",
            region=city.enterprise.region,
            industry="5212",
            legal_representative="x",
            registered_on=DAY,
            by=None,
        )


def test_many_are_read_as_one_by_one(city: City) -> None:
    make_enterprise(employees=None)
    many = dict(iterate_known_facts(Enterprise.objects.all(), DAY))
    assert many == {e: known_facts(e, DAY) for e in Enterprise.objects.all()}
