"""What drafting works on, and the small pieces of a pack that it makes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from miaopu.engine.messages import Bilingual

Entry = Mapping[str, Any]
WHOLE = "*"
"""The choice for a scope that means the whole region of the programme."""
PREAMBLE = "preamble"
LONGEST_PATH = 60
_LONGEST_TITLE = 80
_KINDS = (
    *("clauses", "responsibilities", "targets", "deadlines", "money", "citations", "repairs"),
    "checks",
)
_FIGURE = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


@dataclass(frozen=True)
class NewZone:
    """A zone that the region table does not have: its code, its name, the city above it."""

    code: str
    name: str
    parent: str
    name_en: str = ""


@dataclass(frozen=True)
class Choices:
    """What a reading cannot know and a person says; what is empty is left out of the draft.

    `scopes` gives for the places of targets, as printed, a region code or WHOLE; a place that is
    not in it has its targets left out. `start` and `end` are days (2018-01-01).
    """

    programme: str = ""
    title: str = ""
    title_en: str = ""
    region: str = ""
    start: str = ""
    end: str = ""
    scopes: Mapping[str, str] = field(default_factory=dict)
    zones: tuple[NewZone, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """An entry that could not be put into the pack, and why; `item` is the entry's own `item`."""

    kind: str
    text: str
    why: Bilingual
    item: int | None = None


@dataclass
class Drafting:
    """The work on one draft: the document, the choices, and what was left out so far."""

    document: Mapping[str, Any]
    choices: Choices
    left_out: list[LeftOut] = field(default_factory=list)
    cited: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._entries: dict[str, list[Entry]] = {}
        self._within: dict[tuple[str, str], list[Entry]] = {}
        for kind in _KINDS:
            found: Sequence[Entry] = self.document.get(kind) or ()
            self._entries[kind] = sorted(found, key=lambda one: one.get("start") or 0)
            for one in self._entries[kind]:
                self._within.setdefault((kind, str(one.get("clause") or "")), []).append(one)
        self._clauses = {str(one["path"]): one for one in reversed(self.entries("clauses"))}
        self._below: dict[str, list[str]] = {}
        for path in self._clauses:
            self._below.setdefault(path.rpartition("/")[0], []).append(path)

    def entries(self, kind: str) -> list[Entry]:
        """The entries of a list of the document, as they stand in the text."""
        return self._entries[kind]

    def within(self, kind: str, path: str) -> list[Entry]:
        """The entries that belong to a clause itself, not to one below it."""
        return self._within.get((kind, path), [])

    def below(self, path: str) -> list[str]:
        """The clauses just below one."""
        return self._below.get(path, [])

    def title(self, path: str) -> str:
        """The heading of a clause, "" where it has none."""
        found = self._clauses.get(path)
        return str(found.get("title") or "") if found is not None else ""

    def clause(self, path: object) -> str:
        """The clause to cite for `path`: itself, the nearest above it, or PREAMBLE."""
        parts = str(path or "").split("/")
        while parts and "/".join(parts) not in self._clauses:
            parts.pop()
        found = short_path("/".join(parts)) or PREAMBLE
        self.cited.add(found)
        return found

    def leave_out(self, kind: str, one: Entry, text: str, why: Bilingual) -> None:
        """Say that an entry is not in the pack."""
        self.left_out.append(LeftOut(kind, text, why, one.get("item")))


def short_path(path: str) -> str:
    """The path of a clause within the length that a pack's references have room for."""
    return path if len(path) <= LONGEST_PATH else path[-LONGEST_PATH:].lstrip("/")


def text(zh: object, en: object = "") -> dict[str, str]:
    """A text of a pack; until a person has translated it, Chinese stands for both languages."""
    plain = one_line(zh)
    return {"zh": plain, "en": one_line(en) or plain}


def one_line(words: object) -> str:
    """Words on one line, cut where they are long."""
    plain = " ".join(str(words or "").split())
    return plain if len(plain) <= _LONGEST_TITLE else f"{plain[: _LONGEST_TITLE - 1]}…"


def figure(value: object) -> str | None:
    """A number as packs write figures, None where it is none or too fine."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    digits = format(number, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits if _FIGURE.fullmatch(digits) else None
