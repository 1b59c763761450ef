"""What a campaign has come to: composites, classes, ranks, and what keeps it from being frozen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState
from miaopu.core.models import User
from miaopu.engine.assessment.columns import columns_of
from miaopu.engine.assessment.outliers import FEWEST, Given, Leaning, leanings
from miaopu.engine.assessment.results import LEFT_OUT, Result, consequence_of, had_without
from miaopu.engine.assessment.scheme import OUTSTANDING, Assessment
from miaopu.engine.assessment.scores import Lines, Sheet
from miaopu.engine.assessment.sensitivity import Sensitivity, sensitivity_of
from miaopu.engine.assessment.standings import standings_of
from miaopu.monitoring.enums import CampaignState, SheetState, Stage
from miaopu.monitoring.models import (
    AssessmentCampaign,
    AssessmentResult,
    AssessmentSubject,
    ScoreSheet,
)
from miaopu.monitoring.sheets import by_line, lines_of, points_of, standing

COMPARED_AT_LEAST = FEWEST


@dataclass(frozen=True)
class Standing:
    """A subject in a campaign: its result now, the year before, and how near the next class is."""

    subject: AssessmentSubject
    result: Result
    points: Mapping[str, Mapping[str, Decimal]]
    consequences: tuple[str, ...]
    sensitivity: Sensitivity
    before: AssessmentResult | None
    operators: tuple[str, ...]


@dataclass(frozen=True)
class Board:
    """All standings by rank, and the problems that keep the campaign from being frozen.

    Where the operator has changed, or half or more of the points are left out, a person says why.
    """

    standings: tuple[Standing, ...]
    problems: tuple[str, ...]
    changed: tuple[str, ...]
    thin: tuple[str, ...] = ()


def results_before(campaign: AssessmentCampaign) -> dict[int, AssessmentResult]:
    """The published results of the year before, by subject."""
    rows = AssessmentResult.objects.current().filter(
        freeze__campaign__programme=campaign.programme_id,
        freeze__campaign__scheme_key=campaign.scheme_key,
        freeze__campaign__year=campaign.year - 1,
        freeze__campaign__state=CampaignState.PUBLISHED,
    )
    return {one.subject_id: one for one in rows}


def sheets_with_scores(campaign: AssessmentCampaign) -> list[ScoreSheet]:
    """The sheets of a campaign with their scores, subjects and operators, in four statements."""
    rows = ScoreSheet.objects.filter(campaign=campaign)
    whole = rows.with_subjects().prefetch_related("scores", "files__file")
    return list(whole.order_by("subject__number", "period"))


def board_of(campaign: AssessmentCampaign, sheets: list[ScoreSheet] | None = None) -> Board:
    """The standings of a campaign as the scores are now; what is missing counts for nothing.

    Bases that have left or were delisted meanwhile are not ranked. The class of the year before is
    the published one, not worked out anew.
    """
    scheme = campaign.scheme
    grouped: dict[int, list[ScoreSheet]] = defaultdict(list)
    for one in sheets_with_scores(campaign) if sheets is None else sheets:
        # The ranking of a published year stays as it was, whatever became of a base since.
        if _still_there(one.subject) or campaign.state != CampaignState.OPEN:
            grouped[one.subject_id].append(one)
    problems: list[str] = []
    changed: list[str] = []
    given: list[Sheet] = []
    by_number: dict[str, list[ScoreSheet]] = {}
    for found in grouped.values():
        subject = found[0].subject
        by_number[subject.number] = found
        problems += _problems(campaign, subject, found)
        if len({one.operator_id for one in found} | {subject.operator_id}) > 1:
            changed.append(_("%(base)s 年中变更了运营主体") % {"base": subject.name})
        periods = {one.period: points_of(scheme, one.scores.all()) for one in found}
        whole = {str(name): dict(periods.get(name, {})) for name in scheme.periods}
        given.append(Sheet(subject.number, campaign.year, len(given), whole))
    lines = Lines(scheme)
    before = results_before(campaign)
    ranked = []
    for result in standings_of(lines, columns_of(lines, given)) if given else ():
        own = by_number[result.subject]
        subject = own[0].subject
        last = before.get(subject.pk)
        said = consequence_of(
            scheme,
            result.band,
            last.band if last else None,
            is_outstanding(scheme, result.consequence.split(";")),
        )
        ranked.append(
            Standing(
                subject,
                result,
                next(sheet.periods for sheet in given if sheet.subject == result.subject),
                tuple(part for part in said.split(";") if part),
                sensitivity_of(scheme, result),
                last,
                tuple(dict.fromkeys(sheet.operator.name for sheet in own if sheet.operator)),
            )
        )
    thin = [text for one in ranked for text in _thin(scheme, one)]
    return Board(tuple(ranked), tuple(problems), tuple(changed), tuple(thin))


def _thin(scheme: Assessment, one: Standing) -> Iterator[str]:
    """What to say of periods in which half or more of the points are left out."""
    whole = had_without(scheme, ())
    for name, period in one.result.periods.items():
        left = [
            key.removesuffix(LEFT_OUT) for key, _points in period.parts if key.endswith(LEFT_OUT)
        ]
        known = left and one.points[name]  # nothing is before the period's sheets are issued
        if known and 2 * had_without(scheme, left[0].split("+")) <= whole:
            words = {"subject": one.subject.name, "period": period_name(name)}
            yield _("%(subject)s %(period)s不计分的项目占一半以上") % words


def is_outstanding(scheme: Assessment, follows: Iterable[str]) -> bool:
    """Whether what follows from a result names it outstanding: by the rule's own name, or plain."""
    rules = {rule.do for rule in scheme.consequences if rule.condition[0] == OUTSTANDING}
    return bool(set(follows) & (rules or {OUTSTANDING}))


