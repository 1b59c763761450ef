"""Moments in which nobody else commits: all tests of a run share one database server."""

from collections.abc import Callable
from typing import TypeVar

from miaopu.core.kept import database_state

T = TypeVar("T")
TRIES = 50


def while_quiet(run: Callable[[], T]) -> T:
    """What `run`, which does not write, gives while no other process has committed meanwhile."""
    for _try in range(TRIES):
        before = database_state()
        given = run()
        if database_state() == before:
            return given
    raise AssertionError(f"the database was never quiet in {TRIES} tries")
