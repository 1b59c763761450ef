"""A base inspects itself on a telephone, a problem is mended with proof, the district checks it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from miaopu.bases import admission
from miaopu.bases.enums import CarrierType
from miaopu.bases.inspection_enums import RectificationState
from miaopu.bases.models import Rectification
from miaopu.core.enums import Role, UserKind
from miaopu.core.holders import holders
from miaopu.core.models import Region, User
from miaopu.parties.actions import add_representative
from miaopu.parties.models import Enterprise
from tests.browser.people import PASSWORD, Person
from tests.plans.supervised import PDF

pytestmark = pytest.mark.browser
YUNYAN, CITY = "520103", "520100"


def load_base() -> str:
    """An admitted base in Yunyan whose operator can sign in; its number."""
    operator = Enterprise.objects.filter(region=YUNYAN, representatives=None).order_by("pk")[0]
    runner = User.objects.create(
        username="park-runner", name="周建军", kind=UserKind.PARTY, password=make_password(PASSWORD)
    )
    add_representative(runner, operator, by=None)
    record = {
        "name": "云岩小企业创业基地",
        "carrier_type": CarrierType.STARTUP_BASE,
        "region": Region.objects.get(code=YUNYAN),
        "address": "云岩区苗岭路1号",
        "opened_on": date(2016, 1, 1),
        **dict.fromkeys(("floor_area", "incubation_area"), Decimal(1000)),
        "workshop_area": Decimal(0),
        **dict.fromkeys(("service_staff", "coaches"), 3),
        "services": "培训",
    }
    base = admission.file_base(operator, record, by=runner)
    admission.propose_base(base, by=runner)
    admission.select_base(base, by=holders(Role.APPROVER, YUNYAN)[0], reason="看过")
    admission.accept_base(base, by=holders(Role.PROGRAMME_OFFICER, CITY)[0], reason="通过")
    return base.number


def test_a_problem_from_the_form_to_the_check(
    person: Callable[..., Person], demo_site: str, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        number = load_base()
    person(1366).sign_in("city-programme").go("自查整改").press("部署自查 · 上半年基地自查")

    runner = person(375).sign_in("park-runner").open(f"/my/care/{number}/")
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

    reviewer = person(1366).sign_in("yunyan-reviewer").go("自查整改")
    expect(reviewer.page.locator("main table")).to_contain_text("云岩区")
    reviewer.open("/office/rectifications/?state=reported").press(f"{number}-Z001")
    expect(reviewer.page.locator("main")).to_contain_text("整改后.pdf")
    reviewer.fill(**{"confirm-reason": "现场看过，已补齐"}).press("核查通过，销号")
    expect(reviewer.page.locator("main")).to_contain_text("已销号")
    with django_db_blocker.unblock():
        row = Rectification.objects.get()
        assert row.state == RectificationState.CLOSED
        assert row.checked_by_id != row.reported_by_id
