"""The policy library for those who keep it: what waits, taking a document in, amending one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region, User
from miaopu.plans.document_actions import Head, add_document, amend_document
from miaopu.plans.document_reading import ReadDocument, read_document
from miaopu.plans.document_states import WRITERS
from miaopu.plans.models import DocumentCitation, DocumentReview, DocumentVersion, PolicyDocument
from miaopu.portal import shapes
from miaopu.portal.access import role_required
from miaopu.portal.paging import page_of
from miaopu.portal.performing import in_one_line
from miaopu.portal.tables import Column, Table
from miaopu.portal.uploads import content_of
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import OFFICE_ROLES, regions_of
from miaopu.portal.views.policy_parts import standing, where

TEXT_MAX = 100_000
COLUMNS = (
    Column("code", _("编号"), link="href"),
    Column("title", _("标题")),
    Column("number", _("文号")),
    Column("region", _("适用区域")),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("waits", _("待办")),
    Column("review_due", _("下次清理"), kind="date"),
)
SHOWN = {"all": _("全部"), "drafts": _("待发布"), "reviews": _("待清理"), "confirm": _("待确认")}


def kept_regions(user: User) -> list[Region]:
    """The regions for which the user keeps documents, the widest first."""
    return regions_of(user, WRITERS)


class SourceForm(forms.Form):
    """A document as a file or as pasted text."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("文件"),
        help_text=_("docx、有文字的 pdf、txt 或 html，不超过20兆"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".docx,.pdf,.txt,.html,.htm"}),
    )
    text = forms.CharField(
        label=_("或者粘贴正文"),
        required=False,
        max_length=TEXT_MAX,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    change = forms.CharField(
        label=_("修订说明"),
        help_text=_("修订了什么，为什么；公开显示"),
        max_length=500,
        error_messages={"required": _("请写明修订了什么")},
    )

    def __init__(self, *given: Any, amending: bool = False, **named: Any) -> None:
        super().__init__(*given, **named)
        if not amending:
            del self.fields["change"]

    def clean(self) -> None:
        """Exactly one of file and text."""
        super().clean()
        asked = self.cleaned_data
        if bool(asked.get("file")) == bool((asked.get("text") or "").strip()):
            raise forms.ValidationError(_("请上传一个文件，或者粘贴正文，二者选一"))

    def read(self) -> ReadDocument:
        """The document as read. Raises ActionRefused."""
        upload = self.cleaned_data.get("file")
        if isinstance(upload, UploadedFile):
            return read_document(content_of(upload), (upload.name or "").replace("\x00", ""))
        text = str(self.cleaned_data["text"]).replace("\x00", "")
        return read_document(text.encode(), gettext("粘贴的正文.txt"))


def head_of(read: ReadDocument, region: Region | None, today: date) -> Head:
    """What the reader found at the document's head; the officer corrects it."""
    first = next((line.strip() for line in read.text.splitlines() if line.strip()), "")
    issued = read.issued_on or today
    return Head(
        title=read.title or first[:200] or gettext("（未读出标题）"),
        number=read.number,
        issuer=read.issuer or gettext("（未读出发文机关）"),
        kind=read.kind_by_title,
        region=region,
        issued_on=issued,
        valid_from=issued,
    )


def document_or_404(request: HttpRequest, code: str) -> PolicyDocument:
    """A document that the person's offices keep."""
    rows = PolicyDocument.objects.for_user(person(request)).light().select_related("kept_in")
    return get_object_or_404(rows, code=code)


def _waits(document: PolicyDocument, drafts: set[int], reviews: set[int]) -> str:
    today = clock.today()
    words = []
    if document.pk in drafts:
        words.append(gettext("有草稿待发布"))
    if document.pk in reviews:
        words.append(gettext("立改废意见待确认"))
    elif document.review_due is not None and document.review_due <= today:
        words.append(gettext("到期清理"))
    if document.amendment_wanted:
        words.append(gettext("需要修订"))
    return gettext("、").join(words)


@require_safe
@role_required(*OFFICE_ROLES)
def policy_library(request: HttpRequest) -> HttpResponse:
    """The documents that the person's offices keep, and what waits in them."""
    user = person(request)
    today = clock.today()
    mine = PolicyDocument.objects.for_user(user).light()
    drafts = DocumentVersion.objects.for_user(user).drafts()
    waiting = DocumentReview.objects.for_user(user).waiting()
    views = {
        "all": mine,
        "drafts": mine.filter(pk__in=drafts.values("document")),
        "reviews": mine.to_review(today),
        "confirm": mine.filter(pk__in=waiting.values("document")),
    }
    asked = request.GET.get("show", "all")
    chosen = asked if asked in views else "all"
    page = page_of(request, views[chosen].newest_first())
    keys = [one.pk for one in page.object_list]
    with_draft = set(drafts.filter(document__in=keys).values_list("document", flat=True))
    with_review = set(waiting.filter(document__in=keys).values_list("document", flat=True))
    rows = []
    for one in page.object_list:
        word, tone = standing(one, today)
        rows.append(
            {
                "code": one.code,
                "href": reverse("policy_manage", args=[one.code]),
                "title": one.title,
                "number": one.number,
                "region": where(one.region),
                "state": word,
                "tone": tone,
                "waits": _waits(one, with_draft, with_review),
                "review_due": one.review_due,
            }
        )
    unresolved = DocumentCitation.objects.for_user(user).public().unresolved()
    context = {
        "page": page,
        "table": Table(
            COLUMNS,
            rows,
            gettext("政策文件"),
            empty=gettext("没有这样的文件"),
            empty_hint=gettext("收录文件后，另一位同事核对并发布。"),
            queue=True,
        ),
        "views": [
            {
                "text": text,
                "count": views[name].count(),
                "href": f"{reverse('policy_library')}?show={name}",
                "current": name == chosen,
            }
            for name, text in SHOWN.items()
        ],
        "may_write": bool(kept_regions(user)),
        "unresolved": unresolved.order_by("title", "number")
        .values_list("title", "number")
        .distinct()[:20],
        "unresolved_count": unresolved.order_by()
        .values("title_key", "number_key")
        .distinct()
        .count(),
    }
    return render(request, "office/policy_library.html", context)


def _source_page(
    request: HttpRequest, form: SourceForm, document: PolicyDocument | None, status: int = 200
) -> HttpResponse:
    crumbs = [shapes.Link(gettext("政策文库管理"), reverse("policy_library"))]
    if document is not None:
        href = reverse("policy_manage", args=[document.code])
        crumbs.append(shapes.Link(document.code, href))
    crumbs.append(shapes.Link(pgettext("act", "修订") if document else gettext("收录文件")))
    context = {"form": form, "document": document, "crumbs": crumbs}
    return render(request, "office/policy_new.html", context, status=status)


@role_required(*WRITERS)
def policy_new(request: HttpRequest) -> HttpResponse:
    """Take a document in: it is read, and becomes a draft whose head the officer corrects."""
    user = person(request)
    if request.method != "POST":
        return _source_page(request, SourceForm(), None)
    form = SourceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _source_page(request, form, None, 422)
    kept_in = kept_regions(user)[0]
    try:
        read = form.read()
        version = add_document(
            head_of(read, kept_in, clock.today()), read, kept_in=kept_in, by=user
        )
    except ActionRefused as refused:
        form.add_error(None, in_one_line(refused))
        return _source_page(request, form, None, 422)
    messages.success(request, gettext("已读出条款和引用，请核对文件信息并写解读"))
    return redirect("policy_draft", version.document.code)


@role_required(*WRITERS)
def policy_amend(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a new version of a published document from its amended text."""
    document = document_or_404(request, code)
    if document.state != "in_force":
        raise Http404
    if request.method != "POST":
        return _source_page(request, SourceForm(amending=True), document)
    form = SourceForm(request.POST, request.FILES, amending=True)
    if not form.is_valid():
        return _source_page(request, form, document, 422)
    try:
        read = form.read()
        found = head_of(read, document.region, clock.today())
        head = Head(
            title=found.title if read.title else document.title,
            number=found.number or document.number,
            issuer=read.issuer or document.issuer,
            kind=document.kind,
            region=document.region,
            issued_on=read.issued_on or clock.today(),
            valid_from=max(read.issued_on or clock.today(), document.valid_from),
            industries=document.industries,
            enterprise_kinds=document.enterprise_kinds,
            illustrative=document.illustrative,
        )
        amend_document(document, head, read, change=form.cleaned_data["change"], by=person(request))
    except ActionRefused as refused:
        form.add_error(None, in_one_line(refused))
        return _source_page(request, form, document, 422)
    return redirect("policy_draft", code)
