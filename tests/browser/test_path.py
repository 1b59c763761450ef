"""The shortest path in a real browser, pages in English, the clause beside the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.browser.people import Person

pytestmark = pytest.mark.browser

ANSWERS = {
    "contact_phone": "13800138000",
    "bank_name": "贵阳银行云岩支行",
    "bank_account": "6222020200012345678",
    "jobs_planned": "5",
    "use_of_funds": "购买设备和原料",
}


def fill_in(owner: Person) -> None:
    """Answer page after page, whatever is asked, until nothing is left to ask."""
    page = owner.page
    for _page in range(len(ANSWERS) + 1):
        if "/form/" not in page.url:
            return
        for name, value in ANSWERS.items():
            field = page.locator(f"[name={name}]")
            if field.count():
                field.fill(value)
        box = page.locator("[name=commitment]")
        if box.count():
            box.check()
        owner.press("保存并继续")
    raise AssertionError(f"the form does not end: {page.url}")


def apply(owner: Person) -> str:
    """Apply as an enterprise does: look, start, fill in, correct what is wrong, submit."""
    owner.sign_in("enterprise1")
    owner.press("查看并申报").press("开始申报")
    page = owner.page
    assert "已替您填好" in owner.text()  # the contact is known: one task less
    owner.press("继续填写")
    owner.press("保存并继续")  # nothing filled in yet: every error is told and leads to its field
    summary = page.locator(".error-summary")
    expect(summary).to_be_visible()
    expect(summary).to_be_focused()
    first = summary.get_by_role("link").first
    target = first.get_attribute("href") or ""
    first.click()
    expect(page.locator(target)).to_be_focused()
    fill_in(owner)
    owner.press("下一步：核对并提交")
    assert "***" in owner.text()
    owner.press("确认提交")
    number = page.url.rstrip("/").split("/")[-2]
    assert number in owner.text()
    page.go_back()  # the back button after submitting: still one application
    page.goto(f"{owner.site}/my/cases/{number}/check/")
    expect(page).not_to_have_url(f"{owner.site}/my/cases/{number}/check/")
    return number


@pytest.mark.slow
def test_from_clause_to_published_yuan(person: Callable[..., Person], capsys: Any) -> None:
    """The short way, offices included, on a telephone; test_whole_job.py has the desk."""
    width = 375
    public = person(width).open("/")
    assert "3,500" in public.text()
    public.open("/programmes/guiyang-2018/").open("/programmes/guiyang-2018/items/direct_subsidy/")
    public.open("/programmes/guiyang-2018/clauses/三/(二)/")

    owner = person(width)
    number = apply(owner)

    reviewer = person(width).sign_in("yunyan-reviewer")
    reviewer.open("/office/cases/").press(number)
    reviewer.press("受理，开始审核")
    reviewer.page.locator("[name=decide_mature][value=yes]").check()
    reviewer.page.locator("[name=signed]").check()
    reviewer.press("提出同意意见")
    assert "拟同意" in reviewer.text()

    approver = person(width).sign_in("yunyan-approver")
    approver.open(f"/office/cases/{number}/").press("批准")
    approver.open("/office/publicity/").press("发布这份名单")
    approver.open("/office/publicity/")

    public.open("/publicity/")
    assert "云岩区" in public.text()
    public.press("guiyang-2018-520103-0001")
    listed = public.text()
    assert "45,000" in listed
    assert "6222020200012345678" not in listed
    assert "13800138000" not in listed

    public_clock = person(width).sign_in("city-programme")
    public_clock.open("/demo/clock/")
    public_clock.page.locator("input[type=date]").fill("2018-05-22")
    public_clock.press("推进日期")

    approver.open(f"/office/cases/{number}/").press("决定扶持并承诺资金")
    assert "已决定扶持" in approver.text()

    finance = person(width).sign_in("yunyan-finance")
    finance.open("/finance/payments/").press(f"A{number}")
    finance.page.locator("[name=bank_reference]").fill("B20180522-001")
    finance.press("已拨付，记入账簿")
    assert "已拨付" in finance.text()

    public.open("/").open("/money/").open("/money/awards/").open(f"/money/awards/A{number}/")
    assert "31,500.00" in public.text()
    assert "4,500.00" in public.text()
    assert "9,000.00" in public.text()
    public.open("/verify/")
    owner.open(f"/my/cases/{number}/").open("/notices/")
    assert "已拨付" in owner.text()

    capsys.readouterr()
    call_command("verify_books", format="json")
    assert json.loads(capsys.readouterr().out)["ok"] is True


PAGES = {
    "": ["/", "/gallery/", "/publicity/", "/money/", "/verify/", "/sign-in/"],
    "enterprise3": ["/my/", "/my/cases/"],
    "city-programme": ["/office/", "/office/entitlements/", "/office/enterprises/", "/finance/"],
    "auditor": ["/audit/events/", "/office/cases/", "/finance/payments/"],
}


@pytest.mark.parametrize("width", [375, 1366])
def test_pages_in_english(width: int, person: Callable[..., Person]) -> None:
    """The other language has other widths; test_accessible.py walks the pages in Chinese."""
    for username, paths in PAGES.items():
        visitor = person(width, "en")
        if username:
            visitor.sign_in(username)
        for path in paths:
            visitor.open(path)
            heading = visitor.page.locator("h1").first.inner_text()
            assert not any("\u4e00" <= letter <= "\u9fff" for letter in heading), path


def test_clause_opens_beside_the_page(person: Callable[..., Person]) -> None:
    visitor = person(1366).open("/programmes/guiyang-2018/items/direct_subsidy/")
    visitor.page.locator("a.clause").first.click()
    expect(visitor.page.locator("#aside")).to_be_visible()
    visitor.check()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("#aside")).to_be_hidden()
    assert visitor.page.url.endswith("/direct_subsidy/")
