"""Matches as the long table that `match` writes, as record batches of Arrow."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from miaopu.engine.expressions.plain import TRUE, UNKNOWN
from miaopu.engine.planes.bits import Bools, Ints
from miaopu.engine.planes.matching import Matches
from miaopu.engine.planes.streaming import Part
from miaopu.engine.rule_sets import RuleSet

_WORD = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        pa.field("enterprise_id", pa.string(), nullable=False),
        pa.field("rule", _WORD, nullable=False),
        pa.field("status", _WORD, nullable=False),
        pa.field("amount_fen", pa.int64()),
        pa.field("missing", pa.list_(pa.string())),
    ]
)
WORDS = pa.schema(  # the same without dictionaries
    field.with_type(pa.string()) if field.type == _WORD else field for field in SCHEMA
)
VARIOUS = ("enterprise_id", "amount_fen")  # columns whose values hardly come twice
_STATUS = pa.array([UNKNOWN, TRUE])


def long_table(rules: RuleSet, part: Part) -> pa.RecordBatch:
    """The rows of a part: enterprise, rule, status, fen, and what is missing; by SCHEMA."""
    found = part.matches
    names = pa.array([rule.id for rule in rules.rules], pa.string())
    return pa.RecordBatch.from_arrays(
        [
            part.ids.take(pa.array(found.row)).cast(pa.string()),
            _coded(found.rule, names),
            _coded(found.true, _STATUS),
            pa.array(found.fen, pa.int64(), mask=~found.priced),
            _missing(found),
        ],
        schema=SCHEMA,
    )


def _coded(places: Ints | Bools, words: pa.Array) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), words)


def _missing(found: Matches) -> pa.Array:
    lacking = pa.array([list(one) for one in found.lacking], pa.list_(pa.string()))
    some = np.flatnonzero(found.missing != 0)
    if 2 * len(some) > len(found):
        return lacking.take(pa.array(found.missing))
    names = lacking.take(pa.array(found.missing[some]))
    follows = np.diff(some + 1, prepend=0, append=len(found) + 1)  # rows until the next such one
    return pa.ListArray.from_arrays(np.repeat(names.offsets, follows), names.values)
