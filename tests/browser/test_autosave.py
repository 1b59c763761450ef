"""What is typed is saved while it is typed: a killed tab, two tabs, an upload, an offer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from miaopu.app.demo.load import FIRST_DAY
from miaopu.cases.actions import save_form, submit_case
from miaopu.cases.corrections import Point, ask_correction
from miaopu.cases.enums import PointKind
from miaopu.cases.models import Case, Offer
from miaopu.cases.offering import renew_offers
from miaopu.core.models import User
from miaopu.plans.actions import match_version
from miaopu.plans.models import ProgrammeVersion
from tests.browser.people import Person
from tests.browser.test_path import ANSWERS
from tests.factories import GOOD_FORM

pytestmark = pytest.mark.browser
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
WORDS = "购买育苗设备和原料，改造厂房的用电，再招两名返乡的年轻人。"


def begin(owner: Person) -> str:
    """Begin an application; its number."""
    owner.sign_in("enterprise1").press("查看并申报").press("开始申报")
    return owner.page.url.rstrip("/").split("/")[-2]


def test_a_killed_tab_loses_five_seconds_of_typing_at_the_most(
    person: Callable[..., Person],
) -> None:
    owner = person(1366)
    number = begin(owner)
    path = f"/my/cases/{number}/form/use_of_funds/"
    for _round in range(3):  # typing without a pause, killed every five seconds
        tab = owner.context.new_page()
        tab.goto(owner.site + path)
        area = tab.locator("[name=use_of_funds]")
        area.fill("")
        typed = ""
        for letter in WORDS * 2:
            area.press_sequentially(letter)
            typed += letter
            tab.wait_for_timeout(80)
        before = typed[: -int(5 / 0.08)] if len(typed) > 5 / 0.08 else ""
        tab.context.set_offline(True)  # the machine is gone: not even a farewell is sent
        tab.close()
        owner.context.set_offline(False)
        saved = Case.objects.get(number=number).form["use_of_funds"]
        assert typed.startswith(saved)
        assert len(saved) >= len(before)
        assert len(saved) >= len(typed) // 4, "nothing was saved while typing"


def test_two_tabs_are_told_and_the_button_waits_for_the_save(
    person: Callable[..., Person],
) -> None:
    owner = person(375)
    number = begin(owner)
    path = f"/my/cases/{number}/form/jobs_planned/"
    other = owner.context.new_page()
    other.goto(owner.site + path)
    owner.open(path)
    owner.page.locator("[name=jobs_planned]").press_sequentially("7")
    expect(owner.page.locator("[data-autosave-status]")).to_contain_text("已自动保存")
    other.locator("[name=jobs_planned]").press_sequentially("9")
    expect(other.locator("[data-autosave-status]")).to_contain_text("另一个页面修改")
    assert Case.objects.get(number=number).form["jobs_planned"] == 7
    other.get_by_role("button", name="保存并继续").click()
    expect(other.locator("main")).to_contain_text("另一个页面保存的是：7")
    other.close()
    owner.page.locator("[name=jobs_planned]").fill("8")
    owner.press("保存并继续")
    assert Case.objects.get(number=number).form["jobs_planned"] == 8
    owner.page.go_back()
    expect(owner.page.locator("[name=jobs_planned]")).to_have_value("8")


def test_a_correction_is_saved_while_typing(person: Callable[..., Person]) -> None:
    owner = person(375)
    case = Case.objects.get(number=begin(owner))
    user = User.objects.get(username="enterprise1")
    save_form(case, GOOD_FORM, revision=case.revision, by=user)
    submit_case(case, by=user)
    points = [Point(PointKind.FIELD, "bank_account", "请核对账号")]
    row = ask_correction(case, points, by=User.objects.get(username="yunyan-reviewer"))
    path = f"/my/cases/{case.number}/correction/"
    owner.open(path)
    area = owner.page.locator("[name=correction_remark]")
    area.fill("")
    area.press_sequentially("开户证明下周一才能")
    expect(owner.page.locator("[data-autosave-status]")).to_contain_text("已自动保存")
    area.press_sequentially("拿到")
    owner.page.close()  # what was typed last goes with a request that outlives the page
    owner.page = owner.context.new_page()
    owner.page.wait_for_timeout(500)
    owner.open(path)
    expect(owner.page.locator("[name=correction_remark]")).to_have_value("开户证明下周一才能拿到")
    owner.page.locator("[name=correction_remark]").fill("改好了")
    owner.press("保存并核对")
    owner.page.go_back()
    area = owner.page.locator("[name=correction_remark]")
    expect(area).to_have_value("改好了")
    area.fill("改好了。")  # back and on: no other tab is suspected
    expect(owner.page.locator("[data-autosave-status]")).to_contain_text("已自动保存")
    row.refresh_from_db()
    assert row.remark == "改好了。"


def test_a_paper_is_uploaded_and_removed(person: Callable[..., Person]) -> None:
    owner = person(375)
    number = begin(owner)
    owner.open(f"/my/cases/{number}/files/")
    page = owner.page
    paper = {"name": "计划.pdf", "mimeType": "application/pdf", "buffer": PDF}
    wrong = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"<x>"}
    page.locator("input[type=file]").set_input_files([wrong])
    page.get_by_role("button", name="上传").click()
    expect(page.locator("[data-upload-error]")).to_contain_text("不支持这种文件")
    page.locator("input[type=file]").set_input_files([paper])
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("link", name="计划.pdf")).to_be_visible()
    owner.check()
    page.get_by_role("button", name="移除").click()
    expect(page.get_by_role("link", name="计划.pdf")).to_have_count(0)


@pytest.mark.parametrize(("width", "language"), [(375, "en"), (1366, "zh")])
def test_an_offer_is_consented_to(width: int, language: str, person: Callable[..., Person]) -> None:
    version = ProgrammeVersion.objects.current().get()
    match_version(version, FIRST_DAY)
    renew_offers(version, by=None)
    office = person(width, language).sign_in("city-programme").open("/office/offers/")
    assert office.page.locator("tbody tr").count() > 0
    owner = person(width, language).sign_in("enterprise1")
    page = owner.page
    offer = Offer.objects.get(enterprise__representatives__user__username="enterprise1")
    owner.open(f"/my/offers/{offer.pk}/")
    for name in ("bank_name", "bank_account"):
        page.locator(f"[name={name}]").fill(ANSWERS[name])
    page.locator("[name=commitment]").check()
    owner.press("确认享受" if language == "zh" else "Accept the support")
    case = Case.objects.get(enterprise=offer.enterprise)
    assert case.number in owner.text()
    page.go_back()
    owner.open(f"/my/offers/{offer.pk}/").open(f"/my/cases/{case.number}/")
    assert Case.objects.filter(enterprise=offer.enterprise).count() == 1
