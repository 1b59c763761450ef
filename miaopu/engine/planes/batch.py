"""Some enterprises with their facts, column by column."""

from __future__ import annotations

from collections.abc import Mapping
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

    def taken(self, chosen: Ints) -> Batch:
        """Only the chosen enterprises."""
        columns = {
            name: Column(
                column.fact,
                column.known[chosen],
                None if column.numbers is None else column.numbers[chosen],
                None if column.index is None else column.index[chosen],
                column.distinct,
            )
            for name, column in self.columns.items()
        }
        return Batch(len(chosen), columns)

    def facts(self, row: int) -> dict[str, Value | None]:
        """The facts of one enterprise, as closures read them."""
        return {name: column.value(row) for name, column in self.columns.items()}


def of_each_value(column: Column) -> tuple[Ints, Batch]:
    """For each enterprise the place of her value in a batch of every value that occurs."""
    places, values = column.identities
    index = np.arange(len(values), dtype=np.int64)
    known = index < len(column.distinct)
    each = Column(column.fact, known, index=np.where(known, index, 0), distinct=column.distinct)
    return places, Batch(len(values), {column.fact.name: each}, is_distinct=True)
