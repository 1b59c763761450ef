"""Facts of many enterprises as columns: numbers as whole numbers, everything else by its values.

A column of numbers holds 64-bit integers (money in fen). Any other column holds, for each
enterprise, which of the few values that occur is hers, so that what a rule asks of a value is asked
once for each value and not for each enterprise. What is unknown is known to be so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from miaopu.engine.facts import INT64_MAX, Fact, FactError, FactType, Value, read_fact

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Problem = Callable[[int, FactError], None]

_NUMBERS = frozenset({FactType.INTEGER, FactType.MONEY})
_EXACT_FLOAT = 2**53


@dataclass(frozen=True)
class Column:
    """One fact of many enterprises.

    `stored` holds, in as few bytes as do, the values of a fact of numbers (0 where unknown); with
    `distinct`, the values that occur in their order, it says which is whose (0 where unknown).
    `known` tells the two apart.
    """

    fact: Fact
    known: Bools
    stored: npt.NDArray[np.integer[Any]]
    distinct: tuple[Value, ...] | None = None
    within: tuple[int, int] | None = None  # bounds of the whole that this is a part of

    @cached_property
    def numbers(self) -> Ints | None:
        """The values of a fact of numbers; None where the column is kept by its values."""
        return self.stored.astype(np.int64) if self.distinct is None else None

    @cached_property
    def all_known(self) -> bool:
        """Whether nobody's value is unknown."""
        return bool(self.known.all())

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """Between which numbers lies what is stored; 0 and 0 where there is nothing."""
        if self.within is not None:
            return self.within
        if not len(self.stored):
            return 0, 0
        return int(self.stored.min()), int(self.stored.max())

    @cached_property
    def identities(self) -> tuple[Ints, tuple[Value | None, ...]]:
        """For each enterprise the place of her value in a list of values, unknown last."""
        if self.distinct is not None:
            places = np.where(self.known, self.stored, len(self.distinct))
            return places.astype(np.int64), (*self.distinct, None)
        values, places = np.unique(self.stored, return_inverse=True)
        whole = tuple(int(value) for value in values)
        return np.where(self.known, places, len(whole)).astype(np.int64), (*whole, None)

    def value(self, row: int) -> Value | None:
        """The value of one enterprise."""
        if not self.known[row]:
            return None
        found = int(self.stored[row])
        return found if self.distinct is None else self.distinct[found]

    def at(self, rows: Ints | slice) -> Column:
        """The column of some of the enterprises."""
        within = self.bounds if self.distinct is None else None
        return Column(self.fact, self.known[rows], self.stored[rows], self.distinct, within)


def narrow(numbers: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.integer[Any]]:
    """The same whole numbers in as few bytes as hold them all."""
    if not len(numbers):
        return numbers
    least, most = int(numbers.min()), int(numbers.max())
    for kind in (np.uint8, np.int16, np.int32):
        if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max:
            return numbers.astype(kind)
    return numbers


def read_column(fact: Fact, values: pa.Array | None, rows: int, problem: Problem) -> Column:
    """The column of a fact; a value that cannot be read is unknown, and told with its row.

    `values` None: nobody's is known.
    """
    if values is None or pa.types.is_null(values.type):
        return _column(fact, np.zeros(rows, np.bool_), np.zeros(rows, np.int64), ())
    if fact.type in _NUMBERS:
        quick = _whole_numbers(fact, values)
        if quick is not None:
            return quick
    return _by_values(fact, values, problem)


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


def _column(fact: Fact, known: Bools, places: Ints, distinct: Sequence[Value]) -> Column:
    if fact.type in _NUMBERS:
        table = np.array([*distinct] or [0], dtype=np.int64)
        return Column(fact, known, narrow(np.where(known, table[places], 0)))
    if fact.type is FactType.TAGS:  # sets have no order
        return Column(fact, known, narrow(places), tuple(distinct))
    order = sorted(range(len(distinct)), key=lambda place: cast(int, distinct[place]))
    ranks = np.zeros(len(distinct) or 1, dtype=np.int64)
    ranks[order] = np.arange(len(order))
    stored = narrow(np.where(known, ranks[places], 0))
    return Column(fact, known, stored, tuple(distinct[place] for place in order))


def _whole_numbers(fact: Fact, values: pa.Array) -> Column | None:
    """The column where its numbers are read at a stroke; None where they need a closer look."""
    known = _not_null(values)
    factor = 100 if fact.type is FactType.MONEY else 1
    if pa.types.is_integer(values.type) and not pa.types.is_uint64(values.type):
        numbers = _filled(values).astype(np.int64)
    elif pa.types.is_float64(values.type):
        floats = _filled(values)
        known &= ~np.isnan(floats)
        scaled = np.where(known, floats * factor, 0.0)
        if not np.all(np.abs(scaled) < _EXACT_FLOAT):
            return None
        numbers = np.rint(scaled).astype(np.int64)
        if not np.array_equal(numbers / factor, np.where(known, floats, 0.0)):
            return None
        return Column(fact, known, narrow(numbers))
    else:
        return None
    numbers = np.where(known, numbers, 0)
    most = INT64_MAX // factor
    if len(numbers) and not -most <= int(numbers.min()) <= int(numbers.max()) <= most:
        return None
    return Column(fact, known, narrow(numbers * factor))


def _by_values(fact: Fact, values: pa.Array, problem: Problem) -> Column:
    """The column with each value that occurs read once."""
    places, raw = _places(values)
    read: list[Value | None] = []
    refused: dict[int, FactError] = {}
    for place, one in enumerate(raw):
        try:
            read.append(read_fact(fact, one))
        except FactError as error:
            refused[place] = error
            read.append(None)
    if refused:
        for row in np.flatnonzero(np.isin(places, list(refused))):
            problem(int(row), refused[int(places[row])])
    numbers: dict[Value, int] = {}
    table = np.full(len(raw) + 1, -1, dtype=np.int64)
    for place, value in enumerate(read):
        if value is not None:
            table[place] = numbers.setdefault(value, len(numbers))
    found = table[places]
    known = found >= 0
    return _column(fact, known, np.where(known, found, 0), tuple(numbers))


def _places(values: pa.Array) -> tuple[Ints, list[Any]]:
    """For each row the place of its raw value in the list of those that occur; -1 where null."""
    if pa.types.is_dictionary(values.type):
        encoded = values
    elif pa.types.is_nested(values.type):
        seen: dict[Any, int] = {}
        listed = [
            -1 if one is None else seen.setdefault(_hashable(one), len(seen))
            for one in values.to_pylist()
        ]
        return np.array(listed, dtype=np.int64), [_plain(one) for one in seen]
    else:
        encoded = pc.dictionary_encode(values)
    indices = encoded.indices
    places = _filled(indices).astype(np.int64)
    return np.where(_not_null(indices), places, -1), encoded.dictionary.to_pylist()


def _hashable(one: Any) -> Any:
    return tuple(one) if isinstance(one, list) else repr(one)


def _plain(one: Any) -> Any:
    return list(one) if isinstance(one, tuple) else one


def _not_null(values: pa.Array) -> Bools:
    known: Bools = pc.is_valid(values).to_numpy(zero_copy_only=False)
    return known.astype(np.bool_)


def _filled(values: pa.Array) -> npt.NDArray[Any]:
    filled = pc.fill_null(values, 0) if values.null_count else values
    found: npt.NDArray[Any] = filled.to_numpy(zero_copy_only=False)
    return found
