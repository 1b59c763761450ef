"""The demo's assessments of districts, of counties by their bases, and of those who help tenants.

Points that people give are made up; every figure is what the demo's own records say on the day.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from miaopu.app.demo.offices import LEADING_GROUP
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.engine.letters.content import Paragraph, Printable
from miaopu.engine.letters.word import printed_docx
from miaopu.monitoring.campaign_actions import (
    freeze_campaign,
    open_campaign,
    open_period,
    publicise_campaign,
)
from miaopu.monitoring.enums import Stage
from miaopu.monitoring.evidence_actions import keep_score_file
from miaopu.monitoring.models import AssessmentCampaign, ScoreSheet
from miaopu.monitoring.score_actions import save_scores, submit_sheet
from miaopu.monitoring.sheets import lines_for
from miaopu.monitoring.telling import people_of
from miaopu.plans.models import ProgrammeVersion

SLUG = "guiyang-2018"
DUE = date(2018, 7, 13)


@transaction.atomic
def load_assessed() -> int:
    """A campaign of Guiyang's districts and one of its staff at work; again changes nothing."""
    version = ProgrammeVersion.objects.current().filter(programme__slug=SLUG).first()
    known = AssessmentCampaign.objects.filter(programme__slug=SLUG)
    if version is None or known.exists():
        return 0
    chief = User.objects.get(username="city-programme")
    leader = User.objects.get(memberships__office__code=LEADING_GROUP)
    stages = ("", Stage.SELF, Stage.DISTRICT, Stage.CITY)
    sheets = 0
    for scheme in ("districts", "staff"):
        made = open_campaign(version, scheme, 2018, by=chief)
        sheets += open_period(made, "half", DUE, by=chief)
        rows = ScoreSheet.objects.filter(campaign=made).with_subjects().order_by("pk")
        for place, sheet in enumerate(rows):
            _score(sheet, stages[place % len(stages)], place, chief, leader)
    return sheets


def _score(sheet: ScoreSheet, until: str, place: int, chief: User, leader: User) -> None:
    """The sheet scored by everybody up to a stage."""
    people = list(people_of(sheet.subject, sheet.operator_id))
    if not until or not people:
        return
    own = people[0]
    given = {one.key: str(6 + place % 5) for one in lines_for(sheet, Stage.SELF) if one.wanted}
    _fill(sheet, given, own)
    for line in lines_for(sheet, Stage.SELF):
        if line.evidence:
            keep_score_file(sheet, line.key, "佐证材料.docx", _paper(sheet), by=own)
    submit_sheet(sheet, by=own)
    if until == Stage.SELF:
        return
    reviewer = leader
    if sheet.subject.user_id is not None:
        approvers = User.objects.filter(
            memberships__role=Role.APPROVER,
            memberships__office__region=sheet.subject.region_id,
        )
        found = approvers.exclude(pk=own.pk).order_by("pk").first()
        if found is None:
            return
        reviewer = found
    submit_sheet(sheet, by=reviewer)
    if until == Stage.CITY:
        submit_sheet(sheet, by=chief)


def _fill(sheet: ScoreSheet, points: dict[str, str], by: User) -> None:
    saved = save_scores(sheet, {f"{line}.points": text for line, text in points.items()}, {}, by=by)
    assert not saved.errors, saved.errors


def _paper(sheet: ScoreSheet) -> bytes:
    text = Paragraph("body", f"{sheet.subject.name}：进度计划和绩效要求（演示材料）")
    return printed_docx(Printable("佐证材料", sheet.subject.name, "演示", clock.today(), (text,)))


def rate_counties(officer: User, leader: User, reviewer: User, year: int) -> AssessmentCampaign:
    """Ganzhou's counties rated by the published classes of their bases, up to the publicity."""
    version = ProgrammeVersion.objects.current().get(programme__slug="ganzhou-2012")
    made = open_campaign(version, "counties", year, by=officer)
    open_period(made, "year", clock.today(), by=officer)
    rows = ScoreSheet.objects.filter(campaign=made).with_subjects().order_by("pk")
    for place, sheet in enumerate(rows):
        own = next(iter(people_of(sheet.subject, sheet.operator_id)))
        _fill(sheet, {"guidance": str(9 - place)}, own)
        submit_sheet(sheet, by=own)
        submit_sheet(sheet, by=reviewer)
        submit_sheet(sheet, by=officer)
    freeze_campaign(made, by=officer)
    return publicise_campaign(made, by=leader)
