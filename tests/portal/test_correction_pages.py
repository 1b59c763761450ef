"""Returning for correction, and correcting, on pages."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from miaopu.cases.corrections import ask_correction
from miaopu.cases.models import Case, CaseFile, Correction
from miaopu.core.models import Event
from tests.cases.test_corrections import NEW_ACCOUNT, PDF, POINTS, answered, asked
from tests.factories import City, make_enterprise, make_owner, travel
from tests.harness.pages import StrictClient

pytestmark = pytest.mark.django_db


def text_of(response: object) -> str:
    """The page as text."""
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def ask(client: StrictClient, city: City, case: Case, **points: str) -> object:
    """Post the packet's form for corrections."""
    client.force_login(city.reviewer)
    case.refresh_from_db()
    data = {"revision": case.revision, **points}
    return client.post(f"/office/cases/{case.number}/ask_correction/", data)


def test_a_reviewer_asks_everything_at_once(client: StrictClient, city: City) -> None:
    case = city.submitted()
    page = client_page(client, city, f"/office/cases/{case.number}/")
    assert 'name="point_field_bank_account"' in page
    assert 'name="point_material_business_plan"' in page
    answer = ask(client, city, case)
    assert answer.status_code == 422
    assert "至少写明一项" in text_of(answer)
    answer = ask(
        client,
        city,
        case,
        point_field_bank_account="请核对账号",
        point_material_business_plan="请上传计划",
    )
    assert answer.status_code == 302
    assert len(Correction.objects.get().points) == 2
    page = client_page(client, city, f"/office/cases/{case.number}/")
    assert "已暂停计时" in page and "请核对账号" in page
    assert "propose_refusal" not in page  # not before the due date
    answer = ask(client, city, case, point_field_bank_account="x")
    assert answer.status_code == 302  # a second click is told that it is done
    assert Correction.objects.count() == 1


def client_page(client: StrictClient, city: City, address: str) -> str:
    """A page as the reviewer sees it."""
    client.force_login(city.reviewer)
    response = client.get(address)
    assert response.status_code == 200
    return text_of(response)


def test_a_second_time_needs_a_reason(client: StrictClient, city: City) -> None:
    case, _correction = asked(city)
    answered(city, case)
    answer = ask(client, city, case, point_field_bank_account="还是不对")
    assert answer.status_code == 422
    assert "再次要求补正的理由" in text_of(answer)
    ask(client, city, case, point_field_bank_account="还是不对", reason="银行退回")
    page = client_page(client, city, f"/office/cases/{case.number}/")
    assert "第 2 次" in page and "第 1 次" in page
    assert "***5679" in page  # accounts stay masked, before and now
    assert NEW_ACCOUNT not in page


def test_an_enterprise_corrects_checks_and_hands_in(client: StrictClient, city: City) -> None:
    case, _correction = asked(city)
    client.force_login(city.owner)
    home = text_of(client.get("/my/"))
    assert f"/my/cases/{case.number}/correction/" in home
    assert "去补正" in text_of(client.get(f"/my/cases/{case.number}/"))
    address = f"/my/cases/{case.number}/correction/"
    page = text_of(client.get(address))
    assert "账号少一位" in page and 'name="bank_account"' in page
    assert 'name="contact_name"' not in page  # only what was asked
    plan = SimpleUploadedFile("计划.pdf", PDF)
    wrong = client.post(
        address, {"revision": "1", "bank_account": "12x", "file_business_plan": plan}
    )
    assert wrong.status_code == 200
    assert "8至30位数字" in text_of(wrong) and "计划.pdf" in text_of(wrong)  # nothing is lost
    assert 'value="12x"' in text_of(wrong)
    answer = client.post(address, {"revision": "2", "bank_account": NEW_ACCOUNT})
    assert answer["Location"].endswith("/correction/check/")
    check = text_of(client.get(answer["Location"]))
    assert "没有补正" not in check
    handed = client.post(answer["Location"], {"revision": "3"})
    assert handed["Location"] == f"/my/cases/{case.number}/"
    case.refresh_from_db()
    assert (case.state, case.form["bank_account"]) == ("accepted", NEW_ACCOUNT)
    again = client.post(answer["Location"], {"revision": "3"}, follow=True)
    assert "只提交了一次" in text_of(again)
    assert client.get(address).status_code == 302


def test_what_was_not_seen_is_not_handed_in(client: StrictClient, city: City) -> None:
    case, correction = asked(city)
    client.force_login(city.owner)
    address = f"/my/cases/{case.number}/correction/"
    client.post(address, {"revision": "1", "bank_account": NEW_ACCOUNT})
    other_tab = client.post(address, {"revision": "1", "bank_account": "6222020200099999999"})
    assert other_tab.status_code == 409
    assert "另一个页面" in text_of(other_tab) and "6222020200099999999" in text_of(other_tab)
    assert client.post(f"{address}check/", {"revision": "1"})["Location"].endswith("/check/")
    correction.refresh_from_db()
    assert correction.state == "open"


