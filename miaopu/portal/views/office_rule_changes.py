"""Two rules side by side: each line in its expression and in words, and what differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.plans.rule_reading import read
from miaopu.portal import present
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.public_shared import LEVEL_NAMES

if TYPE_CHECKING:
    from miaopu.engine.packs.rule_parts import Part
    from miaopu.engine.packs.schema import Pack

Row = dict[str, str]
Packs = tuple["Pack", "Pack"]
Parts = tuple["Part | None", "Part"]


def _text(pack: Pack, entry: Any) -> str:
    """A condition or priority as one text: expression, reading, points."""
    if not entry:
        return ""
    parts = [present.in_language(entry["title"])]
    if entry.get("when"):
        parts += [entry["when"], present.read_aloud(read(pack, entry["when"]))]
    if entry.get("decide"):
        parts.append(present.in_language(entry["decide"]))
    if "points" in entry:
        parts.append(gettext("%(points)s 分") % {"points": entry["points"]})
    return " · ".join(dict.fromkeys(part for part in parts if part))


def _amount(pack: Pack, part: Part) -> str:
    source = part["amount"]
    if not source:
        return ""
    return " · ".join((source, present.read_aloud(read(pack, source, amount=True))))


def _shares(part: Part) -> str:
    """What each level bears, the highest first: a stored part keeps no order."""
    return " ∶ ".join(
        f"{name} {part['shares'][level]}"
        for level, name in LEVEL_NAMES.items()
        if level in part["shares"]
    )


def _values(part: Part, name: str) -> str:
    return gettext("；").join(
        gettext("%(from)s 起 %(value)s") % one for one in part["parameters"].get(name, ())
    )


def _lines(packs: Packs, parts: Parts) -> Iterator[tuple[str, str, str]]:
    """What each line is, and what it says on either side."""
    old, new = parts[0] or {}, parts[1]
    for key, word in (("conditions", gettext("条件")), ("priority", gettext("优先"))):
        before, after = ({one["id"]: one for one in part.get(key, ())} for part in (old, new))
        for name in dict.fromkeys((*before, *after)):
            title = present.in_language((after.get(name) or before[name])["title"])
            sides = (before.get(name), after.get(name))
            yield (f"{word} · {title}", _text(packs[0], sides[0]), _text(packs[1], sides[1]))
    named = dict.fromkeys((*old.get("parameters", ()), *new["parameters"]))
    yield (gettext("金额"), _amount(packs[0], old) if old else "", _amount(packs[1], new))
    yield (gettext("各级分担"), _shares(old) if old else "", _shares(new))
    for name in named:
        yield (f"@{name}", _values(old, name) if old else "", _values(new, name))


def _rows(packs: Packs, parts: Parts) -> list[Row]:
    return [
        {
            "what": what,
            "old": before or gettext("（没有）"),
            "new": after or gettext("（去掉）"),
            "same": "yes" if before == after else "",
        }
        for what, before, after in _lines(packs, parts)
        if before or after
    ]


def change_table(packs: Packs, parts: Parts, names: tuple[str, str]) -> Table:
    """What the second of two rules changes; `names` are those of either side."""
    columns = (
        Column("what", _("哪一项")),
        Column("old", names[0]),
        Column("new", names[1]),
    )
    return Table(
        columns,
        [row for row in _rows(packs, parts) if not row["same"]],
        gettext("修改了什么"),
        empty=gettext("与现行规则没有不同"),
        empty_hint=gettext("打开“修改规则”，改动后保存。"),
    )


def sides_table(packs: Packs, parts: Parts, names: tuple[str, str]) -> Table:
    """Two rules line by line, those that differ first; one rule where the first part is None."""
    rows = _rows(packs, parts)
    if parts[0] is None:
        alone = (Column("what", _("哪一项")), Column("new", names[1]))
        return Table(alone, rows, gettext("测算的是什么规则"))
    for row in rows:
        if row["same"]:
            row["new"] = gettext("（相同）")
    columns = (
        Column("what", _("哪一项")),
        Column("old", names[0]),
        Column("new", names[1]),
    )
    rows.sort(key=lambda row: bool(row["same"]))
    return Table(columns, rows, gettext("两个版本的规则"))
