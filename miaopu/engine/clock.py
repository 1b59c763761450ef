"""The statutory clock: when a period of working days or calendar days ends, day by day.

The day on which a period starts is not counted (Civil Code art. 201). A period in calendar days
whose last day is not worked, weekends included, ends on the next working day (art. 203).
"""

import calendar as months
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from miaopu.engine.calendar import CalendarError, day
from miaopu.engine.messages import Bilingual

DAYS_MAX = 2_000
SPAN_MAX = 10_000

_ONE = timedelta(days=1)
_MONTHS_IN_YEAR = 12
_FIRST_YEAR, _LAST_YEAR = date.min.year, date.max.year
_IN_EVERY_MONTH = 28
_START = Bilingual("起算当日不计入", "the day it starts is not counted")
_PAUSED = Bilingual("暂停计时", "the clock is paused")
_ROLLED = Bilingual("期限届满日不是工作日，顺延", "the last day is not worked: moved on")
_COUNTED = Bilingual("计入", "counted")

Pause = tuple[date, date | None]


@dataclass(frozen=True)
class ClockDay:
    """One day of a calculation: whether it counts, and why."""

    date: date
    counted: bool
    why: Bilingual


@dataclass(frozen=True)
class ClockResult:
    """When a period ends (None while an open pause holds it), and the days that led there.

    `provisional` says that a day looked at lies in a year without a holiday notice, so the end may
    move when the notice arrives.
    """

    due: date | None
    provisional: bool
    days: tuple[ClockDay, ...]


def working_days(
    start: date, days: int, pauses: Sequence[Pause] = (), until: date | None = None
) -> ClockResult:
    """The end of a period of `days` working days that starts on `start`.

    `pauses` are (from, to), both days included, and may overlap; their days do not count. A pause
    whose `to` is None is still open: unless the period ends before it, `due` is None and the days
    are listed up to `until` (default: the day that pause began). `days` 0 ends on `start`.
    Raises CalendarError for a negative number, one above 2,000, a pause that ends before it
    begins, and a calculation that runs over more than 10,000 days.
    """
    _check(days, pauses)
    opened = min((begin for begin, end in pauses if end is None), default=None)
    steps, provisional, counted = [ClockDay(start, False, _START)], False, 0
    due = start if days == 0 else None
    for today in _following(start):
        if due is not None or (opened is not None and today > max(opened, until or opened)):
            break
        step, assumed = _step(today, pauses)
        steps.append(step)
        provisional = provisional or assumed
        counted += step.counted
        if counted == days:
            due = today
    return ClockResult(due, provisional, tuple(steps))


def calendar_days(start: date, days: int) -> ClockResult:
    """The end of a period of `days` calendar days, moved on to a working day where needed.

    `days` 0 ends on `start`, whatever day that is. Raises CalendarError for a negative number and
    for one above 2,000.
    """
    _check(days, ())
    steps, provisional = [ClockDay(start, False, _START)], False
    due = start if days == 0 else None
    for number, today in enumerate(_following(start), start=1):
        if due is not None:
            break
        info = day(today)
        steps.append(ClockDay(today, number <= days, _COUNTED if number <= days else _ROLLED))
        if number >= days:
            provisional = provisional or info.provisional
            due = today if info.working else None
    return ClockResult(due, provisional, tuple(steps))


def working_days_left(today: date, due: date, pauses: Sequence[Pause] = ()) -> int:
    """Working days after `today` up to and including `due`; once overdue, minus those since `due`.

    0 on the due day itself, and after it until a working day has passed. Days in `pauses` do not
    count. Raises CalendarError where the two lie more than 10,000 days apart.
    """
    _check(0, pauses)
    first, last = sorted((today, due))
    left = 0
    for one in _following(first):
        if one > last:
            break
        left += _step(one, pauses)[0].counted
    return left if today <= due else -left


def add_months(on: date, months_later: int) -> date:
    """The same day `months_later` months on (or back); the last day of a shorter month.

    Raises CalendarError beyond the years 1 to 9999.
    """
    year, month = divmod(on.year * _MONTHS_IN_YEAR + on.month - 1 + months_later, _MONTHS_IN_YEAR)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise _beyond()
    if on.day <= _IN_EVERY_MONTH:
        return date(year, month + 1, on.day)
    last = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(on.day, last))


def add_years(on: date, years_later: int) -> date:
    """The same day `years_later` years on (or back); 29 February becomes 28 in a common year.

    Raises CalendarError beyond the years 1 to 9999.
    """
    return add_months(on, years_later * _MONTHS_IN_YEAR)


def months_between(start: date, end: date) -> int:
    """The whole months from `start` to `end`: the most that added to `start` do not pass `end`."""
    count = (end.year - start.year) * _MONTHS_IN_YEAR + end.month - start.month
    return count if add_months(start, count) <= end else count - 1


def _step(today: date, pauses: Sequence[Pause]) -> tuple[ClockDay, bool]:
    """The day as it counts, and whether a notice still to come could change that."""
    info = day(today)
    if any(begin <= today and (end is None or today <= end) for begin, end in pauses):
        return ClockDay(today, False, _PAUSED), False
    return ClockDay(today, info.working, info.why), info.provisional


def _following(start: date) -> Iterator[date]:
    today = start
    for _ in range(SPAN_MAX):
        if today == date.max:
            raise _beyond()
        today += _ONE
        yield today
    raise _beyond()


def _check(days: int, pauses: Sequence[Pause]) -> None:
    if not 0 <= days <= DAYS_MAX:
        raise CalendarError(
            Bilingual(f"期限 {days} 日超出范围", f"a period of {days} days is out of range"),
            Bilingual(f"请填写 0 至 {DAYS_MAX} 的整数", f"give a number from 0 to {DAYS_MAX}"),
        )
    for begin, end in pauses:
        if end is not None and end < begin:
            raise CalendarError(
                Bilingual(
                    f"暂停的止日 {end} 早于起日 {begin}", f"a pause ends {end}, before {begin}"
                ),
                Bilingual("请把起日写在前面", "write the earlier day first"),
            )


def _beyond() -> CalendarError:
    return CalendarError(
        Bilingual("日期超出可计算的范围", "the dates lie beyond what can be calculated"),
        Bilingual(
            "请核对起始日期、期限和暂停", "check the start, the number of days and the pauses"
        ),
    )
