"""Databases of the tests: one migrated template, a copy per process, more copies on request.

The server is the embedded one over `var/test` (shared by all processes of all runs), or the one
of DATABASE_URL. The template's name carries a hash of the migrations, so it is made once.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import TypeVar

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from miaopu.core.actions import load_regions
from miaopu.core.locks import FileLock
from miaopu.core.postgres_running import running
from miaopu.core.processes import is_alive

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "miaopu_template_regions_"
COPY = "miaopu_test_"
_numbers = count(1)
Made = TypeVar("Made")


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
            call_command("migrate", interactive=False, verbosity=0)
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
def copy(of: str) -> Iterator[str]:
    """A fresh copy of database `of`, in use inside the block and dropped after it."""
    name = f"{COPY}{os.getpid()}_{next(_numbers)}"
    before = connections["default"].settings_dict["NAME"]
    _run("CREATE DATABASE {} TEMPLATE {}", name, of)
    use(name)
    try:
        yield name
    finally:
        use(before)
        _drop(name)


@contextmanager
def made(of: str, make: Callable[[], Made]) -> Iterator[tuple[str, Made]]:
    """A copy of `of` with what `make` puts into it, for further copies, and what `make` returned.

    It is not in use inside the block: a database that somebody uses cannot be copied.
    """
    name = f"{COPY}{os.getpid()}_{next(_numbers)}"
    before = connections["default"].settings_dict["NAME"]
    _run("CREATE DATABASE {} TEMPLATE {}", name, of)
    try:
        use(name)
        result = make()
        use(before)
        yield name, result
    finally:
        use(before)
        _drop(name)


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
