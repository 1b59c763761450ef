"""What was worked out from the database is kept for as long as the database shows the same.

PostgreSQL names what a statement sees by its snapshot: the transactions that had ended. Two
statements with the same snapshot see the same rows, so what was computed under one holds under the
other, exactly; any write anywhere on the server gives another snapshot, in another database too.
Each process keeps its own; nothing is written down.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Generic, TypeVar

from django.db import connection
from django.db.models import Func, TextField

T = TypeVar("T")

# A transaction that has written sees its own rows as well, which its snapshot does not tell.
_STATE = (
    "CASE WHEN pg_current_xact_id_if_assigned() IS NULL"
    " THEN current_database() || '/' || pg_current_snapshot()::text END"
)


# Within `one_state`: a list that holds the state as soon as it was read. None: outside.
_read: ContextVar[list[str | None] | None] = ContextVar("miaopu_database_state", default=None)


class DatabaseState(Func):
    """`database_state` as a column, for a statement that is sent anyway."""

    template = _STATE
    output_field = TextField()


def _read_state() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_STATE}")
        state: str | None = cursor.fetchone()[0]
    return state


def database_state() -> str | None:
    """A name of what the database shows now; None inside a transaction that has written."""
    known = _read.get()
    if known is None:
        return _read_state()
    if not known:
        known.append(_read_state())
    return known[0]


@contextmanager
def one_state() -> Iterator[None]:
    """Within the block, which must not write (a page that is read), the state is read once.

    A state that has passed never comes back: what is worked out a moment later, from newer rows,
    is only ever found by somebody who had read the same state before.
    """
    token = _read.set([])
    try:
        yield
    finally:
        _read.reset(token)


class Kept(Generic[T]):
    """Up to `most` values, each under its key and the state of the database it holds for."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, tuple[str, T]] = OrderedDict()
        self._lock = Lock()

    def get(self, state: str | None, key: Hashable) -> T | None:
        """What was kept under the key, if the database still shows the same; else None."""
        with self._lock:
            found = self._values.get(key)
            if state is None or found is None or found[0] != state:
                return None
            self._values.move_to_end(key)
            return found[1]

    def put(self, state: str | None, key: Hashable, value: T) -> None:
        """Keep a value that was worked out after the state was read; the oldest make room."""
        if state is None:
            return
        with self._lock:
            self._values[key] = (state, value)
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def get_or(self, state: str | None, key: Hashable, compute: Callable[[], T]) -> T:
        """What was kept, or what `compute` gives now."""
        found = self.get(state, key)
        if found is None:
            found = compute()
            self.put(state, key, found)
        return found
