"""Atoms on stored columns: the questions that rules ask most, without a detour.

A question about one fact that is kept by its values is answered once for each value; as the values
stand in order, those that fit are mostly one stretch of them, and one comparison finds it. A number
compared with a figure, and a quotient of two facts compared with one, are compared as they are
stored. Anything else is left to `planes.truth`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

import numpy as np

from miaopu.engine.expressions.tree import Node, Op
from miaopu.engine.facts import INT64_MAX
from miaopu.engine.planes.answers import Answers, ByValue
from miaopu.engine.planes.batch import Batch, Known
from miaopu.engine.planes.bits import WORD, Bools, Ints, Plane, Words, packed
from miaopu.engine.planes.by_value import among, by_value, stands_among
from miaopu.engine.planes.columns import Column
from miaopu.engine.planes.program import Step
from miaopu.engine.planes.truth import truth_of
from miaopu.engine.planes.workspace import Floats, Workspace

_TESTS: Mapping[Op, np.ufunc] = {
    Op.EQ: np.equal,
    Op.NE: np.not_equal,
    Op.LT: np.less,
    Op.LE: np.less_equal,
    Op.GT: np.greater,
    Op.GE: np.greater_equal,
}
_EXACT: Mapping[type, tuple[int, int]] = {
    np.float32: (2**24, 2**22),
    np.float64: (2**53, 2**51),
}  # up to where whole numbers are exact, and up to where quotients keep their order
Compared = tuple[Op, str, int]
Found = tuple[Words, Known | None]


class Columns:
    """The columns of some enterprises, with what several atoms need of them kept."""

    def __init__(self, batch: Batch, answers: Answers, space: Workspace) -> None:
        self.batch = batch
        self.answers = answers  # by step, kept while the columns' values stay the same
        self._space = space
        self._divisible: dict[tuple[str, str], Known] = {}
        self._quotients: dict[tuple[str, str, type], Floats] = {}

    def atom(self, number: int, step: Step, plane: Plane, words: slice, both: bool = True) -> None:
        """Fill the plane of the condition `step`, the one of this number, for some words.

        Without `both` only where it is true.
        """
        if step.compared is not None:
            self._compare(step.compared, plane, words, both)
            return
        if len(step.names) == 1:
            column = self.batch.columns[step.names[0]]
            answer = self.answer(number, step, column)
            if answer is not None:
                self._by_value(answer, column, plane, words, both)
                return
        if step.figure is not None:
            found = self._quotient(*step.figure, words)
            if found is not None:
                true, known = found
                _sided(true, known, plane[0], words, unknown=False)
                if both:
                    _sided(true, known, plane[1], words, unknown=True)
                return
        rows = slice(words.start * WORD, min(words.stop * WORD, self.batch.rows))
        truth = truth_of(step.node, self.batch.part(rows, step.names))
        plane[0] = packed(truth.true)
        np.invert(packed(truth.false), out=plane[1])

    def true_of(self, number: int, step: Step, rows: Ints) -> Bools:
        """For which of some rows the condition `step`, the one of this number, is true."""
        if step.compared is not None:
            op, name, bound = step.compared
            column = self.batch.columns[name]
            test, figure = against(op, bound, column.scale)
            return self._known_of(name, rows, test(column.stored.take(rows), figure))
        if len(step.names) == 1:
            column = self.batch.columns[step.names[0]]
            answer = self.answer(number, step, column)
            if answer is not None:
                true = stands_among(column.stored.take(rows), answer.true, answer.values)
                return self._known_of(step.names[0], rows, true, unknown=answer.unknown[0])
        elif step.figure is not None:
            found = self._quotient_of(*step.figure, rows)
            if found is not None:
                return found
        return truth_of(step.node, self.batch.part(rows, step.names)).true

    def _known_of(self, name: str, rows: Ints, true: Bools, *, unknown: bool = False) -> Bools:
        """What is `true` of some rows where a fact is known, and where not, `unknown`."""
        if self.batch.known(name) is None:
            return true
        known = self.batch.columns[name].known_at(rows)
        return true | ~known if unknown else true & known

    def answer(self, number: int, step: Step, column: Column) -> ByValue | None:
        if column.distinct is None:
            return None
        kept = self.answers.get(number)
        if kept is not None and (kept[0] is column.distinct or kept[0] == column.distinct):
            return kept[1]
        found = by_value(step, column)
        if found is not None:
            self.answers[number] = column.distinct, found
        return found

    def _by_value(
        self, found: ByValue, column: Column, plane: Plane, words: slice, both: bool
    ) -> None:
        stored = column.stored[words.start * WORD : words.stop * WORD]
        true = among(stored, found.true, found.values, self._space)
        known = self.batch.known(column.fact.name)
        _sided(true, known, plane[0], words, unknown=found.unknown[0])
        if both:
            maybe = true
            if found.maybe != found.true:
                maybe = among(stored, found.maybe, found.values, self._space)
            _sided(maybe, known, plane[1], words, unknown=found.unknown[1])

    def _compare(self, compared: Compared, plane: Plane, words: slice, both: bool) -> None:
        """A fact of numbers against a whole number."""
        op, name, bound = compared
        column = self.batch.columns[name]
        test, figure = against(op, bound, column.scale)
        stored = column.stored[words.start * WORD : words.stop * WORD]
        test(stored, figure, out=self._space.truth(len(stored)))
        true = self._space.bits(len(stored))
        known = self.batch.known(name)
        if known is None:
            plane[0] = true
            if both:
                plane[1] = true
            return
        np.bitwise_and(true, known[0][words], out=plane[0])
        if both:
            np.bitwise_or(true, known[1][words], out=plane[1])

    def _quotient(self, op: Op, product: Node, figure: Fraction, words: slice) -> Found | None:
        """One fact of numbers by another that is never below zero, against a figure; else None.

        Quotients of whole numbers are compared as they are rounded: the same quotient is rounded
        the same way, and where numerator times denominator stay small (`_EXACT`) two different
        ones lie further apart than rounding brings them together.
        """
        found = self._divisible_by(product, figure)
        if found is None:
            return None
        upper, lower, kind, quotient = found
        divided = self._divided(upper, lower, kind, words)
        _TESTS[op](divided, quotient, out=self._space.truth(len(divided)))
        return self._space.bits(len(divided)), self._both(upper, lower)

    def _quotient_of(self, op: Op, product: Node, figure: Fraction, rows: Ints) -> Bools | None:
        """The same for some rows."""
        found = self._divisible_by(product, figure)
        if found is None:
            return None
        upper, lower, kind, quotient = found
        below = lower.stored.take(rows)
        with np.errstate(divide="ignore", invalid="ignore"):
            divided = np.divide(upper.stored.take(rows), below, dtype=kind, casting="unsafe")
        true = _TESTS[op](divided, quotient)
        true &= below != 0
        return self._known_of(lower.fact.name, rows, self._known_of(upper.fact.name, rows, true))

    def _divisible_by(
        self, product: Node, figure: Fraction
    ) -> tuple[Column, Column, type, float] | None:
        """The facts of such a quotient, the floats that it is rounded to, and the figure as one.

        The figure is that for the numbers as they are stored.
        """
        if product.op is not Op.PRODUCT or product.value != ("*", "/"):
            return None
        if any(child.op is not Op.FACT for child in product.children):
            return None
        upper, lower = (self.batch.columns[child.name] for child in product.children)
        figure *= Fraction(lower.scale, upper.scale)
        kind = _float_for(upper, lower, figure)
        if kind is None or lower.bounds[0] < 0:
            return None
        return upper, lower, kind, kind(figure.numerator) / kind(figure.denominator)

    def _divided(self, upper: Column, lower: Column, kind: type, words: slice) -> Floats:
        """The quotients of the rows in these words; kept where they are most of the rows."""
        key = (upper.fact.name, lower.fact.name, kind)
        rows = slice(words.start * WORD, words.stop * WORD)
        found = self._quotients.get(key)
        if found is not None:
            return found[rows]
        is_part = 2 * (words.stop - words.start) * WORD < self.batch.rows
        chosen = rows if is_part else slice(None)
        above, below = upper.stored[chosen], lower.stored[chosen]
        size = len(above)
        room = np.empty(size, dtype=kind) if is_part else self._space.floats(*key, size)
        with np.errstate(divide="ignore", invalid="ignore"):
            np.divide(above, below, out=room, dtype=kind, casting="unsafe")
        if is_part:
            return room
        self._quotients[key] = room
        return room[rows]

    def _both(self, upper: Column, lower: Column) -> Known:
        """Where a quotient has a value, and where not."""
        key = (upper.fact.name, lower.fact.name)
        found = self._divisible.get(key)
        if found is None:
            there = packed(lower.stored != 0)
            for column in (upper, lower):
                known = self.batch.known(column.fact.name)
                there = there if known is None else there & known[0]
            found = self._divisible[key] = (there, ~there)
        return found


@lru_cache(maxsize=8192)
def against(op: Op, bound: int, scale: int) -> tuple[np.ufunc, int]:
    """The test, and the figure, by which numbers stored in units of `scale` meet a bound."""
    whole, rest = divmod(bound, scale)
    if rest and op in (Op.EQ, Op.NE):  # no multiple of the unit is equal to it
        return (np.less if op is Op.EQ else np.greater_equal), -INT64_MAX - 1
    if rest and op in (Op.LT, Op.GE):
        whole += 1
    return _TESTS[op], whole


def _float_for(upper: Column, lower: Column, figure: Fraction) -> type | None:
    """The floats in which quotients of two facts keep their order beside `figure`; None: none."""
    share, whole = abs(figure.numerator), figure.denominator
    most = max(abs(bound) for bound in upper.bounds)
    for kind, (exact, ordered) in _EXACT.items():
        if max(most, lower.bounds[1], share, whole) < exact and most * whole < ordered:
            return kind
    return None


def _sided(found: Words, known: Known | None, side: Words, words: slice, *, unknown: bool) -> None:
    """One side of a plane: what was `found` where it is known, and where not, `unknown`."""
    if known is None:
        side[:] = found
    elif unknown:
        np.bitwise_or(found, known[1][words], out=side)
    else:
        np.bitwise_and(found, known[0][words], out=side)
