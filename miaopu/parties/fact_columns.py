"""What is known of many enterprises on a day as columns of text, as whole-register runs read them.

The same values as `facts.known_facts` gives one by one (tests/parties/test_fact_columns.py), chosen
by the database: for each fact the best source's latest value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from miaopu.engine import size
from miaopu.engine.messages import EngineError
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.facts import SIZE_NEEDS, WAN
from miaopu.parties.models import Enterprise

CHUNK = 8_000
_LAST = 1_000  # the rank of a source that the dictionary does not name
_CHOSEN = """
WITH chosen AS (
  SELECT DISTINCT ON (f.enterprise_id, f.name) f.enterprise_id, f.name, f.value
    FROM parties_fact f
    LEFT JOIN unnest(%s::text[], %s::text[], %s::int[]) AS ranked (name, source, rank)
      ON ranked.name = f.name AND ranked.source = f.source
   WHERE f.enterprise_id = ANY(%s) AND f.name = ANY(%s)
     AND f.valid_from <= %s AND (f.valid_to IS NULL OR f.valid_to >= %s)
   ORDER BY f.enterprise_id, f.name, coalesce(ranked.rank, %s), f.valid_from DESC, f.id DESC)
SELECT enterprise_id, json_object_agg(name, value #>> '{}')::text FROM chosen GROUP BY 1
"""


@dataclass(frozen=True)
class FactColumns:
    """Some enterprises (primary keys, ascending), and each fact's values in the same order."""

    enterprises: Sequence[int]
    columns: Mapping[str, Sequence[str | None]]


def fact_columns(
    enterprises: QuerySet[Enterprise], names: Sequence[str], day: date
) -> Iterator[FactColumns]:
    """The facts `names` of the enterprises on the day, chunk by chunk in the order of their keys.

    The size class is computed from its inputs, which are among the columns then.
    """
    wanted = list(dict.fromkeys((*names, *(SIZE_NEEDS if "size" in names else ()))))
    known = [name for name in wanted if name in fact_dictionary() and name != "size"]
    last = 0
    while ids := list(
        enterprises.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    ):
        last = ids[-1]
        rows = _rows(ids, known, day)
        found = [rows.get(pk, {}) for pk in ids]
        columns: dict[str, Sequence[str | None]] = {
            name: [row.get(name) for row in found] for name in wanted
        }
        if "size" in names:
            columns["size"] = [_size_of(row, day) for row in found]
        yield FactColumns(ids, columns)


def _rows(ids: list[int], names: list[str], day: date) -> dict[int, dict[str, str | None]]:
    ranks = [
        (name, source, rank)
        for name in names
        for rank, source in enumerate(fact_dictionary()[name].sources)
    ]
    parts = [list(part) for part in zip(*ranks, strict=True)] if ranks else [[], [], []]
    with connection.cursor() as cursor:
        cursor.execute(_CHOSEN, [*parts, ids, names, day, day, _LAST])
        return {pk: json.loads(text) for pk, text in cursor.fetchall()}


def _size_of(row: Mapping[str, str | None], day: date) -> str | None:
    """The size class; None where figures are missing or cannot be (as `facts.known_facts`)."""
    industry = row.get("industry")
    if not industry:
        return None
    staff, revenue, assets = (row.get(name) for name in SIZE_NEEDS[1:])
    try:
        found = size.classify(
            industry,
            None if staff is None else int(staff),
            None if revenue is None else Decimal(revenue) / WAN,
            None if assets is None else Decimal(assets) / WAN,
            day,
        )
    except EngineError:
        return None
    return found.size_class
