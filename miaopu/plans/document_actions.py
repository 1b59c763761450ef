"""Writes of the policy library: documents taken in, their cards written, published by another."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import keep_file, record_event
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import File, Region, User
from miaopu.core.scope import reaches
from miaopu.engine.transitions import TransitionRefused
from miaopu.parties.bulk import lock_numbers
from miaopu.plans.document_index import CARD_FIELDS, fill_index, take_head
from miaopu.plans.document_links import keep_citations, link_citations
from miaopu.plans.document_notices import AMENDED, PUBLISHED, tell_subscribers
from miaopu.plans.document_reading import ReadDocument
from miaopu.plans.document_states import DOCUMENT_TABLE, PUBLISHERS, WRITERS
from miaopu.plans.enums import DocumentState, Verb
from miaopu.plans.models import DocumentVersion, PolicyDocument
from miaopu.plans.models.documents import HEAD_FIELDS

_CODES = 7  # which numbers: see lock_numbers; below every year and every city
_REVIEW_YEARS = 2  # 立改废: a document without an end is looked at again after so many years


@dataclass(frozen=True)
class Head:
    """What an officer says about a document; `region` None is the whole country."""

    title: str
    number: str
    issuer: str
    kind: str
    region: Region | None
    issued_on: date
    valid_from: date
    valid_to: date | None = None
    industries: list[str] = field(default_factory=list)
    enterprise_kinds: list[str] = field(default_factory=list)
    illustrative: bool = False


def _put(row: DocumentVersion, head: Head) -> None:
    for name in HEAD_FIELDS:
        setattr(row, name, getattr(head, name))


def check_card(card: Mapping[str, str]) -> dict[str, str]:
    """The card's known fields, trimmed."""
    return {name: str(card.get(name, "")).strip()[:1000] for name in CARD_FIELDS}


def _check_writer(by: User | None, kept_in: str) -> None:
    if by is not None and not reaches(by, kept_in, WRITERS):
        raise NotAllowed(_("您不能在这个区域收录政策文件"), _("请由该区域的审核员或计划主管办理"))


def _check_head(head: Head) -> None:
    if not head.title.strip() or not head.issuer.strip():
        raise ActionRefused(_("标题和发文机关不能为空"), _("请补填"))
    if head.valid_to is not None and head.valid_to < head.valid_from:
        raise ActionRefused(_("有效期的止期不能早于生效日期"), _("请改正日期"))


def _file_of(read: ReadDocument, by: User | None) -> File:
    return keep_file(read.content, by=by, table=read.kind or None)


def _version(
    document: PolicyDocument, position: int, head: Head, read: ReadDocument, by: User | None
) -> DocumentVersion:
    version = DocumentVersion(
        document=document,
        position=position,
        text=read.text,
        digest=hashlib.sha256(read.text.encode()).hexdigest(),
        clauses=read.clauses,
        card=check_card({}),
        file=_file_of(read, by) if read.content else None,
        file_name=read.name if read.content else "",
        written_by=by,
        written_at=clock.now(),
    )
    _put(version, head)
    version.save()
    keep_citations(version, read.citations)
    return version


@transaction.atomic
def add_document(
    head: Head, read: ReadDocument, *, kept_in: Region, by: User | None
) -> DocumentVersion:
    """Take a document into the library as a draft. Raises NotAllowed, ActionRefused."""
    _check_writer(by, kept_in.code)
    _check_head(head)
    lock_numbers(_CODES)
    last = PolicyDocument.objects.order_by("-code").values_list("code", flat=True).first()
    serial = int(last.partition("-")[2]) + 1 if last else 1
    document = PolicyDocument(
        code=f"ZC-{serial:06d}", kept_in=kept_in, added_by=by, added_at=clock.now()
    )
    version = DocumentVersion(document=document)
    _put(version, head)
    take_head(document, version)
    document.save()
    version = _version(document, 1, head, read, by)
    record_event(
        document,
        Verb.ADD_DOCUMENT,
        by=by,
        region=kept_in,
        data={"digest": version.digest, "file": version.file.sha256 if version.file else ""},
    )
    return version


@transaction.atomic
def amend_document(
    document: PolicyDocument, head: Head, read: ReadDocument, *, change: str, by: User
) -> DocumentVersion:
    """Begin a new version of a published document. Raises Conflict where there is a draft."""
    locked = _locked(document)
    _check_writer(by, locked.kept_in_id)
    _check_head(head)
    if locked.state != DocumentState.IN_FORCE:
        raise Conflict(_("只有现行有效的文件可以修订"), _("请刷新页面查看"))
    if locked.versions.drafts().exists():
        raise Conflict(_("这份文件已有一个草稿版本"), _("请在那个草稿上继续"))
    position = locked.versions.order_by("-position").values_list("position", flat=True)[0] + 1
    version = _version(locked, position, head, read, by)
    version.change = change[:500]
    version.save(update_fields=["change"])
    record_event(locked, Verb.ADD_DOCUMENT, by=by, reason=change, region=locked.kept_in_id)
    return version


