"""The public pages, opened as the public and as others open them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from miaopu.engine.masking import find_personal
from miaopu.ledger.models import Award
from tests.factories import City, travel
from tests.harness.pages import StrictClient
from tests.portal.public import SLUG, public_addresses, text_of

pytestmark = pytest.mark.django_db


def test_public_pages_open_for_everybody(
    client: StrictClient, new_client: Callable[[], StrictClient], city: City, paid: Award
) -> None:
    signed_in = new_client()
    signed_in.force_login(city.owner)
    for address in public_addresses(paid):
        for reader in (client, signed_in):
            assert reader.get(address).status_code == 200, address
        assert client.post(address).status_code in (403, 405), address


def test_pages_in_english(client: StrictClient, paid: Award) -> None:
    client.cookies["django_language"] = "en"
    for address in public_addresses(paid):
        assert client.get(address).status_code == 200, address
    assert "Direct subsidy for micro enterprises" in text_of(client, reverse("home"))


def test_public_pages_hold_no_personal_data(client: StrictClient, city: City, paid: Award) -> None:
    person = city.enterprise.legal_representative
    for address in public_addresses(paid):
        text = text_of(client, address)
        assert find_personal(text) == [], address
        assert person not in text, address
        for official in (city.reviewer, city.approver, city.finance):
            assert official.name not in text, address
        assert "ICBC-2018-0001" not in text, address


def test_pages_without_a_programme(client: StrictClient, db: None) -> None:
    assert "还没有公布的计划" in text_of(client, "/")
    for name in ("publicity_list", "money", "awards", "verify", "books_export", "figures"):
        text_of(client, reverse(name))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("programme", ["none"]),
        ("clause", [SLUG, "九"]),
        ("clause", ["none", "二"]),
        ("item", [SLUG, "none"]),
        ("item", ["none", "direct_subsidy"]),
        ("publicity", ["none"]),
        ("publicity_content", ["none"]),
        ("award", ["none"]),
    ],
)
def test_what_is_not_there_is_not_found(
    client: StrictClient, city: City, name: str, arguments: list[str]
) -> None:
    assert client.get(reverse(name, args=arguments)).status_code == 404


def test_unchanged_pages_are_not_sent_again(client: StrictClient, city: City) -> None:
    _case, publicity = city.published()
    for address in (
        reverse("home"),
        reverse("programme", args=[SLUG]),
        reverse("publicity", args=[publicity.number]),
        reverse("publicity_content", args=[publicity.number]),
        reverse("books_export"),
        reverse("figures"),
    ):
        etag = client.get(address)["ETag"]
        again = client.get(address, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b""), address
    home = client.get(reverse("home"))["ETag"]
    travel(publicity.ends_on + timedelta(days=1))
    changed = client.get(reverse("home"), headers={"If-None-Match": home})
    assert changed.status_code == 200


def test_pages_of_the_signed_in_are_not_stored(client: StrictClient, city: City) -> None:
    client.force_login(city.owner)
    response = client.get(reverse("home"))
    assert "ETag" not in response
    assert "no-store" in response["Cache-Control"]
