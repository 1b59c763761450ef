"""Other ways through the same pages: by keyboard, without scripts, on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.test_path import ANSWERS

pytestmark = pytest.mark.browser


def test_queue_and_skip_link_by_keyboard(person: Callable[..., Person]) -> None:
    reviewer = person(1366).sign_in("yunyan-reviewer").open("/office/enterprises/")
    page = reviewer.page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    rows = page.locator("[data-queue] [data-row]")
    for key, chosen in (("j", 0), ("j", 1), ("j", 2), ("k", 1), ("k", 0), ("k", 0), ("j", 1)):
        page.keyboard.press(key)
        expect(rows.nth(chosen).get_by_role("link").first).to_be_focused()
        expect(page.locator("[data-queue] .chosen")).to_have_count(1)
    name = rows.nth(1).get_by_role("link").first.inner_text()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)

    reviewer.open("/office/enterprises/")
    page.locator("input[name=q]").focus()
    page.keyboard.type("jk")  # in a field these are letters
    expect(page.locator("input[name=q]")).to_have_value("jk")
    expect(page.locator("[data-queue] .chosen")).to_have_count(0)


def test_applying_without_scripts_and_the_receipt_on_paper(person: Callable[..., Person]) -> None:
    owner = person(375, scripts=False).sign_in("enterprise2")
    page = owner.page
    owner.press("查看并申报")
    page.locator("a.clause").first.click()  # the clause is a page of its own
    expect(page.locator("h1")).to_contain_text("二")
    page.go_back()
    owner.press("开始申报").press("在一页上填写全部问题").press("保存并检查")
    first = page.locator(".error-summary a").first
    target = first.get_attribute("href") or ""
    expect(page.locator(target)).to_be_visible()
    for name, value in ANSWERS.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=commitment]").check()
    owner.press("保存并检查").press("确认提交")
    number = page.url.rstrip("/").split("/")[-2]
    expect(page.locator(".receipt")).to_contain_text(number)
    assert page.url.endswith("/receipt/")

    page.emulate_media(media="print")
    expect(page.locator(".receipt-number")).to_be_visible()
    expect(page.locator(".demo-strip strong")).to_be_visible()  # paper of a demo says so
    for hidden in (".main-nav", ".top-tools", ".foot", ".receipt button", ".crumbs"):
        expect(page.locator(hidden)).to_be_hidden()
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
