"""Facts read by columns are those that are known one by one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from miaopu.core.errors import ActionRefused
from miaopu.parties import fact_columns as by_columns
from miaopu.parties.actions import end_fact, record_fact
from miaopu.parties.fact_columns import fact_columns
from miaopu.parties.facts import iterate_known_facts, values
from miaopu.parties.models import Enterprise
from tests.factories import NANMING, YUNYAN, City, make_enterprise

pytestmark = pytest.mark.django_db
DAY = date(2018, 5, 10)


def test_columns_are_what_is_known_one_by_one(city: City) -> None:
    make_enterprise(NANMING, employees=None, operating_revenue=None)
    make_enterprise(YUNYAN, employees=40, operating_revenue=Decimal("4000000.50"))
    names = ["size", "region", "founder_group", "low_income_village", "registered_on", "no_such"]
    [found] = fact_columns(Enterprise.objects.all(), names, DAY)
    known = list(iterate_known_facts(Enterprise.objects.all(), DAY))
    assert found.enterprises == [enterprise.pk for enterprise, _facts in known]
    for name in ("size", "region", "employees", "operating_revenue", "registered_on"):
        wanted = [values(facts).get(name) for _enterprise, facts in known]
        assert found.columns[name] == [None if one is None else str(one) for one in wanted]
    assert found.columns["low_income_village"][0] == "false"
    assert set(found.columns["no_such"]) == {None}


def test_of_several_sources_and_days_the_same_one_counts(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(5)
    monkeypatch.setattr(by_columns, "CHUNK", 4)
    for number in range(9):
        enterprise = make_enterprise(employees=random.choice([None, 3, 40]))
        for step in range(8):
            since = DAY + timedelta(days=random.randrange(-9, 4))
            source = random.choice(["statistics", "hr", "tax", "enterprise"])
            record, value = f"{number}/{step}", random.randrange(60)
            stated = {"source": source, "record": record, "by": None}
            try:
                record_fact(enterprise, "employees", value, valid_from=since, **stated)  # type: ignore[arg-type]
            except ActionRefused:
                continue
            if random.random() < 0.3:
                end_fact(enterprise, "employees", reason="更正", **stated)  # type: ignore[arg-type]
    different = set()
    for day in (DAY - timedelta(days=6), DAY, DAY + timedelta(days=3)):
        parts = list(fact_columns(Enterprise.objects.all(), ["employees"], day))
        assert len(parts) == 3
        found = [one for part in parts for one in part.columns["employees"]]
        known = iterate_known_facts(Enterprise.objects.all(), day)
        wanted = [values(facts).get("employees") for _enterprise, facts in known]
        assert found == [None if one is None else str(one) for one in wanted]
        different |= set(found)
    assert len(different) > 9
