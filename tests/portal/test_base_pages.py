"""The pages of bases: filing, applying, selecting, accepting, rooms, tenants, the public's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from miaopu.bases import admission
from miaopu.bases.enums import BaseState, TenancyStage
from miaopu.bases.models import Base, Tenancy
from miaopu.core.models import User
from miaopu.parties.actions import record_fact
from tests.bases.factories import Park, build_park
from tests.factories import City, make_enterprise

pytestmark = pytest.mark.django_db

RECORD = {
    "name": "苗岭众创空间",
    "carrier_type": "makerspace",
    "region": "520103",
    "address": "云岩区苗岭路1号",
    "opened_on": "2016-01-01",
    "floor_area": "1000",
    "incubation_area": "600",
    "workshop_area": "0",
    "service_staff": "6",
    "coaches": "2",
    "services": "培训",
}
TENANT = {
    "uscc": "",
    "team": "苗绣设计团队",
    "stage": "team",
    "since": "2018-05-01",
    "room": "",
    "area": "50",
    "rent": "1000.50",
    "relief_percent": "50",
    "contract": "",
}


def text(response: Any) -> str:
    return str(response.content.decode())


def signed_in(user: User) -> Client:
    """A browser of its own for somebody."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def park(city: City) -> Park:
    """A base in the programme that the city's own enterprise runs."""
    found = build_park(city, city.enterprise)
    found.admitted()
    return found


def test_filing_a_base_and_applying(city: City) -> None:
    owner = signed_in(city.owner)
    new = reverse("base_new", args=[city.enterprise.number])
    refused = owner.post(new, {**RECORD, "incubation_area": "1000.01", "services": "只写了一半"})
    assert refused.status_code == 409
    assert "孵化面积和厂房面积不得超过建筑面积" in text(refused)
    assert "只写了一半" in text(refused)  # nothing typed is lost
    assert not Base.objects.exists()
    made = owner.post(new, RECORD)
    base = Base.objects.get()
    assert made.headers["Location"] == reverse("my_base", args=[base.number])
    change = reverse("base_change", args=[base.number])
    assert 'value="1000.00"' in text(owner.get(change))
    owner.post(change, {**RECORD, "coaches": "9", "revision": "1"})
    stale = owner.post(change, {**RECORD, "coaches": "1", "revision": "1"})
    assert (stale.status_code, Base.objects.get().coaches) == (409, 9)
    owner.post(reverse("base_propose", args=[base.number]))
    again = owner.post(reverse("base_propose", args=[base.number]), follow=True)  # a double click
    assert Base.objects.get().state == BaseState.PROPOSED
    assert "请刷新页面" in text(again)
    assert (
        "申请准入"
        not in text(owner.get(reverse("my_base", args=[base.number]))).split("办理记录")[0]
    )


def test_the_county_selects_and_the_city_accepts(city: City) -> None:
    base = build_park(city, city.enterprise).base
    admission.propose_base(base, by=city.owner)
    approver, officer = signed_in(city.approver), signed_in(city.programme_officer)
    assert "等待遴选或验收" in text(approver.get(reverse("office_bases")))
    page = reverse("office_base", args=[base.number])

    def step(client: Client, name: str, /, **typed: str) -> Any:
        data = {f"{name}-{key}": value for key, value in typed.items()}
        return client.post(reverse("office_base_step", args=[base.number, name]), data)

    assert step(approver, "select", revision="2", reason="").status_code == 422
    stale = step(approver, "select", revision="1", reason="看过现场")
    assert stale.status_code == 409
    assert "看过现场" in text(stale)
    assert step(approver, "select", revision="2", reason="符合条件").status_code == 302
    assert reverse("office_base_step", args=[base.number, "select"]) not in text(approver.get(page))
    assert step(officer, "accept", revision="3", reason="验收通过").status_code == 302
    assert Base.objects.get().state == BaseState.ADMITTED
    title = {"level": "city", "name": "示范基地", "granted_on": "2017-01-01"}
    assert step(officer, "title", **title, valid_until="2018-05-09").status_code == 302
    assert "已过期" in text(officer.get(page))
    assert step(approver, "exit", revision="4", reason="试试").status_code == 403
    assert step(officer, "castle").status_code == 404


