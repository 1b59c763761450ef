"""Amounts that depend on one number at the most, as straight lines: from which number on which.

That is what rules mostly pay: a sum, so much for each person or m², a share of what was spent, the
least or the greatest of these, one sum up to a figure and another above it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import partial, reduce
from math import lcm
from operator import and_, gt, lt, or_
from typing import NamedTuple, TypeVar, cast

import numpy as np

from miaopu.engine.expressions.evaluate import runnable
from miaopu.engine.expressions.tree import COMPARISONS, Kind, Node, Op
from miaopu.engine.facts import INT64_MAX
from miaopu.engine.planes.truth import TESTS

REACH = 2**40  # how far from 0 numbers are looked at, as in blocks.c
LINE = np.dtype([(name, np.int64) for name in ("from", "slope", "start", "divisor")])
_MOST = 16  # lines; each costs an enterprise a comparison
_T = TypeVar("_T")
_U = TypeVar("_U")
_V = TypeVar("_V")


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
    may be unknown though the fact is known or known though the fact is not (a CASE that another
    condition decides), or where a sum might leave 64 bits.
    """
    names = amount.fact_names()
    if len(names) > 1 or (names and runnable(amount).value({names[0]: None}) is not None):
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
            test = lt if node.op is Op.LEAST else gt
            return reduce(partial(_extreme, test), (_numbers(part, scale) for part in parts))
        case Op.CASE if len(parts) % 2:
            found = _numbers(parts.pop(), scale)
            pairs = list(zip(parts[0::2], parts[1::2], strict=True))
            for condition, value in reversed(pairs):
                then = _each(_both(_numbers(value, scale), found), lambda *lines: lines)
                when = _truths(condition, scale)
                found = _each(_both(when, then), lambda true, lines: lines[not true])
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
    test: Callable[[Fraction, Fraction], bool], one: Stretches[Line], other: Stretches[Line]
) -> Stretches[Line]:
    """The one where `test` holds between both, else the other."""
    return _each(_crossed(one, other, test), lambda first, lines: lines[0] if first else lines[1])


def _truths(node: Node, scale: int) -> Stretches[bool]:
    if node.op is Op.NOT:
        return [(first, not true) for first, true in _truths(node.children[0], scale)]
    if node.op in (Op.AND, Op.OR):
        join = and_ if node.op is Op.AND else or_
        found = [_truths(part, scale) for part in node.children]
        return reduce(lambda one, other: _each(_both(one, other), join), found)
    if node.op not in COMPARISONS:
        raise NotStraight
    left, right = (_numbers(part, scale) for part in node.children)
    test = cast(Callable[[Fraction, Fraction], bool], TESTS[node.op])
    return _each(_crossed(left, right, test), lambda true, _lines: true)


def _everywhere(value: _T) -> Stretches[_T]:
    return [(-REACH, value)]


def _times(lines: Stretches[Line], factor: Fraction) -> Stretches[Line]:
    return [(first, line.times(factor)) for first, line in lines]


def _each(both: Iterable[tuple[int, tuple[_T, _U]]], join: Callable[[_T, _U], _V]) -> Stretches[_V]:
    """What is made of both, where it changes."""
    found: Stretches[_V] = []
    for first, values in both:
        value = join(*values)
        if not found or found[-1][1] != value:
            found.append((first, value))
    if len(found) > _MOST:
        raise NotStraight
    return found


def _both(one: Stretches[_T], other: Stretches[_U]) -> Iterator[tuple[int, tuple[_T, _U]]]:
    """What holds of both, from wherever either changes."""
    for first in sorted({first for first, _value in [*one, *other]}):
        yield first, (_held(one, first), _held(other, first))


def _held(stretches: Stretches[_T], number: int) -> _T:
    return [value for first, value in stretches if first <= number][-1]


def _crossed(
    one: Stretches[Line], other: Stretches[Line], test: Callable[[Fraction, Fraction], bool]
) -> Iterator[tuple[int, tuple[bool, tuple[Line, Line]]]]:
    """Whether `test` holds between both, with their lines, from wherever that may change."""
    both = list(_both(one, other))
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
                yield start, (test(lines[0].at(start), lines[1].at(start)), lines)
