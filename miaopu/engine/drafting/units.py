"""Units of a draft, and its tasks: one for every mark that says who answers for a clause."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from miaopu.engine.drafting.pieces import PREAMBLE, Drafting, Entry, one_line, text

UnitIds = Mapping[str, str]
_LEVELS = (
    (re.compile(r"^(?:国家|国务院|中央)"), "central"),
    (re.compile(r"^(?:省|自治区|全省)"), "province"),
    (re.compile(r"^(?:各)?(?:区|县|旗|乡|镇|街道)|^各(?:地|.{0,3}(?:县|区))"), "county"),
    (re.compile(r"^(?:市|州|盟|全市)"), "city"),
)
_COLLECTIVE = re.compile(r"^(?:各|有关|相关|其他|全体)|(?:有关|相关)(?:单位|部门)|成员单位$")
_PENDING = re.compile(
    r"(?:责任|牵头|配合|负责|实施)(?:单位|部门)?\s*[:：]\s*"
    r"(?P<why>(?:待|暂无|尚未|另行)[^()（）。;；\n]{0,40})"
)
_BETWEEN = re.compile(r"[^。\n]{0,12}")
_ROLES = ("lead", "responsible", "cooperate")


def pending_marks(text_of_plan: str, clauses: Iterable[Entry], known: Iterable[Entry]) -> list[Any]:
    """Marks that name no unit yet (责任单位：待…确定), as entries without units.

    `known` are the responsibilities that were read; a mark among them is not named again.
    """
    spans = [(one["start"], one["end"]) for one in known if one.get("start") is not None]
    tree = list(clauses)
    found = []
    for mark in _PENDING.finditer(text_of_plan):
        start, end = mark.span()
        if any(begin < end and start < finish for begin, finish in spans):
            continue
        found.append(
            {
                "clause": clause_at(tree, start),
                "units": [],
                "role": "responsible",
                "explicit": True,
                "pending": one_line(mark["why"]),
                "raw": mark[0],
                "start": start,
                "end": end,
            }
        )
    return found


def clause_at(clauses: Iterable[Entry], place: int) -> str:
    """The path of the innermost clause around a place, PREAMBLE before the first."""
    around = [one for one in clauses if one["start"] <= place < one["end"]]
    inner = min(around, key=lambda one: one["end"] - one["start"], default=None)
    return str(inner["path"]) if inner is not None else PREAMBLE


def units(drafting: Drafting) -> tuple[UnitIds, dict[str, Any]]:
    """The id of every unit by its name, and the `units` of the pack."""
    ids: dict[str, str] = {}
    rows: dict[str, Any] = {}
    for one in drafting.entries("responsibilities"):
        for printed in one.get("units") or ():
            name = one_line(printed)
            if not name or name in ids:
                continue
            ids[name] = f"unit_{len(ids) + 1}"
            row: dict[str, Any] = {"title": text(name)}
            level = next((level for sign, level in _LEVELS if sign.search(name)), None)
            if level is not None:
                row["level"] = level
            if _COLLECTIVE.search(name):
                row["collective"] = True
            rows[ids[name]] = row
    return ids, rows


def units_above(drafting: Drafting, path: str, ids: UnitIds) -> list[str]:
    """The units of a clause, else of the nearest clause above it that names some."""
    parts = path.split("/")
    while parts:
        here = "/".join(parts)
        names = [
            one_line(name)
            for one in drafting.within("responsibilities", here)
            for name in one.get("units") or ()
        ]
        if names:
            return list(dict.fromkeys(ids[name] for name in names if name in ids))
        parts.pop()
    return []


def marks(drafting: Drafting) -> list[list[Entry]]:
    """Responsibilities that one mark of the plan names together, in the order of the text.

    牵头单位 and 配合单位 in one bracket are one mark with two roles.
    """
    plan = str(drafting.document.get("text") or "")
    groups: list[list[Entry]] = []
    for one in drafting.entries("responsibilities"):
        last = groups[-1][-1] if groups else None
        if last is not None and _is_one_mark(plan, last, one):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _is_one_mark(plan: str, last: Entry, one: Entry) -> bool:
    if not (last.get("explicit") and one.get("explicit")) or last["clause"] != one["clause"]:
        return False
    if last.get("role") == one.get("role") or not last.get("units") or not one.get("units"):
        return False
    start, end = one.get("start"), last.get("end")
    if start is None or end is None:
        return False
    return start <= end or _BETWEEN.fullmatch(plan[end:start]) is not None


def task_of(drafting: Drafting, group: list[Entry], ids: UnitIds, number: int) -> dict[str, Any]:
    """The task of one mark, without its times."""
    first = group[0]
    path = str(first.get("clause") or "")
    title = drafting.title(path) or first.get("title") or _subject(first) or path
    row: dict[str, Any] = {
        "id": f"task_{number}",
        "title": text(title),
        "clause": drafting.clause(path),
    }
    taken: set[str] = set()
    for role in _ROLES:
        names = [
            ids[one_line(name)]
            for one in group
            if one.get("role") == role
            for name in one.get("units") or ()
            if one_line(name) in ids
        ]
        fresh = [name for name in dict.fromkeys(names) if name not in taken]
        taken.update(fresh)
        if fresh:
            row[role] = fresh
    if not taken:
        why = first.get("pending")
        row["pending"] = text(why) if why else text("尚未确定", "not named yet")
    elif not any(one.get("explicit") for one in group):
        row["named"] = "sentence"
    return row


def _subject(one: Entry) -> str:
    return "、".join(str(name) for name in one.get("units") or ())
