"""Writing the sound rows of a confirmed delivery, chunk by chunk, each whole or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import orjson
from django.db import connection, models, transaction
from django.db.models.functions import Cast

from miaopu.core import clock
from miaopu.parties.bulk import (
    copy_lines,
    copy_rows,
    escaped,
    lock_numbers,
    next_numbers,
    reserve_ids,
)
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
    rows = delivery.lines.importable()
    done, total = rows.filter(number__lte=delivery.imported_through).count(), rows.count()
    while True:
        delivery.refresh_from_db()
        if delivery.state != DeliveryState.IMPORTING:
            return delivery
        written = import_chunk(delivery)
        if not written:
            return finish_import(delivery)
        done += written
        report(min(done, total), total)


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
        .annotate(said=Cast("values", models.TextField()))
        .values_list("number", "uscc", "said")[:CHUNK]
    )
    if not rows:
        return 0
    lock_numbers(int(locked.region_id[:4]))  # nobody registers one of these codes meanwhile
    codes = [code for _number, code, _said in rows]
    known = known_enterprises(codes, locked.source, locked.as_of, lock=True)
    planner = Planner(locked.source, locked.region_id)
    planned = [
        (number, code, plan)
        for number, code, said in rows
        if isinstance(plan := planner.plan(orjson.loads(said), known.get(code)), RowPlan)
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
    rows = zip(owners, [*new, *changed], strict=True)
    end = f"\t{clock.now()}\n"  # asked beforehand: nothing can be while COPY has the connection
    return copy_lines(Fact, _FACT_COLUMNS, _fact_lines(delivery, rows, end))


def _fact_lines(
    delivery: Delivery, rows: Iterable[tuple[int, tuple[int, str, RowPlan]]], end: str
) -> Iterator[str]:
    """The rows' facts as COPY takes them; what many rows say is written out once."""
    written: defaultdict[str, _Written] = defaultdict(_Written)
    start = f"\t{delivery.as_of}\t{delivery.source}\t"
    for owner, (row, _code, plan) in rows:
        rest = f"{start}{delivery.record_of(row)}{end}"
        for name, value in plan.facts.items():
            yield f"{owner}\t{name}\t{written[name][value]}{rest}"


class _Written(dict[Any, str]):
    """The values of one fact, which are all of one type, in JSON as COPY takes it."""

    def __missing__(self, value: Any) -> str:
        self[value] = text = escaped(orjson.dumps(value).decode())
        return text


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
