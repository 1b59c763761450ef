"""The demo's policy library and fee list: short documents of our own, in every state.

Issuers, numbers and amounts are fictional; only what a document cites may be real. The library is
written by the programme officer and published by a member of the leading group.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from importlib import resources
from typing import Any

import yaml

from miaopu.app.demo.offices import CITY, LEADING_GROUP, PROGRAMME_OFFICE
from miaopu.core import clock
from miaopu.core.enums import UserKind
from miaopu.core.models import Region, User
from miaopu.plans.document_actions import (
    Head,
    add_document,
    amend_document,
    publish_version,
    save_draft,
)
from miaopu.plans.document_reading import read_own_text
from miaopu.plans.document_reviews import confirm_review, propose_review
from miaopu.plans.enums import ReviewOutcome
from miaopu.plans.fee_actions import draft_fees, publish_fees
from miaopu.plans.fee_sheets import Fee
from miaopu.plans.models import DocumentVersion, PolicyDocument
from miaopu.plans.models.documents import HEAD_FIELDS
from miaopu.plans.subscriptions import subscribe

CARD = {"what": "what", "who": "who", "how_much": "much", "how": "how"}
_HEADS = ("一、适用对象", "二、支持内容", "三、怎样办理", "四、管理要求", "五、附则")


def _content() -> dict[str, Any]:
    text = resources.files("miaopu.app.demo").joinpath("library.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def _text_of(row: dict[str, Any], number: str, issuer: str) -> str:
    """The document as it would have been issued."""
    day: date = row["day"]
    cited = "、".join(one if "〔" in one else f"《{one}》" for one in row.get("cites", ()))
    opening = f"根据{cited}，结合实际，制定本文件。\n" if cited else ""
    bodies = (
        f"{row['who']}。",
        f"{row['what']}。{row['much']}。",
        f"{row['how']}。",
        "\n".join(
            f"（{sign}）{line}。" for sign, line in zip("一二三四", row["about"], strict=False)
        ),
        f"本文件自{day.year}年{day.month}月{day.day}日起施行。",
    )
    parts = "\n".join(f"{head}\n{body}" for head, body in zip(_HEADS, bodies, strict=True))
    signed = f"{day.year}年{day.month}月{day.day}日"
    return f"{row['title']}\n{number}\n{opening}{parts}\n\n{issuer}\n{signed}\n"


def _officer(office: str) -> User:
    found: User = User.objects.filter(memberships__office__code=office).order_by("pk")[0]
    return found


def load_library() -> int:
    """The documents, a new version, a repeal, reviews that wait; again does nothing."""
    if PolicyDocument.objects.exists():
        return 0
    content, today = _content(), clock.today()
    writer, publisher = _officer(PROGRAMME_OFFICE), _officer(LEADING_GROUP)
    region = Region.objects.get(code=CITY)
    serials: Counter[int] = Counter()
    made: dict[int, DocumentVersion] = {}
    for row in content["documents"]:
        day: date = row["day"]
        serials[day.year] += 1
        number = f"苗圃示发〔{day.year}〕{serials[day.year]}号"
        read = read_own_text(_text_of(row, number, content["issuer"]))
        years = row.get("years")
        until = date(day.year + years, day.month, min(day.day, 28)) if years else None
        head = Head(
            title=row["title"],
            number=number,
            issuer=content["issuer"],
            kind=row["kind"],
            region=region,
            issued_on=day,
            valid_from=day,
            valid_to=until,
            industries=row.get("industries", []),
            enterprise_kinds=row.get("kinds", []),
            illustrative=True,
        )
        version = add_document(head, read, kept_in=region, by=writer)
        state = row.get("state", "published")
        if state != "unwritten":
            card = {name: row[key] for name, key in CARD.items()}
            card["until"] = f"有效期至{until:%Y年%m月%d日}" if until else "未规定止期"
            version = save_draft(version, head, card, revision=version.revision, by=writer)
        if state == "published":
            publish_version(version, by=publisher)
        made[row["n"]] = version
    _later(made, writer, publisher, today)
    fees = [Fee(**row) for row in content["fees"]]
    first = draft_fees(region, fees[:10], valid_from=date(2018, 1, 1), by=writer, illustrative=True)
    publish_fees(first, by=publisher)
    second = draft_fees(region, fees, valid_from=date(2018, 5, 1), by=writer, illustrative=True)
    publish_fees(second, by=publisher)
    return len(made)


def _later(made: dict[int, DocumentVersion], writer: User, publisher: User, today: date) -> None:
    """What became of some of them: one amended, one repealed, two reviews that wait."""
    for user in User.objects.filter(kind=UserKind.PARTY).order_by("pk")[:2]:
        subscribe(region=Region.objects.get(code=CITY), industry="", kind="", by=user)
    first = made[2]
    document = PolicyDocument.objects.get(pk=first.document_id)
    head = Head(**{name: getattr(document, name) for name in HEAD_FIELDS})
    text = first.text.replace("每户五千元", "每户六千元")
    version = amend_document(
        document, head, read_own_text(text), change="补助标准提高到六千元", by=writer
    )
    card = {**first.card, "how_much": "每户六千元，示例金额"}
    version = save_draft(version, head, card, revision=version.revision, by=writer)
    publish_version(version, by=publisher)
    review = propose_review(
        made[5].document, ReviewOutcome.REPEAL, day=today, by=writer,
        reason="名单已并入基地绩效评价，不再单独公布",
    )  # fmt: skip
    confirm_review(review, by=publisher)
    later = today + timedelta(days=365)
    propose_review(made[8].document, ReviewOutcome.KEEP, day=later, by=writer,
                   reason="措施仍在执行，企业反映好")  # fmt: skip
    propose_review(made[20].document, ReviewOutcome.AMEND, day=later, by=writer,
                   reason="补贴标准与新的就业政策不一致")  # fmt: skip
