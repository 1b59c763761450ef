"""Batch review as people meet it: what waits, the ranking in words, what is kept when refused."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from miaopu.cases import actions
from miaopu.cases.batches import confirm_batch, open_batch
from miaopu.cases.models import BatchReview, Case
from miaopu.cases.ranking import rank_batch
from miaopu.core.models import User
from tests.cases.follow_up import follow_up_accepted, follow_up_item, follow_up_proposed
from tests.cases.test_batches import EMPLOYER, FOUNDER, PLAIN, VILLAGE, opened, proposed, region
from tests.factories import CITY, YUNYAN, City
from tests.harness.pages import StrictClient
from tests.ledger.test_race import affordable, set_budget

pytestmark = pytest.mark.django_db


def get(client: StrictClient, user: User, name: str, **kwargs: Any) -> Any:
    client.force_login(user)
    return client.get(reverse(name, kwargs=kwargs))


def take(client: StrictClient, user: User, batch: BatchReview, step: str, **data: Any) -> Any:
    client.force_login(user)
    address = reverse("batch_step", kwargs={"number": batch.number, "step": step})
    return client.post(address, data)


def text(response: Any) -> str:
    return str(response.content.decode())


def test_from_what_waits_to_the_frozen_batch(client: StrictClient, city: City) -> None:
    set_budget(city, affordable(2))
    last = proposed(city, **PLAIN)
    for facts in (VILLAGE, FOUNDER, EMPLOYER):
        proposed(city, **facts)
    page = text(get(client, city.leading_group, "batches"))
    assert "等待评审的办件" in page
    groups = [f"{city.item.pk}/{code}" for code in (CITY, YUNYAN)]
    assert all(f'value="{group}"' in page for group in groups)

    answer = client.post(reverse("batch_open"), {"group": groups[1], "quota": ""})
    batch = BatchReview.objects.get()
    assert answer["Location"] == reverse("batch", kwargs={"number": batch.number})
    again = client.post(reverse("batch_open"), {"group": groups[1], "quota": "3"})
    assert again["Location"] == answer["Location"]

    page = text(client.get(answer["Location"]))
    assert "由重点人群创办 +10" in page
    assert "没有优先情形" in page
    assert "第 3 名" in page
    assert "差 0.01 元" in page
    seen = rank_batch(batch).digest
    assert f'value="{seen}"' in page

    done = take(client, city.leading_group, batch, "confirm", seen=seen, signed="on")
    assert done.status_code == 302
    batch.refresh_from_db()
    page = text(client.get(reverse("batch", kwargs={"number": batch.number})))
    assert batch.digest in page
    assert "确认本批" not in page
    note = text(get(client, city.reviewer, "case_packet", number=last.number))
    assert "上一批评审未列入" in note
    assert "排第 4 名" in note
    owner = last.enterprise.representatives.get().user
    assert "排第 4 名" in text(get(client, owner, "my_case", number=last.number))


def test_what_is_refused_keeps_what_was_typed(client: StrictClient, city: City) -> None:
    first, second = proposed(city, **FOUNDER), proposed(city, **EMPLOYER)
    batch = opened(city)
    seen = rank_batch(batch).digest
    unsigned = take(client, city.leading_group, batch, "confirm", seen=seen, reason="六月第一批")
    assert unsigned.status_code == 422
    assert "六月第一批" in text(unsigned)

    actions.approve_case(first, by=city.approver)
    beaten = take(
        client, city.leading_group, batch, "confirm", seen=seen, reason="六月第一批", signed="on"
    )
    assert beaten.status_code == 409
    assert "六月第一批" in text(beaten)
    assert rank_batch(batch).digest in text(beaten)
    assert Case.objects.get(pk=second.pk).state == "proposed"

    wrong = take(client, city.leading_group, batch, "quota", quota="0")
    assert wrong.status_code == 422
    nobody = take(client, city.leading_group, batch, "aside", case=first.number, reason="x")
    assert nobody.status_code == 422
    silent = take(client, city.leading_group, batch, "aside", case=second.number, reason="")
    assert silent.status_code == 422
    assert "请写明理由" in text(silent)


def test_setting_aside_and_back_and_cancelling(client: StrictClient, city: City) -> None:
    case = proposed(city, **FOUNDER)
    batch = opened(city)
    leader = city.leading_group
    take(client, leader, batch, "aside", case=case.number, reason="<b>现场</b>核查未完成")
    page = text(get(client, leader, "batch", number=batch.number))
    assert "&lt;b&gt;现场&lt;/b&gt;核查未完成" in page
    assert "现在没有可以支持的办件" in page
    take(client, leader, batch, "back", case=case.number)
    assert BatchReview.objects.get().set_aside == {}
    take(client, leader, batch, "quota", quota="5")
    assert BatchReview.objects.get().quota == 5
    assert take(client, leader, batch, "cancel", reason="等追加预算").status_code == 302
    assert take(client, leader, batch, "quota", quota="6").status_code == 409


def test_who_may_only_look(client: StrictClient, city: City) -> None:
    proposed(city, **FOUNDER)
    batch = opened(city)
    for reader in (city.reviewer, city.approver, city.auditor, city.programme_officer):
        page = text(get(client, reader, "batch", number=batch.number))
        assert "由重点人群创办" in page
        assert "确认本批" not in page
        assert "开始评审" not in text(get(client, reader, "batches"))
    whole = open_batch(city.item, region(CITY), by=city.leading_group)
    assert get(client, city.reviewer, "batch", number=whole.number).status_code == 404
    client.force_login(city.leading_group)
    stranger = client.post(reverse("batch_open"), {"group": f"{city.item.pk}/520302"})
    assert stranger.status_code == 422


def test_the_workbook_holds_no_formula(client: StrictClient, city: City) -> None:
    evil = proposed(city, name='=HYPERLINK("http://x","y")', **FOUNDER)
    proposed(city, **PLAIN)
    batch = opened(city)
    for confirm in (False, True):
        if confirm:
            confirm_batch(batch, seen=rank_batch(batch).digest, by=city.leading_group)
        answer = get(client, city.auditor, "batch_export", number=batch.number)
        assert answer["Content-Disposition"] == f'attachment; filename="{batch.number}.xlsx"'
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        rows = list(book.worksheets[0].iter_rows())
        assert len(rows) == 3
        assert {cell.data_type for row in rows for cell in row} <= {"s", "n"}
        assert rows[1][2].value == evil.enterprise.name
        assert rows[1][8].value == 45_000
        book.close()


def test_the_average_is_told_before_it_refuses(client: StrictClient, city: City) -> None:
    follow_up_proposed(city.reviewer, 6_000_000)
    batch = open_batch(follow_up_item(), region(), by=city.leading_group)
    page = text(get(client, city.leading_group, "batch", number=batch.number))
    assert "超出户均标准" in page
    assert "超出 10,000 元" in page
    seen = rank_batch(batch).digest
    refused = take(client, city.leading_group, batch, "confirm", seen=seen, signed="on")
    assert refused.status_code == 409
    assert "10,000.00" in text(refused)


def test_the_reviewer_types_the_amount(client: StrictClient, city: City) -> None:
    case = follow_up_accepted(city.reviewer)
    page = text(get(client, city.reviewer, "case_packet", number=case.number))
    assert "拟补助金额" in page
    assert "最高 50,000 元" in page
    address = reverse("case_step", kwargs={"number": case.number, "step": "propose_grant"})
    sent = {"revision": case.revision, "decide_effective": "yes", "signed": "on"}
    for amount in ("", "0", "-5", "五万", "1e5", "50000.001", "99999999999999999999"):
        answer = client.post(address, {**sent, "amount": amount})
        assert answer.status_code == 422, amount
        assert amount in text(answer)
    assert client.post(address, {**sent, "amount": "５０,000.50"}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.amount_fen) == ("proposed", 5_000_050)


def test_public_pages_say_that_it_is_an_average(client: StrictClient, city: City) -> None:
    slug = city.version.programme.slug
    page = text(client.get(reverse("item", args=[slug, "follow_up_support"])))
    assert "全计划户均" in page
    assert "50,000" in page
    assert "户均" in text(client.get(reverse("programme", args=[slug])))
    assert "户均" in text(client.get(reverse("home")))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_in_both_languages(client: StrictClient, city: City, language: str) -> None:
    for facts in (FOUNDER, PLAIN, PLAIN):
        proposed(city, **facts)
    batch = opened(city, quota=2)
    client.force_login(city.leading_group)
    client.post(reverse("set_language"), {"language": language, "next": "/"})
    page = text(client.get(reverse("batch", kwargs={"number": batch.number})))
    wanted = "同为 0 分" if language == "zh-hans" else "same 0 points"
    assert wanted in page


def test_queries_do_not_grow_with_the_lines(
    client: StrictClient, city: City, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        proposed(city, **(FOUNDER if number % 2 else PLAIN))
    batch = opened(city)
    client.force_login(city.leading_group)
    address = reverse("batch", kwargs={"number": batch.number})
    client.get(address)
    with django_assert_max_num_queries(24):
        client.get(address)
