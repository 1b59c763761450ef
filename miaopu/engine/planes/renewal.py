"""Matches brought up to date: only enterprises whose facts have changed are asked again."""

from __future__ import annotations

from datetime import date

import numpy as np

from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import Ints
from miaopu.engine.planes.matching import Matches, match_batch
from miaopu.engine.rule_sets import RuleSet


def renewed(before: Matches, rules: RuleSet, as_of: date, batch: Batch, changed: Ints) -> Matches:
    """The matches of `batch`, as a run over all of it gives them.

    `before` are those of the same enterprises, rules and day before the facts of the rows
    `changed` (in order, each once) became what they are in `batch`.
    """
    found = match_batch(rules, as_of, batch.part(changed))
    touched = np.zeros(batch.rows, dtype=np.bool_)
    touched[changed] = True
    kept = np.flatnonzero(~touched[before.row])
    names = {one: place for place, one in enumerate(before.lacking)}
    for one in found.lacking:
        names.setdefault(one, len(names))
    places = np.array([names[one] for one in found.lacking], dtype=np.int64)
    row = np.concatenate([before.row[kept], changed[found.row]])
    order = np.argsort(row, kind="stable")

    def merged(old: np.ndarray, new: np.ndarray) -> np.ndarray:
        return np.concatenate([old[kept], new])[order]

    return Matches(
        row[order],
        merged(before.rule, found.rule),
        merged(before.true, found.true),
        merged(before.fen, found.fen),
        merged(before.priced, found.priced),
        merged(before.missing, places[found.missing]),
        tuple(names),
    )
