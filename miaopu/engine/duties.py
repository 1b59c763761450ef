"""Recurring duties: the calendar periods in which they fall due, and what fulfils them.

Compliance is computed from deeds with a day, a place and a rank, never typed in. A 旬 is a ten-day
period of the calendar month: the 1st to the 10th, the 11th to the 20th, the 21st to its end.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from miaopu.engine.messages import Bilingual

Every = Literal["xun", "month", "quarter", "half_year", "year"]
State = Literal["met", "unmet", "in_progress", "not_due"]
_MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_XUN = ("上旬", "中旬", "下旬")


@dataclass(frozen=True)
class Span:
    """One calendar period of a duty, both days included; `key` tells it apart: 2018-05-2."""

    key: str
    first: date
    last: date
    title: Bilingual


@dataclass(frozen=True)
class DutyRule:
    """How often, by whom and where a duty must be done.

    `venues` are the keys of the places that must all be reached in each period; `places` are the
    districts that take turns, none where nothing rotates.
    """

    every: Every
    times: int = 1
    principal: bool = False
    venues: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def needed(self) -> int:
        """How many deeds a period needs."""
        return self.times * max(len(self.venues), 1)


@dataclass(frozen=True)
class Deed:
    """Something that was done for a duty: when, by which rank, at which venue, in which place."""

    key: str
    on: date
    principal: bool = True
    venue: str = ""
    place: str = ""


@dataclass(frozen=True)
class Fulfilment:
    """A period with the deeds that count (their keys), those that do not and why, what is wanting.

    `missing` are the keys of venues that were not reached.
    """

    span: Span
    state: State
    needed: int
    done: int
    counted: tuple[str, ...] = ()
    set_aside: tuple[tuple[str, Bilingual], ...] = ()
    missing: tuple[str, ...] = ()


_DEPUTY = Bilingual("由副职或其他人员完成，不算主要领导", "not done by the principal leader")
_HAD_TURN = Bilingual("这个区县本轮已经轮到过", "this district has had its turn in this round")
_NO_VENUE = Bilingual("没有写明是哪一类场所", "the kind of venue is not given")
_NO_PLACE = Bilingual("没有写明是哪个区县", "the district is not given")


def spans(every: Every, first: date, last: date) -> tuple[Span, ...]:
    """The calendar periods from `first` to `last`, both included, cut off at the two ends.

    Together they hold every day exactly once. None where `last` is before `first`.
    """
    found = []
    day = first
    while day <= last:
        whole = span_of(every, day)
        end = min(whole.last, last)
        found.append(Span(whole.key, day, end, whole.title))
        if end == date.max:
            break
        day = end + timedelta(days=1)
    return tuple(found)


def span_of(every: Every, on: date) -> Span:
    """The whole calendar period in which a day lies."""
    if every == "xun":
        return _xun(on)
    length = _MONTHS[every]
    number = (on.month - 1) // length
    month = number * length + 1
    final = month + length - 1
    first = date(on.year, month, 1)
    last = date(on.year, final, calendar.monthrange(on.year, final)[1])
    year = on.year
    names: dict[str, tuple[str, str, str]] = {
        "month": (f"{year}-{month:02d}", f"{year}年{month}月", f"{year}-{month:02d}"),
        "quarter": (f"{year}-Q{number + 1}", f"{year}年{number + 1}季度", f"Q{number + 1} {year}"),
        "half_year": (
            f"{year}-H{number + 1}",
            f"{year}年{'下' if number else '上'}半年",
            f"H{number + 1} {year}",
        ),
        "year": (f"{year}", f"{year}年", f"{year}"),
    }
    key, zh, en = names[every]
    return Span(key, first, last, Bilingual(zh, en))


def _xun(on: date) -> Span:
    number = min((on.day - 1) // 10, 2)
    first = on.replace(day=number * 10 + 1)
    end = calendar.monthrange(on.year, on.month)[1] if number == 2 else number * 10 + 10
    return Span(
        f"{on:%Y-%m}-{number + 1}",
        first,
        on.replace(day=end),
        Bilingual(f"{on.year}年{on.month}月{_XUN[number]}", f"{on:%Y-%m}, days {first.day}–{end}"),
    )


def fulfilments(
    rule: DutyRule, first: date, last: date, deeds: Iterable[Deed], today: date
) -> tuple[Fulfilment, ...]:
    """Every period of a duty with whether it is fulfilled on `today`.

    Deeds outside the days of the duty count nowhere. Where districts take turns, one that has had
    its turn does not count again before all have had theirs.
    """
    waiting = sorted(deeds, key=lambda deed: (deed.on, deed.key))
    had: set[str] = set()
    rows = []
    for span in spans(rule.every, first, last):
        inside = [deed for deed in waiting if span.first <= deed.on <= span.last]
        rows.append(_judged(rule, span, inside, today, had))
    return tuple(rows)


def _judged(
    rule: DutyRule, span: Span, deeds: Sequence[Deed], today: date, had: set[str]
) -> Fulfilment:
    counted: list[Deed] = []
    aside: list[tuple[str, Bilingual]] = []
    for deed in deeds:
        why = _why_not(rule, deed, had)
        if why is not None:
            aside.append((deed.key, why))
            continue
        counted.append(deed)
        if rule.places:
            had.add(deed.place)
            if had >= set(rule.places):
                had.clear()
    reached = Counter(deed.venue for deed in counted)
    missing = tuple(venue for venue in rule.venues if reached[venue] < rule.times)
    done = (
        sum(min(reached[venue], rule.times) for venue in rule.venues)
        if rule.venues
        else len(counted)
    )
    return Fulfilment(
        span,
        _state(done >= rule.needed, span, today),
        rule.needed,
        done,
        tuple(deed.key for deed in counted),
        tuple(aside),
        missing,
    )


def _why_not(rule: DutyRule, deed: Deed, had: set[str]) -> Bilingual | None:
    """Why a deed does not count; None where it does."""
    if rule.principal and not deed.principal:
        return _DEPUTY
    if rule.venues and deed.venue not in rule.venues:
        return _NO_VENUE
    if rule.places and deed.place not in rule.places:
        return _NO_PLACE
    if rule.places and deed.place in had:
        return _HAD_TURN
    return None


def _state(met: bool, span: Span, today: date) -> State:
    if met:
        return "met"
    if today > span.last:
        return "unmet"
    return "in_progress" if today >= span.first else "not_due"


@dataclass(frozen=True)
class Compliance:
    """How many of the periods that count so far are met: those that have ended, and those met."""

    met: int
    due: int

    @property
    def percent(self) -> int | None:
        """Met in whole percent of those due, rounded down; None where nothing was due yet."""
        return self.met * 100 // self.due if self.due else None

    def __add__(self, other: Compliance) -> Compliance:
        return Compliance(self.met + other.met, self.due + other.due)


def compliance(rows: Iterable[Fulfilment]) -> Compliance:
    """The compliance over some periods."""
    states = list(_counting(rows))
    return Compliance(states.count("met"), len(states))


def _counting(rows: Iterable[Fulfilment]) -> Iterator[State]:
    for row in rows:
        if row.state in ("met", "unmet"):
            yield row.state
