"""Writing the sound rows of a confirmed delivery, chunk by chunk, each whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from miaopu.core import clock
from miaopu.parties.bulk import copy_rows, lock_numbers, next_numbers, reserve_ids
from miaopu.parties.deliveries import finish_import, note_imported
from miaopu.parties.delivery_plans import (
    REGISTER_FIELDS,
    KnownEnterprise,
    Planner,
    RowPlan,
    known_enterprises,
)
from miaopu.parties.enums import DeliveryState, RowOutcome
from miaopu.parties.models import Delivery, Enterprise, Fact

CHUNK = 2000
Report = Callable[[int, int], None]

_ENTERPRISE_COLUMNS = (
    *("id", "number", "uscc", "name", "region_id", "industry", "legal_representative"),
    *("phone", "address", "registered_on", "status"),
)
_FACT_COLUMNS = (
    *("enterprise_id", "name", "value", "valid_from", "source", "record", "recorded_at"),
)


def import_rows(delivery: Delivery, report: Report) -> Delivery:
    """Write what a confirmed delivery's rows say. A killed import goes on after its last chunk.

    Each row is compared again with what is known now: another delivery may have been faster.
    """
    total = delivery.lines.importable().count()
    while True:
        delivery.refresh_from_db()
        if delivery.state != DeliveryState.IMPORTING:
            return delivery
        if not import_chunk(delivery):
            return finish_import(delivery)
        written = delivery.lines.importable().filter(number__lte=delivery.imported_through)
        report(written.count(), total)


@transaction.atomic
def import_chunk(delivery: Delivery) -> int:
    """Write the next rows of a delivery, as one transaction; how many rows that were.

    Has the effect of register_enterprise and record_fact for each row: entries, facts with source,
    day and record, earlier statements of the same source ended. Their events are replaced by the
    one of the delivery.
    """
    locked = Delivery.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery.pk)
    rows = list(
        locked.lines.importable()
        .filter(number__gt=locked.imported_through)
        .values_list("number", "uscc", "values")[:CHUNK]
    )
    if not rows:
        return 0
    lock_numbers(int(locked.region_id[:4]))  # nobody registers one of these codes meanwhile
    codes = [code for _number, code, _values in rows]
    list(
        Enterprise.objects.filter(uscc__in=codes)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
        .values_list("pk", flat=True)
    )
    known = known_enterprises(codes, locked.source, locked.as_of)
    planner = Planner(locked.source, locked.region_id)
    planned = [
        (number, code, plan)
        for number, code, values in rows
        if isinstance(plan := planner.plan(values, known.get(code)), RowPlan)
    ]
    new = [row for row in planned if row[2].outcome == RowOutcome.NEW]
    changed = [row for row in planned if row[2].outcome == RowOutcome.CHANGED]
    pks = _register(locked.region_id, new)
    facts = _state(locked, new, changed, pks)
    note_imported(
        locked,
        rows[-1][0],
        registered=len(new),
        updated=_change_entries(changed),
        facts=facts,
    )
    delivery.imported_through = rows[-1][0]
    return len(rows)


Planned = list[tuple[int, str, RowPlan]]


def _register(region: str, new: Planned) -> list[int]:
    """Enter new enterprises into the register; their primary keys, in order."""
    if not new:
        return []
    numbers, pks = next_numbers(region, len(new)), reserve_ids(Enterprise, len(new))
    copy_rows(
        Enterprise,
        _ENTERPRISE_COLUMNS,
        (
            (pk, number, code, *(plan.entry[name] for name in REGISTER_FIELDS))
            for pk, number, (_row, code, plan) in zip(pks, numbers, new, strict=True)
        ),
    )
    return pks


def _change_entries(changed: Planned) -> int:
    """Change the register where its source says otherwise; how many entries."""
    updates = []
    for _row, _code, plan in changed:
        known = plan.known
        if known is not None and plan.entry:
            entry: dict[str, Any] = {**known.entry, **plan.entry}
            entry["region_id"] = entry.pop("region")
            entry["registered_on"] = date.fromisoformat(entry["registered_on"])
            updates.append(Enterprise(pk=known.pk, **entry))
    Enterprise.objects.bulk_update(updates, list(REGISTER_FIELDS), batch_size=500)
    return len(updates)


def _state(delivery: Delivery, new: Planned, changed: Planned, pks: list[int]) -> int:
    """Record the facts of the rows; the source's earlier values end the day before."""
    ended = [
        (known.pk, name)
        for _row, _code, plan in changed
        if isinstance(known := plan.known, KnownEnterprise)
        for name in plan.facts
        if name in known.stated
    ]
    if ended:
        _end_earlier(delivery, ended)
    owners = [*pks, *(plan.known.pk for _row, _code, plan in changed if plan.known)]
    now, as_of, source = clock.now(), delivery.as_of, delivery.source
    return copy_rows(
        Fact,
        _FACT_COLUMNS,
        (
            (owner, name, _json(value), as_of, source, delivery.record_of(row), now)
            for owner, (row, _code, plan) in zip(owners, [*new, *changed], strict=True)
            for name, value in plan.facts.items()
        ),
    )


def _json(value: Any) -> str:
    if type(value) is str and value.isascii() and value.isprintable():
        return json.dumps(value) if '"' in value or "\\" in value else f'"{value}"'
    return json.dumps(value, ensure_ascii=False)


def _end_earlier(delivery: Delivery, ended: list[tuple[int, str]]) -> None:
    """One statement for all: as record_fact does it for one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE parties_fact f SET valid_to = %s"
            " FROM unnest(%s::bigint[], %s::text[]) AS ended(enterprise_id, name)"
            " WHERE f.enterprise_id = ended.enterprise_id AND f.name = ended.name"
            " AND f.source = %s AND f.valid_to IS NULL AND f.valid_from < %s",
            [
                delivery.as_of - timedelta(days=1),
                [pk for pk, _name in ended],
                [name for _pk, name in ended],
                delivery.source,
                delivery.as_of,
            ],
        )
