"""What is missing where a rule is neither true nor false, or an amount cannot be computed."""

from __future__ import annotations

from collections.abc import MutableMapping
from math import prod

import numpy as np

from miaopu.engine.expressions.evaluate import Runnable
from miaopu.engine.expressions.tree import Node, canonical
from miaopu.engine.facts import INT64_MAX
from miaopu.engine.planes.atoms import facts_divided_by, is_intricate
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import Ints, bits_of, unknown_in
from miaopu.engine.planes.columns import combined
from miaopu.engine.planes.program import ProgramRule
from miaopu.engine.planes.step_planes import Planes
from miaopu.engine.prepared import PreparedRule

_NEEDS: dict[tuple[Node, int], tuple[str, ...]] = {}  # what a node lacks, by its signs
Places = MutableMapping[tuple[str, ...], int]


class Lacking:
    """What is missing, by its place in `names`: every different tuple of names once."""

    def __init__(self) -> None:
        self.names: Places = {(): 0}

    def place(self, names: tuple[str, ...]) -> int:
        """The place of these names."""
        return self.names.setdefault(names, len(self.names))

    def of_amounts(self, rule: PreparedRule, batch: Batch) -> Ints:
        """What the amounts of enterprises lack that have none; `batch` holds these enterprises."""
        assert rule.amount is not None
        node = canonical(rule.amount.node)
        names = node.fact_names()
        if len(names) == 1:  # there is nothing else to lack
            return np.full(batch.rows, self.place(names), dtype=np.int64)
        signs = _signs(node, batch)
        code = combined(signs, batch.rows)
        kinds, firsts, where = np.unique(code, return_index=True, return_inverse=True)
        lasting = not is_intricate(node) and _fit(signs)
        places = []
        for kind, first in zip(kinds.tolist(), firsts.tolist(), strict=True):
            needs = _NEEDS.get((node, kind)) if lasting else None
            if needs is None:
                needs = rule.pays(batch.facts(first))[1]
                if lasting:
                    _NEEDS[node, kind] = needs
            places.append(self.place(needs))
        return np.array(places, dtype=np.int64)[where]

    def of_conditions(self, rule: ProgramRule, planes: Planes, rows: Ints) -> Ints:
        """What is lacking for each row that is neither true nor false, over all conditions."""
        if not len(rows):
            return np.zeros(0, dtype=np.int64)
        places = [
            np.full(len(rows), self.place((part.need,)))
            if part.reasons is None or number is None
            else self._of_condition(part.reasons.runnable, number, planes, rows)
            for part, number in zip(rule.rule.conditions, rule.conditions, strict=True)
        ]
        size = len(self.names)
        code = combined([(one, size) for one in places], len(rows))
        _kinds, firsts, where = np.unique(code, return_index=True, return_inverse=True)
        names = list(self.names)
        united = [
            self.place(tuple(dict.fromkeys(name for one in places for name in names[one[row]])))
            for row in firsts
        ]
        return np.array(united, dtype=np.int64)[where]

    def _of_condition(self, condition: Runnable, number: int, planes: Planes, rows: Ints) -> Ints:
        """The place of what one condition lacks, for each row; nothing where it is known.

        Rows that are alike in every atom and in what is known lack the same: one of them is asked.
        """
        plane = planes.step(number)
        found = np.zeros(len(rows), dtype=np.int64)
        unknown = np.flatnonzero(bits_of(unknown_in(plane), rows))
        if not len(unknown):
            return found
        asked = rows[unknown]
        step = planes.program.steps[number]
        if step.is_plain and not planes.batch.columns[step.names[0]].known[asked].any():
            found[unknown] = self.place(step.names)
            return found
        signs = _signs(step.node, planes.batch, asked)
        if not is_intricate(step.node):
            for atom in _atoms(planes, number):
                one = planes.step(atom)
                signs.append((bits_of(one[0], asked) + bits_of(one[1], asked), 3))
        code = combined(signs, len(asked))
        kinds, firsts, where = np.unique(code, return_index=True, return_inverse=True)
        lasting = not is_intricate(step.node) and _fit(signs)
        places = []
        for kind, first in zip(kinds.tolist(), asked[firsts].tolist(), strict=True):
            needs = _NEEDS.get((step.node, kind)) if lasting else None
            if needs is None:
                needs = condition.trace(planes.batch.facts(first)).needs
                if lasting:
                    _NEEDS[step.node, kind] = needs
            places.append(self.place(needs))
        found[unknown] = np.array(places, dtype=np.int64)[where]
        return found


def _atoms(planes: Planes, number: int) -> tuple[int, ...]:
    """The atoms that a step joins, each once."""
    parts = planes.program.steps[number].parts
    if not parts:
        return (number,)
    return tuple(dict.fromkeys(atom for part in parts for atom in _atoms(planes, part)))


def _signs(node: Node, batch: Batch, rows: Ints | None = None) -> list[tuple[Ints, int]]:
    """What decides which facts something unknown lacks: columns of small numbers."""
    columns = [batch.columns[name] for name in node.fact_names()]
    if rows is not None:
        columns = [column.at(rows) for column in columns]
    if is_intricate(node):
        return [(places, len(values)) for places, values in (one.identities for one in columns)]
    divided = facts_divided_by(node)
    return [
        (column.known.astype(np.int64) + (column.known & (column.stored == 0)), 3)
        if column.fact.name in divided
        else (column.known.astype(np.int64), 2)
        for column in columns
    ]


def _fit(signs: list[tuple[Ints, int]]) -> bool:
    """Whether `combined` numbers these signs the same way in every batch."""
    return prod(size for _places, size in signs) <= INT64_MAX
