"""The names and figures that expressions are read out with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from miaopu.engine.expressions.tree import HUNDRED
from miaopu.engine.facts import Fact
from miaopu.engine.messages import Bilingual
from miaopu.engine.reference import industries, regions

_REGION_LENGTH = 6
# The English names of the sections: GB/T 4754-2017 has none, its model ISIC Rev. 4 has most.
_SECTIONS_EN = {
    "A": "Agriculture, forestry, animal husbandry and fishery",
    "B": "Mining",
    "C": "Manufacturing",
    "D": "Electricity, heat, gas and water supply",
    "E": "Construction",
    "F": "Wholesale and retail trade",
    "G": "Transport, storage and post",
    "H": "Accommodation and catering",
    "I": "Information transmission, software and information technology",
    "J": "Finance",
    "K": "Real estate",
    "L": "Leasing and business services",
    "M": "Scientific research and technical services",
    "N": "Water conservancy, environment and public facilities",
    "O": "Household, repair and other services",
    "P": "Education",
    "Q": "Health and social work",
    "R": "Culture, sports and entertainment",
    "S": "Public administration, social security and social organisations",
    "T": "International organisations",
}


@dataclass(frozen=True)
class Vocabulary:
    """The names that words are made of: facts, and the places a pack adds to the region table."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    places: Mapping[str, Bilingual] = field(default_factory=dict)


def place_name(prefix: str, words: Vocabulary) -> Bilingual:
    """The name of the region whose code, or first digits of it, are `prefix`."""
    code = prefix.ljust(_REGION_LENGTH, "0")
    if code in words.places:
        return words.places[code]
    region = regions().get(code)
    if region is None:
        return Bilingual(prefix, prefix)
    return Bilingual(region.name, f"{region.name} ({prefix})")


def industry_name(code: str) -> Bilingual:
    """The name of the industry `code` (letter, digits, or both)."""
    entry = industries().get(code) or industries().get(code[1:])
    if entry is None:
        return Bilingual(f"行业 {code}", f"industry {code}")
    english = _SECTIONS_EN.get(code, entry.name)
    return Bilingual(f"{entry.name}（{code}）", f"{english} ({code})")


def format_number(value: int | Fraction, scale: int) -> str:
    """A number stored at `scale` as a plain figure: 3,000,000, 0.05, or 1/3 where it never ends."""
    if isinstance(value, int) and (scale == 0 or value % HUNDRED == 0 and scale == 1):
        return f"{value // HUNDRED**scale:,}"
    plain = Fraction(value) / Fraction(HUNDRED) ** scale
    if plain.denominator == 1:
        return f"{plain.numerator:,}"
    rest = plain.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    if rest != 1:
        return f"{plain.numerator:,}/{plain.denominator:,}"
    return f"{Decimal(plain.numerator) / Decimal(plain.denominator):,f}"
