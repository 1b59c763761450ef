"""The periods of a target: whole, by year, half-year, quarter or month; and what time asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, cast

from miaopu.engine.definitions.times import Days, days_of

Split = Literal["whole", "year", "half_year", "quarter", "month"]
SPLITS: tuple[Split, ...] = ("whole", "year", "half_year", "quarter", "month")
PIECES_MAX = 24
_MONTHS: Mapping[str, int] = {"year": 12, "half_year": 6, "quarter": 3, "month": 1}


def bounds(period: str) -> Days | None:
    """First and last day of a period, None where it is a text without a time."""
    try:
        return days_of(period)
    except ValueError:
        return None


def pieces(period: str, split: str) -> tuple[str, ...]:
    """The names of the periods that `period` falls into: 2018 by quarter is 2018-Q1 … 2018-Q4.

    The period itself where it has no time, is not longer than one piece, does not begin with one,
    or would fall into more than PIECES_MAX.
    """
    days = bounds(period)
    length = _MONTHS.get(split)
    if days is None or length is None:
        return (period,)
    first, last = days
    if first.day != 1 or (first.month - 1) % length:
        return (period,)
    names: list[str] = []
    at = first
    while at <= last and len(names) < PIECES_MAX:
        names.append(_name(at, split))
        at = _later(at, length)
    return tuple(names) if at - timedelta(days=1) == last and len(names) > 1 else (period,)


def splits_of(period: str) -> tuple[Split, ...]:
    """How the period can be split, the whole first."""
    return tuple(one for one in SPLITS if one == "whole" or len(pieces(period, one)) > 1)


def _name(first: date, split: str) -> str:
    if split == "year":
        return f"{first.year}"
    if split == "month":
        return f"{first.year}-{first.month:02d}"
    return f"{first.year}-{'H' if split == 'half_year' else 'Q'}{first.month // _MONTHS[split] + 1}"


def _later(day: date, months: int) -> date:
    ahead = day.month - 1 + months
    return date(day.year + ahead // 12, ahead % 12 + 1, 1)


def due_by(parts: Mapping[str, Decimal | None], day: date, places: int) -> Decimal | None:
    """What the parts by period ask for at the end of `day`, if within a period time alone counts.

    Half up to `places` decimals. None where no part is named or a period has no time.
    """
    named = {name: value for name, value in parts.items() if value is not None}
    times = {name: bounds(name) for name in named}
    if not named or None in times.values():
        return None
    total = Decimal(0)
    for name, value in named.items():
        first, last = cast(Days, times[name])
        whole = (last - first).days + 1
        passed = min(max((day - first).days + 1, 0), whole)
        total += value * passed / whole
    return total.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def total_of(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is named; None where nothing is."""
    named = [value for value in values if value is not None]
    return sum(named, Decimal(0)) if named else None
