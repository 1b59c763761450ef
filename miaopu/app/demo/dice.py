"""A small random source whose numbers are the same on every machine and Python version."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")

_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15
MILLION = 1_000_000


class Weighted(Generic[T]):
    """Things to draw from, each as often as its whole-number weight says (0: never)."""

    def __init__(self, pairs: Sequence[tuple[T, int]]) -> None:
        self.things = tuple(thing for thing, weight in pairs if weight)
        self.bounds = tuple(accumulate(weight for _, weight in pairs if weight))


class Dice:
    """One stream of random whole numbers (SplitMix64) for one key, e.g. (seed, index)."""

    def __init__(self, *key: int) -> None:
        self._state = 0
        for part in key:
            self._state = self._next() ^ (part & _MASK)

    def _next(self) -> int:
        self._state = mixed = (self._state + _STEP) & _MASK
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        return (self._next() * limit) >> 64

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, per_mille: int) -> bool:
        """True `per_mille` times in a thousand."""
        return self.below(1000) < per_mille

    def pick(self, things: Sequence[T]) -> T:
        """One of `things`, all equally likely."""
        return things[self.below(len(things))]

    def weigh(self, weighted: Weighted[T]) -> T:
        """One of the weighted things."""
        return weighted.things[bisect_right(weighted.bounds, self.below(weighted.bounds[-1]))]
