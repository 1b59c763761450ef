"""Figures of score sheets that the product's own records know: never typed, never guessed."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from miaopu.bases.figures import recorded_figures
from miaopu.core import clock
from miaopu.engine.messages import Bilingual
from miaopu.monitoring.enums import Stage, SubjectKind
from miaopu.monitoring.help_records import HelpRecords
from miaopu.monitoring.models import AssessmentCampaign, AssessmentSubject, Score, ScoreSheet
from miaopu.monitoring.place_records import PlaceRecords
from miaopu.monitoring.recorded import Recorded

OURS = (
    "targets_", "tasks_", "duties_", "visits_", "money_", "payments_", "bases_", "needs_",
    "services_", "tenants_", "satisfaction",
)  # fmt: skip
"""How the names of figures begin that are never typed in; every other one is where unknown."""


class Records:
    """What the records know of the subjects of a campaign on a day, by the names of figures.

    What no record tells is left out; what it may not tell (too few answers) has no value but a
    note that says why.
    """

    def __init__(self, campaign: AssessmentCampaign, as_of: date) -> None:
        self.campaign = campaign
        self.as_of = as_of
        self.wanted = frozenset(campaign.scheme.figure_names)

    @cached_property
    def _places(self) -> PlaceRecords:
        return PlaceRecords(self.campaign, self.as_of, self.wanted)

    @cached_property
    def _help(self) -> HelpRecords:
        return HelpRecords(self.campaign, self.as_of, self._places)

    def of(self, subject: AssessmentSubject) -> dict[str, Recorded]:
        """The figures that the scheme asks for and the records know."""
        if subject.kind == SubjectKind.BASE:
            note = Bilingual(f"入驻记录，截至 {self.as_of}", f"records of tenants on {self.as_of}")
            known = recorded_figures(subject.its_base, self.as_of)
            found = {name: Recorded(value, note) for name, value in known.items()}
        elif subject.kind in (SubjectKind.REGION, SubjectKind.DEPARTMENT):
            found = self._places.of(subject)
        else:
            found = self._help.of(subject)
        if subject.kind != SubjectKind.BASE:
            gap = Recorded(None, Bilingual("记录中没有这项数据", "no record tells"))
            found |= {name: gap for name in self.wanted - found.keys() if name.startswith(OURS)}
        return {name: found[name] for name in sorted(self.wanted & found.keys())}

    def scores(self, sheet: ScoreSheet) -> list[Score]:
        """The figures of a sheet, not saved yet."""
        return [
            Score(
                sheet=sheet, stage=Stage.SELF, line=name, value=one.value, recorded=True,
                note=one.note.zh[:500], note_en=one.note.en[:500], at=clock.now(),
            )
            for name, one in self.of(sheet.subject).items()
        ]  # fmt: skip
