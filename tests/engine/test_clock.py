"""The statutory clock."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaopu.engine.calendar import CalendarError
from miaopu.engine.clock import (
    ClockDay,
    add_months,
    add_years,
    calendar_days,
    working_days,
    working_days_left,
)

IN_TABLE = st.dates(date(2012, 1, 1), date(2024, 12, 31))
PAUSES = st.lists(
    st.tuples(IN_TABLE, st.integers(0, 60)).map(lambda p: (p[0], p[0] + timedelta(days=p[1]))),
    max_size=4,
)


def test_over_the_national_day_week() -> None:
    result = working_days(date(2018, 9, 28), 3)
    assert result.due == date(2018, 10, 8)
    assert not result.provisional
    counted = [one.date for one in result.days if one.counted]
    assert counted == [date(2018, 9, 29), date(2018, 9, 30), date(2018, 10, 8)]
    assert result.days[0] == ClockDay(date(2018, 9, 28), False, result.days[0].why)
    assert result.days[0].why.en == "the day it starts is not counted"
    assert result.days[-1].date == result.due


def test_no_days_end_where_they_start() -> None:
    assert working_days(date(2018, 10, 1), 0).due == date(2018, 10, 1)
    assert calendar_days(date(2018, 10, 1), 0).due == date(2018, 10, 1)


def test_pauses_do_not_count_and_may_overlap() -> None:
    pauses = [
        (date(2018, 3, 6), date(2018, 3, 8)),
        (date(2018, 3, 7), date(2018, 3, 9)),
        (date(2017, 1, 1), date(2017, 12, 31)),
    ]
    result = working_days(date(2018, 3, 5), 2, pauses)
    assert result.due == date(2018, 3, 13)
    assert [one.why.en for one in result.days[1:5]] == ["the clock is paused"] * 4


def test_open_pause_leaves_the_end_open() -> None:
    pauses = [(date(2018, 3, 7), None)]
    result = working_days(date(2018, 3, 5), 2, pauses, until=date(2018, 3, 20))
    assert result.due is None
    assert result.days[-1].date == date(2018, 3, 20)
    assert [one.date for one in result.days if one.counted] == [date(2018, 3, 6)]
    assert working_days(date(2018, 3, 5), 2, pauses).days[-1].date == date(2018, 3, 7)
    assert working_days(date(2018, 3, 5), 1, pauses).due == date(2018, 3, 6)
    assert working_days(date(2018, 3, 10), 2, pauses).due is None


def test_provisional_only_where_the_table_could_matter() -> None:
    assert working_days(date(2026, 12, 28), 3).due == date(2026, 12, 31)
    assert not working_days(date(2026, 12, 28), 3).provisional
    assert working_days(date(2026, 12, 28), 4).provisional
    held = [(date(2027, 1, 1), None)]
    assert not working_days(date(2026, 12, 28), 4, held, date(2027, 2, 1)).provisional
    assert not calendar_days(date(2026, 12, 1), 10).provisional
    assert calendar_days(date(2026, 12, 30), 10).provisional


@settings(deadline=None)
@given(IN_TABLE, st.integers(0, 120), PAUSES)
def test_working_days_against_the_source(
    start: date, days: int, pauses: list[tuple[date, date]]
) -> None:
    result = working_days(start, days, pauses)
    expected, left = start, days
    while left:
        expected += timedelta(days=1)
        held = any(begin <= expected <= end for begin, end in pauses)
        left -= chinese_calendar.is_workday(expected) and not held
    assert result.due == expected
    assert [one.date for one in result.days] == [
        start + timedelta(days=number) for number in range((expected - start).days + 1)
    ]
    assert sum(one.counted for one in result.days) == days
    assert working_days_left(start, expected, pauses) == days


@settings(deadline=None)
@given(IN_TABLE, st.integers(1, 400))
def test_calendar_days_end_on_a_working_day(start: date, days: int) -> None:
    result = calendar_days(start, days)
    last = start + timedelta(days=days)
    assert result.due is not None
    assert result.due >= last
    assert chinese_calendar.is_workday(result.due)
    between = [last + timedelta(days=number) for number in range((result.due - last).days)]
    assert not any(map(chinese_calendar.is_workday, between))
    assert sum(one.counted for one in result.days) == days


def test_calendar_days_over_the_spring_festival() -> None:
    result = calendar_days(date(2018, 2, 1), 15)
    assert result.due == date(2018, 2, 22)
    assert "顺延" in result.days[-1].why.zh


@pytest.mark.parametrize(
    ("today", "due", "left"),
    [
        (date(2018, 9, 28), date(2018, 10, 8), 3),
        (date(2018, 10, 8), date(2018, 10, 8), 0),
        (date(2018, 10, 8), date(2018, 9, 28), -3),
        (date(2018, 12, 8), date(2018, 12, 7), 0),
        (date(2018, 12, 10), date(2018, 12, 7), -1),
    ],
)
def test_working_days_left(today: date, due: date, left: int) -> None:
    assert working_days_left(today, due) == left


def test_working_days_left_with_pauses() -> None:
    pauses = [(date(2018, 3, 6), date(2018, 3, 8)), (date(2018, 3, 12), None)]
    assert working_days_left(date(2018, 3, 5), date(2018, 3, 14), pauses) == 1


@pytest.mark.parametrize(
    ("start", "days", "pauses"),
    [
        (date(2018, 1, 1), -1, ()),
        (date(2018, 1, 1), 2001, ()),
        (date(2018, 1, 1), 1, [(date(2018, 1, 3), date(2018, 1, 2))]),
        (date(9999, 12, 30), 5, ()),
        (date(2018, 1, 1), 1, [(date(2018, 1, 1), date(9999, 12, 31))]),
    ],
)
def test_refusals(start: date, days: int, pauses: list[tuple[date, date]]) -> None:
    with pytest.raises(CalendarError) as refused:
        working_days(start, days, pauses)
    assert refused.value.remedy.zh


def test_refusals_elsewhere() -> None:
    for days in (-1, 2001):
        with pytest.raises(CalendarError):
            calendar_days(date(2018, 1, 1), days)
    with pytest.raises(CalendarError):
        working_days_left(date(1, 1, 1), date(9999, 12, 31))
    with pytest.raises(CalendarError):
        add_months(date(9999, 12, 1), 1)
    with pytest.raises(CalendarError):
        add_years(date(1, 1, 1), -1)


def test_longest_period() -> None:
    result = working_days(date(2012, 1, 1), 2000)
    assert sum(one.counted for one in result.days) == 2000


@pytest.mark.parametrize(
    ("on", "months", "expected"),
    [
        (date(2018, 1, 31), 1, date(2018, 2, 28)),
        (date(2016, 1, 31), 1, date(2016, 2, 29)),
        (date(2018, 12, 15), 1, date(2019, 1, 15)),
        (date(2018, 3, 31), -1, date(2018, 2, 28)),
        (date(2018, 1, 15), -13, date(2016, 12, 15)),
        (date(2018, 8, 31), 0, date(2018, 8, 31)),
    ],
)
def test_add_months(on: date, months: int, expected: date) -> None:
    assert add_months(on, months) == expected


def test_add_years() -> None:
    assert add_years(date(2016, 2, 29), 1) == date(2017, 2, 28)
    assert add_years(date(2016, 2, 29), 4) == date(2020, 2, 29)
    assert add_years(date(2016, 2, 29), -1) == date(2015, 2, 28)
