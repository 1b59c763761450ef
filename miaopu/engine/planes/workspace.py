"""Room for the planes of one piece, kept for the next: what is not asked of the system costs least.

Fresh memory is paid for page by page when it is first written to, which for planes took as long as
filling them. So room is kept for the next run, too: that of a few pieces for the whole process.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import numpy.typing as npt

from miaopu.engine.planes.bits import WORD, Bools, Words, words_for

_MOST = 2**23  # words that are kept, 64 MB
_KEPT: deque[Words] = deque(maxlen=2)
Floats = npt.NDArray[np.floating[Any]]


class Workspace:
    """Room for so many planes of so many rows, and for what is thrown away at once."""

    def __init__(self, steps: int, rows: int) -> None:
        self.words = words_for(rows)
        self.room = _room(steps * 2 * self.words)
        self.planes = self.room[: steps * 2 * self.words].reshape(steps, 2, self.words)
        self._truth = np.zeros(self.words * WORD, dtype=np.bool_)
        self._floats: dict[tuple[str, str, type], Floats] = {}

    def truth(self, rows: int) -> Bools:
        """Room for the truth of so many rows."""
        return self._truth[:rows]

    def bits(self, rows: int) -> Words:
        """What stands there, as bits; those beyond the last row mean nothing."""
        room = self._truth[: words_for(rows) * WORD]
        return np.packbits(room, bitorder="little").view(np.uint64)

    def floats(self, upper: str, lower: str, kind: type, rows: int) -> Floats:
        """Room for the quotients of two facts."""
        found = self._floats.get((upper, lower, kind))
        if found is None:
            found = self._floats[upper, lower, kind] = np.empty(self.words * WORD, dtype=kind)
        return found[:rows]


def _room(words: int) -> Words:
    if not words:
        return np.empty(0, dtype=np.uint64)
    try:
        found = _KEPT.pop()
    except IndexError:
        return np.empty(words, dtype=np.uint64)
    return found if len(found) >= words else np.empty(words, dtype=np.uint64)


class Workspaces:
    """The workspaces of one run: as many as pieces are worked on at a time."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._free: deque[Workspace] = deque()

    def take(self, rows: int) -> Workspace:
        """One for so many rows that nobody works in."""
        try:
            found = self._free.pop()
        except IndexError:
            return Workspace(self._steps, rows)
        return found if found.words >= words_for(rows) else Workspace(self._steps, rows)

    def give_back(self, one: Workspace) -> None:
        """What stands in it is not needed any more."""
        self._free.append(one)

    def close(self) -> None:
        """Keep the room for the next run."""
        _KEPT.extend(one.room for one in self._free if len(one.room) <= _MOST)
        self._free.clear()
