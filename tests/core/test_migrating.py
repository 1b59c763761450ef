"""A database made by our way of migrating is the one that Django makes."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations import RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.plugin import DjangoDbBlocker

from miaopu.core.migrating import migrate
from tests.harness import database

CATALOGUE = (
    "SELECT table_name, column_name, data_type, is_nullable, column_default,"
    " character_maximum_length"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    " AND prokind = 'f' AND (prorettype <> 'trigger'::regtype OR EXISTS"
    "  (SELECT FROM pg_trigger WHERE tgfoid = pg_proc.oid))",  # Django leaves those of old triggers
)


def _catalogue() -> list[list[str]]:
    with connection.cursor() as cursor:
        found = []
        for query in CATALOGUE:
            cursor.execute(query)
            found.append(sorted(map(repr, cursor.fetchall())))
        return found


def recorded() -> set[tuple[str, str]]:
    """The migrations that are written down as applied."""
    return set(MigrationRecorder(connection).applied_migrations())


@pytest.mark.long
def test_the_database_is_djangos(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        with database.copy("template0"):
            migrate()
            ours = _catalogue()
            applied = recorded()
        with database.copy("template0"):
            call_command("migrate", interactive=False, verbosity=0)
            djangos = _catalogue()
            assert applied == recorded()
    assert all(ours)
    assert ours == djangos


def test_no_migration_does_what_models_do_not_say() -> None:
    """An empty database gets its tables from the models: what is by hand would be missed."""
    by_hand = (RunPython, RunSQL, SeparateDatabaseAndState)
    ours = [
        one
        for one in MigrationLoader(None).disk_migrations.values()
        if one.__module__.startswith("miaopu.")
    ]
    assert ours
    assert not [one for one in ours if any(isinstance(step, by_hand) for step in one.operations)]
