"""Writing about many things at once: events and fields in one statement each.

The same rows as one by one; for whoever books thousands in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from miaopu.core import clock
from miaopu.core.events import acting_office, event_of
from miaopu.core.models import Event, User

BATCH = 2000  # rows of one INSERT


@dataclass(frozen=True)
class Happened:
    """One event to be written: about what, which verb, where, why, and what else is known."""

    subject: models.Model
    verb: str
    region_code: str
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def record_events(rows: Iterable[Happened], *, by: User | None) -> None:
    """Append an event for each row, as `core.actions.record_event` does for one."""
    now = clock.now()
    offices: dict[str, Any] = {}
    events = []
    for row in rows:
        if row.region_code not in offices:
            offices[row.region_code] = acting_office(by, row.region_code)
        events.append(
            event_of(
                row.subject,
                row.verb,
                at=now,
                by=by,
                office=offices[row.region_code],
                region_code=row.region_code,
                reason=row.reason,
                data=row.data,
            )
        )
    Event.objects.bulk_create(events, batch_size=BATCH)


def update_rows(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    """Set fields of many rows in one statement; each row is its key and a value for each name.

    Triggers and constraints hold for each row as ever. Returns how many rows changed.
    """
    if not rows:
        return 0
    quote = connection.ops.quote_name
    key = model._meta.pk
    fields = [field for name in names for field in model._meta.fields if field.name == name]
    assert key is not None and key.column is not None and len(fields) == len(names)
    columns = [quote(str(one.column)) for one in fields]
    types = [key.rel_db_type(connection), *(one.db_type(connection) for one in fields)]
    arrays = ", ".join(f"%s::{one}[]" for one in types)
    changes = ", ".join(f"{column} = given.{column}" for column in columns)
    table = quote(model._meta.db_table)
    # Names come from models, never from people.
    statement = (
        f"UPDATE {table} SET {changes} FROM unnest({arrays})"  # noqa: S608
        f" AS given(id, {', '.join(columns)}) WHERE {table}.{quote(key.column)} = given.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(values) for values in zip(*rows, strict=True)])
        return int(cursor.rowcount)
