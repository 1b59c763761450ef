"""The pages of deliveries: handing in, what the check found, confirming, the workbook back."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from miaopu.core.actions import fail_job
from miaopu.core.models import Job
from miaopu.parties.enums import DeliveryState, Source
from miaopu.parties.models import Delivery, Enterprise
from miaopu.parties.tasks import check_delivery, import_delivery
from tests.engine.sheet_corpus import refused_files
from tests.factories import YUNYAN, City
from tests.harness.pages import StrictClient
from tests.parties.sheets import code, confirm, deliver, good_row, table_of, workbook

pytestmark = pytest.mark.django_db
NEW = "/office/deliveries/new/"


def text(response: Any) -> str:
    return str(response.content.decode())


def post(client: StrictClient, content: bytes, name: str = "企业.xlsx", **data: str) -> Any:
    """Hand a file in as the form does."""
    file = SimpleUploadedFile(name, content)
    given = {"source": "officer", "region": YUNYAN, "as_of": "2018-05-01", **data}
    return client.post(NEW, {**given, "file": file})


def test_from_the_upload_to_the_register(client: StrictClient, city: City) -> None:
    client.force_login(city.reviewer)
    page = text(client.get(NEW))
    assert 'value="2018-05-10"' in page, "the day is today unless somebody says otherwise"
    answer = post(client, workbook(table_of([good_row(1), good_row(2, employees="许多")])))
    assert answer.status_code == 302
    address = answer["Location"]
    delivery = Delivery.objects.get()
    waiting = text(client.get(address))
    assert "检查中" in waiting
    assert f'hx-get="{address}"' in waiting
    part = client.get(address, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in text(part)

    check_delivery(job_id=delivery.job_id, delivery_id=delivery.pk)
    assert client.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    checked = text(client.get(address))
    assert "J3 从业人员：“许多”不是数字" in checked
    assert "确认后写入 1 行；有误的 1 行不写入" in checked
    every = text(client.get(f"{address}?outcome=all"))
    assert code(1) in every
    assert "微型" in every
    assert "未达小型下限" in every

    back = client.get(f"{address}returned/")
    assert back["Content-Disposition"].startswith("attachment")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(back.streaming_content))).active
    assert "不是数字" in sheet["W3"].value

    assert client.post(f"{address}confirm/").status_code == 302
    delivery.refresh_from_db()
    import_delivery(job_id=delivery.job_id, delivery_id=delivery.pk)
    done = text(client.get(address))
    assert "已登记 1 户企业" in done
    assert Enterprise.objects.filter(uscc=code(1)).exists()
    again = client.post(f"{address}confirm/", follow=True)
    assert "现在的状态是“已导入”" in text(again)
    assert delivery.number in text(client.get("/office/deliveries/"))


def test_what_was_typed_stays_when_a_file_is_refused(client: StrictClient, city: City) -> None:
    client.force_login(city.reviewer)
    for content, message in (
        (b"", "文件是空的"),
        (b"%PDF-1.7", "这是 PDF 文件，不是表格"),
        (b"a,b\n" * 6_000_000, "文件超过 20 MB"),
    ):
        answer = post(client, content, source="tax", as_of="2018-04-30")
        assert answer.status_code == 422
        page = text(answer)
        assert message in page
        assert '<option value="tax" selected' in page
        assert 'value="2018-04-30"' in page
    answer = post(client, b"a,b", source="nobody", as_of="soon", region="110101")
    assert answer.status_code == 422
    assert "请填写正确的日期" in text(answer)
    assert not Delivery.objects.exists()


def test_a_district_does_not_deliver_for_another(client: StrictClient, city: City) -> None:
    client.force_login(city.other_reviewer)
    assert post(client, workbook(table_of([good_row(1)])), region=YUNYAN).status_code == 422
    assert not Delivery.objects.exists()


def test_templates_can_be_handed_in_as_they_are(client: StrictClient, city: City) -> None:
    client.force_login(city.reviewer)
    for source in Source:
        answer = client.get(f"/office/deliveries/template/?source={source}")
        if source in (Source.COMPUTED, Source.SYSTEM):
            assert answer.status_code == 404
            continue
        content = b"".join(answer.streaming_content)
        book = openpyxl.load_workbook(io.BytesIO(content))
        page = book["企业数据"]
        lists = [str(rule.formula1) for rule in page.data_validations.dataValidation]
        assert all(one.startswith("代码表!") for one in lists)
        if source == Source.OFFICER:
            assert page.max_column == 21
            assert len(lists) == 5
        assert page["A1"].comment.text.startswith("必填")
        delivery = deliver(content, city.reviewer, source=source)
        assert delivery.state == DeliveryState.CHECKED
        assert delivery.wrong_count == 1, "the example row is never taken"
        assert len(delivery.lines.get().faults) == 1
    assert client.get("/office/deliveries/template/?source=x").status_code == 404


def test_a_refused_file_says_what_to_do(client: StrictClient, city: City) -> None:
    delivery = deliver(b"PK\x03\x04 no archive", city.reviewer)
    client.force_login(city.reviewer)
    page = text(client.get(reverse("delivery", args=[delivery.number])))
    assert "文件已损坏或不完整" in page
    assert "请从原系统重新导出" in page


def test_a_failed_job_can_be_continued(client: StrictClient, city: City) -> None:
    client.force_login(city.reviewer)
    address = post(client, workbook(table_of([good_row(1)])))["Location"]
    delivery = Delivery.objects.get()
    fail_job(Job.objects.get(pk=delivery.job_id), "OperationalError")
    assert "没有完成" in text(client.get(address))
    client.post(f"{address}confirm/")
    delivery.refresh_from_db()
    check_delivery(job_id=delivery.job_id, delivery_id=delivery.pk)
    client.post(f"{address}confirm/")
    delivery.refresh_from_db()
    fail_job(Job.objects.get(pk=delivery.job_id), "OperationalError")
    assert "没有完成" in text(client.get(address))
    client.post(f"{address}confirm/")
    delivery.refresh_from_db()
    import_delivery(job_id=delivery.job_id, delivery_id=delivery.pk)
    assert "已登记 1 户企业" in text(client.get(address))


def test_persons_are_shown_to_those_who_work_with_them(client: StrictClient, city: City) -> None:
    delivery = deliver(workbook(table_of([good_row(1, phone="老王的手机")])), city.reviewer)
    address = reverse("delivery", args=[delivery.number])
    client.force_login(city.reviewer)
    assert "老王的手机" in text(client.get(address))
    client.force_login(city.programme_officer)
    page = text(client.get(address))
    assert "老王的手机" not in page
    assert "F2" in page
    assert "returned" not in page


def test_pages_ask_the_database_as_often_for_many_rows(client: StrictClient, city: City) -> None:
    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    client.force_login(city.reviewer)
    few = deliver(workbook(table_of([good_row(1)])), city.reviewer)
    few_list = queries("/office/deliveries/")
    many = deliver(workbook(table_of([good_row(n) for n in range(40)])), city.reviewer)
    for n in range(4):
        confirm(deliver(workbook(table_of([good_row(50 + n)])), city.reviewer), city.reviewer)
    assert queries("/office/deliveries/") == few_list
    assert queries(reverse("delivery", args=[many.number])) == queries(
        reverse("delivery", args=[few.number])
    )


def test_english(client: StrictClient, city: City) -> None:
    client.force_login(city.reviewer)
    client.post("/language/", {"language": "en"})
    delivery = deliver(workbook(table_of([good_row(1, employees="x")])), city.reviewer)
    page = text(client.get(reverse("delivery", args=[delivery.number])))
    assert "is no number" in page
    assert "Download the returned workbook" in page


@pytest.mark.parametrize(
    "every", [12, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_bad_files_go_through_the_pages(every: int, client: StrictClient, city: City) -> None:
    """Handed in by the form and looked at: never an error page, always what to do."""
    client.force_login(city.reviewer)
    for name, (make, _words) in list(refused_files().items())[::every]:
        answer = post(client, make(), name=f"{name}.xlsx")
        assert answer.status_code in (302, 422), name
        if answer.status_code == 422:
            assert "field-error" in text(answer), name
            continue
        delivery = Delivery.objects.order_by("-pk")[0]
        if delivery.state == DeliveryState.CHECKING:
            check_delivery(job_id=delivery.job_id, delivery_id=delivery.pk)
        page = client.get(answer["Location"])
        assert page.status_code == 200, name
        assert "notice-late" in text(page) or "确认写入" in text(page) or "有误" in text(page), name
