"""Databases of the tests: one migrated template, a copy per process, more copies on request.

The server is the embedded one over `var/test` (shared by all processes of all runs), or the one
of DATABASE_URL. The template's name carries a hash of the migrations, so it is made once.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from miaopu.core.actions import load_regions
from miaopu.core.locks import FileLock
from miaopu.core.migrating import migrate
from miaopu.core.postgres_running import running
from miaopu.core.processes import is_alive

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "miaopu_template_regions_"
COPY = "miaopu_test_"
_numbers = count(1)
_visited: dict[str, BaseDatabaseWrapper] = {}  # by name of the database; of the main thread


@contextmanager
def server() -> Iterator[None]:
    """The database server is up inside the block."""
    with ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            stack.enter_context(running(settings.DATA_DIR, durable=False))
        yield


@contextmanager
def _administration() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    found = connections["default"].settings_dict
    with psycopg.connect(
        dbname="postgres",
        user=found["USER"] or None,
        password=found["PASSWORD"] or None,
        host=found["HOST"] or None,
        port=found["PORT"] or None,
        autocommit=True,
    ) as connection:
        yield connection


def _run(statement: str, *names: str) -> None:
    with _administration() as connection:
        connection.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))  # type: ignore[arg-type]


def _names(prefix: str) -> list[str]:
    with _administration() as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]
        )
        return [str(row[0]) for row in rows]


def use(name: str) -> None:
    """Point every thread's next connection at database `name`."""
    connections.close_all()
    _name(name)


def _name(name: str) -> None:
    connections.settings["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name


def _fingerprint() -> str:
    digest = hashlib.sha256()
    files = [*ROOT.glob("miaopu/*/migrations/*.py"), *ROOT.glob("miaopu/engine/data/*.csv")]
    for path in sorted([*files, ROOT / "requirements" / "dev.txt"]):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def template() -> str:
    """The name of the migrated database, empty but for the divisions; made where it is missing."""
    name = TEMPLATE + _fingerprint()
    lock = FileLock(settings.DATA_DIR / "template.lock")
    if not lock.acquire(seconds=300):
        raise TimeoutError("another process has been making the template for five minutes")
    try:
        known = _names(TEMPLATE)
        if name not in known:
            _drop_leftovers(known)
            draft = f"{name}_draft"
            before = connections["default"].settings_dict["NAME"]
            _run("CREATE DATABASE {}", draft)
            use(draft)
            migrate()
            load_regions()  # thousands of rows that never change: once, not in every test
            use(before)
            _run("ALTER DATABASE {} RENAME TO {}", draft, name)
    finally:
        lock.release()
    return name


def _drop_leftovers(templates: list[str]) -> None:
    """Drop templates of other migrations, and copies of processes that were killed."""
    dead = [name for name in _names(COPY) if not is_alive(int(name.split("_")[2]))]
    for name in [*templates, *dead]:
        try:
            _run("DROP DATABASE IF EXISTS {}", name)
        except psycopg.errors.ObjectInUse:  # another run is copying it just now
            continue


@contextmanager
def made(of: str) -> Iterator[str]:
    """The name of a fresh copy of database `of`, which is dropped after the block."""
    name = f"{COPY}{os.getpid()}_{next(_numbers)}"
    _leave(of)
    _run("CREATE DATABASE {} TEMPLATE {}", name, of)
    try:
        yield name
    finally:
        _leave(name)
        _drop(name)


@contextmanager
def copy(of: str) -> Iterator[str]:
    """A fresh copy of database `of`, in use inside the block and dropped after it."""
    before = connections["default"].settings_dict["NAME"]
    with made(of) as name:
        use(name)
        try:
            yield name
        finally:
            use(before)


@contextmanager
def visiting(name: str) -> Iterator[None]:
    """Database `name` in use inside the block.

    The connections of this thread to it and to the one before stay open for the next visit: a new
    connection reads the catalogue and compiles the triggers again.
    """
    here, before = connections["default"], connections["default"].settings_dict["NAME"]
    connections["default"] = _visited.pop(name, None) or connections.create_connection("default")
    _name(name)
    try:
        yield
    finally:
        _visited[name], connections["default"] = connections["default"], here
        _name(before)


def _leave(name: str) -> None:
    """Close the connection that a visit has left: nobody may be in a database that is copied."""
    connection = _visited.pop(name, None)
    if connection is not None:
        connection.close()


def _drop(name: str) -> None:
    """Drop a copy; autovacuum, which FORCE may not end, is waited for."""
    for _try in range(60):
        try:
            _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        except psycopg.errors.InsufficientPrivilege:
            time.sleep(0.5)
        else:
            return
    raise AssertionError(f"database {name} stays in use")
