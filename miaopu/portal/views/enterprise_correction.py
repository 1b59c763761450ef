"""Correcting an application as the office asked: only what was asked, checked, handed in again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from miaopu.cases.actions import attach_file
from miaopu.cases.corrections import (
    LONGEST_REMARK,
    REMARK,
    asked_fields,
    save_correction,
)
from miaopu.cases.enums import CorrectionState, PointKind
from miaopu.cases.forms import FormError, check_form
from miaopu.cases.guards import FormConflict
from miaopu.cases.models import Case, CaseFile, Correction
from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.portal import kept_forms, present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.case_form import CaseForm, difference, show
from miaopu.portal.corrections import CorrectionView, correction_views
from miaopu.portal.performing import in_one_line
from miaopu.portal.views.enterprise_files import ACCEPT, material_rows
from miaopu.portal.views.enterprise_form import (
    AUTOSAVE,
    SHOWN,
    as_shown,
    kept_here,
    read_revision,
    read_shown,
)
from miaopu.portal.views.enterprise_scope import case_or_404, person

FILE = "file_"
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
        shown: str | None = None,
    ) -> None:
        super().__init__(asked_fields(correction), values, revision, problems)
        before = as_shown({**correction.answers, REMARK: correction.remark})
        self.data = {**self.data, REMARK: remark, SHOWN: before if shown is None else shown}
        self.fields[SHOWN] = forms.CharField(widget=forms.HiddenInput({"autocomplete": "off"}))
        self.fields[REMARK] = forms.CharField(
            label=_("说明"),
            help_text=_("哪一项不需要改，请写明原因"),
            required=False,
            max_length=LONGEST_REMARK,
            widget=forms.Textarea({"rows": 3}),
        )
        for name in correction.materials:
            self.fields[f"{FILE}{name}"] = forms.FileField(
                label=_("选择文件"),
                help_text=_("PDF、PNG、JPG、Word（docx）或 Excel（xlsx），不超过20兆"),
                required=False,
                allow_empty_file=True,
                widget=forms.FileInput({"accept": ACCEPT}),
            )


def open_or_none(request: HttpRequest, case: Case) -> Correction | None:
    """What the case's enterprise has to correct now."""
    found = Correction.objects.for_user(request.user).filter(case=case).open().first()
    if found is not None:
        found.case = case
    return found


def _closed(request: HttpRequest, case: Case) -> Correction | None:
    """The correction that ended while its page was open, where something else was typed there.

    It can show what was typed, and that it was not saved; None where nothing would be lost.
    """
    if request.method != "POST":
        return None
    found = Correction.objects.for_user(request.user).filter(case=case).order_by("serial").last()
    if found is None:
        return None
    found.case = case
    typed, remark = _typed(request, found)
    values, _problems = check_form(asked_fields(found), typed)
    same = (values, remark.strip()) == (found.answers, found.remark)
    return None if same and AUTOSAVE not in request.headers else found


def views_of(request: HttpRequest, case: Case) -> list[CorrectionView]:
    """All corrections of one of the person's cases, the latest first."""
    rows = list(Correction.objects.for_user(request.user).filter(case=case))
    files = list(CaseFile.objects.for_user(request.user).filter(case=case)) if rows else []
    return correction_views(case, rows, files, clock.today(), own=True, route="my_file")


def crumbs(case: Case, here: str) -> list[shapes.Link]:
    """The way back to the case."""
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
    status: int = 200,
) -> HttpResponse:
    """The page on which the enterprise corrects; `saved` is what another tab saved meanwhile."""
    case = correction.case
    asked = {one.id: one for one in asked_fields(correction)}
    rows = [
        {
            "field": form[name],
            "asked": correction.text_of(PointKind.FIELD, name),
            "was": show(question, case.form.get(name, ""), masked=question.type == "account"),
            "saved": None if saved is None else difference(question, form[name].value(), saved),
        }
        for name, question in asked.items()
    ]
    other_remark = "" if saved is None else str(saved.get(REMARK, ""))
    materials = [
        {
            "row": row,
            "asked": correction.text_of(PointKind.MATERIAL, row.material.id),
            "field": form[f"{FILE}{row.material.id}"],
        }
        for row in material_rows(case)
        if row.material.id in correction.materials
    ]
    context = {
        "case": case,
        "title": present.in_language(case.item.name),
        "form": form,
        "rows": rows,
        "materials": materials,
        "remark": form[REMARK],
        "other_remark": other_remark if other_remark != form[REMARK].value() else "",
        "view": views_of(request, case)[0],
        "notice": notice,
        "is_open": correction.state == CorrectionState.OPEN,
        "conflict": saved is not None,
        "kept_key": request.POST.get(kept_forms.FIELD, ""),
        "crumbs": crumbs(case, _("补正")),
    }
    return render(request, "enterprise/correction.html", context, status=status)


