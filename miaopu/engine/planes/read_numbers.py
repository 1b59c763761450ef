"""Columns of numbers read at a stroke."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from miaopu.engine.facts import INT64_MAX, Fact, FactType
from miaopu.engine.planes.arrow_parts import mask_of, not_null, raw_numbers
from miaopu.engine.planes.bits import Bools, Words
from miaopu.engine.planes.columns import Column, Numbers, Reading, narrowed

_EXACT_FLOAT = 2**53
_UNITS = (100_000, 10_000, 1_000, 100)  # that amounts may be multiples of
_TRIED = 1_024  # numbers, before all are looked at


def whole_numbers(fact: Fact, values: pa.Array, reading: Reading) -> Column | None:
    """The column where its numbers are read at a stroke; None where they need a closer look."""
    factor = 100 if fact.type is FactType.MONEY else 1
    compact = reading is Reading.COMPACT
    if pa.types.is_integer(values.type) and not pa.types.is_uint64(values.type):
        mask, raw = mask_of(values), raw_numbers(values)
        if reading is Reading.TRUSTED:
            most = INT64_MAX // factor
            limits = (-most, most) if factor > 1 and raw.itemsize == 8 else None
            return Column(fact, mask, raw, None, factor, limits=limits)
        if values.null_count and (compact or not _fits(raw, factor)):
            raw = raw * not_null(values)  # six times as fast as a choice
        if not _fits(raw, factor):
            return None
        return _scaled(fact, mask, raw, factor, compact)
    if not pa.types.is_float64(values.type):
        return None
    known = not_null(values)
    floats = np.where(known, raw_numbers(values), 0.0)
    scaled = floats * factor
    if not np.all(np.abs(scaled) < _EXACT_FLOAT):  # NaN is not, either
        return None
    numbers = np.rint(scaled).astype(np.int64)
    if not np.array_equal(numbers / factor, floats):
        return None
    return _scaled(fact, known, numbers, 1, compact)


def _fits(numbers: Numbers, factor: int) -> bool:
    """Whether numbers times `factor` are sure to fit 64 bits."""
    if factor == 1 or not len(numbers):
        return True
    every = int(np.bitwise_or.reduce(numbers))  # no number is above it, where none is below 0
    if 0 <= every <= INT64_MAX // factor:
        return True
    return max(-int(numbers.min()), int(numbers.max())) <= INT64_MAX // factor


def _scaled(
    fact: Fact, mask: Bools | Words, numbers: Numbers, factor: int, compact: bool
) -> Column:
    """The column of numbers times `factor`."""
    if not compact:
        return Column(fact, mask, numbers, None, factor)
    unit = _unit(numbers) if fact.type is FactType.MONEY else 1
    if unit > 1:
        numbers = numbers // unit
    return Column(fact, mask, narrowed(numbers), None, factor * unit)


def _unit(numbers: Numbers) -> int:
    """What all of some amounts are multiples of: many are told in thousands."""
    some = numbers[:: max(len(numbers) // _TRIED, 1)]
    for unit in _UNITS:
        if (
            unit <= np.iinfo(numbers.dtype).max
            and not np.any(some % unit)
            and not np.any(numbers % unit)
        ):
            return unit
    return 1
