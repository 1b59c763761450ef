"""Rows of the URL × role table for the bases, and the things they ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from miaopu.bases import admission
from tests.bases.factories import Park, build_park
from tests.factories import City
from tests.house.url_roles import CASE_READERS, ENTERPRISES, Route

OWNER = frozenset({"enterprise"})
READERS = CASE_READERS | {"other_reviewer"}
ROOM = {"building": "A", "floor": "1", "name": "101", "area": "50"}

ROWS: dict[str, Route] = {
    "bases": Route(open=True),
    "base": Route(open=True, thing="base"),
    "office_bases": Route(allow=READERS),
    "office_base": Route(allow=CASE_READERS, thing="base"),
    "office_base_step": Route(
        allow=frozenset({"approver"}),
        thing="base_step",
        methods=("POST",),
        data={"select-revision": "2", "select-reason": "符合条件"},
        also={"programme_officer": 403},  # sees the base, but the county selects
    ),
    "my_bases": Route(allow=ENTERPRISES),
    "base_new": Route(allow=OWNER, thing="enterprise", methods=("GET", "POST"), posted=422),
    "my_base": Route(allow=OWNER, thing="base"),
    "base_change": Route(allow=OWNER, thing="base_draft", methods=("GET", "POST"), posted=422),
    "base_propose": Route(allow=OWNER, thing="base_draft", methods=("POST",)),
    "room_add": Route(allow=OWNER, thing="base", methods=("POST",), data=ROOM),
    "tenant_new": Route(allow=OWNER, thing="base", methods=("GET", "POST"), posted=422),
    "tenancy": Route(allow=OWNER, thing="tenancy"),
    "tenancy_step": Route(allow=OWNER, thing="tenancy_step", methods=("POST",)),
}


def _own(city: City) -> Park:
    """A base that the city's own enterprise runs, as its owner filed it."""
    return build_park(city, city.enterprise)


def _proposed(city: City) -> dict[str, Any]:
    base = _own(city).base
    admission.propose_base(base, by=city.owner)
    return {"number": base.number, "step": "select"}


def _tenancy(city: City) -> dict[str, Any]:
    park = _own(city)
    park.admitted()
    return {"number": park.tenant().number}


THINGS: dict[str, Callable[[City], dict[str, Any]]] = {
    "base": lambda city: {"number": _own(city).admitted().number},
    "base_draft": lambda city: {"number": _own(city).base.number},
    "base_step": _proposed,
    "tenancy": _tenancy,
    "tenancy_step": lambda city: {**_tenancy(city), "step": "advance"},
}
