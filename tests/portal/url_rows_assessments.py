"""Rows of the URL × role table for assessments, and the things they ask for.

The campaigns belong to the programme; the sheets to the base that the city's enterprise runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from miaopu.core.enums import Role
from miaopu.monitoring.appeal_actions import file_appeal
from miaopu.monitoring.evidence_actions import keep_late_file
from miaopu.monitoring.models import (
    AssessmentCampaign,
    AssessmentOpinion,
    AssessmentResult,
    DelistingCase,
    ScoreFile,
    ScoreSheet,
)
from tests.factories import City
from tests.house.url_roles import CASE_READERS, ENTERPRISES, Route
from tests.monitoring.campaigns import FULL, PDF, Campaigning, campaigning

BOTH, POST = ("GET", "POST"), ("POST",)
READERS = CASE_READERS | {"other_reviewer"}
OWNER = frozenset({"enterprise"})
OFFICER = frozenset({str(Role.PROGRAMME_OFFICER)})
CITY_READERS = frozenset({"programme_officer", "leading_group", "auditor"})
DECIDERS = OFFICER | {"leading_group"}
EVERY_DISTRICT = {"other_reviewer": 200}  # a campaign is the whole programme's

ROWS: dict[str, Route] = {
    "rankings": Route(open=True),
    "ranking": Route(open=True, thing="ranking"),
    "campaigns": Route(allow=READERS, methods=BOTH, posted=422),
    "campaign": Route(allow=READERS, thing="campaign", also=EVERY_DISTRICT),
    "campaign_report": Route(allow=CITY_READERS, thing="campaign_report"),
    "campaign_step": Route(
        allow=DECIDERS, thing="campaign_step", methods=POST, data={"reason": "汇总完成"}
    ),
    "appeal_decide": Route(
        allow=DECIDERS, thing="appeal", methods=POST, data={"points": "", "reason": "维持"}
    ),
    "delisting": Route(allow=CASE_READERS, thing="delisting"),
    "delisting_step": Route(allow=OFFICER, thing="delisting_step", methods=POST, posted=422),
    "my_assessments": Route(allow=ENTERPRISES),
    "score_sheet": Route(allow=CASE_READERS | OWNER, thing="score_sheet"),
    "score_sheet_step": Route(
        allow=CASE_READERS, thing="score_sheet_step", methods=POST, data={"reason": "材料不全"}
    ),
    "score_file": Route(allow=CASE_READERS | OWNER, thing="score_file"),
    "late_score_file": Route(allow=CASE_READERS | OWNER, thing="late_score_file"),
    "base_result": Route(allow=CASE_READERS | OWNER, thing="base_result"),
    "opinion_file": Route(allow=CASE_READERS | OWNER, thing="opinion_file"),
}

Made = TypeVar("Made")


def _one(city: City) -> Campaigning:
    return campaigning(city, 1)


def _sheet(city: City) -> dict[str, Any]:
    work = _one(city)
    return {"pk": work.sheet(_campaign(work)).pk}


def _year() -> int:
    """A year that has no campaign yet: the samples may be made side by side."""
    return 2016 - AssessmentCampaign.objects.count() * 2


def _campaign(work: Campaigning) -> AssessmentCampaign:
    return work.opened(_year())


def _file(city: City) -> dict[str, Any]:
    work = _one(city)
    sheet = work.self_scored(work.sheet(_campaign(work)), FULL)
    return {"pk": ScoreFile.objects.filter(sheet=sheet).order_by("pk")[0].pk}


def _late_file(city: City) -> dict[str, Any]:
    frozen = _publicised(city).freeze
    sheet = ScoreSheet.objects.get(
        campaign=frozen.campaign, subject__base__operator=city.enterprise, period="year"
    )
    return {"pk": keep_late_file(sheet, "funds", "later.pdf", PDF, by=city.owner).pk}


def _publicised(city: City, weak: int | None = None) -> AssessmentResult:
    campaign = _once(city, f"publicised {weak}", lambda: _one(city).publicised(_year(), weak))
    return AssessmentResult.objects.current().get(
        freeze__campaign=campaign, subject__base__operator=city.enterprise
    )


def _appeal(city: City) -> dict[str, Any]:
    result = _publicised(city)
    return {"pk": file_appeal(result, "year", "staff", by=city.owner, reason="请复核").pk}


def published(city: City, weak: int | None = None) -> AssessmentCampaign:
    """A published campaign over the base that the city's enterprise runs."""
    return _once(city, f"published {weak}", lambda: _one(city).published(_year(), weak))


def _once(city: City, name: str, make: Callable[[], Made]) -> Made:
    """What is made, once for a city: it takes seconds where the city has many bases.

    The city's enterprise is from here on the one for which it was made.
    """
    kept = city.__dict__.setdefault("kept", {})
    if name not in kept:
        kept[name] = (make(), city.enterprise, city.owner)
    made: Made
    made, city.enterprise, city.owner = kept[name]
    return made


def _opinion(city: City) -> dict[str, Any]:
    campaign = published(city, weak=0)
    return {"pk": AssessmentOpinion.objects.get(result__freeze__campaign=campaign).pk}


def _report(city: City) -> dict[str, Any]:
    return {"pk": published(city).pk, "kind": "pdf"}


def _delisting(city: City) -> dict[str, Any]:
    def twice() -> AssessmentCampaign:
        work, year = _one(city), _year()
        work.published(year, weak=0)
        return work.published(year + 1, weak=0)

    campaign = _once(city, "delisting", twice)
    return {"pk": DelistingCase.objects.get(result__freeze__campaign=campaign).pk}


THINGS: dict[str, Callable[[City], dict[str, Any]]] = {
    "ranking": lambda city: {"pk": _publicised(city).freeze.campaign_id},
    "campaign": lambda city: {"pk": _campaign(_one(city)).pk},
    "campaign_report": _report,
    "campaign_step": lambda city: {"pk": _campaign(_one(city)).pk, "step": "freeze"},
    "appeal": _appeal,
    "delisting": _delisting,
    "delisting_step": lambda city: {**_delisting(city), "step": "hear"},
    "score_sheet": _sheet,
    "score_sheet_step": lambda city: {**_sheet(city), "step": "return"},
    "score_file": _file,
    "late_score_file": _late_file,
    "base_result": lambda city: {"pk": _publicised(city).pk},
    "opinion_file": lambda city: {**_opinion(city), "kind": "docx"},
}
