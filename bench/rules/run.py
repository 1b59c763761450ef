"""`python -m bench --rules-only`: rules over everybody against other engines, equal answers first.

All sides hold the register in memory in their own form before the clock starts. They are taken in
turn, round after round; what is told is the median of CPU seconds (all threads of the process), so
that other work on the machine changes little, and the ratio of medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from bench.report import Report
from bench.rules import further, made, plain_side, register, sql_side
from bench.rules.made import AS_OF, Made
from miaopu.engine.facts import FactError
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.matching import Matches, match_batch, read_batch
from miaopu.engine.planes.program import program_of
from miaopu.engine.planes.run import RulePlanes, pieces
from miaopu.engine.rule_sets import RuleSet

ROUNDS = 5
CITY, PROVINCES = 67_699, 1_000_000
STREAMED = 10_000_000
Work = Callable[[], object]


class Case:
    """Some rules over some enterprises, for every side that is installed."""

    def __init__(self, rows: int, rules: int, *, where: int = 3, rules_where: int = 3) -> None:
        self.title = f"{rows:,} × {rules}"
        self.register = register.make(rows, provinces=where)
        self.made: list[Made] = made.make(rules, provinces=rules_where)
        self.rules: RuleSet = made.in_our_words(self.made)
        self.program = program_of(self.rules, AS_OF)
        self.batch: Batch = read_batch(self.rules, AS_OF, self.register.arrow(), rows, _never)

    def planes(self, *, prune: bool) -> list[np.ndarray]:
        """Ours: for each rule the enterprises, as planes of who is entitled and who might be."""
        asked = pieces(self.program, self.batch, prune=prune)
        return [one.plane for piece in asked for one in piece.rules if isinstance(one, RulePlanes)]

    def entitled(self) -> Matches:
        """Ours: who is entitled by which rule, and to how much."""
        return match_batch(self.rules, AS_OF, self.batch, unknown=False)

    def rows_by_rule(self, *, unknown: bool) -> list[np.ndarray]:
        """Ours: for each rule the rows of who is entitled, found with who might be and without."""
        matches = match_batch(self.rules, AS_OF, self.batch, unknown=unknown)
        row, rule = matches.row[matches.true], matches.rule[matches.true]
        return [row[rule == place] for place in range(len(self.made))]

    def long(self) -> sql_side.Rows:
        """Ours: enterprise, rule and fen of everybody entitled."""
        matches = self.entitled()
        return matches.row, matches.rule, np.where(matches.priced, matches.fen, -1)

    def scan(self) -> int:
        """Every byte of the columns that the rules look at, looked at once."""
        bits = 0
        for column in self.batch.columns.values():
            bits |= int(np.bitwise_or.reduce(self.register.numbers[column.fact.name]))
            bits |= int(np.bitwise_or.reduce(column.known.view(np.uint8)))
        return bits


def side_by_side(report: Report, case: Case) -> None:
    """Planes by two threads against one, by the clock: whatever else is measured takes one."""
    taken: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(ROUNDS):
        for threads, found in taken.items():
            began = time.perf_counter()
            for _piece in pieces(case.program, case.batch, unknown=False, threads=threads):
                pass
            found.append(time.perf_counter() - began)
    for threads, found in taken.items():
        report.add(
            f"{case.title} rules, pruned, entitled, planes, {threads} thread(s): ms by the clock",
            f"{statistics.median(found) * 1000:,.1f}",
        )


def _never(row: int, error: FactError) -> None:
    raise AssertionError((row, error))


def in_turn(works: Mapping[str, Work], rounds: int = ROUNDS) -> dict[str, float]:
    """The median CPU seconds of each, taken in turn."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            began = time.process_time()
            work()
            taken[name].append(time.process_time() - began)
    return {name: statistics.median(found) for name, found in taken.items()}


def _same_sets(case: Case, other: list[np.ndarray], name: str) -> None:
    """Both ways of ours, with who might be entitled and without, find the same as the other."""
    for unknown in (True, False):
        ours = case.rows_by_rule(unknown=unknown)
        for place, (mine, theirs) in enumerate(zip(ours, other, strict=True)):
            assert np.array_equal(mine, np.flatnonzero(theirs)), (name, case.title, place)


