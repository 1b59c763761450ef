"""Counting beneficiaries and money: exact, by level, by group and by points of priority."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from miaopu.engine.money import split
from miaopu.engine.planes.columns import Ints


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


@dataclass(frozen=True)
class CutOff:
    """How far a sum of money reaches, by points of priority from the highest.

    `supported` are surely reached and cost `cost_fen`; those with `points` are the first of whom
    not all are reached, `at_line` of them; None where it is enough for everybody.
    """

    budget_fen: int
    supported: int
    cost_fen: int
    points: int | None
    at_line: int
    below: int

    def to_json(self) -> dict[str, object]:
        """The cut-off as `simulate` prints it."""
        return dict(self.__dict__)


def cut_off(standing: ByPoints, budget_fen: int) -> CutOff:
    """Where `budget_fen` ends: whole groups of equal points only, as points alone cannot part them.

    Programmes rank by points and support from the top while money lasts.
    """
    supported = cost = 0
    order = sorted(standing.count, reverse=True)
    for place, points in enumerate(order):
        if cost + standing.fen[points] > budget_fen:
            below = sum(standing.count[one] for one in order[place + 1 :])
            return CutOff(budget_fen, supported, cost, points, standing.count[points], below)
        supported += standing.count[points]
        cost += standing.fen[points]
    return CutOff(budget_fen, supported, cost, None, 0, 0)


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
