"""What is typed on the page of an offer is saved while typing, and gone once it is answered."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from miaopu.cases.models import Case, Offer
from miaopu.core.models import Event
from tests.cases.test_offers import ANSWERS, grow, offer_of, renew
from tests.factories import City

pytestmark = pytest.mark.django_db
OTHER_ACCOUNT = "6222020200099999999"


@pytest.fixture
def address(client: Client, city: City) -> str:
    """The page of the offer; the client is its owner's."""
    renew(city)
    client.force_login(city.owner)
    return reverse("my_offer", args=[offer_of(city).pk])


def autosave(client: Client, address: str, **typed: str) -> Any:
    """Save while typing, as the page's script does."""
    return client.post(address, typed, headers={"Autosave": "1"})


def shown_by(page: Any) -> str:
    """What the page had shown at first."""
    found = re.search(r'name="shown" value="([^"]*)"', page.content.decode())
    assert found is not None
    return html.unescape(found.group(1))


def test_a_killed_tab_loses_nothing(client: Client, city: City, address: str) -> None:
    assert f'data-autosave="{address}"' in client.get(address).content.decode()
    said = autosave(client, address, revision="1", bank_name="贵阳银行", bank_account="62")
    assert (said.status_code, said.json()["revision"]) == (200, 2)
    assert said.json()["problems"] > 0
    autosave(client, address, revision="2", bank_name="贵阳银行", bank_account="6222")
    page = client.get(address).content.decode()
    assert 'value="6222"' in page and "贵阳银行" in page
    assert 'name="revision" value="3"' in page
    offer = offer_of(city)
    assert set(offer.answers) <= {"bank_name", "bank_account", "commitment"}  # what is asked
    assert Event.objects.for_subject(offer).filter(verb="cases.save_offer").count() == 1
    assert offer.state == "open" and not Case.objects.exists()


def test_nothing_typed_outlives_the_answer(client: Client, city: City, address: str) -> None:
    autosave(client, address, revision="1", bank_account="6222")
    client.post(address, ANSWERS)
    offer = offer_of(city)
    assert (offer.state, offer.answers) == ("consented", {})
    assert Case.objects.get().form["bank_account"] == ANSWERS["bank_account"]
    late = autosave(client, address, revision="2", bank_account="1")
    assert late.status_code == 409
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(enterprise=city.other_enterprise).update(
            state="declined", closed_at=offer.closed_at, answers={"bank_account": "1"}
        )


def test_two_tabs_merge_and_never_overwrite(client: Client, city: City, address: str) -> None:
    tab = {"revision": "1", "shown": shown_by(client.get(address))}
    autosave(client, address, **tab, bank_name="贵阳银行", bank_account="")
    other = autosave(client, address, **tab, bank_name="", bank_account=OTHER_ACCOUNT)
    assert other.status_code == 200
    answers = offer_of(city).answers
    assert (answers["bank_name"], answers["bank_account"]) == ("贵阳银行", OTHER_ACCOUNT)
    both = autosave(client, address, **tab, bank_name="贵州银行", bank_account=OTHER_ACCOUNT)
    assert both.status_code == 409
    assert "另一个页面" in both.json()["message"]
    assert offer_of(city).answers == answers


def test_of_an_offer_that_ends_and_of_others_nothing_is_kept(
    client: Client, city: City, address: str
) -> None:
    autosave(client, address, revision="1", bank_account="6222")
    stranger = Client()
    stranger.force_login(city.other_owner)
    assert autosave(stranger, address, revision="2", bank_account="1").status_code == 404
    assert offer_of(city).answers["bank_account"] == "6222"
    grow(city)
    renew(city)
    assert (offer_of(city).state, offer_of(city).answers) == ("withdrawn", {})
