"""Where in a piece the enterprises of a jurisdiction stand.

Registers are kept region by region, so that those of one city are mostly one stretch of rows: a
rule for it needs to look at no others. Where they stand mixed the stretch is the whole piece.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple, cast

import numpy as np

from miaopu.engine.planes.bits import WORD, Ints, Words, words_for
from miaopu.engine.planes.columns import Column

_MIXED = 2_048  # stretches of one region each, beyond which the rows are taken as mixed
_ALL = 0xFFFFFFFFFFFFFFFF


class Stretch(NamedTuple):
    """Rows from `start` to before `end`; `alone` if nobody of elsewhere stands between."""

    start: int
    end: int
    alone: bool

    @property
    def words(self) -> slice:
        """The words that hold the bits of these rows."""
        return slice(self.start // WORD, words_for(self.end))

    def trim(self, words: Words) -> None:
        """Clear the bits of other rows from the first and the last of the stretch's words."""
        words[..., 0] &= np.uint64(_ALL << self.start % WORD & _ALL)
        if self.end % WORD:
            words[..., -1] &= np.uint64(_ALL >> WORD - self.end % WORD)


class Whereabouts:
    """The rows of a piece by region; those whose region is not known are nowhere."""

    def __init__(self, column: Column) -> None:
        self._codes = cast(tuple[int, ...], column.distinct)
        self._rows = len(column.stored)
        changed = column.stored[1:] != column.stored[:-1]
        if not column.all_known:
            changed |= column.known[1:] != column.known[:-1]
        cuts = np.flatnonzero(changed) + 1
        starts = np.concatenate([np.zeros(min(self._rows, 1), dtype=np.int64), cuts])
        starts = starts[column.known[starts]]
        self._mixed = len(starts) > _MIXED
        if self._mixed:
            self._places: list[int] = np.unique(column.stored[column.known]).tolist()
            return
        ends = np.append(cuts, self._rows)
        ends = ends[np.searchsorted(ends, starts, side="right")]
        self._sort(starts, ends, column.stored[starts].astype(np.int64))

    def _sort(self, starts: Ints, ends: Ints, places: Ints) -> None:
        order = np.argsort(places, kind="stable")
        self._places = places[order].tolist()
        self._starts, self._ends = starts[order].tolist(), ends[order].tolist()
        self._runs = len(order)
        self._in_rows = starts

    @property
    def nobody(self) -> bool:
        """Whether nobody's region is known."""
        return not self._places

    def of(self, jurisdiction: tuple[int, int]) -> Stretch | None:
        """Where those of a range of region codes stand; None where there are none."""
        first = bisect_left(self._codes, jurisdiction[0])
        last = bisect_right(self._codes, jurisdiction[1]) - 1
        begin, end = bisect_left(self._places, first), bisect_right(self._places, last)
        if begin >= end:
            return None
        if self._mixed:
            return Stretch(0, self._rows, alone=False)
        start, stop = min(self._starts[begin:end]), max(self._ends[begin:end])
        between = np.searchsorted(self._in_rows, [start, stop])
        return Stretch(start, stop, alone=int(between[1] - between[0]) == end - begin)
