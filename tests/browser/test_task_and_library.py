"""A task from report to closing by three people, and the library found as one types it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from miaopu.app.demo.supervision import open_supervision
from miaopu.core.models import Region, User
from miaopu.plans.document_actions import Head, add_document, publish_version, save_draft
from miaopu.plans.document_reading import read_document
from miaopu.plans.models import Task, TaskFile
from tests.browser.people import Person

pytestmark = pytest.mark.browser
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
TEXT = "众创空间认定和奖励办法\n一、认定\n场地面积不少于三百平方米。\n"


def _answer(desk: Person, how: str, reason: str) -> None:
    """Choose a conclusion and give its reason, in the form that has the conclusions."""
    form = desk.page.locator("main form").filter(has=desk.page.locator("[name=answer]"))
    form.locator(f"[name=answer][value={how}]").check()
    form.locator("[name=reason]").fill(reason)
    with desk.page.expect_navigation():
        form.get_by_role("button").click()
    desk.check()


def test_reported_returned_reported_again_closed_by_another(
    person: Callable[..., Person],
) -> None:
    open_supervision()
    task = Task.objects.get(programme__slug="guiyang-2018", key="year_goal")
    where = f"/office/tasks/{task.pk}/"
    office = person(375).sign_in("yunyan-reviewer").open(where)
    office.press("报告进展").fill(text="已完成大半", percent="120")
    office.press("提交报告")
    expect(office.page.locator(".field-error").first).to_contain_text("0 至 100")
    office.fill(percent="60").attach("evidence", "台账.pdf", PAPER).press("提交报告")
    assert "等待确认" in office.text()
    chief = person(1366).sign_in("city-programme").open(where)
    assert "已完成大半" in chief.text()
    assert hashlib.sha256(chief.download("台账.pdf")).digest() == hashlib.sha256(PAPER).digest()
    _answer(chief, "send_back", "")
    expect(chief.page.locator(".field-error").first).to_contain_text("请说明退回的原因")
    _answer(chief, "send_back", "缺各乡镇的数")
    office.open(where)
    assert "缺各乡镇的数" in office.text()
    office.press("报告进展").fill(text="各乡镇的数已补齐", percent="100").press("提交报告")
    leader = person(1366, "en").sign_in("leading-group").open(where)
    _answer(leader, "close", "同意办结")
    task.refresh_from_db()
    assert (task.state, task.closed_by) == ("closed", User.objects.get(username="leading-group"))
    assert TaskFile.objects.filter(report__task=task).count() == 1
    office.open(where)
    assert "任务已办结" in office.text()


def test_the_library_is_found_by_pinyin(person: Callable[..., Person]) -> None:
    region = Region.objects.get(code="520100")
    writer, publisher = (User.objects.get(username=f"city-programme{n}") for n in ("", "2"))
    day = date(2018, 3, 1)
    head = Head("众创空间认定和奖励办法", "", "苗圃示例办公室", "measure", region, day, day)
    made = add_document(head, read_document(TEXT.encode(), "a.txt"), kept_in=region, by=writer)
    card = {"what": "认定众创空间", "who": "运营单位", "how_much": "按成效"}
    save_draft(made, head, card, revision=made.revision, by=writer)
    publish_version(made.document.versions.get(), by=publisher)
    reader = person(375).open("/policies/")
    for typed in ("zhongchuangkongjian", "zckj"):
        reader.page.locator("main [name=q]").fill(typed)
        with reader.page.expect_navigation():
            reader.page.keyboard.press("Enter")
        reader.check()
        expect(reader.page.locator("main")).to_contain_text("众创空间认定和奖励办法")
    reader.page.locator("main [name=q]").fill("面积不少于")
    with reader.page.expect_navigation():
        reader.page.keyboard.press("Enter")
    expect(reader.page.locator("main mark").first).to_be_visible()
