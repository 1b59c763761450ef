"""Every enterprise under every item of a version, batch by batch on whole columns."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date

import numpy as np
import pyarrow as pa
from django.db.models import QuerySet

from miaopu.engine.facts import FactError
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.matching import match_batch
from miaopu.engine.planes.points import points_of
from miaopu.engine.planes.read_columns import read_column
from miaopu.engine.prepared import PreparedRules, prepare
from miaopu.parties.fact_columns import FactColumns, fact_columns
from miaopu.parties.models import Enterprise
from miaopu.plans.models import Match, ProgrammeVersion

logger = logging.getLogger(__name__)

Report = Callable[[int, int], None]


def matches_among(
    version: ProgrammeVersion,
    enterprises: QuerySet[Enterprise],
    as_of: date,
    report: Report | None = None,
) -> list[Match]:
    """The matches, not yet saved, of some enterprises by what is known of them on the day.

    `report(done, total)` is called now and then.
    """
    prepared = prepare(version.pack.rule_set(as_of, "enterprise"), as_of)
    names = [fact.name for fact in (*prepared.facts, *prepared.priority_facts)]
    total, done = enterprises.count(), 0
    rows: list[Match] = []
    for part in fact_columns(enterprises, names, as_of):
        rows += matches_of(version, part, as_of)
        done += len(part.enterprises)
        if report is not None:
            report(done, total)
    return rows


def matches_of(version: ProgrammeVersion, found: FactColumns, as_of: date) -> list[Match]:
    """The matches, not yet saved, of some enterprises by their facts, enterprise by enterprise.

    Items for parties of another kind match no enterprise. Else as `explain_facts` for each:
    a value that its fact cannot have is unknown.
    """
    rules = version.pack.rule_set(as_of, "enterprise")
    prepared = prepare(rules, as_of)
    batch = _batch(found, prepared)
    matches = match_batch(rules, as_of, batch)
    points = np.zeros(len(matches), dtype=np.int64)
    for place, rule in enumerate(prepared.rules):
        mine = np.flatnonzero(matches.rule == place)
        if rule.priorities and len(mine):
            points[mine] = points_of(rule, batch, matches.row[mine])
    return [
        Match(
            version=version,
            item=rules.rules[rule].id,
            enterprise_id=found.enterprises[row],
            status=status,
            amount_fen=fen,
            missing=list(missing),
            facts_missing=any(not name.startswith("decide:") for name in missing),
            priority_points=given,
            as_of=as_of,
        )
        for (row, rule, status, fen, missing), given in zip(
            matches.rows(), points.tolist(), strict=True
        )
    ]


def _batch(found: FactColumns, prepared: PreparedRules) -> Batch:
    """The facts as columns of text, which every type of fact is read from."""
    rows = len(found.enterprises)

    def unreadable(row: int, error: FactError) -> None:
        logger.warning("enterprise %s: %s", found.enterprises[row], error.message.en)

    facts = (*prepared.facts, *prepared.priority_facts)
    columns = {
        fact.name: read_column(
            fact, pa.array(found.columns[fact.name], pa.string()), rows, unreadable
        )
        for fact in facts
    }
    return Batch(rows, columns)
