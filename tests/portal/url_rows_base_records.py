"""Rows of the URL × role table for a base's record and its anomalies, and what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from miaopu.bases import leaving, records
from miaopu.bases.anomaly_actions import renew_base
from miaopu.bases.models import Base
from miaopu.bases.record_enums import ChangeKind, TenantFate
from tests.bases.factories import Park, build_park
from tests.factories import City, make_enterprise
from tests.house.url_roles import CASE_READERS, Route
from tests.plans.supervised import PDF

OWNER = frozenset({"enterprise"})
READERS = CASE_READERS | {"other_reviewer"}
POST = ("POST",)
CLEARERS = frozenset({"reviewer", "other_reviewer", "approver", "programme_officer"})
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)

ROWS: dict[str, Route] = {
    "base_file": Route(open=True, thing="base_photo"),
    "base_record": Route(allow=OWNER, thing="base"),
    "base_describe": Route(allow=OWNER, thing="base", methods=POST, data={"facilities": "parking"}),
    "photo_add": Route(allow=OWNER, thing="base", methods=POST, posted=422),
    "photo_remove": Route(allow=OWNER, thing="base_photo", methods=POST),
    "base_change_file": Route(allow=OWNER, thing="base_change_new", methods=POST, posted=422),
    "base_leave": Route(allow=OWNER, thing="base", methods=("GET", "POST"), posted=422),
    "my_anomalies": Route(allow=OWNER, thing="base"),
    "office_base_record": Route(allow=CASE_READERS, thing="base"),
    "base_change_check": Route(
        allow=frozenset({"approver", "programme_officer"}),
        thing="base_change_filed",
        methods=POST,
        data={"confirm-reason": "材料齐全"},
    ),
    "base_exit_decide": Route(
        allow=frozenset({"programme_officer"}),
        thing="base_exit",
        methods=POST,
        data={"confirm-reason": "安置妥当"},
    ),
    "office_anomalies": Route(allow=READERS),
    "anomalies_start": Route(allow=CLEARERS, methods=POST),
    "office_anomaly": Route(allow=CASE_READERS, thing="anomaly"),
    "anomaly_clear": Route(allow=CLEARERS, thing="anomaly", methods=POST, posted=422),
}


def _park(city: City) -> Park:
    park = build_park(city, city.enterprise)
    park.admitted()
    return park


def _photo(city: City) -> dict[str, Any]:
    park = _park(city)
    # Another picture each time: the public sees it, and no two bases have the same.
    content = PNG + str(Base.objects.count()).encode()
    photo = records.add_photo(park.base, name="a.png", content=content, caption="", by=park.runner)
    return {"pk": photo.pk}


def _change(city: City) -> dict[str, Any]:
    park = _park(city)
    change = records.file_change(
        park.base, ChangeKind.NAME, {"name": "苗岭新孵化园"}, date(2018, 4, 1),
        [("批复.pdf", PDF)], by=park.runner, reason="更名",
    )  # fmt: skip
    return {"pk": change.pk, "step": "confirm"}


def _exit(city: City) -> dict[str, Any]:
    park = _park(city)
    fates = {park.tenant().pk: (TenantFate.ENDS, "")}
    found = leaving.file_exit(park.base, date(2019, 1, 1), fates, by=park.runner, reason="场地到期")
    return {"pk": found.pk, "step": "confirm"}


def _anomaly(city: City) -> dict[str, Any]:
    park = _park(city)
    park.tenant(team="", enterprise=make_enterprise(employees=0))
    renew_base(park.base, by=None)
    return {"pk": park.base.anomalies.get().pk}


THINGS: dict[str, Callable[[City], dict[str, Any]]] = {
    "base_photo": _photo,
    "base_change_new": lambda city: {"number": _park(city).base.number, "kind": "name"},
    "base_change_filed": _change,
    "base_exit": _exit,
    "anomaly": _anomaly,
}
