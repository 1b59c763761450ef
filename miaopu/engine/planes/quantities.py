"""Exact arithmetic on columns: fractions of 64-bit integers that are never allowed to wrap.

Before anything is computed its largest possible size is worked out from the sizes of its parts;
what could leave 64 bits raises TooLarge, and the caller computes those rows one by one instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from miaopu.engine.facts import INT64_MAX
from miaopu.engine.planes.bits import Bools, Ints

Whole = Ints | int


class TooLarge(ArithmeticError):
    """A result might not fit 64 bits."""


@dataclass(frozen=True)
class Quantity:
    """Fractions `num`/`den`, one for each enterprise; `den` is above zero.

    `known` says where there is a value. `size` and `width` are bounds: |num| ≤ size, den ≤ width,
    unknown rows included.
    """

    num: Whole
    den: Whole
    known: Bools | bool
    size: int
    width: int

    def checked(self) -> Quantity:
        """Itself; raises TooLarge where a bound is beyond 64 bits."""
        if self.size > INT64_MAX or self.width > INT64_MAX:
            raise TooLarge
        return self


@lru_cache(maxsize=4096)
def constant(value: int | Fraction | None) -> Quantity:
    """The same value for everybody; None is unknown."""
    if value is None:
        return Quantity(0, 1, False, 0, 1)
    exact = Fraction(value)
    return Quantity(
        exact.numerator, exact.denominator, True, abs(exact.numerator), exact.denominator
    ).checked()


def whole(numbers: Ints, known: Bools) -> Quantity:
    """Whole numbers; those of unknown rows count for nothing but the bound."""
    size = max(-int(numbers.min()), int(numbers.max())) if len(numbers) else 0
    return Quantity(numbers, 1, known, size, 1).checked()


def total(parts: Sequence[Quantity], signs: Sequence[str]) -> Quantity:
    """Sum with a sign ("+", "-") before each part; unknown as soon as one part is."""
    result = parts[0] if signs[0] == "+" else negative(parts[0])
    for part, sign in zip(parts[1:], signs[1:], strict=True):
        left, right, den, width = _alike(result, part)
        size = left.size + right.size
        _fits(size)
        num = left.num + right.num if sign == "+" else left.num - right.num
        result = Quantity(num, den, _both(left.known, right.known), size, width)
    return result


def product(parts: Sequence[Quantity], signs: Sequence[str]) -> Quantity:
    """Product, with "/" before a divisor; a division by zero is unknown."""
    result = parts[0] if signs[0] == "*" else _inverse(parts[0])
    for part, sign in zip(parts[1:], signs[1:], strict=True):
        factor = part if sign == "*" else _inverse(part)
        size, width = result.size * factor.size, result.width * factor.width
        _fits(size, width)
        result = Quantity(
            result.num * factor.num,
            result.den * factor.den,
            _both(result.known, factor.known),
            size,
            width,
        )
    return result


def negative(part: Quantity) -> Quantity:
    """The same below zero."""
    return Quantity(-part.num, part.den, part.known, part.size, part.width)


def compare(left: Quantity, right: Quantity, test: Callable[[Whole, Whole], Bools]) -> Bools:
    """`test` over the two, brought to one denominator; unknown rows hold anything."""
    one, other, _den, _width = _alike(left, right)
    return test(one.num, other.num)


def extreme(parts: Sequence[Quantity], choose: Callable[[Whole, Whole], Ints]) -> Quantity:
    """Least or greatest; unknown as soon as one part is."""
    result = parts[0]
    for part in parts[1:]:
        one, other, den, width = _alike(result, part)
        result = Quantity(
            choose(one.num, other.num),
            den,
            _both(one.known, other.known),
            max(one.size, other.size),
            width,
        )
    return result


def choose(where: Bools, one: Quantity, other: Quantity) -> Quantity:
    """`one` where `where` holds, else `other`."""
    left, right, den, width = _alike(one, other)
    return Quantity(
        np.where(where, left.num, right.num),
        den,
        np.where(where, left.known, right.known),
        max(left.size, right.size),
        width,
    )


def in_whole_fen(amount: Quantity, rows: int) -> tuple[Ints, Bools]:
    """Amounts rounded to the fen, half up, and where there is one."""
    if isinstance(amount.den, int) and amount.den == 1:
        fen = amount.num
    else:
        _fits(2 * amount.size + amount.width, 2 * amount.width)
        fen = (2 * amount.num + amount.den) // (2 * amount.den)
    return _for_all(fen, np.int64, rows), _for_all(amount.known, np.bool_, rows)


def _for_all(found: Any, kind: type, rows: int) -> npt.NDArray[Any]:
    """One value for each row."""
    if isinstance(found, np.ndarray) and found.shape == (rows,):
        return found
    return np.broadcast_to(np.asarray(found, dtype=kind), (rows,))


def _inverse(part: Quantity) -> Quantity:
    if isinstance(part.num, int):
        if part.num == 0:
            return constant(None)
        num, den = (part.den, part.num) if part.num > 0 else (-part.den, -part.num)
        return Quantity(num, den, part.known, part.width, abs(part.size))
    zero = part.num == 0
    return Quantity(
        np.where(part.num < 0, -part.den, part.den),
        np.where(zero, 1, np.abs(part.num)),
        _both(part.known, ~zero),
        part.width,
        max(part.size, 1),
    )


def _alike(left: Quantity, right: Quantity) -> tuple[Quantity, Quantity, Whole, int]:
    """Both over one denominator, and that denominator with its bound."""
    if isinstance(left.den, int) and isinstance(right.den, int):
        if left.den == right.den:
            return left, right, left.den, left.width
        common = left.den * right.den // int(np.gcd(left.den, right.den))
        return (
            _stretched(left, common // left.den, common),
            _stretched(right, common // right.den, common),
            common,
            common,
        )
    width = left.width * right.width
    _fits(left.size * right.width, right.size * left.width, width)
    den = left.den * right.den
    one = Quantity(left.num * right.den, den, left.known, left.size * right.width, width)
    other = Quantity(right.num * left.den, den, right.known, right.size * left.width, width)
    return one, other, den, width


def _stretched(part: Quantity, factor: int, den: int) -> Quantity:
    _fits(part.size * factor, den)
    return Quantity(part.num * factor, den, part.known, part.size * factor, den)


def _both(one: Bools | bool, other: Bools | bool) -> Bools | bool:
    if isinstance(one, bool):
        return other if one else False
    if isinstance(other, bool):
        return one if other else False
    return np.logical_and(one, other)


def _fits(*bounds: int) -> None:
    if max(bounds) > INT64_MAX:
        raise TooLarge
