"""The working calendar against its source."""

from datetime import date, datetime, timedelta

import chinese_calendar
import pytest

from miaopu.engine.calendar import CalendarError, day, known_years

FIRST, LAST = date(2012, 1, 1), date(2026, 12, 31)


def test_every_day_agrees_with_the_source() -> None:
    one, compared = FIRST, 0
    while one <= LAST:
        info = day(one)
        assert info.working == chinese_calendar.is_workday(one), one
        assert not info.provisional
        _, holiday = chinese_calendar.get_holiday_detail(one)
        assert (info.why.zh not in ("工作日", "周末")) == (holiday is not None), one
        one += timedelta(days=1)
        compared += 1
    assert compared == 5479


@pytest.mark.parametrize(
    ("on", "working", "zh", "en"),
    [
        (date(2018, 10, 1), False, "国庆节放假", "National Day"),
        (date(2018, 9, 29), True, "国庆节调休上班", "make-up working day for National Day"),
        (date(2018, 9, 24), False, "中秋节放假", "Mid-autumn Festival"),
        (date(2015, 10, 10), True, "国庆节调休上班", "make-up working day for National Day"),
        (date(2018, 10, 6), False, "国庆节放假", "National Day"),
        (date(2018, 12, 1), False, "周末", "weekend"),
        (date(2018, 12, 3), True, "工作日", "working day"),
    ],
)  # fmt: skip
def test_days_say_why(on: date, working: bool, zh: str, en: str) -> None:
    info = day(on)
    assert (info.date, info.working, info.why.zh, info.why.en) == (on, working, zh, en)


@pytest.mark.parametrize("on", [date(2011, 12, 30), date(2027, 1, 1), date(9999, 12, 31)])
def test_years_outside_the_table_are_provisional(on: date) -> None:
    info = day(on)
    assert info.provisional
    assert info.working == (on.weekday() < 5)
    assert str(on.year) in info.why.zh and str(on.year) in info.why.en


def test_known_years() -> None:
    assert known_years() == range(2012, 2027)


def test_a_moment_is_no_day() -> None:
    with pytest.raises(CalendarError):
        day(datetime(2018, 1, 1, 8, 0))  # noqa: DTZ001
