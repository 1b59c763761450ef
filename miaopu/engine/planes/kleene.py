"""Three-valued logic on columns of truth: Kleene's and, or, and what is known first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from miaopu.engine.planes.bits import Bools


class Truth(NamedTuple):
    """Where a condition is true, and where it is false; neither is unknown."""

    true: Bools
    false: Bools


def all_of(parts: Sequence[Truth]) -> Truth:
    """And: false where one part is, true where all are."""
    return Truth(
        reduce(np.logical_and, [part.true for part in parts]),
        reduce(np.logical_or, [part.false for part in parts]),
    )


def any_of(parts: Sequence[Truth]) -> Truth:
    """Or: true where one part is, false where all are."""
    return Truth(
        reduce(np.logical_or, [part.true for part in parts]),
        reduce(np.logical_and, [part.false for part in parts]),
    )


def first_known(one: Truth, other: Truth) -> Truth:
    """`one` where it is known, else `other`."""
    unknown = ~(one.true | one.false)
    return Truth(one.true | (unknown & other.true), one.false | (unknown & other.false))


def everybody(value: bool | None, rows: int) -> Truth:
    """The same for all rows."""
    return Truth(np.full(rows, value is True), np.full(rows, value is False))
