"""The finance pages: the budget tree, accounts, what is to be paid, and paying it once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from miaopu.cases import actions
from miaopu.cases.decisions import decide_case, publish_list
from miaopu.cases.models import Case
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.ledger.enums import AccountKind
from miaopu.ledger.models import Account, Award, Transfer
from tests.factories import NANMING, YUNYAN, City, make_enterprise, make_officer, make_owner, travel
from tests.harness.pages import StrictClient

pytestmark = pytest.mark.django_db
ACCOUNT = "6222020200012345678"


def page(client: StrictClient, user: User, name: str, **kwargs: Any) -> Any:
    client.force_login(user)
    return client.get(reverse(name, kwargs=kwargs))


def text(response: Any) -> str:
    return str(response.content.decode())


def send(client: StrictClient, user: User, award: Award, name: str, **data: str) -> Any:
    client.force_login(user)
    return client.post(reverse(name, kwargs={"number": award.number}), data, follow=True)


def grant_many(city: City, count: int) -> list[Award]:
    """`count` awards of one list."""
    for _number in range(count):
        enterprise = make_enterprise()
        case = city.submitted(enterprise, make_owner(enterprise))
        actions.accept_case(case, by=city.reviewer)
        actions.propose_grant(case, {"mature": True}, by=city.reviewer)
        actions.approve_case(case, by=city.approver)
    publicity = publish_list(city.item, city.enterprise.region, by=city.approver)
    travel(publicity.ends_on + timedelta(days=1))
    for case in Case.objects.filter(publicity=publicity).order_by("pk"):
        decide_case(case, by=city.approver)
    return list(Award.objects.order_by("pk"))


def test_pages_are_for_those_who_work_with_money(client: StrictClient, city: City) -> None:
    award = city.granted()
    account = Account.objects.get(region_id=YUNYAN, kind=AccountKind.COMMITTED)
    pages: list[tuple[str, dict[str, Any]]] = [
        ("finance_home", {}),
        ("payments", {}),
        ("finance_award", {"number": award.number}),
        ("account", {"pk": account.pk}),
    ]
    allowed = {city.finance, city.programme_officer, city.leading_group, city.auditor}
    others = {city.reviewer, city.approver, city.owner, city.system_admin}
    for name, kwargs in pages:
        for user in allowed | others:
            expected = 200 if user in allowed else 404
            assert page(client, user, name, **kwargs).status_code == expected, (name, user.username)
    for name, kwargs in pages[2:]:
        assert page(client, city.other_finance, name, **kwargs).status_code == 404
    for user in (city.other_finance, city.auditor, city.approver, city.owner):
        for name in ("pay", "release"):
            response = send(client, user, award, name, bank_reference="B1", reason="x")
            assert response.status_code == 404
    award.refresh_from_db()
    assert award.state == "committed"


def test_budget_tree_adds_up_and_opens_to_accounts(client: StrictClient, city: City) -> None:
    city.granted()
    response = page(client, city.finance, "finance_home")
    purpose, follow_up = response.context["tree"]
    for table in (*purpose["tables"], *follow_up["tables"]):
        for row in table.rows:
            assert row["source"] == row["available"] + row["committed"] + row["paid"]
    county = purpose["tables"][-1]
    [row] = county.rows  # her own district only
    assert row["committed"] == 900_000
    account = client.get(row["committed_href"])
    assert account.context["balance_fen"] == 900_000
    assert "9,000.00" in text(account)
    nanming = Account.objects.get(
        purpose="direct_subsidy", region_id=NANMING, kind=AccountKind.AVAILABLE
    )
    assert page(client, city.finance, "account", pk=nanming.pk).status_code == 404
    whole = page(client, city.programme_officer, "finance_home").context["tree"][0]["tables"][-1]
    assert len(list(whole.rows)) > 2
    *rows, total = whole.rows
    assert total["source"] == sum(row["source"] for row in rows)


def test_account_shows_the_running_balance(client: StrictClient, city: City) -> None:
    awards = grant_many(city, 2)
    account = Account.objects.get(region_id=YUNYAN, kind=AccountKind.COMMITTED)
    rows = list(page(client, city.finance, "account", pk=account.pk).context["table"].rows)
    assert [row["balance_fen"] for row in rows] == [1_800_000, 900_000]
    assert rows[0]["href"] == reverse("finance_award", kwargs={"number": awards[-1].number})
    province = Account.objects.get(level="province", kind=AccountKind.AVAILABLE)
    content = text(page(client, city.other_finance, "account", pk=province.pk))
    assert awards[0].number not in content  # another district's award is not linked


def test_lists_need_the_same_queries_for_one_row_and_many(client: StrictClient, city: City) -> None:
    city.granted()
    account = Account.objects.get(region_id=YUNYAN, kind=AccountKind.COMMITTED)
    addresses = [reverse("payments"), reverse("account", kwargs={"pk": account.pk})]
    client.force_login(city.finance)

    def queries() -> list[int]:
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as found:
                assert client.get(address).status_code == 200
            counts.append(len(found))
        return counts

    queries()
    one = queries()
    grant_many(city, 21)
    assert queries() == one


def test_bank_account_is_in_full_for_the_payer_only(client: StrictClient, city: City) -> None:
    award = city.granted()
    assert ACCOUNT in text(page(client, city.finance, "finance_award", number=award.number))
    for user in (city.auditor, city.programme_officer, city.leading_group):
        content = text(page(client, user, "finance_award", number=award.number))
        assert ACCOUNT not in content and ACCOUNT[-4:] in content
        assert f"/finance/awards/{award.number}/pay/" not in content


def test_paying_twice_has_one_effect(client: StrictClient, city: City) -> None:
    award = city.granted()
    first = send(client, city.finance, award, "pay", bank_reference="BOG-2018-001")
    assert "已标记拨付 45,000 元" in text(first)
    second = send(client, city.finance, award, "pay", bank_reference="BOG-2018-001")
    assert second.status_code == 200 and "无需重复操作" in text(second)
    assert Transfer.objects.filter(award=award, kind="post").count() == 1
    other = send(client, city.finance, award, "pay", bank_reference="BOG-2018-002")
    assert other.status_code == 409 and "BOG-2018-002" in text(other)
    award.refresh_from_db()
    assert award.bank_reference == "BOG-2018-001"
    assert "BOG-2018-001" in text(page(client, city.auditor, "finance_award", number=award.number))


def test_payment_without_reference_keeps_what_was_typed(client: StrictClient, city: City) -> None:
    award = city.granted()
    response = send(client, city.finance, award, "pay", bank_reference=" ", reason="月末集中拨付")
    assert response.status_code == 422
    content = text(response)
    assert "error-summary" in content and 'href="#pay_bank_reference"' in content
    assert "月末集中拨付" in content


def test_who_approved_does_not_pay(client: StrictClient, city: City) -> None:
    award = city.granted()
    office = city.finance.live_memberships[0].office
    city.approver.memberships.create(
        office=office, role=Role.FINANCE_OFFICER, since="2018-01-01T00:00Z"
    )
    approver = User.objects.get(pk=city.approver.pk)
    content = text(page(client, approver, "finance_award", number=award.number))
    assert "须由另一位财务经办拨付" in content
    response = send(client, approver, award, "pay", bank_reference="BOG-9")
    assert response.status_code == 403
    assert "批准或决定的人不能办理拨付" in text(response) and "BOG-9" in text(response)


def test_release_needs_a_reason_and_gives_the_money_back(client: StrictClient, city: City) -> None:
    award = city.granted()
    available = Account.objects.get(
        purpose="direct_subsidy", region_id=YUNYAN, kind=AccountKind.AVAILABLE
    )
    assert send(client, city.finance, award, "release", reason="").status_code == 422
    response = send(client, city.finance, award, "release", reason="企业已注销")
    assert "资金已释放" in text(response) and "企业已注销" in text(response)
    again = send(client, city.finance, award, "release", reason="企业已注销")
    assert "无需重复操作" in text(again)
    before = available.balance_fen
    available.refresh_from_db()
    assert available.balance_fen == before + 900_000
    assert send(client, city.finance, award, "pay", bank_reference="B").status_code == 409


def test_payments_show_unpaid_first_by_due_day(client: StrictClient, city: City) -> None:
    first, second, third = grant_many(city, 3)
    send(client, city.finance, first, "pay", bank_reference="B1")
    rows = list(page(client, city.finance, "payments").context["table"].rows)
    assert [row["number"] for row in rows] == [second.number, third.number, first.number]
    assert isinstance(rows[0]["due_on"], date)
    client.force_login(city.finance)
    only = client.get(f"{reverse('payments')}?state=paid").context["table"].rows
    assert [row["number"] for row in only] == [first.number]
    found = client.get(f"{reverse('payments')}?q={second.case.enterprise.uscc}").context["table"]
    assert [row["number"] for row in found.rows] == [second.number]
    colleague = make_officer(Role.FINANCE_OFFICER, NANMING)
    assert list(page(client, colleague, "payments").context["table"].rows) == []
    assert "没有符合条件的扶持" in text(page(client, colleague, "payments"))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders_in_both_languages(
    client: StrictClient, city: City, language: str
) -> None:
    award = city.granted()
    account = Account.objects.get(
        purpose="direct_subsidy", region_id=YUNYAN, kind=AccountKind.AVAILABLE
    )
    client.force_login(city.finance)
    client.post(reverse("set_language"), {"language": language, "next": "/"})
    for address in (
        reverse("finance_home"),
        reverse("payments"),
        reverse("finance_award", kwargs={"number": award.number}),
        reverse("account", kwargs={"pk": account.pk}),
    ):
        assert client.get(address).status_code == 200, address
