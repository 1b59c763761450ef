"""The application, one thing per page: nothing typed is lost, nothing is asked that is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from miaopu.cases import actions
from miaopu.cases.models import Case
from miaopu.core.models import User
from miaopu.parties.actions import add_representative
from tests.factories import (
    GOOD_FORM,
    City,
)
from tests.portal.enterprise import (
    SITE,
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


def test_form_marks_prefilled_values(owner: Client, city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    answer = owner.get(everything(case))
    assert inputs(answer)["contact_phone"] == city.enterprise.phone
    assert "来自市场监管" in text(answer)
    owner.post(everything(case), fill(case, contact_phone="13900139000"))
    again = text(owner.get(everything(case)))
    assert again.count("来自市场监管") < text(answer).count("来自市场监管")


def test_wrong_answers_are_kept_and_told(owner: Client, city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    wrong = fill(case, bank_account="12<x>", jobs_planned="很多", contact_name="")
    answer = owner.post(everything(case) + "?then=check", wrong)
    page = text(answer)
    assert answer.status_code == 200
    assert 'href="#id_bank_account"' in page
    assert 'href="#id_jobs_planned"' in page
    assert 'href="#id_contact_name"' in page
    assert inputs(answer)["bank_account"] == "12<x>"
    assert inputs(answer)["jobs_planned"] == "很多"
    case.refresh_from_db()
    assert case.form["bank_account"] == "12<x>"
    assert inputs(answer)["revision"] == str(case.revision)
    reopened = owner.get(url("case_check", case.number), follow=True)
    assert 'href="#id_contact_name"' in text(reopened)  # the first page that is wrong
    assert owner.post(url("case_check", case.number), fill(case), follow=True).redirect_chain
    case.refresh_from_db()
    assert case.state == "draft"


def test_signs_that_no_text_has_do_no_harm(owner: Client, city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    odd = fill(case, use_of_funds="买\x00设备", revision="²", contact_name="王" * 5000)
    assert owner.post(everything(case), odd).status_code in (200, 409)
    odd = fill(case, use_of_funds="买\x00设备")
    assert owner.post(everything(case), odd).status_code == 302
    case.refresh_from_db()
    assert case.form["use_of_funds"] == "买设备"


def test_saving_for_later_and_going_on(owner: Client, city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    later = owner.post(everything(case) + "?then=later", fill(case, jobs_planned=""))
    assert later["Location"] == url("case_form", case.number)
    case.refresh_from_db()
    assert case.form["bank_name"] == GOOD_FORM["bank_name"]
    assert case.form["jobs_planned"] == ""
    checked = owner.post(everything(case) + "?then=check", fill(case))
    assert checked["Location"] == url("case_check", case.number)


def test_two_tabs_show_the_difference_and_save_knowingly(owner: Client, city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    seen = str(case.revision)
    owner.post(everything(case), fill(case, jobs_planned="7", revision=seen))
    mine = fill(case, jobs_planned="9", revision=seen)
    answer = owner.post(everything(case), mine)
    assert answer.status_code == 409
    assert "另一个页面保存的是：7" in text(answer)
    assert text(answer).count("另一个页面保存的是") == 1
    assert inputs(answer)["jobs_planned"] == "9"
    case.refresh_from_db()
    assert case.form["jobs_planned"] == 7
    knowingly = {**mine, "revision": inputs(answer)["revision"]}
    assert owner.post(everything(case), knowingly).status_code == 302
    case.refresh_from_db()
    assert case.form["jobs_planned"] == 9


def test_typing_after_submission_in_another_tab_is_shown_not_saved(
    owner: Client, city: City
) -> None:
    case = city.draft()
    typed = fill(case, use_of_funds="另一个页面里写的很长的话")
    actions.submit_case(case, by=city.owner)
    answer = owner.post(everything(case), typed)
    assert answer.status_code == 409
    assert "另一个页面里写的很长的话" in text(answer)
    assert "没有保存" in text(answer)
    case.refresh_from_db()
    assert case.form["use_of_funds"] == GOOD_FORM["use_of_funds"]


def test_expired_session_keeps_what_was_typed(owner: Client, city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    page = everything(case)
    owner.get(page)
    del owner.cookies[settings.SESSION_COOKIE_NAME]
    typed = fill(case, use_of_funds="登录失效前写的话")
    headers = {**SITE, "Referer": f"http://testserver{page}"}
    away = owner.post(page + "?then=check", typed, headers=headers)
    assert away.status_code == 302
    assert away["Location"].startswith(reverse("sign_in"))
    owner.post(
        reverse("sign_in"), {"login": city.owner.username, "password": "a-long-test-password"}
    )
    back = owner.get(page)
    assert "已放回表中" in text(back)
    assert inputs(back)["use_of_funds"] == "登录失效前写的话"
    assert inputs(back)["commitment"] == "on"
    case.refresh_from_db()
    assert case.form.get("use_of_funds", "") == ""
    saved = owner.post(page + "?then=check", inputs(back))
    assert saved["Location"] == url("case_check", case.number)
    case.refresh_from_db()
    assert case.form["use_of_funds"] == "登录失效前写的话"
    assert "已放回表中" not in text(owner.get(page))


def test_expired_session_and_a_draft_changed_meanwhile(owner: Client, city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    page = everything(case)
    owner.get(page)
    typed = fill(case, jobs_planned="9")
    del owner.cookies[settings.SESSION_COOKIE_NAME]
    owner.post(page, typed, headers={**SITE, "Referer": f"http://testserver{page}"})
    actions.save_form(case, {**GOOD_FORM, "jobs_planned": "7"}, revision=1, by=city.owner)
    owner.force_login(city.owner)
    answer = owner.post(page, inputs(owner.get(page)))
    assert answer.status_code == 409
    assert "另一个页面保存的是：7" in text(answer)
    assert owner.post(page, inputs(answer)).status_code == 302
    case.refresh_from_db()
    assert case.form["jobs_planned"] == 9
    assert inputs(owner.get(page)).get("kept_form") is None


def test_kept_form_is_not_offered_to_another_person(
    owner: Client, city: City, new_client: Callable[[], Client]
) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    colleague = User.objects.create_user("colleague", password="x" * 20, kind="party")
    add_representative(colleague, city.enterprise, by=None)
    page = everything(case)
    owner.get(page)
    del owner.cookies[settings.SESSION_COOKIE_NAME]
    headers = {**SITE, "Referer": f"http://testserver{page}"}
    owner.post(page, fill(case, use_of_funds="只给自己看"), headers=headers)
    owner.force_login(colleague)
    assert "只给自己看" not in text(owner.get(page))


# ---------------------------------------------------------------- one thing per page


def begun(city: City) -> Case:
    """A draft as it begins."""
    return actions.open_case(city.item, city.enterprise, by=city.owner)


def test_task_list_says_what_is_known_and_what_is_left(owner: Client, city: City) -> None:
    case = begun(city)
    page = text(owner.get(url("case_form", case.number)))
    assert "来自市场监管，有误可以修改" in page
    assert "收款账户" in page
    assert page.count("暂不能办") == 1  # the check
    assert f'href="{url("case_question", case.number, "bank_name")}">继续填写' in page
    owner.post(everything(case), fill(case))
    ready = text(owner.get(url("case_form", case.number)))
    assert "都填好了" in ready
    assert "暂不能办" not in ready


def test_pages_lead_from_one_to_the_next_and_to_the_check(owner: Client, city: City) -> None:
    case = begun(city)
    page, seen = url("case_question", case.number, "bank_name"), []
    while "/form/" in page:
        answer = owner.get(page)
        names = [name for name in inputs(answer) if name not in ("revision", "q")]
        seen.append(names)
        sent = {name: GOOD_FORM[name] for name in GOOD_FORM if f'name="{name}"' in text(answer)}
        page = owner.post(page, {**sent, "revision": inputs(answer)["revision"]})["Location"]
    assert len(seen) == 4  # the account, jobs, use of funds, the declaration: not what is known
    assert seen[0] == ["bank_name", "bank_account"]
    assert page == url("case_files", case.number)  # optional, offered once
    case.refresh_from_db()
    assert case.form["use_of_funds"] == GOOD_FORM["use_of_funds"]
    assert owner.get(url("case_check", case.number)).status_code == 200


def test_a_wrong_answer_stays_on_its_page_and_can_wait(owner: Client, city: City) -> None:
    case = begun(city)
    page = url("case_question", case.number, "bank_name")
    typed = {"bank_name": "", "bank_account": "12<x>", "revision": str(case.revision)}
    answer = owner.post(page, typed)
    assert 'href="#id_bank_account"' in text(answer)
    assert inputs(answer)["bank_account"] == "12<x>"
    typed["revision"] = inputs(answer)["revision"]
    later = owner.post(page + "?then=later", typed)
    assert later["Location"] == url("case_form", case.number)
    assert "已保存，还有内容要改正" in text(owner.get(later["Location"]))


def test_two_tabs_on_different_questions_do_not_disturb_each_other(
    owner: Client, city: City
) -> None:
    case = begun(city)
    seen = str(case.revision)
    jobs, funds = (
        url("case_question", case.number, one) for one in ("jobs_planned", "use_of_funds")
    )
    assert owner.post(jobs, {"jobs_planned": "5", "revision": seen}).status_code == 302
    assert owner.post(funds, {"use_of_funds": "设备", "revision": seen}).status_code == 302
    case.refresh_from_db()
    assert (case.form["jobs_planned"], case.form["use_of_funds"]) == (5, "设备")
    conflict = owner.post(jobs, {"jobs_planned": "9", "revision": seen})
    assert conflict.status_code == 409
    assert "另一个页面保存的是：5" in text(conflict)
    assert 'data-autosave="' not in text(conflict)  # the person decides, not the clock


def autosave(client: Client, page: str, **typed: str) -> Any:
    return client.post(page, typed, headers={"Autosave": "1"})


def test_autosave_keeps_what_is_typed_and_tells_the_revision(owner: Client, city: City) -> None:
    case = begun(city)
    page = url("case_question", case.number, "use_of_funds")
    assert 'data-autosave="' in text(owner.get(page))
    revision = str(case.revision)
    for words in ("买", "买设", "买设备"):
        answer = autosave(owner, page, use_of_funds=words, revision=revision)
        assert answer.status_code == 200
        revision = str(answer.json()["revision"])
    case.refresh_from_db()
    assert case.form["use_of_funds"] == "买设备"
    assert [event.verb for event in case.trail()].count("cases.save_form") == 1
    assert owner.post(page, {"use_of_funds": "买设备", "revision": revision}).status_code == 302


def test_autosave_of_another_tab_is_told_and_overwrites_nothing(owner: Client, city: City) -> None:
    case = begun(city)
    page = url("case_question", case.number, "use_of_funds")
    seen = str(case.revision)
    assert autosave(owner, page, use_of_funds="甲", revision=seen).status_code == 200
    beaten = autosave(owner, page, use_of_funds="乙", revision=seen)
    assert beaten.status_code == 409
    assert "另一个页面修改" in beaten.json()["message"]
    case.refresh_from_db()
    assert case.form["use_of_funds"] == "甲"
    wrong = autosave(
        owner,
        url("case_question", case.number, "jobs_planned"),
        jobs_planned="很多",
        revision=str(case.revision),
    )
    assert wrong.json()["problems"] == 1
    actions.save_form(case, GOOD_FORM, revision=case.revision + 1, by=city.owner)
    case.refresh_from_db()
    actions.submit_case(case, by=city.owner)
    late = autosave(owner, page, use_of_funds="丙", revision=str(case.revision))
    assert late.status_code == 409
    assert "已经提交" in late.json()["message"]


def test_autosave_without_sign_in_is_kept_for_its_page(owner: Client, city: City) -> None:
    case = begun(city)
    page = url("case_question", case.number, "use_of_funds")
    owner.get(page)
    del owner.cookies[settings.SESSION_COOKIE_NAME]
    headers = {**SITE, "Referer": f"http://testserver{page}", "Autosave": "1"}
    away = owner.post(page, {"use_of_funds": "失效前", "revision": "1"}, headers=headers)
    assert away.status_code == 302
    owner.force_login(city.owner)
    assert inputs(owner.get(page))["use_of_funds"] == "失效前"


def test_pages_that_do_not_exist(owner: Client, city: City) -> None:
    case = begun(city)
    for name in ("no", "bank_account", "all/x"):
        answer = owner.get(f"/my/cases/{case.number}/form/{name}/")
        assert answer.status_code == 404, name
