"""The demo's assessments: Ganzhou's scheme over fifteen bases, two years published, one at work.

The plan is of 2012; the demo's clock runs in 2018, so the campaigns are of 2016, 2017 and 2018. The
plan has no score table: criteria and points are illustrative, as are bases, operators and figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from miaopu.app.demo.assessed_people import rate_counties
from miaopu.app.demo.assessment_people import Cast, Park, add_tenants, cast
from miaopu.core import clock
from miaopu.core.models import User
from miaopu.engine.letters.content import Paragraph, Printable
from miaopu.engine.letters.word import printed_docx
from miaopu.engine.packs.load import load_pack
from miaopu.monitoring.appeal_actions import (
    decide_appeal,
    file_appeal,
    hear_delisting,
    report_delisting,
)
from miaopu.monitoring.assessor_actions import sample_sheet
from miaopu.monitoring.campaign_actions import (
    freeze_campaign,
    open_campaign,
    open_period,
    publicise_campaign,
    publish_campaign,
)
from miaopu.monitoring.enums import Stage
from miaopu.monitoring.evidence_actions import keep_late_file, keep_score_file
from miaopu.monitoring.models import (
    AssessmentAppeal,
    AssessmentCampaign,
    AssessmentResult,
    DelistingCase,
    ScoreSheet,
)
from miaopu.monitoring.score_actions import save_scores, submit_sheet
from miaopu.monitoring.sheets import Line, lines_of, plain
from miaopu.plans.actions import load_version

_PACK = Path(__file__).resolve().parents[3] / "programmes" / "ganzhou-2012"
SCHEME = "bases"
Act = Callable[[], object]
# How much of the points each base gets in 2016 and in 2017, in percent. The last is in the last
# class both times; the twelfth lies so near the second class in 2017 that its appeal lifts it.
_LEVELS = (
    (96, 97), (93, 95), (90, 90), (88, 91), (85, 82), (84, 80), (78, 83), (76, 79),
    (74, 72), (70, 77), (68, 66), (64, 61), (55, 64), (66, 52), (47, 44),
)  # fmt: skip
_COUNTS = {"tenants_now": 46, "graduates_now": 4, "jobs_now": 2000}
_MONEY = {"revenue": 100_000_000, "tax": 5_000_000}  # a year earlier, in yuan
_GROWTH = 30  # percent, for all points


def assessment_agenda() -> Iterator[tuple[date, int, Act]]:
    """What happens with assessments, by day and order of the day."""
    demo = _Demo()
    yield date(2018, 4, 3), 50, lambda: demo.year(2016, 0)
    yield date(2018, 4, 12), 50, lambda: demo.publish(2016)
    yield date(2018, 4, 12), 51, lambda: demo.year(2017, 1)
    yield date(2018, 4, 16), 50, demo.appeal
    yield date(2018, 4, 18), 50, demo.decide
    yield date(2018, 4, 23), 50, lambda: demo.publish(2017)
    yield date(2018, 4, 26), 50, demo.counties
    yield date(2018, 5, 3), 50, demo.hear
    yield date(2018, 5, 7), 50, lambda: demo.publish(2017, "counties")
    yield date(2018, 5, 8), 50, demo.half_of_2018


def _paper(base: str) -> bytes:
    """A Word file as a piece of evidence."""
    text = Paragraph("body", f"{base}：经费安排和帮扶计划清单（演示材料）")
    return printed_docx(Printable("佐证材料", base, "演示", clock.today(), (text,)))


class _Demo:
    """The actors and the campaigns, found again from day to day."""

    def __init__(self) -> None:
        self._cast: Cast | None = None
        self._papers: dict[int, bytes] = {}

    @property
    def people(self) -> Cast:
        """Everybody in Ganzhou; made on the first day."""
        if self._cast is None:
            self._cast = cast()
        return self._cast

    def campaign(self, year: int, scheme: str = SCHEME) -> AssessmentCampaign:
        """The campaign of a year."""
        return AssessmentCampaign.objects.get(
            programme__slug="ganzhou-2012", scheme_key=scheme, year=year
        )

    def year(self, year: int, place: int) -> None:
        """A whole year scored, frozen and publicised."""
        officer = self.people.officer  # the bases were admitted before the programme was loaded
        version, _created = load_version(load_pack(_PACK), by=None)
        made = open_campaign(version, SCHEME, year, by=officer)
        for period in made.scheme.periods:
            open_period(made, period, clock.today(), by=self.people.officer)
            for park, levels in zip(self.people.parks, _LEVELS, strict=True):
                # The half-year lies a little below the year-end.
                level = levels[place] - (2 if period == "half" else 0)
                self.score(made, period, park, level)
        freeze_campaign(made, by=self.people.officer)
        publicise_campaign(made, by=self.people.leader)

    def score(
        self, made: AssessmentCampaign, period: str, park: Park, level: int, until: str = Stage.CITY
    ) -> ScoreSheet:
        """Score a sheet by everybody up to a stage; "" leaves it half filled in."""
        sheet = ScoreSheet.objects.get(campaign=made, subject__base=park.base, period=period)
        lines = lines_of(made.scheme, Stage.SELF)
        if not until:
            lines = lines[: len(lines) // 2]
        self.fill(sheet, {one.key: _points(one, level) for one in lines}, park.runner)
        if not until:
            return sheet
        if park.base.pk not in self._papers:
            self._papers[park.base.pk] = _paper(park.base.name)
        paper = self._papers[park.base.pk]
        for line in lines:
            if line.evidence and line.wanted:
                keep_score_file(sheet, line.key, "佐证材料.docx", paper, by=park.runner)
        submit_sheet(sheet, by=park.runner)
        if until == Stage.SELF:
            return sheet
        satisfied = plain((Decimal(level) / 10).quantize(Decimal("0.1")))
        self.fill(sheet, {"satisfaction": satisfied}, park.reviewer)
        if level < 60:
            self.fill(sheet, {"services": "3"}, park.reviewer, "服务台账不全，按三项计")
        submit_sheet(sheet, by=park.reviewer)
        if until == Stage.CITY:
            submit_sheet(sheet, by=self.people.officer)
        return sheet

    def fill(self, sheet: ScoreSheet, points: dict[str, str], by: User, note: str = "") -> None:
        """Type points into a sheet."""
        typed = {f"{line}.points": text for line, text in points.items()}
        typed |= {f"{line}.note": note for line in points if note}
        saved = save_scores(sheet, typed, {}, by=by)
        assert not saved.errors, saved.errors

    def publish(self, year: int, scheme: str = SCHEME) -> None:
        """Publish a year after its publicity."""
        publish_campaign(self.campaign(year, scheme), by=self.people.officer)

    def counties(self) -> None:
        """The counties rated by the classes that were published three days before."""
        rate_counties(self.people.officer, self.people.leader, self.people.leader, 2017)

    def appeal(self) -> None:
        """A base just below the second class asks for a line to be looked at again."""
        park = self.people.parks[11]
        result = AssessmentResult.objects.current().get(
            freeze__campaign=self.campaign(2017), subject__base=park.base
        )
        reason = "全年组织招聘会四场，台账已补齐，请求复核"
        file_appeal(result, "year", "services", by=park.runner, reason=reason)
        sheet = ScoreSheet.objects.get(
            campaign__year=2017, subject__base=park.base, period="year", campaign__scheme_key=SCHEME
        )
        log = _paper(f"{park.base.name}招聘会台账（补齐）")
        keep_late_file(sheet, "services", "招聘会台账.docx", log, by=park.runner)

    def decide(self) -> None:
        """It is right, and that lifts it into the second class."""
        appeal = AssessmentAppeal.objects.get(result__freeze__campaign=self.campaign(2017))
        decide_appeal(appeal, "8", by=self.people.leader, reason="补交的台账属实，改计八分")

    def hear(self) -> None:
        """The base that was last twice is heard, and reported to the province."""
        case = DelistingCase.objects.get(result__freeze__campaign=self.campaign(2017))
        park = next(one for one in self.people.parks if one.base == case.base)
        add_tenants(park, date(2017, 3, 1))
        reason = "运营主体到场，对连续两年得分无异议，说明入驻企业外迁的原因"
        hear_delisting(case, clock.today(), by=self.people.officer, reason=reason)
        report_delisting(case, by=self.people.officer)

    def half_of_2018(self) -> None:
        """The half-year of 2018 at work: with operators, districts and the city."""
        version, _created = load_version(load_pack(_PACK), by=None)
        made = open_campaign(version, SCHEME, 2018, by=self.people.officer)
        open_period(made, "half", date(2018, 7, 10), by=self.people.officer)
        stages = ("", Stage.CITY, Stage.SELF, Stage.DISTRICT)
        for place, park in enumerate(self.people.parks):
            if place % 6 == 5:
                continue  # nothing filled in yet
            self.score(made, "half", park, _LEVELS[place][1] - 1, stages[place % len(stages)])
        settled = ScoreSheet.objects.filter(campaign=made, state="settled")
        for sheet in settled.exclude(reviewed_by=self.people.expert).order_by("pk")[:2]:
            sample_sheet(sheet, self.people.expert, by=self.people.officer)


def _points(line: Line, level: int) -> str:
    """Points or a figure at a level of percent; points in halves."""
    if line.kind == "figure":
        if line.key in _COUNTS:
            return str(_COUNTS[line.key] * level // 100)
        name, _underline, when = line.key.partition("_")
        grown = _MONEY[name] * _GROWTH * level // 10_000 if when == "now" else 0
        return str(_MONEY[name] + grown)
    if not line.wanted or line.maximum is None:
        return ""
    return plain((line.maximum * level / 50).to_integral_value() / 2)
