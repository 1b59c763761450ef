"""Some enterprises with their facts, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from miaopu.engine.facts import Value
from miaopu.engine.planes.columns import Column, Ints


@dataclass(frozen=True)
class Batch:
    """Some enterprises: how many, and their facts."""

    rows: int
    columns: Mapping[str, Column]
    is_distinct: bool = False  # every value of a fact once

    def part(self, rows: Ints | slice, names: Iterable[str] | None = None) -> Batch:
        """Only some of the enterprises, with all facts or only those of `names`."""
        kept = self.columns if names is None else {name: self.columns[name] for name in names}
        columns = {name: column.at(rows) for name, column in kept.items()}
        if isinstance(rows, slice):
            return Batch(len(range(*rows.indices(self.rows))), columns)
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