def _open_page(request: HttpRequest, correction: Correction) -> HttpResponse:
    kept = kept_here(request)
    if kept is not None:
        data = kept.data()
        values: Mapping[str, Any] = {
            one.id: data.get(one.id, "") for one in asked_fields(correction)
        }
        form = CorrectionForm(
            correction,
            values,
            data.get(REMARK, ""),
            read_revision(data),
            shown=str(data.get(SHOWN, "")),
        )
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


def _hand_in_files(request: HttpRequest, correction: Correction) -> list[FormError]:
    """Attach the files that were chosen; says for each that was refused what is wrong with it."""
    problems = []
    for material in correction.materials:
        upload = request.FILES.get(f"{FILE}{material}")
        if not isinstance(upload, UploadedFile):
            continue
        content = upload.read(settings.FILE_MAX_BYTES + 1)
        name = (upload.name or "").replace("\x00", "")
        try:
            attach_file(correction.case, material, name, content, by=person(request))
        except (NotAllowed, Conflict):
            raise
        except ActionRefused as refused:
            problems.append(FormError(f"{FILE}{material}", in_one_line(refused)))
    return problems


def _typed(request: HttpRequest, correction: Correction) -> tuple[dict[str, str], str]:
    """What was typed: the fields that were asked, and the remark; a NUL is left out."""
    names = [*(one.id for one in asked_fields(correction)), REMARK]
    typed = {name: str(request.POST.get(name, "")).replace("\x00", "") for name in names}
    return typed, typed.pop(REMARK)


def _autosave(request: HttpRequest, correction: Correction) -> JsonResponse:
    """Keep what is being typed; the page goes on with the new revision, or is told why not."""
    typed, remark = _typed(request, correction)
    try:
        problems = save_correction(
            correction.case,
            typed,
            remark=remark,
            revision=read_revision(request.POST),
            shown=read_shown(request.POST),
            by=person(request),
            quietly=True,
        )
    except ActionRefused as refused:
        return JsonResponse({"message": in_one_line(refused)}, status=refused.status)
    correction.refresh_from_db(fields=["revision"])
    return JsonResponse({"revision": correction.revision, "problems": len(problems)})


def _save(request: HttpRequest, correction: Correction) -> HttpResponse:
    typed, remark = _typed(request, correction)
    revision, shown = read_revision(request.POST), str(request.POST.get(SHOWN, ""))
    case = correction.case
    try:
        wrong_files = _hand_in_files(request, correction)
        problems = save_correction(
            case,
            typed,
            remark=remark,
            revision=revision,
            shown=read_shown(request.POST),
            by=person(request),
        )
    except FormConflict as conflict:
        before = as_shown(conflict.saved)
        form = CorrectionForm(correction, typed, remark, conflict.revision, shown=before)
        return _show(request, correction, form, saved=conflict.saved, status=conflict.status)
    except Conflict as late:
        form = CorrectionForm(correction, typed, remark, revision, shown=shown)
        return _show(request, correction, form, notice=str(late.message), status=late.status)
    except ActionRefused as refused:
        form = CorrectionForm(correction, typed, remark, revision, shown=shown)
        return _show(request, correction, form, notice=str(refused.message), status=422)
    if problems or wrong_files:
        every = [*problems, *wrong_files]
        correction.refresh_from_db(fields=["answers", "remark", "revision"])
        answers = correction.answers
        form = CorrectionForm(correction, answers, correction.remark, correction.revision, every)
        return _show(request, correction, form)
    return redirect("correction_check", case.number)


@party_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_correction(request: HttpRequest, number: str) -> HttpResponse:
    """What the office asks to correct; POST keeps everything and leads on to the check."""
    case = case_or_404(request, number)
    correction = open_or_none(request, case) or _closed(request, case)
    if correction is None:
        messages.info(request, _("这件申报现在没有需要补正的内容"))
        return redirect("my_case", case.number)
    if request.method != "POST":
        return _open_page(request, correction)
    return (_autosave if AUTOSAVE in request.headers else _save)(request, correction)
