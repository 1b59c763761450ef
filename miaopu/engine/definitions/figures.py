"""Figures as they are printed: digits with at most six decimals."""

from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, Field

Figure = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if type(value) is int else value),
    Field(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$"),
]


def decimals_of(printed: str) -> int:
    """How many decimals are printed."""
    return len(printed.partition(".")[2])


def half_digit(printed: str) -> Fraction:
    """Half of the last printed digit: how far the true number may lie from the printed one."""
    return Fraction(1, 2 * 10 ** decimals_of(printed))


def reach(printed: str) -> tuple[Fraction, Fraction]:
    """The least and greatest number that rounds to what is printed."""
    return Fraction(printed) - half_digit(printed), Fraction(printed) + half_digit(printed)


def shown(number: Fraction, decimals: int = 2) -> str:
    """The number for people, rounded half up to `decimals`."""
    scaled = number * 10**decimals
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    digits = str(whole).rjust(decimals + 1, "0")
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return f"-{text}" if number < 0 and whole else text
