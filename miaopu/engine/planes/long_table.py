"""Matches as the long table that `match` writes, as record batches of Arrow."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from miaopu.engine.expressions.plain import TRUE, UNKNOWN
from miaopu.engine.planes.streaming import Part
from miaopu.engine.rule_sets import RuleSet

SCHEMA = pa.schema(
    {
        "enterprise_id": pa.string(),
        "rule": pa.string(),
        "status": pa.string(),
        "amount_fen": pa.int64(),
        "missing": pa.list_(pa.string()),
    }
)
VARIOUS = ("enterprise_id", "amount_fen")  # columns whose values hardly come twice
_STATUS = pa.array([UNKNOWN, TRUE])


def long_table(rules: RuleSet, part: Part) -> pa.RecordBatch:
    """The rows of a part: enterprise, rule, status, fen, and what is missing."""
    found = part.matches
    names = pa.array([rule.id for rule in rules.rules], pa.string())
    lacking = pa.array([list(one) for one in found.lacking], pa.list_(pa.string()))
    return pa.RecordBatch.from_arrays(
        [
            part.ids.take(pa.array(found.row)).cast(pa.string()),
            names.take(pa.array(found.rule)),
            _STATUS.take(pa.array(found.true.astype(np.int8))),
            pa.array(found.fen, pa.int64(), mask=~found.priced),
            lacking.take(pa.array(found.missing)),
        ],
        schema=SCHEMA,
    )
