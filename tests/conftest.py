"""The strict harness: what every test gets without asking.

Warnings are errors and the order is random (pyproject.toml); here: no network, and for tests that
need Django the fixtures of `tests.harness.site`. Tests of the engine run without either
(`pytest -p no:django tests/engine`).
"""

import gc
import os
import socket
from collections.abc import Iterator
from typing import Any

import django
import hypothesis
import pytest

os.environ["DJANGO_SETTINGS_MODULE"] = "miaopu.app.settings_test"
os.environ["FAIL_INVALID_TEMPLATE_VARS"] = "true"  # an undefined template variable fails

hypothesis.settings.register_profile("miaopu", deadline=None, print_blob=True)
hypothesis.settings.load_profile("miaopu")


def pytest_configure(config: pytest.Config) -> None:
    """Load the fixtures for Django where pytest-django is there."""
    if config.pluginmanager.hasplugin("django"):
        django.setup()
        config.pluginmanager.import_plugin("tests.harness.site")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: begun last, one process would wait for the other."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is there for good is not looked through again and again for rubbish."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def pytest_unconfigure(config: pytest.Config) -> None:
    """At the end everything may go."""
    gc.unfreeze()


class NetworkRefused(AssertionError):
    """A test wanted to reach another machine."""


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Sockets reach this machine only."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        original = getattr(socket.socket, name)

        def guarded(self: socket.socket, address: Any, original: Any = original) -> Any:
            local = self.family == socket.AF_UNIX or str(address[0]) in {
                *("127.0.0.1", "::1", "localhost"),
            }
            if not local:
                self.close()
                raise NetworkRefused(f"tests do not reach the network: {address}")
            return original(self, address)

        patch.setattr(socket.socket, name, guarded)
    yield
    patch.undo()
