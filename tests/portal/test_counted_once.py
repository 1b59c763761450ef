"""Items that pay for the same: one counts, pages say which and why, nothing is added twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from miaopu.cases import actions
from miaopu.cases.models import Case, Item, Offer
from miaopu.cases.offering import renew_offers
from miaopu.core import clock
from miaopu.core.models import Notice
from miaopu.engine.packs.schema import Pack
from miaopu.parties.actions import record_fact
from miaopu.plans.actions import load_version, match_version
from miaopu.plans.models import ProgrammeVersion
from tests.factories import City, guiyang_pack
from tests.harness.pages import StrictClient
from tests.portal.test_self_check import CHECK, MICRO

pytestmark = pytest.mark.django_db
SECOND = {"zh": "吸纳就业补助", "en": "Subsidy for employers"}


def counted_pack() -> Pack:
    """Guiyang's, with a second item that pays more for the same while there are 4 people."""
    content = guiyang_pack().to_json()
    first = content["items"]["direct_subsidy"]
    staff = {
        "id": "employers",
        "when": "employees >= 4",
        "title": {"zh": "有4人以上", "en": "at least 4 people"},
    }
    content["items"]["second"] = {
        **first,
        "title": SECOND,
        "conditions": [*first["conditions"], staff],
        "amount": "50000",
        "examples": [],
    }
    content["counted_once"] = {
        "start": {
            "among": ["direct_subsidy", "second"],
            "title": {"zh": "同一次创业", "en": "The same start"},
            "clause": first["clause"],
        }
    }
    return Pack.from_json(content)


@pytest.fixture
def version(city: City) -> ProgrammeVersion:
    """The programme with the set, in force."""
    version, _created = load_version(counted_pack(), by=None)
    actions.publish_items(version)
    return version


def text_of(user: Any, name: str, *args: Any) -> str:
    client = StrictClient()
    if user is not None:
        client.force_login(user)
    return str(client.get(reverse(name, args=args)).content.decode())


def staff(city: City, count: int, day: date) -> None:
    record_fact(
        city.enterprise,
        "employees",
        count,
        source="hr",
        record=f"staff-{day}",
        valid_from=day,
        by=None,
    )


def open_offers(city: City) -> list[tuple[str, int | None]]:
    offers = Offer.objects.open().filter(enterprise=city.enterprise)
    return [(one.item.code, one.amount_fen) for one in offers]


def test_the_larger_counts_is_offered_and_the_sum_has_it_once(
    city: City, version: ProgrammeVersion
) -> None:
    match_version(version, clock.today())
    renew_offers(version, by=None)
    assert open_offers(city) == [("second", 5_000_000)]
    page = text_of(city.owner, "benefits")
    assert "50,000" in page and "95,000" not in page
    assert "1 项，审核通过后" in page and "1 项与别的事项只计一次，没有另加" in page
    assert "与“微型企业直接补助”（45,000 元）只计一次：按金额最高的这一项计" in page
    assert "同一次创业只计一次，已按“吸纳就业补助”计入（50,000.00 元）" in page
    assert "95,000" not in text_of(city.owner, "my_home")
    first = Item.objects.get(version=version, code="direct_subsidy")
    detail = text_of(city.owner, "offer", city.enterprise.number, first.pk)
    assert "reason-once" in detail and "仍可以改为申报这一项" in detail

    # Somebody leaves: the other counts from now on, and the reason is said.
    staff(city, 3, date(2018, 5, 1))
    match_version(version, clock.today())
    renew_offers(version, by=None)
    assert open_offers(city) == [("direct_subsidy", 4_500_000)]
    short = text_of(city.owner, "benefits")
    gain = short.partition("只计一次，符合以后比现在多得")[2][:120]
    assert "5,000" in gain and "50,000" not in gain
    # And comes back: what counts less is withdrawn for what counts more.
    staff(city, 4, date(2018, 5, 2))
    match_version(version, clock.today())
    renew_offers(version, by=None)
    assert open_offers(city) == [("second", 5_000_000)]
    gone = Offer.objects.filter(item=first, state="withdrawn").latest("pk")
    assert gone.changes["counted"] == SECOND
    why = "只计一次，改按金额更高的“吸纳就业补助”计"
    assert why in Notice.objects.get(user=city.owner, key=f"offer/{gone.pk}/withdraw").text
    assert why in text_of(city.owner, "my_offer", gone.pk)
    assert reverse("my_offer", args=[gone.pk]) in text_of(city.owner, "benefits")


def test_a_case_of_one_keeps_the_other_from_being_promised(
    city: City, version: ProgrammeVersion
) -> None:
    items = {one.code: one for one in Item.objects.filter(version=version)}
    case = actions.open_case(items["direct_subsidy"], city.enterprise, by=city.owner)
    page = text_of(city.owner, "benefits")
    assert f"与“微型企业直接补助”只计一次，已有办件 {case.number}" in page
    assert "现在合计可得" not in page and "继续填写" in page
    detail = text_of(city.owner, "offer", city.enterprise.number, items["second"].pk)
    assert "开始申报" not in detail and case.number in detail
    client = StrictClient()
    client.force_login(city.owner)
    args = [city.enterprise.number, items["second"].pk]
    client.post(reverse("apply", args=args))
    assert Case.objects.count() == 1


def test_public_pages_say_that_it_is_counted_once(city: City, version: ProgrammeVersion) -> None:
    rule = "同一次创业只计一次：与“吸纳就业补助”都符合的，只给金额最高的一项"
    assert rule in text_of(None, "item", "guiyang-2018", "direct_subsidy")
    assert rule in text_of(None, "programme", "guiyang-2018")
    assert "与“微型企业直接补助”只计一次" in text_of(None, "clause", "guiyang-2018", "二")
    answer = StrictClient().post(CHECK, MICRO).content.decode()
    assert "同一次创业只计一次，已按“吸纳就业补助”计入（50,000.00 元）" in answer
    assert answer.count("45,000") == 0
