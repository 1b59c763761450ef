"""A tenant from team to graduate, whose success pays both sides on the last possible day only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from miaopu.bases.models import Tenancy
from miaopu.cases.models import Case
from miaopu.core.actions import load_regions
from tests.bases.xinjiang import build_xinjiang
from tests.browser.people import PASSWORD, Person
from tests.factories import travel

pytestmark = pytest.mark.browser

DESK, PHONE = 1366, 375
Make = Callable[..., Person]


@pytest.mark.parametrize(("recognised", "pays"), [("2016-06-30", True), ("2016-07-01", False)])
def test_from_team_to_a_reward_for_both_sides(person: Make, recognised: str, pays: bool) -> None:
    load_regions()
    xinjiang = build_xinjiang(team="天山软件团队")
    xinjiang.runner.set_password(PASSWORD)
    xinjiang.runner.save()
    company = xinjiang.tenant
    travel(date(2015, 6, 30))
    number = xinjiang.tenancy.number
    operator = person(DESK if pays else PHONE).sign_in(xinjiang.runner.username)
    operator.open(f"/my/tenancies/{number}/").press("进入项目阶段")
    operator.fill(**{"incubate-uscc": company.uscc, "incubate-on": "2015-05-04"})
    operator.press("登记为在孵企业")
    xinjiang.earn(date(2015, 6, 30))
    operator.fill(**{"graduate-on": "2015-06-30", "graduate-reason": "达到毕业标准"}).press("毕业")
    travel(date(2016, 7, 4))
    xinjiang.learn(high_tech_recognised_on=date.fromisoformat(recognised))
    xinjiang.tenancy = Tenancy.objects.get(number=number)
    operator.open(f"/my/tenancies/{number}/")
    card = operator.page.locator("article").filter(has_text="高新技术企业认定奖励")
    if not pays:
        expect(card).to_contain_text("不符合条件")
        expect(card.get_by_role("button")).to_have_count(0)
        assert not Case.objects.filter(subject=company).exists()
        return
    expect(card).to_contain_text("符合条件")
    expect(card).to_contain_text("运营主体 100,000.00 元、企业 100,000.00 元")
    with operator.page.expect_navigation():
        card.get_by_role("button").click()
    case = Case.objects.get(subject=company)
    awards = [xinjiang.paid(xinjiang.mine("high_tech_enterprise")), xinjiang.paid(case)]
    assert [one.amount_fen for one in awards] == [10_000_000, 10_000_000]
    operator.open(f"/my/cases/{case.number}/")
    main = operator.page.locator("main")
    expect(main).to_contain_text(company.name)
    expect(main).to_contain_text("100,000.00")
