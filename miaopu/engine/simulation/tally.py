"""Counting beneficiaries and money: exact, by level, by group and by points of priority."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from miaopu.engine.money import split
from miaopu.engine.planes.bits import Ints


@dataclass
class Tally:
    """Enterprises, what they get in fen, and what each level pays of it.

    `unpriced` of them have an amount that cannot be computed.
    """

    enterprises: int = 0
    cost_fen: int = 0
    unpriced: int = 0
    by_level: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, object]:
        """The figures as `simulate` prints them."""
        return {
            "enterprises": self.enterprises,
            "cost_fen": self.cost_fen,
            "by_level": dict(self.by_level),
        }


@dataclass
class ByPoints:
    """How many stand at each number of points, and what they would get."""

    count: Counter[int] = field(default_factory=Counter)
    fen: Counter[int] = field(default_factory=Counter)

    def to_json(self) -> list[list[int]]:
        """Points, enterprises and fen, from the highest points."""
        order = sorted(self.count, reverse=True)
        return [[points, self.count[points], self.fen[points]] for points in order]

    @classmethod
    def from_json(cls, rows: Sequence[Sequence[int]]) -> ByPoints:
        """What `to_json` gave."""
        return cls(
            Counter({points: count for points, count, _fen in rows}),
            Counter({points: fen for points, _count, fen in rows}),
        )


@dataclass(frozen=True)
class CutOff:
    """How far a sum of money, or a number of places, reaches by points from the highest.

    `supported` are surely reached and cost `cost_fen`; those with `points` are the first of whom
    not all are reached, `at_line` of them; None where it is enough for everybody. `at_line_fen` is
    what all of them would get.
    """

    budget_fen: int | None
    supported: int
    cost_fen: int
    points: int | None
    at_line: int
    below: int
    at_line_fen: int = 0
    quota: int | None = None

    @property
    def reached_at_line(self) -> int:
        """About how many of those at the line are reached: what is left, by their average."""
        places = self.at_line if self.quota is None else self.quota - self.supported
        if self.budget_fen is not None and self.at_line_fen > 0:
            left = (self.budget_fen - self.cost_fen) * self.at_line // self.at_line_fen
            places = min(places, left)
        return max(0, min(places, self.at_line))

    def to_json(self) -> dict[str, object]:
        """The cut-off as `simulate` prints it; `quota` only where one was given."""
        shown = {key: value for key, value in self.__dict__.items() if key != "at_line_fen"}
        if self.quota is None:
            del shown["quota"]
        return shown


def cut_off(standing: ByPoints, budget_fen: int | None, quota: int | None = None) -> CutOff:
    """Where `budget_fen` or `quota` (a number of enterprises) ends, whichever is first.

    Whole groups of equal points only, as points alone cannot part them. Programmes rank by points
    and support from the top while money and places last. None is no bound.
    """
    supported = cost = 0
    order = sorted(standing.count, reverse=True)
    for place, points in enumerate(order):
        count, fen = standing.count[points], standing.fen[points]
        too_dear = budget_fen is not None and cost + fen > budget_fen
        if too_dear or (quota is not None and supported + count > quota):
            below = sum(standing.count[one] for one in order[place + 1 :])
            return CutOff(budget_fen, supported, cost, points, count, below, fen, quota)
        supported += count
        cost += fen
    return CutOff(budget_fen, supported, cost, None, 0, 0, 0, quota)


def exact_sum(numbers: Ints) -> int:
    """The sum, whatever its size."""
    if not len(numbers):
        return 0
    most = max(abs(int(numbers.min())), abs(int(numbers.max())))
    if most * len(numbers) < 2**63:
        return int(numbers.sum())
    return sum(numbers.tolist())


def sums_by(places: Ints, numbers: Ints, size: int) -> list[int]:
    """For each place below `size` the sum of its numbers, whatever their size."""
    if not len(numbers):
        return [0] * size
    most = max(abs(int(numbers.min())), abs(int(numbers.max())))
    if most * len(numbers) < 2**63:
        totals = np.zeros(size, dtype=np.int64)
        np.add.at(totals, places, numbers)
        whole: list[int] = totals.tolist()
        return whole
    found: Counter[int] = Counter()
    for place, number in zip(places.tolist(), numbers.tolist(), strict=True):
        found[place] += number
    return [found[place] for place in range(size)]


def levels(fen: Ints, shares: Mapping[str, int]) -> tuple[tuple[str, ...], Ints]:
    """What each level pays of each amount, to the fen, and the levels' names.

    Each award is shared by itself, as the books do: by largest remainder, ties to the earlier
    level. A negative amount is shared by nobody.
    """
    names = tuple(shares)
    if not names:
        return (), np.zeros((len(fen), 0), dtype=np.int64)
    amounts, places = np.unique(fen, return_inverse=True)
    weights = list(shares.values())
    nothing: Sequence[int] = [0] * len(names)
    table = [split(one, weights) if one >= 0 else nothing for one in amounts.tolist()]
    return names, np.array(table or [nothing], dtype=np.int64)[places]
