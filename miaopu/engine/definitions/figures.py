"""Figures as they are printed: digits with at most six decimals."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Literal

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


def sum_grade(
    stated: str, parts: Sequence[str], *, counted: bool
) -> tuple[Fraction, Literal["possible-rounding", "error"] | None]:
    """The sum of printed parts, and how far it may stand for the printed whole.

    None where they agree: to the same decimal they add up exactly; finer parts may miss the whole
    by half of its last digit. Else whether the rounding of all parts together can explain the
    difference; figures that are `counted` are never off by rounding.
    """
    total = sum(map(Fraction, parts), Fraction(0))
    finest = min(map(half_digit, parts))
    difference = abs(Fraction(stated) - total)
    if not difference or (finest < half_digit(stated) and difference <= half_digit(stated)):
        return total, None
    slack = half_digit(stated) + sum(map(half_digit, parts), Fraction(0))
    return total, "possible-rounding" if not counted and difference <= slack else "error"