def autosave(client: StrictClient, address: str, **typed: str) -> HttpResponse:
    """Save while typing, as the page's script does."""
    return client.post(address, typed, headers={"Autosave": "1"})


def test_what_is_typed_is_saved_while_typing(client: StrictClient, city: City) -> None:
    case, correction = asked(city)
    client.force_login(city.owner)
    address = f"/my/cases/{case.number}/correction/"
    assert f'data-autosave="{address}"' in text_of(client.get(address))
    said = autosave(client, address, revision="1", bank_account="62", correction_remark="稍后")
    assert (said.status_code, said.json()) == (200, {"revision": 2, "problems": 1})
    said = autosave(client, address, revision="2", bank_account="622", correction_remark="稍后")
    assert said.json()["revision"] == 3
    page = text_of(client.get(address))
    assert 'value="622"' in page and "稍后" in page  # the tab was killed: it is all there
    saves = Event.objects.for_subject(case).filter(verb="cases.save_correction")
    assert saves.count() == 1  # one for a sitting
    case.refresh_from_db()
    assert case.form["bank_account"] != "622"  # nothing enters the case before it is handed in
    correction.refresh_from_db()
    assert correction.state == "open"


def shown_by(page: str) -> str:
    """The hidden field that says what a page had shown at first."""
    found = re.search(r'name="shown" value="([^"]*)"', page)
    assert found is not None
    return html.unescape(found.group(1))


def test_two_tabs_that_change_different_things_are_both_kept(
    client: StrictClient, city: City
) -> None:
    case, correction = asked(city)
    client.force_login(city.owner)
    address = f"/my/cases/{case.number}/correction/"
    page = client.get(address).content.decode()
    shown, old = shown_by(page), correction.answers["bank_account"]
    tab = {"revision": "1", "shown": shown}
    autosave(client, address, **tab, bank_account=NEW_ACCOUNT, correction_remark="")
    other = autosave(client, address, **tab, bank_account=old, correction_remark="另有说明")
    assert (other.status_code, other.json()["revision"]) == (200, 3)
    correction.refresh_from_db()
    assert (correction.answers["bank_account"], correction.remark) == (NEW_ACCOUNT, "另有说明")
    both = {"bank_account": "6222020200099999999", "correction_remark": "另有说明"}
    assert client.post(address, {**tab, **both}).status_code == 409  # the account, in both
    for unread in ("", "[1]", "{", "[" * 5000):
        assert client.post(address, {**tab, **both, "shown": unread}).status_code == 409
    correction.refresh_from_db()
    assert correction.answers["bank_account"] == NEW_ACCOUNT


def test_autosave_of_another_tab_overwrites_nothing(client: StrictClient, city: City) -> None:
    case, correction = asked(city)
    client.force_login(city.owner)
    address = f"/my/cases/{case.number}/correction/"
    autosave(client, address, revision="1", bank_account=NEW_ACCOUNT, correction_remark="甲")
    other = autosave(client, address, revision="1", bank_account="1", correction_remark="乙")
    assert other.status_code == 409
    assert "另一个页面" in other.json()["message"]
    correction.refresh_from_db()
    assert (correction.answers["bank_account"], correction.remark) == (NEW_ACCOUNT, "甲")
    typed = {"revision": "1", "bank_account": NEW_ACCOUNT, "correction_remark": "乙"}
    page = client.post(address, typed)
    assert page.status_code == 409
    text = text_of(page)
    assert "另一个页面保存的是：甲" in text and "乙" in text
    assert f"另一个页面保存的是：{NEW_ACCOUNT}" not in text  # the same here and there
    assert "data-autosave=" not in text  # nothing more is overwritten unseen


def test_what_is_typed_too_late_stays_on_the_page(client: StrictClient, city: City) -> None:
    case, _correction = asked(city)
    client.force_login(city.owner)
    address = f"/my/cases/{case.number}/correction/"
    answered(city, case)
    late = autosave(client, address, revision="2", bank_account="62220000")
    assert late.status_code == 409
    assert "没有需要补正" in late.json()["message"]
    page = client.post(address, {"revision": "2", "bank_account": "62220000"})
    assert page.status_code == 409
    assert 'value="62220000"' in text_of(page) and "没有保存" in text_of(page)
    same = client.post(address, {"revision": "2", "bank_account": NEW_ACCOUNT})
    assert same["Location"] == f"/my/cases/{case.number}/"  # nothing to lose


