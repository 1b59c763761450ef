"""Fixtures for tests that need Django; `tests/conftest.py` loads them."""

import pickle
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import override_settings
from django.test.testcases import LiveServerThread
from django.utils import translation
from pytest_django import DjangoDbBlocker

from miaopu.core import clock
from miaopu.core.models import DemoClock
from miaopu.ledger.awards import pay_award
from miaopu.ledger.books import seal_days
from miaopu.ledger.models import Award
from tests.factories import FIRST_DAY, City, build_city, travel
from tests.harness import database
from tests.harness.pages import StrictClient


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: Sequence[object]) -> None:
    """The process that starts the workers starts the server, so that it outlives them."""
    server = database.server()
    server.__enter__()
    config.add_cleanup(lambda: server.__exit__(None, None, None))


@pytest.fixture(scope="session")
def template_database(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """The name of the migrated, empty database that others are copied from."""
    with database.server():
        with django_db_blocker.unblock():
            name = database.template()
        yield name


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A copy of the template for this process, in place of Django's own test database."""
    with django_db_blocker.unblock(), database.copy(template_database):
        django_db_blocker.block()
        yield
        django_db_blocker.restore()


@dataclass(frozen=True)
class BuiltCity:
    """A database in which the city stands, and the city's objects as they were when it was built.

    They are kept as bytes: every test gets objects of its own, that no other test has changed.
    """

    database: str
    objects: bytes

    def city(self) -> City:
        """The city for one test."""
        city: City = pickle.loads(self.objects)
        return city


@pytest.fixture(scope="session")
def built_city(
    template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[BuiltCity]:
    """The city, built and committed once in this process, when the first test asks for it."""
    with database.made(template_database) as name:
        with django_db_blocker.unblock(), database.visiting(name), transaction.atomic():
            objects = pickle.dumps(build_city())
        yield BuiltCity(name, objects)


@pytest.fixture
def _in_city(built_city: BuiltCity) -> Iterator[None]:
    """The city's database in use. Comes before `db`, which begins the test's transaction there."""
    with database.visiting(built_city.database):
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with the fixture `city` begin in the city's database."""
    for item in items:
        names = getattr(item, "fixturenames", [])
        if "city" in names:
            names.insert(0, "_in_city")


@pytest.fixture
def committed_db(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    template_database: str,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[str]:
    """A fresh migrated database for one test, without a transaction around the test.

    What is committed is visible to other threads and processes. Append-only tables cannot be
    emptied after a test, so the database is dropped instead. Not together with `db`.
    """
    of = template_database
    if "committed_city" in request.fixturenames:
        of = request.getfixturevalue("built_city").database
    with django_db_blocker.unblock(), database.copy(of) as name:
        yield name


@pytest.fixture
def committed_city(built_city: BuiltCity, committed_db: str) -> City:
    """The small city in a fresh database for one test, without a transaction around the test."""
    travel(FIRST_DAY)
    return built_city.city()


@pytest.fixture
def in_threads(committed_db: str) -> Callable[..., list[Any]]:
    """`in_threads([f, g, …])` runs all at once, each in a thread with its own connection.

    Returns what each returned, or the exception it raised, in their order.
    """

    def run(functions: Sequence[Callable[[], Any]], seconds: float = 60) -> list[Any]:
        results: list[Any] = [None] * len(functions)
        start = threading.Barrier(len(functions))

        def one(place: int) -> None:
            try:
                start.wait(seconds)
                results[place] = functions[place]()
            except Exception as error:
                results[place] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=one, args=[place]) for place in range(len(functions))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(seconds)
            assert not thread.is_alive(), f"a thread did not end within {seconds} s"
        return results

    return run


class KeptStatic(StaticFilesHandler):
    """Static files that a browser asks for once, as an installation serves them."""

    def serve(self, request: HttpRequest) -> HttpResponseBase:
        """The file, to be kept for an hour."""
        response: HttpResponseBase = super().serve(request)
        response["Cache-Control"] = "max-age=3600"
        return response


@contextmanager
def serving() -> Iterator[str]:
    """Serves the site from this process over the database in use; its address."""
    thread = LiveServerThread("127.0.0.1", KeptStatic, connections_override={})
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()


@pytest.fixture
def live_site(committed_db: str) -> Iterator[str]:
    """The address of the site, served from this process over a fresh committed database."""
    with serving() as address:
        yield address


@pytest.fixture
def client() -> StrictClient:
    """A client that fails on pages with inline script or style."""
    return StrictClient()


@pytest.fixture
def new_client() -> Callable[[], StrictClient]:
    """Makes further strict clients: another person, another browser."""
    return StrictClient


@pytest.fixture(autouse=True, scope="session")
def _files_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files that tests store lie in a folder of this run."""
    folder: Path = tmp_path_factory.mktemp("files")
    with override_settings(MEDIA_ROOT=folder):
        yield


@pytest.fixture(autouse=True, scope="session")
def _gentle_row_locks() -> Iterator[None]:
    """Our own code locks the row it names and leaves its keys free for foreign keys."""
    original = QuerySet.select_for_update

    def strict(
        self: Any,
        nowait: bool = False,
        skip_locked: bool = False,
        of: Any = (),
        no_key: bool = False,
    ) -> Any:
        frame = sys._getframe(1)
        if frame.f_globals["__name__"] == "django.db.models.manager" and frame.f_back:
            frame = frame.f_back  # Model.objects passes calls on
        caller = str(frame.f_globals["__name__"])
        if caller.startswith(("miaopu.", "tests.")) and (tuple(of) != ("self",) or not no_key):
            raise AssertionError(f'{caller}: select_for_update(of=("self",), no_key=True)')
        return original(self, nowait=nowait, skip_locked=skip_locked, of=of, no_key=no_key)

    patch = pytest.MonkeyPatch()
    patch.setattr(QuerySet, "select_for_update", strict)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def _offset_read_once() -> Iterator[list[timedelta]]:
    """The demo clock's offset as this test has read it; read anew after whatever could change it.

    A request and a job read it once. What a test does itself reads it as seldom: else every sixth
    statement of the tests would ask what day it is.
    """
    known: list[timedelta] = []

    def forgetting(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def call(*given: Any, **named: Any) -> Any:
            known.clear()
            try:
                return original(*given, **named)
            finally:
                known.clear()

        return call

    patch = pytest.MonkeyPatch()
    for owner, name in (
        (BaseDatabaseWrapper, "savepoint_rollback"),
        (BaseDatabaseWrapper, "rollback"),
        (DemoClock, "save_base"),
        (QuerySet, "update"),
        (QuerySet, "delete"),
    ):
        patch.setattr(owner, name, forgetting(getattr(owner, name)))
    yield known
    patch.undo()


@pytest.fixture
def _one_clock(db: None, _offset_read_once: list[timedelta]) -> Iterator[None]:
    _offset_read_once.clear()
    token = clock._offset.set(_offset_read_once)
    yield
    clock._offset.reset(token)


@pytest.fixture
def city(db: None, built_city: BuiltCity, _one_clock: None) -> City:
    """A small city at work (tests/factories.py); the clock stands on its first day.

    It was committed once, and what a test changes in it is rolled back after the test.
    """
    travel(FIRST_DAY)  # also makes this a transaction that has written, of which nothing is kept
    return built_city.city()


@pytest.fixture
def paid(city: City) -> Award:
    """A granted and paid award, its first days sealed."""
    award = pay_award(city.granted(), "ICBC-2018-0001", by=city.finance)
    travel(clock.today() + timedelta(days=1))
    seal_days()
    return award


@pytest.fixture(autouse=True)
def _chinese_first() -> None:
    """Every test begins in the product's first language, whatever the one before it switched to."""
    translation.activate(settings.LANGUAGE_CODE)
