"""A threshold goes from 20 to 30 staff: tried, published by another, offered to whom it reaches."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from miaopu.cases.actions import publish_items
from miaopu.core.models import User
from miaopu.engine.packs.schema import Pack
from miaopu.parties.actions import add_representative
from miaopu.plans.actions import load_version, match_version
from miaopu.plans.models import ProgrammeVersion, SimulatedChange
from tests.browser.people import Person
from tests.factories import FIRST_DAY, guiyang_pack

pytestmark = pytest.mark.browser


def load_threshold() -> ProgrammeVersion:
    """The programme with a rule of its own for this test: up to 20 staff."""
    content = guiyang_pack().to_json()
    item = content["items"]["direct_subsidy"]
    item["conditions"][0]["when"] = "employees <= 20"
    item["examples"] = []
    version, _created = load_version(Pack.from_json(content), by=None)
    publish_items(version)
    match_version(version, FIRST_DAY)
    return version


def test_a_threshold_is_changed_by_two_people(
    person: Callable[..., Person],
    demo_site: str,
    worker: None,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    with django_db_blocker.unblock():
        load_threshold()
    officer = person(1366).sign_in("city-programme").go("规则与测算").press("微型企业直接补助")
    officer.press("修改规则").fill(c0_when="employees <= '30'", why="扩大到三十人")
    expect(officer.page.locator(".reading .field-error").first).to_contain_text("数值不加引号")
    officer.press("保存")
    expect(officer.page.locator(".error-summary")).to_contain_text("第 14 个字符处")
    officer.fill(c0_when="employees <= 30", c0_zh="三十人以下", c0_en="30 persons at most")
    officer.press("保存").press("测算影响")
    text = officer.text()
    assert "employees <= 20" in text and "从业人员不超过 30 人" in text
    assert re.search(r"南明区\s+\d+\s+\d+\s+\d+\s+[\d,.]+\s+[\d,.]+", text)  # the cost by district
    officer.press("提请发布")

    second = person(1366).sign_in("leading-group").go("规则与测算").press("第 1 号")
    expect(second.page.locator("main")).to_contain_text("资金增减")
    second.tick("[name=signed]").press("发布")
    second.press("查看重新匹配的进度").wait_for("已完成")

    with django_db_blocker.unblock():
        gaining = SimulatedChange.objects.filter(gains=True).select_related("enterprise").first()
        assert gaining is not None
        add_representative(User.objects.get(username="enterprise3"), gaining.enterprise, by=None)
    owner = person(375).sign_in("enterprise3").open("/my/benefits/")
    for _try in range(20):  # the offers follow the match as a job of their own
        if "待确认" in owner.text():
            break
        owner.page.wait_for_timeout(500)
        owner.open("/my/benefits/")
    owner.press("查看并确认")
    expect(owner.page.locator("main")).to_contain_text("三十人以下")
    expect(owner.page.locator("main")).to_contain_text("45,000")
