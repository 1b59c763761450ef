"""Pages of long lists: found by their keys alone, and kept while the database shows the same.

A list of twenty thousand rows sorts and counts keys, not whole rows; only the rows of the page that
is shown are read whole. Number of rows and keys of a page are kept under the statement that gives
them, which holds the reader's scope and filters, for exactly as long as the database shows the same
(core.kept): a list that is looked at again before anything was written is not sorted again.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from miaopu.core.kept import Kept, database_state
from miaopu.portal import care

ROWS = 20
_COUNTS: Kept[int] = Kept(most=1000)
_KEYS: Kept[list[Any]] = Kept(most=1000)
_SUMS: Kept[list[Any]] = Kept(most=200)


def _statement_of(rows: QuerySet[Any]) -> Hashable:
    """The statement with its parameters, scope and filters among them; None for no rows at all."""
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return rows.db, sql, tuple(map(repr, parameters))


def kept_rows(rows: QuerySet[Any, Any]) -> list[Any]:
    """The rows of a query that counts and adds up (`values`), to be read and not changed.

    Worked out anew as soon as anything was written.
    """
    return _SUMS.get_or(database_state(), _statement_of(rows), lambda: list(rows.all()))


class KeyPaginator(Paginator):  # type: ignore[type-arg] # no brackets while it runs
    """A paginator over a query in a total order; its pages hold whole rows in that order.

    `state` is what the database showed just now (core.kept.database_state).
    Not for queries with window functions: those would count over the page alone.
    """

    def __init__(self, rows: QuerySet[Any], per_page: int, state: str | None) -> None:
        super().__init__(rows, per_page)
        self._state = state
        self.rows = rows
        self.keys = rows.values_list("pk", flat=True)

    @cached_property
    def _statement(self) -> Hashable:
        """What gives the keys; None where no row can."""
        return _statement_of(self.keys)

    @cached_property
    def count(self) -> int:
        """How many rows the list has."""
        if self._statement is None:
            return 0
        return _COUNTS.get_or(self._state, self._statement, self.keys.count)

    def page(self, number: int | str) -> Page[Any]:
        """A page; raises what Django's paginator raises for pages that are not there."""
        valid = self.validate_number(number)
        bottom = (valid - 1) * self.per_page
        top = min(bottom + self.per_page, self.count)
        return Page(self.slice(bottom, top), valid, self)

    def slice(self, bottom: int, top: int) -> list[Any]:
        """The rows from the place `bottom` on, as far as there are any before `top`."""
        if bottom >= top or self._statement is None:
            return []
        keys = _KEYS.get_or(
            self._state,
            (self._statement, bottom, top),
            lambda: list(self.keys[bottom:top]),
        )
        return list(self.rows.filter(pk__in=keys))


def first_of(rows: QuerySet[Any], most: int, state: str | None) -> list[Any]:
    """The first rows of a list; `state` is what the database showed just now (core.kept)."""
    return KeyPaginator(rows, most, state).slice(0, most)


def page_of(
    request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], per_page: int = ROWS
) -> Page[Any]:
    """The page of a list that the address asks for; beyond the end it is the last one.

    Half as long in 关怀版. `rows` are in a total order; a sequence is there already.
    """
    most = care.rows(request, per_page)
    wanted = request.GET.get("page")
    if isinstance(rows, QuerySet):
        return KeyPaginator(rows, most, database_state()).get_page(wanted)
    return Paginator(rows, most).get_page(wanted)
