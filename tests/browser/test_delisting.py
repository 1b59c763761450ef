"""A second year in the last class: from the score sheet to the plate that is taken down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect

from miaopu.bases.enums import BaseState, TenancyStage
from miaopu.bases.models import Tenancy
from miaopu.core import clock
from miaopu.core.models import User
from miaopu.monitoring.models import AssessmentCampaign, AssessmentOpinion, DelistingCase, Score
from miaopu.parties.facts import known_facts, values
from tests.browser.papers import words_of
from tests.browser.people import PASSWORD, Person
from tests.factories import City, make_enterprise, make_owner, travel
from tests.monitoring.campaigns import FIGURES, FULL, NOTHING, PDF, Campaigning, campaigning

pytestmark = pytest.mark.browser
DESK, PHONE = 1366, 375
Make = Callable[..., Person]


def first_year(city: City) -> tuple[Campaigning, Tenancy, User]:
    """Two bases, the second in the last class in 2016, with a tenant; 2017 scored but for one
    sheet."""
    work = campaigning(city)
    enterprise = make_enterprise(name="苗绣工坊有限公司")
    tenancy = work.parks[1].tenant(team="", enterprise=enterprise, since=date(2017, 3, 1))
    work.published(2016, weak=1)
    campaign = work.opened(2017)
    for park, period in ((0, "half"), (0, "year"), (1, "half")):
        points = NOTHING if park else FULL
        work.settled(work.sheet(campaign, period, park), points, "0" if park else "10")
    owner = make_owner(enterprise)
    User.objects.update(password=make_password(PASSWORD))
    return work, tenancy, owner


def score_the_last_sheet(citizen: Make, work: Campaigning, path: str) -> None:
    """The base scores itself on a telephone, also while the line is dead; district, then city."""
    runner = citizen(PHONE).sign_in(work.parks[1].runner.username).open("/my/assessments/")
    opinion = AssessmentOpinion.objects.get()
    result = f"/scoring/results/{opinion.result_id}/"
    said = words_of(runner.open(result).download("PDF"))
    assert "整改" in said and opinion.number.replace(" ", "") in said
    runner.open(path)
    status = runner.page.locator("[data-autosave-status]")
    runner.context.set_offline(True)
    runner.fill(**{f"'s-{line}.points'": "0" for line in NOTHING if line != "funds"})
    expect(status).to_contain_text("暂时没有保存上")
    runner.context.set_offline(False)
    runner.fill(**{"'s-funds.points'": "4"})
    runner.fill(**{f"'s-{name}.points'": value for name, value in FIGURES.items()})
    expect(status).to_contain_text("已自动保存")
    assert Score.objects.get(sheet__pk=path.split("/")[-2], line="staff").value == 0
    runner.attach("'f-funds'", "经费安排.pdf", PDF.replace(b"%d", b"2017"))
    runner.attach("'f-tax_now'", "完税证明.pdf", PDF.replace(b"%d", b"2018")).press("保存并提交")

    reviewer = citizen(DESK).sign_in(work.city.reviewer.username).open("/office/assessments/")
    expect(reviewer.page.locator("main")).to_contain_text("等您评分")
    reviewer.open(path)
    expect(reviewer.page.locator("main")).to_contain_text("经费安排.pdf")
    reviewer.fill(**{"'s-satisfaction.points'": "1"}).press("保存并提交")


def test_two_years_in_the_last_class_take_the_plate_down(
    committed_city: City, citizen: Make
) -> None:
    work, tenancy, owner = first_year(committed_city)
    weak = work.parks[1].base
    campaign = AssessmentCampaign.objects.get(year=2017)
    path = f"/scoring/sheets/{work.sheet(campaign, 'year', 1).pk}/"
    score_the_last_sheet(citizen, work, path)
    officer = citizen(DESK).sign_in(work.city.programme_officer.username)
    officer.open(path).press("保存并提交").open(f"/office/assessments/{campaign.pk}/")
    expect(officer.page.locator("main table").first).to_contain_text("报省局核准摘牌")
    officer.press("冻结结果")
    leader = citizen(DESK).sign_in(work.city.leading_group.username)
    leader.open(f"/office/assessments/{campaign.pk}/").press("公示结果")
    campaign.refresh_from_db()
    assert campaign.publicity_to is not None
    travel(campaign.publicity_to + timedelta(days=1))
    officer.open(f"/office/assessments/{campaign.pk}/").press("公布结果")
    assert AssessmentOpinion.objects.count() == 1  # the second year brings no second opinion
    said = words_of(citizen(PHONE).open(f"/assessments/{campaign.pk}/").download("PDF"))
    assert f"报省局核准摘牌（1个）：{weak.name}" in said

    officer.open(f"/office/assessments/{campaign.pk}/").press(weak.name)
    officer.open(f"/office/delistings/{DelistingCase.objects.get().pk}/")
    today = clock.today().isoformat()
    officer.fill(**{"hear-heard_on": today, "hear-reason": "运营主体到场，承认服务缺位"})
    officer.press("登记听证").press("报省级核准")
    expect(officer.page.locator("main")).to_contain_text("由没有报省的另一位市级主管登记")
    expect(officer.page.locator("main table")).to_contain_text("苗绣工坊有限公司")
    tenant = citizen(PHONE).sign_in(owner.username).open("/notices/")
    expect(tenant.page.locator("main")).to_contain_text("已报省级核准摘牌")
    second = citizen(DESK).sign_in(work.second_officer.username)
    second.open(f"/office/delistings/{DelistingCase.objects.get().pk}/")
    second.fill(**{"approve-document": "省局〔2018〕9号", "approve-decided_on": today})
    second.press("登记核准并摘牌")
    expect(second.page.locator("main")).to_contain_text("已核准摘牌")

    # The register, the public list and the tenant follow.
    assert work.parks[1].refreshed().state == BaseState.DELISTED
    second.open(f"/office/bases/{weak.number}/")
    expect(second.page.locator("main")).to_contain_text("摘牌日期")
    public = citizen(PHONE, "en").open("/bases/")
    expect(public.page.locator("main table").first).not_to_contain_text(weak.name)
    expect(public.page.locator("main table").last).to_contain_text("省局〔2018〕9号")
    tenant.open("/notices/")
    expect(tenant.page.locator("main")).to_contain_text("租约照旧")
    tenant.open(f"/my/growth/{tenancy.number}/")
    expect(tenant.page.locator("main")).to_contain_text("基地已摘牌")
    tenancy.refresh_from_db()
    assert (tenancy.stage, tenancy.left_on) == (TenancyStage.LEFT, clock.today())
    assert tenancy.enterprise is not None
    known = values(known_facts(tenancy.enterprise, clock.today()))
    assert known["left_incubation_on"] == clock.today()
