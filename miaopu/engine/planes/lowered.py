"""A program's rules as `blocks.c` reads them: for columns of these kinds, with numbers only.

Comparisons with a figure, and questions about a fact that is kept by its values, become stretches
of stored numbers, and a fact by another a quotient. What is neither is left to be asked of those
who fulfil everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from miaopu.engine.expressions.evaluate import Runnable
from miaopu.engine.expressions.tree import Node, Op, canonical
from miaopu.engine.facts import Value
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import Ints
from miaopu.engine.planes.lines import LINE, NotStraight, lines_of
from miaopu.engine.planes.program import Plan, Program, Step
from miaopu.engine.planes.quick import Columns, against

SIZES = frozenset(np.dtype(kind) for kind in (np.uint8, np.int16, np.int32, np.int64))
STEP = np.dtype(
    [
        *((name, np.int32) for name in ("kind", "column", "other", "sign", "from", "to")),
        *((name, np.int32) for name in ("true_unknown", "maybe_unknown", "both", "_")),
        *((name, np.float64) for name in ("figure", "most")),
    ]
)
WITHIN, QUOTIENT, ALL, ANY, NOT = range(5)
AMOUNT = np.dtype([(name, np.int32) for name in ("column", "from", "to")])
_NONE, _OTHER = -1, -2  # for a column, as in blocks.c
_JOINS = {Op.AND: ALL, Op.OR: ANY, Op.NOT: NOT}
_SIGNS = {Op.EQ: 0, Op.NE: 1, Op.LT: 2, Op.LE: 3, Op.GT: 4, Op.GE: 5}
_LEAST, _MOST = -(2**63), 2**63 - 1
_EXACT, _ORDERED = 2**53, 2**51  # whole numbers as floats, and quotients that keep their order

Spans = Sequence[tuple[int, int]]
Kind = tuple[tuple[Value, ...] | None, np.dtype[Any], int]


@dataclass(frozen=True)
class Lowered:
    """Steps and rules in arrays; `rules` gives the places of the rules in the program.

    `kinds` are those of the columns that it is for; `left` the conditions of rules, by their
    places, that are to be asked afterwards.
    """

    kinds: tuple[Kind, ...]
    names: tuple[str, ...]
    steps: npt.NDArray[Any]
    stretches: Ints
    parts: npt.NDArray[np.int32]
    rules: Ints
    first: npt.NDArray[np.int32]
    conditions: npt.NDArray[np.int32]
    jurisdictions: Ints
    amounts: npt.NDArray[Any]
    lines: npt.NDArray[Any]
    left: Mapping[int, tuple[int, ...]]


def kinds_of(batch: Batch) -> tuple[Kind, ...]:
    """What the lowered form depends on."""
    return tuple(
        (column.distinct, column.stored.dtype, column.scale) for column in batch.columns.values()
    )


def lowered(
    program: Program, columns: Columns, plans: Sequence[Plan], *, quotients: bool = True
) -> Lowered:
    """The program for columns like these; conditions in the order of the plans.

    Without `quotients` these are left, too: where they are too large to be compared in floats.
    """
    made = _Lowering(columns, program, quotients)
    amounts = _Amounts(columns.batch)
    for number, step in enumerate(program.steps):
        made.add(number, step)
    rules, first, conditions, jurisdictions = [], [0], list[int](), []
    left: dict[int, tuple[int, ...]] = {}
    for place, rule in enumerate(program.rules):
        order = [*plans[place].planes, *plans[place].rows]
        where = (_LEAST, _MOST)
        if rule.jurisdiction is not None and rule.conditions[0] is not None:
            order.insert(0, rule.conditions[0])
            where = made.between(rule.conditions[0])
        if None in rule.conditions or where[0] > where[1]:
            continue
        rules.append(place)
        flat = _flat(program, order)
        here = [number for number in flat if made.is_lowered[number]]
        # of few rows a quotient is looked at one by one
        conditions += sorted(here, key=lambda number: made.steps["kind"][number] == QUOTIENT)
        if others := tuple(number for number in flat if not made.is_lowered[number]):
            left[place] = others
        first.append(len(conditions))
        jurisdictions.append(where)
        amounts.add(rule.rule.amount)
    return Lowered(
        kinds_of(columns.batch),
        tuple(columns.batch.columns),
        made.steps,
        np.array(made.stretches, dtype=np.int64).reshape(-1, 2),
        np.array(made.parts, dtype=np.int32),
        np.array(rules, dtype=np.int64),
        np.array(first, dtype=np.int32),
        np.array(conditions, dtype=np.int32),
        np.array(jurisdictions, dtype=np.int64).reshape(-1, 2),
        np.array(amounts.found, dtype=AMOUNT),
        np.array(amounts.lines, dtype=LINE),
        left,
    )


def _flat(program: Program, numbers: Iterable[int]) -> list[int]:
    """The conditions one by one: who must fulfil several at once must fulfil each."""
    found = []
    for number in numbers:
        step = program.steps[number]
        found += _flat(program, step.parts) if step.node.op is Op.AND else [number]
    return found


class _Lowering:
    """Steps, one after the other."""

    def __init__(self, columns: Columns, program: Program, quotients: bool) -> None:
        self.quotients = quotients
        self.is_lowered: list[bool] = []
        self.columns, self.negated = columns, program.negated
        self.places = {name: place for place, name in enumerate(columns.batch.columns)}
        self.steps = np.zeros(len(program.steps), STEP)
        self.stretches: list[tuple[int, int]] = []
        self.parts: list[int] = []

    def add(self, number: int, step: Step) -> None:
        """The next step."""
        row: dict[str, float] | None = None
        if step.parts and all(self.is_lowered[part] for part in step.parts):
            row = {"kind": _JOINS[step.node.op], "from": len(self.parts)}
            self.parts += step.parts
            row["to"] = len(self.parts)
        elif step.parts:
            pass
        elif step.compared is not None:
            row = self._compared(*step.compared)
        elif len(step.names) == 1:
            row = self._by_value(number, step)
        elif step.figure is not None and self.quotients:
            row = self._quotient(step)
        self.is_lowered.append(row is not None)
        if row is None:
            return
        row["both"] = number in self.negated
        for name, value in row.items():
            self.steps[name][number] = value

    def between(self, number: int) -> tuple[int, int]:
        """Between which stored numbers it is true; all where that is not known."""
        step = self.steps[number]
        if not self.is_lowered[number] or step["kind"] != WITHIN or step["true_unknown"]:
            return _LEAST, _MOST
        spans = self.stretches[step["from"] : step["to"]]
        return (spans[0][0], spans[-1][1]) if spans else (1, 0)

    def _compared(self, op: Op, name: str, bound: int) -> dict[str, float]:
        column = self.columns.batch.columns[name]
        test, figure = against(op, bound, column.scale)
        return self._within(name, _spans(test, figure), (False, True))

    def _by_value(self, number: int, step: Step) -> dict[str, float] | None:
        (name,) = step.names
        answer = self.columns.answer(number, step, self.columns.batch.columns[name])
        if answer is None or answer.true != answer.maybe:
            return None
        return self._within(name, answer.true, answer.unknown)

    def _within(self, name: str, spans: Spans, unknown: tuple[bool, bool]) -> dict[str, float]:
        bounds = np.iinfo(self.columns.batch.columns[name].stored.dtype)
        start = len(self.stretches)
        for least, most in spans:
            if least <= bounds.max and most >= bounds.min:
                self.stretches.append((max(least, bounds.min), min(most, bounds.max)))
        return {
            "kind": WITHIN,
            "column": self.places[name],
            "from": start,
            "to": len(self.stretches),
            "true_unknown": unknown[0],
            "maybe_unknown": unknown[1],
        }

    def _quotient(self, step: Step) -> dict[str, float] | None:
        """A fact of numbers by another, as `Columns` compares it, in floats of 64 bits."""
        assert step.figure is not None
        op, product, share = step.figure
        columns = self.columns.batch.columns
        if product.op is not Op.PRODUCT or product.value != ("*", "/"):
            return None
        if any(child.op is not Op.FACT for child in product.children):
            return None
        above, below = (child.name for child in product.children)
        share *= Fraction(columns[below].scale, columns[above].scale)
        if max(abs(share.numerator), share.denominator) >= _EXACT:
            return None
        return {
            "kind": QUOTIENT,
            "column": self.places[above],
            "other": self.places[below],
            "sign": _SIGNS[op],
            "figure": share.numerator / share.denominator,
            "most": min(_EXACT, _ORDERED // share.denominator),
        }


class _Amounts:
    """What rules pay, one after the other."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.places = {name: place for place, name in enumerate(batch.columns)}
        self.found: list[tuple[int, int, int]] = []
        self._known: dict[Node, tuple[int, int, int]] = {}
        self.lines: list[tuple[int, int, int, int]] = []

    def add(self, amount: Runnable | None) -> None:
        """That of the next rule."""
        if amount is None:
            self.found.append((_NONE, 0, 0))
            return
        node = canonical(amount.node)
        if node not in self._known:  # rules often pay alike
            self._known[node] = self._read(node)
        self.found.append(self._known[node])

    def _read(self, node: Node) -> tuple[int, int, int]:
        scale, column, start = 1, _NONE, len(self.lines)
        for name in node.fact_names():
            scale, column = self.batch.columns[name].scale, self.places[name]
        try:
            self.lines += lines_of(node, scale)
        except NotStraight:
            return _OTHER, 0, 0
        return column, start, len(self.lines)


def _spans(test: np.ufunc, figure: int) -> Spans:
    """The stretches of whole numbers for which a comparison with a figure holds."""
    every: dict[np.ufunc, Spans] = {
        np.equal: [(figure, figure)],
        np.not_equal: [(_LEAST, figure - 1), (figure + 1, _MOST)],
        np.less: [(_LEAST, figure - 1)],
        np.less_equal: [(_LEAST, figure)],
        np.greater: [(figure + 1, _MOST)],
        np.greater_equal: [(figure, _MOST)],
    }
    return [(least, most) for least, most in every[test] if least <= most]
