"""Fee lists for those who keep them: the versions, a draft from a workbook, publishing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.scope import reaches
from miaopu.core.titled_tables import Fault
from miaopu.plans.document_states import PUBLISHERS, WRITERS
from miaopu.plans.fee_actions import draft_fees, publish_fees
from miaopu.plans.fee_sheets import fee_workbook, read_fees
from miaopu.plans.models import FeeEntry, FeeList
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.downloads import content_response
from miaopu.portal.performing import in_one_line, perform
from miaopu.portal.tables import Column, Table
from miaopu.portal.uploads import content_of
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import OFFICE_ROLES
from miaopu.portal.views.office_policies import kept_regions
from miaopu.portal.views.public_fees import FEE_COLUMNS, fee_row

TONES: dict[str, shapes.Tone] = {"draft": "soon", "in_force": "good"}
COLUMNS = (
    Column("region", _("区域")),
    Column("position", _("版本"), kind="number", link="href"),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("valid_from", _("自何日起"), kind="date"),
    Column(
        "entries", pgettext_lazy("fees", "项目"), kind="number", unit=pgettext_lazy("fees", "项")
    ),
    Column("made_by", _("起草")),
    Column("published_by", pgettext_lazy("who", "发布")),
)


class FeeUploadForm(forms.Form):
    """A list as a workbook."""

    use_required_attribute = False
    valid_from = forms.DateField(
        label=_("自何日起"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    file = forms.FileField(
        label=_("文件"),
        help_text=_("Excel（xlsx、xls）或 CSV，不超过20兆"),
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": _("请选择要上传的文件")},
    )


def _page(
    request: HttpRequest, form: FeeUploadForm, faults: list[Fault] | None = None, status: int = 200
) -> HttpResponse:
    user = person(request)
    lists = FeeList.objects.for_user(user).select_related("region", "made_by", "published_by")
    rows = [
        {
            "region": present.region_name(one.region),
            "position": one.position,
            "href": reverse("fee_version", args=[one.pk]),
            "state": one.get_state_display(),
            "tone": TONES.get(one.state, "neutral"),
            "valid_from": one.valid_from,
            "entries": one.size,
            "made_by": str(one.made_by),
            "published_by": str(one.published_by) if one.published_by else None,
        }
        for one in lists.annotate(size=Count("entries")).order_by("region", "-position", "pk")
    ]
    regions = kept_regions(user)
    context = {
        "form": form,
        "faults": faults or [],
        "region": present.region_name(regions[0]) if regions else "",
        "table": Table(
            COLUMNS,
            rows,
            gettext("收费清单的版本"),
            empty=gettext("还没有收费清单"),
            empty_hint=gettext("下载表格，填好后上传，由另一位同事发布。"),
        ),
    }
    return render(request, "office/fee_lists.html", context, status=status)


@role_required(*OFFICE_ROLES)
def fee_lists(request: HttpRequest) -> HttpResponse:
    """The versions of the person's regions; POST makes a draft from a workbook."""
    user = person(request)
    if request.method != "POST":
        return _page(request, FeeUploadForm(initial={"valid_from": clock.today()}))
    regions = kept_regions(user)
    if not regions:
        raise Http404
    form = FeeUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    upload = form.cleaned_data["file"]
    assert isinstance(upload, UploadedFile)
    try:
        fees, faults = read_fees(content_of(upload))
        if faults:
            form.add_error("file", gettext("有错误的单元格，没有写入；请改正后重新上传"))
            return _page(request, form, faults, 422)
        draft = draft_fees(regions[0], fees, valid_from=form.cleaned_data["valid_from"], by=user)
    except ActionRefused as refused:
        form.add_error("file", in_one_line(refused))
        return _page(request, form, status=422)
    return redirect("fee_version", draft.pk)


def _version_or_404(request: HttpRequest, pk: int) -> FeeList:
    return get_object_or_404(
        FeeList.objects.for_user(person(request)).select_related("region"), pk=pk
    )


@require_safe
@role_required(*OFFICE_ROLES)
def fee_version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of a list, and publishing it."""
    found, user = _version_or_404(request, pk), person(request)
    entries = FeeEntry.objects.for_user(user).filter(fee_list=found)
    rows = entries.select_related("fee_list__region").order_by("position", "pk")
    own = found.made_by_id == user.pk
    context: dict[str, Any] = {
        "list": found,
        "region": present.region_name(found.region),
        "tone": TONES.get(found.state, "neutral"),
        "table": Table(FEE_COLUMNS, [fee_row(one) for one in rows], gettext("涉企收费清单")),
        "own": own and found.state == "draft",
        "may_publish": found.state == "draft"
        and not own
        and reaches(user, found.region_id, PUBLISHERS),
        "crumbs": [
            shapes.Link(gettext("收费清单管理"), reverse("fee_lists")),
            shapes.Link(present.region_name(found.region)),
        ],
    }
    return render(request, "office/fee_version.html", context)


@require_POST
@role_required(*PUBLISHERS)
def fee_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft in force."""
    found, user = _version_or_404(request, pk), person(request)
    perform(request, lambda: publish_fees(found, by=user), gettext("收费清单已发布"))
    return redirect("fee_version", pk)


@require_safe
@role_required(*WRITERS)
def fee_workbook_file(request: HttpRequest) -> FileResponse:
    """The list in force of the person's region as a workbook, empty where there is none."""
    user = person(request)
    region = kept_regions(user)[0]
    current = FeeEntry.objects.for_user(user).filter(
        fee_list__region=region, fee_list__state="in_force"
    )
    name = gettext("涉企收费清单-%(region)s.xlsx") % {"region": present.region_name(region)}
    return content_response(fee_workbook(current.order_by("position", "pk")), name, "xlsx")
