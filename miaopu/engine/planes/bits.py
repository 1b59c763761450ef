"""Planes of bits: one bit for each enterprise, 64 to a word."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from miaopu.engine.planes.columns import Bools, Ints

Words = npt.NDArray[np.uint64]
_WORD = 64


class Plane(NamedTuple):
    """One bit for each enterprise: where something is true, and where it is false."""

    true: Words
    false: Words


def words_for(rows: int) -> int:
    """How many words hold a bit for each row."""
    return -(-rows // _WORD)


def packed(found: Bools, words: int) -> Words:
    """Bools as bits, 64 to a word; the bits beyond the last row are 0."""
    packed = np.zeros(words * 8, dtype=np.uint8)
    bits = np.packbits(found, bitorder="little")
    packed[: len(bits)] = bits
    return packed.view(np.uint64)


def unpacked(plane: Words, rows: int) -> Bools:
    """The bits as Bools."""
    bits = np.unpackbits(plane.view(np.uint8), count=rows, bitorder="little")
    return bits.view(np.bool_)


def rows_of(plane: Words, rows: int) -> Ints:
    """The rows whose bit is set."""
    return np.flatnonzero(unpacked(plane, rows)).astype(np.int64)


def bits_of(plane: Words, rows: Ints) -> Ints:
    """The bits of some rows, as 0 and 1."""
    found = (plane.view(np.uint8)[rows >> 3] >> (rows & 7).astype(np.uint8)) & 1
    ones: Ints = found.astype(np.int64)
    return ones
