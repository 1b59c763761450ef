"""A score sheet: filled in by whoever's turn it is, saved while one types, told line by line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miaopu.core.errors import ActionRefused, Conflict
from miaopu.core.models import User
from miaopu.monitoring.assessor_actions import declare_conflict, sample_sheet
from miaopu.monitoring.evidence_actions import (
    keep_late_file,
    keep_score_file,
    takes_late_files,
    withdraw_score_file,
)
from miaopu.monitoring.models import LateScoreFile, ScoreFile, ScoreSheet
from miaopu.monitoring.querysets import READERS
from miaopu.monitoring.score_actions import (
    hand_over_sheet,
    return_sheet,
    save_scores,
    submit_sheet,
)
from miaopu.monitoring.sheet_checks import SheetRefused
from miaopu.portal import kept_forms, present
from miaopu.portal.downloads import download
from miaopu.portal.performing import in_one_line, perform
from miaopu.portal.score_form import FILE, ScoreForm, score_form, seen_fields, typed_fields
from miaopu.portal.uploads import content_of
from miaopu.portal.views.assessment_parts import (
    SHEET_TONES,
    assessors_only,
    campaign_title,
    period_name,
)
from miaopu.portal.views.assessment_sheet_parts import sheet_context
from miaopu.portal.views.enterprise_form import AUTOSAVE
from miaopu.portal.views.enterprise_scope import person


def sheet_or_404(request: HttpRequest, pk: int) -> ScoreSheet:
    """A sheet in the user's scope."""
    rows = (
        ScoreSheet.objects.for_user(request.user)
        .with_subjects()
        .select_related("campaign__programme__region", "campaign__version")
    )
    return get_object_or_404(rows, pk=pk)


def _show(
    request: HttpRequest, form: ScoreForm, title: str = "", text: str = "", status: int = 200
) -> HttpResponse:
    found, user = form.sheet, person(request)
    if request.method != "POST" and (kept := kept_forms.kept_data(request)) is not None:
        form = score_form(found, user, typed_fields(kept))
        title = _("登录失效前填写的内容已放回表中，尚未保存")
    context = {
        **sheet_context(found, user, form),
        "told": title,
        "told_text": text,
        "wrong": len(form.errors) + len(form.conflicts),
        "heading": campaign_title(found.campaign),
        "period": period_name(found.period),
        "tone": SHEET_TONES.get(found.state, "soon"),
        "frame": "base.html" if user.is_party else "staff.html",
    }
    return render(request, "assessment/sheet.html", context, status=status)


def _autosave(request: HttpRequest, found: ScoreSheet) -> JsonResponse:
    typed = typed_fields(request.POST)
    try:
        saved = save_scores(found, typed, seen_fields(request.POST), by=person(request))
    except ActionRefused as refused:
        return JsonResponse({"message": in_one_line(refused)}, status=refused.status)
    if saved.conflicts:
        text = _("有 %(count)s 处他人已改，尚未保存。请按“保存”逐项核对")
        return JsonResponse({"message": text % {"count": len(saved.conflicts)}}, status=409)
    fresh = score_form(found, person(request))
    return JsonResponse({"revision": fresh.seen, "problems": len(saved.errors)})


def _keep_files(request: HttpRequest, found: ScoreSheet, keep: Callable[..., object]) -> None:
    """Keep every file that can be kept; raises ActionRefused that names those that cannot."""
    refused = []
    for name, uploads in request.FILES.lists():
        for upload in uploads:
            if not name.startswith(FILE) or not isinstance(upload, UploadedFile):
                continue
            line, title = name.removeprefix(FILE), upload.name or ""
            try:
                keep(found, line, title, content_of(upload), by=person(request))
            except Conflict:
                raise
            except ActionRefused as error:
                refused.append(
                    _("%(field)s：%(text)s") % {"field": title, "text": in_one_line(error)}
                )
    if refused:
        raise ActionRefused(_("；").join(refused), _("其他文件和填写的内容都已保存。"))


def _withdraw(request: HttpRequest, found: ScoreSheet) -> None:
    taken = request.POST.get("withdraw", "")
    if taken.isascii() and taken.isdigit():
        mine = ScoreFile.objects.for_user(request.user).kept().select_related("sheet", "file", "by")
        file = get_object_or_404(mine, pk=int(taken), sheet=found)
        withdraw_score_file(file, by=person(request), reason="")


