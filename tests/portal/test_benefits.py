"""What an enterprise can get: total, deadline, reasons, near misses; and not to be matched."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from miaopu.cases.actions import open_case, publish_items
from miaopu.cases.models import Case, Offer
from miaopu.cases.offering import renew_offers
from miaopu.core import clock
from miaopu.core.models import Event, Notice
from miaopu.engine.packs.load import load_pack
from miaopu.engine.packs.schema import Pack
from miaopu.parties.models import Enterprise
from miaopu.plans.actions import load_version, match_version
from miaopu.plans.models import Match, MatchingOptOut
from tests.factories import ROOT, City, guiyang_pack, make_enterprise, make_owner, travel
from tests.harness.pages import StrictClient
from tests.plans.proposals import proposed, simulated

pytestmark = pytest.mark.django_db


def page_of(user: Any, name: str = "benefits", city: City | None = None) -> str:
    client = StrictClient()
    client.force_login(user)
    args = [city.enterprise.number] if city is not None else []
    return str(client.get(reverse(name, args=args)).content.decode())


def choose(user: Any, enterprise: Enterprise, wanted: str) -> None:
    client = StrictClient()
    client.force_login(user)
    here = reverse("matching_choice", args=[enterprise.number])
    assert client.post(here, {"wanted": wanted}).status_code == 302


def test_total_deadline_and_reasons(city: City) -> None:
    page = page_of(city.owner)
    assert "现在合计可得" in page and "45,000" in page
    assert "最迟 2018年12月31日 申报" in page
    assert "用已有数据填好申报表" in page and "reason-true" in page
    match_version(city.version, clock.today())
    renew_offers(city.version, by=None)
    page = page_of(city.owner)
    assert "最迟 2018年12月31日 确认" in page
    offer = Offer.objects.get(enterprise=city.enterprise)
    assert reverse("my_offer", args=[offer.pk]) in page
    assert "45,000" in page_of(city.other_owner)


def test_one_condition_short(city: City) -> None:
    small = make_enterprise(employees=60, operating_revenue=Decimal("12000000"))
    page = page_of(make_owner(small))
    assert "只差一项" in page and "45,000" in page
    assert "怎样才能符合" in page and "规模由行业、从业人员、营业收入和资产总额算出" in page
    record = reverse("my_enterprise", args=[small.number])
    assert f"{record}#size" in page  # how the size was found, and each of its figures


def test_what_the_money_does_not_reach_is_not_promised(city: City) -> None:
    content = guiyang_pack().to_json()
    content["items"]["direct_subsidy"] |= {"amount": "99000000", "examples": []}
    version, _created = load_version(Pack.from_json(content), by=None)
    publish_items(version)
    for page in (page_of(city.owner), page_of(city.owner, "my_home")):
        assert "资金已安排完，现在不能保证得到" in page and "仍可申报" in page
        assert "现在合计可得" not in page


def test_of_a_year_s_support_only_this_year_s_counts(city: City) -> None:
    """What can be had every year is promised again in the year after."""
    content = guiyang_pack().to_json()
    content["period"] = {"from": "2018-01-01", "to": "2019-12-31"}
    content["items"]["direct_subsidy"] |= {"once_per": "year", "examples": []}
    version, _created = load_version(Pack.from_json(content), by=None)
    [item] = [one for one in publish_items(version) if one.code == "direct_subsidy"]
    case = open_case(item, city.enterprise, by=city.owner)
    page = page_of(city.owner)
    assert f"还没有提交：办件 {case.number}" in page and "现在合计可得" not in page
    travel(date(2019, 1, 2))
    page = page_of(city.owner)
    assert case.number not in page and "现在合计可得" in page


def test_other_places_and_other_parties_are_out_of_the_way(city: City) -> None:
    """A shop in Guiyang is neither offered Xinjiang's rewards nor those of bases' operators."""
    version, _created = load_version(load_pack(ROOT / "programmes" / "xinjiang-2015"), by=None)
    items = {one.code: one for one in publish_items(version)}
    kept = next(one for one in items.values() if one.definition.party == "enterprise")
    left_out = next(one for one in items.values() if one.definition.party == "base")
    for page in (page_of(city.owner), page_of(city.owner, "my_home")):
        assert left_out.title not in page
    assert kept.title not in page_of(city.owner, "my_home")
    page = page_of(city.owner).partition("只给其他地区企业的")
    assert kept.title in page[2] and kept.title not in page[0]
    assert "high_tech_window_years" not in page_of(city.owner, "matching_explained", city)


def test_not_being_matched(city: City) -> None:
    match_version(city.version, clock.today())
    renew_offers(city.version, by=None)
    choose(city.owner, city.enterprise, "no")
    choose(city.owner, city.enterprise, "no")  # again changes nothing
    assert Event.objects.filter(verb="cases.choose_matching").count() == 1
    offer = Offer.objects.get(enterprise=city.enterprise)
    assert (offer.state, offer.changes) == ("withdrawn", {"opted_out": True})
    told = Notice.objects.get(user=city.owner, key=f"offer/{offer.pk}/withdraw")
    assert "不做自动匹配" in told.text
    match_version(city.version, clock.today())
    renew_offers(city.version, by=None)
    assert not Match.objects.filter(enterprise=city.enterprise).exists()
    assert not Offer.objects.filter(enterprise=city.enterprise, state="open").exists()
    assert Match.objects.filter(enterprise=city.other_enterprise).exists()
    assert "现在合计可得" not in page_of(city.owner, "my_home")
    page = page_of(city.owner)
    assert (
        "您选择了不做自动匹配" in page
        and reverse("item", args=["guiyang-2018", "direct_subsidy"]) in page
    )
    case = city.submitted()  # her own application is never touched
    assert Case.objects.get(pk=case.pk).state == "submitted"
    assert case.number in page_of(city.owner)
    choose(city.owner, city.enterprise, "yes")
    match_version(city.version, clock.today())
    assert Match.objects.filter(enterprise=city.enterprise).exists()


def test_who_is_not_matched_is_counted_and_not_named(city: City) -> None:
    choose(city.owner, city.enterprise, "no")
    found = simulated(proposed(city, "employees > 100"), city)
    assert found.result["difference"]["lose"] == 2
    assert [one.enterprise for one in found.changes.all()] == [city.other_enterprise]


def test_only_ones_own_enterprise(city: City) -> None:
    client = StrictClient()
    client.force_login(city.other_owner)
    here = reverse("matching_choice", args=[city.enterprise.number])
    assert client.post(here, {"wanted": "no"}).status_code == 404
    assert not MatchingOptOut.objects.exists()


def test_explanation_on_request(city: City) -> None:
    client = StrictClient()
    client.force_login(city.owner)
    page = client.get(reverse("matching_explained", args=[city.enterprise.number]))
    text = page.content.decode()
    assert city.version.digest[:12] in text and "不由系统单独决定" in text and "reason-true" in text
