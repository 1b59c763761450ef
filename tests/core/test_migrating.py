"""A database made by our way of migrating is the one that Django makes."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

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
    " AND prokind = 'f'",
)


def _catalogue() -> list[list[str]]:
    with connection.cursor() as cursor:
        found = []
        for query in CATALOGUE:
            cursor.execute(query)
            found.append(sorted(map(repr, cursor.fetchall())))
        return found


@pytest.mark.slow
def test_the_database_is_djangos(
    template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        with database.copy(template_database):
            ours = _catalogue()
        with database.copy("template0"):
            call_command("migrate", interactive=False, verbosity=0)
            djangos = _catalogue()
    assert all(ours)
    assert ours == djangos
