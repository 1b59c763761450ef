"""The trees of conditions as planes need them: what asks the same is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from math import ceil, floor
from typing import cast

from miaopu.engine.expressions.evaluate import runnable
from miaopu.engine.expressions.tree import COMPARISONS, JUNCTIONS, Kind, Node, Op

Figure = tuple[Op, Node, Fraction]
_WHOLE_BOUND: Mapping[Op, Callable[[Fraction], int]] = {
    Op.LT: ceil,
    Op.GE: ceil,
    Op.LE: floor,
    Op.GT: floor,
}
_FLIPPED = {Op.LT: Op.GT, Op.GT: Op.LT, Op.LE: Op.GE, Op.GE: Op.LE, Op.EQ: Op.EQ, Op.NE: Op.NE}


@cache
def atoms_of(node: Node) -> tuple[Node, ...]:
    """The conditions that a condition joins, each once."""
    if node.op not in JUNCTIONS:
        return (node,)
    return tuple(dict.fromkeys(atom for child in node.children for atom in atoms_of(child)))


def against_figure(node: Node) -> Figure | None:
    """A comparison with a figure, the figure on the right; None where it is none."""
    if node.op not in COMPARISONS:
        return None
    left, right = node.children
    for op, one, other in ((node.op, left, right), (_FLIPPED[node.op], right, left)):
        if other.kind is Kind.NUMBER and not other.fact_names():
            value = runnable(other).value({})
            return None if value is None else (op, one, Fraction(cast(int, value)))
    return None


def whole_bound(op: Op, figure: Fraction) -> int | None:
    """The whole number that whole numbers may be compared with instead of `figure`."""
    if op in _WHOLE_BOUND:
        return _WHOLE_BOUND[op](figure)
    return int(figure) if figure.denominator == 1 else None


def is_rising(node: Node) -> bool:
    """Whether it compares a date that a rule makes of one fact, later the later the fact is."""
    if node.op not in _FLIPPED or node.op in (Op.EQ, Op.NE):
        return False
    moved, fixed = node.children if node.children[0].fact_names() else node.children[::-1]
    if moved.kind is not Kind.DATE or fixed.fact_names():
        return False
    while moved.op in (Op.ADD_MONTHS, Op.ADD_YEARS) and not moved.children[1].fact_names():
        moved = moved.children[0]
    return moved.op is Op.FACT


@cache
def is_intricate(node: Node) -> bool:
    """Whether what is lacking depends on more than the atoms and on which facts are known."""
    return any(
        one.op is Op.CASE
        or (one.op in JUNCTIONS and not outside)
        or any(not _is_bare(divisor) for divisor in _divisors(one))
        for outside, one in _walk(node)
    )


@cache
def facts_divided_by(node: Node) -> frozenset[str]:
    """The facts by which something is divided: a zero there is as good as not known."""
    divisors = [below for one in node.walk() for below in _divisors(one)]
    return frozenset(name for divisor in divisors for name in divisor.fact_names())


def _divisors(node: Node) -> list[Node]:
    if node.op is not Op.PRODUCT:
        return []
    signs = cast(tuple[str, ...], node.value)
    return [child for child, sign in zip(node.children, signs, strict=True) if sign == "/"]


def _is_bare(node: Node) -> bool:
    """Whether it is a fact or a figure, at whatever scale."""
    return _is_bare(node.children[0]) if node.op is Op.SCALED else node.op in (Op.FACT, Op.CONST)


def _walk(node: Node, outside: bool = True) -> Iterator[tuple[bool, Node]]:
    """Every node, and whether only junctions stand above it."""
    yield outside, node
    for child in node.children:
        yield from _walk(child, outside and node.op in JUNCTIONS)
