"""Writing down that a payment came back from the bank."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from miaopu.cases.workflow import AlreadyDone
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.ledger.returns import return_award
from miaopu.portal.access import role_required
from miaopu.portal.performing import in_one_line
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.finance_awards import award_context, award_or_404
from miaopu.portal.views.finance_return_parts import ReturnForm


@require_POST
@role_required(Role.FINANCE_OFFICER)
def return_payment(request: HttpRequest, number: str) -> HttpResponse:
    """The money came back: it is promised again, and can be paid once more."""
    user = person(request)
    award = award_or_404(user, number)
    form = ReturnForm(request.POST, auto_id="return_%s")
    if not form.is_valid():
        context = award_context(user, award, return_form=form)
        return render(request, "finance/award.html", context, status=422)
    try:
        return_award(
            award,
            by=user,
            reason=form.cleaned_data["reason"],
            account_wrong=not form.cleaned_data["account_right"],
        )
    except AlreadyDone as done:
        messages.info(request, in_one_line(done))
        return redirect("finance_award", number=number)
    except ActionRefused as refused:
        fresh = award_or_404(user, number)
        context = award_context(user, fresh, return_form=form, refused=refused)
        return render(request, "finance/award.html", context, status=refused.status)
    messages.success(request, gettext("已登记退回，这笔扶持可以再次付款"))
    return redirect("finance_award", number=number)
