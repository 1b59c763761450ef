"""The pages of an enterprise: who opens them, what they say, and that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from miaopu.cases import actions
from miaopu.cases.models import Case, CaseFile
from miaopu.core.actions import notify
from miaopu.core.enums import Role
from miaopu.core.models import Notice, User
from miaopu.ledger.awards import pay_award
from miaopu.ledger.models import Award
from miaopu.parties.actions import add_representative
from tests.factories import (
    GOOD_FORM,
    NANMING,
    YUNYAN,
    City,
    make_enterprise,
    make_officer,
    make_owner,
    travel,
)

pytestmark = pytest.mark.django_db

ACCOUNT = GOOD_FORM["bank_account"]
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")
SITE = {"Origin": "http://testserver", "Referer": "http://testserver/"}


class _Inputs(HTMLParser):
    """The values of a page's inputs by name; unchecked boxes have none."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = dict(attrs)
        name = got.get("name") or ""
        if tag == "input" and name:
            if got.get("type") in ("checkbox", "radio") and "checked" not in got:
                return
            self.values.setdefault(name, []).append(got.get("value") or "on")
        if tag == "textarea":
            self._area = name
            self.values.setdefault(name, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area][-1] += data


def text(response: Any) -> str:
    return str(response.content.decode())


def inputs(response: Any) -> dict[str, str]:
    """Last value of each input of the page, without what belongs to the frame."""
    parser = _Inputs()
    parser.feed(text(response))
    parser.close()
    frame = ("csrfmiddlewaretoken", "next")
    return {name: values[-1].strip() for name, values in parser.values.items() if name not in frame}


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def owner(client: Client, city: City) -> Client:
    """The owner's browser."""
    return signed_in(client, city.owner)


