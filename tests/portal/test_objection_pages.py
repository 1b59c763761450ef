"""Objecting without signing in, following it, answering it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from miaopu.cases import objections
from miaopu.cases.models import Case, Objection, Publicity
from miaopu.cases.reminders import remind
from tests.cases.test_objections import PNG, SAID, made, two_published
from tests.factories import City, travel
from tests.harness.pages import StrictClient

pytestmark = pytest.mark.django_db
FOLLOW = "/publicity/objections/"


def said(case: Case, **other: Any) -> dict[str, Any]:
    """What the form posts."""
    return {
        "line": case.number,
        "text": "该店去年已经停业",
        "name": "陈邻居",
        "contact": "13900139000",
        **other,
    }


def address_of(publicity: Publicity) -> str:
    """Where an objection to the list is made."""
    return f"/publicity/{publicity.number}/objection/"


def test_anybody_objects_and_follows(
    client: StrictClient, new_client: Callable[[], StrictClient], city: City
) -> None:
    case, publicity = city.published()
    page = client.get(f"/publicity/{publicity.number}/").content.decode()
    assert address_of(publicity) in page
    form = client.get(address_of(publicity))
    assert form.headers["Cache-Control"].count("no-store")
    photo = SimpleUploadedFile("照片.png", PNG)
    answer = client.post(address_of(publicity), said(case, file=photo))
    assert answer["Location"] == FOLLOW
    row = Objection.objects.get()
    receipt = client.get(FOLLOW).content.decode()
    code = client.session["objections"][row.number]
    assert row.number in receipt and code in receipt
    assert "陈邻居" not in receipt and "13900139000" not in receipt and "停业" not in receipt

    other = new_client()
    assert row.number not in other.get(FOLLOW).content.decode()
    wrong = other.post(FOLLOW, {"number": row.number, "code": "AAAA-BBBB-CCCC"})
    assert wrong.status_code == 422
    assert "对不上" in wrong.content.decode()
    other.post(FOLLOW, {"number": row.number, "code": code.lower().replace("-", "")})
    assert "处理中" in other.get(FOLLOW).content.decode()

    objections.answer_objection(row, upheld=False, by=city.approver, reason="经核实仍在营业")
    assert "经核实仍在营业" in other.get(FOLLOW).content.decode()


def test_public_pages_say_nothing_of_objectors(client: StrictClient, city: City) -> None:
    objection = made(city)
    for address in (f"/publicity/{objection.publicity.number}/", "/publicity/", FOLLOW):
        page = client.get(address).content.decode()
        assert SAID.name not in page and SAID.contact not in page and SAID.text not in page
    client.force_login(city.owner)
    page = client.get(f"/my/cases/{objection.case.number}/").content.decode()
    assert "收到异议" in page
    assert SAID.name not in page and SAID.text not in page


def test_who_is_signed_in_is_not_named_either(client: StrictClient, city: City) -> None:
    case, publicity = city.published()
    client.force_login(city.other_owner)
    city.other_owner.name = "另一企业主"
    city.other_owner.save()
    client.post(address_of(publicity), said(case))
    client.force_login(city.owner)
    page = client.get(f"/my/cases/{case.number}/").content.decode()
    assert "收到异议" in page and "另一企业主" not in page


def test_errors_keep_what_was_typed(client: StrictClient, city: City) -> None:
    case, publicity = city.published()
    for data in (
        said(case, name=""),
        said(case, line=""),
        said(case, line="999"),
        said(case, text="x" * 50_000),
        said(case, file=SimpleUploadedFile("x.pdf", b"MZ" + b"\0" * 300)),
        said(case, file=SimpleUploadedFile("x.pdf", b"")),
    ):
        answer = client.post(address_of(publicity), data)
        assert answer.status_code in (409, 422)
        assert "13900139000" in answer.content.decode()
    assert not Objection.objects.exists()


@pytest.mark.parametrize(
    "strange", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\u202eb", "a\x00b"]
)
def test_hostile_text_is_shown_as_text(client: StrictClient, city: City, strange: str) -> None:
    case, publicity = city.published()
    answer = client.post(
        address_of(publicity), said(case, text=strange, name=strange[:50], contact=strange[:90])
    )
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        assert "<script>alert" not in answer.content.decode()
        return
    row = Objection.objects.get()
    client.force_login(city.approver)
    page = client.get(f"/office/objections/{row.number}/").content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page and "\u202e" not in page


def test_machines_fill_in_too_much(client: StrictClient, city: City) -> None:
    case, publicity = city.published()
    client.post(address_of(publicity), said(case, website="http://example.org"))
    assert not Objection.objects.exists()


def test_floods_are_told_to_wait(
    client: StrictClient, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objections, "MOST_PER_HOUR", 2)
    case, publicity = city.published()
    statuses = [client.post(address_of(publicity), said(case)).status_code for _time in range(3)]
    assert statuses == [302, 302, 429]
    for _time in range(11):
        answer = client.post(FOLLOW, {"number": "x", "code": "y"})
    assert "次数太多" in answer.content.decode()


def test_late_objections_are_told_where_to_go(client: StrictClient, city: City) -> None:
    case, publicity = city.published()
    travel(publicity.ends_on + timedelta(days=1))
    page = client.get(address_of(publicity)).content.decode()
    assert "书面" in page and '<form method="post" action="/publicity' not in page
    answer = client.post(address_of(publicity), said(case))
    assert answer.status_code == 409
    assert "结束" in answer.content.decode()


def test_an_approver_answers(client: StrictClient, city: City) -> None:
    objection = made(city)
    address = f"/office/objections/{objection.number}/"
    client.force_login(city.reviewer)
    page = client.get(address).content.decode()
    assert SAID.name not in page and SAID.contact not in page  # masked for who does not answer
    client.force_login(city.approver)
    assert objection.number in client.get("/office/objections/").content.decode()
    page = client.get(address).content.decode()
    assert SAID.name in page and SAID.contact in page
    assert client.post(address, {"result": "upheld"}).status_code == 422
    client.post(address, {"result": "upheld", "reason": "确已停业"})
    case = Case.objects.get(pk=objection.case_id)
    assert case.state == "accepted"
    again = client.post(address, {"result": "upheld", "reason": "确已停业"}, follow=True)
    assert "无需重复操作" in again.content.decode()


def test_the_list_goes_on_without_the_stopped_line(client: StrictClient, city: City) -> None:
    [first, second], publicity = two_published(city)
    objections.make_objection(publicity, first.number, SAID, by=None)
    travel(publicity.ends_on + timedelta(days=1))
    client.force_login(city.approver)
    page = client.get(f"/office/publicity/{publicity.number}/").content.decode()
    assert "有异议，暂停决定" in page
    packet = client.get(f"/office/cases/{first.number}/").content.decode()
    assert f"/office/cases/{first.number}/grant/" not in packet and "暂停决定" in packet
    client.post(f"/office/publicity/{publicity.number}/decide/")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("published", "granted")
    again = client.post(f"/office/publicity/{publicity.number}/decide/", follow=True)
    assert "请先答复" in again.content.decode()
    data = {"revision": first.revision}
    assert client.post(f"/office/cases/{first.number}/grant/", data).status_code == 409


def test_messages_stand_by_day_and_kind(client: StrictClient, city: City) -> None:
    case = city.submitted()
    travel(case.clocks.get().due_on)
    assert remind() == 1
    client.force_login(city.reviewer)
    page = client.get("/notices/?kind=due").content.decode()
    assert "今天" in page and case.number in page
    assert case.number not in client.get("/notices/?kind=news").content.decode()
    assert client.get("/notices/?kind=<script>").status_code == 200
