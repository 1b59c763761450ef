"""One payment batch: its list, the bank's files, what became of each payment, taking it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine import masking
from miaopu.engine.money import rmb_in_words
from miaopu.ledger.bank_files import KINDS, bank_file
from miaopu.ledger.batches import cancel_batch
from miaopu.ledger.enums import BatchState, Level, LineState
from miaopu.ledger.models import BankReply, BatchLine, PaymentBatch
from miaopu.ledger.moves import shares_of_batch
from miaopu.ledger.results import MOST_BYTES, ReplyUnreadable, booking_job, keep_reply
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.downloads import made_response
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.finance_batches import BATCH_TONES
from miaopu.portal.views.office_parts import MONEY_READERS

LINE_TONES: dict[str, shapes.Tone] = {
    LineState.PENDING: "soon",
    LineState.PAID: "good",
    LineState.FAILED: "late",
    LineState.RETURNED: "late",
    LineState.CANCELLED: "neutral",
}
COLUMNS = (
    Column("award", _("扶持编号"), link="href"),
    Column("payee", _("户名")),
    Column("account", _("账号")),
    Column("bank", _("开户银行")),
    Column("amount_fen", _("金额"), kind="money", unit=_("元")),
    Column("state", _("结果"), kind="tag", tone="tone"),
    Column("said", _("银行流水号或原因")),
    Column("day", _("银行日期"), kind="date"),
    Column("act", _("办理"), link="act_href"),
)
SHARE_COLUMNS = (
    Column("level", _("级次")),
    Column("part", _("合计分担"), kind="money", unit=_("元")),
)


class ReplyForm(forms.Form):
    """The bank's result file."""

    file = forms.FileField(
        label=_("银行结果文件"),
        help_text=_("CSV（UTF-8 或 GB18030），不超过 2 兆；先核对，确认后才登记"),
        allow_empty_file=True,
        error_messages={"required": _("请选择要上传的文件")},
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )


