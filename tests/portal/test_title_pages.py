"""The pages of titles, of a base's record and of anomalies: what is typed, refused and shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from miaopu.bases.enums import BaseState, CarrierType
from miaopu.bases.models import Anomaly, Base, BaseChange, BaseExit, Nomination, TitleList
from miaopu.bases.tasks import look_for_anomalies
from miaopu.core.models import Job, Region
from miaopu.portal.base_map import WIDTH, city_map
from tests.bases.factories import Park, build_park
from tests.factories import CITY, City, make_enterprise, travel
from tests.plans.supervised import PDF
from tests.portal.test_base_pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def park(city: City) -> Park:
    """A base in the programme, of a kind that is sought, which the city's own enterprise runs."""
    found = build_park(city, city.enterprise, carrier_type=CarrierType.ENTREPRENEURSHIP_PARK)
    found.admitted()
    return found


def test_from_the_campaign_to_the_public_register(city: City, park: Park) -> None:
    officer, leader = signed_in(city.programme_officer), signed_in(city.leading_group)
    approver, anybody = signed_in(city.approver), Client()
    opening = {"scheme": "guiyang-2018/growth_base", "proposals_until": "2018-05-01"}
    refused = officer.post(reverse("title_campaign_open"), opening)
    assert (refused.status_code, "2018-05-01" in text(refused)) == (409, True)
    opened = officer.post(
        reverse("title_campaign_open"), {**opening, "proposals_until": "2018-05-31"}
    )
    campaign = opened.headers["Location"]
    step = f"{campaign}nominate/"
    assert approver.post(step, {"nominate-reason": "好"}).status_code == 422
    typed = {"nominate-base": park.base.number, "nominate-reason": "服务好"}
    assert approver.post(step, typed).status_code == 302
    assert "还差 1 个" in text(approver.get(campaign))  # of the other districts
    one = Nomination.objects.get()
    officer.post(reverse("nomination_step", args=[one.pk, "select"]), {"select-reason": "符合"})
    assert officer.post(f"{campaign}publish/").status_code == 302
    found = TitleList.objects.get()
    public = reverse("title_list", args=[found.number])
    said = {"line": park.base.number, "text": "场地不符", "name": "李先生", "contact": "139"}
    empty = anybody.post(public, {**said, "text": ""})
    assert (empty.status_code, "李先生" in text(empty)) == (422, True)
    receipt = anybody.post(public, said, follow=True)
    objection = found.objections.get()
    assert objection.number in text(receipt)
    stranger = text(Client().get(reverse("title_objection_follow")))
    assert objection.number not in stranger
    inside = reverse("office_title_list", args=[found.number])
    assert "李先生" in text(leader.get(inside))
    assert "李先生" not in text(approver.get(inside))
    answer = {"answer-result": "dismissed", "answer-reason": "经核实场地相符"}
    leader.post(reverse("title_objection_answer", args=[objection.pk]), answer)
    assert "经核实场地相符" in text(anybody.get(reverse("title_objection_follow")))
    travel(date(2018, 5, 18))
    grant = reverse("title_list_grant", args=[found.number])
    assert officer.post(grant, {"document": "3号"}).status_code == 403  # she selected it
    assert leader.post(grant, {"document": "3号"}).status_code == 302
    register = text(anybody.get(reverse("titles")))
    assert "微型企业成长示范基地" in register
    assert "2021" in register
    assert park.base.name not in text(anybody.get(reverse("titles"), {"level": "national"}))


