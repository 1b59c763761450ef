"""The enterprise's cases: the list, one case with its way, and withdrawing it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from miaopu.cases.actions import withdraw_case
from miaopu.cases.enums import CaseChannel, CaseState, Verb
from miaopu.cases.models import Case, CaseClock, DecisionLetter
from miaopu.cases.ranking import last_ranking
from miaopu.cases.workflow import available
from miaopu.core import clock
from miaopu.core.models import Event
from miaopu.engine.clock import working_days_left
from miaopu.ledger.enums import AwardState, Level
from miaopu.ledger.models import Award
from miaopu.ledger.moves import shares_of
from miaopu.portal import care, formats, present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.case_form import answers_of
from miaopu.portal.case_pages import question_hrefs
from miaopu.portal.performing import perform
from miaopu.portal.reasons import reasons_of_trace
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_correction import views_of
from miaopu.portal.views.enterprise_files import material_rows
from miaopu.portal.views.enterprise_scope import case_or_404, person

PER_PAGE = 20
LONGEST_REASON = 500


class WithdrawForm(forms.Form):
    """Why an application is withdrawn."""

    reason = forms.CharField(
        label=gettext_lazy("撤回的理由"),
        help_text=gettext_lazy("可以不写；写了会记入办理记录。撤回以后还可以重新申报"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 3}),
    )
    use_required_attribute = False


def my_case_rows(request: HttpRequest, cases: QuerySet[Case]) -> list[dict[str, Any]]:
    """Rows of a list of cases: what, for whom, in which state, until when."""
    today = clock.today()
    dated = cases.with_parts().with_due_on().with_correction()  # type: ignore[attr-defined]
    shown = dated.defer("item__version__content", "form", "trace")
    return [
        {
            "number": case.number,
            "href": reverse("my_case", args=[case.number]),
            "item": present.in_language(case.item.name),
            "enterprise": case.enterprise.name,
            "state": case.get_state_display(),
            "tone": present.tone_of(case.state),
            "amount_fen": case.amount_fen,
            "due_on": case.due_on or case.correction_due_on,
            "clock": _clock_words(case.due_on, today)
            if case.correction_due_on is None
            else _("等您补正"),
        }
        for case in shown
    ]


def _clock_words(due_on: date | None, today: date) -> str:
    if due_on is None:
        return ""
    left = working_days_left(today, due_on)
    return shapes.Clock(state="running", limit=0, left=left, due=due_on).headline


def case_table(rows: Iterable[dict[str, Any]]) -> Table:
    """A list of cases."""
    columns = (
        Column("number", _("办件编号"), link="href"),
        Column("item", _("事项")),
        Column("enterprise", _("企业")),
        Column("state", _("状态"), kind="tag", tone="tone"),
        Column("clock", _("本环节时限")),
        Column("due_on", _("到期日"), kind="date"),
        Column("amount_fen", _("金额"), kind="money", unit=_("元")),
    )
    return Table(columns, list(rows), _("我的办件"))


@party_required
@require_safe
def my_cases(request: HttpRequest) -> HttpResponse:
    """All cases of the person's enterprises, newest first."""
    mine = Case.objects.for_user(request.user).order_by("-pk")
    page = Paginator(mine, care.rows(request, PER_PAGE)).get_page(request.GET.get("page"))
    rows = my_case_rows(request, page.object_list)  # type: ignore[arg-type]
    context = {"page": page, "table": case_table(rows) if rows else None}
    return render(request, "enterprise/cases.html", context)


def _yuan(fen: int) -> str:
    return _("%(amount)s 元") % {"amount": formats.yuan_short(fen)}


def _award_rows(award: Award) -> list[shapes.Answer]:
    rows = [
        shapes.Answer(_("金额"), _yuan(award.amount_fen)),
        shapes.Answer(_("资金状态"), award.get_state_display()),
    ]
    if award.state == AwardState.PAID:
        rows.append(shapes.Answer(_("拨付时间"), formats.moment(award.paid_at)))
        rows.append(shapes.Answer(_("银行流水号"), award.bank_reference))
    parts = dict(shares_of(award.case))
    rows += [
        shapes.Answer(_("其中%(level)s") % {"level": level.label}, _yuan(parts[level]))
        for level in Level
        if level in parts
    ]
    return rows


