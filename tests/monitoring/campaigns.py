"""Assessment campaigns for tests, with Ganzhou's real scheme, in the city of the tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from itertools import count

from miaopu.bases import admission
from miaopu.bases.enums import BaseState
from miaopu.bases.models import Base
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.engine.packs.load import load_pack
from miaopu.engine.packs.schema import Pack
from miaopu.monitoring.campaign_actions import (
    freeze_campaign,
    open_campaign,
    open_period,
    publicise_campaign,
    publish_campaign,
)
from miaopu.monitoring.evidence_actions import keep_score_file
from miaopu.monitoring.models import AssessmentCampaign, ScoreSheet
from miaopu.monitoring.score_actions import save_scores, submit_sheet
from miaopu.parties.models import Representative
from miaopu.plans.actions import load_version
from miaopu.plans.models import ProgrammeVersion
from tests.bases.factories import Park, build_park
from tests.factories import CITY, ROOT, City, make_officer, travel

PDF = b"%PDF-1.4 proof %d\n%%EOF\n"
FIGURES = {
    "tenants_now": "46", "graduates_now": "4", "jobs_now": "2000", "revenue_now": "1300",
    "revenue_before": "1000", "tax_now": "130", "tax_before": "100",
}  # fmt: skip
"""Figures that bring all points that are worked out: 12 + 10 + 8 + 10 + 10."""
SCORED = ("department", "premises", "staff", "funds", "policies", "growth_plans", "services")
FULL = dict(zip(SCORED, ("4", "4", "4", "4", "4", "10", "10"), strict=True))
EVIDENCE = ("staff", "funds", "policies", "growth_plans", "services", "tax_now")
NOTHING = dict.fromkeys(SCORED, "0")
NAMES = ("第一创业基地", "第二创业基地")
_serial = count(1)


@cache
def bases_pack() -> Pack:
    """Ganzhou's pack in the tests' city, under a slug of its own, without admission standards."""
    pack = load_pack(ROOT / "programmes" / "ganzhou-2012")
    changed = {"programme": "bases-2018", "region": CITY, "base_standards": {}}
    return pack.model_copy(update=changed)


@dataclass
class Campaigning:
    """A campaign at work: its bases, and everybody who has to do with it."""

    city: City
    version: ProgrammeVersion
    parks: list[Park] = field(default_factory=list)
    second_officer: User = field(default_factory=lambda: make_officer(Role.PROGRAMME_OFFICER, CITY))

    def opened(
        self, year: int = 2017, periods: tuple[str, ...] = ("half", "year")
    ) -> AssessmentCampaign:
        """A campaign with the sheets of its periods."""
        officer = self.city.programme_officer
        made = open_campaign(self.version, "bases", year, by=officer)
        for period in periods:
            open_period(made, period, clock.today() + timedelta(days=10), by=officer)
        return made

    def sheet(
        self, campaign: AssessmentCampaign, period: str = "year", park: int = 0
    ) -> ScoreSheet:
        """The sheet of a base."""
        rows = ScoreSheet.objects.select_related("campaign", "subject__base")
        return rows.get(campaign=campaign, subject__base=self.parks[park].base, period=period)

    def fill(self, sheet: ScoreSheet, points: dict[str, str], by: User) -> None:
        """Type the points over what is there."""
        typed = {f"{line}.points": value for line, value in points.items()}
        saved = save_scores(sheet, typed, {}, by=by)
        assert not saved.errors and not saved.conflicts, saved

    def self_scored(self, sheet: ScoreSheet, points: dict[str, str]) -> ScoreSheet:
        """The sheet after the operator has handed it in, with its evidence."""
        acting = Representative.objects.live().filter(enterprise=sheet.operator_id)
        runner = acting.order_by("pk")[0].user
        self.fill(sheet, {**points, **FIGURES}, runner)
        for line in EVIDENCE:
            content = PDF.replace(b"%d", str(next(_serial)).encode())
            keep_score_file(sheet, line, "proof.pdf", content, by=runner)
        return submit_sheet(sheet, by=runner)

    def settled(self, sheet: ScoreSheet, points: dict[str, str], satisfaction: str) -> None:
        """The sheet scored by all three in turn."""
        self.self_scored(sheet, points)
        self.fill(sheet, {"satisfaction": satisfaction}, self.city.reviewer)
        submit_sheet(sheet, by=self.city.reviewer)
        submit_sheet(sheet, by=self.city.programme_officer)

    def publicised(self, year: int, weak: int | None = None) -> AssessmentCampaign:
        """A campaign in its publicity; base number `weak` got no points but for figures."""
        campaign = self.opened(year)
        last = None if weak is None else self.parks[weak].base
        for sheet in ScoreSheet.objects.filter(campaign=campaign).select_related("subject__base"):
            low = sheet.base == last
            self.settled(sheet, NOTHING if low else FULL, "0" if low else "10")
        freeze_campaign(campaign, by=self.city.programme_officer)
        return publicise_campaign(campaign, by=self.city.leading_group)

    def published(self, year: int, weak: int | None = None) -> AssessmentCampaign:
        """A campaign after its publicity; the clock stands on the day after it."""
        found = self.publicised(year, weak)
        assert found.publicity_to is not None
        travel(found.publicity_to + timedelta(days=1))
        return publish_campaign(found, by=self.city.programme_officer)


def campaigning(city: City, bases: int = 2) -> Campaigning:
    """Bases in the programme of Ganzhou's scheme; the city's own enterprise runs the first."""
    version, _created = load_version(bases_pack(), by=None)
    made = Campaigning(city, version)
    for base in Base.objects.filter(state=BaseState.ADMITTED, name__in=NAMES):
        admission.exit_base(base, by=city.programme_officer, reason="前一个样例的基地")
    for place in range(bases):
        park = build_park(city, city.enterprise if place == 0 else None, name=NAMES[place])
        park.admitted()
        made.parks.append(park)
    return made