def _still_there(subject: AssessmentSubject) -> bool:
    """Whether the subject is ranked: a base that has left is not."""
    return subject.base is None or subject.base.state == BaseState.ADMITTED


def _problems(
    campaign: AssessmentCampaign, subject: AssessmentSubject, found: list[ScoreSheet]
) -> list[str]:
    there = {one.period: one for one in found}
    problems = []
    for period in campaign.scheme.periods:
        words = {"base": subject.name, "period": period_name(period)}
        if period not in there:
            problems.append(_("%(base)s 没有%(period)s的评分表") % words)
        elif there[period].state != SheetState.SETTLED:
            state = there[period].get_state_display()
            text = _("%(base)s 的%(period)s评分还在“%(state)s”")
            problems.append(text % {**words, "state": state})
    return problems


def period_name(period: str) -> str:
    """The name of a period in the language of the page."""
    return {"half": _("半年"), "year": _("年终")}[period]


def assessor_leanings(campaign: AssessmentCampaign) -> list[tuple[str, Leaning]]:
    """How far each assessor, by name, lies from what the lines came to: districts and experts."""
    lines = {line.key: line for line in lines_of(campaign.scheme) if line.kind == "scored"}
    given = []
    for sheet in sheets_with_scores(campaign):
        scores = list(sheet.scores.all())
        settled = by_line(scores)
        for one in scores:
            line = lines.get(one.line)
            value = standing(settled.get(one.line, {}))
            told = one.stage in (Stage.DISTRICT, Stage.EXPERT) and one.by_id is not None
            if line and line.maximum and told and one.value is not None and value is not None:
                given.append(Given(str(one.by_id), one.value, value, line.maximum))
    found = leanings(given)
    people = User.objects.in_bulk([int(one.assessor) for one in found])
    return [(str(people[int(one.assessor)]), one) for one in found]


def plain_result(one: Standing) -> dict[str, Any]:
    """A standing as plain data: what a freeze keeps of it."""
    return {
        "subject": one.subject.number,
        "composite": f"{one.result.composite:f}",
        "band": one.result.band,
        "rank": one.result.rank,
        "consequences": list(one.consequences),
        "totals": {name: f"{period.total:f}" for name, period in one.result.periods.items()},
        "parts": {
            name: {
                "parts": [[key, f"{points:f}"] for key, points in period.parts],
                "total": f"{period.total:f}",
                "vetoes": list(period.vetoes),
                "points": {key: f"{value:f}" for key, value in sorted(one.points[name].items())},
            }
            for name, period in one.result.periods.items()
        },
        "explanation": one.result.explanation,
    }
