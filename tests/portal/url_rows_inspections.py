"""Rows of the URL × role table for inspections of bases, and the things they ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from miaopu.bases.models import (
    InspectionCampaign,
    Rectification,
    RectificationFile,
    SurveyInvitation,
    VisitFile,
)
from miaopu.bases.rectification_actions import Problem, add_evidence
from miaopu.bases.survey_actions import open_survey
from miaopu.bases.visit_actions import Visited, record_visit
from miaopu.core import clock
from miaopu.plans.enums import Rank
from tests.bases.factories import Park, build_park
from tests.bases.inspected import KEY, problem
from tests.factories import City
from tests.house.url_roles import CASE_READERS, Route
from tests.plans.supervised import PDF

OWNER = frozenset({"enterprise"})
READERS = CASE_READERS | {"other_reviewer"}
CHECKERS = frozenset({"reviewer", "approver"})
VISITORS = frozenset({"reviewer", "approver", "programme_officer", "leading_group"})
POST, BOTH = ("POST",), ("GET", "POST")

ROWS: dict[str, Route] = {
    "inspection_board": Route(allow=READERS),
    "inspection_open": Route(
        allow=frozenset({"programme_officer"}), thing="inspection", methods=POST
    ),
    "survey_open": Route(allow=frozenset({"programme_officer"}), thing="survey", methods=POST),
    "inspection_sheets": Route(allow=READERS),
    "inspection_sheet": Route(allow=CASE_READERS, thing="sheet", methods=BOTH, posted=422),
    "sheet_check": Route(allow=CHECKERS, thing="sheet", methods=BOTH, posted=409),
    "sheets_add": Route(
        allow=frozenset({"programme_officer"}), thing="called_inspection", methods=POST, posted=422
    ),
    "rectification_list": Route(allow=READERS),
    "rectification": Route(
        allow=CASE_READERS,
        thing="rectification",
        methods=BOTH,
        data={"step": "confirm", "confirm-revision": "1", "confirm-reason": ""},
        posted=422,
    ),
    "rectification_file": Route(allow=CASE_READERS | OWNER, thing="rectification_file"),
    "office_base_care": Route(allow=CASE_READERS, thing="inspected"),
    "visit_new": Route(allow=VISITORS, thing="inspected", methods=BOTH, posted=422),
    "standard_answers": Route(
        allow=frozenset({"reviewer", "approver", "programme_officer"}),
        thing="standard",
        methods=POST,
    ),
    "base_visit": Route(allow=CASE_READERS, thing="visit"),
    "visit_file": Route(allow=CASE_READERS, thing="visit_file"),
    "my_base_care": Route(allow=OWNER, thing="inspected"),
    "my_sheet": Route(allow=OWNER, thing="sheet", methods=BOTH, data={"revision": "1"}, posted=409),
    "my_rectification": Route(allow=OWNER, thing="rectification", methods=BOTH, posted=422),
    "my_survey": Route(allow=OWNER, thing="invitation", methods=BOTH, posted=422),
}


def _park(city: City) -> Park:
    """An admitted base that the city's own enterprise runs."""
    park = build_park(city, city.enterprise)
    park.admitted()
    return park


def _problem(city: City) -> Rectification:
    """A problem that a visit has found in a base of the city's own enterprise."""
    today = clock.today()
    found = (Problem("电梯年检标志过期", "李安全", "联系检验", today + timedelta(days=30)),)
    park = _park(city)
    record_visit(
        park.base,
        Visited("张局长", Rank.PRINCIPAL, today, "查看安全", found),
        by=city.reviewer,
    )
    return Rectification.objects.get(base=park.base)


def _file(city: City) -> dict[str, Any]:
    row = add_evidence(_problem(city), [("前.pdf", PDF)], by=city.owner)
    return {"pk": RectificationFile.objects.get(rectification=row).pk}


def _visit(city: City) -> Any:
    seen = Visited("张局长", Rank.PRINCIPAL, date(2018, 5, 10), files=[("照片.pdf", PDF)])
    return record_visit(_park(city).base, seen, by=city.reviewer)


def _standard(city: City) -> dict[str, Any]:
    base = _park(city).base
    return {"number": base.number, "slug": "guiyang-2018", "key": "national_demonstration"}


def _sheet(city: City) -> dict[str, Any]:
    """A form of the city's one self-inspection, handed in with a problem."""
    return {"pk": problem(_park(city)).sheet_id}


def _called(city: City) -> dict[str, Any]:
    """The city's one self-inspection."""
    known = InspectionCampaign.objects.first()
    return {"pk": known.pk if known else problem(_park(city)).sheet.campaign_id}


def _asked(city: City) -> dict[str, Any]:
    """The city's own enterprise is a tenant of a base that another one runs."""
    known = SurveyInvitation.objects.filter(tenancy__enterprise=city.enterprise).first()
    if known is not None:
        return {"pk": known.pk}
    park = build_park(city)
    park.admitted()
    park.tenant(enterprise=city.enterprise, team="")
    open_survey(city.version, "satisfaction", by=city.programme_officer)
    return {"pk": SurveyInvitation.objects.get(tenancy__enterprise=city.enterprise).pk}


THINGS: dict[str, Callable[[City], dict[str, Any]]] = {
    "inspection": lambda city: {"slug": "guiyang-2018", "key": KEY},
    "survey": lambda city: {"slug": "guiyang-2018", "key": "satisfaction"},
    "inspected": lambda city: {"number": _park(city).base.number},
    "sheet": _sheet,
    "called_inspection": _called,
    "rectification": lambda city: {"number": _problem(city).number},
    "rectification_file": _file,
    "visit": lambda city: {"pk": _visit(city).pk},
    "visit_file": lambda city: {"pk": VisitFile.objects.get(visit=_visit(city)).pk},
    "standard": _standard,
    "invitation": _asked,
}
