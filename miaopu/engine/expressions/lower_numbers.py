"""Lowering of numbers and of dates moved by a number: scales, bounds, whole figures."""

from dataclasses import replace
from fractions import Fraction
from typing import cast

from miaopu.engine.expressions.errors import ExpressionError
from miaopu.engine.expressions.lowering import Handler, Lowering
from miaopu.engine.expressions.refusals import check_count, check_ordered, expect, too_large
from miaopu.engine.expressions.syntax import Syntax
from miaopu.engine.expressions.tree import Kind, Node, Op, bounded, const
from miaopu.engine.messages import Bilingual

MAX_MONTHS = 12_000


def _signs(syntax: Syntax) -> tuple[str, ...]:
    return cast(tuple[str, ...], syntax.value)


def lower_sum(lowering: Lowering, syntax: Syntax) -> Node:
    """A sum of numbers at one scale."""
    parts = lowering.alike(lowering.all_of(syntax, Kind.NUMBER))
    return _within_bounds(
        Node(
            Op.SUM,
            Kind.NUMBER,
            parts,
            value=_signs(syntax),
            scale=parts[0].scale,
            position=syntax.position,
        )
    )


def lower_product(lowering: Lowering, syntax: Syntax) -> Node:
    """A product: scales add up, those of divisors are taken off."""
    parts = lowering.all_of(syntax, Kind.NUMBER)
    signs = _signs(syntax)
    scale = sum(p.scale if s == "*" else -p.scale for p, s in zip(parts, signs, strict=True))
    for part, sign in zip(parts, signs, strict=True):
        if sign == "/" and _written(part) == 0:
            raise ExpressionError(
                part.position,
                Bilingual("除数是零", "the divisor is zero"),
                Bilingual("换一个不为零的除数", "divide by something else"),
            )
    return _within_bounds(
        Node(Op.PRODUCT, Kind.NUMBER, parts, value=signs, scale=scale, position=syntax.position)
    )


def _written(node: Node) -> Fraction | None:
    """What a figure comes to that is written out, without facts and parameters; else None."""
    if node.op is Op.CONST:
        value = node.value
        return Fraction(value) if isinstance(value, int | Fraction) and not node.name else None
    inner = [_written(child) for child in node.children]
    known = [one for one in inner if one is not None]
    if len(known) < len(inner):
        return None
    match node.op:
        case Op.SCALED:
            return known[0] * cast(int, node.value)
        case Op.NEGATIVE:
            return -known[0]
        case Op.SUM:
            signs = cast(tuple[str, ...], node.value)
            pairs = zip(known, signs, strict=True)
            return sum((one if sign == "+" else -one for one, sign in pairs), Fraction(0))
        case Op.PRODUCT:
            result = Fraction(1)
            for one, sign in zip(known, cast(tuple[str, ...], node.value), strict=True):
                result = result * one if sign == "*" else result / one
            return result
    return None


def _within_bounds(node: Node) -> Node:
    """`node`; raises ExpressionError where what is written out leaves 64 bits."""
    value = _written(node)
    if value is not None:
        try:
            bounded(value)
        except OverflowError as error:
            raise too_large(node.position) from error
    return node


def lower_negative(lowering: Lowering, syntax: Syntax) -> Node:
    """A number with its sign changed."""
    (inner,) = lowering.all_of(syntax, Kind.NUMBER)
    if inner.op is Op.CONST and isinstance(inner.value, int | Fraction) and not inner.name:
        return replace(inner, value=-inner.value)
    return Node(Op.NEGATIVE, Kind.NUMBER, (inner,), scale=inner.scale, position=syntax.position)


def lower_extreme(op: Op) -> Handler:
    """The lowering of `least` or `greatest`."""

    def lower(lowering: Lowering, syntax: Syntax) -> Node:
        check_count(syntax, 1, None)
        parts = lowering.alike([lowering.lower(arg) for arg in syntax.args])
        check_ordered(parts[0])
        return Node(op, parts[0].kind, parts, scale=parts[0].scale, position=syntax.position)

    return lower


def lower_moved(op: Op, per: int) -> Handler:
    """The lowering of a date moved by counts of `per` months."""

    def lower(lowering: Lowering, syntax: Syntax) -> Node:
        check_count(syntax, 2, 2)
        start, count = (lowering.lower(arg) for arg in syntax.args)
        expect(start, Kind.DATE)
        expect(count, Kind.NUMBER)
        if not _is_whole(count):
            raise ExpressionError(
                count.position,
                Bilingual("月数、年数必须是整数", "months and years must be whole numbers"),
                Bilingual("写一个整数，如 6", "give a whole number such as 6"),
            )
        if isinstance(count.value, int) and abs(count.value) * per > MAX_MONTHS:
            raise too_large(count.position)
        return Node(op, Kind.DATE, (start, count), position=syntax.position)

    return lower


def _is_whole(node: Node) -> bool:
    """Whether a number's values are always whole figures (not money, nothing divided)."""
    if node.scale:
        return False
    if node.op is Op.CONST:
        return node.value is None or isinstance(node.value, int)
    if node.op is Op.FACT:
        return True
    if node.op is Op.PRODUCT and "/" in (node.value if isinstance(node.value, tuple) else ()):
        return False
    numbers = [child for child in node.children if child.kind is Kind.NUMBER]
    return all(_is_whole(child) for child in numbers)


def lower_number(lowering: Lowering, syntax: Syntax) -> Node:
    """A figure as written."""
    return figure(Fraction(str(syntax.value)), syntax.position)


def figure(value: Fraction, position: int, name: str = "") -> Node:
    """The constant `value`; raises ExpressionError beyond 64 bits."""
    try:
        return const(bounded(value), Kind.NUMBER, position, name)
    except OverflowError as error:
        raise too_large(position) from error