def eligibility(report: Report, case: Case, goals: tuple[float, float] | None) -> None:
    """Who is entitled: against OpenFisca, polars and numpy by hand, and the bare scan."""
    plain = plain_side.Side(case.made, case.register)
    _same_sets(case, plain.eligible(), "numpy")
    works: dict[str, Work] = {
        "ours": lambda: case.planes(prune=False),
        "ours, pruned": lambda: case.planes(prune=True),
        "ours, pruned, entitled only": case.entitled,
        "numpy by hand": plain.eligible,
        "scan": case.scan,
    }
    fisca = find_spec("openfisca_core") is not None
    if fisca:
        from bench.rules import openfisca_side  # noqa: PLC0415 - only where it is installed

        for shared in (False, True):
            side = openfisca_side.Side(case.made, case.register, shared=shared)
            _same_sets(case, side.eligible(), "openfisca")
            works[f"openfisca {shared}"] = side.eligible
    if find_spec("polars") is not None:
        from bench.rules import polars_side  # noqa: PLC0415 - only where it is installed

        frame = polars_side.Side(case.made, case.register)
        assert frame.counted() == [len(rows) for rows in case.rows_by_rule(unknown=False)]
        works["polars"] = frame.counted
    taken = in_turn(works)
    if fisca:
        taken["OpenFisca-core"] = min(taken.pop("openfisca False"), taken.pop("openfisca True"))
    for name, seconds in taken.items():
        report.add(f"{case.title} rules, {name}: CPU ms", f"{seconds * 1000:,.1f}")
    for name, limit, goal in (("ours", 30, 0), ("ours, pruned, entitled only", 10, 1)):
        if fisca:
            ratio = taken["OpenFisca-core"] / taken[name]
            wanted = goals[goal] if goals else None
            report.add(
                f"{case.title}, OpenFisca-core / {name}", f"{ratio:.1f} ×",
                f"≥ {wanted} ×" if wanted else "", None if wanted is None else ratio >= wanted,
            )  # fmt: skip
        if goals and case.register.rows >= PROVINCES:
            ratio = taken[name] / taken["scan"]
            report.add(f"{case.title}, {name} / bare scan", f"{ratio:.1f} ×", f"≤ {limit} ×",
                       ratio <= limit)  # fmt: skip


def long_output(report: Report, case: Case, goal: float | None) -> None:
    """Enterprise, rule and amount of everybody entitled: against DuckDB's best form."""
    side = sql_side.Side(case.made, case.register)
    forms: dict[str, Callable[[], sql_side.Rows]] = {"loop": side.loop}
    if len(case.made) <= 200:
        forms["union"] = side.union  # above that, planning alone takes seconds
    ours = _sorted(case.long())
    for name, form in forms.items():
        theirs = _sorted(form())
        for one, other in zip(ours, theirs, strict=True):
            assert np.array_equal(one, other), (name, case.title)
    taken = in_turn({"ours": case.long, **forms}, 3)
    best = min(taken[name] for name in forms)
    report.add(f"{case.title} rules, rows with amounts", f"{len(ours[0]):,}")
    for name, seconds in taken.items():
        whose = name if name == "ours" else f"DuckDB {name}"
        report.add(f"{case.title} rules, long output, {whose}: CPU ms", f"{seconds * 1000:,.1f}")
    ratio = best / taken["ours"]
    report.add(f"{case.title}, long output, DuckDB / ours", f"{ratio:.1f} ×",
               f"≥ {goal} ×" if goal else "", None if goal is None else ratio >= goal)  # fmt: skip


def _sorted(rows: sql_side.Rows) -> sql_side.Rows:
    order = np.lexsort((rows[1], rows[0]))
    return rows[0][order], rows[1][order], rows[2][order]


def measure(report: Report, *, quick: bool = False) -> None:
    """All cases; `quick` leaves out those of a million enterprises."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    report.add("load of the machine at the beginning", load)
    for name in ("openfisca_core", "polars"):
        if find_spec(name) is None:
            report.add(f"{name} is not installed", "left out")
    city = Case(CITY, 200, where=0)
    eligibility(report, city, (3, 9))
    long_output(report, city, None)
    eligibility(report, Case(CITY, 200, where=0, rules_where=0), None)
    further.explaining(report)
    if quick:
        return
    large = Case(PROVINCES, 200)
    eligibility(report, large, (4.5, 15))
    side_by_side(report, large)
    long_output(report, large, 3)
    further.changes(report, large.rules, large.batch)
    further.growth(report, 300_000)
    further.streaming(report, STREAMED)
    long_output(report, Case(PROVINCES, 1000), 5)


def main() -> int:
    """Measure; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="bench --rules-only", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="without the million")
    parser.add_argument("--out", type=Path, default=None)
    asked = parser.parse_args()
    report = Report()
    measure(report, quick=asked.quick)
    report.show()
    if asked.out:
        report.write(asked.out)
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main())