def test_operators_see_officials_by_their_office_alone(park: Park, city: City) -> None:
    base = park.base.number
    mine = text(signed_in(city.owner).get(reverse("my_base", args=[base])))
    assert "现场查看符合条件" in mine
    assert city.approver.name not in mine
    offices = text(signed_in(city.approver).get(reverse("office_base", args=[base])))
    assert city.approver.name in offices


def test_rooms_and_tenants(park: Park, city: City) -> None:
    owner = signed_in(city.owner)
    base = park.base.number
    rooms = reverse("room_add", args=[base])
    owner.post(rooms, {"building": "A", "floor": "1", "name": "101", "area": "60"})
    twice = owner.post(rooms, {"building": "A", "floor": "1", "name": "101", "area": "60"})
    assert (twice.status_code, "这个房间已经登记" in text(twice)) == (409, True)
    room = str(park.base.rooms.get().pk)
    new = reverse("tenant_new", args=[base])
    nameless = owner.post(new, {**TENANT, "team": ""})
    assert (nameless.status_code, "请填写团队或项目名称" in text(nameless)) == (422, True)
    unknown = owner.post(new, {**TENANT, "uscc": "91520103MA00000000"})
    assert (unknown.status_code, "没有查到这个代码的企业" in text(unknown)) == (422, True)
    full = owner.post(new, {**TENANT, "room": room, "area": "60.01"})
    assert (full.status_code, "只剩 60.00 平方米" in text(full)) == (409, True)
    owner.post(new, {**TENANT, "room": room})
    tenancy = Tenancy.objects.get()
    assert (tenancy.rent_fen, tenancy.stage) == (100_050, TenancyStage.TEAM)
    page = text(owner.get(reverse("my_base", args=[base])))
    for shown in ("苗绣设计团队", "500.25", "A 1 101", "5.0%"):
        assert shown in page, shown


def test_a_tenant_becomes_a_company_and_graduates(park: Park, city: City) -> None:
    owner = signed_in(city.owner)
    tenancy = park.tenant()
    company = make_enterprise(name="贵阳苗绣设计有限公司")

    def step(name: str, **typed: str) -> Any:
        data = {f"{name}-{key}": value for key, value in typed.items()}
        return owner.post(reverse("tenancy_step", args=[tenancy.number, name]), data)

    assert step("advance").status_code == 302
    early = step("incubate", uscc=company.uscc, on="2016-12-31")
    assert (early.status_code, "2017-01-01" in text(early)) == (409, True)
    assert step("incubate", uscc=company.uscc.lower(), on="2017-06-01").status_code == 302
    assert step("graduate", on="2018-05-01").status_code == 422  # no reason
    before = text(owner.get(reverse("tenancy", args=[tenancy.number])))
    assert "3 项条件中须符合 2 项，现符合 1 项" in before  # revenue; not a year, and four persons
    refused = step("graduate", on="2018-05-01", reason="达到毕业条件")
    assert (refused.status_code, "达到毕业条件" in text(refused)) == (409, True)
    record_fact(
        company, "employees", 5, source="hr", record="r", valid_from=date(2018, 4, 30), by=None
    )
    assert step("graduate", on="2018-05-01", reason="达到毕业条件").status_code == 302
    page = text(owner.get(reverse("tenancy", args=[tenancy.number])))
    assert "已毕业" in page
    assert "达到毕业条件" in page
    late = step("leave", on="2018-05-02", reason="又想退出")
    assert (late.status_code, "又想退出" in text(late)) == (409, True)


def test_the_public_sees_bases_but_no_tenants(park: Park, city: City) -> None:
    park.tenant(team="还没公开的团队")
    other = build_park(city, name="没有准入的基地").base
    browser = Client()
    listed = text(browser.get(reverse("bases")))
    assert park.base.name in listed
    assert other.name not in listed
    assert park.base.name not in text(browser.get(reverse("bases"), {"carrier_type": "sme_park"}))
    page = text(browser.get(reverse("base", args=[park.base.number])))
    assert "5.0%" in page
    assert "还没公开的团队" not in page
    assert browser.get(reverse("base", args=[other.number])).status_code == 404


def test_pages_ask_as_often_for_many_as_for_few(
    park: Park, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        park.tenant(enterprise=make_enterprise(), team="")
    with django_assert_max_num_queries(13):
        Client().get(reverse("base", args=[park.base.number]))
    with django_assert_max_num_queries(12):
        Client().get(reverse("bases"))
