"""Some enterprises with their facts, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from miaopu.engine.facts import Value
from miaopu.engine.planes.bits import WORD, Ints, Words, words_for
from miaopu.engine.planes.columns import Column

Known = tuple[Words, Words]  # where a fact is known, and where it is not


@dataclass(frozen=True)
class Batch:
    """Some enterprises: how many, and their facts."""

    rows: int
    columns: Mapping[str, Column]
    is_distinct: bool = False  # every value of a fact once
    origin: tuple[Batch, int] | None = None  # what it is a stretch of, and from which word on

    @cached_property
    def _known(self) -> dict[str, Known | None]:
        return {}

    def known(self, name: str) -> Known | None:
        """Where a fact is known and where not, as bits; None where it is everywhere.

        Made once for all rules and runs: a stretch of the enterprises looks at a part of it.
        """
        if name not in self._known:
            self._known[name] = self._bits_of(name)
        return self._known[name]

    def _bits_of(self, name: str) -> Known | None:
        if self.origin is not None:
            whole, start = self.origin
            found = whole.known(name)
            words = slice(start, start + words_for(self.rows))
            return None if found is None else (found[0][words], found[1][words])
        column = self.columns[name]
        if column.all_known:
            return None
        known = column.known_bits
        return known, ~known

    def part(self, rows: Ints | slice, names: Iterable[str] | None = None) -> Batch:
        """Only some of the enterprises, with all facts or only those of `names`."""
        kept = self.columns if names is None else {name: self.columns[name] for name in names}
        columns = {name: column.at(rows) for name, column in kept.items()}
        if isinstance(rows, slice):
            start, end, _step = rows.indices(self.rows)
            origin = None if start % WORD else (self, start // WORD)
            return Batch(max(end - start, 0), columns, origin=origin)
        return Batch(len(rows), columns)

    def facts(self, row: int) -> dict[str, Value | None]:
        """The facts of one enterprise, as closures read them."""
        return {name: column.value(row) for name, column in self.columns.items()}


def of_each_value(column: Column) -> tuple[Ints, Batch]:
    """For each enterprise the place of her value in a batch of every value that occurs."""
    assert column.distinct is not None
    places, values = column.identities
    index = np.arange(len(values), dtype=np.int64)
    known = index < len(column.distinct)
    each = Column(column.fact, known, np.where(known, index, 0), column.distinct)
    return places, Batch(len(values), {column.fact.name: each}, is_distinct=True)