@transaction.atomic
def save_draft(
    version: DocumentVersion, head: Head, card: Mapping[str, str], *, revision: int, by: User
) -> DocumentVersion:
    """Correct the head and write the card of a draft. Raises Conflict where it was changed since.

    Whoever saved last is its writer, so that another must publish it.
    """
    document = _locked(version.document)
    locked = _locked_version(version)
    _check_writer(by, document.kept_in_id)
    _check_head(head)
    _step("edit", locked)
    if locked.revision != revision:
        raise Conflict(_("草稿已被他人修改"), _("请刷新后核对，再改一次；您填写的内容仍在页面上"))
    _put(locked, head)
    locked.card = check_card(card)
    locked.revision += 1
    locked.written_by, locked.written_at = by, clock.now()
    locked.save()
    if document.state == DocumentState.DRAFT:
        take_head(document, locked)
        document.save()
    record_event(locked.document, Verb.EDIT_DOCUMENT, by=by, region=document.kept_in_id)
    return locked


@transaction.atomic
def publish_version(version: DocumentVersion, *, by: User, reason: str = "") -> PolicyDocument:
    """Put a draft in force: the catalogue, the search and the citations follow; people are told.

    Raises NotAllowed for its writer, ActionRefused without a card or for a document that is in
    the library already, Conflict where it is no draft any more.
    """
    document = _locked(version.document)
    locked = _locked_version(version)
    if not reaches(by, document.kept_in_id, PUBLISHERS):
        raise NotAllowed(_("您不能发布这份文件"), _("请由批准人、计划主管或领导小组成员发布"))
    if locked.written_by_id == by.pk:
        raise NotAllowed(_("文件须由起草人以外的人发布"), _("请另一位同事核对后发布"))
    target = _step("publish", locked)
    if not (locked.card.get("what") and locked.card.get("who")):
        raise ActionRefused(_("还没有写解读"), _("至少写明“是什么”和“给谁”"))
    amended = document.state == DocumentState.IN_FORCE
    for old in document.versions.in_force():
        old.state = DOCUMENT_TABLE.find("amend", old.state).target
        old.save(update_fields=["state"])
    locked.state = target
    locked.published_by, locked.published_at = by, clock.now()
    locked.save()
    fill_index(document, locked)
    document.state = DocumentState.IN_FORCE
    document.published_at = locked.published_at
    document.amendment_wanted = False
    document.review_due = document.review_due or _first_review(locked)
    try:
        with transaction.atomic():
            document.save()
    except IntegrityError as error:
        raise ActionRefused(
            _("这个文号和标题的文件已经在库中"), _("请修订那份文件，或改正文号")
        ) from error
    own, waited = link_citations(locked)
    record_event(
        document,
        Verb.PUBLISH_DOCUMENT,
        by=by,
        reason=reason,
        region=document.kept_in_id,
        data={"version": locked.position, "cites": own, "cited_by": waited},
    )
    tell_subscribers(document, AMENDED if amended else PUBLISHED, f"v{locked.position}")
    return document


def _first_review(version: DocumentVersion) -> date:
    """The day of the first review: the end of validity, or some years after it began."""
    if version.valid_to is not None:
        return version.valid_to
    begun = max(version.valid_from, clock.today())
    return begun.replace(year=begun.year + _REVIEW_YEARS, day=min(begun.day, 28))


@transaction.atomic
def discard_draft(version: DocumentVersion, *, by: User, reason: str) -> None:
    """Give a draft up; it stays in the record. Raises Conflict where it is none any more."""
    document = _locked(version.document)
    locked = _locked_version(version)
    _check_writer(by, document.kept_in_id)
    locked.state = _step("discard", locked)
    locked.save(update_fields=["state"])
    record_event(document, Verb.DISCARD_DOCUMENT, by=by, reason=reason, region=document.kept_in_id)


def _step(name: str, version: DocumentVersion) -> str:
    try:
        return DOCUMENT_TABLE.find(name, version.state).target
    except TransitionRefused as error:
        raise Conflict(
            _("这个版本现在的状态是“%(state)s”") % {"state": version.get_state_display()},
            _("请刷新页面查看"),
        ) from error


def _locked(document: PolicyDocument) -> PolicyDocument:
    return PolicyDocument.objects.select_for_update(of=("self",), no_key=True).get(pk=document.pk)


def _locked_version(version: DocumentVersion) -> DocumentVersion:
    return DocumentVersion.objects.select_for_update(of=("self",), no_key=True).get(pk=version.pk)
