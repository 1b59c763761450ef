"""Atoms on stored columns: the questions that rules ask most, without a detour.

A question about one fact that is kept by its values is answered once for each value; as the values
stand in order, those that fit are mostly one stretch of them, and one comparison finds it. A number
compared with a figure, and a quotient of two facts compared with one, are compared as they are
stored. Anything else is left to `planes.truth`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from fractions import Fraction
from functools import cache
from math import ceil, floor

import numpy as np

from miaopu.engine.expressions.tree import Node, Op
from miaopu.engine.facts import INT64_MAX
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import Plane, Words, packed
from miaopu.engine.planes.by_value import ByValue, Scratch, Stored, among, by_value
from miaopu.engine.planes.columns import Column
from miaopu.engine.planes.program import Step
from miaopu.engine.planes.truth import truth_of

_TESTS: Mapping[Op, np.ufunc] = {
    Op.EQ: np.equal,
    Op.NE: np.not_equal,
    Op.LT: np.less,
    Op.LE: np.less_equal,
    Op.GT: np.greater,
    Op.GE: np.greater_equal,
}
_WHOLE_BOUND: Mapping[Op, Callable[[Fraction], int]] = {
    Op.LT: ceil,
    Op.GE: ceil,
    Op.LE: floor,
    Op.GT: floor,
}
_INT32_MAX = 2**31 - 1
Answers = MutableMapping[int, ByValue]
Known = tuple[Words, Words]  # where a fact is known, and where it is not


class Columns:
    """The columns of some enterprises, with what several atoms need of them kept."""

    def __init__(self, batch: Batch, answers: Answers) -> None:
        self.batch = batch
        self.answers = answers  # by step, kept while the columns' values stay the same
        self._known: dict[str, Known | None] = {}
        self._wide: dict[tuple[str, type], Stored] = {}
        self._scratch = Scratch(batch.rows)
        self._divisible: dict[tuple[str, str], Known] = {}

    def atom(self, number: int, step: Step, plane: Plane) -> None:
        """Fill the plane of the condition `step`, the one of this number."""
        if len(step.names) == 1:
            column = self.batch.columns[step.names[0]]
            if column.distinct is not None:
                self._by_value(number, step, column, plane)
                return
        if step.figure is not None:
            compare = self._compared if len(step.names) == 1 else self._quotient
            if compare(*step.figure, plane):
                return
        truth = truth_of(step.node, self.batch)
        plane[0] = packed(truth.true)
        np.invert(packed(truth.false), out=plane[1])

    def known(self, column: Column) -> Known | None:
        """Where a fact is known and where not; None where it is everywhere."""
        name = column.fact.name
        if name not in self._known:
            known = None if column.all_known else packed(column.known)
            self._known[name] = None if known is None else (known, ~known)
        return self._known[name]

    def _by_value(self, number: int, step: Step, column: Column, plane: Plane) -> None:
        found = self.answers.get(number)
        if found is None:
            found = self.answers[number] = by_value(step, column)
        true = among(column.stored, found.true, found.values, self._scratch)
        maybe = true
        if found.maybe != found.true:
            maybe = among(column.stored, found.maybe, found.values, self._scratch)
        known = self.known(column)
        for side, place, without in ((true, 0, found.unknown[0]), (maybe, 1, found.unknown[1])):
            if known is None:
                plane[place] = side
            elif without:
                np.bitwise_or(side, known[1], out=plane[place])
            else:
                np.bitwise_and(side, known[0], out=plane[place])

    def _compared(self, op: Op, fact: Node, figure: Fraction, plane: Plane) -> bool:
        """A fact of numbers against a figure; whether it is that."""
        bound = _whole_bound(op, figure)
        if fact.op is not Op.FACT or bound is None:
            return False
        column = self.batch.columns[fact.name]
        _TESTS[op](column.stored, bound, out=self._scratch.truth)
        _where_known(self._scratch.bits(), self.known(column), plane)
        return True

    def _quotient(self, op: Op, product: Node, figure: Fraction, plane: Plane) -> bool:
        """One fact of numbers by another that is never below zero, against a figure; if so."""
        if product.op is not Op.PRODUCT or product.value != ("*", "/"):
            return False
        if any(child.op is not Op.FACT for child in product.children):
            return False
        upper, lower = (self.batch.columns[child.name] for child in product.children)
        sizes = [
            max(abs(bound) for bound in column.bounds) * abs(factor)
            for column, factor in ((upper, figure.denominator), (lower, figure.numerator))
        ]
        if lower.bounds[0] < 0 or max(sizes) > INT64_MAX:
            return False
        kind = np.int32 if max(sizes) <= _INT32_MAX else np.int64
        left = self._times(upper, figure.denominator, 0, kind)
        right = self._times(lower, figure.numerator, 1, kind)
        _TESTS[op](left, right, out=self._scratch.truth)
        _where_known(self._scratch.bits(), self._both(upper, lower), plane)
        return True

    def _times(self, column: Column, factor: int, side: int, kind: type) -> Stored:
        key = (column.fact.name, kind)
        wide = self._wide.get(key)
        if wide is None:
            wide = self._wide[key] = column.stored.astype(kind)
        if factor == 1:
            return wide
        return np.multiply(wide, factor, out=self._scratch.numbers(side, kind))

    def _both(self, upper: Column, lower: Column) -> Known:
        """Where a quotient has a value, and where not."""
        key = (upper.fact.name, lower.fact.name)
        found = self._divisible.get(key)
        if found is None:
            there = packed(lower.stored != 0)
            for column in (upper, lower):
                known = self.known(column)
                there = there if known is None else there & known[0]
            found = self._divisible[key] = (there, ~there)
        return found


@cache
def _whole_bound(op: Op, figure: Fraction) -> int | None:
    """The whole number that whole numbers may be compared with instead of `figure`."""
    if op in _WHOLE_BOUND:
        return _WHOLE_BOUND[op](figure)
    return int(figure) if figure.denominator == 1 else None


def _where_known(found: Words, known: Known | None, plane: Plane) -> None:
    if known is None:
        plane[:] = found
    else:
        np.bitwise_and(found, known[0], out=plane[0])
        np.bitwise_or(found, known[1], out=plane[1])
