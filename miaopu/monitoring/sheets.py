"""What stands on score sheets: the lines of each stage, and what a sheet has come to so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal

from miaopu.engine.assessment.results import EXACT, rounded, score_period
from miaopu.engine.assessment.scheme import Assessment, Criterion, ScoreItem
from miaopu.engine.assessment.scores import Lines
from miaopu.engine.messages import Bilingual
from miaopu.monitoring.enums import SheetState, Stage, SubjectKind
from miaopu.monitoring.models import Score, ScoreSheet

Kind = Literal["scored", "bonus", "penalty", "veto", "figure"]
ORDER = (Stage.SELF, Stage.DISTRICT, Stage.CITY, Stage.APPEAL)
"""Whose points count: the later ones."""
STAGE_OF: dict[str, Stage] = {
    SheetState.SELF: Stage.SELF,
    SheetState.DISTRICT: Stage.DISTRICT,
    SheetState.CITY: Stage.CITY,
}
_TO_FIGURES = (Stage.SELF, Stage.DISTRICT, Stage.CITY)
PERIODS = {"half": Bilingual("半年", "half-year"), "year": Bilingual("年终", "year-end")}


@dataclass(frozen=True)
class Line:
    """A line that takes points, or a figure; `maximum` is None for a figure.

    `scorers` are the stages that may give it points.
    """

    key: str
    kind: Kind
    title: Bilingual
    group: Bilingual
    maximum: Decimal | None
    scorers: tuple[str, ...]
    clause: str = ""
    evidence: Bilingual | None = None
    unit: Bilingual | None = None
    illustrative: bool = False

    @property
    def first_scorer(self) -> str:
        """Who gives it points first, and hands in the evidence for them."""
        return next(one for one in ORDER if one in self.scorers)

    @property
    def wanted(self) -> bool:
        """Whether it must be filled in: what is bonus, penalty or veto need not be."""
        return self.kind in ("scored", "figure")


def _words(title: object, key: str) -> Bilingual:
    found = getattr(title, "bilingual", None)
    return found if isinstance(found, Bilingual) else Bilingual(key, key)


def lines_of(scheme: Assessment, stage: str | None = None) -> list[Line]:
    """The lines of a scheme in its order, the figures behind the points that are worked out last.

    With `stage` only those that the stage may fill in: nobody sees another's part.
    """
    found = []
    for criterion, leaf in scheme.leaves:
        if leaf.kind == "computed":
            continue
        maximum = Decimal(1) if leaf.max is None else Decimal(leaf.max)  # a veto is 1 or nothing
        asked = leaf.evidence or criterion.evidence
        found.append(
            Line(
                leaf.id,
                leaf.kind,
                _words(leaf.title, leaf.id),
                _words(criterion.title, criterion.id),
                maximum,
                criterion.scorers,
                leaf.clause or criterion.clause or "",
                asked.bilingual if asked else None,
                illustrative=leaf.illustrative,
            )
        )
    group = Bilingual("计算得分所用的数据", "Figures that points are worked out from")
    for name in scheme.figure_names:
        known = scheme.figures.get(name)
        unit = known.unit.bilingual if known and known.unit else None
        title = _words(known.title if known else None, name)
        wanted = known.evidence.bilingual if known and known.evidence else None
        found.append(
            Line(name, "figure", title, group, None, _TO_FIGURES, evidence=wanted, unit=unit)
        )
    return [one for one in found if stage is None or stage in one.scorers]


def lines_for(sheet: ScoreSheet, stage: str | None) -> list[Line]:
    """The lines of a sheet that a stage fills in; with no stage, those that anybody may.

    Figures of districts, departments, institutions and staff that come from the records are not
    theirs to type: only the city may put one right, with its reason. What the records may not tell
    nobody fills in.
    """
    lines = lines_of(sheet.campaign.scheme, stage)
    if sheet.campaign.subject_kind == SubjectKind.BASE:
        return lines
    recorded = [one for one in sheet.scores.all() if one.recorded]
    city = stage in (None, Stage.CITY)
    closed = {one.line for one in recorded if not city or one.value is None}
    return [one for one in lines if one.key not in closed]


def by_line(scores: Iterable[Score]) -> dict[str, dict[str, Score]]:
    """The officials' and the operator's scores by line and stage; experts' are left out."""
    found: dict[str, dict[str, Score]] = {}
    for one in scores:
        if one.expert_id is None:
            found.setdefault(one.line, {})[one.stage] = one
    return found


def standing(scores: Mapping[str, Score], until: str = Stage.APPEAL) -> Decimal | None:
    """What a line has come to by a stage: the last points given; None where there are none.

    A stage that leaves a line empty agrees with the stage before.
    """
    value = None
    for stage in ORDER[: ORDER.index(Stage(until)) + 1]:
        one = scores.get(stage)
        if one is not None and one.value is not None:
            value = one.value
    return value


def points_of(scheme: Assessment, scores: Iterable[Score]) -> dict[str, Decimal]:
    """What every line of a sheet has come to; lines without points are left out."""
    given = by_line(scores)
    found = {line.key: standing(given.get(line.key, {})) for line in lines_of(scheme)}
    return {key: value for key, value in found.items() if value is not None}


def total_of(scheme: Assessment, points: Mapping[str, Decimal]) -> Decimal:
    """What the points and figures of a period come to; what is not there counts for nothing."""
    with localcontext(EXACT):
        return score_period(Lines(scheme), dict(points)).total


def computed_points(
    scheme: Assessment, scores: Iterable[Score]
) -> list[tuple[ScoreItem | Criterion, Decimal | None]]:
    """The lines whose points are worked out, with what they come to; None where unknown."""
    given = points_of(scheme, scores)
    return [(one.line, one.points(given)) for one in Lines(scheme).computed.values()]


def period_words(period: str) -> Bilingual:
    """The name of a period."""
    return PERIODS[period]


def editing_stage(sheet: ScoreSheet) -> Stage | None:
    """Who fills the sheet in now; None once it is settled."""
    return STAGE_OF.get(sheet.state)


def two_decimals(value: Decimal) -> str:
    """Points as they are shown: two decimals, half up."""
    return f"{rounded(value):f}"


def plain(value: Decimal | None) -> str:
    """A number as one types it; "" for none."""
    return "" if value is None else f"{value.normalize():f}"
