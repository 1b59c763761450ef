"""Samples of the policy library and the fee lists: of the district's offices, made by actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from miaopu.core.models import Region, User
from miaopu.plans.document_actions import Head, add_document, publish_version, save_draft
from miaopu.plans.document_reading import read_document
from miaopu.plans.fee_actions import draft_fees
from miaopu.plans.fee_sheets import Fee
from miaopu.plans.models import DocumentVersion, FeeList, PolicyDocument
from miaopu.plans.subscriptions import subscribe
from tests.factories import YUNYAN, City

TEXT = """云岩区小微企业房租补贴办法（试行）
云示办发〔2018〕7号
根据《贵阳市扶持办法》（筑示发〔2017〕3号）和国办发〔2015〕9号，制定本办法。
一、支持对象
首次租用场地的小微企业。
（一）租约满一年。
（二）按时纳税。
二、补贴标准
每月最高八百元，不超过十二个月。
三、附则
本办法自印发之日起施行。
云岩区示例办公室
2018年3月5日
"""
CARD = {"what": "租场地给房租补贴", "who": "首次租场地的小微企业", "how_much": "每月最高八百元"}


def head_of(**changed: Any) -> Head:
    """The head of a document, with what is said otherwise."""
    values: dict[str, Any] = {
        "title": "云岩区小微企业房租补贴办法（试行）",
        "number": "云示办发〔2018〕7号",
        "issuer": "云岩区示例办公室",
        "kind": "measure",
        "region": Region.objects.get(code=YUNYAN),
        "issued_on": date(2018, 3, 5),
        "valid_from": date(2018, 3, 5),
        **changed,
    }
    return Head(**values)


def draft(
    city: City, text: str = TEXT, *, by: User | None = None, card: Any = None, **changed: Any
) -> DocumentVersion:
    """A draft of the district's reviewer, its card written."""
    by = by or city.reviewer
    region = Region.objects.get(code=YUNYAN)
    head = head_of(**changed)
    version = add_document(head, read_document(text.encode(), "办法.txt"), kept_in=region, by=by)
    return save_draft(version, head, card or CARD, revision=version.revision, by=by)


def published(city: City, text: str = TEXT, **changed: Any) -> PolicyDocument:
    """A document that the district's approver has published."""
    return publish_version(draft(city, text, **changed), by=city.approver)


FEES = [
    Fee("公章刻制费", "云示办发〔2018〕7号", "公安窗口", "每套 100 元", "programme"),
    Fee("产品检测费", "云示办发〔2018〕7号", "检验机构", "每项 50 元", "enterprise", "可用券"),
]


def fee_draft(city: City, fees: list[Fee] | None = None, day: date = date(2018, 5, 1)) -> FeeList:
    """A list that the district's reviewer has drafted."""
    region = Region.objects.get(code=YUNYAN)
    return draft_fees(region, fees or FEES, valid_from=day, by=city.reviewer)


THINGS = {
    "policy": lambda city: {"code": published(city).code},
    "policy_draft": lambda city: {"code": draft(city).document.code},
    "policy_step": lambda city: {"code": draft(city).document.code, "step": "publish"},
    "policy_subscription": lambda city: {
        "pk": subscribe(region=None, industry="", kind="", by=city.owner).pk
    },
    "fee_list": lambda city: {"pk": fee_draft(city).pk},
}
NAMES = {
    "policy": ["code"],
    "policy_draft": ["code"],
    "policy_step": ["code", "step"],
    "policy_subscription": ["pk"],
    "fee_list": ["pk"],
}
