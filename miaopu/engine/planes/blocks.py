"""Who is entitled to how much, by `blocks.c`: all rules, a block of enterprises at a time.

It is the same as `planes.entitled`, which works where there is no compiler when Miaopu is
installed. Numpy asks one question of many enterprises and fetches their columns anew for the next
one; here what is fetched meets every question that the rules for its places have.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import WORD, Bools, Ints, Words
from miaopu.engine.planes.columns import Column
from miaopu.engine.planes.entitled import plans_of, true_of
from miaopu.engine.planes.lines import LINE, REACH
from miaopu.engine.planes.lowered import AMOUNT, SIZES, STEP, Lowered, kinds_of, lowered
from miaopu.engine.planes.program import Program
from miaopu.engine.planes.quick import Columns

# for columns met last: with quotients, and without
_KEPT: WeakKeyDictionary[Program, dict[bool, Lowered]] = WeakKeyDictionary()
# how many of an enterprise there was no room for, with some more
_MATCHES: WeakKeyDictionary[Program, float] = WeakKeyDictionary()
LACKING, PAID, UNASKED = range(3)  # as in blocks.c
_BEYOND = -2  # what is said of a number that is beyond its limits
_WORDS = 32  # of a block, as in blocks.c
_COLUMN = np.dtype(
    [
        *((name, np.uint64) for name in ("stored", "known")),
        *((name, np.int64) for name in ("bytes", "least", "most", "limited")),
    ]
)


class _Task(ctypes.Structure):
    """As `Task` in blocks.c."""

    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("columns", "steps", "stretches", "parts")),
        *((name, ctypes.c_void_p) for name in ("first", "conditions", "jurisdictions")),
        *((name, ctypes.c_void_p) for name in ("amounts", "lines", "places")),
        *((name, ctypes.c_int64) for name in ("rows", "rules", "column_count", "region")),
        *((name, ctypes.c_void_p) for name in ("made", "planes", "held", "who")),
        *((name, ctypes.c_void_p) for name in ("near", "narrow")),
    ]


class _Found(ctypes.Structure):
    """As `Found` in blocks.c."""

    _fields_ = [
        ("room", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("row", "rule", "fen", "paid")),
    ]


_NEAR = 4 * 8  # bytes of what blocks.c says of a block of a column
_SIZES = (LINE.itemsize, AMOUNT.itemsize, ctypes.sizeof(_Task), ctypes.sizeof(_Found))
_LAYOUT = (2, _WORDS, REACH, _COLUMN.itemsize, _NEAR, STEP.itemsize, *_SIZES)


def _library() -> ctypes.CDLL | None:
    """The compiled `blocks.c`, where it could be compiled."""
    for path in sorted(Path(__file__).parent.glob("_blocks*.so")):
        try:
            found = ctypes.CDLL(str(path))
            layout = (ctypes.c_int64 * len(_LAYOUT)).in_dll(found, "miaopu_layout")
        except (OSError, ValueError):  # made for another machine, or something else
            continue
        if tuple(layout) != _LAYOUT:  # made of an older blocks.c
            continue
        found.miaopu_entitled.restype = ctypes.c_int64
        return found
    return None


LIBRARY = _library()


class Distrusted(Exception):
    """A column that was trusted has to be read with care."""


class Found(NamedTuple):
    """Who is entitled by which rule, by row and the rule's place.

    `paid` says whether `fen` is what the rule pays (PAID), whether that is not known (LACKING: the
    one fact that it depends on is not), or was not looked at (UNASKED).
    """

    row: Ints
    rule: Ints
    fen: Ints
    paid: npt.NDArray[np.uint8]

    def at(self, kept: Bools) -> Found:
        """Some of them."""
        return Found(self.row[kept], self.rule[kept], self.fen[kept], self.paid[kept])


def found_in_blocks(program: Program, columns: Columns, *, by_region: bool) -> Found:
    """Who is entitled, and to how much; with `by_region`, a block is not asked what is for other
    places than those that occur in it.

    Raises Distrusted where columns were read as Reading.TRUSTED and should not have been.
    """
    for quotients in (True, False):
        lowered_ = _lowered(program, columns, quotients=quotients)
        found = _found(lowered_, program, columns.batch, by_region)
        if found is not None:
            break
    assert found is not None
    if not lowered_.left:
        return found
    asked = np.zeros(len(program.rules), dtype=np.bool_)
    asked[list(lowered_.left)] = True
    kept = np.ones(len(found.row), dtype=np.bool_)
    for place, at in by_rule(found.rule, np.flatnonzero(asked[found.rule])):
        for left in lowered_.left[place]:
            true = true_of(program, columns, left, found.row[at])
            kept[at[~true]] = False
            at = at[true]
    return found.at(kept)


def by_rule(rule: Ints, at: Ints) -> Iterator[tuple[int, Ints]]:
    """Some places in a table, those of each rule together and in order."""
    order = at[np.argsort(rule[at], kind="stable")]
    for part in np.split(order, np.flatnonzero(np.diff(rule[order])) + 1):
        if len(part):
            yield int(rule[part[0]]), part


def _lowered(program: Program, columns: Columns, *, quotients: bool) -> Lowered:
    """The rules for the columns at hand: as they were lowered last, if these are alike."""
    kept = _KEPT.setdefault(program, {})
    found = kept.get(quotients)
    if found is None or found.kinds != kinds_of(columns.batch):
        if not program.plans and any(one.limits for one in columns.batch.columns.values()):
            raise Distrusted  # plans are made by looking at numbers
        plans = plans_of(program, columns.batch)
        found = kept[quotients] = lowered(program, columns, plans, quotients=quotients)
    return found


def _found(lowered_: Lowered, program: Program, batch: Batch, by_region: bool) -> Found | None:
    """Who fulfils what is lowered; None for too large quotients."""
    assert LIBRARY is not None
    region = program.region
    held: list[npt.NDArray[Any]] = []
    columns = np.array(
        [_addresses(batch.columns[name], batch, held) for name in lowered_.names], dtype=_COLUMN
    )
    steps, rules = len(lowered_.steps), len(lowered_.rules)
    made = np.full(steps, -1, dtype=np.int64)
    planes = np.empty(2 * steps * _WORDS, dtype=np.uint64)
    room, who = np.empty(rules * _WORDS, np.uint64), np.empty(rules, np.int64)
    near = np.empty(len(columns) * _NEAR, np.uint8)
    narrow = np.empty(len(columns) * _WORDS * WORD, np.uint32)
    task = _Task(
        *(one.ctypes.data for one in (columns, lowered_.steps, lowered_.stretches, lowered_.parts)),
        *(one.ctypes.data for one in (lowered_.first, lowered_.conditions, lowered_.jurisdictions)),
        *(one.ctypes.data for one in (lowered_.amounts, lowered_.lines, lowered_.rules)),
        batch.rows,
        rules,
        len(columns),
        lowered_.names.index(region) if by_region and region else -1,
        *(one.ctypes.data for one in (made, planes, room, who, near, narrow)),
    )
    count, capacity = 0, int(batch.rows * _MATCHES.get(program, 1.0)) + 1
    while True:
        row, rule, fen = (np.empty(capacity, np.int64) for _ in range(3))
        paid = np.empty(capacity, np.uint8)
        into = _Found(capacity, *(one.ctypes.data for one in (row, rule, fen, paid)))
        count = LIBRARY.miaopu_entitled(ctypes.byref(task), ctypes.byref(into))
        if count <= capacity:
            break
        _MATCHES[program] = 1.1 * count / batch.rows
        capacity = count
    if count == _BEYOND:
        raise Distrusted
    if count < 0:
        return None
    return Found(row[:count], rule[:count], fen[:count], paid[:count])


def _addresses(column: Column, batch: Batch, held: list[npt.NDArray[Any]]) -> tuple[int, ...]:
    """A row of _COLUMN; `held` keeps what was made for it."""
    stored = column.stored
    if stored.dtype not in SIZES:
        stored = stored.astype(np.int64)
    stored = np.require(stored, requirements=["C", "A"])
    held.append(stored)
    known: Words | None = None
    if column.mask.dtype != np.bool_ or not column.all_known:
        known = np.ascontiguousarray(column.known_bits)
        assert len(known) * WORD >= batch.rows
        held.append(known)
    where = 0 if known is None else known.ctypes.data
    least, most = column.limits or (0, 0)
    limited = column.limits is not None
    return stored.ctypes.data, where, stored.dtype.itemsize, least, most, limited
