"""Checking what was corrected, and handing it in again, once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from miaopu.cases.corrections import answer_correction, asked_fields, unanswered
from miaopu.cases.enums import PointKind
from miaopu.cases.forms import check_form
from miaopu.cases.guards import FormConflict, FormRefused
from miaopu.cases.models import Case, Correction
from miaopu.cases.workflow import AlreadyDone, lock_case
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import User
from miaopu.portal import present
from miaopu.portal.access import party_required
from miaopu.portal.case_form import show
from miaopu.portal.views.enterprise_correction import crumbs, open_or_none, views_of
from miaopu.portal.views.enterprise_form import read_revision
from miaopu.portal.views.enterprise_scope import case_or_404, person


def _changes(correction: Correction) -> list[dict[str, Any]]:
    """Each field that was asked: what was asked, what stood there, what is handed in."""
    return [
        {
            "label": present.in_language(question.title),
            "asked": correction.text_of(PointKind.FIELD, question.id),
            "was": show(
                question,
                correction.case.form.get(question.id, ""),
                masked=question.type == "account",
            ),
            "now": show(
                question,
                correction.answers.get(question.id, ""),
                masked=question.type == "account",
            ),
            "same": correction.case.form.get(question.id) == correction.answers.get(question.id),
        }
        for question in asked_fields(correction)
    ]


@transaction.atomic
def _answer_seen(case: Case, revision: int, by: User) -> Case:
    """Hand in what the person has seen. Raises FormConflict where it was changed since."""
    locked = lock_case(case)
    found = locked.corrections.open().first()
    if found is not None and found.revision != revision:
        raise FormConflict(found.answers, found.revision)
    return answer_correction(locked, by=by)


def _hand_in_again(request: HttpRequest, case: Case) -> HttpResponse:
    try:
        _answer_seen(case, read_revision(request.POST), person(request))
    except AlreadyDone:
        messages.info(request, _("补正已经提交过，只提交了一次"))
    except FormConflict:
        messages.error(request, _("还没有提交：内容在另一个页面改过，请再核对一遍"))
        return redirect("correction_check", case.number)
    except FormRefused:
        return redirect(f"{reverse('my_correction', args=[case.number])}?errors=1")
    except ActionRefused as refused:
        messages.error(request, f"{refused.message} {refused.remedy}".strip())
        if not isinstance(refused, Conflict):
            return redirect("my_correction", case.number)
    else:
        messages.success(request, _("补正已提交，办理继续"))
    return redirect("my_case", case.number)


@party_required
@require_http_methods(["GET", "HEAD", "POST"])
def correction_check(request: HttpRequest, number: str) -> HttpResponse:
    """Check what was corrected; POST hands in what was seen, once."""
    case = case_or_404(request, number)
    if request.method == "POST":
        return _hand_in_again(request, case)
    correction = open_or_none(request, case)
    if correction is None:
        return redirect("my_case", case.number)
    _values, problems = check_form(asked_fields(correction), correction.answers)
    if problems:
        return redirect(f"{reverse('my_correction', args=[case.number])}?errors=1")
    context = {
        "case": case,
        "title": present.in_language(case.item.name),
        "correction": correction,
        "changes": _changes(correction),
        "view": views_of(request, case)[0],
        "missing": len(unanswered(correction)),
        "crumbs": crumbs(case, _("核对补正内容")),
    }
    return render(request, "enterprise/correction_check.html", context)
