"""The demo's clock, moved from its page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from miaopu.core import clock
from tests.factories import FIRST_DAY, City
from tests.harness.pages import StrictClient
from tests.portal.public import text_of

pytestmark = pytest.mark.django_db


def test_demo_clock_is_for_those_signed_in(client: StrictClient, city: City) -> None:
    address = reverse("demo_clock")
    assert client.get(address).status_code == 302
    for user in (city.owner, city.reviewer, city.system_admin):
        client.force_login(user)
        assert client.get(address).status_code == 200


def test_demo_clock_is_for_the_demo_only(client: StrictClient, city: City, settings: Any) -> None:
    settings.DEMO = False
    client.force_login(city.owner)
    address = reverse("demo_clock")
    assert client.get(address).status_code == 404
    assert client.post(address, {"working_days": "1"}).status_code == 404


def test_demo_clock_moves_forward(client: StrictClient, city: City) -> None:
    client.force_login(city.owner)
    address = reverse("demo_clock")
    assert client.post(address, {"working_days": "2"}).status_code == 302
    assert clock.today() == date(2018, 5, 14)  # a weekend lies between
    client.post(address, {"to": "2018-05-20"})
    assert clock.today() == date(2018, 5, 20)
    assert "2018年5月20日" in text_of(client, address)


def test_demo_clock_offers_the_end_of_a_publicity(client: StrictClient, city: City) -> None:
    _case, publicity = city.published()
    client.force_login(city.approver)
    shortcuts = client.get(reverse("demo_clock")).context["shortcuts"]
    days = [day for _label, day in shortcuts]
    assert days == [date(2018, 5, 11), publicity.ends_on + timedelta(days=1)]


def test_moving_twice_from_the_same_page_moves_once(client: StrictClient, city: City) -> None:
    client.force_login(city.owner)
    typed = {"working_days": "1", "seen": "2018-05-10"}
    for _ in range(2):
        assert client.post(reverse("demo_clock"), typed).status_code == 302
    assert clock.today() == date(2018, 5, 11)
    assert "没有再次推进" in text_of(client, reverse("demo_clock"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "两者选一项"),
        ({"working_days": "1", "to": "2018-05-20"}, "两者选一项"),
        ({"to": "2018-05-09"}, "只能向前推进"),
        ({"to": "9999-12-31"}, "一次最多推进一年"),
        ({"to": "soon"}, "soon"),
        ({"working_days": "0"}, 'value="0"'),
        ({"working_days": "61"}, 'value="61"'),
        ({"working_days": "two"}, 'value="two"'),
    ],
)
def test_wrong_dates_are_told_and_kept(
    client: StrictClient, city: City, typed: dict[str, str], said: str
) -> None:
    client.force_login(city.owner)
    response = client.post(reverse("demo_clock"), typed)
    assert response.status_code == 200
    text = response.content.decode()
    assert "error-summary" in text
    assert said in text
    assert clock.today() == FIRST_DAY
