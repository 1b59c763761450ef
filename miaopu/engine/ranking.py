"""Ranking under a quota and the money there is: who comes first, and where the money ends.

Pure arithmetic in whole fen. The order is total: more points first, then handed in earlier, then
the smaller number. Lines are taken in that order while their shares are in every purse they need;
where one purse does not hold a line's share it is closed for all lines below, so that a smaller
wish never overtakes a prior one. Other purses stay open: a county that has run dry does not keep
another county's enterprises from being supported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a line."""

    FUNDED = "funded"
    SHORT = "short"  # a purse does not hold its share: the cut-off of that purse
    BEHIND = "behind"  # a purse it needs was closed by a line above
    OVER_QUOTA = "over_quota"
    ASIDE = "aside"  # set aside by people, with a reason; it takes no rank


class Tie(StrEnum):
    """Why a line stands where it does below the line before it."""

    FIRST = "first"
    POINTS = "points"
    HANDED_IN = "handed_in"  # the same points, handed in later
    NUMBER = "number"  # the same points, handed in at the same moment, larger number


@dataclass(frozen=True)
class Candidate:
    """Somebody who asks: points of priority, when handed in, and what each purse would bear."""

    key: str
    points: int
    handed_in: datetime
    shares: Mapping[str, int] = field(default_factory=dict)
    aside: bool = False

    @property
    def amount_fen(self) -> int:
        """The sum of the shares in fen."""
        return sum(self.shares.values())

    @property
    def place(self) -> tuple[int, datetime, str]:
        """What the order compares."""
        return -self.points, self.handed_in, self.key


@dataclass(frozen=True)
class Line:
    """A candidate in its place. `lacking` is what the purses named hold too little, in fen.

    `rank` counts from 1 among those not set aside (None there); `behind` names purses closed above.
    """

    candidate: Candidate
    rank: int | None
    fate: Fate
    tie: Tie
    lacking: Mapping[str, int] = field(default_factory=dict)
    behind: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ranking:
    """All lines in order, and what is left in every purse after those that are funded, in fen."""

    lines: tuple[Line, ...]
    left: Mapping[str, int]

    @property
    def funded(self) -> tuple[Line, ...]:
        """The lines that are funded."""
        return tuple(line for line in self.lines if line.fate is Fate.FUNDED)

    @property
    def amount_fen(self) -> int:
        """What the funded lines come to, in fen."""
        return sum(line.candidate.amount_fen for line in self.funded)


def rank(
    candidates: Iterable[Candidate], purses: Mapping[str, int], quota: int | None = None
) -> Ranking:
    """Rank the candidates and cut off where quota or money end.

    `purses` holds what is left in each, in fen; a purse that is not named holds nothing. `quota` is
    the number of candidates at the most. Raises ValueError for two candidates with the same key and
    for a negative share.
    """
    ordered = sorted(candidates, key=lambda one: one.place)
    if len({one.key for one in ordered}) != len(ordered):
        raise ValueError("two candidates with the same key")
    if any(share < 0 for one in ordered for share in one.shares.values()):
        raise ValueError("a share below zero")
    standing = [one for one in ordered if not one.aside]
    left = dict(purses)
    closed: set[str] = set()
    lines: list[Line] = []
    funded = 0
    for number, one in enumerate(standing, start=1):
        tie = _tie(standing[number - 2] if number > 1 else None, one)
        needed = {purse: share for purse, share in one.shares.items() if share}
        behind = tuple(sorted(closed & needed.keys()))
        lacking = {
            purse: share - left.get(purse, 0)
            for purse, share in needed.items()
            if share > left.get(purse, 0)
        }
        if quota is not None and funded >= quota:
            fate, lacking, behind = Fate.OVER_QUOTA, {}, ()
        elif behind:
            fate, lacking = Fate.BEHIND, {}
        elif lacking:
            fate = Fate.SHORT
            closed |= lacking.keys()
        else:
            fate = Fate.FUNDED
            funded += 1
            for purse, share in needed.items():
                left[purse] -= share
        lines.append(Line(one, number, fate, tie, lacking, behind))
    lines += [Line(one, None, Fate.ASIDE, Tie.FIRST) for one in ordered if one.aside]
    return Ranking(tuple(lines), left)


def _tie(above: Candidate | None, one: Candidate) -> Tie:
    if above is None:
        return Tie.FIRST
    if above.points != one.points:
        return Tie.POINTS
    return Tie.HANDED_IN if above.handed_in != one.handed_in else Tie.NUMBER


def cut_off(lines: Sequence[Line]) -> Line | None:
    """The first line that is not funded, where the list ends; None where all are."""
    standing = (line for line in lines if line.fate is not Fate.ASIDE)
    return next((line for line in standing if line.fate is not Fate.FUNDED), None)
