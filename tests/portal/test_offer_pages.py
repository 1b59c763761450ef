"""The pages of offers: what is offered and why, one consent, what changed, the office's list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from miaopu.cases.models import Case, Offer
from miaopu.cases.offering import renew_offers
from miaopu.cases.offers import decline_offer, withdraw_offer
from miaopu.cases.tasks import offer_programme
from miaopu.core.models import Job, Notice
from miaopu.plans.actions import match_version
from tests.cases.test_offers import ANSWERS, grow, offer_of, renew
from tests.factories import FIRST_DAY, City

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def owner(client: Client, city: City) -> Client:
    """The owner's browser."""
    client.force_login(city.owner)
    return client


def page_of(city: City) -> str:
    return reverse("my_offer", args=[offer_of(city).pk])


def test_home_puts_the_offer_first_and_leads_to_it(owner: Client, city: City) -> None:
    renew(city)
    home = text(owner.get(reverse("my_home")))
    assert "确认享受以后，办件会列在这里" in home
    assert "确认享受：微型企业直接补助" in home
    assert page_of(city) in home
    item = text(owner.get(reverse("offer", args=[city.enterprise.number, city.item.pk])))
    assert "不用申报，确认即可" in item
    assert page_of(city) in item


def test_offer_says_what_why_and_what_is_left_to_ask(owner: Client, city: City) -> None:
    renew(city)
    page = text(owner.get(page_of(city)))
    for expected in ("45,000", "是微型企业", "来自市场监管", "2018年12月31日", "31,500.00"):
        assert expected in page, expected
    for asked in ("bank_name", "bank_account", "commitment"):
        assert f'name="{asked}"' in page
    for known in ("contact_phone", "use_of_funds", "jobs_planned"):
        assert f'name="{known}"' not in page
    assert reverse("my_enterprise", args=[city.enterprise.number]) in page


def test_wrong_answers_are_kept_and_lead_to_their_field(owner: Client, city: City) -> None:
    renew(city)
    answer = owner.post(page_of(city), {**ANSWERS, "bank_account": "12<x>"})
    assert 'href="#id_bank_account"' in text(answer)
    assert "12&lt;x&gt;" in text(answer)
    assert "贵阳银行" in text(answer)
    assert not Case.objects.exists()


def test_consent_twice_leads_to_the_same_receipt(owner: Client, city: City) -> None:
    renew(city)
    first, second = owner.post(page_of(city), ANSWERS), owner.post(page_of(city), ANSWERS)
    case = Case.objects.get()
    assert first["Location"] == second["Location"] == reverse("case_receipt", args=[case.number])
    page = text(owner.get(first["Location"]))
    assert case.number in page
    assert "您已经办理过这一步" in page
    shown = text(owner.get(page_of(city)))  # the back button
    assert "已确认享受" in shown
    assert 'name="bank_account"' not in shown
    mine = text(owner.get(reverse("my_case", args=[case.number])))
    assert "来自市场监管" in mine
    assert "使用" not in mine.split("申报表")[1].split("办理记录")[0]  # what was not asked


def test_changed_facts_show_before_and_now_and_no_button(owner: Client, city: City) -> None:
    renew(city)
    grow(city)
    shown = text(owner.get(page_of(city)))
    for expected in ("现在不能确认享受", "不再满足：是微型企业", "4 人", "80 人", "人社"):
        assert expected in shown, expected
    assert 'name="bank_account"' not in shown
    assert owner.post(page_of(city), ANSWERS).status_code == 409
    assert not Case.objects.exists()
    renew(city)
    withdrawn = text(owner.get(page_of(city)))
    assert "邀约已撤回" in withdrawn
    assert "80 人" in withdrawn


def test_declining_with_a_reason(owner: Client, city: City) -> None:
    renew(city)
    away = reverse("offer_decline", args=[offer_of(city).pk])
    long = owner.post(away, {"reason": "长" * 501})
    assert long.status_code == 200
    assert offer_of(city).state == "open"
    assert "已放弃" in text(owner.post(away, {"reason": "暂不需要"}, follow=True))
    assert offer_of(city).reason == "暂不需要"
    assert "已经办理过" in text(owner.post(away, {"reason": ""}, follow=True))


def test_messages_can_be_refused_and_wanted_again(owner: Client, city: City) -> None:
    choose = reverse("offer_notices")
    assert "以后不再发邀约消息" in text(owner.post(choose, {"wanted": "no"}, follow=True))
    renew(city)
    assert not Notice.objects.filter(user=city.owner).exists()
    assert "重新接收" in text(owner.get(reverse("my_home")))
    owner.post(choose, {"wanted": "yes"})
    assert "不再发这类消息" in text(owner.get(reverse("my_home")))


