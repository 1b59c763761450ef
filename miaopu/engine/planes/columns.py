"""Facts of many enterprises as columns: numbers as whole numbers, everything else by its values.

A column of numbers holds whole numbers in one unit (for money a fen, or a sum that all amounts are
multiples of). Any other column holds, for each enterprise, which of the few values that occur is
hers, so that what a rule asks of a value is asked once for each value and not for each enterprise.
What is unknown is known to be so. Files are read into columns by `planes.read_columns`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from miaopu.engine.facts import INT64_MAX, Fact, Value
from miaopu.engine.planes.bits import WORD, Bools, Ints, Words, held_at, packed, unpacked, words_for

Numbers = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Column:
    """One fact of many enterprises.

    `stored` holds the values of a fact of numbers, in units of `scale`; with `distinct`, the values
    that occur (in their order and once, but for Reading.TRUSTED), it says which is whose. `mask`
    tells where that counts, as Bools or as bits: elsewhere `stored` may hold any number (with
    `distinct`, any place). Values times `scale` fit 64 bits.
    """

    fact: Fact
    mask: Bools | Words
    stored: Numbers
    distinct: tuple[Value, ...] | None = None
    scale: int = 1
    whole: Column | None = None  # what it is a part of
    limits: tuple[int, int] | None = None  # of what is stored, where nobody has looked yet

    @cached_property
    def known(self) -> Bools:
        """Whose value is known."""
        if self.mask.dtype == np.bool_:
            return cast(Bools, self.mask)
        return unpacked(cast(Words, self.mask), len(self.stored))

    @cached_property
    def known_bits(self) -> Words:
        """The same as bits."""
        return packed(self.known) if self.mask.dtype == np.bool_ else cast(Words, self.mask)

    def known_at(self, rows: Ints) -> Bools:
        """Whether the values of some enterprises are known."""
        if self.mask.dtype == np.bool_:
            return cast(Bools, self.mask).take(rows)
        return held_at(cast(Words, self.mask), rows)

    @cached_property
    def numbers(self) -> Ints | None:
        """The values of a fact of numbers; None where the column is kept by its values.

        What stands where a value is unknown means nothing.
        """
        if self.distinct is not None:
            return None
        numbers = self.stored.astype(np.int64, copy=False)
        if self.scale == 1:
            return numbers
        return (numbers if self.all_known else np.where(self.known, numbers, 0)) * self.scale

    @cached_property
    def all_known(self) -> bool:
        """Whether nobody's value is unknown."""
        return bool(self.known.all())

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """Between which numbers lies what is stored; 0 and 0 where there is nothing."""
        if self.whole is not None:
            return self.whole.bounds
        if not len(self.stored):
            return 0, 0
        return int(self.stored.min()), int(self.stored.max())

    @cached_property
    def identities(self) -> tuple[Ints, tuple[Value | None, ...]]:
        """For each enterprise the place of her value in a list of values, unknown last."""
        if self.distinct is not None:
            stored = self.stored.astype(np.int64)  # the place of what is unknown has to fit
            return np.where(self.known, stored, len(self.distinct)), (*self.distinct, None)
        values, places = np.unique(np.asarray(self.numbers), return_inverse=True)
        whole = tuple(int(value) for value in values)
        return np.where(self.known, places, len(whole)).astype(np.int64), (*whole, None)

    def value(self, row: int) -> Value | None:
        """The value of one enterprise."""
        if not self.known[row]:
            return None
        found = int(self.stored[row])
        return found * self.scale if self.distinct is None else self.distinct[found]

    def at(self, rows: Ints | slice) -> Column:
        """The column of some of the enterprises."""
        whole, stored = self.whole or self, self.stored[rows]
        limits = self.limits if isinstance(rows, slice) else None
        mask: Bools | Words
        if not isinstance(rows, slice):
            mask = self.known_at(rows)
        elif self.mask.dtype == np.bool_ or rows.start is None or rows.start % WORD:
            mask = self.known[rows]
        else:
            first = rows.start // WORD
            mask = cast(Words, self.mask)[first : first + words_for(len(stored))]
        return Column(self.fact, mask, stored, self.distinct, self.scale, whole, limits)


class Reading(Enum):
    """How columns are read."""

    COMPACT = "in as few bytes as do, which pays where rules ask everybody"
    STORED = "numbers as they came"
    TRUSTED = "as they came; that they are within limits is for who asks them to see"


def narrowed(numbers: Numbers) -> Numbers:
    """The same whole numbers in as few bytes as hold them all."""
    if not len(numbers):
        return numbers
    return numbers.astype(kind_for(int(numbers.min()), int(numbers.max())), copy=False)


def kind_for(least: int, most: int) -> type[np.integer[Any]]:
    """The least room for whole numbers between two bounds."""
    for kind in (np.uint8, np.int16, np.int32):
        if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max:
            return kind
    return np.int64


def combined(parts: Sequence[tuple[Ints, int]], rows: int) -> Ints:
    """One number for each row that is the same exactly where all `parts` are.

    A part is a column of places, all of them below the number beside it.
    """
    code, sizes = np.zeros(rows, dtype=np.int64), 1
    for places, size in parts:
        if sizes * size > INT64_MAX:
            _seen, code = np.unique(code, return_inverse=True)
            sizes = int(code.max(initial=0)) + 1
        code = code * size + places
        sizes *= size
    return code
