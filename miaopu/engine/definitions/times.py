"""Times as a plan prints them: a day, month, quarter, half-year, year, an interval, a duration."""

import calendar
import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from miaopu.engine.definitions.pieces import refuse

_POINT = re.compile(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|H([12])|Q([1-4])))?", re.ASCII)
_DURATION = re.compile(r"P[1-9]\d{0,3}(D|WD|M|Y)", re.ASCII)
Days = tuple[date, date]


def days_of(when: str) -> Days | None:
    """First and last day of a time; None for a duration. Raises ValueError for anything else."""
    if _DURATION.fullmatch(when):
        return None
    first, _, last = when.partition("/")
    begin, end = _point(first), _point(last or first)
    if end[1] < begin[0]:
        raise ValueError(when)
    return begin[0], end[1]


def is_duration(when: str) -> bool:
    """Whether the time is a duration, such as P10WD or P2Y."""
    return _DURATION.fullmatch(when) is not None


def _point(text: str) -> Days:
    found = _POINT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day, half, quarter = (int(part) if part else 0 for part in found.groups())
    if day:
        return date(year, month, day), date(year, month, day)
    first, last = month or 1, month or 12
    if half or quarter:
        length = 6 if half else 3
        last = (half or quarter) * length
        first = last - length + 1
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def _known(value: str) -> str:
    try:
        days_of(value)
    except ValueError:
        raise refuse(
            "时间写法不对，例如 2018-11-30、2018-07、2017-H2、2015/2017、P10WD",
            "not a time; write 2018-11-30, 2018-07, 2017-H2, 2015/2017 or P10WD",
        ) from None
    return value


When = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if type(value) is int else value),
    AfterValidator(_known),
]
