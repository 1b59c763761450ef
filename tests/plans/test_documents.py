"""The policy library: two people, frozen texts, citations both ways, reviews, search."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Notice, Region
from miaopu.plans.coordination import check_coordination
from miaopu.plans.document_actions import (
    amend_document,
    discard_draft,
    publish_version,
    save_draft,
)
from miaopu.plans.document_reading import read_document
from miaopu.plans.document_reviews import confirm_review, propose_review
from miaopu.plans.document_search import Wanted, excerpt_of, search
from miaopu.plans.document_states import DOCUMENT_TABLE
from miaopu.plans.enums import DocumentState, ReviewOutcome
from miaopu.plans.models import DocumentVersion, PolicyDocument
from miaopu.plans.subscriptions import MOST, subscribe, unsubscribe
from tests.factories import CITY, NANMING, YUNYAN, City
from tests.portal.library_samples import CARD, TEXT, draft, head_of, published

pytestmark = pytest.mark.django_db
BASIS = """贵阳市扶持办法
筑示发〔2017〕3号
一、总则
为支持小微企业创业，制定本办法。
贵阳市示例办公室
2017年5月2日
"""
BASIS_HEAD: dict[str, Any] = {
    "title": "贵阳市扶持办法",
    "number": "筑示发〔2017〕3号",
    "issued_on": date(2017, 5, 2),
    "valid_from": date(2017, 5, 2),
    "card": {"what": "扶持办法的总则", "who": "创业的人"},
}


def found(text: str = "", **filters: object) -> list[str]:
    """Titles of what is found, in order."""
    rows = search(PolicyDocument.objects.public(), Wanted(text, **filters)).rows  # type: ignore[arg-type]
    return [one.title for one in rows]


def test_the_reader_fills_the_draft_and_the_file_is_kept(city: City) -> None:
    version = draft(city)
    assert [one["path"] for one in version.clauses] == ["一", "一/(一)", "一/(二)", "二", "三"]
    assert [(one.title, one.number) for one in version.cites.all()] == [
        ("贵阳市扶持办法", "筑示发〔2017〕3号"),
        ("", "国办发〔2015〕9号"),
    ]
    assert version.file is not None and version.file.extension == "txt"
    assert not found("房租补贴"), "a draft is not found"


def test_what_cannot_be_read_is_refused_by_name() -> None:
    for content in (b"", b"\x89PNG\r\n\x1a\n\0\0", b"PK\x03\x04broken"):
        with pytest.raises(ActionRefused):
            read_document(content, "x")


def test_a_document_is_published_by_another_person(city: City) -> None:
    version = draft(city)
    with pytest.raises(NotAllowed):
        publish_version(version, by=city.reviewer)  # no publisher
    own = draft(city, by=city.programme_officer, number="云示办发〔2018〕8号")
    with pytest.raises(NotAllowed):
        publish_version(own, by=city.programme_officer)
    with pytest.raises(NotAllowed):
        publish_version(version, by=city.other_approver)
    document = publish_version(version, by=city.approver)
    assert document.state == DocumentState.IN_FORCE
    with pytest.raises(Conflict):
        publish_version(version, by=city.approver)
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentVersion.objects.filter(pk=own.pk).update(
            state="in_force", published_by=city.programme_officer, published_at=clock.now()
        )


def test_a_card_is_needed_and_the_text_is_frozen(city: City) -> None:
    empty = draft(city, card={"what": "只有一项"})
    with pytest.raises(ActionRefused):
        publish_version(empty, by=city.approver)
    save_draft(empty, head_of(), CARD, revision=empty.revision, by=city.reviewer)
    publish_version(empty, by=city.approver)
    with pytest.raises(DatabaseError), transaction.atomic():
        DocumentVersion.objects.filter(pk=empty.pk).update(text="改写")
    with pytest.raises(DatabaseError), transaction.atomic():
        DocumentVersion.objects.filter(pk=empty.pk).delete()


def test_the_second_of_two_writers_is_told(city: City) -> None:
    version = draft(city)
    save_draft(
        version, head_of(title="甲的标题"), CARD, revision=version.revision, by=city.reviewer
    )
    with pytest.raises(Conflict):
        save_draft(
            version, head_of(title="乙的标题"), CARD, revision=version.revision, by=city.approver
        )
    version.refresh_from_db()
    assert version.title == "甲的标题"


def test_citations_lead_both_ways_also_when_the_document_comes_later(city: City) -> None:
    first = published(city)
    (basis_cited, other) = first.versions.get().cites.all()
    assert basis_cited.target is None
    basis = published(city, BASIS, **BASIS_HEAD)
    basis_cited.refresh_from_db()
    assert basis_cited.target == basis
    assert [one.version.document for one in basis.cited_by.all()] == [first]
    other.refresh_from_db()
    assert other.target is None, "国办发〔2015〕9号 is not in the library"
    later = published(city, TEXT.replace("7号", "9号"), number="云示办发〔2018〕9号")
    assert later.versions.get().cites.first().target == basis  # type: ignore[union-attr]


def test_a_new_version_supersedes_and_an_old_one_stays_readable(city: City) -> None:
    document = published(city)
    new = amend_document(
        document, head_of(), read_document(TEXT.replace("八百", "一千").encode(), "新.txt"),
        change="提高标准", by=city.reviewer,
    )  # fmt: skip
    card = {**CARD, "how_much": "每月最高一千元"}
    save_draft(new, head_of(), card, revision=new.revision, by=city.reviewer)
    with pytest.raises(Conflict):
        amend_document(
            document, head_of(), read_document(TEXT.encode(), "x"), change="", by=city.reviewer
        )
    publish_version(new, by=city.approver)
    states = list(document.versions.order_by("position").values_list("state", flat=True))
    assert states == [DocumentState.AMENDED, DocumentState.IN_FORCE]
    assert found("一千元") == [document.title] and not found("“八百元”")
    discarded = amend_document(
        document, head_of(), read_document(TEXT.encode(), "x"), change="再改", by=city.reviewer
    )
    discard_draft(discarded, by=city.reviewer, reason="不改了")
    assert document.versions.drafts().count() == 0


def test_reviews_need_two_people_and_a_repeal_ends_the_document(city: City) -> None:
    document = published(city)
    today = clock.today()
    with pytest.raises(ActionRefused):
        propose_review(document, ReviewOutcome.KEEP, day=today - timedelta(days=1),
                       by=city.reviewer, reason="有效")  # fmt: skip
    review = propose_review(
        document, ReviewOutcome.REPEAL, day=today, by=city.approver, reason="已并入新办法"
    )
    with pytest.raises(Conflict):
        propose_review(document, ReviewOutcome.KEEP, day=today, by=city.reviewer, reason="有效")
    with pytest.raises(NotAllowed):
        confirm_review(review, by=city.approver)
    confirm_review(review, by=city.programme_officer)
    document.refresh_from_db()
    assert document.standing_on(today) == "repealed"
    assert document.standing_on(today - timedelta(days=1)) == "in_force"
    assert not found(on=today) and found(on=today - timedelta(days=1)) == [document.title]
    with pytest.raises(Conflict):
        confirm_review(review, by=city.programme_officer)


def test_the_table_of_states_is_whole() -> None:
    assert DOCUMENT_TABLE.reachable(DocumentState.DRAFT) == set(DocumentState.values)


def test_the_search_understands_words_phrases_numbers_pinyin_and_slips(city: City) -> None:
    rent = published(city).title
    basis = published(city, BASIS, **BASIS_HEAD).title
    assert found("小微企业 房租") == [rent]
    assert found("小微企业") == [rent, basis], "the title comes first"
    assert found("“每月最高八百元”") == [rent] and not found("“最高每月八百元”")
    assert found("小微企业 -创业") == [rent]
    assert found("云示办发[2018]7") == found("2018年7号") == [rent]
    assert found("筑示发（2017）3号") == [basis, rent], "what cites the number comes after"
    assert found("fangzubutie") == found("yyqxwqyfz") == [rent]
    assert found("云岩区小徽企业房祖补贴办法") == [rent], "two slips, found by likeness"
    assert not found("航天发射")


def test_filters_by_region_kind_industry_and_day(city: City) -> None:
    rent = published(city, industries=["F"], enterprise_kinds=["micro"]).title
    basis = published(city, BASIS, **BASIS_HEAD, region=None, kind="notice",
                      valid_to=date(2018, 1, 31)).title  # fmt: skip
    assert found(region=NANMING) == [basis] and found(region=CITY) == [rent, basis]
    assert found(kind="notice") == [basis]
    assert found(industry="F") == [rent, basis] and found(industry="C") == [basis]
    assert found(on=date(2018, 1, 31)) == [basis] and found(on=date(2018, 4, 1)) == [rent]
    assert found(enterprise_kind="base") == [basis]


def test_common_words_are_ordered_by_title_then_date(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("miaopu.plans.document_search.RANKED_MOST", 1)
    basis = published(city, BASIS, **BASIS_HEAD).title
    rent = published(city).title
    assert found("小微企业") == [rent, basis] and found("办法") == [rent, basis]
    rows = search(PolicyDocument.objects.public(), Wanted("八百元"))
    (row,) = rows.rows
    assert [one.text for one in excerpt_of(row, rows) if one.hit] == ["八百元"]


def test_the_coordination_check_names_conflicts(city: City) -> None:
    published(city, BASIS, **BASIS_HEAD, valid_to=date(2017, 12, 31))
    published(city)
    twin = draft(city, number="云示办发〔2018〕7号", title="云岩区房租补贴新办法")
    codes = {(one.code, one.is_conflict) for one in check_coordination(twin)}
    assert ("same-number", True) in codes and ("cites-ended", True) in codes
    assert ("same-basis", False) in codes and ("unresolved", False) in codes
    with pytest.raises(ActionRefused):
        publish_version(draft(city, number="云示办发〔2018〕7号"), by=city.approver)


def test_subscribers_are_told_once_of_what_they_asked_for(city: City) -> None:
    here = Region.objects.get(code=YUNYAN)
    subscribe(region=here, industry="", kind="", by=city.owner)
    assert subscribe(region=here, industry="", kind="", by=city.owner).pk
    subscribe(region=None, industry="", kind="measure", by=city.owner)
    elsewhere = subscribe(
        region=Region.objects.get(code=NANMING), industry="", kind="", by=city.other_owner
    )
    gone = subscribe(region=None, industry="", kind="", by=city.finance)
    unsubscribe(gone, by=city.finance)
    document = published(city)
    told = Notice.objects.filter(key__startswith=f"policy/{document.pk}/")
    assert [one.user for one in told] == [city.owner]
    assert document.code in told[0].link
    assert elsewhere.ended_at is None
    for industry in "ABCDEFGHIJKLMNOPQR":
        subscribe(region=None, industry=industry, kind="", by=city.owner)
    with pytest.raises(ActionRefused, match=str(MOST)):
        subscribe(region=None, industry="S", kind="", by=city.owner)


def test_subscriptions_ask_by_kind_and_industry(city: City) -> None:
    subscribe(region=None, industry="", kind="notice", by=city.owner)
    subscribe(region=None, industry="C", kind="", by=city.other_owner)
    subscribe(region=None, industry="F", kind="measure", by=city.finance)
    document = published(city, industries=["F"])
    told = Notice.objects.filter(key__startswith=f"policy/{document.pk}/")
    assert [one.user for one in told] == [city.finance]


def test_documents_that_are_never_valid_together_do_not_conflict(city: City) -> None:
    published(city, BASIS, **BASIS_HEAD, valid_to=date(2019, 6, 30))
    published(city, valid_to=date(2018, 12, 31))
    later = draft(city, number="云示办发〔2019〕1号", valid_from=date(2019, 1, 1))
    codes = {one.code for one in check_coordination(later)}
    assert "outlives-basis" in codes and not codes & {"same-title", "same-basis"}
    sooner = draft(city, number="云示办发〔2018〕9号", valid_from=date(2018, 12, 31))
    assert {"same-title", "same-basis"} <= {one.code for one in check_coordination(sooner)}
