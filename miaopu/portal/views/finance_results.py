"""What the bank says: a result file checked before it is booked, or one payment at a time."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Job
from miaopu.ledger.enums import LineState
from miaopu.ledger.models import BankReply, BatchLine, PaymentBatch
from miaopu.ledger.result_checks import CheckedResult, check_results
from miaopu.ledger.results import ResultsRefused, book_line, results_of
from miaopu.ledger.tasks import start_booking
from miaopu.portal import formats, kept_forms, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.finance_batch import officer_batch_or_404

OUTCOMES = {"paid": _("已付"), "failed": _("付款失败"), "returned": _("已付后退回")}
EFFECTS = {"book": _("将登记"), "known": _("已登记，不变"), "wrong": _("有问题，不登记")}
EFFECT_TONES: dict[str, shapes.Tone] = {"book": "good", "known": "neutral", "wrong": "late"}
COLUMNS = (
    Column("line", _("文件行")),
    Column("award", _("扶持编号")),
    Column("effect", _("登记"), kind="tag", tone="tone"),
    Column("problems", _("问题")),
    Column("amount_fen", _("金额"), kind="money", unit=_("元")),
    Column("outcome", _("银行结果")),
    Column("said", _("银行流水号或原因")),
)
kept_forms.register_labels({"bank_reference": _("银行流水号"), "bank_day": _("银行日期")})


class BookForm(forms.Form):
    """Whether only the sound rows of a file are booked."""

    use_required_attribute = False
    only_good = forms.BooleanField(
        label=_("只登记没有问题的行，其余以后再登记"),
        help_text=_("不勾选的，有一行有问题就都不登记"),
        required=False,
    )


class LineForm(forms.Form):
    """What the bank says of one payment; the same rules as for a row of a file."""

    use_required_attribute = False
    result = forms.ChoiceField(
        label=_("银行结果"),
        help_text=_("以银行回单为准；没有收到银行回复的先不要登记"),
        choices=[("paid", _("已付")), ("failed", _("付款失败"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择结果")},
    )
    reference = forms.CharField(
        label=_("银行流水号"),
        help_text=_("已付的须填写，在银行回单上"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    day = forms.CharField(
        label=_("银行日期"),
        help_text=_("银行办理这一笔的日期，已付的须填写"),
        required=False,
        widget=forms.TextInput({"type": "date"}),
    )
    reason = forms.CharField(
        label=_("原因"),
        help_text=_("失败或退回的须填写，会告知企业"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    account_right = forms.BooleanField(
        label=_("收款账户没有错，不需要企业更正（例如银行系统故障）"),
        help_text=_("不勾选的，会请企业更正账户，更正以前不能再付"),
        required=False,
    )

    def __init__(self, *args: Any, paid: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if paid:
            self.fields["result"].widget = forms.HiddenInput()
            self.fields["result"].initial = "returned"
            field = self.fields["result"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("returned", gettext("已付后退回"))]
            del self.fields["reference"], self.fields["day"]

    def answers(self) -> dict[str, str]:
        """The answers by the columns of a result file."""
        values = self.cleaned_data
        return {
            "result": values["result"],
            "reference": values.get("reference", ""),
            "day": values.get("day", ""),
            "reason": values["reason"],
            "account_wrong": "no" if values["account_right"] else "yes",
        }


def _row(checked: CheckedResult) -> dict[str, Any]:
    result = checked.result
    return {
        "line": str(result.line),
        "award": result.award,
        "amount_fen": result.amount_fen,
        "outcome": OUTCOMES[result.outcome] if result.outcome else "",
        "said": result.reason or result.reference,
        "effect": EFFECTS[checked.effect],
        "tone": EFFECT_TONES[checked.effect],
        "problems": gettext("；").join(present.in_language(one) for one in checked.problems),
    }


def _show_reply(
    request: HttpRequest, reply: BankReply, refused: ActionRefused | None = None
) -> HttpResponse:
    checked = check_results(reply.batch, results_of(reply))
    first = {"wrong": 0, "book": 1, "known": 2}
    ordered = sorted(checked, key=lambda one: (first[one.effect], one.result.line))
    counts = Counter(one.effect for one in checked)
    page = page_of(request, ordered)
    context = {
        "batch": reply.batch,
        "reply": reply,
        "table": Table(COLUMNS, [_row(one) for one in page.object_list], gettext("文件各行")),
        "page": page,
        "good": counts["book"],
        "wrong": counts["wrong"],
        "known": counts["known"],
        "form": BookForm(),
        "refused": refused,
        "crumbs": _crumbs(reply.batch, gettext("银行结果")),
    }
    status = refused.status if refused else 200
    return render(request, "finance/batch_reply.html", context, status=status)


def _crumbs(batch: PaymentBatch, last: str) -> list[shapes.Link]:
    return [
        shapes.Link(gettext("付款批次"), reverse("payment_batches")),
        shapes.Link(batch.number, reverse("payment_batch", kwargs={"number": batch.number})),
        shapes.Link(last),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.FINANCE_OFFICER)
def batch_reply(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """What would this result file change? POST books it: as a whole, or its sound rows only."""
    batch = officer_batch_or_404(person(request), number)
    found = BankReply.objects.for_user(person(request)).select_related("batch__programme")
    reply = get_object_or_404(found, pk=pk, batch=batch)
    if request.method != "POST":
        return _show_reply(request, reply)
    try:
        booked = start_booking(
            reply, by=person(request), only_good=request.POST.get("only_good") == "on"
        )
    except ActionRefused as refused:
        reply.batch.refresh_from_db()
        return _show_reply(request, reply, refused)
    if isinstance(booked, Job):
        return redirect("job", pk=booked.pk)
    if booked:
        text = ngettext("已登记 %(count)s 笔银行结果", "已登记 %(count)s 笔银行结果", booked)
        messages.success(request, text % {"count": booked})
    else:
        messages.info(request, gettext("这些结果都已登记，没有任何改动"))
    return redirect("payment_batch", number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.FINANCE_OFFICER)
def batch_line(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """What became of this one payment? POST books it."""
    batch = officer_batch_or_404(person(request), number)
    line = get_object_or_404(batch.lines.in_order(), position=position)
    paid = line.state in (LineState.PAID, LineState.RETURNED)
    if request.method != "POST":
        initial = {"day": clock.today().isoformat()}
        return _show_line(request, batch, line, LineForm(initial=initial, paid=paid))
    form = LineForm(request.POST, paid=paid)
    if not form.is_valid():
        return _show_line(request, batch, line, form, status=422)
    try:
        booked = book_line(line, form.answers(), by=person(request))
    except ResultsRefused as wrong:
        for one in wrong.wrong:
            for problem in one.problems:
                form.add_error(None, present.in_language(problem))
        return _show_line(request, batch, line, form, status=422)
    except ActionRefused as refused:
        return _show_line(request, batch, line, form, refused=refused, status=refused.status)
    if booked:
        messages.success(request, gettext("已登记 %(award)s 的结果") % {"award": line.award.number})
    else:
        messages.info(request, gettext("这些结果都已登记，没有任何改动"))
    return redirect("payment_batch", number=number)


def _show_line(
    request: HttpRequest,
    batch: PaymentBatch,
    line: BatchLine,
    form: LineForm,
    *,
    refused: ActionRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "batch": batch,
        "line": line,
        "form": form,
        "refused": refused,
        "open": line.state in (LineState.PENDING, LineState.PAID),
        "summary": [
            shapes.Answer(
                gettext("扶持编号"),
                line.award.number,
                reverse("finance_award", kwargs={"number": line.award.number}),
            ),
            shapes.Answer(gettext("户名"), line.payee),
            shapes.Answer(gettext("账号"), line.bank_account),
            shapes.Answer(gettext("开户银行"), line.bank_name),
            shapes.Answer(gettext("金额（元）"), formats.yuan(line.amount_fen)),
            shapes.Answer(gettext("结果"), line.get_state_display()),
        ],
        "crumbs": _crumbs(batch, gettext("第 %(position)s 笔") % {"position": line.position}),
    }
    return render(request, "finance/batch_line.html", context, status=status)
