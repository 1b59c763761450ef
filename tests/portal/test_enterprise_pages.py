"""The pages of an enterprise: who opens them, what they say, where its cases are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from miaopu.cases import actions
from miaopu.cases.models import Case
from miaopu.core.actions import notify
from miaopu.core.enums import Role
from miaopu.core.models import Notice, User
from miaopu.ledger.awards import pay_award
from miaopu.ledger.models import Award
from miaopu.parties.actions import add_representative
from tests.factories import (
    NANMING,
    YUNYAN,
    City,
    make_enterprise,
    make_officer,
    make_owner,
    travel,
)
from tests.portal.enterprise import (
    ACCOUNT,
    everything,
    fill,
    inputs,
    signed_in,
    text,
    url,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client, city: City) -> Client:
    """The owner's browser."""
    return signed_in(client, city.owner)


# ---------------------------------------------------------------- who gets in


def pages_of(city: City, case: Case) -> list[str]:
    return [
        url("my_enterprise", city.enterprise.number),
        url("offer", city.enterprise.number, city.item.pk),
        *(url(name, case.number) for name in ("my_case", "case_form", "case_files", "case_check")),
        url("case_receipt", case.number),
    ]


def test_each_page_opens_for_its_owner_only(
    owner: Client, new_client: Callable[[], Client], city: City
) -> None:
    case = city.submitted()
    stranger = signed_in(new_client(), city.other_owner)
    officer = signed_in(new_client(), city.reviewer)
    for page in pages_of(city, case):
        answer = owner.get(page, follow=True)
        assert answer.status_code == 200, page
        assert stranger.get(page).status_code == 404, page
        assert officer.get(page).status_code == 404, page
        assert new_client().get(page).status_code == 302, page
    for name in ("my_home", "my_cases"):
        assert owner.get(url(name)).status_code == 200
        assert officer.get(url(name)).status_code == 404


def test_posts_of_strangers_change_nothing(new_client: Callable[[], Client], city: City) -> None:
    case = city.draft()
    before = (case.state, case.revision, case.form)
    for user in (city.other_owner, city.reviewer):
        client = signed_in(new_client(), user)
        for name in ("case_check", "case_files", "case_withdraw"):
            assert client.post(url(name, case.number), fill(case)).status_code == 404
        assert client.post(everything(case), fill(case)).status_code == 404
        apply = url("apply", city.enterprise.number, city.item.pk)
        assert client.post(apply).status_code == 404
    case.refresh_from_db()
    assert (case.state, case.revision, case.form) == before


def test_items_and_cases_that_do_not_exist(owner: Client, city: City) -> None:
    assert owner.get(url("offer", city.enterprise.number, 999_999)).status_code == 404
    assert owner.get(url("my_case", "nothing")).status_code == 404
    assert owner.get(url("my_file", 999_999)).status_code == 404
    assert owner.get(url("apply", city.enterprise.number, city.item.pk)).status_code == 405


# ---------------------------------------------------------------- what one can get


def test_home_says_what_can_be_got(owner: Client, city: City) -> None:
    page = text(owner.get(url("my_home")))
    assert "45,000" in page
    assert "可以申报" in page
    assert "条件成熟" in page  # what people still have to judge
    assert "还没有办件" in page


def test_home_says_why_not(client: Client, city: City) -> None:
    small = make_enterprise(YUNYAN, employees=80, operating_revenue=9_000_000)
    signed_in(client, make_owner(small))
    page = text(client.get(url("my_home")))
    assert "现在没有可以直接享受的事项" in page and "只差一项" in page
    assert "45,000" not in page
    offer = text(client.get(url("offer", small.number, city.item.pk)))
    assert "按现有数据，本企业不符合条件" in offer
    assert "怎样才能符合" in offer
    assert "开始申报" not in offer
    answer = client.post(url("apply", small.number, city.item.pk), follow=True)
    assert "不符合" in text(answer)
    assert not Case.objects.exists()


def test_missing_fact_names_the_department(client: Client, city: City) -> None:
    bare = make_enterprise(YUNYAN, employees=None, operating_revenue=None, total_assets=None)
    signed_in(client, make_owner(bare))
    assert "缺少数据" in text(client.get(url("my_home")))
    page = text(client.get(url("offer", bare.number, city.item.pk)))
    assert "从业人员" in page
    assert "人社、统计" in page


def test_offer_shows_amount_shares_steps_and_priorities(owner: Client, city: City) -> None:
    page = text(owner.get(url("offer", city.enterprise.number, city.item.pk)))
    for expected in ("45,000", "31,500.00", "4,500.00", "9,000.00", "三/(二)", "15 分", "开始申报"):
        assert expected in page, expected


def test_outside_the_period_one_cannot_apply(owner: Client, city: City) -> None:
    travel(date(2019, 1, 2))
    page = text(owner.get(url("offer", city.enterprise.number, city.item.pk)))
    assert "现在不在申报期" in page
    assert "开始申报" not in page
    answer = owner.post(url("apply", city.enterprise.number, city.item.pk), follow=True)
    assert "申报期为" in text(answer)
    assert not Case.objects.exists()


def test_record_shows_value_source_day_and_record(owner: Client, city: City) -> None:
    page = text(owner.get(url("my_enterprise", city.enterprise.number)))
    for expected in ("800,000 元", "税务", "2018年3月31日", "微型", "返乡农民工", "人社", "4 人"):
        assert expected in page, expected


def test_apply_opens_one_draft_and_leads_to_it_again(owner: Client, city: City) -> None:
    apply = url("apply", city.enterprise.number, city.item.pk)
    first, second = owner.post(apply), owner.post(apply)
    case = Case.objects.get()
    assert first["Location"] == second["Location"] == url("case_form", case.number)
    page = text(owner.get(url("my_home")))
    assert "填完并提交" in page
    assert case.number in text(owner.get(url("offer", city.enterprise.number, city.item.pk)))


