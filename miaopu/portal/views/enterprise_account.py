"""The account to which an enterprise is paid, put right after a payment did not arrive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from miaopu.cases.forms import FormError
from miaopu.cases.guards import FormRefused
from miaopu.core.errors import ActionRefused
from miaopu.ledger.models import Award
from miaopu.ledger.payees import account_questions, in_form, payee_of
from miaopu.ledger.returns import correct_account, last_failure
from miaopu.portal import formats, shapes
from miaopu.portal.access import party_required
from miaopu.portal.case_form import CaseForm
from miaopu.portal.views.enterprise_scope import case_or_404, person


def _award_or_404(request: HttpRequest, number: str) -> Award:
    case = case_or_404(request, number)
    mine = Award.objects.for_user(request.user)
    award = mine.select_related("case__item__version__programme", "case__enterprise").filter(
        case=case
    )
    found = award.first()
    if found is None:
        raise Http404
    return found


def _show(
    request: HttpRequest,
    award: Award,
    values: Mapping[str, Any],
    *,
    problems: Iterable[FormError] = (),
    refused: ActionRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    failure = last_failure(award)
    form = CaseForm(account_questions(award.case), values, award.case.revision, problems)
    context = {
        "case": award.case,
        "form": form,
        "refused": refused,
        "amount": formats.yuan_short(award.amount_fen),
        "why": failure.reason if failure else "",
        "failed_on": failure.at if failure else None,
        "crumbs": [
            shapes.Link(_("我的首页"), reverse("my_home")),
            shapes.Link(award.case.number, reverse("my_case", args=[award.case.number])),
            shapes.Link(_("收款账户")),
        ],
    }
    return render(request, "enterprise/account.html", context, status=status)


@party_required
@require_http_methods(["GET", "HEAD", "POST"])
def case_account(request: HttpRequest, number: str) -> HttpResponse:
    """Correct or confirm the account; only while a payment waits for it."""
    award = _award_or_404(request, number)
    if request.method != "POST":
        if not award.awaits_account:
            return redirect("my_case", number)
        payee = payee_of(award)
        bank, account = in_form(award.case)
        return _show(request, award, {bank: payee.bank_name, account: payee.bank_account})
    typed = {
        question.id: request.POST.get(question.id, "").replace("\x00", "")
        for question in account_questions(award.case)
    }
    try:
        correct_account(award, typed, by=person(request))
    except FormRefused as wrong:
        return _show(request, award, typed, problems=wrong.errors, status=422)
    except ActionRefused as refused:
        return _show(request, award, typed, refused=refused, status=refused.status)
    messages.success(request, _("收款账户已更正，财务将再次付款"))
    return redirect("my_case", number)
