"""Checking the answers, handing in papers, submitting, and the receipt."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from miaopu.cases.actions import submit_case
from miaopu.cases.enums import CaseState, Step
from miaopu.cases.forms import check_form
from miaopu.cases.guards import FormConflict, FormRefused
from miaopu.cases.models import Case
from miaopu.cases.workflow import AlreadyDone, lock_case
from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import User
from miaopu.portal import present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.case_form import answers_of
from miaopu.portal.case_pages import first_wrong, question_hrefs
from miaopu.portal.views.enterprise_files import material_rows
from miaopu.portal.views.enterprise_form import read_revision
from miaopu.portal.views.enterprise_parts import step_table
from miaopu.portal.views.enterprise_scope import case_or_404, person


def _crumbs(case: Case, here: str) -> list[shapes.Link]:
    return [
        shapes.Link(_("我的首页"), reverse("my_home")),
        shapes.Link(case.number, reverse("my_case", args=[case.number])),
        shapes.Link(here),
    ]


def _form_with_errors(case: Case) -> HttpResponse:
    wrong = first_wrong(case)
    assert wrong is not None  # somebody has just found what is wrong
    return redirect(wrong.href(case, "?errors=1&then=check"))


def _after_submission(case: Case) -> HttpResponse:
    """Where a case that is no draft any more is shown."""
    submitted = case.submitted_at and case.state != CaseState.WITHDRAWN
    return redirect("case_receipt" if submitted else "my_case", case.number)


def show_check(
    request: HttpRequest,
    case: Case,
    *,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The page on which everything is checked before it is handed in."""
    form_href = reverse("case_form", args=[case.number])
    materials = material_rows(case)
    first = case.item.definition.steps[0]
    context: dict[str, Any] = {
        "case": case,
        "title": present.in_language(case.item.name),
        "answers": answers_of(case, own=True, change=question_hrefs(case)),
        "materials": materials,
        "wanting": [row.title for row in materials if row.wanting],
        "form_href": form_href,
        "changed": changed,
        "first_days": first.working_days,
        "first_who": present.role_name(first.role),
        "region": present.region_name(case.region),
        "steps": step_table(case.item.definition),
        "crumbs": _crumbs(case, _("核对并提交")),
    }
    return render(request, "enterprise/check.html", context, status=status)


@transaction.atomic
def _submit_seen(case: Case, revision: int, by: User) -> Case:
    """Submit the draft that the person has seen. Raises FormConflict where it was changed since."""
    locked = lock_case(case)
    if locked.state == CaseState.DRAFT and locked.revision != revision:
        raise FormConflict(locked.form, locked.revision)
    return submit_case(locked, by=by)


def _submit(request: HttpRequest, case: Case) -> HttpResponse:
    try:
        _submit_seen(case, read_revision(request.POST), person(request))
    except AlreadyDone:
        messages.info(request, _("这份申报已经提交过，只提交了一次"))
    except FormConflict:
        return show_check(request, case_or_404(request, case.number), changed=True, status=409)
    except FormRefused:
        return _form_with_errors(case)
    except ActionRefused as refused:
        messages.error(request, f"{refused.message} {refused.remedy}".strip())
        if not isinstance(refused, Conflict):
            return redirect("case_check", case.number)
    case.refresh_from_db(fields=["state", "submitted_at"])
    return _after_submission(case)


@party_required
@require_http_methods(["GET", "HEAD", "POST"])
def case_check(request: HttpRequest, number: str) -> HttpResponse:
    """Check the answers; POST submits what was seen, once."""
    case = case_or_404(request, number)
    if request.method == "POST":
        return _submit(request, case)
    if case.state != CaseState.DRAFT:
        return _after_submission(case)
    _values, problems = check_form(case.questions, case.form)
    return _form_with_errors(case) if problems else show_check(request, case)


@party_required
@require_safe
def case_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Proof that the application was handed in, who acts next, and by when."""
    case = case_or_404(request, number)
    if not case.submitted_at or case.state == CaseState.WITHDRAWN:
        return redirect("my_case", case.number)
    accepting = case.clocks.filter(step=Step.ACCEPT).order_by("pk").first()
    step = case.item.definition.steps_by_id.get(Step.ACCEPT)
    context = {
        "case": case,
        "title": present.in_language(case.item.name),
        "state": case.get_state_display(),
        "waits": case.state == CaseState.SUBMITTED,
        "clock": present.clock_shape(accepting, clock.today()) if accepting else None,
        "due": accepting.due_on if accepting else None,
        "who": present.role_name(step.role) if step else "",
        "region": present.region_name(case.region),
        "crumbs": _crumbs(case, _("回执")),
    }
    return render(request, "enterprise/receipt.html", context)
