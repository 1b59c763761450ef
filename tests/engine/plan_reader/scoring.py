"""Scores a reading against an annotation: found, read and annotated items of each part."""

import calendar
import re
import unicodedata
from collections.abc import Callable
from typing import Any

Item = dict[str, Any]
PARTS = ("clauses", "responsibilities", "targets", "deadlines", "money", "citations")


def plain(text: object) -> str:
    """Words only: widths folded, spaces and punctuation gone."""
    folded = unicodedata.normalize("NFKC", str(text or "")).translate(str.maketrans("〔〕", "()"))
    return re.sub(r"[^\w%]", "", folded)


def path(text: object) -> str:
    """A clause's path, widths folded."""
    return unicodedata.normalize("NFKC", str(text or "")).replace(" ", "")


def _near(a: Item, b: Item) -> bool:
    first, second = path(a["clause"]), path(b["clause"])
    return f"{first}/".startswith(f"{second}/") or f"{second}/".startswith(f"{first}/")


def _quantity(a: Item, b: Item) -> bool:
    return (
        str(a["value"]) == str(b["value"]) and plain(a["unit"]) == plain(b["unit"]) and _near(a, b)
    )


def _same_target(read: Item, annotated: Item) -> bool:
    year = str(annotated["date"] or "").split("/")[-1][:4]
    scope = plain(annotated["scope"]) if annotated["scope"] else ""
    return (
        _quantity(read, annotated)
        and str(read["date"] or "").split("/")[-1].startswith(year)
        and (not annotated.get("listed") or scope in plain(read["scope"]))
    )


def _day(text: str) -> str:
    if text.startswith("recurring:"):
        return "recurring"
    if "/" in text:
        begin, end = text.split("/")
        return f"{begin[:7]}/{_day(end)}"
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return f"{text}-{calendar.monthrange(int(text[:4]), int(text[5:]))[1]:02d}"
    return f"{text}-12-31" if re.fullmatch(r"\d{4}", text) else text


def _same_deadline(read: Item, annotated: Item) -> bool:
    first, second = _day(read["date"]), _day(annotated["date"])
    return (first == second or first == second.split("/")[-1]) and _near(read, annotated)


def _same_citation(read: Item, annotated: Item) -> bool:
    if read["number"] and annotated["number"]:
        return plain(read["number"]) == plain(annotated["number"])
    return bool(annotated["title"]) and plain(read["title"]) == plain(annotated["title"])


def _hits(read: list[Item], annotated: list[Item], same: Callable[[Item, Item], bool]) -> int:
    left, hits = list(read), 0
    for one in annotated:
        for place, other in enumerate(left):
            if same(other, one):
                hits += 1
                del left[place]
                break
    return hits


def _units(rows: list[Item]) -> set[tuple[str, str, str]]:
    explicit = (row for row in rows if row["explicit"])
    return {(path(r["clause"]), plain(unit), r["role"]) for r in explicit for unit in r["units"]}


def counts(read: Item, annotated: Item) -> dict[str, tuple[int, int, int]]:
    """Of each part: found as annotated, read, annotated."""
    clauses = [{path(one["path"]) for one in side["clauses"]} for side in (read, annotated)]
    units = [_units(side["responsibilities"]) for side in (read, annotated)]
    rows = {
        "clauses": (len(clauses[0] & clauses[1]), len(clauses[0]), len(clauses[1])),
        "responsibilities": (len(units[0] & units[1]), len(units[0]), len(units[1])),
    }
    for part, key, same in (
        ("targets", "targets", _same_target),
        ("deadlines", "deadlines", _same_deadline),
        ("money", "funding", _quantity),
        ("citations", "citations", _same_citation),
    ):
        expected = annotated[key]
        if part == "targets":
            expected = _with_lists(expected)
        rows[part] = (_hits(read[part], expected, same), len(read[part]), len(expected))
    return rows


def _with_lists(targets: list[Item]) -> list[Item]:
    """In an enumeration over districts the right value must stand at the right district."""

    def key(one: Item) -> tuple[str, str, str | None]:
        return one["clause"], one["indicator"], one["date"]

    keys = [key(one) for one in targets]
    return [{**one, "listed": bool(one["scope"]) and keys.count(key(one)) > 3} for one in targets]


def f1(rows: list[tuple[int, int, int]]) -> float:
    """F1 over all documents together."""
    found, read, annotated = (sum(column) for column in zip(*rows, strict=True))
    return 2 * found / (read + annotated) if read + annotated else 1.0
