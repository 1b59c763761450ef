"""Times of a draft: phases, recurring duties, and by when tasks are due."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

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
_DURATION = re.compile(r"P[1-9]\d{0,3}(D|WD|M|Y)", re.ASCII)
_POINT = re.compile(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|H[12]|Q[1-4]))?", re.ASCII)
_NOT_STATED = ("起算日文中未写明", "counted from a day that the text does not state")


def is_recurring(one: Entry) -> bool:
    """Whether a deadline comes again and again."""
    return str(one.get("date") or "").startswith(RECURRING)


def is_time(when: str) -> bool:
    """Whether a pack can hold the time: a day, month, quarter, half-year, year, interval, span."""
    if _DURATION.fullmatch(when):
        return True
    points = when.split("/")
    return len(points) <= 2 and all(_is_point(point) for point in points)


def years_of(when: str) -> tuple[int, int] | None:
    """First and last year of a time that is none of a span's."""
    years = [int(found) for found in re.findall(r"(?<![\d.])((?:19|20)\d\d)(?!\d)", when)]
    return (min(years), max(years)) if years else None


def is_inside(drafting: Drafting, when: str) -> bool:
    """Whether a time lies within the years of the programme, as far as these are known."""
    chosen, years = drafting.choices, years_of(when)
    if years is None or not chosen.start or not chosen.end or _DURATION.fullmatch(when):
        return True
    first, last = _days(when)
    return chosen.start <= first and last <= chosen.end


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
    dated = [one for one in deadlines if not _DURATION.fullmatch(str(one["date"]))]
    last = max(dated, key=lambda one: _days(str(one["date"]))[1]) if dated else deadlines[-1]
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
        if good and not _DURATION.fullmatch(good[0]):
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
    if not _DURATION.fullmatch(str(one["date"])):
        return {}
    begin = one_line(one.get("from"))
    return {"after": text(begin) if begin else text(*_NOT_STATED)}


def _is_point(point: str) -> bool:
    found = _POINT.fullmatch(point)
    if found is None or not 1900 <= int(found[1]) <= 2200:
        return False
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return False
    return True


def _days(when: str) -> tuple[str, str]:
    """First and last day of a dated time, near enough to compare: months end on the 28th or later.

    Days are texts of ISO form; the end of an open month or year is its last possible day.
    """
    begin, _, end = when.partition("/")
    return _edge(begin, last=False), _edge(end or begin, last=True)


def _edge(point: str, *, last: bool) -> str:
    year, _, rest = point.partition("-")
    if rest[:1] in ("H", "Q") and rest:
        months = 6 if rest[0] == "H" else 3
        month = int(rest[1]) * months - (0 if last else months - 1)
        return f"{year}-{month:02d}-{'31' if last else '01'}"
    month_text, _, day = rest.partition("-")
    month_text = month_text or ("12" if last else "01")
    return f"{year}-{month_text}-{day or ('31' if last else '01')}"


def _outside() -> Bilingual:
    return Bilingual("在计划期之外", "outside the programme's period")
