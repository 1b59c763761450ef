"""How a task stands: red, yellow, green, and why."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaopu.engine.messages import Bilingual
from miaopu.engine.supervision import (
    Holder,
    LightRule,
    Stage,
    Standing,
    deadline,
    escalates,
    light,
)

RULE = LightRule()
OPENED, DUE = date(2018, 5, 10), date(2018, 8, 31)
GOOD = Standing(OPENED, DUE, (Holder("市财政局", 60, date(2018, 6, 10)),))


def test_overdue_is_red_and_says_by_how_much() -> None:
    found = light(GOOD, RULE, date(2018, 9, 4))
    assert found.colour == "red"
    assert found.reasons[0] == Bilingual("已超期 2 个工作日", "overdue by 2 working days")
    assert light(GOOD, RULE, DUE).colour != "red"


def test_close_to_the_deadline_with_less_done_than_time_passed_is_yellow() -> None:
    told = replace(GOOD, holders=(Holder("x", 60, date(2018, 8, 10)),))
    found = light(told, RULE, date(2018, 8, 15))
    assert found.colour == "yellow"
    assert found.reasons[0].zh == "只剩 12 个工作日，完成 60%，时间已过 85%"
    ahead = replace(GOOD, holders=(Holder("x", 90, date(2018, 8, 10)),))
    assert light(ahead, RULE, date(2018, 8, 15)).colour == "green"
    # While there is time, being behind alone is no alarm.
    early = replace(GOOD, holders=(Holder("x", 0, date(2018, 6, 10)),))
    assert light(early, RULE, date(2018, 6, 20)).colour == "green"


def test_silence_is_yellow() -> None:
    found = light(GOOD, RULE, date(2018, 7, 20))
    assert found == light(GOOD, RULE, date(2018, 7, 20))
    assert (found.colour, found.reasons[0].zh) == ("yellow", "上次报告是 40 天以前")
    never = replace(GOOD, holders=(Holder("x"),))
    assert light(never, RULE, date(2018, 6, 9)).colour == "green"  # thirty days
    assert light(never, RULE, date(2018, 6, 10)).reasons[0].zh == "31 天以来还没有报告"
    several = replace(GOOD, holders=(*GOOD.holders, Holder("y"), Holder("z")))
    assert light(several, RULE, date(2018, 6, 15)).reasons[0].zh == (
        "3 个机构中有 2 个超过 30 天没有报告"
    )


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (replace(GOOD, returned=True), "退回"),
        (replace(GOOD, holders=()), "没有机构"),
        (replace(GOOD, stages=(Stage(Bilingual("试点", "pilot"), date(2018, 6, 1)),)), "试点"),
    ],
)
def test_other_worries_are_yellow(standing: Standing, words: str) -> None:
    found = light(standing, RULE, date(2018, 6, 11))
    assert found.colour == "yellow"
    assert words in found.reasons[0].zh


def test_a_milestone_still_ahead_and_a_closed_task_worry_nobody() -> None:
    ahead = replace(GOOD, stages=(Stage(Bilingual("试点", "pilot"), date(2018, 6, 30)),))
    assert light(ahead, RULE, date(2018, 6, 11)).colour == "green"
    assert light(replace(GOOD, closed=True), RULE, date(2019, 1, 1)).colour == "done"


def test_the_office_above_is_told_after_so_many_working_days() -> None:
    assert not escalates(GOOD, RULE, date(2018, 9, 6))  # four
    assert escalates(GOOD, RULE, date(2018, 9, 7))
    assert not escalates(replace(GOOD, closed=True), RULE, date(2018, 9, 7))
    assert not escalates(GOOD, RULE, DUE)


def test_percent_is_the_mean_of_those_who_answer() -> None:
    assert replace(GOOD, holders=(Holder("x", 100), Holder("y", 25))).percent == 62
    assert replace(GOOD, holders=()).percent == 0


@pytest.mark.parametrize(
    ("due", "found"),
    [
        ("2018-11-30", (date(2018, 11, 30), True)),
        ("2017-H2", (date(2017, 12, 31), True)),
        ("2015/2017", (date(2017, 12, 31), True)),
        ("2018-02", (date(2018, 2, 28), True)),
        ("P10WD", (date(2018, 12, 31), False)),
        (None, (date(2018, 12, 31), False)),
    ],
)
def test_deadlines_as_a_plan_prints_them(due: str | None, found: tuple[date, bool]) -> None:
    assert deadline(due, date(2018, 12, 31)) == found


@given(
    st.dates(date(2018, 1, 1), date(2019, 12, 31)),
    st.dates(date(2018, 1, 1), date(2019, 12, 31)),
    st.dates(date(2018, 1, 1), date(2019, 12, 31)),
    st.integers(0, 100),
)
def test_every_light_has_a_reason_and_red_is_overdue(
    opened: date, due: date, today: date, percent: int
) -> None:
    found = light(Standing(opened, due, (Holder("x", percent),)), RULE, today)
    assert found.reasons
    assert (found.colour == "red") is (today > due)