def test_office_sees_count_and_cost_then_issues(
    client: Client, new_client: Callable[[], Client], city: City
) -> None:
    match_version(city.version, FIRST_DAY)
    client.force_login(city.programme_officer)
    page = text(client.get(reverse("office_offers")))
    for expected in ("90,000", "63,000", "18,000", "核对数据并发出邀约"):
        assert expected in page, expected
    answer = client.post(reverse("issue_offers"))
    job = Job.objects.get(key__startswith="offer/")
    assert answer["Location"] == reverse("job", args=[job.pk])
    assert client.post(reverse("issue_offers"))["Location"] == reverse("job", args=[job.pk])
    offer_programme(job.pk, city.version.pk)
    assert "发出 2 份邀约" in text(client.get(reverse("job", args=[job.pk])))

    grow(city)
    withdraw_offer(offer_of(city), {"conditions": [{"title": {"zh": "是微型企业", "en": "x"}}]})
    listed = text(client.get(reverse("office_offers") + "?state=withdrawn"))
    assert "不再满足：是微型企业" in listed
    assert city.other_enterprise.name not in listed
    reviewer = new_client()
    reviewer.force_login(city.reviewer)
    own = text(reviewer.get(reverse("office_offers")))
    assert city.enterprise.name in own
    assert city.other_enterprise.name not in own
    assert "发出邀约</button>" not in own


def test_reasons_for_declining_are_listed(client: Client, city: City) -> None:
    renew_offers(city.version, by=None)
    renew(city)
    decline_offer(Offer.objects.get(enterprise=city.enterprise), by=city.owner, reason="暂不需要")
    client.force_login(city.leading_group)
    assert "暂不需要" in text(client.get(reverse("office_offers") + "?state=declined"))


def test_offer_pages_in_english(owner: Client, city: City) -> None:
    renew(city)
    owner.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for page in (page_of(city), reverse("my_home")):
        shown = text(owner.get(page))
        for word in ("邀约", "确认", "申报", "放弃", "微型企业直接补助"):
            assert word not in shown, (page, word)


def test_the_packet_says_whose_consent_it_rests_on(
    client: Client, new_client: Callable[[], Client], city: City
) -> None:
    renew(city)
    offer = offer_of(city)
    owner = new_client()
    owner.force_login(city.owner)
    owner.post(page_of(city), ANSWERS)
    case = Case.objects.get()
    client.force_login(city.reviewer)
    packet = text(client.get(reverse("case_packet", args=[case.number])))
    assert "免申即享：王小苗，2018年5月10日" in packet
    address = reverse("office_offer", args=[offer.pk])
    assert f'href="{address}"' in packet
    shown = text(client.get(address))
    for said in ("已确认享受", "王小苗，2018年5月10日", case.number, "是微型企业", "45,000"):
        assert said in shown, said
    client.force_login(city.other_reviewer)
    assert client.get(address).status_code == 404


def test_an_applied_for_case_says_so(client: Client, city: City) -> None:
    case = city.submitted()
    client.force_login(city.reviewer)
    packet = text(client.get(reverse("case_packet", args=[case.number])))
    assert "来由" in packet and "企业申报" in packet


def test_the_office_sees_why_an_offer_was_withdrawn_and_no_personal_data(
    client: Client, city: City
) -> None:
    renew(city)
    offer = offer_of(city)
    grow(city)
    renew(city)
    client.force_login(city.approver)
    shown = text(client.get(reverse("office_offer", args=[offer.pk])))
    assert "邀约已撤回" in shown and "不再满足：是微型企业" in shown and "哪些变了" in shown
    assert "系统，2018年5月10日" in shown
    assert "云岩区" in shown and "520103" not in shown
    assert "返乡农民工" not in shown


def test_offers_that_are_due_are_listed_one_by_one(client: Client, city: City) -> None:
    match_version(city.version, FIRST_DAY)
    city.submitted()  # has a case: no offer is due
    client.force_login(city.programme_officer)
    page = client.get(reverse("office_offers"))
    [due] = page.context["due"]
    listed = client.get(due["href"])
    names = [row["enterprise"] for row in listed.context["table"].rows]
    assert len(names) == due["count"] == 1
    assert names == [city.other_enterprise.name]
