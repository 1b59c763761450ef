"""Facts of many enterprises as columns: numbers as whole numbers, everything else by its values.

A column of numbers holds 64-bit integers (money in fen). Any other column holds, for each
enterprise, which of the few values that occur is hers, so that what a rule asks of a value is asked
once for each value and not for each enterprise. What is unknown is known to be so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
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
_EPOCH = date(1970, 1, 1).toordinal()
_SPAN, _MOST_DAYS = 4_096, 65_536


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
    within: tuple[int, int] | None = None  # bounds that are known, of this or of its whole

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
    return numbers.astype(_kind(int(numbers.min()), int(numbers.max())), copy=False)


def _kind(least: int, most: int) -> type[np.integer[Any]]:
    """The least room for whole numbers between two bounds."""
    for kind in (np.uint8, np.int16, np.int32):
        if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max:
            return kind
    return np.int64


def read_column(fact: Fact, values: pa.Array | None, rows: int, problem: Problem) -> Column:
    """The column of a fact; a value that cannot be read is unknown, and told with its row.

    `values` None: nobody's is known.
    """
    if values is None or pa.types.is_null(values.type):
        return _column(fact, np.zeros(rows, np.bool_), np.zeros(rows, np.int64), ())
    read = _QUICK.get(fact.type)
    quick = None if read is None else read(fact, values)
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
        return _scaled(fact, known, _known_only(values, known), factor)
    if not pa.types.is_float64(values.type):
        return None
    floats = _known_only(values, known)
    known = known & ~np.isnan(floats)
    scaled = np.where(known, floats * factor, 0.0)
    if not np.all(np.abs(scaled) < _EXACT_FLOAT):
        return None
    numbers = np.rint(scaled).astype(np.int64)
    if not np.array_equal(numbers / factor, np.where(known, floats, 0.0)):
        return None
    return _scaled(fact, known, numbers, 1)


def _scaled(
    fact: Fact, known: Bools, numbers: npt.NDArray[np.integer[Any]], factor: int
) -> Column | None:
    """The column of numbers times `factor`; None where they could leave 64 bits."""
    least, most = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    if max(abs(least), abs(most)) > INT64_MAX // factor:
        return None
    bounds = (least * factor, most * factor)
    return Column(fact, known, numbers.astype(_kind(*bounds)) * factor, None, bounds)


def _days(fact: Fact, values: pa.Array) -> Column | None:
    """The column of days that are stored as days and lie close together; else None.

    Kept by all days of that time, so that columns of the same time have the same values.
    """
    if not pa.types.is_date32(values.type):
        return None
    known = _not_null(values)
    days = _known_only(values.view(pa.int32()), known)
    there = days if known.all() else days[known]
    if not len(there):
        return None
    first = int(there.min()) // _SPAN * _SPAN
    last = (int(there.max()) // _SPAN + 1) * _SPAN - 1
    first, last = max(first, -_EPOCH + 1), min(last, date.max.toordinal() - _EPOCH)
    if last - first >= _MOST_DAYS or not first <= there.min() <= there.max() <= last:
        return None
    stored = np.where(known, days - first, 0).astype(_kind(0, last - first))
    return Column(fact, known, stored, _all_days(first, last))


@lru_cache(maxsize=16)
def _all_days(first: int, last: int) -> tuple[Value, ...]:
    return tuple(date.fromordinal(_EPOCH + day) for day in range(first, last + 1))


def _truths(fact: Fact, values: pa.Array) -> Column | None:
    if not pa.types.is_boolean(values.type):
        return None
    known = _not_null(values)
    true = _bits(values.buffers()[1], values)
    return Column(fact, known, (true & known).view(np.uint8), (False, True))


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
    if not values.null_count:
        return np.ones(len(values), dtype=np.bool_)
    bits = values.buffers()[0]
    if bits is None:
        known: Bools = values.is_valid().to_numpy(zero_copy_only=False)
        return known
    return _bits(bits, values)


def _bits(buffer: pa.Buffer, values: pa.Array) -> Bools:
    """Bits of an array, one for each of its rows."""
    start, end = values.offset, values.offset + len(values)
    held = np.frombuffer(buffer, dtype=np.uint8)[start // 8 : -(-end // 8)]
    bits = np.unpackbits(held, bitorder="little")[start % 8 : start % 8 + len(values)]
    return bits.view(np.bool_)


def _known_only(values: pa.Array, known: Bools) -> npt.NDArray[Any]:
    """The numbers of an array, 0 where it is null."""
    kind = values.type.to_pandas_dtype()
    stored = np.frombuffer(values.buffers()[1], dtype=kind)
    numbers: npt.NDArray[Any] = stored[values.offset : values.offset + len(values)]
    return np.where(known, numbers, kind(0)) if values.null_count else numbers


def _filled(values: pa.Array) -> npt.NDArray[Any]:
    filled = pc.fill_null(values, 0) if values.null_count else values
    found: npt.NDArray[Any] = filled.to_numpy(zero_copy_only=False)
    return found


_QUICK: Mapping[FactType, Callable[[Fact, pa.Array], Column | None]] = {
    FactType.INTEGER: _whole_numbers,
    FactType.MONEY: _whole_numbers,
    FactType.DATE: _days,
    FactType.BOOLEAN: _truths,
}