def url(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def fill(case: Case, **changes: str) -> dict[str, str]:
    """What the form's page sends."""
    case.refresh_from_db()
    return {**GOOD_FORM, "revision": str(case.revision), **changes}


# ---------------------------------------------------------------- who gets in


def pages_of(city: City, case: Case) -> list[str]:
    return [
        url("my_enterprise", city.enterprise.number),
        url("offer", city.enterprise.number, city.item.pk),
        *(url(name, case.number) for name in ("my_case", "case_form", "case_check")),
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
        for name in ("case_form", "case_check", "case_file_add", "case_withdraw"):
            assert client.post(url(name, case.number), fill(case)).status_code == 404
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
    assert "不符合条件" in page
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


# ---------------------------------------------------------------- the form


def test_form_marks_prefilled_values(owner: Client, city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    answer = owner.get(url("case_form", case.number))
    assert inputs(answer)["contact_phone"] == city.enterprise.phone
    assert "来自市场监管" in text(answer)
    owner.post(url("case_form", case.number), fill(case, contact_phone="13900139000"))
    again = text(owner.get(url("case_form", case.number)))
    assert again.count("来自市场监管") < text(answer).count("来自市场监管")


def test_wrong_answers_are_kept_and_told(owner: Client, city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    wrong = fill(case, bank_account="12<x>", jobs_planned="很多", contact_name="")
    answer = owner.post(url("case_form", case.number) + "?then=check", wrong)
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
    assert 'href="#id_bank_account"' in text(reopened)
    assert owner.post(url("case_check", case.number), fill(case), follow=True).redirect_chain
    case.refresh_from_db()
    assert case.state == "draft"


def test_signs_that_no_text_has_do_no_harm(owner: Client, city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    odd = fill(case, use_of_funds="买\x00设备", revision="²", contact_name="王" * 5000)
    assert owner.post(url("case_form", case.number), odd).status_code in (200, 409)
    odd = fill(case, use_of_funds="买\x00设备")
    assert owner.post(url("case_form", case.number), odd).status_code == 302
    case.refresh_from_db()
    assert case.form["use_of_funds"] == "买设备"


def test_saving_for_later_and_going_on(owner: Client, city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    later = owner.post(url("case_form", case.number), fill(case))
    assert later["Location"] == url("my_case", case.number)
    checked = owner.post(url("case_form", case.number) + "?then=check", fill(case))
    assert checked["Location"] == url("case_check", case.number)


def test_two_tabs_show_the_difference_and_save_knowingly(owner: Client, city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    seen = str(case.revision)
    owner.post(url("case_form", case.number), fill(case, jobs_planned="7", revision=seen))
    mine = fill(case, jobs_planned="9", revision=seen)
    answer = owner.post(url("case_form", case.number), mine)
    assert answer.status_code == 409
    assert "另一个页面保存的是：7" in text(answer)
    assert text(answer).count("另一个页面保存的是") == 1
    assert inputs(answer)["jobs_planned"] == "9"
    case.refresh_from_db()
    assert case.form["jobs_planned"] == 7
    knowingly = {**mine, "revision": inputs(answer)["revision"]}
    assert owner.post(url("case_form", case.number), knowingly).status_code == 302
    case.refresh_from_db()
    assert case.form["jobs_planned"] == 9


def test_typing_after_submission_in_another_tab_is_shown_not_saved(
    owner: Client, city: City
) -> None:
    case = city.draft()
    typed = fill(case, use_of_funds="另一个页面里写的很长的话")
    actions.submit_case(case, by=city.owner)
    answer = owner.post(url("case_form", case.number), typed)
    assert answer.status_code == 409
    assert "另一个页面里写的很长的话" in text(answer)
    assert "没有保存" in text(answer)
    case.refresh_from_db()
    assert case.form["use_of_funds"] == GOOD_FORM["use_of_funds"]


def test_expired_session_keeps_what_was_typed(owner: Client, city: City) -> None:
    case = actions.open_case(city.item, city.enterprise, by=city.owner)
    page = url("case_form", case.number)
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
    page = url("case_form", case.number)
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
    page = url("case_form", case.number)
    owner.get(page)
    del owner.cookies[settings.SESSION_COOKIE_NAME]
    headers = {**SITE, "Referer": f"http://testserver{page}"}
    owner.post(page, fill(case, use_of_funds="只给自己看"), headers=headers)
    owner.force_login(colleague)
    assert "只给自己看" not in text(owner.get(page))


# ---------------------------------------------------------------- papers


def paper(case: Case) -> Any:
    """The first kind of paper that the item asks for."""
    return case.item.definition.materials[0]


def upload(client: Client, case: Case, material: str, name: str, content: bytes) -> Any:
    data = {"material": material, "file": SimpleUploadedFile(name, content)}
    return client.post(url("case_file_add", case.number), data)


def test_a_file_is_kept_and_given_back_as_a_download(
    owner: Client, new_client: Callable[[], Client], city: City
) -> None:
    case = city.draft()
    answer = upload(owner, case, paper(case).id, '执照 "正本".png', PNG)
    assert answer["Location"] == url("case_check", case.number) + "#materials"
    attached = CaseFile.objects.get()
    page = url("my_file", attached.pk)
    assert page in text(owner.get(url("case_check", case.number)))
    given = owner.get(page)
    assert given["Content-Type"] == "image/png"
    assert given["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%89%A7")
    assert given["X-Content-Type-Options"] == "nosniff"
    assert b"".join(given.streaming_content) == PNG
    assert signed_in(new_client(), city.other_owner).get(page).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pdf", b"", "文件是空的"),
        ("a.pdf", b"<script>alert(1)</script>", "不支持这种文件"),
        ("a.png", b"MZ" + b"\0" * 200, "不支持这种文件"),
    ],
)
def test_bad_files_are_refused_in_words(
    owner: Client, city: City, name: str, content: bytes, told: str
) -> None:
    case = city.draft()
    answer = upload(owner, case, paper(case).id, name, content)
    assert answer.status_code == 200
    assert told in text(answer)
    assert f'href="#file_{paper(case).id}_file"' in text(answer)
    assert not CaseFile.objects.exists()


def test_no_file_unknown_paper_and_late_file(owner: Client, city: City) -> None:
    case = city.draft()
    nothing = owner.post(url("case_file_add", case.number), {"material": paper(case).id})
    assert "请选择要上传的文件" in text(nothing)
    unknown = upload(owner, case, "passport", "a.png", PNG)
    assert unknown["Location"] == url("my_case", case.number)
    actions.submit_case(case, by=city.owner)
    late = upload(owner, case, paper(case).id, "a.png", PNG)
    assert late["Location"] == url("my_case", case.number)
    assert "已经提交" in text(owner.get(late["Location"]))
    assert not CaseFile.objects.exists()


def test_too_large_a_file_is_refused(owner: Client, city: City, settings: Any) -> None:
    settings.FILE_MAX_BYTES = len(PNG) - 1
    case = city.draft()
    answer = upload(owner, case, paper(case).id, "a.png", PNG)
    assert answer.status_code == 200
    assert not CaseFile.objects.exists()


# ---------------------------------------------------------------- checking and submitting


def test_check_masks_the_account_and_leads_to_each_question(owner: Client, city: City) -> None:
    case = city.draft()
    page = text(owner.get(url("case_check", case.number)))
    assert ACCOUNT not in page
    assert "***************5678" in page
    assert GOOD_FORM["contact_phone"] in page
    assert f"{url('case_form', case.number)}#id_bank_account" in page
    assert paper(case).title.zh in page
    assert ACCOUNT in text(owner.get(url("case_form", case.number)))


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
    owner.post(url("case_form", case.number), fill(case, jobs_planned="8"))
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