class CancelForm(forms.Form):
    """Why a batch is taken back."""

    reason = forms.CharField(
        label=_("撤销的理由"),
        help_text=_("记入办理记录；撤销以后，批次中的扶持可以进入新的批次"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明理由")},
    )


def batch_or_404(user: Any, number: str) -> PaymentBatch:
    """A batch in the user's scope."""
    found = PaymentBatch.objects.for_user(user).select_related("programme", "region", "made_by")
    return get_object_or_404(found, number=number)


def officer_batch_or_404(user: User, number: str) -> PaymentBatch:
    """A batch that the user may settle: she is a finance officer of its region."""
    batch = batch_or_404(user, number)
    if not reaches(user, batch.region_id, [Role.FINANCE_OFFICER]):
        raise Http404
    return batch


def _rows(batch: PaymentBatch, lines: Iterable[BatchLine], *, full: bool) -> list[dict[str, Any]]:
    rows = []
    for line in lines:
        where = {"number": batch.number, "position": line.position}
        open_ = full and line.state in (LineState.PENDING, LineState.PAID)
        rows.append(
            {
                "award": line.award.number,
                "href": reverse("finance_award", kwargs={"number": line.award.number}),
                "payee": line.payee,
                "account": line.bank_account if full else masking.mask_account(line.bank_account),
                "bank": line.bank_name,
                "amount_fen": line.amount_fen,
                "state": line.get_state_display(),
                "tone": LINE_TONES[line.state],
                "said": line.reason or line.bank_reference,
                "day": line.bank_day,
                "act": _act(line.state) if open_ else "",
                "act_href": reverse("payment_batch_line", kwargs=where) if open_ else "",
            }
        )
    return rows


def _act(state: str) -> str:
    return gettext("登记结果") if state == LineState.PENDING else gettext("登记退回")


def _shares(batch: PaymentBatch) -> Table:
    """What each level bears of the whole batch."""
    sums = shares_of_batch(batch)
    rows = [{"level": level.label, "part": sums[level]} for level in Level if level in sums]
    return Table(SHARE_COLUMNS, rows, gettext("各级分担"))


def _summary(batch: PaymentBatch) -> list[shapes.Answer]:
    return [
        shapes.Answer(gettext("计划"), present.in_language(batch.programme.name)),
        shapes.Answer(gettext("区域"), present.region_name(batch.region)),
        shapes.Answer(gettext("笔数"), formats.number(batch.count)),
        shapes.Answer(gettext("金额大写"), rmb_in_words(batch.amount_fen)),
        shapes.Answer(gettext("建立人"), str(batch.made_by)),
        shapes.Answer(gettext("建立时间"), formats.moment(batch.made_at)),
        shapes.Answer(gettext("清单摘要（SHA-256）"), batch.digest),
    ]


def _replies(batch: PaymentBatch) -> list[shapes.Link]:
    rows = []
    for reply in batch.replies.order_by("-pk"):
        words = {"name": reply.name or "CSV", "at": formats.moment(reply.read_at)}
        text = (
            gettext("%(name)s，%(at)s 读入，已登记 %(count)s 笔") % {**words, "count": reply.booked}
            if reply.booked
            else gettext("%(name)s，%(at)s 读入，尚未登记") % words
        )
        rows.append(
            shapes.Link(
                text,
                reverse("payment_batch_reply", kwargs={"number": batch.number, "pk": reply.pk}),
            )
        )
    return rows


def show_batch(
    request: HttpRequest,
    batch: PaymentBatch,
    *,
    reply_form: forms.Form | None = None,
    cancel_form: forms.Form | None = None,
    refused: ActionRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a batch; an officer of its region can act on it."""
    officer = reaches(person(request), batch.region_id, [Role.FINANCE_OFFICER])
    page = page_of(request, batch.lines.in_order())
    rows = _rows(batch, page.object_list, full=officer)
    pending = batch.lines.pending().count()
    job = booking_job(batch) if officer else None
    context = {
        "batch": batch,
        "tone": BATCH_TONES[batch.state],
        "summary": _summary(batch),
        "table": Table(COLUMNS, rows, gettext("付款清单")),
        "page": page,
        "job": job if job is not None and job.created_by_id == person(request).pk else None,
        "being_booked": job is not None,
        "shares": _shares(batch),
        "officer": officer,
        "pending": pending,
        "may_cancel": officer and batch.state == BatchState.OPEN and pending == batch.count,
        "replies": _replies(batch) if officer else [],
        "reply_form": reply_form or ReplyForm(auto_id="reply_%s"),
        "cancel_form": cancel_form or CancelForm(auto_id="cancel_%s"),
        "refused": refused,
        "trail": present.trail_of(batch.trail(), None, None, inside=True),
        "crumbs": [
            shapes.Link(gettext("付款批次"), reverse("payment_batches")),
            shapes.Link(batch.number),
        ],
    }
    return render(request, "finance/batch.html", context, status=status)


@require_safe
@role_required(*MONEY_READERS)
def batch(request: HttpRequest, number: str) -> HttpResponse:
    """What is the bank told to pay, and what became of it?"""
    return show_batch(request, batch_or_404(person(request), number))


@require_safe
@role_required(Role.FINANCE_OFFICER)
def batch_file(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """A file of the batch: for the bank (xlsx, utf8, gb18030), or a template for its results."""
    if kind not in KINDS:
        raise Http404
    found = officer_batch_or_404(person(request), number)
    try:
        file = bank_file(found, kind)
    except ActionRefused as refused:
        return show_batch(request, found, refused=refused, status=refused.status)
    return made_response(file.content, file.name, file.media_type)


@require_POST
@role_required(Role.FINANCE_OFFICER)
def batch_reply_add(request: HttpRequest, number: str) -> HttpResponse:
    """Read the bank's result file; what it would change is shown before anything is booked."""
    found = officer_batch_or_404(person(request), number)
    form = ReplyForm(request.POST, request.FILES, auto_id="reply_%s")
    upload = request.FILES.get("file")
    reply: BankReply | None = None
    if form.is_valid() and isinstance(upload, UploadedFile):
        content = upload.read(MOST_BYTES + 1)
        try:
            reply = keep_reply(found, upload.name or "", content, by=person(request))
        except ReplyUnreadable as error:
            said = {"message": error.message, "remedy": error.remedy}
            words = {name: present.in_language(text) for name, text in said.items()}
            form.add_error("file", gettext("%(message)s。%(remedy)s") % words)
    if reply is None:
        return show_batch(request, found, reply_form=form, status=422)
    return redirect("payment_batch_reply", number=number, pk=reply.pk)


@require_POST
@role_required(Role.FINANCE_OFFICER)
def batch_cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Take a batch back that the bank has not carried out."""
    found = officer_batch_or_404(person(request), number)
    form = CancelForm(request.POST, auto_id="cancel_%s")
    if not form.is_valid():
        return show_batch(request, found, cancel_form=form, status=422)
    if found.state == BatchState.CANCELLED:
        messages.info(request, gettext("这个批次已经撤销，无需重复操作"))
        return redirect("payment_batch", number=number)
    try:
        cancel_batch(found, by=person(request), reason=form.cleaned_data["reason"])
    except ActionRefused as refused:
        found.refresh_from_db()
        return show_batch(request, found, cancel_form=form, refused=refused, status=refused.status)
    messages.success(request, gettext("批次已撤销，其中的扶持可以列入另一个批次"))
    return redirect("payment_batch", number=number)
