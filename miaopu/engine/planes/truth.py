"""What a condition comes to for everybody: true, false or unknown, for each enterprise of a batch.

Three ways, the first that fits: a condition on one fact whose values are few is asked once for each
value; arithmetic and comparisons are done on whole columns; whatever else there is (and whatever
might leave 64 bits) is asked once for each combination of values that occurs, by the same closures
that explain one enterprise.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import reduce
from typing import cast

import numpy as np

from miaopu.engine.expressions.evaluate import Runnable, amount_in_fen, runnable
from miaopu.engine.expressions.tree import COMPARISONS, Kind, Node, Op
from miaopu.engine.facts import Value
from miaopu.engine.planes import quantities
from miaopu.engine.planes.batch import Batch, of_each_value
from miaopu.engine.planes.bits import Bools, Ints
from miaopu.engine.planes.columns import Column, combined
from miaopu.engine.planes.kleene import Truth, all_of, any_of, everybody, first_known
from miaopu.engine.planes.quantities import Quantity, TooLarge, Whole, constant

TESTS: Mapping[Op, Callable[[Whole, Whole], Bools]] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}
_ORDERED = frozenset({Kind.NUMBER, Kind.DATE})


class NotWhole(Exception):
    """A node that is not computed on whole columns."""


def truth_of(node: Node, batch: Batch) -> Truth:
    """Where the boolean `node` is true and where it is false."""
    names = node.fact_names()
    single = batch.columns[names[0]].distinct if len(names) == 1 else None
    if single is not None and len(single) <= batch.rows and not batch.is_distinct:
        places, values = of_each_value(batch.columns[names[0]])
        found = truth_of(node, values)
        return Truth(found.true[places], found.false[places])
    try:
        return _truth(node, batch)
    except (NotWhole, TooLarge):
        return _by_combination(node, names, batch)


def fen_of(amount: Runnable, batch: Batch) -> tuple[Ints, Bools]:
    """An amount in whole fen, rounded half up, and where there is one."""
    try:
        return quantities.in_whole_fen(_quantity(amount.node, batch), batch.rows)
    except (NotWhole, TooLarge):
        fen = [amount_in_fen(amount.value(batch.facts(row))) for row in range(batch.rows)]
        return (
            np.array([one or 0 for one in fen], dtype=np.int64),
            np.array([one is not None for one in fen], dtype=np.bool_),
        )


def _by_combination(node: Node, names: Sequence[str], batch: Batch) -> Truth:
    """Ask once for each combination of values that occurs."""
    closure = runnable(node).value
    columns = [batch.columns[name].identities for name in names]
    code = combined([(places, len(values)) for places, values in columns], batch.rows)
    _ids, firsts, where = np.unique(code, return_index=True, return_inverse=True)
    picked = [[values[places[row]] for places, values in columns] for row in firsts]
    answers = [closure(dict(zip(names, values, strict=True))) for values in picked]
    true = np.array([answer is True for answer in answers] or [False], dtype=np.bool_)
    false = np.array([answer is False for answer in answers] or [False], dtype=np.bool_)
    return Truth(true[where], false[where])


def _truth(node: Node, batch: Batch) -> Truth:
    match node.op:
        case Op.AND | Op.OR | Op.NOT:
            return _joined(node, [truth_of(child, batch) for child in node.children])
        case Op.CONST:
            return everybody(cast(bool | None, node.value), batch.rows)
        case Op.IS_NULL:
            return _is_null(node.children[0], batch)
        case Op.IN_REGION | Op.IN_INDUSTRY if node.children[0].op is Op.FACT:
            return _within(node, batch.columns[node.children[0].name])
        case Op.BETWEEN:
            subject, low, high = node.children
            return all_of(
                [
                    _compared(Op.LE, low, subject, batch),
                    _compared(Op.LE, subject, high, batch),
                ]
            )
        case Op.IN:
            subject, *options = node.children
            return any_of([_compared(Op.EQ, subject, option, batch) for option in options])
        case Op.CASE if node.kind is Kind.BOOLEAN:
            return _case(node, batch)
        case Op.COALESCE if node.kind is Kind.BOOLEAN:
            return reduce(first_known, [truth_of(child, batch) for child in node.children])
    if node.op in COMPARISONS:
        left, right = node.children
        return _compared(node.op, left, right, batch)
    raise NotWhole


def _joined(node: Node, parts: list[Truth]) -> Truth:
    if node.op is Op.NOT:
        return Truth(parts[0].false, parts[0].true)
    return all_of(parts) if node.op is Op.AND else any_of(parts)


def _is_null(child: Node, batch: Batch) -> Truth:
    if child.op is Op.FACT:
        known = batch.columns[child.name].known
    elif child.kind is Kind.BOOLEAN:
        found = truth_of(child, batch)
        known = found.true | found.false
    else:
        known = np.broadcast_to(np.asarray(_quantity(child, batch).known), (batch.rows,))
    return Truth(~known, known.copy())


def _within(node: Node, column: Column) -> Truth:
    first, last = cast(tuple[int, int], node.value)
    codes = np.array([cast(int, code) for code in column.distinct or (0,)], dtype=np.int64)
    found = ((codes >= first) & (codes <= last))[column.stored]
    return Truth(column.known & found, column.known & ~found)


def _compared(op: Op, left: Node, right: Node, batch: Batch) -> Truth:
    if left.kind is Kind.BOOLEAN and right.kind is Kind.BOOLEAN:
        one, other = truth_of(left, batch), truth_of(right, batch)
        same = (one.true & other.true) | (one.false & other.false)
        unlike = (one.true & other.false) | (one.false & other.true)
        return Truth(same, unlike) if op is Op.EQ else Truth(unlike, same)
    if left.kind not in _ORDERED:
        raise NotWhole
    one_, other_ = _quantity(left, batch), _quantity(right, batch)
    known = np.broadcast_to(np.logical_and(one_.known, other_.known), (batch.rows,))
    found = np.broadcast_to(quantities.compare(one_, other_, TESTS[op]), (batch.rows,))
    return Truth(known & found, known & ~found)


def _case(node: Node, batch: Batch) -> Truth:
    children = list(node.children)
    result = truth_of(children.pop(), batch) if len(children) % 2 else everybody(None, batch.rows)
    pairs = list(zip(children[0::2], children[1::2], strict=True))
    for condition, value in reversed(pairs):
        when, then = truth_of(condition, batch), truth_of(value, batch)
        result = Truth(
            (when.true & then.true) | (when.false & result.true),
            (when.true & then.false) | (when.false & result.false),
        )
    return result


def _quantity(node: Node, batch: Batch) -> Quantity:
    """The numbers (or the days, counted) of a node on whole columns."""
    if node.kind not in _ORDERED:
        raise NotWhole
    match node.op:
        case Op.FACT:
            return _fact(batch.columns[node.name])
        case Op.CONST:
            return _constant(node)
        case Op.SUM | Op.PRODUCT:
            parts = [_quantity(child, batch) for child in node.children]
            combine = quantities.total if node.op is Op.SUM else quantities.product
            return combine(parts, cast(tuple[str, ...], node.value))
        case Op.NEGATIVE:
            return quantities.negative(_quantity(node.children[0], batch))
        case Op.SCALED:
            factor = constant(cast(int, node.value))
            return quantities.product([_quantity(node.children[0], batch), factor], ("*", "*"))
        case Op.LEAST | Op.GREATEST:
            parts = [_quantity(child, batch) for child in node.children]
            return quantities.extreme(parts, np.minimum if node.op is Op.LEAST else np.maximum)
        case Op.COALESCE:
            return reduce(
                lambda one, other: _known_first(one, other, batch.rows),
                [_quantity(child, batch) for child in node.children],
            )
        case Op.CASE:
            return _case_of_numbers(node, batch)
    if node.kind is Kind.DATE and len(node.fact_names()) == 1:
        return _moved(node, batch.columns[node.fact_names()[0]])
    raise NotWhole


def _known_first(one: Quantity, other: Quantity, rows: int) -> Quantity:
    known = np.broadcast_to(np.asarray(one.known, dtype=np.bool_), (rows,))
    return quantities.choose(known, one, other)


def _case_of_numbers(node: Node, batch: Batch) -> Quantity:
    children = list(node.children)
    result = _quantity(children.pop(), batch) if len(children) % 2 else constant(None)
    unknown = constant(None)
    for condition, value in reversed(list(zip(children[0::2], children[1::2], strict=True))):
        when = truth_of(condition, batch)
        other = quantities.choose(when.false, result, unknown)
        result = quantities.choose(when.true, _quantity(value, batch), other)
    return result


def _fact(column: Column) -> Quantity:
    if column.numbers is not None:
        return quantities.whole(column.numbers, column.known)
    return _days(column, lambda value: cast(date, value))


def _moved(node: Node, column: Column) -> Quantity:
    """A day that a rule makes of the one date that it looks at, asked once for each date."""
    if column.distinct is None:
        raise NotWhole
    closure = runnable(node).value
    name = column.fact.name
    if closure({name: None}) is not None:
        raise NotWhole
    return _days(column, lambda value: cast(date | None, closure({name: value})))


def _days(column: Column, day_of: Callable[[Value], date | None]) -> Quantity:
    """A day for each enterprise; of few enterprises only the dates that are theirs are asked."""
    distinct, places = cast(Sequence[Value], column.distinct), column.stored
    if len(places) < len(distinct):
        used, places = np.unique(places, return_inverse=True)
        distinct = [distinct[place] for place in used.tolist()]
    days = [day_of(value) for value in distinct]
    table = np.array([0 if day is None else day.toordinal() for day in days] or [0], dtype=np.int64)
    there = np.array([day is not None for day in days] or [False], dtype=np.bool_)
    return quantities.whole(table[places], column.known & there[places])


def _constant(node: Node) -> Quantity:
    value = node.value
    if isinstance(value, date):
        return constant(value.toordinal())
    if value is None or isinstance(value, int | Fraction):
        return constant(value)
    raise NotWhole