# ---------------------------------------------------------------- the case on its way


def test_case_page_in_every_state(owner: Client, city: City) -> None:
    case, _publicity = city.published()
    page = text(owner.get(url("my_case", case.number)))
    assert "已列入公示" in page
    assert city.reviewer.name not in page  # officials appear by their office
    assert ACCOUNT not in page
    assert "确认撤回" not in page


def test_paid_case_shows_award_and_ledger_lines(owner: Client, city: City) -> None:
    award = city.granted()
    pay_award(award, "ICBC-2018-0001", by=city.finance)
    page = text(owner.get(url("my_case", award.case.number)))
    for expected in ("已拨付", "31,500", "ICBC-2018-0001", "45,000", "承诺资金"):
        assert expected in page, expected
    assert Award.objects.count() == 1


def test_refusal_is_told_with_its_reason(owner: Client, city: City) -> None:
    case = city.accepted()
    actions.propose_refusal(case, by=city.reviewer, reason="项目尚未成熟")
    actions.confirm_refusal(case, by=city.approver)
    page = text(owner.get(url("my_case", case.number)))
    assert "决定不予扶持" in page
    assert "理由：项目尚未成熟" in page
    assert "可以申报" in text(owner.get(url("my_home")))


def test_withdrawing_twice_withdraws_once(owner: Client, city: City) -> None:
    case = city.submitted()
    assert "确认撤回" in text(owner.get(url("my_case", case.number)))
    page = url("case_withdraw", case.number)
    answer = owner.post(page, {"reason": "改日再报"}, follow=True)
    assert "可以重新申报" in text(answer)
    assert "改日再报" in text(answer)
    assert "已经办理过" in text(owner.post(page, {"reason": ""}, follow=True))
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert owner.get(url("case_receipt", case.number)).status_code == 302


def test_too_long_a_reason_is_kept_and_told(owner: Client, city: City) -> None:
    case = city.submitted()
    reason = "改日" * 300
    answer = owner.post(url("case_withdraw", case.number), {"reason": reason})
    assert answer.status_code == 200
    assert inputs(answer)["reason"] == reason
    case.refresh_from_db()
    assert case.state == "submitted"


# ---------------------------------------------------------------- lists


def test_lists_ask_the_same_number_of_questions(client: Client, city: City) -> None:
    user = make_owner(city.enterprise)
    signed_in(client, user)

    def add(count: int) -> None:
        for _number in range(count):
            enterprise = make_enterprise(YUNYAN)
            add_representative(user, enterprise, by=None)
            actions.open_case(city.item, enterprise, by=user)

    def queries(page: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(page).status_code == 200
        return len(captured)

    add(1)
    pages = (url("my_cases"), url("my_home"))
    few = [queries(page) for page in pages]
    add(21)
    assert [queries(page) for page in pages] == few
    assert "第 1–20 条，共 22 条" in text(client.get(url("my_cases")))
    assert text(client.get(url("my_cases") + "?page=2")).count("draft") == 0


def test_list_shows_state_and_clock(owner: Client, city: City) -> None:
    case = city.submitted()
    page = text(owner.get(url("my_cases")))
    assert case.number in page
    assert "已提交" in page
    assert "还剩 5 个工作日" in page
    travel(date(2018, 5, 17) + timedelta(days=4))
    assert "已超期" in text(owner.get(url("my_cases")))


def test_person_without_enterprise_is_told_what_to_do(client: Client, city: City) -> None:
    lone = User.objects.create_user("lone", password="x" * 20, kind="party")
    page = text(signed_in(client, lone).get(url("my_home")))
    assert "还没有代表任何企业" in page


# ---------------------------------------------------------------- messages


def test_notices_are_listed_and_marked_as_read(
    client: Client, new_client: Callable[[], Client], city: City
) -> None:
    assert new_client().get(url("notices")).status_code == 302
    signed_in(client, city.owner)
    assert "没有消息" in text(client.get(url("notices")))
    notify(city.owner, "k1", "已拨付", "paid", link="/my/cases/")
    page = text(client.get(url("notices")))
    assert "已拨付" in page
    assert "未读" in page
    assert Notice.objects.filter(read_at=None).count() == 1  # reading the page marks nothing
    assert client.post(url("notices")).status_code == 302
    assert client.post(url("notices")).status_code == 302
    assert not Notice.objects.filter(read_at=None).exists()


def test_officials_read_their_own_notices_only(client: Client, city: City) -> None:
    notify(city.owner, "k1", "只给企业", "for the enterprise")
    signed_in(client, city.reviewer)
    page = text(client.get(url("notices")))
    assert "只给企业" not in page
    client.post(url("notices"))
    assert Notice.objects.filter(read_at=None).count() == 1


# ---------------------------------------------------------------- English


def test_pages_in_english_show_no_chinese_words_of_the_page(owner: Client, city: City) -> None:
    case = city.submitted()
    with translation.override("en"):
        pages = [
            url("my_home"),
            url("my_cases"),
            url("my_case", case.number),
            url("case_receipt", case.number),
            url("my_enterprise", city.enterprise.number),
            url("offer", city.enterprise.number, city.item.pk),
            url("notices"),
        ]
    owner.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for page in pages:
        shown = text(owner.get(page))
        for word in ("办件", "申报", "提交", "条件", "微型企业直接补助", "材料"):
            assert word not in shown, (page, word)


def test_officer_of_another_region_is_no_party(client: Client, city: City) -> None:
    officer = make_officer(Role.REVIEWER, NANMING)
    signed_in(client, officer)
    assert client.get(url("my_home")).status_code == 404
