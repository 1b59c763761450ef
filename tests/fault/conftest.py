"""One site for all tests of faults: started once, ended with everything that belongs to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.fault.site import DemoSite


@contextmanager
def running_site(enterprises: int) -> Iterator[DemoSite]:
    """A demo in a folder of its own (which the account of the database may enter)."""
    with TemporaryDirectory(prefix="miaopu-fault-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o755)
        site = DemoSite(folder, enterprises)
        site.start()
        try:
            yield site
        finally:
            site.stop()


@pytest.fixture(scope="session")
def site() -> Iterator[DemoSite]:
    """The site that most tests share; what they kill comes back by itself."""
    with running_site(1000) as started:
        yield started


@pytest.fixture(scope="session")
def large_site() -> Iterator[DemoSite]:
    """A site with so many enterprises that matching them takes a while."""
    with running_site(4000) as started:
        yield started


@pytest.fixture(scope="session")
def seed() -> int:
    """Where the dice begin; MIAOPU_FAULT_SEED=… repeats or varies a run."""
    return int(os.environ.get("MIAOPU_FAULT_SEED", "2018"))
