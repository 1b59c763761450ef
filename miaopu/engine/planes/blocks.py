"""Who is entitled, by `blocks.c`: the conditions of all rules, a block of enterprises at a time.

It is the same as `planes.entitled`, which works where there is no compiler when Miaopu is
installed. Numpy asks one question of many enterprises and fetches their columns anew for the next
one; here what is fetched meets every question that the rules for its places have.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import WORD, Ints, Words
from miaopu.engine.planes.columns import Column
from miaopu.engine.planes.entitled import EntitledRows, plans_of, true_of
from miaopu.engine.planes.lowered import SIZES, STEP, Lowered, kinds_of, lowered
from miaopu.engine.planes.program import Program
from miaopu.engine.planes.step_planes import Planes

# for columns met last: with quotients, and without
_KEPT: WeakKeyDictionary[Program, dict[bool, Lowered]] = WeakKeyDictionary()
_BEYOND = -2  # what is said of a number that is beyond its limits
_WORDS = 16  # of a block, as in blocks.c
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
        *((name, ctypes.c_int64) for name in ("rows", "rules", "column_count", "region")),
        *((name, ctypes.c_void_p) for name in ("made", "planes", "held")),
    ]


_LAYOUT = (1, _WORDS, _COLUMN.itemsize, STEP.itemsize, ctypes.sizeof(_Task))


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
        found.miaopu_by_rule.restype = None
        return found
    return None


LIBRARY = _library()


class Distrusted(Exception):
    """A column that was trusted has to be read with care."""


def entitled_in_blocks(planes: Planes, *, by_region: bool) -> Iterator[EntitledRows]:
    """The rules that entitle somebody; with `by_region`, a block is not asked what is for other
    places than those that occur in it.

    Raises Distrusted where columns were read as Reading.TRUSTED and should not have been.
    """
    program = planes.program
    lowered_ = _lowered(planes, quotients=True)
    found = _entitled(lowered_, planes, by_region)
    if found is None:
        lowered_ = _lowered(planes, quotients=False)
        found = _entitled(lowered_, planes, by_region)
    assert found is not None
    rows, ends = found
    start = 0
    for number, (place, end) in enumerate(zip(lowered_.rules.tolist(), ends.tolist(), strict=True)):
        own, start = rows[start:end], end
        for left in lowered_.left[number]:
            if len(own):
                own = own.compress(true_of(program, planes.columns, left, own))
        if len(own):
            yield EntitledRows(place, program.rules[place], own)


def _lowered(planes: Planes, *, quotients: bool) -> Lowered:
    """The rules for the columns at hand: as they were lowered last, if these are alike."""
    kept = _KEPT.setdefault(planes.program, {})
    found = kept.get(quotients)
    if found is None or found.kinds != kinds_of(planes.batch):
        if not planes.program.plans and any(one.limits for one in planes.batch.columns.values()):
            raise Distrusted  # plans are made by looking at numbers
        plans = plans_of(planes.program, planes.batch)
        found = lowered(planes.program, planes.columns, plans, quotients=quotients)
        kept[quotients] = found
    return found


def _entitled(lowered_: Lowered, planes: Planes, by_region: bool) -> tuple[Ints, Ints] | None:
    """The rows of each rule, and where those of each rule end; None for too large quotients."""
    assert LIBRARY is not None
    batch, region = planes.batch, planes.program.region
    held: list[npt.NDArray[Any]] = []
    columns = np.array(
        [_addresses(batch.columns[name], batch, held) for name in lowered_.names], dtype=_COLUMN
    )
    steps = len(lowered_.steps)
    made = np.full(steps, -1, dtype=np.int64)
    room = np.empty((2 * steps + 1) * _WORDS, dtype=np.uint64)
    task = _Task(
        *(one.ctypes.data for one in (columns, lowered_.steps, lowered_.stretches, lowered_.parts)),
        *(one.ctypes.data for one in (lowered_.first, lowered_.conditions, lowered_.jurisdictions)),
        batch.rows,
        len(lowered_.rules),
        len(columns),
        lowered_.names.index(region) if by_region and region else -1,
        *(one.ctypes.data for one in (made, room, room[2 * steps * _WORDS :])),
    )
    count, capacity = 0, batch.rows
    while True:
        row, rule = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
        count = LIBRARY.miaopu_entitled(
            ctypes.byref(task), ctypes.c_int64(capacity), _at(row), _at(rule)
        )
        if count <= capacity:
            break
        capacity = count
    if count == _BEYOND:
        raise Distrusted
    if count < 0:
        return None
    ends, rows = np.empty(len(lowered_.rules), np.int64), np.empty(count, np.int64)
    sizes = ctypes.c_int64(count), ctypes.c_int64(len(ends))
    LIBRARY.miaopu_by_rule(sizes[0], _at(row), _at(rule), sizes[1], _at(ends), _at(rows))
    return rows, ends


def _at(array: npt.NDArray[Any]) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


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
