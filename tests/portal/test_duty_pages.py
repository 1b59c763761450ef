"""Pages of duties, calendar, feed and summaries."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from icalendar import Calendar
from pypdf import PdfReader

from miaopu.core.models import User
from miaopu.engine.packs.schema import Pack
from miaopu.plans.actions import load_version
from miaopu.plans.models import CalendarFeed, DutyRecord
from miaopu.plans.task_actions import close_task
from tests.factories import NANMING, YUNYAN, City, travel
from tests.harness.pages import StrictClient
from tests.plans.supervised import PDF, give_to, report, supervised, task_of

pytestmark = pytest.mark.django_db
SLUG = "guiyang-2018"
TODAY = date(2018, 6, 25)


@pytest.fixture
def tasks(city: City) -> City:
    supervised(city)
    give_to(city, "all_departments", city.reviewer.live_memberships[0].office)
    travel(TODAY)
    return city


def client_of(user: User) -> StrictClient:
    client = StrictClient()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def said(**more: Any) -> dict[str, Any]:
    return {
        "done_on": "2018-05-12",
        "person": "张主任",
        "rank": "principal",
        "place": "文化广场",
        **more,
    }


def test_a_record_is_typed_once_and_the_grid_opens_to_it(tasks: City) -> None:
    client = client_of(tasks.reviewer)
    new = reverse("duty_record_new", args=[SLUG, "publicity_month"])
    wrong = client.post(new, said(region="", person="李四"))
    assert wrong.status_code == 422 and "李四" in wrong.content.decode()
    photo = SimpleUploadedFile("合影.pdf", PDF)
    assert client.post(new, said(region=YUNYAN, evidence=[photo])).status_code == 302
    page = client.get(reverse("duty", args=[SLUG, "publicity_month"]))
    cells = [cell for period in page.context["periods"] for cell in period["cells"]]
    assert [cell["word"] for cell in cells[:7]] == [
        *("未履行", "未履行", "未履行", "未履行", "已履行", "进行中", "未到期"),
    ]
    opened = client.get(page.request["PATH_INFO"] + cells[4]["href"].partition("#")[0])
    assert opened.context["page"].paginator.count == 1
    assert client.get(page.request["PATH_INFO"] + cells[3]["href"].partition("#")[0]).context[
        "page"
    ].paginator.count == 0  # fmt: skip
    record = DutyRecord.objects.get()
    shown = client.get(reverse("duty_record", args=[record.pk]))
    assert "计入2018年5月" in text_of(shown)
    client.cookies["django_language"] = "en"
    assert "Done by" in text_of(client.get(page.request["PATH_INFO"]))
    del client.cookies["django_language"]
    void = client.post(reverse("duty_record", args=[record.pk]), {"reason": "日期填错"})
    assert void.status_code == 302
    assert "已作废" in text_of(client.get(reverse("duty_record", args=[record.pk])))


def test_the_register_of_a_duty_is_in_the_readers_language(tasks: City) -> None:
    client, address = client_of(tasks.reviewer), reverse("duty", args=[SLUG, "eight_venues"])
    client.post(reverse("duty_record_new", args=[SLUG, "eight_venues"]), said(venue="1"))
    client.cookies["django_language"] = "en"
    shown = client.get(address)
    assert [str(column.title) for column in shown.context["records"].columns][:2] == [
        *("Date", "Done by"),
    ]
    for nonsense in ("²", "20²8", "x"):
        assert client.get(address, {"year": nonsense}).status_code == 200


def test_a_cell_of_a_district_opens_to_the_records_of_that_district(tasks: City) -> None:
    data = tasks.version.pack.to_json()
    for one in data["duties"]:
        if one["id"] == "publicity_month":
            one["rotates"] = False  # every district each month
    load_version(Pack.from_json(data), by=None)
    client = client_of(tasks.reviewer)
    new = reverse("duty_record_new", args=[SLUG, "publicity_month"])
    assert client.post(new, said(region=YUNYAN)).status_code == 302
    address = reverse("duty", args=[SLUG, "publicity_month"])
    for region, count in ((YUNYAN, 1), (NANMING, 0)):
        opened = client.get(address, {"period": "2018-05", "subject": region})
        assert opened.context["opened"]["done"] == count
        assert opened.context["page"].paginator.count == count


def test_the_list_of_duties_says_what_is_due_and_the_phases(tasks: City) -> None:
    page = text_of(client_of(tasks.reviewer).get(reverse("duties")))
    assert "0 / 5（0%）" in page and "截止 2018年6月30日" in page and "进行中" in page
    nothing = client_of(tasks.other_reviewer).get(reverse("duties"))
    assert nothing.context["groups"] == []


def test_the_calendar_shows_the_month_and_works_by_address(tasks: City) -> None:
    client, address = client_of(tasks.reviewer), reverse("duty_calendar")
    june = client.get(address)
    assert [day for day, _entries in june.context["days"]] == [date(2018, 6, 30)]
    november = client.get(address, {"month": "2018-11"})
    assert "完成全年任务" in text_of(november)
    assert "休" in text_of(client.get(address, {"month": "2018-10"}))  # the holiday in October
    for nonsense in ("x", "2018-13", "0000-01", "9999-99", "2018-²", "20²8-01"):
        assert client.get(address, {"month": nonsense}).status_code == 200
    only = client.get(address, {"month": "2018-11", "kind": "task"})
    assert {one["kind"] for _day, rows in only.context["days"] for one in rows} == {"任务"}


def test_a_feed_is_shown_once_read_without_signing_in_and_revoked(tasks: City) -> None:
    client, address = client_of(tasks.reviewer), reverse("duty_calendar")
    assert client.post(address, {"office": ""}).status_code == 302
    shown = client.get(address).context["new_feed"]
    assert shown.startswith("http://") and client.get(address).context["new_feed"] == ""
    path = shown.removeprefix("http://testserver")
    answer = StrictClient().get(path)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert events and all(str(one["URL"]).startswith("http://testserver/office/") for one in events)
    [feed] = CalendarFeed.objects.all()
    assert path.rpartition("/")[2].removesuffix(".ics") not in feed.digest
    assert client.post(reverse("feed_revoke", args=[feed.pk])).status_code == 302
    assert StrictClient().get(path).status_code == 404


@pytest.mark.parametrize("half", ["midterm", "year-end"])
def test_summaries_say_what_the_records_say(tasks: City, half: str) -> None:
    report(task_of(tasks, "funds"), tasks.reviewer, 100)
    close_task(task_of(tasks, "funds"), by=tasks.programme_officer)
    report(task_of(tasks, "key_groups"), tasks.reviewer)
    client = client_of(tasks.programme_officer)
    page = client.get(reverse("programme_summary", args=[SLUG]))
    figures = {str(one["label"]): one["count"] for one in page.context["figures"]}
    assert figures["已办结"] == "1"
    word = client.get(reverse("summary_file", args=[SLUG, half, "docx"]))
    document = Document(io.BytesIO(word.content))
    said_there = "\n".join(one.text for one in document.paragraphs)
    assert "截至2018年6月25日" in said_there
    assert f"列入督办的任务20项，其中红灯0项，黄灯{figures['黄灯']}项" in said_there
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "落实市县配套资金" in cells and "每月一个区县办宣传月" in cells
    pdf = client.get(reverse("summary_file", args=[SLUG, half, "pdf"]))
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(pdf.content)).pages)
    assert "每月一个区县办宣传月" in text.replace("\n", "")
    assert word.content == client.get(reverse("summary_file", args=[SLUG, half, "docx"])).content
    assert client.get(reverse("summary_file", args=[SLUG, half, "exe"])).status_code == 404
    assert client_of(tasks.reviewer).get(page.request["PATH_INFO"]).status_code == 404


def test_a_duty_of_the_future_is_refused_with_everything_typed(tasks: City) -> None:
    new = reverse("duty_record_new", args=[SLUG, "eight_venues"])
    later = (TODAY + timedelta(days=3)).isoformat()
    answer = client_of(tasks.reviewer).post(new, said(done_on=later, venue="1", text="预定"))
    assert answer.status_code == 422 and "预定" in answer.content.decode()
    assert "不能登记还没有发生的事" in text_of(answer)
