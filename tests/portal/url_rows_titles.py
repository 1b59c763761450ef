"""Rows of the URL × role table for titles of bases, and the things they ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from miaopu.bases import title_actions, title_lists, title_motions, title_objections
from miaopu.bases.enums import CarrierType
from miaopu.bases.models import Nomination, TitleCampaign, TitleList
from miaopu.bases.title_enums import MotionKind
from miaopu.cases.objections import Statement
from miaopu.core import clock
from miaopu.core.enums import Role
from tests.bases.factories import build_park
from tests.factories import CITY, City, make_officer, travel
from tests.house.url_roles import CASE_READERS, Route

READERS = CASE_READERS | {"other_reviewer"}
ACTORS = frozenset({"approver", "programme_officer", "leading_group"})
CITY_ROLES = frozenset({"programme_officer", "leading_group"})
POST = ("POST",)
OPENING = {"scheme": "guiyang-2018/growth_base", "proposals_until": "2018-06-30"}

ROWS: dict[str, Route] = {
    "titles": Route(open=True),
    "title_list": Route(open=True, thing="title_list", methods=("GET", "POST"), posted=422),
    "title_objection_follow": Route(open=True, methods=("GET", "POST"), posted=422),
    "office_titles": Route(allow=READERS),
    "title_campaign_open": Route(
        allow=CITY_ROLES, methods=POST, data=OPENING, also={"programme_officer": 302}
    ),
    "title_campaign": Route(
        allow=READERS, thing="title_campaign", also={"other_reviewer": 200}
    ),  # a campaign is the whole city's
    "title_campaign_step": Route(
        allow=frozenset({"approver"}),
        thing="title_campaign_step",
        methods=POST,
        data={"nominate-reason": "服务好"},
        posted=422,
    ),
    "nomination": Route(allow=CASE_READERS, thing="nomination"),
    "nomination_step": Route(
        allow=CITY_ROLES,
        thing="nomination_step",
        methods=POST,
        data={"select-reason": "符合条件"},
        also={"approver": 403},  # the city selects
    ),
    "office_title_list": Route(allow=READERS, thing="title_list", also={"other_reviewer": 200}),
    "title_list_grant": Route(
        allow=CITY_ROLES, thing="title_list", methods=POST, data={"document": "1号"}, posted=409
    ),
    "title_objection_answer": Route(
        allow=CITY_ROLES,
        thing="title_objection",
        methods=POST,
        data={"answer-result": "dismissed", "answer-reason": "经核实不属实"},
    ),
    "office_title": Route(allow=CASE_READERS, thing="base_title"),
    "title_motion_new": Route(
        allow=ACTORS, thing="title_motion_new", methods=POST, data={"withdraw-reason": "弄虚作假"}
    ),
    "motion_step": Route(
        allow=CITY_ROLES,
        thing="motion_step",
        methods=POST,
        data={"approve-reason": "同意"},
    ),
}


def _campaign(city: City) -> TitleCampaign:
    """Beside others that run already, which the action itself would refuse."""
    return TitleCampaign.objects.create(
        number=f"SF520100-S{TitleCampaign.objects.count() + 1}",
        version=city.version,
        scheme_key="growth_base",
        region_id=CITY,
        proposals_until=clock.today() + timedelta(days=30),
        opened_by=city.programme_officer,
        opened_at=clock.now(),
    )


def _nomination(city: City) -> Nomination:
    park = build_park(city, city.enterprise, carrier_type=CarrierType.ENTREPRENEURSHIP_PARK)
    park.admitted()
    return title_actions.nominate_base(_campaign(city), park.base, by=city.approver, reason="好")


def _list(city: City) -> TitleList:
    found, other = _nomination(city), make_officer(Role.PROGRAMME_OFFICER, CITY)
    title_actions.select_nomination(found, by=other, reason="符合条件")
    return title_lists.publish_titles(found.campaign, by=other)


def _objection(city: City) -> dict[str, Any]:
    found = _list(city)
    said = Statement("李先生", "13900000000", "场地不符")
    made, _code = title_objections.object_to_title(found, found.lines[0]["base"], said, by=None)
    return {"pk": made.pk}


def _title(city: City) -> Any:
    found = _list(city)
    travel(found.ends_on + timedelta(days=1))
    [made] = title_lists.list_titles(found, document="1号", by=city.programme_officer)
    return made


def _motion(city: City) -> dict[str, Any]:
    made = title_motions.propose_motion(
        _title(city), MotionKind.WITHDRAW, by=city.approver, reason="弄虚作假"
    )
    return {"pk": made.pk, "step": "approve"}


THINGS: dict[str, Callable[[City], dict[str, Any]]] = {
    "title_campaign": lambda city: {"number": _campaign(city).number},
    "title_campaign_step": lambda city: {"number": _campaign(city).number, "step": "nominate"},
    "nomination": lambda city: {"pk": _nomination(city).pk},
    "nomination_step": lambda city: {"pk": _nomination(city).pk, "step": "select"},
    "title_list": lambda city: {"number": _list(city).number},
    "title_objection": _objection,
    "base_title": lambda city: {"pk": _title(city).pk},
    "title_motion_new": lambda city: {"pk": _title(city).pk, "kind": "withdraw"},
    "motion_step": _motion,
}
