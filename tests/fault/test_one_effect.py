"""Double clicks, two tabs, the back button, a sign-in that ends: one effect, nothing typed lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.fault.browser import Browser, Fields, Page
from tests.fault.form import FORM
from tests.fault.site import DemoSite
from tests.fault.truth import contradictions

pytestmark = pytest.mark.fault
REGION = "520121"


def signed_in(site: DemoSite, person: str) -> Browser:
    """The person's browser."""
    browser = Browser(site.port)
    browser.sign_in(person)
    return browser


def at_once(sends: list[Callable[[], Page]]) -> list[Page]:
    """All sent at the same moment; the answers in their order."""
    start, answers = threading.Barrier(len(sends)), [None] * len(sends)

    def one(place: int) -> None:
        start.wait(30)
        answers[place] = sends[place]()  # type: ignore[call-overload]

    threads = [threading.Thread(target=one, args=[place]) for place in range(len(sends))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert None not in answers, "no good answer"
    return answers  # type: ignore[return-value]


def events(site: DemoSite, case: str, verb: str) -> int:
    """How often the trail of a case holds the verb."""
    return int(
        site.one(
            "SELECT count(*) FROM core_event e JOIN cases_case c ON c.id::text = e.subject_id"
            " WHERE e.subject_type = 'cases.case' AND c.number = %s AND e.verb = %s",
            [case, verb],
        )
    )


def purpose(site: DemoSite, case: str) -> str:
    """What is saved as the use of funds."""
    return str(site.one("SELECT form->>'use_of_funds' FROM cases_case WHERE number = %s", [case]))


def expire(site: DemoSite, browser: Browser) -> None:
    """End the person's session on the server; the browser does not know."""
    with site.connect() as connection:
        ended = connection.execute(
            "DELETE FROM django_session WHERE session_key = %s", [browser.cookies["sessionid"]]
        )
        assert ended.rowcount == 1


@pytest.fixture
def entry(site: DemoSite, request: pytest.FixtureRequest) -> Any:
    """A case in the state that the test asks for, with its people."""
    prepared = site.prepare(region=REGION, state=request.param, count=1)
    yield {**prepared["cases"][0], "officers": prepared["officers"], "item": prepared["item"]}
    with site.connect() as connection:
        assert contradictions(connection) == []


in_state = pytest.mark.parametrize


@in_state("entry", [""], indirect=True)
def test_applying_in_two_tabs_opens_one_case(site: DemoSite, entry: Any) -> None:
    owner = signed_in(site, entry["owner"])
    page = f"/my/enterprises/{entry['enterprise']}/items/{entry['item']}/"
    tabs = [owner.tab(), owner.tab()]
    forms = [tab.get(page).the_form(page + "apply/") for tab in tabs]
    answers = at_once(
        [
            lambda tab=tab, form=form: tab.post(page + "apply/", form.fields)  # type: ignore[misc]
            for tab, form in zip(tabs, forms, strict=True)
        ]
    )
    assert answers[0].location == answers[1].location
    assert answers[0].location.endswith("/form/")
    case = answers[0].location.split("/")[3]
    assert events(site, case, "cases.open") == 1


@in_state("entry", ["draft"], indirect=True)
def test_a_double_click_submits_once(site: DemoSite, entry: Any) -> None:
    owner, check = signed_in(site, entry["owner"]), f"/my/cases/{entry['case']}/check/"
    form = owner.get(check).the_form(check)
    answers = at_once([lambda: owner.tab().post(check, form.fields)] * 3)
    receipt = f"/my/cases/{entry['case']}/receipt/"
    assert [answer.location for answer in answers] == [receipt] * 3
    assert events(site, entry["case"], "cases.submit") == 1
    again = owner.post(check, form.fields)  # the back button, and the same button again
    assert again.location == receipt
    assert "只提交了一次" in owner.get(receipt).text
    assert events(site, entry["case"], "cases.submit") == 1


@in_state("entry", ["draft"], indirect=True)
def test_two_tabs_of_a_form_lose_nothing(site: DemoSite, entry: Any) -> None:
    owner, page = signed_in(site, entry["owner"]), f"/my/cases/{entry['case']}/form/all/"
    one, other = owner.tab(), owner.tab()
    form_one, form_other = (tab.get(page).the_form(page) for tab in (one, other))
    assert one.post(page, form_one.filled(use_of_funds="先保存的内容")).status == 302
    refused = other.post(page, form_other.filled(use_of_funds="后填写的内容"))
    assert refused.status == 409
    assert "后填写的内容" in refused.text
    assert "先保存的内容" in refused.text
    assert purpose(site, entry["case"]) == "先保存的内容"
    again = refused.the_form(page)
    assert again.value("use_of_funds") == "后填写的内容"
    assert other.post(page, again.fields).status == 302
    assert purpose(site, entry["case"]) == "后填写的内容"


@in_state("entry", ["draft"], indirect=True)
def test_the_tab_that_comes_too_late_keeps_what_was_typed(site: DemoSite, entry: Any) -> None:
    owner, page = signed_in(site, entry["owner"]), f"/my/cases/{entry['case']}/form/all/"
    late = owner.tab()
    form = late.get(page).the_form(page)
    check = f"/my/cases/{entry['case']}/check/"
    assert owner.post(check, owner.get(check).the_form(check).fields).status == 302
    answer = late.post(page, form.filled(use_of_funds="提交以后才想到的"))
    assert answer.status == 409
    assert "提交以后才想到的" in answer.text
    assert purpose(site, entry["case"]) == FORM["use_of_funds"]


def back_after_expiry(browser: Browser, person: str, path: str, fields: Fields) -> Page:
    """Send a form without a valid sign-in, sign in where it leads to, and come back."""
    answer = browser.post(path, fields)
    assert answer.location.startswith("/sign-in/?next="), (answer.status, answer.location)
    page = browser.get(answer.location)
    assert "您填写的内容已保留" in page.text
    form = page.the_form("/sign-in/", login="")
    signed = browser.post("/sign-in/", form.filled(login=person, password="miaopu-demo-2018"))
    assert signed.status == 302
    return browser.get(signed.location)


@in_state("entry", ["draft"], indirect=True)
def test_a_sign_in_that_ends_in_mid_form(site: DemoSite, entry: Any) -> None:
    owner, page = signed_in(site, entry["owner"]), f"/my/cases/{entry['case']}/form/all/"
    form = owner.get(page).the_form(page)
    expire(site, owner)
    typed = form.filled(use_of_funds="登录失效前填写", jobs_planned="不是数字")
    back = back_after_expiry(owner, entry["owner"], page, typed)
    again = back.the_form(page)
    assert again.value("use_of_funds") == "登录失效前填写"
    assert again.value("jobs_planned") == "不是数字"
    assert purpose(site, entry["case"]) == FORM["use_of_funds"]
    assert owner.post(page, again.filled(jobs_planned="8")).status == 302
    assert purpose(site, entry["case"]) == "登录失效前填写"
    assert events(site, entry["case"], "cases.save_form") == 2


@in_state("entry", ["proposed"], indirect=True)
def test_an_officers_reason_outlives_the_sign_in(site: DemoSite, entry: Any) -> None:
    person = entry["officers"]["approver"][0]
    approver, page = signed_in(site, person), f"/office/cases/{entry['case']}/"
    form = approver.get(page).the_form(page + "send_back/")
    expire(site, approver)
    typed = form.filled(reason="现场核实发现地址不符，请补充")
    back = back_after_expiry(approver, person, page + "send_back/", typed)
    assert events(site, entry["case"], "cases.send_back") == 0
    kept = next(one for one in back.forms if one.value("kept_form") and one.value("reason"))
    assert kept.value("reason") == "现场核实发现地址不符，请补充"
    assert approver.post(kept.action, kept.fields).status == 302
    assert approver.post(kept.action, kept.fields).status == 302  # the same button again
    assert events(site, entry["case"], "cases.send_back") == 1


@in_state("entry", ["draft"], indirect=True)
def test_a_form_from_before_a_new_sign_in(site: DemoSite, entry: Any) -> None:
    owner, page = signed_in(site, entry["owner"]), f"/my/cases/{entry['case']}/form/all/"
    form = owner.get(page).the_form(page)
    owner.post("/sign-out/", owner.get("/my/").the_form("/sign-out/").fields)
    owner.sign_in(entry["owner"])
    owner.at = page
    refused = owner.post(page, form.filled(use_of_funds="旧页面上填写的"))
    assert refused.status == 403
    assert purpose(site, entry["case"]) == FORM["use_of_funds"]
    again = next(one for one in refused.forms if one.value("use_of_funds"))
    assert again.value("use_of_funds") == "旧页面上填写的"
    assert owner.post(again.action, again.fields).status == 302
    assert purpose(site, entry["case"]) == "旧页面上填写的"


@in_state("entry", ["approved"], indirect=True)
def test_publishing_twice_makes_one_list(site: DemoSite, entry: Any) -> None:
    approver = signed_in(site, entry["officers"]["approver"][0])
    page = "/office/publicity/"
    form = approver.get(page).the_form(page + "publish/", region=REGION)
    answers = at_once([lambda: approver.tab().post(page + "publish/", form.fields)] * 2)
    assert [answer.status for answer in answers] == [302, 302]
    assert events(site, entry["case"], "cases.publish") == 1
    lists = "SELECT count(*) FROM cases_publicity WHERE lines::text LIKE %s"
    assert site.one(lists, [f"%{entry['case']}%"]) == 1


@in_state("entry", ["granted"], indirect=True)
def test_paying_twice_moves_the_money_once(site: DemoSite, entry: Any) -> None:
    payer = signed_in(site, entry["officers"]["finance"][0])
    page = f"/finance/awards/A{entry['case']}/"
    form = payer.get(page).the_form(page + "pay/").filled(bank_reference="BANK42")
    answers = at_once([lambda: payer.tab().post(page + "pay/", form)] * 3)
    assert [answer.location for answer in answers] == [page] * 3
    assert events(site, entry["case"], "ledger.pay") == 1
    moved = "SELECT count(*) FROM ledger_transfer WHERE key = %s"
    assert site.one(moved, [f"post/A{entry['case']}"]) == 1
