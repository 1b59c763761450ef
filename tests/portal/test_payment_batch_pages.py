"""Payment batches on pages: choosing, files, results checked before they are booked, returns."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from miaopu.core import clock
from miaopu.core.models import Notice, User
from miaopu.engine.bank_files import Result
from miaopu.engine.books import verify
from miaopu.ledger.awards import pay_award
from miaopu.ledger.batches import create_batch
from miaopu.ledger.books import read_books
from miaopu.ledger.models import Award, BankReply, PaymentBatch, Transfer
from miaopu.ledger.results import book_results
from miaopu.parties.models import Enterprise
from tests.factories import City
from tests.harness.pages import StrictClient
from tests.ledger.test_batches import grant_many

pytestmark = pytest.mark.django_db
ACCOUNT = "6222020200012345678"
HEAD = "扶持编号,金额（元）,结果,银行流水号,银行日期,原因\n"


def page(client: StrictClient, user: User, name: str, query: str = "", **kwargs: Any) -> Any:
    client.force_login(user)
    return client.get(reverse(name, kwargs=kwargs) + query)


def text(response: Any) -> str:
    return str(response.content.decode())


def send(client: StrictClient, user: User, name: str, data: dict[str, Any], **kwargs: Any) -> Any:
    client.force_login(user)
    return client.post(reverse(name, kwargs=kwargs), data, follow=True)


def upload(client: StrictClient, city: City, batch: PaymentBatch, content: bytes | str) -> Any:
    raw = content.encode("gb18030") if isinstance(content, str) else content
    file = SimpleUploadedFile("结果.csv", raw)
    return send(
        client, city.finance, "payment_batch_reply_add", {"file": file}, number=batch.number
    )


def make(city: City, awards: list[Award]) -> PaymentBatch:
    return create_batch(awards, by=city.finance, request_key="k")


def good_row(award: Award, reference: str = "B1") -> str:
    return f"{award.number},45000.00,已付,{reference},{clock.today():%Y%m%d},\n"


def test_choose_freeze_and_download(client: StrictClient, city: City) -> None:
    first, second, third = grant_many(city, 3)
    shown = page(client, city.finance, "payment_batch_new")
    assert [row["ticked"] for row in shown.context["rows"]] == [True] * 3
    none = page(client, city.finance, "payment_batch_new", "?none=1")
    assert not any(row["ticked"] for row in none.context["rows"])
    found = page(client, city.finance, "payment_batch_new", f"?q={second.case.enterprise.name}")
    assert [row["number"] for row in found.context["rows"]] == [second.number]

    data = {"award": [first.number, third.number], "idempotency_key": shown.context["key"]}
    made = send(client, city.finance, "payment_batch_new", data)
    again = send(client, city.finance, "payment_batch_new", data)  # a double click
    batch = PaymentBatch.objects.get()
    assert made.redirect_chain == again.redirect_chain
    assert batch.number in text(made) and "90,000.00" in text(made) and batch.digest in text(made)
    assert "人民币玖万元整" in text(made)
    left = page(client, city.finance, "payment_batch_new").context["rows"]
    assert [row["number"] for row in left] == [second.number]

    book = page(client, city.finance, "payment_batch_file", number=batch.number, kind="xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None and sheet["D2"].value == ACCOUNT
    for kind, encoding in (("utf8", "utf-8-sig"), ("gb18030", "gb18030")):
        file = page(client, city.finance, "payment_batch_file", number=batch.number, kind=kind)
        assert "90000.00" in file.content.decode(encoding)
        assert file["Content-Disposition"].startswith("attachment")
        assert file["X-Content-Type-Options"] == "nosniff" and "no-store" in file["Cache-Control"]
    assert (
        page(
            client, city.finance, "payment_batch_file", number=batch.number, kind="exe"
        ).status_code
        == 404
    )


def test_what_cannot_be_paid_is_said_and_the_choice_kept(client: StrictClient, city: City) -> None:
    first, second = grant_many(city, 2)
    pay_award(second, "B1", by=city.finance)
    data = {"award": [first.number, second.number], "idempotency_key": "k9"}
    refused = send(client, city.finance, "payment_batch_new", data)
    assert refused.status_code == 409
    assert second.number in text(refused) and "批次没有建立" in text(refused)
    [row] = refused.context["rows"]
    assert row["ticked"] and refused.context["key"] == "k9"
    empty = send(client, city.finance, "payment_batch_new", {"idempotency_key": "k8"})
    assert empty.status_code == 409 and "没有选择扶持" in text(empty)
    assert not PaymentBatch.objects.exists()


def test_a_result_file_is_checked_then_booked(client: StrictClient, city: City) -> None:
    first, second = grant_many(city, 2)
    batch = make(city, [first, second])
    rows = HEAD + good_row(first) + f"{second.number},45000.00,失败,,,账号户名不符\n"
    seen = upload(client, city, batch, rows)
    assert seen.context["good"] == 2 and seen.context["wrong"] == 0
    assert not Award.objects.filter(state="paid").exists()
    reply = BankReply.objects.get()
    where = {"number": batch.number, "pk": reply.pk}
    booked = send(client, city.finance, "payment_batch_reply", {}, **where)
    assert "已登记 2 笔银行结果" in text(booked)
    again = send(client, city.finance, "payment_batch_reply", {}, **where)
    assert "没有任何改动" in text(again)
    assert upload(client, city, batch, rows).context["known"] == 2  # the same file twice
    assert BankReply.objects.count() == 1 and Transfer.objects.filter(kind="post").count() == 1
    assert "等待企业更正收款账户" in text(
        page(client, city.finance, "finance_award", number=second.number)
    )
    assert verify(read_books()) == []


HOSTILE = {
    "formula": "=1+1,45000.00,已付,B1,{day},\n",
    "xss": "<script>alert(1)</script>,45000.00,已付,B1,{day},<img src=x onerror=alert(1)>\n",
    "unknown": "A999,45000.00,已付,B1,{day},\n",
    "amount": "{number},45000.01,已付,B1,{day},\n",
    "negative": "{number},-45000.00,已付,B1,{day},\n",
    "future": "{number},45000.00,已付,B1,2031-01-01,\n",
    "no reference": "{number},45000.00,已付,,{day},\n",
    "returned before paid": "{number},45000.00,退回,,,销户\n",
    "twice": "{number},45000.00,已付,B1,{day},\n{number},45000.00,失败,,,x\n",
    "strange": "{number},45000.00,DROP TABLE,B1,{day},\n",
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_hostile_rows_are_named_and_not_booked(client: StrictClient, city: City, kind: str) -> None:
    bad, good = grant_many(city, 2)
    batch = make(city, [bad, good])
    rows = HOSTILE[kind].format(number=bad.number, day=f"{clock.today():%Y%m%d}")
    seen = upload(client, city, batch, HEAD + good_row(good) + rows)
    assert seen.status_code == 200 and seen.context["good"] == 1 and seen.context["wrong"] >= 1
    assert "<script>alert" not in text(seen) and "<img src=x" not in text(seen)
    wrong = [row for row in seen.context["table"].rows if row["tone"] == "late"]
    assert wrong and all(row["problems"] and row["line"] in ("3", "4") for row in wrong)
    where = {"number": batch.number, "pk": BankReply.objects.get().pk}
    refused = send(client, city.finance, "payment_batch_reply", {}, **where)
    assert refused.status_code == 422 and not Award.objects.filter(state="paid").exists()
    send(client, city.finance, "payment_batch_reply", {"only_good": "on"}, **where)
    assert [one.pk for one in Award.objects.filter(state="paid")] == [good.pk]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"PK\x03\x04xx", b"a,b\n1,2\n", b"x" * 2_200_000]
)
def test_what_is_no_result_file_is_refused(
    client: StrictClient, city: City, content: bytes
) -> None:
    batch = make(city, [city.granted()])
    refused = upload(client, city, batch, content)
    assert refused.status_code == 422 and "error-summary" in text(refused)
    assert not BankReply.objects.exists()


def test_one_payment_at_a_time(client: StrictClient, city: City) -> None:
    award = city.granted()
    batch = make(city, [award])
    where = {"number": batch.number, "position": 1}
    wrong = send(
        client, city.finance, "payment_batch_line", {"result": "paid", "reason": "留着"}, **where
    )
    assert wrong.status_code == 422 and "已付的须有银行流水号" in text(wrong)
    assert "留着" in text(wrong)
    data = {"result": "paid", "reference": "B-1", "day": clock.today().isoformat()}
    assert "的结果" in text(send(client, city.finance, "payment_batch_line", data, **where))
    came_back = {"result": "returned", "reason": "账户已销户", "account_right": "on"}
    assert send(client, city.finance, "payment_batch_line", came_back, **where).status_code == 200
    award.refresh_from_db()
    assert award.state == "committed" and not award.awaits_account
    assert "不能再改" in text(page(client, city.finance, "payment_batch_line", **where))
    assert "退回入账" in text(page(client, city.finance, "finance_award", number=award.number))


def test_a_return_on_the_page_of_the_award(client: StrictClient, city: City) -> None:
    award = pay_award(city.granted(), "B1", by=city.finance)
    where = {"number": award.number}
    empty = send(client, city.finance, "return_payment", {"reason": " "}, **where)
    assert empty.status_code == 422 and 'href="#return_reason"' in text(empty)
    done = send(client, city.finance, "return_payment", {"reason": "账户已销户"}, **where)
    assert "可以再次付款" in text(done)
    again = send(client, city.finance, "return_payment", {"reason": "账户已销户"}, **where)
    assert "无需重复操作" in text(again)
    assert Transfer.objects.filter(award=award, kind="return").count() == 1


def test_the_enterprise_is_told_and_corrects_its_account(client: StrictClient, city: City) -> None:
    award = city.granted()
    number = award.case.number
    assert page(client, city.owner, "case_account", number=number).status_code == 302
    result = Result(1, award.number, award.amount_fen, "failed", reason="账号户名不符")
    book_results(make(city, [award]), [result], by=city.finance)
    assert Notice.objects.filter(user=city.owner, text__contains="账号户名不符").count() == 1
    assert reverse("case_account", kwargs={"number": number}) in text(
        page(client, city.owner, "my_case", number=number)
    )
    link = f'href="{reverse("case_account", kwargs={"number": number})}"'
    assert link in text(page(client, city.owner, "my_home"))  # what waits, without looking for it
    form = page(client, city.owner, "case_account", number=number)
    assert "账号户名不符" in text(form) and ACCOUNT in text(form)
    data = {"bank_name": "<b>银行</b>", "bank_account": "12"}
    wrong = send(client, city.owner, "case_account", data, number=number)
    assert wrong.status_code == 422 and "8至30位数字" in text(wrong)
    assert "&lt;b&gt;银行" in text(wrong) and "<b>银行" not in text(wrong)
    data = {"bank_name": "贵阳银行", "bank_account": "6222 0202 0009 9999 999"}
    assert "已更正" in text(send(client, city.owner, "case_account", data, number=number))
    assert link not in text(page(client, city.owner, "my_home"))
    shown = text(page(client, city.finance, "finance_award", number=award.number))
    assert "6222020200099999999" in shown
    late = send(client, city.owner, "case_account", {**data, "bank_name": "别的"}, number=number)
    assert late.status_code == 409 and "别的" in text(late)


def test_accounts_are_in_full_for_finance_only(client: StrictClient, city: City) -> None:
    batch = make(city, [city.granted()])
    assert ACCOUNT in text(page(client, city.finance, "payment_batch", number=batch.number))
    for user in (city.auditor, city.programme_officer, city.leading_group):
        shown = text(page(client, user, "payment_batch", number=batch.number))
        assert ACCOUNT not in shown and ACCOUNT[-4:] in shown
        for kind in ("xlsx", "utf8", "template"):
            file = page(client, user, "payment_batch_file", number=batch.number, kind=kind)
            assert file.status_code == 404


def test_cancelling_needs_a_reason(client: StrictClient, city: City) -> None:
    award = city.granted()
    batch = make(city, [award])
    where = {"number": batch.number}
    assert (
        send(client, city.finance, "payment_batch_cancel", {"reason": ""}, **where).status_code
        == 422
    )
    done = send(client, city.finance, "payment_batch_cancel", {"reason": "清单有误"}, **where)
    assert "批次已撤销" in text(done)
    again = send(client, city.finance, "payment_batch_cancel", {"reason": "清单有误"}, **where)
    assert "无需重复操作" in text(again)
    assert list(Award.objects.payable()) == [award]


def test_letters_are_attachments(client: StrictClient, city: City) -> None:
    number = city.granted().case.number
    for name, user in (("my_letter", city.owner), ("office_letter", city.reviewer)):
        for kind, start in (("pdf", b"%PDF"), ("docx", b"PK")):
            file = page(client, user, name, number=number, kind=kind)
            assert file.status_code == 200 and file.content.startswith(start)
            assert file["Content-Disposition"].startswith("attachment")
            assert file["X-Content-Type-Options"] == "nosniff"
        assert page(client, user, name, number=number, kind="html").status_code == 404
    assert page(client, city.other_owner, "my_letter", number=number, kind="pdf").status_code == 404
    assert "决定书" in text(page(client, city.owner, "my_case", number=number))


def test_lists_need_the_same_queries_for_one_row_and_many(client: StrictClient, city: City) -> None:
    make(city, [city.granted()])
    addresses = [reverse("payment_batches"), reverse("payment_batch_new"), reverse("payments")]
    client.force_login(city.finance)

    def queries() -> list[int]:
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as found:
                assert client.get(address).status_code == 200
            counts.append(len(found))
        return counts

    grant_many(city, 1)
    queries()
    one = queries()
    many = grant_many(city, 8)
    create_batch(many[-3:], by=city.finance, request_key="k3")
    assert queries() == one


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders_in_both_languages(
    client: StrictClient, city: City, language: str
) -> None:
    Enterprise.objects.update(name="<script>alert(1)</script>")
    award = city.granted()
    batch = make(city, [award])
    upload(client, city, batch, HEAD + good_row(award) + "A1,x,y,z,w,v\n")
    client.post(reverse("set_language"), {"language": language, "next": "/"})
    for name, kwargs in (
        ("payment_batches", {}),
        ("payment_batch_new", {}),
        ("payment_batch", {"number": batch.number}),
        ("payment_batch_reply", {"number": batch.number, "pk": BankReply.objects.get().pk}),
        ("payment_batch_line", {"number": batch.number, "position": 1}),
        ("finance_award", {"number": award.number}),
    ):
        shown = page(client, city.finance, name, **kwargs)
        assert shown.status_code == 200 and "<script>alert" not in text(shown), name
