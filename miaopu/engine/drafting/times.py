"""Times of a draft: phases, recurring duties, and by when tasks are due."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from miaopu.engine.definitions.times import Days, days_of, is_duration
from miaopu.engine.drafting.pieces import Drafting, Entry, one_line, text
from miaopu.engine.drafting.units import UnitIds, units_above
from miaopu.engine.messages import Bilingual

RECURRING = "recurring:"
_MARK_OF_CLAUSE = 8
_PHASE = re.compile(r"阶段|步骤")
_EVERY = (
    (re.compile(r"旬"), "xun"),
    (re.compile(r"半年"), "half_year"),
    (re.compile(r"季"), "quarter"),
    (re.compile(r"月"), "month"),
    (re.compile(r"年|岁末"), "year"),
)
_ROTATES = re.compile(r"[一每]月[一1](?:个)?(?:区|县|市)")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_NOT_STATED = ("起算日文中未写明", "counted from a day that the text does not state")


def is_recurring(one: Entry) -> bool:
    """Whether a deadline comes again and again."""
    return str(one.get("date") or "").startswith(RECURRING)


def is_time(when: str) -> bool:
    """Whether a pack can hold the time: a day, month, quarter, half-year, year, interval, span."""
    return is_duration(when) or dated_days(when) is not None


def dated_days(when: str) -> Days | None:
    """First and last day of a dated time of our centuries; None for a span, and for no time."""
    try:
        days = days_of(when)
    except ValueError:
        return None
    if days is None or days[0].year < _FIRST_YEAR or _LAST_YEAR < days[1].year:
        return None
    return days


def years_of(when: str) -> tuple[int, int] | None:
    """First and last year that words name, such as a title or a time; None where they name none."""
    years = [int(found) for found in re.findall(r"(?<![\d.])((?:19|20)\d\d)(?!\d)", when)]
    return (min(years), max(years)) if years else None


def is_inside(drafting: Drafting, when: str) -> bool:
    """Whether a time lies within the years of the programme, as far as these are known."""
    chosen, days = drafting.choices, dated_days(when)
    if days is None or not chosen.start or not chosen.end:
        return True
    return date.fromisoformat(chosen.start) <= days[0] and days[1] <= date.fromisoformat(chosen.end)


def usable_deadlines(drafting: Drafting) -> list[Entry]:
    """Deadlines that the pack can hold; the others are said to be left out."""
    found = []
    for one in drafting.entries("deadlines"):
        when = str(one.get("date") or "")
        if is_recurring(one):
            continue
        if not is_time(when):
            drafting.leave_out("deadline", one, when, Bilingual("时间写法不对", "not a time"))
        elif not is_inside(drafting, when):
            drafting.leave_out("deadline", one, when, _outside())
        else:
            found.append(one)
    return found


def target_times(drafting: Drafting) -> list[Entry]:
    """Targets with a time that lies in the programme: by then what they ask for is to be done."""
    return [
        one
        for one in drafting.entries("targets")
        if is_time(when := str(one.get("date") or "")) and is_inside(drafting, when)
    ]


def due_of(deadlines: list[Entry]) -> dict[str, Any]:
    """`due`, `after` and `milestones` of a task with these deadlines."""
    if not deadlines:
        return {}
    dated = [(days[1], one) for one in deadlines if (days := dated_days(str(one["date"])))]
    last = max(dated, key=lambda pair: pair[0])[1] if dated else deadlines[-1]
    row: dict[str, Any] = {"due": str(last["date"]), **_after(last)}
    if len(deadlines) > 1:
        row["milestones"] = [
            {
                "title": text(one.get("what") or one.get("raw") or one["date"]),
                "due": str(one["date"]),
                **_after(one),
            }
            for one in deadlines
        ]
    return row


def phases(drafting: Drafting) -> list[dict[str, Any]]:
    """Clauses headed as stages (阶段, 步骤) whose heading says from when to when."""
    deadlines = [one for one in drafting.entries("deadlines") if not is_recurring(one)]
    rows: list[dict[str, Any]] = []
    for clause in drafting.entries("clauses"):
        title = str(clause.get("title") or "")
        begin = clause.get("start")
        if not _PHASE.search(title) or begin is None:
            continue
        times = [
            str(one["date"])
            for one in deadlines
            if one.get("start") is not None
            and 0 <= one["start"] - begin <= len(title) + _MARK_OF_CLAUSE
        ]
        good = [when for when in times if is_time(when) and is_inside(drafting, when)]
        if good and not is_duration(good[0]):
            path = drafting.clause(clause["path"])
            row = {"id": f"phase_{len(rows) + 1}", "title": text(title), "clause": path}
            rows.append({**row, "period": good[0]})
    return rows


def duties(drafting: Drafting, units: UnitIds) -> list[dict[str, Any]]:
    """Recurring deadlines as duties of the units of their clause."""
    rows: list[dict[str, Any]] = []
    for one in drafting.entries("deadlines"):
        if not is_recurring(one):
            continue
        words = str(one["date"]).removeprefix(RECURRING)
        every = next((name for sign, name in _EVERY if sign.search(words)), None)
        who = units_above(drafting, str(one.get("clause") or ""), units)
        if every is None or not who:
            why = (
                Bilingual("看不出多久一次", "how often is not clear")
                if every is None
                else Bilingual("条款没有写明由谁承担", "the clause names nobody whose duty it is")
            )
            drafting.leave_out("deadline", one, words, why)
            continue
        row: dict[str, Any] = {
            "id": f"duty_{len(rows) + 1}",
            "title": text(one.get("what") or words),
            "clause": drafting.clause(one.get("clause")),
            "who": who,
            "every": every,
        }
        if _ROTATES.search(words):
            row |= {"each": "region", "rotates": True}
        rows.append(row)
    return rows


def _after(one: Entry) -> dict[str, Any]:
    """What a span is counted from; nothing for a dated time."""
    if not is_duration(str(one["date"])):
        return {}
    begin = one_line(one.get("from"))
    return {"after": text(begin) if begin else text(*_NOT_STATED)}


def _outside() -> Bilingual:
    return Bilingual("在计划期之外", "outside the programme's period")
