"""Checking the answers, handing in once, and the receipt."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from miaopu.cases import actions
from miaopu.core.models import User
from miaopu.parties.actions import add_representative
from tests.factories import (
    GOOD_FORM,
    City,
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


def test_check_masks_the_account_and_leads_to_each_question(owner: Client, city: City) -> None:
    case = city.draft()
    page = text(owner.get(url("case_check", case.number)))
    assert ACCOUNT not in page
    assert "***************5678" in page
    assert GOOD_FORM["contact_phone"] in page
    account = url("case_question", case.number, "bank_name")
    assert f"{account}?then=check#id_bank_account" in page
    assert case.item.definition.materials[0].title.zh in page
    assert ACCOUNT in text(owner.get(account))


def test_submitting_twice_submits_once(owner: Client, city: City) -> None:
    case = city.draft()
    sent = {"revision": str(case.revision)}
    first = owner.post(url("case_check", case.number), sent)
    second = owner.post(url("case_check", case.number), sent, follow=True)
    assert first["Location"] == url("case_receipt", case.number)
    assert second.redirect_chain == [(url("case_receipt", case.number), 302)]
    assert "只提交了一次" in text(second)
    case.refresh_from_db()
    assert case.state == "submitted"
    assert case.clocks.count() == 1
    for name in ("case_check", "case_form"):  # the back button
        assert owner.get(url(name, case.number)).status_code == 302


def test_what_was_not_seen_is_not_submitted(owner: Client, city: City) -> None:
    case = city.draft()
    sent = {"revision": str(case.revision)}
    owner.post(everything(case), fill(case, jobs_planned="8"))
    answer = owner.post(url("case_check", case.number), sent)
    assert answer.status_code == 409
    assert "还没有提交" in text(answer)
    case.refresh_from_db()
    assert case.state == "draft"
    again = {"revision": inputs(answer)["revision"]}
    assert owner.post(url("case_check", case.number), again).status_code == 302
    case.refresh_from_db()
    assert case.state == "submitted"


def test_submission_by_a_colleague_is_told(
    owner: Client, new_client: Callable[[], Client], city: City
) -> None:
    colleague = User.objects.create_user("colleague", password="x" * 20, kind="party")
    add_representative(colleague, city.enterprise, by=None)
    case = city.draft()
    actions.submit_case(case, by=colleague)
    answer = owner.post(url("case_check", case.number), {"revision": "2"}, follow=True)
    assert answer.redirect_chain == [(url("case_receipt", case.number), 302)]
    assert "不能再做这一步" in text(answer)


def test_receipt_says_who_acts_next_and_by_when(owner: Client, city: City) -> None:
    case = city.submitted()
    page = text(owner.get(url("case_receipt", case.number)))
    for expected in (case.number, "2018年5月10日", "2018年5月17日", "审核员", "逐日计算"):
        assert expected in page, expected


def test_draft_has_no_receipt(owner: Client, city: City) -> None:
    case = city.draft()
    answer = owner.get(url("case_receipt", case.number))
    assert answer["Location"] == url("my_case", case.number)
