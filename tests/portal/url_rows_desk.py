"""Rows of the URL × role table: the reading desk."""

from typing import Any

from tests.factories import City
from tests.house.url_roles import Route
from tests.plans.readings import open_reading

PROGRAMME = frozenset({"programme_officer"})
SEEING = PROGRAMME | {"auditor"}
POST = ("POST",)
BOTH = ("GET", "POST")

ROWS: dict[str, Route] = {
    "reading_desk": Route(allow=SEEING),
    "reading_new": Route(allow=PROGRAMME, methods=BOTH, posted=422),  # a form without answers
    "reading": Route(allow=SEEING, thing="reading"),
    "reading_again": Route(allow=PROGRAMME, thing="reading", methods=POST),
    "reading_file": Route(allow=SEEING, thing="reading"),
    "reading_pack": Route(allow=SEEING, thing="reading"),
    "reading_add": Route(
        allow=PROGRAMME, thing="reading", methods=POST, data={"add": "citation"}, posted=422
    ),
    "reading_item": Route(
        allow=PROGRAMME,
        thing="reading_item",
        methods=POST,
        data={"step": "accept", "revision": "1"},
    ),
    "reading_accept": Route(allow=PROGRAMME, thing="reading", methods=BOTH, posted=409),
    "reading_complete": Route(allow=PROGRAMME, thing="reading", methods=BOTH, posted=422),
}


def _reading(city: City) -> dict[str, Any]:
    return {"pk": open_reading(city.programme_officer).pk}


def _item(city: City) -> dict[str, Any]:
    reading = open_reading(city.programme_officer)
    first = reading.items.in_order().first()
    assert first is not None
    return {"pk": reading.pk, "item": first.pk}


THINGS = {"reading": _reading, "reading_item": _item}
