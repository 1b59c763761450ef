"""Runs an action in a child process that ends at a chosen moment of its talk with the database.

The child ends by `os._exit`: no clean-up, no ROLLBACK, the socket just closes — as after kill -9.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection, connections

Moment = Literal["before", "after", "sent"]
DIED, DONE, FAILED = 77, 0, 1


@dataclass(frozen=True)
class Death:
    """When the child ends: around its n-th statement (COMMIT included, counted from 1).

    "sent" is for a COMMIT: it was sent and nobody waits for the answer. n = 0: never.
    """

    number: int = 0
    moment: Moment = "before"


class _Counter:
    """Counts what goes to the database and ends the process when the moment has come."""

    def __init__(self, death: Death, *, commit_each: bool) -> None:
        self.death = death
        self.commit_each = commit_each
        self.count = 0
        self.commits: list[int] = []

    def _die(self, moment: Moment) -> None:
        if self.count == self.death.number and self.death.moment == moment:
            os._exit(DIED)

    def statement(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        """A wrapper around every statement that Django executes."""
        self.count += 1
        self._die("before")
        result = execute(sql, params, many, context)
        if self.commit_each and connection.in_atomic_block and not connection.savepoint_ids:
            connection.connection.commit()  # as if the outermost block were not there
        self._die("after")
        return result

    def commit(self) -> None:
        """The outermost transaction's end, which is not a statement of Django's."""
        self.count += 1
        self.commits.append(self.count)
        self._die("before")
        link = connection.connection
        if self.count == self.death.number and self.death.moment == "sent":
            link.pgconn.send_query(b"COMMIT")
            link.pgconn.flush()
            os._exit(DIED)
        link.commit()
        self._die("after")


@dataclass(frozen=True)
class Run:
    """How a child ended; where it lived, how many statements it sent and which were COMMITs."""

    status: int
    statements: int = 0
    commits: tuple[int, ...] = ()


def run(action: Callable[[], Any], death: Death | None = None, *, commit_each: bool = False) -> Run:
    """Run `action` in a child process and wait for its end.

    `commit_each` is the control: every statement of the outermost block is committed at once.
    """
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = FAILED
        try:
            os.close(reading)
            counter = _Counter(death or Death(), commit_each=commit_each)
            connection.ensure_connection()
            connection._commit = counter.commit  # type: ignore[method-assign]
            with connection.execute_wrapper(counter.statement):
                action()
            os.write(writing, " ".join(map(str, [counter.count, *counter.commits])).encode())
            status = DONE
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        told = [int(part) for part in stream.read().split()]
    _pid, ended = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(ended)
    return Run(code, told[0], tuple(told[1:])) if told else Run(code)
