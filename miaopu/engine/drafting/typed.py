"""Words that a person has typed about an item: units, ratios, how often."""

from __future__ import annotations

import re

from miaopu.engine.drafting.times import RECURRING, is_time

MONEY_UNITS = ("元", "万元", "亿元", "ratio")
_AGAIN = re.compile(r"每|一月一|季末|月底|年底|年末|定期|every|monthly|quarterly|yearly")
_RATIO = re.compile(r"\d{1,4}(\.\d{1,4})?([:：∶]\d{1,4}(\.\d{1,4})?)+")
_UNITS = re.compile(r"[、，,;；\n]+")


def is_ratio(words: str) -> bool:
    """Whether the words are a ratio such as 7:1:2."""
    return _RATIO.fullmatch(words) is not None


def split_units(words: str) -> list[str]:
    """Units that are separated by commas or the like."""
    return [name.strip() for name in _UNITS.split(words) if name.strip()]


def typed_time(words: str) -> str | None:
    """A time as `plan read` writes it, with its mark where it recurs; None where it is none."""
    said = words.strip().replace("／", "/")
    if not said or is_time(said):
        return said
    if said.startswith(RECURRING):
        return said
    return f"{RECURRING}{said}" if _AGAIN.search(said) else None


def without_mark(when: str) -> str:
    """A time without the mark of what recurs."""
    return when.removeprefix(RECURRING)
