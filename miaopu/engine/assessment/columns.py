"""Scores of many as columns of whole numbers: totals and composites without a loop over subjects.

Points are kept in millionths, as finely as scores may be written, so that sums, caps and weights
are whole numbers and exact. A line that is worked out is computed on whole columns too; a figure
with decimals, and what might leave 64 bits, is computed row by row with fractions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from miaopu.engine.assessment.points import Computed
from miaopu.engine.assessment.results import WEIGHED, stand_in
from miaopu.engine.assessment.scheme import Criterion, ScoreItem
from miaopu.engine.assessment.scores import Lines, Points, Sheet
from miaopu.engine.facts import INT64_MAX, Fact, FactType
from miaopu.engine.planes.batch import Batch
from miaopu.engine.planes.bits import Bools, Ints
from miaopu.engine.planes.columns import Column
from miaopu.engine.planes.truth import fen_of

MILLION = 1_000_000
_OF_HUNDREDTHS = MILLION // 100


@dataclass(frozen=True)
class ScoreColumn:
    """Points or figures of one line in one period, in millionths, and where there are any.

    Rows without any hold 0. `others` are the few numbers that 64 bits do not hold, by their row.
    """

    millionths: Ints
    known: Bools
    others: Mapping[int, Decimal]

    def at(self, row: int) -> Decimal | None:
        """The points of one row, exact."""
        if not self.known[row]:
            return None
        found = self.others.get(row)
        return Decimal(int(self.millionths[row])).scaleb(-6) if found is None else found


@dataclass(frozen=True)
class ScoreColumns:
    """Scores by row: whose and of which year, and the columns of each period by line."""

    subjects: Sequence[str]
    years: Ints
    periods: Mapping[str, Mapping[str, ScoreColumn]]

    def sheet(self, row: int) -> Sheet:
        """The sheet of one row."""
        periods: dict[str, Points] = {}
        for period, columns in self.periods.items():
            found = {name: column.at(row) for name, column in columns.items()}
            periods[period] = {name: one for name, one in found.items() if one is not None}
        return Sheet(self.subjects[row], int(self.years[row]), row, periods)


def columns_of(lines: Lines, sheets: Sequence[Sheet]) -> ScoreColumns:
    """Sound sheets as columns."""
    names = (*lines.scored, *sorted(lines.figures))
    return ScoreColumns(
        [sheet.subject for sheet in sheets],
        np.array([sheet.year for sheet in sheets], dtype=np.int64),
        {
            period: {
                name: _column([sheet.periods[period].get(name) for sheet in sheets])
                for name in names
            }
            for period in lines.scheme.periods
        },
    )


def _column(points: Sequence[Decimal | None]) -> ScoreColumn:
    whole = [0 if one is None else int(one.scaleb(6)) for one in points]
    others = {
        row: one
        for row, (one, number) in enumerate(zip(points, whole, strict=True))
        if one is not None and abs(number) > INT64_MAX
    }
    fitting = [0 if row in others else number for row, number in enumerate(whole)]
    return ScoreColumn(
        np.array(fitting, dtype=np.int64),
        np.array([one is not None for one in points], dtype=np.bool_),
        others,
    )


@dataclass(frozen=True)
class PeriodTotals:
    """Totals of one period in millionths, never below zero, and who has a veto."""

    totals: Ints
    vetoed: Bools


def period_totals(lines: Lines, scores: ScoreColumns, period: str) -> PeriodTotals:
    """What `results.score_period` gives for each row, all rows at once."""
    columns = scores.periods[period]
    rows = len(scores.subjects)
    total = np.zeros(rows, dtype=np.int64)
    counted = np.zeros(rows, dtype=np.int64)
    vetoed = np.zeros(rows, dtype=np.bool_)
    left_out: dict[int, list[str]] = {}
    for criterion in lines.scheme.criteria:
        if criterion.kind == "veto":
            vetoed |= columns[criterion.id].millionths > 0
            vetoed[list(columns[criterion.id].others)] = True  # far above 0
            continue
        points = _criterion(lines, criterion, columns, rows, left_out)
        if criterion.kind == "penalty":
            total -= points
        else:
            total += points
        if criterion.kind in WEIGHED:
            counted += points
    for row, names in left_out.items():  # few: worked out as one by one
        reached = Decimal(int(counted[row])).scaleb(-6)
        total[row] += in_millionths(stand_in(lines.scheme, reached, names))
    return PeriodTotals(np.maximum(total, 0, out=total), vetoed)


def in_millionths(points: str | Decimal | None) -> int:
    """A number of a scheme in millionths; those have four decimals at most."""
    return int(Decimal(points or 0).scaleb(6))


def _criterion(
    lines: Lines,
    criterion: Criterion,
    columns: Mapping[str, ScoreColumn],
    rows: int,
    left_out: dict[int, list[str]],
) -> Ints:
    parts = [_line(lines, leaf, columns, rows, left_out) for leaf in criterion.leaves]
    if not criterion.items:
        return parts[0]  # its points are within its maximum
    found = parts[0].copy()
    for part in parts[1:]:
        found += part
    return np.minimum(found, in_millionths(criterion.max), out=found)


def _line(
    lines: Lines,
    leaf: ScoreItem | Criterion,
    columns: Mapping[str, ScoreColumn],
    rows: int,
    left_out: dict[int, list[str]],
) -> Ints:
    computed = lines.computed.get(leaf.id)
    if computed is None:
        return columns[leaf.id].millionths
    figures = {name: columns[name] for name in computed.figures}
    points, known = _computed(computed, figures, rows)
    if leaf.unknown == "left_out":
        for row in np.flatnonzero(~known):
            left_out.setdefault(int(row), []).append(leaf.id)
    return points


def _computed(line: Computed, figures: Mapping[str, ScoreColumn], rows: int) -> tuple[Ints, Bools]:
    """Points worked out, within 0 and the maximum, 0 where unknown; which of them are known."""
    broken = np.zeros(rows, dtype=np.bool_)
    whole: dict[str, Column] = {}
    for name, column in figures.items():
        numbers, rest = np.divmod(column.millionths, MILLION)
        broken |= rest != 0
        broken[list(column.others)] = True
        whole[name] = Column(Fact(name, FactType.INTEGER), column.known, numbers)
    hundredths, told = fen_of(line.run, Batch(rows, whole))
    known = told.copy()
    most = in_millionths(line.line.max)
    bounded = np.clip(hundredths, 0, most // _OF_HUNDREDTHS + 1) * _OF_HUNDREDTHS
    points = np.where(known, np.minimum(bounded, most), 0)
    for row in np.flatnonzero(broken):
        found = {name: column.at(int(row)) for name, column in figures.items()}
        known_here = {name: one for name, one in found.items() if one is not None}
        found_points = line.points(known_here)
        points[row] = in_millionths(found_points)
        known[row] = found_points is not None
    return points, known
