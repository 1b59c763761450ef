"""The table of size bounds, its scopes resolved to industries of GB/T 4754-2017."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from miaopu.engine.messages import Bilingual
from miaopu.engine.reference import data_rows, industries

VALID_FROM = date(2017, 12, 28)
INDICATORS: Mapping[str, Bilingual] = {
    "employees": Bilingual("从业人员", "employees"),
    "revenue": Bilingual("营业收入", "revenue"),
    "assets": Bilingual("资产总额", "total assets"),
}
# The table's "84" was social work in the industry codes of 2011; in those of 2017 that is 85.
UNCONFIRMED = frozenset({"84", "85", "Q"})

_CLASS_LEVEL = 4


@dataclass(frozen=True)
class Standard:
    """One group of industries: per indicator the lower bounds of large, medium, small."""

    name: str
    scope: str
    bounds: tuple[tuple[str, tuple[Decimal, ...]], ...]


@cache
def standards() -> tuple[Standard, ...]:
    """The groups of the standard, in its order."""
    return tuple(
        Standard(row["industry"], row["scope_gbt4754"], _bounds(row))
        for row in data_rows("size_standard_2017.csv")
    )


@cache
def industry_named(text: str) -> str | None:
    """The code that `text` names ("I65" is "65"), or None: unknown, or under another letter."""
    plain = text.strip().upper()
    letter, digits = (plain[:1], plain[1:]) if plain[:1].isalpha() else ("", plain)
    if letter and not digits:
        return letter if letter in industries() else None
    section = _sections().get(digits)
    if section is None or letter not in ("", section):
        return None
    return digits


def nearest_industry(text: str) -> str | None:
    """The group or division that a class of an older edition fell under: "6510" was in "651"."""
    plain = text.strip().upper()
    digits = plain[1:] if plain[:1].isalpha() else plain
    if not (digits.isascii() and digits.isdecimal() and len(digits) in (3, 4)):
        return None
    shorter = (plain[: len(plain) - cut] for cut in range(1, len(digits) - 1))
    return next((found for one in shorter if (found := industry_named(one))), None)


@cache
def groups_of(code: str) -> tuple[Standard | None, ...]:
    """The groups of the standard that the classes under `code` belong to; None stands for none."""
    found = dict.fromkeys(_group_by_class().get(industry) for industry in _classes_within(code))
    return tuple(found)


def decimal_text(number: Decimal) -> str:
    """The number without exponent and trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _bounds(row: Mapping[str, str]) -> tuple[tuple[str, tuple[Decimal, ...]], ...]:
    return tuple(
        (
            row[f"indicator_{number}"],
            tuple(Decimal(row[f"{name}_{number}"]) for name in ("large", "medium", "small")),
        )
        for number in (1, 2)
        if row[f"indicator_{number}"]
    )


@cache
def _sections() -> Mapping[str, str]:
    """The section letter of every numeric code, groups of a single class included."""
    sections = {}
    for industry in industries().values():
        for code in (industry.code, industry.division, industry.group):
            if code.isdigit():
                sections[code] = industry.section
    return sections


@cache
def _group_by_class() -> Mapping[str, Standard]:
    return {industry: standard for standard in standards() for industry in _scope(standard.scope)}


def _scope(text: str) -> set[str]:
    """The classes that a scope such as "B;C", "7010" or "70 except 7010 and 7020" covers."""
    covered: set[str] = set()
    for part in text.split(";"):
        whole, _, excepted = part.partition(" except ")
        covered |= set(_classes_within(whole.strip()))
        if excepted:
            for code in excepted.split(" and "):
                covered -= set(_classes_within(code.strip()))
    return covered


def _classes_within(code: str) -> tuple[str, ...]:
    return tuple(
        industry.code
        for industry in industries().values()
        if industry.level == _CLASS_LEVEL
        and code in (industry.section, industry.division, industry.group, industry.code)
    )
