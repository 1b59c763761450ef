"""Self-inspection in the small city: a campaign, forms filled in, a problem on its way."""

from __future__ import annotations

from datetime import date

from miaopu.bases.inspection_actions import Line, hand_in_sheet, open_campaign, save_sheet
from miaopu.bases.models import InspectionCampaign, InspectionSheet, Rectification
from miaopu.bases.rectification_actions import report_rectification
from tests.bases.factories import Park
from tests.factories import City
from tests.plans.supervised import PDF

KEY = "half_year"  # due on 2018-06-15, problems put right by 2018-09-30
DEADLINE = date(2018, 6, 29)
PROBLEM = Line("problem", "三楼缺两具灭火器", "李安全", "补配并登记", DEADLINE)


def call(city: City) -> InspectionCampaign:
    """The programme office calls the self-inspection of the pack."""
    return open_campaign(city.version, KEY, by=city.programme_officer)


def lines(**problems: Line) -> dict[str, Line]:
    """A complete form: everything is good but what is named."""
    items = ("department", "premises", "team", "funds", "rent", "safety")
    return {item: problems.get(item, Line("good")) for item in items}


def filled(park: Park) -> InspectionSheet:
    """The park's form, complete, with one problem; not handed in."""
    call(park.city)
    sheet = InspectionSheet.objects.get(base=park.base)
    return save_sheet(sheet, lines(safety=PROBLEM), revision=1, by=park.runner)


def problem(park: Park) -> Rectification:
    """The problem that the park's form brought up."""
    sheet = filled(park)
    hand_in_sheet(sheet, revision=sheet.revision, by=park.runner)
    return Rectification.objects.get(base=park.base)


def reported(park: Park, row: Rectification | None = None) -> Rectification:
    """The problem, reported as put right."""
    row = row or problem(park)
    files = [("补配后.pdf", PDF)]
    return report_rectification(
        row, "已补配两具灭火器", files, revision=row.revision, by=park.runner
    )
