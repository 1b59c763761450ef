"""Composites, classes, ranks and consequences of many subjects at once, explained when asked.

The same answers as `results.assess`, which goes subject by subject; here they are worked out on
columns, and a subject's parts and explanation only when its result is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

import numpy as np

from miaopu.engine.assessment.columns import ScoreColumns, in_millionths, period_totals
from miaopu.engine.assessment.results import (
    EXACT,
    Result,
    consequence_of,
    explanation_of,
    result_of,
)
from miaopu.engine.assessment.scheme import WHOLE, Assessment
from miaopu.engine.assessment.scores import Lines
from miaopu.engine.planes.bits import Bools, Ints

_YEARS = 10_001  # years have four digits: the year before the first is nobody's last


@dataclass(frozen=True)
class Standings(Sequence[Result]):
    """Results by year and rank, equals by their subject, as `results.assess` gives them.

    `order` holds the rows of `scores` in that order; the other columns go by row. Composites are
    in 10^-8 points. `band` and `before` are places in the scheme's bands, -1 where there was no
    year before; `tied` are those left out of the outstanding because equals do not all fit in.
    """

    lines: Lines
    scores: ScoreColumns
    order: Ints
    composites: Ints
    band: Ints
    before: Ints
    rank: Ints
    outstanding: Bools
    tied: Bools

    def __len__(self) -> int:
        return len(self.order)

    def __iter__(self) -> Iterator[Result]:
        return (self.result(int(row)) for row in self.order)

    def __getitem__(self, place: int) -> Result:  # type: ignore[override] # no slices
        return self.result(int(self.order[place]))

    def composite(self, row: int) -> Decimal:
        """The exact composite of a row of the scores."""
        return Decimal(int(self.composites[row])).scaleb(-8)

    def consequence(self, row: int) -> str:
        """What follows for a row of the scores."""
        scheme = self.lines.scheme
        bands = scheme.bands
        before = None if self.before[row] < 0 else bands[self.before[row]].name
        return consequence_of(
            scheme, bands[self.band[row]].name, before, bool(self.outstanding[row])
        )

    def result(self, row: int) -> Result:
        """The result of a row of the scores, with its parts and its explanation."""
        scheme = self.lines.scheme
        with localcontext(EXACT):
            one = result_of(scheme, self.lines, self.scores.sheet(row))
            return replace(
                one,
                rank=int(self.rank[row]),
                consequence=self.consequence(row),
                explanation=explanation_of(scheme, one, bool(self.tied[row])),
            )


def standings_of(lines: Lines, scores: ScoreColumns) -> Standings:
    """The standings of sound scores; each subject stands in a year once.

    Rules as for `results.assess`: ranks within a year, equals share one; a veto gives the last
    class; the class of the year before counts for what follows twice running.
    """
    scheme = lines.scheme
    rows = len(scores.subjects)
    composites = np.zeros(rows, dtype=np.int64)
    vetoed = np.zeros(rows, dtype=np.bool_)
    for period, weight in scheme.periods.items():
        found = period_totals(lines, scores, period)
        composites += found.totals * weight
        vetoed |= found.vetoed
    band = _bands(scheme, composites, vetoed)
    subjects = np.unique(np.array(scores.subjects, dtype=np.str_), return_inverse=True)[1]
    order = np.lexsort((subjects, -composites, scores.years))
    rank = np.zeros(rows, dtype=np.int64)
    outstanding, tied = np.zeros(rows, dtype=np.bool_), np.zeros(rows, dtype=np.bool_)
    for same in _years(scores.years, order):
        rank[same] = _ranks(composites[same])
        eligible = same[~vetoed[same] & (band[same] != len(scheme.bands) - 1)]
        first, left = _outstanding(scheme.outstanding, eligible, composites)
        outstanding[first], tied[left] = True, True
    before = _before(subjects, scores.years, band)
    return Standings(lines, scores, order, composites, band, before, rank, outstanding, tied)


def _bands(scheme: Assessment, composites: Ints, vetoed: Bools) -> Ints:
    """Places of the bands reached, the highest being 0."""
    starts = [in_millionths(one.start) * WHOLE for one in reversed(scheme.bands)]
    reached = np.searchsorted(np.array(starts, dtype=np.int64), composites, side="right")
    last = len(scheme.bands) - 1
    return np.where(vetoed, last, last + 1 - reached)


def _years(years: Ints, order: Ints) -> list[Ints]:
    """Rows of each year, in the order given, which goes by year first."""
    edges = np.flatnonzero(np.diff(years[order])) + 1
    return [rows for rows in np.split(order, edges) if len(rows)]


def _ranks(composites: Ints) -> Ints:
    """Ranks of composites from the highest down; equals share the first place among them."""
    places = np.arange(1, len(composites) + 1)
    places[1:][composites[1:] == composites[:-1]] = 0
    return np.maximum.accumulate(places)


def _outstanding(most: int, eligible: Ints, composites: Ints) -> tuple[Ints, Ints]:
    """Who is outstanding, and who is not only because equals do not all fit in."""
    first, rest = eligible[:most], eligible[most:]
    if not len(first) or not len(rest) or composites[rest[0]] != composites[first[-1]]:
        return first, first[:0]
    edge = composites[first[-1]]
    return first[composites[first] != edge], eligible[composites[eligible] == edge]


def _before(subjects: Ints, years: Ints, band: Ints) -> Ints:
    """Places of the bands of the same subjects in the year before; -1 where there is none."""
    keys = subjects * _YEARS + years + 1
    by_key = np.argsort(keys)
    found = np.searchsorted(keys, keys - 1, sorter=by_key)
    at = by_key[np.minimum(found, len(keys) - 1)] if len(keys) else by_key
    return np.where(keys[at] == keys - 1, band[at], -1)