def test_the_record_its_changes_and_leaving(city: City, park: Park) -> None:
    owner, approver = signed_in(city.owner), signed_in(city.approver)
    number = park.base.number
    record = reverse("base_record", args=[number])
    wrong = owner.post(
        reverse("base_describe", args=[number]), {"facilities": "canteen", "longitude": "106.7"}
    )
    assert (wrong.status_code, 'value="106.7"' in text(wrong)) == (409, True)
    owner.post(reverse("base_describe", args=[number]), {"facilities": "canteen"})
    photo = SimpleUploadedFile("门.png", b"\x89PNG\r\n\x1a\n" + bytes(64))
    owner.post(reverse("photo_add", args=[number]), {"photo": photo, "caption": "大门"})
    public = text(Client().get(reverse("base", args=[number])))
    assert "食堂" in public
    assert 'alt="大门"' in public
    change = reverse("base_change_file", args=[number, "name"])
    typed = {"name-name": "苗岭新园", "name-happened_on": "2018-01-02", "name-reason": "更名"}
    lost = owner.post(change, typed)
    assert (lost.status_code, "苗岭新园" in text(lost)) == (422, True)
    proof = SimpleUploadedFile("批复.pdf", PDF)
    assert owner.post(change, {**typed, "name-proof": proof}).status_code == 302
    assert "逾期备案" in text(owner.get(record))
    filed = BaseChange.objects.get()
    evidence = reverse("base_file", args=[filed.files.get().pk])
    assert Client().get(evidence).status_code == 404
    for who in (approver, owner):
        assert b"".join(who.get(evidence).streaming_content) == PDF
    check = reverse("base_change_check", args=[filed.pk, "confirm"])
    assert approver.post(check, {"confirm-reason": "一致"}).status_code == 302
    assert Base.objects.get().name == "苗岭新园"
    tenant = park.tenant()
    leave = reverse("base_leave", args=[number])
    why = {"planned_on": "2018-12-31", "reason": "租期届满"}
    unsaid = owner.post(leave, why)
    assert (unsaid.status_code, "租期届满" in text(unsaid)) == (422, True)
    owner.post(leave, {**why, f"fate_{tenant.pk}": "ends", f"note_{tenant.pk}": ""})
    decide = reverse("base_exit_decide", args=[BaseExit.objects.get().pk, "confirm"])
    signed_in(city.programme_officer).post(decide, {"confirm-reason": "安置妥当"})
    assert Base.objects.get().state == BaseState.LEFT


def test_anomalies_are_seen_by_those_concerned_and_cleared(city: City, park: Park) -> None:
    idle = make_enterprise(employees=0, name="贵阳空转商行")
    park.tenant(team="", enterprise=idle)
    reviewer = signed_in(city.reviewer)
    reviewer.post(reverse("anomalies_start"))
    job = Job.objects.get(key__startswith="anomalies/")
    look_for_anomalies(job_id=job.pk)
    assert text(reviewer.get(reverse("job", args=[job.pk]))).count("查看基地异常") == 1
    listed = text(reviewer.get(reverse("office_anomalies")))
    assert "参保人员为 0" in listed
    found = Anomaly.objects.get()
    page = reverse("office_anomaly", args=[found.pk])
    assert idle.name in text(reviewer.get(page))
    assert "参保人员为 0" in text(
        signed_in(city.owner).get(reverse("my_anomalies", args=[park.base.number]))
    )
    assert signed_in(city.other_reviewer).get(page).status_code == 404
    clear = reverse("anomaly_clear", args=[found.pk])
    stale = reviewer.post(clear, {"fingerprint": "0" * 64, "reason": "夫妻店"})
    assert (stale.status_code, "夫妻店" in text(stale)) == (409, True)
    reviewer.post(clear, {"fingerprint": found.fingerprint, "reason": "夫妻店"})
    assert "参保人员为 0" not in text(reviewer.get(reverse("office_anomalies")))
    cleared = reviewer.get(reverse("office_anomalies"), {"state": "cleared"})
    assert "参保人员为 0" in text(cleared)


def test_the_map_shows_every_base_within_its_frame(city: City, park: Park) -> None:
    parks = [park, *(build_park(city, name=f"基地{number}") for number in range(3))]
    bases = [one.base for one in parks]
    hrefs: dict[int, Any] = {one.pk: f"/bases/{one.number}/" for one in bases}
    names = {one.code: one for one in Region.objects.filter(code__startswith="5201")}
    drawn = city_map(CITY, bases, hrefs, names)
    assert drawn is not None
    assert len(drawn.districts) == 10
    assert (len({(one.x, one.y) for one in drawn.markers}), drawn.rough) == (4, 4)
    assert all(0 < one.x < WIDTH and 0 < one.y < drawn.height for one in drawn.markers)
    assert city_map("360700", bases, hrefs, names) is None
    page = text(Client().get(reverse("bases")))
    assert page.count('class="site-map-base') == 1  # only the admitted one
