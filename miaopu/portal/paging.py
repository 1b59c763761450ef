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

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.db.models.query import ModelIterable
from django.http import HttpRequest

from miaopu.portal import care
from miaopu.portal.kept_parts import kept, statement_of

ROWS = 20


class KeyPaginator(Paginator):  # type: ignore[type-arg] # no brackets while it runs
    """A paginator over a query in a total order; its pages hold whole rows in that order.

    Not for queries with window functions: those would count over the page alone.
    """

    def __init__(self, rows: QuerySet[Any], per_page: int) -> None:
        super().__init__(rows, per_page)
        self.rows = rows
        self.keys = rows.values_list("pk", flat=True)

    @cached_property
    def _statement(self) -> Hashable:
        """What gives the keys; None where no row can."""
        return statement_of(self.keys)

    @cached_property
    def count(self) -> int:
        """How many rows the list has."""
        if self._statement is None:
            return 0
        return kept(("count", self._statement), self.keys.count)

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
        place = ("keys", self._statement, bottom, top)
        keys = kept(place, lambda: list(self.keys[bottom:top]))
        return list(self.rows.filter(pk__in=keys))


def first_of(rows: QuerySet[Any], most: int) -> list[Any]:
    """The first rows of a list."""
    return KeyPaginator(rows, most).slice(0, most)


def page_of(
    request: HttpRequest, rows: QuerySet[Any, Any] | Sequence[Any], per_page: int = ROWS
) -> Page[Any]:
    """The page of a list that the address asks for; beyond the end it is the last one.

    Half as long in 关怀版. `rows` are in a total order; what has no keys is paged as it is.
    """
    shown = care.rows(request, per_page)
    if isinstance(rows, QuerySet) and rows._iterable_class is ModelIterable:
        pages: Paginator[Any] = KeyPaginator(rows, shown)
    else:
        pages = Paginator(rows, shown)
    return pages.get_page(request.GET.get("page"))
