"""Chromium from Debian's package, and the demo to look at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.people import Person

# Playwright keeps an event loop in this thread; the ORM is used between its calls only.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Load the sites once Django is set up."""
    if config.pluginmanager.hasplugin("django"):
        config.pluginmanager.import_plugin("tests.browser.sites")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files begin first: begun last, one process would wait for the other."""
    first = ["test_accessible.py", "test_whole_job.py"]
    items.sort(key=lambda item: first.index(item.path.name) if item.path.name in first else 2)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; without one the test fails, it does not skip."""
    path = shutil.which("chromium")
    assert path, "install Debian's package chromium: these tests look at real pages"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@contextmanager
def _people(
    browser: Browser, site: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Person]]:
    """`person(width, language, scripts=…)` opens another browser context.

    Screenshots go to test-results.
    """
    shots = ROOT / "test-results" / request.node.name.split("[")[0]
    shots.mkdir(parents=True, exist_ok=True)
    people: list[Person] = []

    def make(width: int, language: str = "zh", *, scripts: bool = True) -> Person:
        people.append(Person(browser, site, width, shots, language=language, scripts=scripts))
        return people[-1]

    yield make
    for one in people:
        one.close()


@pytest.fixture
def person(
    browser: Browser, demo_site: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Person]]:
    """People in front of the small demo."""
    with _people(browser, demo_site, request) as make:
        yield make


@pytest.fixture
def citizen(
    browser: Browser, live_site: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Person]]:
    """People in front of a site over the test's own database; together with `committed_city`."""
    with _people(browser, live_site, request) as make:
        yield make
