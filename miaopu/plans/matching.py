"""Every enterprise under every item of a version, batch by batch on whole columns."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from miaopu.engine.facts import FactError
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.columns import read_column
from miaopu.engine.planes.matching import match_batch
from miaopu.engine.planes.points import points_of
from miaopu.engine.prepared import PreparedRules, prepare
from miaopu.parties.facts import Known, values
from miaopu.parties.models import Enterprise
from miaopu.plans.models import Match, ProgrammeVersion

logger = logging.getLogger(__name__)


def matches_of(
    version: ProgrammeVersion, found: Sequence[tuple[Enterprise, Known]], as_of: date
) -> list[Match]:
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
            enterprise=found[row][0],
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


def _batch(found: Sequence[tuple[Enterprise, Known]], prepared: PreparedRules) -> Batch:
    """The facts as columns of text, which every type of fact is read from."""
    rows = [values(known) for _enterprise, known in found]
    columns = {}
    for fact in (*prepared.facts, *prepared.priority_facts):
        texts = [None if (one := row.get(fact.name)) is None else str(one) for row in rows]

        def unreadable(row: int, error: FactError) -> None:
            logger.warning("enterprise %s: %s", found[row][0].pk, error.message.en)

        columns[fact.name] = read_column(fact, pa.array(texts, pa.string()), len(rows), unreadable)
    return Batch(len(rows), columns)
