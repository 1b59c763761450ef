"""What is to be paid, and by when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import BooleanField, Case, F, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.engine.clock import working_days_left
from miaopu.ledger.enums import AwardState
from miaopu.ledger.models import Award
from miaopu.ledger.querysets import AwardQuerySet
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.paging import page_of
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import MONEY_READERS
from miaopu.portal.views.office_queue import active_filters

TONES: dict[str, shapes.Tone] = {
    AwardState.COMMITTED: "soon",
    AwardState.PAID: "good",
    AwardState.RELEASED: "neutral",
}
SHOWN_IN_LIST = (
    *("number", "amount_fen", "state", "paid_at", "awaits_account", "case__enterprise__name"),
    *("case__region__name", "case__region__name_en"),
)
COLUMNS = (
    Column("number", _("扶持编号"), link="href"),
    Column("enterprise", _("企业")),
    Column("region", _("区域")),
    Column("amount_fen", _("金额"), kind="money", unit=_("元")),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("due_on", _("拨付到期日"), kind="date"),
    Column("left", _("时限"), kind="tag", tone="left_tone"),
    Column("paid_at", _("拨付时间"), kind="moment"),
)


class PaymentFilter(forms.Form):
    """What the list is narrowed to."""

    state = forms.ChoiceField(
        label=_("状态"), choices=[("", _("全部")), *AwardState.choices], required=False
    )
    q = forms.CharField(label=_("企业或扶持编号"), required=False, max_length=60)


def _in_order(awards: AwardQuerySet) -> AwardQuerySet:
    """Unpaid ones first, those that are due first."""
    ordered = awards.with_due_on().annotate(
        closed=Case(
            When(state=AwardState.COMMITTED, then=Value(False)),
            default=Value(True),
            output_field=BooleanField(),
        ),
    )
    return ordered.order_by("closed", F("due_on").asc(nulls_last=True), "pk")


def _row(award: Any, today: date) -> dict[str, Any]:
    open_ = award.state == AwardState.COMMITTED
    left = None
    waits = award.awaits_account
    if open_ and award.due_on and not award.awaits_account:
        left = working_days_left(today, award.due_on)
    running = shapes.Clock("running", 0, left=left, due=award.due_on) if left is not None else None
    return {
        "number": award.number,
        "href": reverse("finance_award", kwargs={"number": award.number}),
        "enterprise": award.case.enterprise.name,
        "region": present.region_name(award.case.region),
        "amount_fen": award.amount_fen,
        "state": str(AwardState(award.state).label),
        "tone": TONES[award.state],
        "due_on": award.due_on,
        "left": running.headline if running else gettext("待企业更正账户") if waits else "",
        "left_tone": running.tone if running else "late" if waits else "neutral",
        "paid_at": award.paid_at,
    }


@require_safe
@role_required(*MONEY_READERS)
def payments(request: HttpRequest) -> HttpResponse:
    """What is to be paid, and by when?"""
    form = PaymentFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    awards = Award.objects.for_user(person(request))
    if wanted.get("state"):
        awards = awards.filter(state=wanted["state"])
    words = str(wanted.get("q") or "").strip()
    if words:
        awards = awards.filter(
            Q(number__icontains=words)
            | Q(case__enterprise__name__icontains=words)
            | Q(case__enterprise__uscc__istartswith=words)
        )
    listed = awards.select_related("case__enterprise", "case__region")
    today = clock.today()
    page = page_of(request, _in_order(listed.only(*SHOWN_IN_LIST)))
    context = {
        "may_create": person(request).has_role(Role.FINANCE_OFFICER),
        "form": form,
        "active": active_filters(request, form),
        "page": page,
        "table": Table(
            COLUMNS,
            [_row(award, today) for award in page.object_list],
            gettext("扶持资金"),
            empty=gettext("没有符合条件的扶持"),
            empty_hint=gettext("公示结束、作出决定后会出现在这里。"),
            queue=True,
        ),
    }
    return render(request, "finance/payments.html", context)
