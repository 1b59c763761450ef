"""A printed time, and two of them that are one: 第二季度至第三季度, 自…起施行，有效期五年."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

TO = r"(?:-|—{1,2}|~|至|到)"
# Kinds of times that are a length, not a day: they date nothing by themselves.
LENGTHS = ("span", "using", "full", "valid", "term", "most", "apart", "given", "granted")


@dataclass(frozen=True)
class Time:
    """A printed time: `kind`, folded place, `value` in the forms of the output where complete.

    `need` says what is missing: "year" where only month or half-year is printed.
    """

    start: int
    end: int
    kind: str
    value: str
    need: str = ""
    year: int | None = None


_DATED = ("day", "month", "year", "yearend", "half", "quarter", "shortmonth", "shorthalf")
_IN_FORCE = re.compile(r"起?(?:正式)?(?:施行|实施|执行|生效|试行)(?:,|、|并)?")


def joined_times(seen: str, times: list[Time]) -> Iterator[Time]:
    """第二季度至第三季度 is one interval; so is 自…起施行，有效期五年."""
    waiting: Time | None = None
    for one in times:
        whole = None if waiting is None else _whole(seen, waiting, one)
        if waiting is not None and whole is None:
            yield waiting
        waiting = whole or one
    if waiting is not None:
        yield waiting


def _whole(seen: str, first: Time, second: Time) -> Time | None:
    between = seen[first.end : second.start]
    if (
        first.kind in _DATED
        and second.kind in _DATED
        and re.fullmatch(rf"(?:起|开始)?,?{TO}", between)
    ):
        begin, end = first.value.split("/")[0], second.value.split("/")[-1]
        if "????" in begin and second.year:
            begin = begin.replace("????", str(second.year))
        if "????" in end and first.year:
            end = end.replace("????", str(first.year))
        if begin.replace("?", "0") > end.replace("?", "0"):
            return None
        need = "year" if "????" in begin + end else ""
        kind = "years" if {first.kind, second.kind} <= {"year", "yearend"} else "months"
        return Time(first.start, second.end, kind, f"{begin}/{end}", need, second.year)
    if first.kind == second.kind == "day" and not first.need and not second.need:
        if re.fullmatch(_IN_FORCE.pattern + "(?:有效期|执行期限?|期限)?(?:截?至|到)", between):
            value = f"{first.value}/{second.value}"
            return Time(first.start, second.end, "days", value, "", first.year)
    if first.kind == "year" and second.kind == "valid" and _IN_FORCE.fullmatch(between):
        if found := re.fullmatch(r"P(\d{1,2})Y", second.value):
            value = f"{first.value}/{int(first.value) + int(found.group(1)) - 1}"
            return Time(first.start, second.end, "days", value, "", first.year)
    if first.kind == "day" and not first.need and _IN_FORCE.fullmatch(between):
        if second.kind == "valid" and (last := _runs_until(first.value, second.value)):
            return Time(first.start, second.end, "days", f"{first.value}/{last}", "", first.year)
    return None


def _runs_until(begin: str, length: str) -> str | None:
    """The last day of a time of years or months that begins on `begin`; None for 2月30日."""
    found = re.fullmatch(r"P(\d{1,2})([YM])", length)
    if found is None:
        return None
    months = int(found.group(1)) * (12 if found.group(2) == "Y" else 1)
    try:
        start = date.fromisoformat(begin)
    except ValueError:
        return None  # printed, but no day of any calendar
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return (date(year, month + 1, day) - timedelta(days=1)).isoformat()
