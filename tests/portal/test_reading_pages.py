"""The pages of the reading desk, through the client: without JavaScript, and by htmx."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from miaopu.core.actions import fail_job
from miaopu.core.enums import Role
from miaopu.core.models import Job
from miaopu.engine.packs.load import load_pack
from miaopu.plans.enums import ReadingItemState, ReadingKind, ReadingState
from miaopu.plans.models import PlanReading, ReadingItem
from miaopu.plans.reading_item_actions import accept_item, discard_item
from miaopu.plans.reading_tasks import read_plan
from tests.factories import CITY, City, make_officer
from tests.harness.pages import StrictClient
from tests.plans.readings import PLAN, accept_all, hand_in, open_reading

pytestmark = pytest.mark.django_db
NEW = "/office/readings/new/"
HTMX = {"HX-Request": "true", "HX-Target": "desk-panel"}
FORM = {
    "programme": "qinglan-2018",
    "title": "青岚区2018年小微企业成长服务计划",
    "title_en": "Qinglan service plan",
    "region": CITY,
    "start": "2018-01-01",
    "end": "2018-12-31",
    "scope_0": "*",
    "scope_1": "new",
    "scope_2": "520103",
    "scope_3": "-",
}


def text(response: Any) -> str:
    return str(response.content.decode())


def post(client: StrictClient, content: bytes, name: str = "计划.txt") -> Any:
    return client.post(NEW, {"region": CITY, "file": SimpleUploadedFile(name, content)})


def address(reading: PlanReading, rest: str = "") -> str:
    return f"/office/readings/{reading.pk}/{rest}"


def target(reading: PlanReading, value: int = 600) -> ReadingItem:
    return reading.items.get(kind=ReadingKind.TARGET, content__value=value)


def test_from_the_upload_to_the_desk(client: StrictClient, city: City) -> None:
    client.force_login(city.programme_officer)
    answer = post(client, PLAN.read_bytes())
    assert answer.status_code == 302
    where = answer["Location"]
    reading = PlanReading.objects.get()
    assert f'hx-get="{where}"' in text(client.get(where)), "the page asks for the progress"
    assert client.get(where, headers={"HX-Request": "true"}).status_code == 200
    assert reading.job_id is not None
    read_plan(job_id=reading.job_id, reading_id=reading.pk)
    assert client.get(where, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    desk = text(client.get(where))
    assert "已读 0，共 54" in desk
    assert re.search(
        r'class="m m-target s-unread[^>]*data-label="目标">2018年全区新增小微企业600户', desk
    )
    assert "合计不符" in desk
    assert ">860</a>" in desk
    assert ">850</a>" in desk
    assert post(client, PLAN.read_bytes())["Location"] == where, "the same file, the same reading"
    assert "青岚区2018年" in text(client.get("/office/readings/"))
    back = client.get(address(reading, "file/"))
    assert b"".join(back.streaming_content) == PLAN.read_bytes()


def test_deciding_without_javascript_goes_on_to_the_next(client: StrictClient, city: City) -> None:
    client.force_login(city.programme_officer)
    reading = open_reading(city.programme_officer)
    item = target(reading)
    answer = client.post(
        address(reading, f"items/{item.pk}/"),
        {"step": "accept", "revision": "1", "at_kind": "target"},
    )
    assert answer.status_code == 302
    following = reading.items.of_kind("target").in_order()[1]
    assert (
        answer["Location"] == f"{address(reading)}?kind=target&item={following.pk}#m{following.pk}"
    )
    item.refresh_from_db()
    assert (item.state, item.by) == (ReadingItemState.ACCEPTED, city.programme_officer)
    page = text(client.get(answer["Location"]))
    assert "已读 1，共 54" in page
    assert client.post(address(reading, f"items/{item.pk}/"), {"step": "x"}).status_code == 404


def test_correcting_keeps_what_was_found(client: StrictClient, city: City) -> None:
    client.force_login(city.programme_officer)
    reading = open_reading(city.programme_officer)
    item = target(reading)
    form = text(client.get(f"{address(reading)}?item={item.pk}&mode=edit"))
    assert 'name="f-value" value="600"' in form
    typed = {
        "step": "correct", "revision": "1", "f-clause": "一", "f-indicator": "新增小微企业",
        "f-scope": "全区", "f-comparator": "range", "f-value": "600", "f-unit": "户",
        "f-date": "明年", "f-note": "与附件一致",
    }  # fmt: skip
    wrong = client.post(address(reading, f"items/{item.pk}/"), typed)
    assert wrong.status_code == 422
    assert "范围要填上限" in text(wrong)
    assert "请按示例的写法填写时间" in text(wrong)
    assert 'value="与附件一致"' in text(wrong)
    good = {**typed, "f-upper": "650.5", "f-date": "2018"}
    assert client.post(address(reading, f"items/{item.pk}/"), good).status_code == 302
    item.refresh_from_db()
    assert (item.content["value"], item.found["value"]) == ([600, "650.5"], 600)
    page = text(client.get(f"{address(reading)}?item={item.pk}"))
    assert "600—650.5户（原读作：600户）" in page
    assert "与附件一致" in page


def test_the_second_officer_is_told_and_loses_nothing(client: StrictClient, city: City) -> None:
    reading = open_reading(city.programme_officer)
    item = target(reading)
    other = make_officer(Role.PROGRAMME_OFFICER, CITY, "欧阳静")
    client.force_login(city.programme_officer)
    since = re.search(
        r'id="desk-since" name="since" value="([^"]+)"', text(client.get(address(reading)))
    )
    assert since is not None
    discard_item(item, revision=1, by=other, reason="重复")
    typed = {
        "step": "correct", "revision": "1", "f-clause": "一", "f-indicator": "新设小微企业",
        "f-comparator": "=", "f-value": "601", "f-unit": "户", "f-date": "2018",
    }  # fmt: skip
    answer = client.post(address(reading, f"items/{item.pk}/"), typed, headers=HTMX)
    assert answer.status_code == 409
    page = text(answer)
    assert "<html" not in page
    assert "欧阳静刚刚改过这一条" in page
    assert "欧阳静改成了“未采用”" in page
    assert 'value="新设小微企业"' in page
    assert 'name="revision" value="2"' in page, "saving again is her decision now"
    again = client.post(
        address(reading, f"items/{item.pk}/"),
        {**typed, "revision": "2", "since": since[1]},
        headers=HTMX,
    )
    assert again.status_code == 200
    assert f"{item.pk}:corrected" in text(again), "the mark in the text follows"
    accept_item(target(reading, 250), revision=1, by=other)
    third = target(reading, 200)
    step = {"step": "accept", "revision": "1", "since": since[1]}
    told = text(client.post(address(reading, f"items/{third.pk}/"), step, headers=HTMX))
    assert "欧阳静在您打开本页后处理了 1 条" in told


def test_adding_selected_words(client: StrictClient, city: City) -> None:
    client.force_login(city.programme_officer)
    reading = open_reading(city.programme_officer)
    typed = {
        "add": "responsibility", "quote": "区工业信息局承担日常工作", "start": "9",
        "f-clause": "四/(一)", "f-units": "区工业信息局、区财政局", "f-role": "lead",
    }  # fmt: skip
    assert "补充哪一类？" in text(client.get(f"{address(reading)}?mode=add"))
    wrong = client.post(address(reading, "items/"), {**typed, "quote": "原文里没有的话"})
    assert wrong.status_code == 422
    assert "原文中没有找到这段文字" in text(wrong)
    assert "区工业信息局、区财政局" in text(wrong)
    for _twice in range(2):
        assert client.post(address(reading, "items/"), typed).status_code == 302
    item = reading.items.get(state=ReadingItemState.ADDED)
    assert reading.text[item.start : item.end] == "区工业信息局承担日常工作"
    assert item.content["units"] == ["区工业信息局", "区财政局"]


def test_accepting_a_lot_is_confirmed_first(client: StrictClient, city: City) -> None:
    client.force_login(city.programme_officer)
    reading = open_reading(city.programme_officer)
    where = address(reading, "accept/?kind=target")
    page = text(client.get(where))
    assert "有 12 条未读" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    accept_item(target(reading), revision=1, by=city.programme_officer)
    stale = client.post(address(reading, "accept/"), {"kind": "target", "seen": seen[1]})
    assert stale.status_code == 409
    fresh = re.search(r'name="seen" value="(\w+)"', text(stale))
    assert fresh is not None
    done = client.post(
        address(reading, "accept/"), {"kind": "target", "seen": fresh[1]}, follow=True
    )
    assert "已采用 11 条" in text(done)


def test_from_the_desk_to_a_public_programme(
    client: StrictClient, city: City, tmp_path: Path
) -> None:
    client.force_login(city.programme_officer)
    reading = open_reading(city.programme_officer)
    refused = client.post(address(reading, "complete/"), {**FORM, "step": "complete"})
    assert refused.status_code == 409, "nobody has read it"
    accept_all(reading, city.programme_officer)
    page = text(client.get(address(reading, "complete/")))
    assert "“东坪街道”是哪里" in page
    assert 'value="2018-12-31"' in page
    bad = client.post(address(reading, "complete/"), {**FORM, "programme": "青岚", "scope_3": ""})
    assert bad.status_code == 422
    assert 'value="Qinglan service plan"' in text(bad)
    checked = text(client.post(address(reading, "complete/"), {**FORM, "step": "check"}))
    assert "没有错误。将载入：" in checked
    assert "没有选定“北岭乡”是哪里" in checked
    done = client.post(address(reading, "complete/"), {**FORM, "step": "complete"})
    assert done["Location"] == "/programmes/qinglan-2018/"
    assert client.get(address(reading, "complete/")).status_code == 302
    archive = zipfile.ZipFile(io.BytesIO(client.get(address(reading, "pack.zip")).content))
    archive.extractall(tmp_path)
    reading.refresh_from_db()
    assert reading.version is not None
    assert load_pack(tmp_path / "qinglan-2018").digest == reading.version.digest
    client.logout()
    for path in ("/", "/programmes/qinglan-2018/", "/money/", "/self-check/", "/open-data/"):
        assert client.get(path).status_code == 200, path
    assert "青岚区2018年小微企业成长服务计划" in text(client.get("/programmes/qinglan-2018/"))


def test_an_unread_plan_says_how_much_and_where(client: StrictClient, city: City) -> None:
    client.force_login(city.programme_officer)
    reading = open_reading(city.programme_officer)
    last = reading.items.in_order().last()
    accept_all(reading, city.programme_officer)
    reading.items.filter(pk=last.pk).update(state=ReadingItemState.UNREAD)
    refused = client.post(address(reading, "complete/"), {**FORM, "step": "complete"})
    assert refused.status_code == 409
    assert "还有 1 条没有读" in text(refused)
    assert f"item={last.pk}#m{last.pk}" in text(refused)
    assert 'value="Qinglan service plan"' in text(refused)


def test_a_job_that_gave_up_is_started_again(client: StrictClient, city: City) -> None:
    client.force_login(city.programme_officer)
    where = post(client, PLAN.read_bytes())["Location"]
    reading = PlanReading.objects.get()
    assert reading.job is not None
    fail_job(reading.job, "MemoryError")
    assert "再读一次" in text(client.get(where))
    client.post(f"{where}again/")
    reading.refresh_from_db()
    assert Job.objects.filter(key__startswith=f"reading/{reading.pk}/").count() == 2
    assert reading.job_id is not None
    read_plan(job_id=reading.job_id, reading_id=reading.pk)
    assert "已读 0" in text(client.get(where))


def test_a_hostile_text_stays_text(client: StrictClient, city: City) -> None:
    client.force_login(city.programme_officer)
    picture = "<img src=x onerror=alert(1)>"
    evil = f"<script>alert(1)</script>计划\n一、目标\n到2018年新增{picture}企业30户。\n"
    reading = hand_in(evil.encode(), city.programme_officer, name="<b>计划.txt")
    assert reading.state == ReadingState.OPEN
    page = text(client.get(address(reading)))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_queries_do_not_grow_with_the_items(client: StrictClient, city: City) -> None:
    client.force_login(city.programme_officer)
    counts = []
    for times in (1, 8):
        body = "".join(
            f"（{n}）{PLAN.read_text(encoding='utf-8')[200:900]}\n"
            for n in "一二三四五六七八"[:times]
        )
        reading = hand_in(f"某计划\n一、任务\n{body}".encode(), city.programme_officer)
        client.get(address(reading))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(address(reading)).status_code == 200
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 2
    assert counts[1] < 40