def _save(request: HttpRequest, found: ScoreSheet) -> HttpResponse:
    user, typed = person(request), typed_fields(request.POST)
    try:
        saved = save_scores(found, typed, seen_fields(request.POST), by=user)
        _keep_files(request, found, keep_score_file)
        _withdraw(request, found)
    except ActionRefused as refused:
        if request.FILES and takes_late_files(user, found):
            return _late(request, found)
        form = score_form(found, user, typed)
        message = present.in_language(refused.message)
        return _show(request, form, message, present.in_language(refused.remedy), refused.status)
    if saved.conflicts or saved.errors:
        told = {**saved.errors, **saved.conflicts}
        keep = {address: typed[address] for address in told if address in typed}
        form = score_form(found, user, keep, saved.errors, saved.conflicts)
        if saved.conflicts:
            title = _("有 %(count)s 处他人已改，您填的还没有保存") % {"count": len(saved.conflicts)}
            text = _("不同之处都标在下面；再次保存会以这一页为准。其他内容已保存。")
            return _show(request, form, title, text, 409)
        title = _("有 %(count)s 处没有保存") % {"count": len(saved.errors)}
        return _show(request, form, title, _("错误写在各项下面；其他内容已保存。"), 422)
    if request.POST.get("action") != "submit":
        messages.success(request, _("已保存"))
        return redirect("score_sheet", found.pk)
    return _submit(request, found)


def _late(request: HttpRequest, found: ScoreSheet) -> HttpResponse:
    """Files that come after the freeze are kept beside the frozen ones, and the page says so."""
    user = person(request)
    title = _("结果已冻结：新文件已另行保存，不计入评分")
    text = _("冻结时的材料和摘要不变，两份都列在下面；需要改分的，请在公示期内申请复核。")
    try:
        _keep_files(request, found, keep_late_file)
    except ActionRefused as refused:
        title, text = present.in_language(refused.message), present.in_language(refused.remedy)
    form = score_form(found, user, typed_fields(request.POST))
    return _show(request, form, title, text, 409)


def _hand_in_late(request: HttpRequest, found: ScoreSheet) -> HttpResponse:
    try:
        _keep_files(request, found, keep_late_file)
    except ActionRefused as refused:
        form = score_form(found, person(request))
        message = present.in_language(refused.message)
        return _show(request, form, message, present.in_language(refused.remedy), refused.status)
    messages.success(request, _("已补交。冻结时的材料和评分不变"))
    return redirect("score_sheet", found.pk)


def _submit(request: HttpRequest, found: ScoreSheet) -> HttpResponse:
    user = person(request)
    try:
        submit_sheet(found, by=user)
    except SheetRefused as refused:
        errors = {f"{line}.points": text for line, text in refused.problems.items()}
        form = score_form(found, user, {}, errors)
        return _show(request, form, str(refused.message), str(refused.remedy), 422)
    except ActionRefused as refused:
        form = score_form(found, user)
        message = present.in_language(refused.message)
        return _show(request, form, message, present.in_language(refused.remedy), refused.status)
    messages.success(request, _("评分表已提交"))
    reader = user.has_role(*READERS)
    return redirect("my_assessments" if user.is_party else "campaigns" if reader else "home")


@require_http_methods(["GET", "HEAD", "POST"])
@assessors_only
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet: to be read by all in whose scope it is, filled in by whoever's turn it is."""
    found = sheet_or_404(request, pk)
    if request.method != "POST":
        return _show(request, score_form(found, person(request)))
    if AUTOSAVE in request.headers:
        return _autosave(request, found)
    if "late" in request.POST:
        return _hand_in_late(request, found)
    return _save(request, found)


def _sample(found: ScoreSheet, request: HttpRequest, reason: str) -> object:
    chosen = request.POST.get("expert", "")
    experts = sheet_context(found, person(request), score_form(found, person(request)))["experts"]
    expert = next((one for one in experts if str(one.pk) == chosen), None)
    if expert is None:
        raise ActionRefused(_("请选择专家"), _("从名单中选一位"))
    return sample_sheet(found, expert, by=person(request))


def _reasoned(action: Callable[..., object]) -> Callable[[ScoreSheet, HttpRequest, str], object]:
    return lambda found, request, reason: action(found, by=person(request), reason=reason)


STEPS: dict[str, tuple[Callable[[ScoreSheet, HttpRequest, str], object], Any]] = {
    "return": (_reasoned(return_sheet), gettext_lazy("已退回")),
    "conflict": (_reasoned(declare_conflict), gettext_lazy("已申报回避，这张评分表由其他人员评分")),
    "hand-over": (_reasoned(hand_over_sheet), gettext_lazy("已转给现在的运营主体")),
    "sample": (_sample, gettext_lazy("已抽取，并已通知专家")),
}


@require_POST
@assessors_only
def sheet_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Give back, declare a conflict, draw an expert's sample, hand over to a new operator."""
    found = sheet_or_404(request, pk)
    user: User = person(request)
    if step not in STEPS or user.is_party:
        raise Http404
    act, success = STEPS[step]
    reason = request.POST.get("reason", "").replace("\x00", "")[:500]
    perform(request, lambda: act(found, request, reason), success)
    return redirect("score_sheet", pk)


@require_safe
@assessors_only
def score_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A piece of evidence as a download."""
    rows = ScoreFile.objects.for_user(request.user).select_related("file")
    found = get_object_or_404(rows, pk=pk)
    return download(found.file, found.name)


@require_safe
@assessors_only
def late_score_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file that came after the freeze, as a download."""
    rows = LateScoreFile.objects.for_user(request.user).select_related("file")
    found = get_object_or_404(rows, pk=pk)
    return download(found.file, found.name)
