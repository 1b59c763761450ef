"""The parts of an Arrow array as numpy sees them, without a copy where there need be none."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from miaopu.engine.planes.bits import Bools, Words, words_for


def not_null(values: pa.Array) -> Bools:
    """Which rows are not null."""
    if not values.null_count:
        return np.ones(len(values), dtype=np.bool_)
    bits = values.buffers()[0]
    if bits is None:
        known: Bools = values.is_valid().to_numpy(zero_copy_only=False)
        return known
    return bools_of(bits, values)


def bools_of(buffer: pa.Buffer, values: pa.Array) -> Bools:
    """The bits that a buffer of an array holds, one for each of its rows."""
    start, end = values.offset, values.offset + len(values)
    held = np.frombuffer(buffer, dtype=np.uint8)[start // 8 : -(-end // 8)]
    bits = np.unpackbits(held, bitorder="little")[start % 8 : start % 8 + len(values)]
    return bits.view(np.bool_)


def mask_of(values: pa.Array) -> Bools | Words:
    """Which rows are not null: as the bits that the array holds, where these are whole words."""
    bits = values.buffers()[0]
    start, size = values.offset // 8, words_for(len(values)) * 8
    if not values.null_count or bits is None or values.offset % 8 or start + size > bits.size:
        return not_null(values)
    return np.frombuffer(bits, dtype=np.uint8)[start : start + size].view(np.uint64)


def raw_numbers(values: pa.Array) -> npt.NDArray[Any]:
    """The numbers of an array as they are stored; those of nulls mean nothing."""
    kind = values.type.to_pandas_dtype()
    stored = np.frombuffer(values.buffers()[1], dtype=kind)
    numbers: npt.NDArray[Any] = stored[values.offset : values.offset + len(values)]
    return numbers
