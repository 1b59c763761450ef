"""Brings the database up to date and says what was applied."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from miaopu.core.migrating import migrate


class Command(BaseCommand):
    """`migrate_database [--format json]`: applies what is missing."""

    help = "Applies the migrations that the database lacks."

    def add_arguments(self, parser: CommandParser) -> None:
        """Options of the command."""
        parser.add_argument("--format", choices=["table", "json"], default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Apply, and print {"applied": [...]} or one line per migration."""
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            migrate()
        applied = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
        if options["format"] == "json":
            self.stdout.write(json.dumps({"applied": applied}))
            return
        for name in applied:
            self.stdout.write(f"已应用 / applied  {name}")
        self.stdout.write(f"数据库已是最新 / the database is up to date ({len(applied)})")
