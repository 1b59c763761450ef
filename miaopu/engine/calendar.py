"""The working calendar: which days are worked, and why.

Source: the State Council's yearly holiday notices, 2012 to 2026 (`data/holidays.csv`). A year
outside the table goes by weekdays alone and every day of it is marked provisional.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.reference import data_rows

_SATURDAY = 5
_WORKDAY = Bilingual("工作日", "working day")
_WEEKEND = Bilingual("周末", "weekend")


class CalendarError(EngineError):
    """Not a calendar day, or a day beyond what the calendar can reach."""


@dataclass(frozen=True)
class DayInfo:
    """One day: whether it is worked, why, and whether a notice is still to come for its year."""

    date: date
    working: bool
    why: Bilingual
    provisional: bool


@dataclass(frozen=True)
class _Special:
    working: bool
    why: Bilingual


@cache
def _table() -> Mapping[date, _Special]:
    return {date.fromisoformat(row["date"]): _special(row) for row in data_rows("holidays.csv")}


def _special(row: Mapping[str, str]) -> _Special:
    zh, en = row["name_zh"], row["name_en"]
    if row["kind"] == "workday":
        return _Special(True, Bilingual(f"{zh}调休上班", f"make-up working day for {en}"))
    return _Special(False, Bilingual(f"{zh}放假", en))


@cache
def known_years() -> range:
    """The years whose holiday notice is in the table."""
    years = {day.year for day in _table()}
    return range(min(years), max(years) + 1)


def day(on: date) -> DayInfo:
    """Whether `on` is a working day, and why.

    Raises CalendarError for a value with a time of day: a day depends on the place's clock, so the
    caller must choose it.
    """
    if isinstance(on, datetime):
        raise CalendarError(
            Bilingual(f"{on} 带有时刻，不是日期", f"{on} is a moment, not a day"),
            Bilingual("请先换算为当地日期", "take the local date first"),
        )
    known = on.year in known_years()
    special = _table().get(on) if known else None
    if special is not None:
        return DayInfo(on, special.working, special.why, provisional=False)
    working = on.weekday() < _SATURDAY
    why = _WORKDAY if working else _WEEKEND
    if not known:
        why = Bilingual(
            f"{why.zh}（{on.year} 年放假安排未收录，暂按周一至周五计）",
            f"{why.en} (no holiday notice for {on.year} yet: Monday to Friday assumed)",
        )
    return DayInfo(on, working, why, provisional=not known)
