"""The application form, one thing per page: everything typed is kept, right or wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from miaopu.cases.actions import save_form
from miaopu.cases.enums import CaseState
from miaopu.cases.forms import FormError, check_form
from miaopu.cases.guards import FormConflict
from miaopu.cases.models import Case
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.portal import kept_forms, present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.case_form import CaseForm, groups_of
from miaopu.portal.case_pages import (
    ALL,
    QuestionPage,
    first_wrong,
    page_named,
    pages_of,
    tasks_of,
    where_next,
)
from miaopu.portal.performing import in_one_line
from miaopu.portal.views.enterprise_scope import case_or_404, person

LONGEST_REVISION = 9
SHOWN = "shown"  # the hidden field that says what a page had shown
AUTOSAVE = "Autosave"  # the header by which a page saves while somebody types


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


def as_shown(answers: Mapping[str, Any]) -> str:
    """What a page shows at first, for its hidden field: so what was not changed is told apart."""
    return json.dumps(answers, ensure_ascii=False, separators=(",", ":"))


def read_shown(form: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the page had shown at first; None where it cannot be read."""
    try:
        shown = json.loads(str(form.get(SHOWN, "")))
    except (ValueError, RecursionError):
        return None
    return shown if isinstance(shown, dict) else None


def typed_values(asked: QuestionPage, posted: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, question by question; a sign that no text has (NUL) is left out."""
    return {
        question.id: str(posted.get(question.id, "")).replace("\x00", "")
        for question in asked.questions
    }


def kept_here(request: HttpRequest) -> kept_forms.KeptForm | None:
    """What was typed on this page before the sign-in expired."""
    here = [one for one in kept_forms.offered(request) if one.page_path == request.path]
    return here[-1] if here else None


def _crumbs(case: Case, *more: shapes.Link) -> list[shapes.Link]:
    return [
        shapes.Link(_("我的首页"), reverse("my_home")),
        shapes.Link(case.number, reverse("my_case", args=[case.number])),
        *more,
    ]


def show_form(
    request: HttpRequest, case: Case, asked: QuestionPage, page: FormPage
) -> HttpResponse:
    """A page of questions."""
    form = CaseForm(asked.questions, page.values, page.revision, page.problems)
    pages = pages_of(case)
    at = next((number for number, one in enumerate(pages, start=1) if one.id == asked.id), 0)
    context = {
        "case": case,
        "title": present.in_language(case.item.name),
        "heading": asked.heading,
        "is_personal": asked.is_personal,
        "at": at,
        "of": len(pages),
        "form": form,
        "groups": groups_of(form, asked.questions, case, page.saved),
        "page": page,
        "is_all": asked.id == ALL,
        "then": "check" if request.GET.get("then") == "check" else "",
        "kept_key": page.kept.key if page.kept else request.POST.get(kept_forms.FIELD, ""),
        "crumbs": _crumbs(
            case,
            shapes.Link(_("填写申报表"), reverse("case_form", args=[case.number])),
            shapes.Link(asked.title if at else _("全部问题")),
        ),
    }
    return render(request, "enterprise/form.html", context, status=page.status)


def _open(request: HttpRequest, case: Case, asked: QuestionPage) -> HttpResponse:
    if case.state != CaseState.DRAFT:
        return redirect("my_case", case.number)
    kept = kept_here(request)
    if kept is not None:
        data = kept.data()
        page = FormPage(typed_values(asked, data), read_revision(data), kept=kept)
        return show_form(request, case, asked, page)
    problems: list[FormError] = []
    if "errors" in request.GET:
        _values, problems = check_form(asked.questions, case.form)
    return show_form(request, case, asked, FormPage(case.form, case.revision, problems))


def _saved_elsewhere(case: Case, asked: QuestionPage, typed: Mapping[str, Any]) -> Any:
    """The draft's answers where another tab was just behind, None where they are what was typed."""
    values, _problems = check_form(asked.questions, typed)
    same = all(case.form.get(name, "") == value for name, value in values.items())
    return None if same else case.form


def _save(request: HttpRequest, case: Case, asked: QuestionPage) -> HttpResponse:
    typed = typed_values(asked, request.POST)
    revision = read_revision(request.POST)
    try:
        problems = save_form(case, typed, revision=revision, by=person(request), only=asked.names)
    except FormConflict as conflict:
        page = FormPage(typed, conflict.revision, saved=conflict.saved, status=conflict.status)
        return show_form(request, case, asked, page)
    except Conflict as late:
        page = FormPage(typed, revision, closed=f"{late.message}", status=late.status)
        return show_form(request, case, asked, page)
    case.refresh_from_db(fields=["form", "revision"])
    then = request.GET.get("then")
    if then == "later":
        messages.success(request, _("已保存，可以随时回来继续"))
        return redirect("case_form", case.number)
    if problems:
        saved = _saved_elsewhere(case, asked, typed)
        page = FormPage(typed, case.revision, problems, saved=saved, was_saved=True)
        return show_form(request, case, asked, page)
    if then == "check":
        return redirect("case_check", case.number)
    return redirect(where_next(case, asked))


def _autosave(request: HttpRequest, case: Case, asked: QuestionPage) -> JsonResponse:
    """Keep what is being typed; the page goes on with the new revision, or is told why not."""
    typed = typed_values(asked, request.POST)
    try:
        problems = save_form(
            case,
            typed,
            revision=read_revision(request.POST),
            by=person(request),
            only=asked.names,
            quietly=True,
        )
    except ActionRefused as refused:
        return JsonResponse({"message": in_one_line(refused)}, status=refused.status)
    case.refresh_from_db(fields=["revision"])
    return JsonResponse({"revision": case.revision, "problems": len(problems)})


@party_required
@require_safe
def case_form(request: HttpRequest, number: str) -> HttpResponse:
    """The task list of an application: what is known, what is done, what is left."""
    case = case_or_404(request, number)
    if case.state != CaseState.DRAFT:
        return redirect("my_case", case.number)
    wrong = first_wrong(case)
    check = reverse("case_check", args=[case.number])
    context = {
        "case": case,
        "title": present.in_language(case.item.name),
        "tasks": tasks_of(case),
        "next_href": wrong.href(case) if wrong else check,
        "is_ready": wrong is None,
        "all_href": reverse("case_question", args=[case.number, ALL]),
        "crumbs": _crumbs(case, shapes.Link(_("填写申报表"))),
    }
    return render(request, "enterprise/tasks.html", context)


@party_required
@require_http_methods(["GET", "HEAD", "POST"])
def case_question(request: HttpRequest, number: str, page: str) -> HttpResponse:
    """One question or a few that belong together; POST saves them, and leads to the next."""
    case = case_or_404(request, number)
    asked = page_named(case, page)
    if asked is None:
        raise Http404
    if request.method != "POST":
        return _open(request, case, asked)
    if AUTOSAVE in request.headers:
        return _autosave(request, case, asked)
    return _save(request, case, asked)
