"""The application form: everything typed is kept, right or wrong, here or in another tab."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from miaopu.cases.actions import save_form
from miaopu.cases.enums import CaseState
from miaopu.cases.forms import FormError, check_form
from miaopu.cases.guards import FormConflict
from miaopu.cases.models import Case
from miaopu.core.errors import Conflict
from miaopu.portal import kept_forms, present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.case_form import CaseForm, groups_of
from miaopu.portal.views.enterprise_scope import case_or_404, person

LONGEST_REVISION = 9


@dataclass(frozen=True)
class FormPage:
    """What the page of the form shows besides the questions."""

    values: Mapping[str, Any]
    revision: int
    problems: Iterable[FormError] = ()
    saved: Mapping[str, Any] | None = None  # what another tab saved meanwhile
    closed: str = ""  # why nothing can be saved any more
    was_saved: bool = False
    kept: kept_forms.KeptForm | None = None
    status: int = 200


def read_revision(form: Mapping[str, Any]) -> int:
    """The revision of the draft that a page's form showed; 0 where it cannot be read."""
    text = str(form.get("revision", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_REVISION else 0


def typed_values(case: Case, posted: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, question by question; a sign that no text has (NUL) is left out."""
    return {
        question.id: str(posted.get(question.id, "")).replace("\x00", "")
        for question in case.item.definition.form
    }


def kept_here(request: HttpRequest) -> kept_forms.KeptForm | None:
    """What was typed on this page before the sign-in expired."""
    here = [one for one in kept_forms.offered(request) if one.page_path == request.path]
    return here[-1] if here else None


def show_form(request: HttpRequest, case: Case, page: FormPage) -> HttpResponse:
    """The page of the form."""
    questions = case.item.definition.form
    form = CaseForm(questions, page.values, page.revision, page.problems)
    context = {
        "case": case,
        "title": present.in_language(case.item.name),
        "form": form,
        "groups": groups_of(form, questions, case, page.saved),
        "page": page,
        "kept_key": page.kept.key if page.kept else request.POST.get(kept_forms.FIELD, ""),
        "crumbs": [
            shapes.Link(_("我的首页"), reverse("my_home")),
            shapes.Link(case.number, reverse("my_case", args=[case.number])),
            shapes.Link(_("填写申报表")),
        ],
    }
    return render(request, "enterprise/form.html", context, status=page.status)


def _open(request: HttpRequest, case: Case) -> HttpResponse:
    if case.state != CaseState.DRAFT:
        return redirect("my_case", case.number)
    kept = kept_here(request)
    if kept is not None:
        data = kept.data()
        page = FormPage(typed_values(case, data), read_revision(data), kept=kept)
        return show_form(request, case, page)
    problems: list[FormError] = []
    if "errors" in request.GET:
        _values, problems = check_form(case.item.definition.form, case.form)
    return show_form(request, case, FormPage(case.form, case.revision, problems))


def _save(request: HttpRequest, case: Case) -> HttpResponse:
    typed = typed_values(case, request.POST)
    revision = read_revision(request.POST)
    try:
        problems = save_form(case, typed, revision=revision, by=person(request))
    except FormConflict as conflict:
        page = FormPage(typed, conflict.revision, saved=conflict.saved, status=conflict.status)
        return show_form(request, case, page)
    except Conflict as late:
        closed = f"{late.message}"
        return show_form(
            request, case, FormPage(typed, revision, closed=closed, status=late.status)
        )
    if problems:
        case.refresh_from_db(fields=["form", "revision"])
        values, _problems = check_form(case.item.definition.form, typed)
        saved = None if case.form == values else case.form  # another tab was just behind
        page = FormPage(typed, case.revision, problems, saved=saved, was_saved=True)
        return show_form(request, case, page)
    if request.GET.get("then") == "check":
        return redirect("case_check", case.number)
    messages.success(request, _("已保存，可以随时回来继续"))
    return redirect("my_case", case.number)


@party_required
@require_http_methods(["GET", "HEAD", "POST"])
def case_form(request: HttpRequest, number: str) -> HttpResponse:
    """Fill in the form; POST saves everything, and leads on where all is right."""
    case = case_or_404(request, number)
    return _save(request, case) if request.method == "POST" else _open(request, case)
