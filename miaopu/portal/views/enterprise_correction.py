"""Correcting an application as the office asked: only what was asked, checked, handed in again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from miaopu.cases.corrections import (
    LONGEST_REMARK,
    answer_correction,
    asked_fields,
    save_correction,
    unanswered,
)
from miaopu.cases.enums import PointKind
from miaopu.cases.forms import FormError, check_form
from miaopu.cases.guards import FormConflict, FormRefused
from miaopu.cases.models import Case, CaseFile, Correction
from miaopu.cases.workflow import AlreadyDone, lock_case
from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import User
from miaopu.portal import kept_forms, present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.case_form import CaseForm, show
from miaopu.portal.corrections import CorrectionView, correction_views
from miaopu.portal.views.enterprise_files import hand_in, material_rows, posted_material
from miaopu.portal.views.enterprise_form import kept_here, read_revision
from miaopu.portal.views.enterprise_scope import case_or_404, person

REMARK = "correction_remark"
kept_forms.register_labels({REMARK: gettext_lazy("说明")})


class CorrectionForm(CaseForm):
    """The questions that were asked, and a remark where something is right as it is."""

    def __init__(
        self,
        correction: Correction,
        values: Mapping[str, Any],
        remark: str,
        revision: int,
        problems: Iterable[FormError] = (),
    ) -> None:
        super().__init__(asked_fields(correction), values, revision, problems)
        self.data = {**self.data, REMARK: remark}
        self.fields[REMARK] = forms.CharField(
            label=_("说明"),
            help_text=_("哪一项不需要改，请写明原因"),
            required=False,
            max_length=LONGEST_REMARK,
            widget=forms.Textarea({"rows": 3}),
        )


def open_or_none(request: HttpRequest, case: Case) -> Correction | None:
    """What the case's enterprise has to correct now."""
    found = Correction.objects.for_user(request.user).filter(case=case).open().first()
    if found is not None:
        found.case = case
    return found


def views_of(request: HttpRequest, case: Case) -> list[CorrectionView]:
    """All corrections of one of the person's cases, the latest first."""
    rows = list(Correction.objects.for_user(request.user).filter(case=case))
    files = list(CaseFile.objects.for_user(request.user).filter(case=case)) if rows else []
    return correction_views(case, rows, files, clock.today(), own=True, route="my_file")


def _crumbs(case: Case, here: str) -> list[shapes.Link]:
    return [
        shapes.Link(_("我的首页"), reverse("my_home")),
        shapes.Link(case.number, reverse("my_case", args=[case.number])),
        shapes.Link(here),
    ]


def _show(
    request: HttpRequest,
    correction: Correction,
    form: CorrectionForm,
    *,
    notice: str = "",
    saved: Mapping[str, Any] | None = None,
    wrong_file: tuple[str, str] = ("", ""),
    status: int = 200,
) -> HttpResponse:
    """The page on which the enterprise corrects."""
    case = correction.case
    asked = {one.id: one for one in asked_fields(correction)}
    rows = [
        {
            "field": form[name],
            "asked": correction.text_of(PointKind.FIELD, name),
            "was": show(question, case.form.get(name, ""), masked=question.type == "account"),
            "saved": ""
            if saved is None
            else show(question, saved.get(name, ""), masked=question.type == "account"),
        }
        for name, question in asked.items()
    ]
    materials = [
        {"row": row, "asked": correction.text_of(PointKind.MATERIAL, row.material.id)}
        for row in material_rows(case, wrong_file)
        if row.material.id in correction.materials
    ]
    context = {
        "case": case,
        "title": present.in_language(case.item.name),
        "form": form,
        "rows": rows,
        "materials": materials,
        "remark": form[REMARK],
        "view": views_of(request, case)[0],
        "notice": notice,
        "conflict": saved is not None,
        "kept_key": request.POST.get(kept_forms.FIELD, ""),
        "crumbs": _crumbs(case, _("补正")),
    }
    return render(request, "enterprise/correction.html", context, status=status)


def _open_page(request: HttpRequest, correction: Correction) -> HttpResponse:
    kept = kept_here(request)
    if kept is not None:
        data = kept.data()
        values: Mapping[str, Any] = {
            one.id: data.get(one.id, "") for one in asked_fields(correction)
        }
        form = CorrectionForm(correction, values, data.get(REMARK, ""), read_revision(data))
        return _show(
            request, correction, form, notice=_("登录失效前填写的内容已放回表中，尚未保存")
        )
    problems: list[FormError] = []
    if "errors" in request.GET:
        _values, problems = check_form(asked_fields(correction), correction.answers)
    form = CorrectionForm(
        correction, correction.answers, correction.remark, correction.revision, problems
    )
    return _show(request, correction, form)


def _save(request: HttpRequest, correction: Correction) -> HttpResponse:
    posted = request.POST
    typed = {
        one.id: str(posted.get(one.id, "")).replace("\x00", "") for one in asked_fields(correction)
    }
    remark = str(posted.get(REMARK, "")).replace("\x00", "")
    revision = read_revision(posted)
    case = correction.case
    try:
        problems = save_correction(
            case, typed, remark=remark, revision=revision, by=person(request)
        )
    except FormConflict as conflict:
        form = CorrectionForm(correction, typed, remark, conflict.revision)
        return _show(request, correction, form, saved=conflict.saved, status=conflict.status)
    except Conflict as late:
        form = CorrectionForm(correction, typed, remark, revision)
        return _show(request, correction, form, notice=str(late.message), status=late.status)
    except ActionRefused as refused:
        form = CorrectionForm(correction, typed, remark, revision)
        return _show(request, correction, form, notice=str(refused.message), status=422)
    if problems:
        correction.refresh_from_db(fields=["revision"])
        form = CorrectionForm(correction, typed, remark, correction.revision, problems)
        return _show(request, correction, form)
    return redirect("correction_check", case.number)


@party_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_correction(request: HttpRequest, number: str) -> HttpResponse:
    """What the office asks to correct; POST keeps everything and leads on to the check."""
    case = case_or_404(request, number)
    correction = open_or_none(request, case)
    if correction is None:
        messages.info(request, _("这件申报现在没有需要补正的内容"))
        return redirect("my_case", case.number)
    return (
        _save(request, correction) if request.method == "POST" else _open_page(request, correction)
    )


@party_required
@require_POST
def correction_file_add(request: HttpRequest, number: str) -> HttpResponse:
    """Hand in one paper that was asked for."""
    case = case_or_404(request, number)
    correction = open_or_none(request, case)
    material = posted_material(request)
    if correction is None or material not in correction.materials:
        messages.error(request, _("这种材料现在不需要补正"))
        return redirect("my_case", case.number)
    wrong = hand_in(request, case)
    if not wrong:
        messages.success(request, _("文件已上传"))
        return redirect(f"{reverse('my_correction', args=[case.number])}#materials")
    form = CorrectionForm(correction, correction.answers, correction.remark, correction.revision)
    return _show(request, correction, form, wrong_file=(material, wrong), status=422)


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
        "crumbs": _crumbs(case, _("核对补正内容")),
    }
    return render(request, "enterprise/correction_check.html", context)