def _refusal(events: Iterable[Event]) -> str:
    """The reason that was proposed last for a refusal."""
    reasons = [one.reason for one in events if one.verb == Verb.PROPOSE_REFUSAL]
    return reasons[-1] if reasons else ""


def _what_now(case: Case, running: CaseClock | None, today: date) -> str:
    """Whose turn it is while the enterprise waits, and until when; "" where a notice says more."""
    if case.state == CaseState.APPROVED:
        return _("已批准，等待列入公示名单；列入后会发消息告知您。")
    waits = (
        CaseState.SUBMITTED,
        CaseState.ACCEPTED,
        CaseState.PROPOSED,
        CaseState.REFUSAL_PROPOSED,
    )
    if case.state not in waits or running is None or running.due_on is None:
        return ""
    left = working_days_left(today, running.due_on)
    return _("轮到%(who)s办理“%(step)s”，到期日 %(date)s，%(left)s。办完会发消息告知您。") % {
        "who": present.whose_turn(case, running.step),
        "step": present.in_language(case.item.definition.steps_by_id[running.step].title),
        "date": formats.day(running.due_on),
        "left": shapes.Clock(
            state="running", limit=running.days, left=left, due=running.due_on
        ).headline,
    }


def case_context(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Everything that the page of one case shows."""
    today = clock.today()
    clocks = list(case.clocks.order_by("pk"))
    running = next((one for one in reversed(clocks) if one.stopped_on is None), None)
    award = (
        Award.objects.for_user(request.user)
        .filter(case=case)
        .select_related("case__item__version__programme")
        .first()
    )
    transfers = award.transfers.for_award(award) if award else None
    events = list(case.trail())
    is_draft = case.state == CaseState.DRAFT
    is_paid = award is not None and award.state == AwardState.PAID
    return {
        "case": case,
        "title": present.in_language(case.item.name),
        "state": award.get_state_display() if award and is_paid else case.get_state_display(),
        "tone": present.tone_of(case.state),
        "is_paid": is_paid,
        "is_draft": is_draft,
        "what_now": _what_now(case, running, today),
        "by_consent": case.channel == CaseChannel.CONSENT,
        "refusal": _refusal(events) if case.state == CaseState.REFUSED else "",
        "clock": present.clock_shape(running, today) if running else None,
        "steps": present.steps_of(case, clocks, award),
        "reasons": reasons_of_trace(case.trace, case.item.version, case.item.code),
        "answers": answers_of(case, own=True, change=question_hrefs(case) if is_draft else None),
        "materials": material_rows(case),
        "corrections": views_of(request, case),
        "award": award,
        "letter": DecisionLetter.objects.for_user(request.user).filter(case=case).first(),
        "award_rows": _award_rows(award) if award else [],
        "trail": present.trail_of(events, award, transfers, inside=False),
        "ranking": last_ranking(case),
        "may_withdraw": "withdraw" in available(person(request), case),
        "crumbs": [
            shapes.Link(_("我的首页"), reverse("my_home")),
            shapes.Link(_("我的办件"), reverse("my_cases")),
            shapes.Link(case.number),
        ],
    }


@party_required
@require_safe
def my_case(request: HttpRequest, number: str) -> HttpResponse:
    """One case: where it is, until when, why, and what was done."""
    context = case_context(request, case_or_404(request, number))
    return render(request, "enterprise/case.html", {**context, "withdraw_form": WithdrawForm()})


@party_required
@require_POST
def case_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw an application that was not proposed yet."""
    case = case_or_404(request, number)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        context = {**case_context(request, case), "withdraw_form": form}
        return render(request, "enterprise/case.html", context)
    reason = form.cleaned_data["reason"]
    perform(
        request,
        lambda: withdraw_case(case, by=person(request), reason=reason),
        _("已撤回，可以重新申报"),
    )
    return redirect("my_case", case.number)
