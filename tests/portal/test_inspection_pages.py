"""Pages of self-inspection, standards, visits and the survey: nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from miaopu.bases import admission
from miaopu.bases.enums import CarrierType
from miaopu.bases.models import BaseVisit, InspectionSheet, Rectification, SurveyInvitation
from miaopu.bases.silence_actions import apply_silence, note_silence
from miaopu.bases.survey_actions import open_survey
from miaopu.core.models import User
from tests.bases.factories import build_park
from tests.bases.inspected import problem
from tests.factories import City, make_enterprise, travel
from tests.harness.pages import StrictClient
from tests.plans.supervised import PDF

pytestmark = pytest.mark.django_db


def client_of(user: User) -> StrictClient:
    client = StrictClient()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_form_is_saved_while_typing_and_two_pages_are_told(city: City) -> None:
    park = build_park(city, city.enterprise)
    park.admitted()
    office, mine = client_of(city.programme_officer), client_of(city.owner)
    called = reverse("inspection_open", args=["guiyang-2018", "half_year"])
    assert office.post(called).status_code == 302
    sheet = InspectionSheet.objects.get()
    page = reverse("my_sheet", args=[sheet.pk])
    typed = {"revision": "1", "team-finding": "good", "safety-text": "缺灭火器"}
    saved = mine.post(page, typed, headers={"Autosave": "1"})
    assert (saved.status_code, saved.json()) == (200, {"revision": 2})
    stale = {**typed, "safety-text": "另一页写的"}
    assert mine.post(page, stale, headers={"Autosave": "1"}).status_code == 409
    told = mine.post(page, stale)
    assert told.status_code == 409
    assert "另一页写的" in told.content.decode() and "缺灭火器" in told.content.decode()
    again = mine.post(page, {**stale, "revision": "2", "safety-deadline": "x"})
    assert again.status_code == 422  # the day cannot be read; the rest is kept
    assert sheet.answers.get(item="safety").text == "另一页写的"
    wanting = mine.post(f"{page}?then=hand_in", {**stale, "revision": "3"})
    assert wanting.status_code == 422 and "请选择自查结果" in wanting.content.decode()
    good = {f"{one}-finding": "good" for one in ("department", "premises", "team", "funds", "rent")}
    said = {
        **{"revision": "3", "safety-finding": "problem", "safety-text": "缺灭火器"},
        **{"safety-owner": "李安全", "safety-measure": "补配", "safety-deadline": "2018-06-29"},
    }
    assert mine.post(f"{page}?then=hand_in", {**good, **said}).status_code == 302
    row = Rectification.objects.get()
    assert row.number in text_of(mine.get(page))
    board = client_of(city.reviewer).get(reverse("inspection_board"))
    [line] = board.context["table"].rows
    assert (line["handed_in"], line["standing"], line["overdue_href"]) == (1, 1, "")
    opened = client_of(city.reviewer).get(line["standing_href"])
    assert opened.context["page"].paginator.count == 1


def test_what_silence_leads_to_stands_on_the_pages(city: City) -> None:
    park = build_park(city, city.enterprise)
    park.admitted()
    office, mine = client_of(city.programme_officer), client_of(city.owner)
    office.post(reverse("inspection_open", args=["guiyang-2018", "half_year"]))
    sheet = InspectionSheet.objects.get()
    page, desk = (reverse(name, args=[sheet.pk]) for name in ("my_sheet", "inspection_sheet"))
    assert "不上报会怎样" in text_of(mine.get(page))  # told before it happens
    build_park(city, name="后来准入的基地").admitted()
    board = reverse("inspection_board")
    [later] = office.get(board).context["later"]
    add = reverse("sheets_add", args=[later.campaign.pk])
    wrong = office.post(add, {f"later-{later.campaign.pk}-due_on": "2018-05-01"})
    assert wrong.status_code == 409 and "2018-05-01" in wrong.content.decode()
    due = f"{later.form.initial['due_on']:%Y-%m-%d}"
    assert office.post(add, {f"later-{later.campaign.pk}-due_on": due}).status_code == 302
    assert office.get(board).context["later"] == []
    travel(date(2018, 6, 16))
    note_silence()
    travel(date(2018, 6, 26))
    apply_silence()
    assert "待县区上门检查" in text_of(mine.get(page))
    checker, check = client_of(city.reviewer), reverse("sheet_check", args=[sheet.pk])
    items = ("department", "premises", "team", "funds", "rent")
    typed = {"revision": "2", **{f"{one}-finding": "good" for one in items}}
    half = {**typed, "safety-finding": "problem", "safety-text": "缺灭火器"}
    wanting = checker.post(check, half)
    assert wanting.status_code == 422 and "缺灭火器" in wanting.content.decode()
    undo = {"revision": "2", "until": "2018-07-03", "reason": "园区停电"}
    assert checker.post(desk, undo).status_code == 403
    assert office.post(desk, {**undo, "reason": ""}).status_code == 422
    assert office.post(desk, undo).status_code == 302
    told = checker.post(check, {**typed, "safety-finding": "good"})
    assert told.status_code == 409  # taken back meanwhile
    assert "请在 2018年7月3日 前补报" in text_of(mine.get(page))


def test_a_problem_s_evidence_is_for_those_who_work_with_it(city: City) -> None:
    park = build_park(city, city.enterprise)
    park.admitted()
    row = problem(park)
    mine, page = client_of(city.owner), reverse("my_rectification", args=[row.number])
    bare = mine.post(page, {"revision": "1", "text": "已补配两具"})
    assert bare.status_code == 409 and "已补配两具" in bare.content.decode()
    photo = SimpleUploadedFile("后.pdf", PDF)
    done = mine.post(page, {"revision": "1", "text": "已补配两具", "evidence": [photo]})
    assert done.status_code == 302
    file = reverse("rectification_file", args=[row.files.get().pk])
    for reader in (city.owner, city.reviewer):
        sent = client_of(reader).get(file)
        assert b"".join(sent.streaming_content) == PDF
    for stranger in (city.other_owner, city.other_reviewer, city.finance):
        assert client_of(stranger).get(file).status_code == 404
    checker, office = client_of(city.reviewer), reverse("rectification", args=[row.number])
    checked = {"step": "confirm", "confirm-revision": "1", "confirm-reason": "现场看过"}
    stale = checker.post(office, checked)
    assert stale.status_code == 409 and "现场看过" in stale.content.decode()
    assert checker.post(office, {**checked, "confirm-revision": "2"}).status_code == 302
    other = client_of(city.leading_group).post(office, {**checked, "step": "reopen"})
    assert other.status_code == 422


def test_standards_stand_on_the_page_of_admission(city: City) -> None:
    park = build_park(city, carrier_type=CarrierType.MICRO_PARK)
    base = admission.propose_base(park.base, by=park.runner)
    client, page = client_of(city.approver), reverse("office_base", args=[base.number])
    shown = text_of(client.get(page))
    assert "微型企业孵化园准入标准" in shown and "待核实" in shown and "2016年1月1日" in shown
    select = reverse("office_base_step", args=[base.number, "select"])
    step = {"select-revision": str(base.revision), "select-reason": "看过现场"}
    refused = client.post(select, step)
    assert refused.status_code == 409 and "看过现场" in refused.content.decode()
    answers = reverse("standard_answers", args=[base.number, "guiyang-2018", "micro_park"])
    given = {"micro_park-free_services_percent": "25", "micro_park-industry": "yes"}
    assert client.post(answers, given).status_code == 302
    assert "25" in text_of(client.get(page))
    assert client.post(select, step).status_code == 302


def test_a_visit_and_a_survey_from_their_pages(city: City) -> None:
    park = build_park(city)
    base = park.admitted()
    client, page = client_of(city.reviewer), reverse("visit_new", args=[base.number])
    wrong = client.post(page, {"visited_on": "2018-05-10", "person": "张局长"})
    assert wrong.status_code == 422 and "张局长" in wrong.content.decode()
    seen = {
        **{
            "visited_on": "2018-05-10",
            "person": "张局长",
            "rank": "deputy",
            "findings": "查看消防",
        },
        **{"problems": "电梯未年检\n\n疏散标志损坏\n", "deadline": "2018-06-29"},
    }
    photo = SimpleUploadedFile("现场.pdf", PDF)
    assert client.post(page, {**seen, "evidence": [photo]}).status_code == 302
    assert Rectification.objects.filter(visit=BaseVisit.objects.get()).count() == 2
    care = text_of(client.get(reverse("office_base_care", args=[base.number])))
    assert "分管或副职领导" in care and "电梯未年检" in care
    park.tenant(enterprise=city.enterprise, team="")
    park.tenant(enterprise=make_enterprise(), team="")
    open_survey(city.version, "satisfaction", by=city.programme_officer)
    mine = client_of(city.owner)
    rate = reverse("my_survey", args=[SurveyInvitation.objects.for_user(city.owner).get().pk])
    assert mine.post(rate, {"services": "5"}).status_code == 422
    scores = {"services": "5", "staff": "4", "costs": "1"}
    assert mine.post(rate, scores).status_code == 302
    assert "您已经评价过" in text_of(mine.get(rate))
    assert mine.post(rate, scores).status_code == 409
