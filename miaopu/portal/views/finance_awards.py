"""One award with its shares and trail; marking it paid, or releasing its money."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.cases.enums import Step
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine import masking
from miaopu.ledger.awards import pay_award, release_award
from miaopu.ledger.enums import AwardState, Level
from miaopu.ledger.models import Award, PaymentBatch
from miaopu.ledger.moves import shares_of
from miaopu.ledger.payees import payee_of
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.finance_payments import TONES
from miaopu.portal.views.finance_return_parts import ReturnForm, payments_table
from miaopu.portal.views.office_parts import MONEY_READERS, trail_of

SHARE_COLUMNS = (
    Column("level", _("级次")),
    Column("part", _("分担"), kind="money", unit=_("元")),
)


class PayForm(forms.Form):
    """What the bank's slip says."""

    bank_reference = forms.CharField(
        label=_("银行流水号"),
        help_text=_("在银行回单上"),
        max_length=60,
        error_messages={"required": _("请填写银行流水号")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("说明"),
        help_text=_("记入办理记录"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReleaseForm(forms.Form):
    """Why the money will not be paid."""

    reason = forms.CharField(
        label=_("理由"),
        help_text=_("例如企业已注销；资金退回各级可用余额"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明理由")},
    )


def award_or_404(user: Any, number: str) -> Award:
    """An award in the user's scope, with what its page shows."""
    awards = Award.objects.for_user(user).select_related(
        "case__enterprise",
        "case__region",
        "case__item__version__programme",
        "approved_by",
        "decided_by",
        "paid_by",
    )
    return get_object_or_404(awards, number=number)


def _bank(award: Award, *, full: bool) -> list[shapes.Answer]:
    """Where to pay to, as given last; the account in full for the payer only."""
    payee = payee_of(award)
    account = payee.bank_account if full else masking.mask_account(payee.bank_account)
    return [
        shapes.Answer(gettext("户名"), payee.name),
        shapes.Answer(gettext("开户银行"), payee.bank_name or formats.MISSING),
        shapes.Answer(gettext("银行账号"), account or formats.MISSING),
    ]


def _summary(award: Award) -> list[shapes.Answer]:
    rows = [
        shapes.Answer(gettext("企业"), award.case.enterprise.name),
        shapes.Answer(gettext("统一社会信用代码"), award.case.enterprise.uscc),
        shapes.Answer(gettext("区域"), present.region_name(award.case.region)),
        shapes.Answer(gettext("事项"), present.in_language(award.case.item.name)),
        shapes.Answer(gettext("办件编号"), award.case.number),
        shapes.Answer(gettext("批准人"), str(award.approved_by)),
        shapes.Answer(gettext("决定人"), str(award.decided_by)),
        shapes.Answer(gettext("承诺时间"), formats.moment(award.committed_at)),
    ]
    if award.paid_at is not None:
        rows += [
            shapes.Answer(gettext("拨付人"), str(award.paid_by)),
            shapes.Answer(gettext("拨付时间"), formats.moment(award.paid_at)),
            shapes.Answer(gettext("银行流水号"), award.bank_reference),
        ]
    return rows


def _shares(award: Award) -> Table:
    """What each level bears."""
    parts = dict(shares_of(award.case))
    rows = [{"level": level.label, "part": parts[level]} for level in Level if level in parts]
    return Table(SHARE_COLUMNS, rows, gettext("各级分担"))


def _typed(form: forms.Form | None) -> list[str]:
    """What the person had written in a form that was refused, to be shown once more."""
    values = form.cleaned_data.values() if form is not None else []
    return [str(value) for value in values if value]


def _batch_href(user: User, batch: PaymentBatch) -> str:
    """The page of a batch; "" where it was made for a larger region than the user's."""
    mine = PaymentBatch.objects.for_user(user).filter(pk=batch.pk)
    return reverse("payment_batch", kwargs={"number": batch.number}) if mine.exists() else ""


def award_context(
    user: User,
    award: Award,
    pay_form: forms.Form | None = None,
    release_form: forms.Form | None = None,
    return_form: forms.Form | None = None,
    refused: ActionRefused | None = None,
) -> dict[str, Any]:
    """Everything that the page of an award shows, with forms that were refused."""
    officer = reaches(user, award.case.region_id, [Role.FINANCE_OFFICER])
    waiting = award.batch_lines.pending().select_related("batch").first()
    pay_clock = award.case.clocks.filter(step=Step.PAY).order_by("-pk").first()
    return {
        "award": award,
        "tone": TONES[award.state],
        "summary": _summary(award),
        "bank": _bank(award, full=officer),
        "shares": _shares(award),
        "clock": present.clock_shape(pay_clock, clock.today())
        if pay_clock and pay_clock.stopped_on is None
        else None,
        "trail": trail_of(award.case, award),
        "waiting": waiting,
        "waiting_href": _batch_href(user, waiting.batch) if waiting else "",
        "may_act": officer and award.state == AwardState.COMMITTED and waiting is None,
        "may_return": officer and award.state == AwardState.PAID,
        "payments": payments_table(award),
        "own_decision": user.pk in (award.approved_by_id, award.decided_by_id),
        "pay_form": pay_form or PayForm(auto_id="pay_%s"),
        "release_form": release_form or ReleaseForm(auto_id="release_%s"),
        "return_form": return_form or ReturnForm(auto_id="return_%s"),
        "refused": refused,
        "typed": _typed(pay_form or release_form or return_form) if refused else [],
        "crumbs": [
            shapes.Link(gettext("拨付"), reverse("payments")),
            shapes.Link(award.number),
        ],
    }


@require_safe
@role_required(*MONEY_READERS)
def finance_award(request: HttpRequest, number: str) -> HttpResponse:
    """One award: to whom, how much from which level, and what was done so far."""
    award = award_or_404(person(request), number)
    return render(request, "finance/award.html", award_context(person(request), award))


@require_POST
@role_required(Role.FINANCE_OFFICER)
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Mark an award as paid; the same slip sent twice is one payment."""
    award = award_or_404(person(request), number)
    form = PayForm(request.POST, auto_id="pay_%s")
    if not form.is_valid():
        context = award_context(person(request), award, pay_form=form)
        return render(request, "finance/award.html", context, status=422)
    paid_before = award.state == AwardState.PAID
    try:
        pay_award(
            award,
            form.cleaned_data["bank_reference"],
            by=person(request),
            reason=form.cleaned_data["reason"],
        )
    except ActionRefused as refused:
        fresh = award_or_404(person(request), number)
        context = award_context(person(request), fresh, pay_form=form, refused=refused)
        return render(request, "finance/award.html", context, status=refused.status)
    if paid_before:
        messages.info(request, gettext("这笔扶持您已经标记为拨付，无需重复操作"))
    else:
        messages.success(
            request,
            gettext("已标记拨付 %(amount)s 元") % {"amount": formats.yuan_short(award.amount_fen)},
        )
    return redirect("finance_award", number=number)


@require_POST
@role_required(Role.FINANCE_OFFICER)
def release(request: HttpRequest, number: str) -> HttpResponse:
    """Release the committed money of an award that will not be paid."""
    award = award_or_404(person(request), number)
    form = ReleaseForm(request.POST, auto_id="release_%s")
    if not form.is_valid():
        context = award_context(person(request), award, release_form=form)
        return render(request, "finance/award.html", context, status=422)
    if award.state == AwardState.RELEASED:
        messages.info(request, gettext("这笔资金已经释放，无需重复操作"))
        return redirect("finance_award", number=number)
    try:
        release_award(award, by=person(request), reason=form.cleaned_data["reason"])
    except ActionRefused as refused:
        fresh = award_or_404(person(request), number)
        context = award_context(person(request), fresh, release_form=form, refused=refused)
        return render(request, "finance/award.html", context, status=refused.status)
    messages.success(request, gettext("资金已释放，退回各级可用余额"))
    return redirect("finance_award", number=number)
