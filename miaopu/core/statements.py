"""Statements of lists that are read often, compiled once for what was asked and by whom.

To compile a query with six joins costs Django more than PostgreSQL takes to answer it. So the text
of the statement and its parameters are kept, never rows: the rows are read anew for every request,
and the scope stands in the statement's WHERE. A statement is kept under everything that it was
made from: the list, the parameters, and `scope_key(user)`, which holds the roles that the database
gave in this very request. Another role, another key, another statement; nothing has to be
forgotten. What a list gives `statement_of` may therefore depend on nothing else, neither the day
nor the reader's language (tests/portal/test_api_lists.py).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from miaopu.core.kept import Kept

MOST_KEPT = 500
_ANY_STATE = ""  # a statement holds whatever the database shows


@dataclass(frozen=True)
class Statement:
    """A compiled statement; `sql` is empty where no row can answer it."""

    using: str
    sql: str
    parameters: Sequence[Any] = ()
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]] = ()

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows that the database shows now."""
        if not self.sql:
            return []
        connection = connections[self.using]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.parameters)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if not self.converters:
            return found
        return [self._converted(row, connection) for row in found]

    def _converted(self, row: tuple[Any, ...], connection: Any) -> tuple[Any, ...]:
        values = list(row)
        for place, converters, expression in self.converters:
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        return tuple(values)


def compiled(rows: QuerySet[Any]) -> Statement:
    """The statement of a query of plain values (`values_list`)."""
    compiler = rows.query.get_compiler(rows.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return Statement(rows.db, "")
    columns = [column[0] for column in compiler.select[: compiler.col_count]]
    found = compiler.get_converters(columns)
    converters = [(place, tuple(by), of) for place, (by, of) in found.items()]
    return Statement(rows.db, sql, tuple(parameters), converters)


class Statements:
    """The latest statements, each under what it was made from; shared by the threads."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._kept: Kept[Statement] = Kept(most)

    def statement_of(self, key: Hashable, rows: Callable[[], QuerySet[Any]]) -> Statement:
        """The statement under the key; compiled from `rows()` where none is kept."""
        return self._kept.get_or(_ANY_STATE, key, lambda: compiled(rows()))
