"""Figures follow the records: one source record corrected, and every figure moves."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from miaopu.cases.decisions import decide_case
from miaopu.cases.models import Case
from miaopu.ledger.awards import pay_award, release_award
from miaopu.monitoring.figures import (
    by_district,
    money_by_level,
    planned_jobs,
    supported_enterprises,
    target_progress,
    time_percent,
)
from tests.factories import City, travel

pytestmark = pytest.mark.django_db


def test_figures_before_and_after_one_award(city: City) -> None:
    programme = city.version.programme
    assert (supported_enterprises(programme), planned_jobs(programme)) == (0, 0)
    before = {row.level: row for row in money_by_level(programme)}
    award = city.granted()
    assert (supported_enterprises(programme), planned_jobs(programme)) == (1, 5)
    committed = {row.level: row for row in money_by_level(programme)}
    assert {level: row.committed_fen for level, row in committed.items()} == {
        "province": 3_150_000,
        "city": 450_000,
        "county": 900_000,
    }
    for level, row in committed.items():
        assert row.funded_fen == before[level].funded_fen
        assert row.available_fen + row.committed_fen + row.paid_fen == row.funded_fen
    pay_award(award, "B1", by=city.finance)
    [district] = by_district(programme)
    assert (district.code, district.enterprises, district.jobs) == ("520103", 1, 4)
    assert (district.committed_fen, district.paid_fen) == (0, 4_500_000)


def test_a_released_award_counts_no_more(city: City) -> None:
    award = city.granted()
    release_award(award, by=city.finance, reason="企业已注销")
    assert supported_enterprises(city.version.programme) == 0
    assert by_district(city.version.programme) == []


def test_an_answer_that_is_no_number_breaks_no_figure(city: City) -> None:
    case, publicity = city.published()
    Case.objects.filter(pk=case.pk).update(form={**case.form, "jobs_planned": ""})
    travel(publicity.ends_on + timedelta(days=1))
    decide_case(case, by=city.approver)
    assert planned_jobs(city.version.programme) == 0
    assert [row.jobs for row in by_district(city.version.programme)] == [4]  # the known employees


def test_progress_against_target_and_time(city: City) -> None:
    city.granted()
    rows = {row.key: row for row in target_progress(city.version, date(2018, 7, 2))}
    enterprises = next(row for row in rows.values() if row.target == 3500)
    assert enterprises.done == 1
    assert enterprises.done_percent == Decimal("0.0")
    assert enterprises.time_percent == Decimal("50.1")  # 183 of 365 days
    assert enterprises.gap_percent < 0


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2017, 12, 31), "0.0"),
        (date(2018, 1, 1), "0.3"),
        (date(2018, 12, 31), "100.0"),
        (date(2020, 1, 1), "100.0"),
    ],
)
def test_time_passed_stays_within_the_period(city: City, day: date, percent: str) -> None:
    assert time_percent(city.version, day) == Decimal(percent)
