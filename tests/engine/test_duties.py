"""Recurring duties: periods of the calendar, and what fulfils them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaopu.engine.duties import (
    Compliance,
    Deed,
    DutyRule,
    compliance,
    fulfilments,
    span_of,
    spans,
)

MAY, END_OF_MAY = date(2018, 5, 1), date(2018, 5, 31)
EVERY = ("xun", "month", "quarter", "half_year", "year")
days = st.dates(date(1999, 1, 1), date(2040, 12, 31))


def deed(day: int, **more: object) -> Deed:
    return Deed(f"{day}{more}", date(2018, 5, day), **more)  # type: ignore[arg-type]


def states(rule: DutyRule, deeds: list[Deed], today: date = date(2018, 6, 1)) -> list[str]:
    return [row.state for row in fulfilments(rule, MAY, END_OF_MAY, deeds, today)]


def test_visits_on_the_1st_and_the_10th_leave_the_second_and_third_xun_unmet() -> None:
    rows = fulfilments(
        DutyRule("xun", principal=True), MAY, END_OF_MAY, [deed(1), deed(10)], date(2018, 6, 1)
    )
    assert [row.state for row in rows] == ["met", "unmet", "unmet"]
    assert [(row.span.first.day, row.span.last.day) for row in rows] == [
        (1, 10),
        (11, 20),
        (21, 31),
    ]
    assert [row.done for row in rows] == [2, 0, 0]
    assert compliance(rows) == Compliance(1, 3)
    assert compliance(rows).percent == 33


def test_a_deputys_visit_does_not_fulfil_the_principals_duty() -> None:
    visits = [deed(1, principal=False), deed(11, principal=True)]
    rule = DutyRule("xun", principal=True)
    assert states(rule, visits) == ["unmet", "met", "unmet"]
    [(_key, why)] = fulfilments(rule, MAY, END_OF_MAY, visits, END_OF_MAY)[0].set_aside
    assert "主要领导" in why.zh
    assert states(DutyRule("xun"), visits) == ["met", "met", "unmet"]


@pytest.mark.parametrize(
    ("today", "found"),
    [
        (date(2018, 4, 30), ["not_due", "not_due", "not_due"]),
        (date(2018, 5, 1), ["in_progress", "not_due", "not_due"]),
        (date(2018, 5, 10), ["in_progress", "not_due", "not_due"]),
        (date(2018, 5, 11), ["unmet", "in_progress", "not_due"]),
        (date(2018, 5, 31), ["unmet", "unmet", "in_progress"]),
        (date(2018, 6, 1), ["unmet", "unmet", "unmet"]),
    ],
)
def test_a_period_is_unmet_only_once_it_has_ended(today: date, found: list[str]) -> None:
    assert states(DutyRule("xun"), [], today) == found


def test_so_many_times() -> None:
    twice = DutyRule("month", times=2)
    assert states(twice, [deed(3)]) == ["unmet"]
    assert states(twice, [deed(3), deed(4)]) == ["met"]


def test_every_venue_must_be_reached() -> None:
    rule = DutyRule("month", venues=("1", "2", "3"))
    visited = [deed(2, venue="1"), deed(3, venue="1"), deed(4, venue="3"), deed(5)]
    [row] = fulfilments(rule, MAY, END_OF_MAY, visited, date(2018, 6, 1))
    assert (row.state, row.done, row.needed, row.missing) == ("unmet", 2, 3, ("2",))
    assert len(row.set_aside) == 1
    assert states(rule, [*visited, deed(9, venue="2")]) == ["met"]


def test_districts_take_turns() -> None:
    rule = DutyRule("month", places=("a", "b", "c"))
    first, last = date(2018, 1, 1), date(2018, 6, 30)
    turns = [
        Deed(str(month), date(2018, month, 5), place=place)
        for month, place in enumerate("aabca", 1)
    ]
    rows = fulfilments(rule, first, last, turns, last)
    # a again in February does not count; once b and c have had theirs, a may come again.
    assert [row.state for row in rows] == ["met", "unmet", "met", "met", "met", "in_progress"]


@given(st.sampled_from(EVERY), days, st.integers(0, 800))
def test_periods_hold_every_day_exactly_once(every: str, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = spans(every, first, last)  # type: ignore[arg-type]
    assert found[0].first == first and found[-1].last == last
    for before, after in zip(found, found[1:], strict=False):
        assert before.last + timedelta(days=1) == after.first
        assert before.key != after.key
    assert len({one.key for one in found}) == len(found)


@given(st.sampled_from(EVERY), days)
def test_a_day_lies_in_its_period_and_periods_are_of_the_calendar(every: str, day: date) -> None:
    span = span_of(every, day)  # type: ignore[arg-type]
    assert span.first <= day <= span.last
    assert span_of(every, span.first) == span_of(every, span.last) == span  # type: ignore[arg-type]
    assert span.last.year == span.first.year
    assert span.first.day in (1, 11, 21) if every == "xun" else span.first.day == 1
    assert (span.last + timedelta(days=1)).day in (1, 11, 21)


@given(st.lists(st.dates(MAY, date(2018, 7, 31)), max_size=12), days)
def test_what_is_done_on_more_days_never_undoes_what_was_met(done: list[date], today: date) -> None:
    rule = DutyRule("xun")
    deeds = [Deed(str(number), day) for number, day in enumerate(done)]
    all_of = fulfilments(rule, MAY, date(2018, 7, 31), deeds, today)
    fewer = fulfilments(rule, MAY, date(2018, 7, 31), deeds[:-1], today)
    assert sum(row.done for row in all_of) == len(done)
    for more, less in zip(all_of, fewer, strict=True):
        assert less.state != "met" or more.state == "met"


def test_nothing_is_due_before_anything_was() -> None:
    rows = fulfilments(DutyRule("year"), MAY, END_OF_MAY, [], MAY)
    assert compliance(rows) == Compliance(0, 0)
    assert compliance(rows).percent is None
    assert Compliance(1, 2) + Compliance(1, 1) == Compliance(2, 3)
    assert spans("month", END_OF_MAY, MAY) == ()
