"""Whether an assessor scores otherwise than those who scored the same lines."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean

FEWEST = 5
"""Lines that must be compared before anything is said of an assessor."""
FAR = Decimal("0.15")
"""A mean distance of so much of the maximum is far: 15 points of a hundred."""


@dataclass(frozen=True)
class Given:
    """Points that an assessor gave to a line, and what it came to in the end."""

    assessor: str
    points: Decimal
    settled: Decimal
    maximum: Decimal


@dataclass(frozen=True)
class Leaning:
    """How far an assessor lies from the settled points on average, as a part of the maxima.

    Above zero: generous. `far` where it is FAR or more over FEWEST lines or more.
    """

    assessor: str
    lines: int
    mean: Decimal
    far: bool


def leanings(given: Iterable[Given]) -> list[Leaning]:
    """The leaning of every assessor, the farthest first; lines without a maximum are left out."""
    by_assessor: dict[str, list[Decimal]] = defaultdict(list)
    for one in given:
        if one.maximum > 0:
            by_assessor[one.assessor].append((one.points - one.settled) / one.maximum)
    found = []
    for assessor, distances in by_assessor.items():
        average = mean(distances)
        far = len(distances) >= FEWEST and abs(average) >= FAR
        found.append(Leaning(assessor, len(distances), average, far))
    return sorted(found, key=lambda one: (-abs(one.mean), one.assessor))
