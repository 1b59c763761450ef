"""Plans on their way to programmes: the list, handing one in, the source file and the pack."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region, User
from miaopu.plans.enums import ReadingState
from miaopu.plans.models import PlanReading
from miaopu.plans.reading_completion import packed
from miaopu.plans.reading_querysets import READING_ROLES, SEEING_ROLES
from miaopu.plans.reading_tasks import restart_reading, start_reading
from miaopu.portal import kept_forms, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.downloads import download, made_response
from miaopu.portal.paging import page_of
from miaopu.portal.performing import in_one_line, perform
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import offer_regions, regions_of

ACCEPT = ".txt,.html,.htm,.docx,.pdf"
TONES: dict[str, shapes.Tone] = {
    ReadingState.OPEN: "soon",
    ReadingState.COMPLETED: "good",
    ReadingState.REFUSED: "late",
}
COLUMNS = (
    Column("title", _("计划"), link="href"),
    Column("region", _("区域")),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("unread", _("未读"), kind="number", unit=_("条")),
    Column("items", _("共有"), kind="number", unit=_("条")),
    Column("by", _("上传人")),
    Column("at", _("上传时间"), kind="moment"),
)


def may_work(user: User) -> bool:
    """Whether the user works on readings, rather than only looks at them."""
    return user.has_role(Role.PROGRAMME_OFFICER)


def address_of(reading: PlanReading) -> str:
    """Where a reading is."""
    return reverse("reading", kwargs={"pk": reading.pk})


def reading_or_404(request: HttpRequest, pk: int) -> PlanReading:
    """A reading in the user's scope."""
    found = PlanReading.objects.for_user(person(request)).select_related(
        "file", "region", "job", "uploaded_by", "completed_by", "version__programme"
    )
    return get_object_or_404(found, pk=pk)


class PlanForm(forms.Form):
    """A plan document."""

    use_required_attribute = False
    region = forms.ChoiceField(label=_("区域"), help_text=_("计划由哪个区域实施"))
    file = forms.FileField(
        label=_("文件"),
        help_text=_("txt、html、docx 或有文字的 pdf，不超过20兆"),
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ACCEPT}),
        error_messages={"required": _("请选择要上传的文件")},
    )

    def __init__(self, regions: list[Region], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        offer_regions(self, regions)


@require_safe
@role_required(*SEEING_ROLES)
def reading_desk(request: HttpRequest) -> HttpResponse:
    """The plans that were handed in for the user's regions, the last one first."""
    found = PlanReading.objects.for_user(person(request)).select_related("region", "uploaded_by")
    page = page_of(request, found.with_progress().newest_first())
    rows = [
        {
            "title": str(one),
            "href": address_of(one),
            "region": present.region_name(one.region),
            "state": one.get_state_display(),
            "tone": TONES.get(one.state, "neutral"),
            "unread": one.unread_count if one.items_count else None,
            "items": one.items_count or None,
            "by": str(one.uploaded_by),
            "at": one.uploaded_at,
        }
        for one in page.object_list
    ]
    table = Table(
        COLUMNS,
        rows,
        gettext("上传过的计划"),
        empty=gettext("还没有上传过计划"),
        empty_hint=gettext(
            "上传刚印发的计划文件：先由系统读出条款、目标、责任单位和资金，再由您逐条核对。"
        ),
        queue=True,
    )
    context = {"page": page, "table": table, "may_work": may_work(person(request))}
    return render(request, "office/readings.html", context)


def _new_page(
    request: HttpRequest, form: PlanForm, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    if wrong:
        form.add_error("file", wrong)
    crumbs = [
        shapes.Link(gettext("计划阅读台"), reverse("reading_desk")),
        shapes.Link(gettext("上传计划")),
    ]
    return render(
        request, "office/reading_new.html", {"form": form, "crumbs": crumbs}, status=status
    )


@role_required(*READING_ROLES)
def reading_new(request: HttpRequest) -> HttpResponse:
    """Hand in a plan document; the same file again opens the reading that there is."""
    user = person(request)
    regions = regions_of(user, READING_ROLES)
    if request.method != "POST":
        kept = kept_forms.kept_data(request)
        asked = kept.get("region") if kept else request.GET.get("region")
        return _new_page(request, PlanForm(regions, initial={"region": asked or regions[0].code}))
    form = PlanForm(regions, request.POST, request.FILES)
    if not form.is_valid():
        return _new_page(request, form, status=422)
    upload = form.cleaned_data["file"]
    assert isinstance(upload, UploadedFile)
    try:
        reading = start_reading(
            upload.read(settings.FILE_MAX_BYTES + 1),
            (upload.name or "").replace("\x00", ""),
            region=next(one for one in regions if one.code == form.cleaned_data["region"]),
            by=user,
        )
    except ActionRefused as refused:
        return _new_page(request, form, wrong=in_one_line(refused), status=422)
    return redirect("reading", pk=reading.pk)


@require_POST
@role_required(*READING_ROLES)
def reading_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a file read again whose job has given up."""
    reading = reading_or_404(request, pk)
    perform(request, lambda: restart_reading(reading, by=person(request)))
    return redirect("reading", pk=pk)


@require_safe
@role_required(*SEEING_ROLES)
def reading_file(request: HttpRequest, pk: int) -> FileResponse:
    """The plan document as it was handed in."""
    reading = reading_or_404(request, pk)
    return download(reading.file, reading.file_name)


@require_safe
@role_required(*SEEING_ROLES)
def reading_pack(request: HttpRequest, pk: int) -> HttpResponse:
    """The pack of what is in use so far, as files in a zip archive."""
    reading = reading_or_404(request, pk)
    name, content = packed(reading)
    return made_response(content, f"{name}.zip", "application/zip")
