"""Gives a verb its database: Django set up, and the embedded server up where no other is named."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.management import CommandError
from django.db import DatabaseError, connections

from miaopu.app.cli.output import PROBLEMS, print_problem, stop
from miaopu.app.env import Environment, EnvironmentRefused, read_environment
from miaopu.app.supervise import PortRefused
from miaopu.core.errors import ActionRefused
from miaopu.core.postgres import PostgresRefused
from miaopu.core.postgres_running import running
from miaopu.engine.messages import EngineError

DEMO_MARK = "demo"


class VerbRefused(RuntimeError):
    """The verb cannot be carried out; the text says why and what to do."""


@contextmanager
def problems_end_the_verb() -> Iterator[None]:
    """Turn what a verb may meet into one line on standard error and exit status 1."""
    try:
        yield
    except (
        VerbRefused,
        EnvironmentRefused,
        PostgresRefused,
        PortRefused,
        CommandError,
        DatabaseError,
        OSError,
        EngineError,
        ActionRefused,
    ) as error:
        print_problem(error)
        raise stop(PROBLEMS) from error


def is_demo_data(data_dir: Path) -> bool:
    """Whether the data folder was made by the demo, whose passwords everybody knows."""
    return (data_dir / DEMO_MARK).exists()


def prepare() -> Environment:
    """Read the environment, and make its data folder absolute for children.

    Raises EnvironmentRefused where a variable cannot be used.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "miaopu.app.settings")
    environment = read_environment()
    os.environ["MIAOPU_DATA_DIR"] = str(environment.data_dir)
    return environment


def set_up_django() -> None:
    """Set Django up for work outside a request: no limit on how long a statement may take."""
    django.setup()
    settings.DATABASES["default"]["OPTIONS"] = {"options": "-c lock_timeout=5000"}


@contextmanager
def database() -> Iterator[Environment]:
    """Inside the block Django is set up and its database answers.

    Without DATABASE_URL it is the embedded server: the running one, else one for the block.
    Whatever a verb may meet inside ends it with one line on standard error and status 1.
    """
    with problems_end_the_verb():
        environment = prepare()
        if environment.database_url is not None:
            set_up_django()
            yield environment
            return
        with running(environment.data_dir):
            set_up_django()
            try:
                yield environment
            finally:
                connections.close_all()


@contextmanager
def no_database() -> Iterator[Environment]:
    """Django is set up inside the block, for a verb that reads files only."""
    with problems_end_the_verb():
        environment = prepare()
        set_up_django()
        yield environment
