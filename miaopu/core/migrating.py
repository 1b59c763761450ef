"""Bringing a database up to date; an empty one gets its tables from the models at once.

Django plays every migration that there ever was, and after each step renders anew the models that
it touches and all that are related to them: of an empty database's start that is nine tenths. What
stands at the end is what the models say (`makemigrations --check`), so that an empty database is
given that, and the migrations are written down as applied. Both ways make the same database
(tests/core/test_migrating.py).
"""

from __future__ import annotations

import pgtrigger
from django.apps import apps
from django.contrib.postgres.operations import CreateExtension
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

OURS = "miaopu."


def migrate() -> None:
    """Apply the migrations that the database lacks."""
    if not connection.introspection.table_names():
        with transaction.atomic():  # who is killed here leaves an empty database
            _create_tables()
    call_command("migrate", interactive=False, verbosity=0)


def _create_tables() -> None:
    """Our tables as the models are, with their triggers, and our migrations as applied."""
    ours = {one.label: one for one in apps.get_app_configs() if one.name.startswith(OURS)}
    loader = MigrationLoader(connection)
    migrations = {key: one for key, one in loader.disk_migrations.items() if key[0] in ours}
    needed = {label for one in migrations.values() for label, _name in one.dependencies}
    for label in sorted(needed - set(ours)):
        call_command("migrate", label, interactive=False, verbosity=0)
    with connection.schema_editor() as editor:
        for (label, _name), migration in migrations.items():
            for operation in migration.operations:
                if isinstance(operation, CreateExtension):
                    operation.database_forwards(
                        label, editor, loader.project_state(), loader.project_state()
                    )
        for app in ours.values():
            for model in app.get_models():
                if model._meta.managed and not model._meta.proxy:
                    editor.create_model(model)
    for table, trigger in pgtrigger.registered():
        trigger.install(table)
    recorder = MigrationRecorder(connection)
    for label, name in migrations:
        recorder.record_applied(label, name)
