"""A draft as the next version of a programme: what it says anew, and what stays as people made it.

A reading knows clauses, tasks, targets, times and money. Items with their rules, budgets,
assessments and whatever else only a person can write are carried over from the version in force.
Entries that say the same keep their id, so that the progress of a task stays with it and a
difference shows what is different.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from miaopu.engine.drafting.draft import Files
from miaopu.engine.packs.schema import Pack

Row = dict[str, Any]
_DRAFTED = frozenset(
    {
        *("programme", "title", "region", "period", "source", "zones", "clauses", "units", "tasks"),
        *("phases", "duties", "indicators", "targets", "statistics", "funds", "ratios"),
        "plan_findings",
    }
)
BY_HAND = tuple(part for part in Pack.model_fields if part not in _DRAFTED)
"""The parts of a pack that no reading drafts: a part that is new in the schema is one of them."""
_FILE_OF = {
    **dict.fromkeys(("zones",), "programme.yaml"),
    **dict.fromkeys(("clauses",), "clauses.yaml"),
    **dict.fromkeys(("units", "tasks", "phases", "duties"), "tasks.yaml"),
    **dict.fromkeys(("indicators", "targets", "statistics"), "targets.yaml"),
    **dict.fromkeys(("funds", "ratios"), "funds.yaml"),
}
# What people add to a drafted entry beyond what a reading says of it.
_ADDED: Mapping[str, tuple[str, ...]] = {
    "units": ("level", "collective"),
    "tasks": ("milestones", "doubt"),
    "duties": ("times", "each", "principal", "venues", "reports_to"),
    "indicators": ("adds_up", "counted"),
    "funds": ("period", "level", "each_year", "sums"),
    "ratios": ("fund", "regions"),
    "statistics": ("part_of", "percent"),
    "targets": ("baseline", "increase", "growth_percent", "annual_growth_percent"),
}


@dataclass(frozen=True)
class Onward:
    """The files of the next version; the parts and the clauses that come from the one before."""

    files: Files
    kept: tuple[str, ...]
    kept_clauses: tuple[str, ...]


def onward(files: Files, before: Pack) -> Onward:
    """The draft laid over the version before it."""
    old: Row = before.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    new: Row = {}
    for content in files.values():
        new |= content
    _translate(new, _translations(old))
    renamed = {
        **_keyed(old, new, "units", _title),
        **_keyed(old, new, "indicators", lambda one: (_title(one), _text(one.get("unit")))),
    }
    _listed(old, new, "targets", renamed, _aim)
    for part in ("tasks", "phases", "duties", "statistics", "funds", "ratios"):
        _listed(old, new, part, renamed, lambda one: (_title(one), one.get("clause")), _title)
    _without_lost(new)
    kept = [part for part in BY_HAND if part in old]
    by_hand = {part: old[part] for part in kept}
    named = set(_words((by_hand, [new.get(part) for part in _ADDED])))
    for part in ("units", "indicators"):
        for key, row in old.get(part, {}).items():
            if key in named and key not in new.get(part, {}):
                new.setdefault(part, {})[key] = row
                named.update(_words(row))
    clauses = new.setdefault("clauses", {})
    cited = set(_cited((by_hand, [new.get(part) for part in _ADDED])))
    kept_clauses = [path for path in old["clauses"] if path in cited and path not in clauses]
    clauses |= {path: old["clauses"][path] for path in kept_clauses}
    codes = {zone["code"] for zone in new.get("zones", ())}
    zones = [
        *new.get("zones", ()),
        *(one for one in old.get("zones", ()) if one["code"] not in codes),
    ]
    if zones:
        new["zones"] = zones
    made: Files = {}
    for part, value in new.items():
        made.setdefault(_FILE_OF.get(part, "programme.yaml"), {})[part] = value
    if by_hand:
        made["kept.yaml"] = by_hand
    return Onward(made, tuple(kept), tuple(kept_clauses))


def _title(one: Mapping[str, Any]) -> str:
    return _text(one.get("title"))


def _text(words: Any) -> str:
    return str(words["zh"]) if isinstance(words, Mapping) else str(words or "")


def _aim(one: Mapping[str, Any]) -> tuple[Any, ...]:
    """Which target it is: of what, where, until when."""
    return one.get("indicator"), one.get("region"), one.get("period")


def _keyed(old: Row, new: Row, part: str, same: Callable[[Row], Any]) -> dict[tuple[str, str], str]:
    """Give the entries of a mapping the keys they had; (part, drafted key) → key."""
    before: Mapping[str, Row] = old.get(part, {})
    known = {same(row): key for key, row in reversed(list(before.items()))}
    taken = set(before)
    found: Row = {}
    names = {}
    for drafted, row in new.get(part, {}).items():
        key = known.pop(same(row), None)
        if key is None:
            key = _fresh(drafted, taken)
        else:
            row = _with_added(part, row, before[key])
        taken.add(key)
        names[part, drafted] = key
        found[key] = row
    if found:
        new[part] = found
    return names


def _listed(
    old: Row, new: Row, part: str, renamed: dict[tuple[str, str], str], *same: Callable[[Row], Any]
) -> None:
    """Give the entries of a list the ids they had, in the order of the draft.

    `same` says which entries are one, the surest first: a clause may have another number by now.
    """
    left: dict[str, Row] = {row["id"]: row for row in old.get(part, ())}
    taken = set(left)
    rows = [_referring(row, renamed) for row in new.get(part, ())]
    known: dict[int, Row] = {}
    for telling in same:
        alike: dict[Any, list[str]] = {}
        for key, row in left.items():
            alike.setdefault(telling(row), []).append(key)
        for place, row in enumerate(rows):
            keys = alike.get(telling(row))
            if place not in known and keys:
                known[place] = left.pop(keys.pop(0))
    for place, row in enumerate(rows):
        before = known.get(place)
        if before is not None:
            rows[place] = _with_added(part, {**row, "id": before["id"]}, before)
        else:
            row["id"] = _fresh(row["id"], taken)
            taken.add(row["id"])
    if rows:
        new[part] = rows


def _without_lost(new: Row) -> None:
    """Take out what was added about entries that the plan does not have any more."""
    funds, statistics = (
        {row["id"] for row in new.get(part, ())} for part in ("funds", "statistics")
    )
    for row in new.get("funds", ()):
        if not {one for made in row.get("sums", ()) for one in made["parts"]} <= funds:
            del row["sums"]
    for part, name, known in (("ratios", "fund", funds), ("statistics", "part_of", statistics)):
        for row in new.get(part, ()):
            if name in row and row[name] not in known:
                row.pop(name)
                row.pop("percent", None)


def _referring(row: Row, renamed: Mapping[tuple[str, str], str]) -> Row:
    """The row with units and indicators by the keys they have now."""
    found = dict(row)
    for name in ("lead", "responsible", "cooperate", "who"):
        if name in found:
            found[name] = [renamed.get(("units", one), one) for one in found[name]]
    if "indicator" in found:
        found["indicator"] = renamed.get(("indicators", found["indicator"]), found["indicator"])
    return found


def _with_added(part: str, row: Row, before: Row) -> Row:
    """The row with what people had added; to figures only while they are the same figures."""
    if any(row.get(name) != before.get(name) for name in ("value", "upper", "amount", "parts")):
        return row
    return {**{name: before[name] for name in _ADDED.get(part, ()) if name in before}, **row}


def _fresh(name: str, taken: set[str]) -> str:
    """The name, or with the next free number where another entry has had it."""
    stem, _line, number = name.rpartition("_")
    count = int(number) if stem and number.isdigit() else 1
    base = stem if stem and number.isdigit() else name
    found = name
    while found in taken:
        count += 1
        found = f"{base}_{count}"
    return found


def _translations(value: Any) -> dict[str, str]:
    """The English of every text that people have translated."""
    found: dict[str, str] = {}
    for one in _mappings(value):
        zh, en = one.get("zh"), one.get("en")
        if isinstance(zh, str) and isinstance(en, str) and zh != en:
            found.setdefault(zh, en)
    return found


def _translate(value: Any, known: Mapping[str, str]) -> None:
    """Put in the English that is known for texts that have only their Chinese."""
    for one in _mappings(value):
        zh = one.get("zh")
        if isinstance(zh, str) and one.get("en", zh) == zh and zh in known:
            one["en"] = known[zh]


def _mappings(value: Any) -> Iterable[Row]:
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(value, (dict, list, tuple)):
        for one in inner:
            yield from _mappings(one)


def _words(value: Any) -> Iterable[str]:
    """Every text in a value, keys of mappings too: among them all ids that it names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (str(key) for key in value)
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _words(one)


def _cited(value: Any) -> Iterable[str]:
    """Every clause that a value cites."""
    return (str(one["clause"]) for one in _mappings(value) if isinstance(one.get("clause"), str))
