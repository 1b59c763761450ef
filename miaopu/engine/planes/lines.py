"""Amounts that depend on one number at the most, as straight lines: from which number on which.

That is what rules mostly pay: a sum, so much for each person or m², a share of what was spent, the
least or the greatest of these, one sum up to a figure and another above it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import partial, reduce
from math import lcm
from typing import NamedTuple, TypeVar, cast

import numpy as np

from miaopu.engine.expressions.tree import COMPARISONS, Kind, Node, Op
from miaopu.engine.facts import INT64_MAX
from miaopu.engine.planes.truth import TESTS

REACH = 2**40  # how far from 0 numbers are looked at, as in blocks.c
LINE = np.dtype([(name, np.int64) for name in ("from", "slope", "start", "divisor")])
_MOST = 16  # lines; each costs an enterprise a comparison
_T = TypeVar("_T")
_U = TypeVar("_U")


class NotStraight(Exception):
    """An amount that is something else."""


class Line(NamedTuple):
    """`slope` for each unit of the number, and `start` where it is 0."""

    slope: Fraction
    start: Fraction

    def at(self, number: int) -> Fraction:
        """The value for one number."""
        return self.slope * number + self.start

    def times(self, factor: Fraction) -> Line:
        """So many times the same."""
        return Line(self.slope * factor, self.start * factor)

    def plus(self, other: Line) -> Line:
        """Both together."""
        return Line(self.slope + other.slope, self.start + other.start)


# from which number on what holds; the first from -REACH on
Stretches = list[tuple[int, _T]]


def lines_of(amount: Node, scale: int) -> list[tuple[int, int, int, int]]:
    """An amount in fen as rows of LINE, rounded half up when divided and rounded down.

    Its fact is stored in units of `scale`. Raises NotStraight where it is no such amount, where it
    may be unknown though the fact is known, or where a sum might leave 64 bits.
    """
    if len(amount.fact_names()) > 1:
        raise NotStraight
    found = _numbers(amount, scale)
    ends = [first for first, _line in found[1:]] + [REACH + 1]
    return [_in_whole_fen(first, line, end) for (first, line), end in zip(found, ends, strict=True)]


def _in_whole_fen(first: int, line: Line, end: int) -> tuple[int, int, int, int]:
    """⌊value + ½⌋ of one line, with one division at the most."""
    divisor = 2 * lcm(line.slope.denominator, line.start.denominator)
    slope, start = int(line.slope * divisor), int(line.start * divisor) + divisor // 2
    if slope % divisor == 0:
        slope, start, divisor = slope // divisor, start // divisor, 1
    ends = (slope * first, slope * (end - 1))
    sums = [abs(one) for one in ends] + [abs(one + start) for one in ends]
    if max(*sums, abs(slope), abs(start), divisor) > INT64_MAX:
        raise NotStraight
    return first, slope, start, divisor


def _numbers(node: Node, scale: int) -> Stretches[Line]:
    if node.kind is not Kind.NUMBER:
        raise NotStraight
    parts = list(node.children)
    match node.op:
        case Op.FACT:
            return _everywhere(Line(Fraction(scale), Fraction(0)))
        case Op.CONST if isinstance(node.value, int | Fraction):
            return _everywhere(Line(Fraction(0), Fraction(node.value)))
        case Op.NEGATIVE:
            return _times(_numbers(parts[0], scale), Fraction(-1))
        case Op.SCALED:
            return _times(_numbers(parts[0], scale), Fraction(cast(int, node.value)))
        case Op.SUM:
            signs = cast(tuple[str, ...], node.value)
            terms = [
                _times(_numbers(part, scale), Fraction(1 if sign == "+" else -1))
                for part, sign in zip(parts, signs, strict=True)
            ]
            return reduce(lambda one, other: _each(_both(one, other), Line.plus), terms)
        case Op.PRODUCT:
            return _product(node, scale)
        case Op.LEAST | Op.GREATEST:
            choose = min if node.op is Op.LEAST else max
            return reduce(partial(_extreme, choose), (_numbers(part, scale) for part in parts))
        case Op.CASE if len(parts) % 2:
            found = _numbers(parts.pop(), scale)
            pairs = list(zip(parts[0::2], parts[1::2], strict=True))
            for condition, value in reversed(pairs):
                when, then = _truths(condition, scale), _numbers(value, scale)
                chosen = _both(_both(when, then), found)
                found = [(first, one if true else other) for first, ((true, one), other) in chosen]
            return found
    raise NotStraight


def _product(node: Node, scale: int) -> Stretches[Line]:
    """A product in which one factor at the most depends on the number."""
    factor, found = Fraction(1), None
    for part, sign in zip(node.children, cast(tuple[str, ...], node.value), strict=True):
        lines = _numbers(part, scale)
        if not part.fact_names():
            same = lines[0][1].start
            if sign == "/" and not same:
                raise NotStraight
            factor *= same if sign == "*" else 1 / same
        elif found is None and sign == "*":
            found = lines
        else:
            raise NotStraight
    return _times(found or _everywhere(Line(Fraction(0), Fraction(1))), factor)


def _extreme(
    choose: Callable[..., Line], one: Stretches[Line], other: Stretches[Line]
) -> Stretches[Line]:
    def at(first: int) -> Callable[[Line], Fraction]:
        return lambda line: line.at(first)

    return [(first, choose(lines, key=at(first))) for first, lines in _crossed(one, other)]


def _truths(node: Node, scale: int) -> Stretches[bool]:
    if node.op is Op.NOT:
        return [(first, not true) for first, true in _truths(node.children[0], scale)]
    if node.op in (Op.AND, Op.OR):
        join = all if node.op is Op.AND else any
        return reduce(
            lambda one, other: _each(_both(one, other), lambda *both: join(both)),
            (_truths(part, scale) for part in node.children),
        )
    if node.op not in COMPARISONS:
        raise NotStraight
    left, right = (_numbers(part, scale) for part in node.children)
    test = cast(Callable[[Fraction, Fraction], bool], TESTS[node.op])
    return [
        (first, test(one.at(first), other.at(first)))
        for first, (one, other) in _crossed(left, right)
    ]


def _everywhere(value: _T) -> Stretches[_T]:
    return [(-REACH, value)]


def _times(lines: Stretches[Line], factor: Fraction) -> Stretches[Line]:
    return [(first, line.times(factor)) for first, line in lines]


def _each(both: Iterable[tuple[int, tuple[_T, _T]]], join: Callable[[_T, _T], _T]) -> Stretches[_T]:
    return [(first, join(*values)) for first, values in both]


def _both(one: Stretches[_T], other: Stretches[_U]) -> Stretches[tuple[_T, _U]]:
    """What holds of both, from wherever either changes."""
    starts = sorted({first for first, _value in [*one, *other]})
    if len(starts) > _MOST:
        raise NotStraight
    return [(first, (_held(one, first), _held(other, first))) for first in starts]


def _held(stretches: Stretches[_T], number: int) -> _T:
    return [value for first, value in stretches if first <= number][-1]


def _crossed(
    one: Stretches[Line], other: Stretches[Line]
) -> Iterator[tuple[int, tuple[Line, Line]]]:
    """Both lines, from wherever either changes or one begins or ceases to be above the other."""
    both = _both(one, other)
    ends = [first for first, _lines in both[1:]] + [REACH + 1]
    for (first, lines), end in zip(both, ends, strict=True):
        starts = {first}
        steep = lines[0].slope - lines[1].slope
        if steep:
            crossing = (lines[1].start - lines[0].start) / steep
            below = crossing.numerator // crossing.denominator  # the last number up to it
            starts |= {-(-crossing.numerator // crossing.denominator), below + 1}
        for start in sorted(starts):
            if first <= start < end:
                yield start, lines
