"""Columns of a facts file as the planes hold them."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from miaopu.engine.facts import Fact, FactError, FactType, Value, read_fact
from miaopu.engine.planes.arrow_parts import bools_of, mask_of, not_null, raw_numbers
from miaopu.engine.planes.bits import Bools, Ints
from miaopu.engine.planes.columns import Column, Numbers, Reading, kind_for, narrowed
from miaopu.engine.planes.read_numbers import whole_numbers

Problem = Callable[[int, FactError], None]


class Dictionary(NamedTuple):
    """The words of a column: for each the place of its value, -1 where it cannot be read."""

    places: Numbers
    distinct: tuple[Value, ...]
    as_written: tuple[Value, ...] | None  # values in the words' order, where they are known
    unread: tuple[int, ...]  # the words that cannot be read; `as_written` has any value for them


Dictionaries = MutableMapping[tuple[str, tuple[object, ...]], Dictionary]
_DICTIONARIES = 256  # that are kept
_FEW_UNREAD = 4  # words of which each is looked for; of more all words are looked up

_NUMBERS = frozenset({FactType.INTEGER, FactType.MONEY})
_EPOCH = date(1970, 1, 1).toordinal()
_SPAN, _LONG, _MOST_DAYS = 4_096, 8_192, 65_536
_TRUSTED = (0, 32_767)  # days since 1970


def read_column(
    fact: Fact,
    values: pa.Array | None,
    rows: int,
    problem: Problem,
    *,
    reading: Reading = Reading.COMPACT,
    dictionaries: Dictionaries | None = None,
) -> Column:
    """The column of a fact; a value that cannot be read is unknown, and told with its row.

    `values` None: nobody's is known. `dictionaries` keeps how words of these facts were read.
    """
    if values is None or pa.types.is_null(values.type):
        return _column(fact, np.zeros(rows, np.bool_), np.zeros(rows, np.int64), ())
    quick: Column | None = None
    if fact.type in _NUMBERS:
        quick = whole_numbers(fact, values, reading)
    elif fact.type is FactType.DATE:
        quick = _days(fact, values, reading)
    elif fact.type is FactType.BOOLEAN:
        quick = _truths(fact, values)
    elif pa.types.is_dictionary(values.type):
        quick = _coded(fact, values, {} if dictionaries is None else dictionaries, reading)
    return _by_values(fact, values, problem) if quick is None else quick


def _column(fact: Fact, known: Bools, places: Ints, distinct: Sequence[Value]) -> Column:
    if fact.type in _NUMBERS:
        table = np.array([*distinct] or [0], dtype=np.int64)
        return Column(fact, known, narrowed(np.where(known, table[places], 0)))
    if fact.type is FactType.TAGS:  # sets have no order
        return Column(fact, known, narrowed(places), tuple(distinct))
    order = sorted(range(len(distinct)), key=lambda place: cast(int, distinct[place]))
    ranks = np.zeros(len(distinct) or 1, dtype=np.int64)
    ranks[order] = np.arange(len(order))
    stored = narrowed(np.where(known, ranks[places], 0))
    return Column(fact, known, stored, tuple(distinct[place] for place in order))


def _days(fact: Fact, values: pa.Array, reading: Reading) -> Column | None:
    """The column of days that are stored as days and lie close together; else None.

    Kept by all days of that time, so that columns of the same time have the same values.
    """
    if not pa.types.is_date32(values.type) or not len(values):
        return None
    days = raw_numbers(values.view(pa.int32()))
    if reading is Reading.TRUSTED:
        return Column(fact, mask_of(values), days, _all_days(*_TRUSTED), limits=_TRUSTED)
    time = _time(days)
    if values.null_count and (time is None or time[1] - time[0] > _LONG):
        known = not_null(values)  # what stands where no day is known may lie anywhere
        one = days[np.argmax(known)]
        days = (days - one) * known + one  # a product is six times as fast as a choice
        time = _time(days) if known.any() else None
    if time is None:
        return None
    first, last = time
    stored = (days - np.int32(first)).astype(kind_for(0, last - first))
    return Column(fact, mask_of(values), stored, _all_days(first, last))


def _time(days: npt.NDArray[np.int32]) -> tuple[int, int] | None:
    """A time with round ends in which all the days lie; None where it would be too long."""
    least, most = int(days.min()), int(days.max())
    first = max(least // _SPAN * _SPAN, -_EPOCH + 1)
    last = min((most // _SPAN + 1) * _SPAN - 1, date.max.toordinal() - _EPOCH)
    return (first, last) if last - first < _MOST_DAYS and first <= least <= most <= last else None


@lru_cache(maxsize=16)
def _all_days(first: int, last: int) -> tuple[Value, ...]:
    return tuple(date.fromordinal(_EPOCH + day) for day in range(first, last + 1))


def _truths(fact: Fact, values: pa.Array) -> Column | None:
    if not pa.types.is_boolean(values.type):
        return None
    true = bools_of(values.buffers()[1], values).view(np.uint8)
    return Column(fact, mask_of(values), true, (False, True))


def _coded(
    fact: Fact, values: pa.Array, dictionaries: Dictionaries, reading: Reading
) -> Column | None:
    """The column of a dictionary; None where a word that somebody has cannot be read."""
    words = tuple(values.dictionary.to_pylist())
    if not words or fact.type is FactType.TAGS or pa.types.is_nested(values.type.value_type):
        return None
    read = dictionaries.get((fact.name, words))
    if read is None:
        if len(dictionaries) >= _DICTIONARIES:
            dictionaries.clear()
        read = dictionaries[fact.name, words] = _dictionary(fact, words)
    if (
        reading is Reading.TRUSTED
        and read.as_written is not None
        and not _occurs(values.indices, read.unread)
    ):
        stored = raw_numbers(values.indices)
        limits = (0, min(len(words) - 1, int(np.iinfo(stored.dtype).max)))
        return Column(fact, mask_of(values), stored, read.as_written, limits=limits)
    stored = read.places.take(raw_numbers(values.indices), mode="clip")
    unread = stored < 0
    if unread.any():
        if bool((unread & not_null(values)).any()):
            return None
        stored[unread] = 0
    return Column(fact, mask_of(values), stored, read.distinct)


def _dictionary(fact: Fact, words: Sequence[object]) -> Dictionary:
    read = [_readable(fact, word) for word in words]
    distinct = tuple(sorted({cast(int, one) for one in read if one is not None}))
    places = {value: place for place, value in enumerate(distinct)}
    table = [-1 if one is None else places[cast(int, one)] for one in read]
    unread = tuple(place for place, one in enumerate(read) if one is None)
    as_written = None
    if distinct and len(unread) <= _FEW_UNREAD:
        as_written = tuple(distinct[0] if one is None else one for one in read)
    return Dictionary(narrowed(np.array(table, dtype=np.int64)), distinct, as_written, unread)


def _occurs(indices: pa.Array, words: Sequence[int]) -> bool:
    """Whether somebody has one of these words."""
    stored = raw_numbers(indices)
    return any(bool(((stored == word) & not_null(indices)).any()) for word in words)


def _readable(fact: Fact, word: object) -> Value | None:
    try:
        return read_fact(fact, word)
    except FactError:
        return None


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
    return np.where(not_null(indices), places, -1), encoded.dictionary.to_pylist()


def _hashable(one: Any) -> Any:
    return tuple(one) if isinstance(one, list) else repr(one)


def _plain(one: Any) -> Any:
    return list(one) if isinstance(one, tuple) else one


def _filled(values: pa.Array) -> npt.NDArray[Any]:
    filled = pc.fill_null(values, 0) if values.null_count else values
    found: npt.NDArray[Any] = filled.to_numpy(zero_copy_only=False)
    return found
