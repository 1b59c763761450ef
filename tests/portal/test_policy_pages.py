"""Pages of the policy library, the fee lists and the versions of a programme."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region, User
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.load import load_pack
from miaopu.engine.packs.schema import Pack
from miaopu.plans.actions import load_version
from miaopu.plans.document_actions import amend_document, publish_version, save_draft
from miaopu.plans.document_reading import read_document
from miaopu.plans.fee_actions import publish_fees
from miaopu.plans.fee_sheets import fee_workbook, read_fees
from miaopu.plans.models import FeeEntry, FeeList, PolicyDocument
from miaopu.portal.performing import in_one_line
from miaopu.portal.views.office_policy import DraftForm
from tests.factories import ROOT, YUNYAN, City
from tests.harness.pages import StrictClient
from tests.portal.library_samples import CARD, TEXT, draft, fee_draft, head_of, published

pytestmark = pytest.mark.django_db
EVIL = '小微企业<script>alert("x")</script><img src=x onerror=alert(1)>'


def as_user(user: User) -> StrictClient:
    """A browser of the person."""
    client = StrictClient()
    client.force_login(user)
    return client


def page(client: StrictClient, route: str, query: str = "", **kwargs: object) -> str:
    """A page's text, which must be there."""
    answer = client.get(reverse(route, kwargs=kwargs) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_anybody_searches_and_reads_a_document(city: City) -> None:
    document = published(city)
    client = StrictClient()
    html = page(client, "policy_list", "?q=%E5%B0%8F%E5%BE%AE%E4%BC%81%E4%B8%9A")
    assert "<mark>小微企业</mark>" in html and document.code in html
    html = page(client, "policy", code=document.code)
    assert "租场地给房租补贴" in html and "租约满一年" in html and "未收录" in html
    assert page(client, "policy_list", "?q=%E8%88%AA%E5%A4%A9%E5%8F%91%E5%B0%84").count(
        "没有找到文件"
    )
    assert "没有这样的筛选条件" in page(client, "policy_list", "?on=never")
    answer = client.get(reverse("policy_file", kwargs={"code": document.code}))
    assert b"".join(answer.streaming_content).decode() == TEXT  # type: ignore[attr-defined]
    assert "attachment" in answer["Content-Disposition"]


def test_hostile_texts_are_shown_as_text(city: City) -> None:
    document = published(city, f"{EVIL}办法\n一、{EVIL}\n", title=f"{EVIL}办法", number="")
    client = StrictClient()
    for html in (
        page(client, "policy_list", "?q=%E5%B0%8F%E5%BE%AE%E4%BC%81%E4%B8%9A"),
        page(client, "policy_list", "?q=%3Cscript%3Ealert"),
        page(client, "policy", code=document.code),
    ):
        assert "<script>alert" not in html and "<img src=x" not in html


def test_the_clause_opens_the_plans_own_text_where_it_is_in_the_library(city: City) -> None:
    path = "三/(二)"
    before = page(StrictClient(), "clause", slug="guiyang-2018", path=path)
    assert "方案文件载入后" in before
    source = city.version.pack.source
    clauses = "一、甲\n甲文。\n二、乙\n乙文。\n三、丙\n（一）丙一文。\n（二）丙二的原文。\n"
    text = f"{source.title.zh}\n{clauses}"
    published(city, text, title=source.title.zh, number="")
    after = page(StrictClient(), "clause", slug="guiyang-2018", path=path)
    assert "丙二的原文" in after and "丙一文" not in after
    document = PolicyDocument.objects.get(title=source.title.zh)
    html = page(StrictClient(), "policy", code=document.code)
    assert "计划的原文" in html and reverse("item", args=["guiyang-2018", "direct_subsidy"]) in html


def test_an_earlier_version_says_what_it_cites(city: City) -> None:
    document = published(city)
    read = read_document(TEXT.replace("和国办发〔2015〕9号", "").encode(), "新.txt")
    new = amend_document(document, head_of(), read, change="少引一份", by=city.reviewer)
    save_draft(new, head_of(), CARD, revision=new.revision, by=city.reviewer)
    publish_version(new, by=city.approver)
    assert "国办发〔2015〕9号" not in page(StrictClient(), "policy", code=document.code)
    html = page(StrictClient(), "policy", "?version=1", code=document.code)
    assert html.count("国办发〔2015〕9号") == 2, "in the text and in the list of what it cites"
    assert "没有引用其他文件" not in html


@pytest.mark.parametrize(
    ("kept_in", "inside", "outside"),
    [
        (YUNYAN, {"520000", "520100", YUNYAN}, "520102"),
        ("500000", {"500000", "500101"}, "520100"),
        ("371000", {"370000", "371000", "371002"}, "371100"),
    ],
)
def test_a_document_may_apply_around_its_region(
    city: City, kept_in: str, inside: set[str], outside: str
) -> None:
    regions = set(DraftForm(Region.objects.get(code=kept_in)).regions)
    assert inside <= regions and outside not in regions


def test_from_upload_to_publication_in_the_pages(city: City) -> None:
    writer, publisher = as_user(city.reviewer), as_user(city.approver)
    upload = SimpleUploadedFile("办法.txt", TEXT.encode("gb18030"))
    answer = writer.post(reverse("policy_new"), {"file": upload})
    document = PolicyDocument.objects.get()
    assert answer["Location"] == reverse("policy_draft", args=[document.code])
    assert document.title == "云岩区小微企业房租补贴办法(试行)" or "房租补贴办法" in document.title
    html = page(writer, "policy_draft", code=document.code)
    assert "请另一位同事核对并发布" in html and "引用的文件不在库中" in html
    values = {
        "revision": "1", "title": document.title, "number": document.number, "kind": "measure",
        "issuer": document.issuer, "issued_on": "2018-03-05", "valid_from": "2018-03-05",
        "valid_to": "2017-01-01", "region": "520103",
        **{f"card_{name}": text for name, text in CARD.items()},
    }  # fmt: skip
    wrong = writer.post(reverse("policy_draft", args=[document.code]), values)
    assert wrong.status_code == 409 and CARD["what"] in wrong.content.decode()
    writer.post(reverse("policy_draft", args=[document.code]), {**values, "valid_to": ""})
    stale = writer.post(reverse("policy_draft", args=[document.code]), {**values, "valid_to": ""})
    assert stale.status_code == 409 and "已被他人修改" in stale.content.decode()
    publisher.post(reverse("policy_step", args=[document.code, "publish"]))
    document.refresh_from_db()
    assert document.state == "in_force"
    assert document.code in page(publisher, "policy_library")
    refused = writer.post(
        reverse("policy_new"), {"file": SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n\0\0")}
    )
    assert refused.status_code == 422 and "图片" in refused.content.decode()


def test_a_subscription_is_made_and_ended_in_the_pages(city: City) -> None:
    client = as_user(city.owner)
    client.post(reverse("policy_subscriptions"), {"region": "520103", "kind": "measure"})
    assert "云岩区 · 各行业 · 管理办法" in page(client, "policy_subscriptions")
    published(city)
    assert "房租补贴办法" in page(client, "notices")


def test_fees_go_out_and_in_by_excel_with_faults_at_cells(city: City) -> None:
    current = fee_draft(city)
    book = fee_workbook(current.entries.all())
    fees, faults = read_fees(book)
    assert not faults and [one.name for one in fees] == ["公章刻制费", "产品检测费"]
    wrong = "收费项目,依据文件,收费单位,收费标准,由谁承担\n甲费,文,甲,1 元,随便\n,文,乙,,企业缴纳\n"
    _fees, faults = read_fees(wrong.encode())
    assert [one.cell for one in faults] == ["E2", "A3", "D3"]
    client = as_user(city.reviewer)
    answer = client.post(
        reverse("fee_lists"),
        {"valid_from": "2018-05-01", "file": SimpleUploadedFile("f.csv", wrong.encode())},
    )
    assert answer.status_code == 422 and "E2" in answer.content.decode()
    assert FeeList.objects.count() == 1


def test_a_file_that_is_too_large_is_refused_as_such(city: City, settings: Any) -> None:
    settings.FILE_MAX_BYTES = 1000
    client = as_user(city.reviewer)
    for route in ("fee_lists", "policy_new"):
        upload = SimpleUploadedFile("f.csv", b"x" * 1001)
        values = {"valid_from": "2018-05-01", "file": upload}
        answer = client.post(reverse(route), values)
        assert answer.status_code == 422 and "文件超过 20 MB" in answer.content.decode()


def test_a_refusal_by_the_engine_is_told_in_the_language_of_the_page() -> None:
    refused = ActionRefused(Bilingual("读不出", "cannot be read"), Bilingual("另存", "save again"))
    assert in_one_line(refused) == "读不出。另存"
    with override("en"):
        assert in_one_line(refused) == "cannot be read. save again"
    assert in_one_line(ActionRefused("没有")) == "没有"


def test_is_this_fee_allowed(city: City) -> None:
    publish_fees(fee_draft(city), by=city.approver)
    later = fee_draft(city, day=date(2018, 9, 1))
    publish_fees(later, by=city.approver)
    client = StrictClient()
    html = page(client, "fee_list", "?q=%E5%85%AC%E7%AB%A0")
    assert "清单里有这项收费" in html and "公章刻制费" in html and "第 1 版" in html
    assert "清单里没有这项收费" in page(client, "fee_list", "?q=%E8%BF%87%E8%B7%AF")
    assert "第 2 版" in page(client, "fee_list", "?on=2018-09-01")
    with pytest.raises(Exception, match="frozen"):
        FeeEntry.objects.filter(fee_list=later).update(standard="另收")


def test_two_versions_side_by_side(city: City) -> None:
    old = city.submitted()
    content = city.version.pack.to_json()
    content["items"]["direct_subsidy"]["amount"] = "46000"
    content["targets"][0]["value"] = "3600"
    content["tasks"][0] |= {"due": "2018-09-30", "responsible": ["market"]}
    content["units"]["audit"] = {"title": {"zh": "市审计局", "en": "audit office"}}
    content["items"]["direct_subsidy"]["conditions"].reverse()
    load_version(Pack.from_json(content), by=city.programme_officer)
    html = page(as_user(city.programme_officer), "programme_versions")
    assert "items.direct_subsidy.amount" in html
    for words in (
        *("事项：微型企业直接补助", "45,000 元", "46,000 元", "目标：扶持微型企业", "3600"),
        *("任务：落实市县配套资金", "市财政局、各区(市、县)政府及管委会", "市工商局"),
        *("责任单位：市审计局", "次序"),
    ):
        assert words in html, words
    assert "1 件在办的办件留在第 1 版" in html
    assert old.item.version.number == 1


def test_the_api_gives_documents_and_fees(city: City) -> None:
    document = published(city)
    publish_fees(fee_draft(city), by=city.approver)
    client = StrictClient()
    rows = client.get("/api/v1/policies?q=房租").json()["rows"]
    assert [one["code"] for one in rows] == [document.code]
    one = client.get(f"/api/v1/policies/{document.code}").json()
    assert one["card"]["what"] == CARD["what"] and one["citations"][0]["document"] is None
    assert [row["name"] for row in client.get("/api/v1/fees").json()["rows"]] == [
        "公章刻制费",
        "产品检测费",
    ]
    assert draft(city, number="x").document.code not in str(client.get("/api/v1/policies").json())


def test_a_programme_says_what_it_does_about_fees_in_its_period(
    client: StrictClient, city: City
) -> None:
    load_version(load_pack(ROOT / "programmes" / "taiyuan-2015"), by=None)
    page = client.get("/fees/?on=2016-05-01").content.decode()
    assert "清单内收费示范期内由专项经费补足" in page
    assert "/programmes/taiyuan-2015/items/fee_relief/" in page
    assert "清单内收费示范期内" not in client.get("/fees/?on=2018-05-01").content.decode()
