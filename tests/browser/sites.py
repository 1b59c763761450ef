"""The sites that browsers look at: the demo, and a city with everything on it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.harness import database
from tests.harness.site import serving
from tests.portal.everything import Everything, Visit, make_everything, visits

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class FullCity:
    """A site and the things on it."""

    address: str
    everything: Everything

    def visits(self) -> list[Visit]:
        """Every page of every role; found once for all tests that do not change what pages say."""
        if not self.everything.visits:
            self.everything.visits.extend(visits(self.everything))
        return self.everything.visits


@pytest.fixture(scope="session")
def demo_database(
    template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """The name of a database with the demo's 200 enterprises: loaded once, copied by each test."""
    with database.made(template_database) as name:
        with django_db_blocker.unblock(), database.visiting(name):
            load_small_demo()
        yield name


def load_small_demo() -> None:
    """A demo with 200 enterprises and no cases."""
    call_command("start_demo_clock")
    call_command("load_pack", str(ROOT / "programmes" / "guiyang-2018"), stdout=io.StringIO())
    call_command("load_demo", enterprises=200, stdout=io.StringIO())


@pytest.fixture
def demo_site(demo_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of a demo of its own with 200 enterprises."""
    with django_db_blocker.unblock(), database.copy(demo_database), serving() as address:
        yield address


@pytest.fixture
def worker(demo_site: str, tmp_path: Path) -> Iterator[None]:
    """A worker of background jobs, a process of its own over the test's database and files."""
    found = connections["default"].settings_dict
    where = urlencode({"host": found["HOST"], "port": found["PORT"]})
    owner = ":".join(quote(found[part]) for part in ("USER", "PASSWORD") if found[part])
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{owner}@/{found['NAME']}?{where}",
        "MIAOPU_DATA_DIR": str(tmp_path),
    }
    with (
        override_settings(MEDIA_ROOT=tmp_path / "files"),
        (tmp_path / "worker.log").open("wb") as log,
    ):
        command = [sys.executable, "-m", "django", "run_worker"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            ended = process.poll()
            process.terminate()
            process.wait(30)
    assert ended is None, f"the worker ended: {(tmp_path / 'worker.log').read_text()[-2000:]}"


@pytest.fixture(scope="session")
def everything_database(
    template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[str, Everything]]:
    """A database in which everything of the URL × role table exists, made once."""
    with database.made(template_database) as name:
        with django_db_blocker.unblock(), database.visiting(name):
            everything = make_everything()
        yield name, everything


@pytest.fixture
def full_city(
    everything_database: tuple[str, Everything], django_db_blocker: DjangoDbBlocker
) -> Iterator[FullCity]:
    """A site of its own with everything on it."""
    name, everything = everything_database
    with django_db_blocker.unblock(), database.copy(name), serving() as address:
        yield FullCity(address, everything)
