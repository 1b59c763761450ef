"""Ids of enterprises in a facts file: which rows have one, and which are met again.

An id stands for itself once the blanks around it are taken off. Where the column can be read anew,
ids that rise from row to row, as registers have them, cannot be there twice; once they do not, the
64-bit hashes of all ids say which of them may be, and only those are kept as texts and compared, so
that memory does not grow with the ids. Elsewhere all ids are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from miaopu.engine.planes.arrow_parts import raw_numbers
from miaopu.engine.planes.bits import Bools, Ints

Hashes = npt.NDArray[np.uint64]
AT_A_TIME = 2**25  # hashes held in memory; of more, those of one remainder after the other
_LONGEST = 64  # bytes of an id that is hashed with many others at a stroke
_PRINTED = (0x21, 0x7E)  # what begins and ends a text that has no blanks around it
_FACTORS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9))
_TURN = np.uint64(29)


def ids_of(column: pa.Array) -> pa.Array:
    """Ids as they are compared: whole numbers as they are, anything else as text; blank is null."""
    if pa.types.is_integer(column.type):
        return column
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type):
        if _are_bare(column):
            return column
    texts = [None if raw is None else str(raw).strip() for raw in column.to_pylist()]
    return pa.array([text or None for text in texts], pa.string())


def hashes_of(ids: pa.Array) -> Hashes:
    """A hash for each id; what it is for null means nothing. Those of whole numbers are exact."""
    if pa.types.is_integer(ids.type):
        numbers: Hashes = ids.fill_null(0).to_numpy().astype(np.uint64)
        return numbers
    offsets, data = _bytes(ids)
    lengths = np.diff(offsets)
    short = lengths <= _LONGEST
    width = -(-int(lengths[short].max(initial=0)) // 8) * 8
    padded = np.zeros((len(lengths), width), dtype=np.uint8)
    if len(lengths) and width and (lengths == lengths[0]).all():
        size = int(lengths[0])
        padded[:, :size] = data[offsets[0] : offsets[-1]].reshape(-1, size)
    elif width:
        places = np.arange(width)
        found = data.take(offsets[:-1, None] + places, mode="clip")
        np.copyto(padded, found, where=places < lengths[:, None])
    hashed = lengths.astype(np.uint64) * _FACTORS[0]
    lanes = padded.view("<u8")
    for place in range(lanes.shape[1]):
        mixed = (hashed ^ lanes[:, place]) * _FACTORS[1]
        mixed ^= mixed >> _TURN
        hashed = np.where(lengths > 8 * place, mixed, hashed)
    for row in np.flatnonzero(~short):
        text = data[offsets[row] : offsets[row + 1]].tobytes()
        hashed[row] = int.from_bytes(blake2b(text, digest_size=8).digest(), "little")
    return hashed


def met_again(read: Callable[[], Iterable[pa.Array]], rows: int) -> Hashes:
    """The hashes that more than one id of a column has, in order; `read` gives it anew, in parts.

    Holds AT_A_TIME hashes at the most: a longer column is read as often as that takes.
    """
    rounds = max(-(-rows // AT_A_TIME), 1)
    again = []
    for number in range(rounds):
        parts = [np.zeros(0, dtype=np.uint64)]
        for column in read():
            ids = ids_of(column)
            hashed = hashes_of(ids.drop_null())
            parts.append(hashed if rounds == 1 else hashed[hashed % rounds == number])
        every = np.concatenate(parts)
        del parts
        every.sort()
        again.append(np.unique(every[1:][every[1:] == every[:-1]]))
    return np.sort(np.concatenate(again))


@dataclass(frozen=True)
class IdColumn:
    """The ids of a file that can be read anew: in parts, and how many there are."""

    read: Callable[[], Iterable[pa.Array]]
    rows: int

    def first(self, rows: int) -> Iterator[pa.Array]:
        """The ids of the first rows, in parts."""
        for column in self.read():
            if rows <= 0:
                return
            yield ids_of(column.slice(0, rows))
            rows -= len(column)


class Met:
    """The ids met so far; with `column` (all that will be asked, in order) as few as can be."""

    def __init__(self, column: IdColumn | None = None) -> None:
        self._column = column
        self._again: Hashes | None = None
        self._ids: set[str] = set()
        self._last: Any = None  # the last id, as long as each was above the one before
        self._risen = 0

    def fresh(self, ids: pa.Array) -> Bools:
        """Which rows have an id that was not met before; they are met from now on."""
        if self._column is not None and self._again is None:
            if self._rises(ids):
                return np.ones(len(ids), dtype=np.bool_)
            self._again = met_again(self._column.read, self._column.rows)
            for earlier in self._column.first(self._risen):
                self._fresh(earlier)
        return self._fresh(ids)

    def _rises(self, ids: pa.Array) -> bool:
        """Whether each id is above the one before it; then none of them was met before."""
        if ids.null_count or not len(ids):
            return not len(ids)
        first, last = ids[0], ids[len(ids) - 1]
        if self._last is not None and not pc.greater(first, self._last).as_py():
            return False
        rest = len(ids) - 1
        if pa.types.is_integer(ids.type):
            numbers = raw_numbers(ids)
            rises = bool((numbers[1:] > numbers[:-1]).all())
        else:
            every = pc.less(ids.slice(0, rest), ids.slice(1, rest))
            rises = pc.all(every, min_count=0).as_py()
        if not rises:
            return False
        self._last = last
        self._risen += len(ids)
        return True

    def _fresh(self, ids: pa.Array) -> Bools:
        known: Bools = ids.is_valid().to_numpy(zero_copy_only=False)
        asked = known if self._again is None else known & self._suspect(ids)
        places = np.flatnonzero(asked)
        if not len(places):
            return known
        texts = [str(one) for one in (ids if asked.all() else ids.take(places)).to_pylist()]
        different = set(texts)
        if len(different) == len(texts) and self._ids.isdisjoint(different):
            self._ids |= different
            return known
        found = known.copy()
        for place, text in zip(places.tolist(), texts, strict=True):
            if text in self._ids:
                found[place] = False
            self._ids.add(text)
        return found

    def _suspect(self, ids: pa.Array) -> Bools:
        assert self._again is not None
        if not len(self._again):
            return np.zeros(len(ids), dtype=np.bool_)
        return np.isin(hashes_of(ids), self._again)


def chosen_rows(fresh: Bools) -> Ints:
    """The places of the rows that are fresh."""
    return np.flatnonzero(fresh).astype(np.int64)


def _are_bare(texts: pa.Array) -> bool:
    """Whether no text is empty or has a blank at its ends."""
    texts = texts.drop_null()
    offsets, data = _bytes(texts)
    if not len(texts):
        return True
    if not (np.diff(offsets) > 0).all():
        return False
    ends = np.concatenate([data[offsets[:-1]], data[offsets[1:] - 1]])
    return bool(_PRINTED[0] <= ends.min() and ends.max() <= _PRINTED[1])


def _bytes(texts: pa.Array) -> tuple[Ints, npt.NDArray[Any]]:
    """Where each text begins and ends, and the bytes of all."""
    _valid, offsets, data = texts.buffers()
    places = np.zeros(1, dtype=np.int32)
    if offsets is not None and len(texts):
        places = np.frombuffer(offsets, dtype=np.int32)[
            texts.offset : texts.offset + len(texts) + 1
        ]
    found = (
        np.zeros(1, np.uint8) if data is None or not data.size else np.frombuffer(data, np.uint8)
    )
    return places.astype(np.int64), found
