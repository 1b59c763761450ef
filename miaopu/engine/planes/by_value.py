"""What a question about one fact comes to for each value that occurs, as stretches of values."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from miaopu.engine.expressions.tree import Node, Op
from miaopu.engine.facts import Value
from miaopu.engine.planes.answers import ByValue, Stretches
from miaopu.engine.planes.batch import of_each_value
from miaopu.engine.planes.bits import Bools, Words, packed, words_for
from miaopu.engine.planes.columns import Column
from miaopu.engine.planes.program import COMMON_DAYS as _COMMON
from miaopu.engine.planes.program import Step
from miaopu.engine.planes.truth import truth_of
from miaopu.engine.planes.workspace import Workspace

Stored = npt.NDArray[np.integer[Any]]
_FEW, _MANY_STRETCHES = 64, 4


def by_value(step: Step, column: Column) -> ByValue | None:
    """The answer of an atom about one fact for each of the values that stand in the column.

    None where there are more values than enterprises, and each would have to be asked.
    """
    values = cast(tuple[Value, ...], column.distinct)
    node = step.node
    if node.op in (Op.IN_REGION, Op.IN_INDUSTRY) and node.children[0].op is Op.FACT:
        first, last = cast(tuple[int, int], node.value)
        codes = cast(tuple[int, ...], values)
        inside = _stretches([place for place, code in enumerate(codes) if first <= code <= last])
        return ByValue(inside, inside, (False, True), len(values))
    chosen = _chosen(node)
    if chosen is not None:
        fit = [place for place, value in enumerate(values) if value in chosen]
        inside = _stretches(fit)
        return ByValue(inside, inside, (False, True), len(values))
    if step.is_rising:
        found = _from_some_day_on(step, column)
        if found is not None:
            return found
    if len(values) <= _FEW:
        name, ask = column.fact.name, step.closure
        answers = [ask({name: value}) for value in values]
        nobody = ask({name: None})
        return ByValue(
            _stretches([place for place, answer in enumerate(answers) if answer is True]),
            _stretches([place for place, answer in enumerate(answers) if answer is not False]),
            (nobody is True, nobody is not False),
            len(values),
        )
    if len(values) > len(column.stored):
        return None
    _places, batch = of_each_value(column)
    truth = truth_of(node, batch)
    return ByValue(
        _stretches(np.flatnonzero(truth.true[:-1]).tolist()),
        _stretches(np.flatnonzero(~truth.false[:-1]).tolist()),
        (bool(truth.true[-1]), not truth.false[-1]),
        len(values),
    )


def among(stored: Stored, stretches: Stretches, values: int, space: Workspace) -> Words:
    """Where the stored places of `values` values lie in one of the stretches."""
    if not stretches:
        return np.zeros(words_for(len(stored)), dtype=np.uint64)
    if len(stretches) > _MANY_STRETCHES:
        return packed(_table(stretches, values)[stored])
    truth, rows = space.truth(len(stored)), len(stored)
    _within(stored, *stretches[0], values, truth)
    found = space.bits(rows)
    for first, last in stretches[1:]:
        _within(stored, first, last, values, truth)
        np.bitwise_or(found, space.bits(rows), out=found)
    return found


def stands_among(stored: Stored, stretches: Stretches, values: int) -> Bools:
    """The same row by row, for few rows."""
    if len(stretches) > _MANY_STRETCHES:
        found: Bools = _table(stretches, values)[stored]
        return found
    truth = np.zeros(len(stored), dtype=np.bool_)
    one = np.empty(len(stored), dtype=np.bool_)
    for first, last in stretches:
        _within(stored, first, last, values, one)
        truth |= one
    return truth


def _table(stretches: Stretches, values: int) -> Bools:
    """For each value whether it lies in one of the stretches."""
    table = np.zeros(values, dtype=np.bool_)
    for first, last in stretches:
        table[first : last + 1] = True
    return table


def _within(stored: Stored, first: int, last: int, values: int, truth: Bools) -> None:
    if first == last:
        np.equal(stored, first, out=truth)
    elif first == 0:
        np.less_equal(stored, last, out=truth)
    else:
        np.greater_equal(stored, first, out=truth)
        if last != values - 1:
            np.logical_and(truth, stored <= last, out=truth)


def _from_some_day_on(step: Step, column: Column) -> ByValue | None:
    """What turns only once along the days; None if it may be unknown for some of them."""
    days = cast(tuple[date, ...], column.distinct)
    if not days or step.turn is None or not _COMMON[0] <= days[0] <= days[-1] <= _COMMON[1]:
        return None
    before, day = step.turn
    turn = bisect_left(days, day)
    true = _stretch(0, turn - 1) if before else _stretch(turn, len(days) - 1)
    return ByValue(true, true, (False, True), len(days))


def _stretch(first: int, last: int) -> Stretches:
    return ((first, last),) if first <= last else ()


def _chosen(node: Node) -> Collection[Value] | None:
    """The values of a fact that make a plain question true; None for any other question."""
    if node.op is Op.FACT:
        return (True,)
    if node.op not in (Op.EQ, Op.IN) or node.children[0].op is not Op.FACT:
        return None
    options = node.children[1:]
    if any(option.op is not Op.CONST or option.value is None for option in options):
        return None
    return {cast(Value, option.value) for option in options}


def _stretches(places: Sequence[int]) -> Stretches:
    """Places in order as stretches."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return tuple(found)
