"""Planes of bits: one bit for each enterprise, 64 to a word.

A plane has two rows of words: where something is true, and where it is not false; where the two
differ it is unknown. What the bits beyond the last enterprise say means nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
Plane = npt.NDArray[np.uint64]
WORD = 64
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


def words_for(rows: int) -> int:
    """How many words hold a bit for each row."""
    return -(-rows // WORD)


def packed(found: Bools) -> Words:
    """Bools as bits, 64 to a word; the bits beyond the last row are 0."""
    bits = np.packbits(found, bitorder="little")
    if len(bits) % 8:
        whole = np.zeros(words_for(len(found)) * 8, dtype=np.uint8)
        whole[: len(bits)] = bits
        bits = whole
    return bits.view(np.uint64)


def unknown_in(plane: Plane) -> Words:
    """Where it is neither true nor false."""
    words: Words = plane[1] & ~plane[0]
    return words


def everybody(rows: int) -> Words:
    """A bit for each row."""
    words = np.full(words_for(rows), _ALL)
    if rows % WORD:
        words[-1] = np.uint64((1 << rows % WORD) - 1)
    return words


def unpacked(plane: Words, rows: int) -> Bools:
    """The bits as Bools."""
    bits = np.unpackbits(plane.view(np.uint8), count=rows, bitorder="little")
    return bits.view(np.bool_)


def rows_of(plane: Words) -> Ints:
    """The rows whose bit is set; only bytes that hold one are looked at."""
    held = plane.view(np.uint8)
    places = np.flatnonzero(held != 0)
    if not len(places):
        return places
    bits = np.flatnonzero(np.unpackbits(held[places], bitorder="little").view(np.bool_))
    rows: Ints = (places[bits >> 3] << 3) + (bits & 7)
    return rows


def held_at(plane: Words, rows: Ints) -> Bools:
    """The bits of some rows, as Bools."""
    found = plane.view(np.uint8).take(rows >> 3)
    found >>= (rows & 7).astype(np.uint8)
    found &= 1
    return found.view(np.bool_)


def bits_of(plane: Words, rows: Ints) -> Ints:
    """The same as 0 and 1."""
    ones: Ints = held_at(plane, rows).astype(np.int64)
    return ones
