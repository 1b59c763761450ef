"""Who is entitled, where nobody asks who might be: the rows for which every condition is true.

Of eight conditions two or three leave few rows. A rule's conditions are asked of everybody, on
planes, until few are left, and then of those rows alone: cheap questions first that are seldom
true. What is asked of everybody is asked once for all rules. The order changes how long it takes,
never the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from miaopu.engine.expressions.tree import Op
from miaopu.engine.planes.asked import Asked, asked_rules, narrow
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import WORD, Bools, Ints, Words, everybody, packed, rows_of
from miaopu.engine.planes.program import Plan, Program, ProgramRule, Step
from miaopu.engine.planes.quick import Columns
from miaopu.engine.planes.step_planes import Planes
from miaopu.engine.planes.workspace import Workspace

_FEW = 100  # of so many rows one is left: the others are not looked at any more
SAMPLE = 1_024
_PACKING, _QUOTIENT, _OTHER = 1.5, 20.0, 60.0  # as long as looking at so many bytes


class EntitledRows(NamedTuple):
    """The rows of one piece that one rule entitles, in order."""

    place: int
    rule: ProgramRule
    true_rows: Ints


def entitled_rows(planes: Planes, placed: Bools | None) -> Iterator[EntitledRows]:
    """The rules that entitle somebody; with `placed` (whose region is known), each asked of the
    rows where those of its jurisdiction stand.

    Rules without jurisdiction are asked of all rows: the others entitle nobody without a region.
    """
    program = planes.program
    plans = plans_of(program, planes.batch)
    everyone = everybody(planes.batch.rows)
    there = everyone if placed is None else packed(placed)
    asked = [
        one
        for one in asked_rules(program, planes.batch, is_placed=placed is not None, unknown=False)
        if None not in one.rule.conditions
    ]
    steps = {one.place: plans[one.place].steps for one in asked}
    narrow(planes, asked, steps)
    every = frozenset[int]().union(*steps.values())
    for number in program.in_order(one for one in every if not program.steps[one].parts):
        planes.step(number)
    for one in asked:
        who = everyone if one.rule.jurisdiction is None else there
        rows = _rows(planes, one, who, plans[one.place])
        if len(rows):
            yield EntitledRows(one.place, one.rule, rows)


def _rows(planes: Planes, one: Asked, there: Words, plan: Plan) -> Ints:
    """The rows for which every condition of one rule is true."""
    words = one.stretch.words
    found = there[words].copy()
    if one.stretch.alone:
        one.stretch.trim(found)
    elif one.rule.jurisdiction is not None:
        placing = one.rule.conditions[0]
        assert placing is not None
        np.bitwise_and(found, planes.covering(placing, words)[0, words], out=found)
    left = []
    for number in plan.planes:
        np.bitwise_and(found, planes.covering(number, words)[0, words], out=found)
    for number in plan.rows:
        if planes.is_made(number, words):  # for another rule
            np.bitwise_and(found, planes.covering(number, words)[0, words], out=found)
        else:
            left.append(number)
    rows = rows_of(found)
    if words.start:
        rows += words.start * WORD
    for number in left:
        if not len(rows):
            break
        rows = rows.compress(true_of(planes.program, planes.columns, number, rows))
    return rows


def true_of(program: Program, columns: Columns, number: int, rows: Ints) -> Bools:
    """For which of some rows a step is true."""
    step = program.steps[number]
    if step.node.op in (Op.AND, Op.OR):
        first, *others = step.parts
        found = true_of(program, columns, first, rows)
        join = np.logical_and if step.node.op is Op.AND else np.logical_or
        for part in others:
            found = join(found, true_of(program, columns, part, rows))
        return found
    return columns.true_of(number, step, rows)


def plans_of(program: Program, batch: Batch) -> Sequence[Plan]:
    """The plan of each rule, made by some of the enterprises that the program meets first."""
    if not program.plans:
        every = np.arange(0, batch.rows, max(batch.rows // SAMPLE, 1), dtype=np.int64)
        sample = batch.part(every)
        columns, rows = Columns(sample, {}, Workspace(0, 0)), np.arange(len(every))
        asked = {number for rule in program.rules for number in _asked(rule)}
        shares = {
            number: min(max(float(true_of(program, columns, number, rows).mean()), 0.001), 0.999)
            if len(every)
            else 0.5
            for number in asked
        }
        costs = _costs(program, batch)
        alone = [_plan(program, rule, shares, costs) for rule in program.rules]
        shared = Counter(number for plan in alone for number in plan.planes)
        costs = [cost / max(shared[number], 1) for number, cost in enumerate(costs)]
        # at one stroke: another thread may make the same
        program.plans[:] = [_plan(program, rule, shares, costs) for rule in program.rules]
    return program.plans


def _asked(rule: ProgramRule) -> list[int]:
    """The conditions of a rule but the jurisdiction; people's decisions apart."""
    conditions = rule.conditions[1:] if rule.jurisdiction else rule.conditions
    return [number for number in conditions if number is not None]


def _plan(
    program: Program, rule: ProgramRule, shares: Mapping[int, float], costs: Sequence[float]
) -> Plan:
    """Conditions by what they cost for each row that they leave out."""
    order = sorted(_asked(rule), key=lambda number: costs[number] / (1 - shares[number]))
    left, done = 1.0, 0
    while done < len(order) and left * _FEW > 1:
        left *= shares[order[done]]
        done += 1
    planes, rows = tuple(order[:done]), sorted(order[done:], key=shares.__getitem__)
    return Plan(planes, tuple(rows), program.below(planes))


def _costs(program: Program, batch: Batch) -> list[float]:
    """What each step costs on planes, beside looking at a byte of each enterprise."""
    costs: list[float] = []
    for step in program.steps:
        own = 0.1 if step.parts else _cost(step, batch)
        costs.append(own + sum(costs[part] for part in step.parts))
    return costs


def _cost(step: Step, batch: Batch) -> float:
    if len(step.names) == 1:
        return _PACKING + batch.columns[step.names[0]].stored.dtype.itemsize
    return _OTHER if step.figure is None else _QUOTIENT
