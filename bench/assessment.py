"""`python -m bench.assessment`: 5,000 bases × 120 lines × 2 periods, computed and ranked.

Beside it the arithmetic alone, written by hand in numpy for this one scheme: points that are worked
out, sums, caps, weights, classes, order. Both start from the same columns and are taken in turn;
equal answers are asserted first. What is told is the median of the ratios of the rounds.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from bench.report import Report
from miaopu.engine.assessment.columns import MILLION, ScoreColumn, ScoreColumns
from miaopu.engine.assessment.scheme import Scheme
from miaopu.engine.assessment.scores import Lines
from miaopu.engine.assessment.standings import standings_of
from miaopu.engine.planes.bits import Ints

BASES, CRITERIA, ITEMS, COMPUTED = 5_000, 10, 12, 2
GOAL, ROUNDS = 10, 15
_PERIODS = {"half": 40, "year": 60}


def scheme() -> Scheme:
    """Ten criteria of twelve lines, two of them worked out from figures; each capped at 10."""
    criteria = []
    for number in range(CRITERIA):
        items: list[dict[str, object]] = [
            {"id": f"c{number}_{item}", "max": "1"} for item in range(ITEMS - COMPUTED)
        ]
        items += [
            {
                "id": f"c{number}_computed_{item}",
                "max": "2",
                "kind": "computed",
                "points": f"least(2, figure_{number}_{item} / 40)",
            }
            for item in range(COMPUTED)
        ]
        criteria.append({"id": f"c{number}", "max": "10", "items": items})
    bands = [{"class": name, "from": start} for name, start in (("I", 80), ("II", 60), ("III", 0))]
    whole = {"scheme": "bench", "criteria": criteria, "periods": _PERIODS, "bands": bands}
    return Scheme.model_validate_json(json.dumps({**whole, "outstanding": 3}))


def scores(plan: Scheme) -> ScoreColumns:
    """Points of hundredths and whole figures, always the same."""
    dice = np.random.default_rng(5_000)
    known = np.ones(BASES, dtype=np.bool_)
    lines = Lines(plan)
    periods: dict[str, dict[str, ScoreColumn]] = {}
    for period in plan.periods:
        columns = {
            name: dice.integers(40, 101, BASES) * (MILLION // 100) for name in sorted(lines.scored)
        }
        columns |= {name: dice.integers(0, 100, BASES) * MILLION for name in sorted(lines.figures)}
        periods[period] = {name: ScoreColumn(one, known, {}) for name, one in columns.items()}
    names = [f"base-{number:05d}" for number in range(BASES)]
    return ScoreColumns(names, np.full(BASES, 2012, dtype=np.int64), periods)


def by_hand(found: ScoreColumns) -> tuple[Ints, Ints, Ints]:
    """Composites in 10^-8 points, places of classes, and rows in order: the arithmetic alone."""
    composites = np.zeros(BASES, dtype=np.int64)
    for period, weight in _PERIODS.items():
        columns = found.periods[period]
        total = np.zeros(BASES, dtype=np.int64)
        for number in range(CRITERIA):
            points = np.zeros(BASES, dtype=np.int64)
            for item in range(ITEMS - COMPUTED):
                points += columns[f"c{number}_{item}"].millionths
            for item in range(COMPUTED):
                figure = columns[f"figure_{number}_{item}"].millionths // MILLION
                hundredths = (figure * 200 + 40) // 80  # half up
                points += np.minimum(hundredths, 200) * (MILLION // 100)
            total += np.minimum(points, 10 * MILLION)
        composites += total * weight
    starts = np.array([60, 80], dtype=np.int64) * MILLION * 100
    classes = 2 - np.searchsorted(starts, composites, side="right")
    return composites, classes, np.argsort(-composites, kind="stable")


def main() -> int:
    """Measure; 1 where the goal is missed."""
    plan = scheme()
    lines, found = Lines(plan), scores(plan)
    standings = standings_of(lines, found)
    composites, classes, order = by_hand(found)
    assert np.array_equal(standings.composites, composites)
    assert np.array_equal(standings.band, classes)
    assert np.array_equal(standings.order, order)
    works: dict[str, Callable[[], object]] = {
        "ours": lambda: standings_of(lines, found),
        "numpy": lambda: by_hand(found),
    }
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            began = time.process_time()
            work()
            taken[name].append(time.process_time() - began)
    ratios = [one / other for one, other in zip(taken["ours"], taken["numpy"], strict=True)]
    ratio = statistics.median(ratios)
    what = f"{BASES:,} bases × {len(plan.leaves)} lines × {len(_PERIODS)} periods"
    report = Report()
    report.add("load of the machine", f"{os.getloadavg()[0]:.1f}")
    for name, seconds in taken.items():
        report.add(f"{what}, {name}: CPU ms", f"{statistics.median(seconds) * 1000:.1f}")
    report.add(f"{what}, ours / numpy alone", f"{ratio:.1f} ×", f"≤ {GOAL} ×", ratio <= GOAL)
    report.show()
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main())
