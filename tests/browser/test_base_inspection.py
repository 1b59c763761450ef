"""A base inspects itself, mends a problem with proof, is scored and comes into class II."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect

from miaopu.bases.inspection_enums import RectificationState
from miaopu.bases.models import Rectification
from miaopu.core.models import User
from miaopu.monitoring.models import AssessmentCertificate
from tests.browser.papers import words_of
from tests.browser.people import PASSWORD, Person
from tests.factories import City, travel
from tests.monitoring.campaigns import FIGURES, PDF, Campaigning, campaigning

pytestmark = pytest.mark.browser
DESK, PHONE = 1366, 375
Make = Callable[..., Person]
# Two of the five haves, and half of the help: 72 of 100 with the points of the figures.
GIVEN = {"department": "4", "premises": "4", "policies": "4", "growth_plans": "5", "services": "5"}
LACKING = {"staff": "0", "funds": "0"}
PROVEN = ("policies", "growth_plans", "services", "tax_now")


def inspect_and_mend(citizen: Make, work: Campaigning) -> None:
    """The form on a telephone with a problem, its mending with proof, the district's check."""
    city, number = work.city, work.parks[0].base.number
    citizen(DESK).sign_in(city.programme_officer.username).go("自查整改").press(
        "部署自查 · 上半年基地自查"
    )
    runner = citizen(PHONE).sign_in(work.parks[0].runner.username).open(f"/my/care/{number}/")
    runner.press("上半年基地自查")
    items = ("department", "premises", "team", "funds", "rent")
    runner.tick(*(f"[name={item}-finding][value=good]" for item in items))
    runner.tick("[name=safety-finding][value=problem]")
    expect(runner.page.locator("[data-autosave-status]")).to_contain_text("已自动保存")
    runner.press("上报自查表")
    expect(runner.page.locator(".error-summary")).to_contain_text("请写明存在的问题")
    runner.page.locator("[name=safety-deadline]").fill("2018-06-29")
    runner.fill(
        **{"safety-text": "缺两具灭火器", "safety-owner": "李安全", "safety-measure": "补配"}
    )
    runner.press("上报自查表").press(f"{number}-Z001")
    runner.fill(text="已补配两具").attach("evidence", "整改后.pdf", PDF).press("报告整改完成")
    expect(runner.page.locator("main")).to_contain_text("待核查")

    reviewer = citizen(DESK).sign_in(city.reviewer.username).go("自查整改")
    expect(reviewer.page.locator("main table")).to_contain_text("云岩区")
    reviewer.open("/office/rectifications/?state=reported").press(f"{number}-Z001")
    expect(reviewer.page.locator("main")).to_contain_text("整改后.pdf")
    reviewer.fill(**{"confirm-reason": "现场看过，已补齐"}).press("核查通过，销号")
    expect(reviewer.page.locator("main")).to_contain_text("已销号")
    row = Rectification.objects.get()
    assert row.state == RectificationState.CLOSED
    assert row.checked_by_id != row.reported_by_id


def test_from_self_inspection_to_class_two(committed_city: City, citizen: Make) -> None:
    work = campaigning(committed_city, bases=1)
    User.objects.update(password=make_password(PASSWORD))
    inspect_and_mend(citizen, work)

    # The half-year is scored already; the year is scored before our eyes.
    campaign = work.opened(2017)
    work.settled(work.sheet(campaign, "half"), GIVEN | LACKING, "0")
    path = f"/scoring/sheets/{work.sheet(campaign).pk}/"
    runner = citizen(PHONE).sign_in(work.parks[0].runner.username).open(path)
    runner.fill(**{f"'s-{line}.points'": points for line, points in (GIVEN | LACKING).items()})
    runner.fill(**{f"'s-{name}.points'": value for name, value in FIGURES.items()})
    expect(runner.page.locator("[data-autosave-status]")).to_contain_text("已自动保存")
    for place, line in enumerate(PROVEN):
        runner.attach(f"'f-{line}'", f"{line}.pdf", PDF.replace(b"%d", str(2000 + place).encode()))
    runner.press("保存并提交")
    reviewer = citizen(DESK).sign_in(work.city.reviewer.username).open(path)
    reviewer.fill(**{"'s-satisfaction.points'": "0"}).press("保存并提交")
    officer = citizen(DESK).sign_in(work.city.programme_officer.username).open(path)
    officer.press("保存并提交").open(f"/office/assessments/{campaign.pk}/").press("冻结结果")
    leader = citizen(DESK).sign_in(work.city.leading_group.username)
    leader.open(f"/office/assessments/{campaign.pk}/").press("公示结果")
    campaign.refresh_from_db()
    assert campaign.publicity_to is not None
    travel(campaign.publicity_to + timedelta(days=1))
    officer.open(f"/office/assessments/{campaign.pk}/").press("公布结果")

    certificate = AssessmentCertificate.objects.get()
    assert (certificate.result.composite, certificate.result.band) == (72, "II")
    runner.open("/my/assessments/")
    expect(runner.page.locator("main")).to_contain_text("72")
    said = words_of(runner.open(f"/scoring/results/{certificate.result_id}/").download("PDF"))
    assert "II" in said and work.parks[0].base.name in said
