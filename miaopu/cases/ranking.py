"""A batch review's ranking: the proposed cases, the money there is, and each line explained.

The order is the pack's: points of priority first, then who handed in earlier (`miaopu.engine.
ranking`). Points and priorities are those of the case's trace, as proposed and signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from miaopu.cases.enums import CaseState
from miaopu.cases.means import Means, means_of
from miaopu.cases.models import BatchReview, Case, Item
from miaopu.cases.querysets import CaseQuerySet
from miaopu.core.models import Region
from miaopu.core.scope import region_prefix
from miaopu.engine.ranking import Candidate, Fate, Ranking, rank
from miaopu.engine.seals import canonical


def waiting_cases(item: Item, region: Region) -> CaseQuerySet[Case]:
    """Proposed cases of the item in the region, of all versions of the programme."""
    return Case.objects.filter(
        programme_id=item.version.programme_id,
        item__code=item.code,
        region__code__startswith=region_prefix(region.code),
    ).in_states(CaseState.PROPOSED)


def priorities_held(case: Case) -> list[str]:
    """Ids of the priorities that the case's trace found to hold."""
    return [one["id"] for one in case.trace.get("priorities", ()) if one["status"] == "true"]


@dataclass(frozen=True)
class BatchRanking:
    """A batch as it stands: cases by number, means, and the ranking."""

    batch: BatchReview
    cases: Mapping[str, Case]
    means: Means
    ranking: Ranking

    @property
    def selected(self) -> list[Case]:
        """The cases that would be supported, in their order."""
        return [self.cases[line.candidate.key] for line in self.ranking.funded]

    @property
    def passed_over(self) -> list[Case]:
        """The ranked cases that quota or money do not reach, in their order."""
        return [
            self.cases[line.candidate.key]
            for line in self.ranking.lines
            if line.fate not in (Fate.FUNDED, Fate.ASIDE)
        ]

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The lines as plain data: what a confirmed batch keeps."""
        aside = self.batch.set_aside
        rows = []
        for line in self.ranking.lines:
            case = self.cases[line.candidate.key]
            rows.append(
                {
                    "rank": line.rank,
                    "case": case.number,
                    "enterprise": case.enterprise.name,
                    "uscc": case.enterprise.uscc,
                    "region": case.region_id,
                    "points": case.priority_points,
                    "priorities": priorities_held(case),
                    "handed_in": line.candidate.handed_in.isoformat(),
                    "amount_fen": case.amount_fen or 0,
                    "fate": str(line.fate),
                    "tie": str(line.tie),
                    "lacking": dict(line.lacking),
                    "behind": list(line.behind),
                    "aside": aside[case.number]["reason"] if line.fate is Fate.ASIDE else "",
                }
            )
        return rows

    @cached_property
    def purses(self) -> list[dict[str, Any]]:
        """The money as plain data: what there is, what is promised, what is left afterwards."""
        return [
            {**asdict(purse), "after_fen": self.ranking.left[purse.key]}
            for purse in self.means.purses
        ]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what would be kept: the same digest is the same batch."""
        return digest_of_content(
            {**self.batch.frozen_content(), "lines": self.lines, "purses": self.purses}
        )


def digest_of_content(content: Mapping[str, Any]) -> str:
    """SHA-256 over a batch's content in canonical form; anyone inside can compute it again."""
    return hashlib.sha256(canonical(content)).hexdigest()


def _candidates(cases: Sequence[Case], means: Means, aside: Mapping[str, Any]) -> list[Candidate]:
    candidates = []
    for case in cases:
        assert case.submitted_at is not None  # case_submitted_has_time
        candidates.append(
            Candidate(
                key=case.number,
                points=case.priority_points,
                handed_in=case.submitted_at,
                shares=means.shares.get(case.pk, {}),
                aside=case.number in aside,
            )
        )
    return candidates


def rank_cases(batch: BatchReview, cases: Sequence[Case], *, lock: bool = False) -> BatchRanking:
    """Rank these cases for the batch; with `lock` the money is held until the transaction ends."""
    means = means_of(batch.item, cases, lock=lock)
    candidates = _candidates(cases, means, batch.set_aside)
    purses = {purse.key: purse.left_fen for purse in means.purses}
    ranking = rank(candidates, purses, batch.quota)
    return BatchRanking(batch, {case.number: case for case in cases}, means, ranking)


def rank_batch(batch: BatchReview) -> BatchRanking:
    """The ranking of an open batch as of now."""
    cases = waiting_cases(batch.item, batch.region).with_parts().defer("form")
    return rank_cases(batch, list(cases.order_by("pk")))


@dataclass(frozen=True)
class RankingNote:
    """Where a case that still waits stood in the last batch that ranked it."""

    batch: BatchReview
    rank: int
    funded: int
    fate: str


def last_ranking(case: Case) -> RankingNote | None:
    """Where a proposed case stood in the last confirmed batch; None where it was in none.

    Whoever asks has proved access to the case. Other enterprises' lines are not told.
    """
    if case.state != CaseState.PROPOSED:
        return None
    batches = BatchReview.objects.confirmed().filter(lines__contains=[{"case": case.number}])
    batch = batches.order_by("-closed_at", "-pk").first()
    if batch is None:
        return None
    [line] = [one for one in batch.lines if one["case"] == case.number]
    if line["rank"] is None:
        return None
    funded = sum(one["fate"] == Fate.FUNDED for one in batch.lines)
    return RankingNote(batch, line["rank"], funded, line["fate"])
