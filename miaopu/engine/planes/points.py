"""Points of priority of many enterprises under one rule."""

from __future__ import annotations

import numpy as np

from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import Ints
from miaopu.engine.planes.truth import truth_of
from miaopu.engine.prepared import PreparedRule


def points_of(rule: PreparedRule, batch: Batch, rows: Ints) -> Ints:
    """The points that the facts of the chosen enterprises give; what is unknown gives none."""
    points = np.zeros(len(rows), dtype=np.int64)
    for priority, reasons in rule.priorities:
        node = reasons.runnable.node
        points += priority.points * truth_of(node, batch.part(rows, node.fact_names())).true
    return points
