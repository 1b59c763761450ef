"""Pages of tasks: the board's counts, the page of a task, reporting, answering, units."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from miaopu.core.enums import Role
from miaopu.core.models import Office, User
from miaopu.plans.actions import load_version
from miaopu.plans.enums import TaskState
from miaopu.plans.models import Task, TaskFile, TaskReport, Unit, UnitOffice
from miaopu.plans.task_actions import ask_extension, close_task
from tests.factories import FIRST_DAY, YUNYAN, City, guiyang_pack, make_officer, travel
from tests.harness.pages import StrictClient
from tests.plans.supervised import PDF, changed, report, supervised, taiyuan, task_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tasks(city: City) -> City:
    supervised(city)
    return city


def client_of(user: User) -> StrictClient:
    client = StrictClient()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def board(user: User, **query: Any) -> Any:
    return client_of(user).get(reverse("task_board"), query)


def test_every_count_of_the_board_opens_to_exactly_its_tasks(tasks: City) -> None:
    travel(FIRST_DAY + timedelta(days=31))
    report(task_of(tasks, "key_groups"), tasks.reviewer)
    report(task_of(tasks, "funds"), tasks.reviewer, 100)
    close_task(task_of(tasks, "funds"), by=tasks.programme_officer)
    client = client_of(tasks.programme_officer)
    page = client.get(reverse("task_board"))
    counts = {one["label"]: one for one in page.context["figures"]}
    assert sum(int(counts[word]["count"]) for word in list(counts)[:4]) == 20
    for way in ("", "unit", "clause"):
        shown = client.get(reverse("task_board"), {"by": way} if way else {})
        assert shown.status_code == 200
    for one in page.context["figures"]:
        opened = client.get(one["href"])
        assert opened.context["page"].paginator.count == int(one["count"]), one
    for way in ("unit", "clause"):
        for row in client.get(reverse("task_board"), {"by": way}).context["table"].rows:
            assert client.get(row["all_href"]).context["page"].paginator.count == row["all"]
            if row["red_href"]:
                opened = client.get(row["red_href"])
                assert opened.context["page"].paginator.count == row["red"]


def test_taiyuans_board_shows_59_marks_and_says_where_no_office_is(city: City) -> None:
    load_version(taiyuan(), by=None)
    Office.objects.filter(pk=city.auditor.live_memberships[0].office_id).update(region="140100")
    auditor = User.objects.get(pk=city.auditor.pk)
    page = board(auditor, mark="yes")
    assert page.context["page"].paginator.count == 59
    assert page.context["page"].paginator.num_pages == 3
    by_unit = board(auditor, mark="yes", by="unit")
    assert all(row["offices"] == "还没有机构" for row in by_unit.context["table"].rows)
    bare = Task.objects.get(programme__slug="taiyuan-2015", by_mark=True, units=None)
    shown = text_of(client_of(auditor).get(reverse("task", args=[bare.pk])))
    assert bare.pending is not None and bare.pending["zh"] in shown


def test_a_task_page_says_why_and_offers_the_next_step(tasks: City) -> None:
    task = task_of(tasks, "key_groups")
    address = reverse("task", args=[task.pk])
    holder = client_of(tasks.reviewer).get(address)
    assert holder.context["may_report"] and not holder.context["nobody"]
    assert "绿灯" in text_of(holder)
    travel(FIRST_DAY + timedelta(days=40))
    late = text_of(client_of(tasks.programme_officer).get(address))
    assert "为什么是黄灯" in late and "没有报告" in late
    client = client_of(tasks.programme_officer)
    client.cookies["django_language"] = "en"
    english = text_of(client.get(address))
    assert "Key groups first" in english and "Why: Yellow" in english


def test_report_with_evidence_and_its_download(tasks: City) -> None:
    task = task_of(tasks, "key_groups")
    client, address = client_of(tasks.reviewer), reverse("task_report", args=[task.pk])
    wrong = client.post(address, {"text": "走访二十户", "percent": "150", "quantity": "3"})
    assert wrong.status_code == 422 and "走访二十户" in wrong.content.decode()
    files = [SimpleUploadedFile("名单.pdf", PDF), SimpleUploadedFile("空.pdf", b"")]
    refused = client.post(address, {"text": "好", "percent": "5", "evidence": files})
    assert refused.status_code == 422 and not TaskReport.objects.exists()
    good = {
        "text": "走访二十户",
        "percent": "40",
        "quantity": "20",
        "quantity_unit": "户",
        "evidence": [SimpleUploadedFile("名单.pdf", PDF)],
    }
    assert client.post(address, good).status_code == 302
    kept = TaskFile.objects.get()
    page = client.get(reverse("task", args=[task.pk]))
    assert kept.file.sha256[:16] in page.content.decode() and "20 户" in text_of(page)
    sent = client.get(reverse("task_file", args=[kept.pk]))
    content = b"".join(sent.streaming_content)  # type: ignore[attr-defined]
    assert hashlib.sha256(content).hexdigest() == kept.file.sha256
    assert sent["Content-Disposition"].startswith("attachment")


def test_answering_needs_a_reason_to_return_and_tells_of_what_is_stale(tasks: City) -> None:
    task = task_of(tasks, "key_groups")
    report(task, tasks.reviewer)
    client = client_of(tasks.programme_officer)
    address = reverse("task_step", args=[task.pk, "answer"])
    wrong = client.post(address, {"revision": 2, "answer": "send_back", "reason": ""})
    assert wrong.status_code == 422
    report(task, tasks.other_reviewer)  # meanwhile
    stale = client.post(address, {"revision": 2, "answer": "close", "reason": "都完成了"})
    assert stale.status_code == 409
    assert "都完成了" in stale.content.decode() and "报告进展" in text_of(stale)
    done = client.post(address, {"revision": 3, "answer": "close", "reason": "都完成了"})
    assert done.status_code == 302
    task.refresh_from_db()
    assert task.state == TaskState.CLOSED
    again = client.post(address, {"revision": 3, "answer": "close", "reason": "都完成了"})
    assert again.status_code == 409


def test_more_time_is_asked_for_and_answered_on_the_page(tasks: City) -> None:
    task = task_of(tasks, "year_goal")
    ask = reverse("task_step", args=[task.pk, "extension"])
    wanted = {"revision": 1, "to_due": "2018-12-15", "reason": "资金下达较晚"}
    assert client_of(tasks.reviewer).post(ask, wanted).status_code == 302
    chief = client_of(tasks.programme_officer)
    assert "资金下达较晚" in text_of(chief.get(reverse("task", args=[task.pk])))
    answer = reverse("task_step", args=[task.pk, "answer-extension"])
    said = {"revision": 1, "granted": "yes", "reason": "同意"}
    assert chief.post(answer, said).status_code == 302
    page = text_of(chief.get(reverse("task", args=[task.pk])))
    assert "2018年12月15日" in page and "期限 2018-11-30 → 2018-12-15" in page
    deadline = reverse("task_step", args=[task.pk, "deadline"])
    printed = chief.post(deadline, {"revision": 2, "due_on": "2018-06-30", "reason": "x"})
    assert printed.status_code == 409


def test_the_trail_says_what_a_version_changed(tasks: City) -> None:
    load_version(changed(guiyang_pack(), key_groups={"due": "2018-10-31"}), by=None)
    task = task_of(tasks, "key_groups")
    page = text_of(client_of(tasks.programme_officer).get(reverse("task", args=[task.pk])))
    assert "第 2 版" in page and "2018-12-31 → 2018-10-31" in page


def test_units_get_offices_by_whoever_looks_after_the_programme(tasks: City) -> None:
    unit = Unit.objects.get(key="finance")
    office = tasks.finance.live_memberships[0].office
    client, address = client_of(tasks.programme_officer), reverse("task_units")
    assert client.post(address, {"unit": unit.pk}).status_code == 422
    assert client.post(address, {"unit": unit.pk, "office": office.pk}).status_code == 302
    row = UnitOffice.objects.get(unit=unit)
    assert row.office == office
    # The bureau's officer sees the task on the board from now on, and may report.
    funds = task_of(tasks, "funds")
    bureau = client_of(tasks.finance)
    assert bureau.get(reverse("task_report", args=[funds.pk])).status_code == 200
    assert client.post(reverse("unit_remove", args=[row.pk])).status_code == 302
    assert bureau.get(reverse("task", args=[funds.pk])).status_code == 404


def test_who_does_not_look_after_the_programme_takes_no_office_away(tasks: City) -> None:
    row = UnitOffice.objects.filter(unit__key="local_governments", office__region=YUNYAN).get()
    district = client_of(make_officer(Role.PROGRAMME_OFFICER, YUNYAN))
    shown = district.post(reverse("unit_remove", args=[row.pk]), follow=True)
    assert "您的角色不能办理这一步" in text_of(shown) and "不再承担" not in text_of(shown)
    assert UnitOffice.objects.filter(pk=row.pk).exists()


def test_the_first_page_names_tasks_and_duties_that_wait(tasks: City) -> None:
    page = client_of(tasks.reviewer).get(reverse("office_home"))
    rows = page.context["tasks"]
    assert rows.count == Task.objects.for_user(tasks.reviewer).count()
    assert "任务和职责" in text_of(page)
    report(task_of(tasks, "key_groups"), tasks.reviewer)
    chief = client_of(tasks.programme_officer).get(reverse("office_home"))
    assert [row.title for row in chief.context["tasks"].rows] == ["重点人群优先"]
    ask_extension(task_of(tasks, "year_goal"), FIRST_DAY.replace(year=2019), by=tasks.reviewer,
                  reason="晚了")  # fmt: skip
    assert board(tasks.programme_officer, todo="mine").context["page"].paginator.count == 2


def test_the_board_asks_the_database_as_often_for_many_tasks_as_for_few(
    tasks: City, django_assert_max_num_queries: Any
) -> None:
    client = client_of(tasks.programme_officer)
    client.get(reverse("task_board"))
    with django_assert_max_num_queries(24):
        client.get(reverse("task_board"))