@pytest.mark.parametrize("content", [b"", b"<script>alert(1)</script>", b"MZ" + b"\0" * 200])
def test_bad_files_are_refused_at_their_place(
    client: StrictClient, city: City, content: bytes
) -> None:
    case, _correction = asked(city)
    client.force_login(city.owner)
    answer = client.post(
        f"/my/cases/{case.number}/correction/",
        {
            "revision": "1",
            "bank_account": NEW_ACCOUNT,
            "file_business_plan": SimpleUploadedFile("x.pdf", content),
        },
    )
    assert answer.status_code == 200
    assert 'id="id_file_business_plan_error"' in text_of(answer)
    assert NEW_ACCOUNT in text_of(answer)
    assert not CaseFile.objects.exists()


@pytest.mark.parametrize("strange", ["\x00", "x" * 60_000, "<script>alert(1)</script>", "\u202e"])
def test_hostile_corrections(client: StrictClient, city: City, strange: str) -> None:
    case, _correction = asked(city)
    client.force_login(city.owner)
    address = f"/my/cases/{case.number}/correction/"
    answer = client.post(
        address,
        {"revision": strange[:90], "bank_account": strange, "correction_remark": strange},
    )
    assert answer.status_code < 500
    assert "<script>alert" not in text_of(answer)
    for posted in ("/check/", "/"):
        assert (
            client.post(f"{address.rstrip('/')}{posted}", {"revision": "9" * 40}).status_code < 500
        )


def test_the_queue_shows_who_is_waited_for(client: StrictClient, city: City) -> None:
    case, correction = asked(city)
    enterprise = make_enterprise()
    waiting = city.submitted(enterprise, make_owner(enterprise))
    page = client_page(client, city, "/office/cases/?todo=mine")
    assert waiting.number in page and case.number not in page
    page = client_page(client, city, "/office/cases/?due=paused")
    assert case.number in page and "已暂停，待补正" in page and waiting.number not in page
    travel(correction.due_on + timedelta(days=1))
    for query in ("todo=mine", "due=lapsed"):
        page = client_page(client, city, f"/office/cases/?{query}")
        assert case.number in page and "逾期未补正" in page
    assert "propose_refusal" in client_page(client, city, f"/office/cases/{case.number}/")


def test_the_queue_goes_with_the_reviewer(client: StrictClient, city: City) -> None:
    cases = [city.submitted()]
    for _number in range(2):
        enterprise = make_enterprise()
        cases.append(city.submitted(enterprise, make_owner(enterprise)))
    page = client_page(client, city, "/office/cases/?state=submitted")
    assert f"/office/cases/{cases[0].number}/?state=submitted" in page
    page = client_page(client, city, f"/office/cases/{cases[1].number}/?state=submitted")
    assert (
        f"/office/cases/{cases[2].number}/?state=submitted" in page
    )  # the next one, not the first
    data = {"revision": cases[1].revision, "queue": "state=submitted", "next": "queue"}
    answer = client.post(f"/office/cases/{cases[1].number}/accept/", data)
    assert answer["Location"] == f"/office/cases/{cases[2].number}/?state=submitted"
    cases[2].refresh_from_db()
    data = {"revision": cases[2].revision, "queue": "state=submitted", "next": "queue"}
    answer = client.post(f"/office/cases/{cases[2].number}/accept/", data)
    assert answer["Location"] == f"/office/cases/{cases[0].number}/?state=submitted"
    data = {"revision": cases[0].revision, "queue": "state=submitted", "next": "queue"}
    answer = client.post(f"/office/cases/{cases[0].number}/accept/", data)
    assert answer["Location"] == "/office/cases/?state=submitted"


@pytest.mark.parametrize("query", ["state=nonsense", "%00", "due=x&todo=y", "a" * 900, "q=%FF"])
def test_strange_queues_lead_to_ones_own(client: StrictClient, city: City, query: str) -> None:
    case = city.submitted()
    page = client_page(client, city, f"/office/cases/{case.number}/?{query}")
    assert 'name="queue" value="todo=mine"' in page or "q=" in query


def test_asking_is_for_the_own_district(client: StrictClient, city: City) -> None:
    case = city.submitted()
    client.force_login(city.other_reviewer)
    data = {"revision": case.revision, "point_field_bank_account": "x"}
    assert client.post(f"/office/cases/{case.number}/ask_correction/", data).status_code == 404
    ask_correction(case, POINTS, by=city.reviewer)
    client.force_login(city.other_owner)
    assert client.get(f"/my/cases/{case.number}/correction/").status_code == 404
