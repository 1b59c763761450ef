"""Several people at one form, one problem, one invitation: one is done, the others are told so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from miaopu.bases.inspection_actions import Line, SheetConflict, hand_in_sheet, save_sheet
from miaopu.bases.models import (
    InspectionSheet,
    Rectification,
    SurveyInvitation,
    SurveyTally,
)
from miaopu.bases.rectification_actions import confirm_rectification, send_back_rectification
from miaopu.bases.survey_actions import count_answer, open_survey
from miaopu.core.errors import Conflict
from tests.bases.factories import build_park
from tests.bases.inspected import PROBLEM, call, lines, reported
from tests.factories import City, make_enterprise, make_owner


def _one(outcomes: list[Any], refusal: type[Exception] = Conflict) -> None:
    """One was done, all others were told that somebody was faster."""
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert len(refused) == len(outcomes) - 1, outcomes
    assert all(isinstance(one, refusal) for one in refused), outcomes


def test_forms_problems_and_answers_at_once(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    park = build_park(city)
    base = park.admitted()
    call(city)
    sheet = InspectionSheet.objects.get()
    typed = [{"team": Line("problem", f"第{number}页")} for number in range(3)]
    saves = [
        lambda said=said: save_sheet(sheet, said, revision=1, by=park.runner) for said in typed
    ]
    _one(in_threads(saves), SheetConflict)
    sheet = save_sheet(sheet, lines(safety=PROBLEM), revision=2, by=park.runner)
    _one(in_threads([lambda: hand_in_sheet(sheet, revision=3, by=park.runner)] * 4))
    row = reported(park, Rectification.objects.get(base=base))
    checks = [
        lambda: confirm_rectification(row, revision=2, by=city.reviewer, reason="看过"),
        lambda: send_back_rectification(row, revision=2, by=city.approver, reason="不行"),
    ]
    _one(in_threads(checks))

    enterprise = make_enterprise()
    park.tenant(enterprise=enterprise, team="")
    owner = make_owner(enterprise)
    open_survey(city.version, "satisfaction", by=city.programme_officer)
    asked = SurveyInvitation.objects.get()
    scores = {"services": 5, "staff": 4, "costs": 3}
    _one(in_threads([lambda: count_answer(asked, scores, by=owner)] * 4))
    assert sum(SurveyTally.objects.values_list("count", flat=True)) == len(scores)
