"""Files of departments on their way in: the list, handing one in, and the template."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region
from miaopu.parties.deliveries import DELIVERED_BY
from miaopu.parties.delivery_columns import KEY, columns_for
from miaopu.parties.enums import DeliveryState, Source
from miaopu.parties.models import Delivery
from miaopu.parties.querysets import DELIVERING_ROLES
from miaopu.parties.tasks import start_delivery
from miaopu.parties.template_workbook import template_workbook
from miaopu.portal import kept_forms, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.downloads import content_response
from miaopu.portal.paging import page_of
from miaopu.portal.performing import in_one_line
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import offer_regions, regions_of

ACCEPT = ".xlsx,.xls,.csv,.txt"
TONES: dict[str, shapes.Tone] = {
    DeliveryState.CHECKED: "soon",
    DeliveryState.IMPORTED: "good",
    DeliveryState.REFUSED: "late",
}
COLUMNS = (
    Column("number", _("导入单"), link="href"),
    Column("file", _("文件")),
    Column("source", _("来源部门")),
    Column("region", _("区域")),
    Column("as_of", _("数据截至"), kind="date"),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("importable", _("新增和更新"), kind="number", unit=_("行")),
    Column("wrong", _("有误"), kind="number", unit=_("行")),
    Column("by", _("上传人")),
    Column("at", _("上传时间"), kind="moment"),
)
TEMPLATE_COLUMNS = (
    Column("source", _("来源部门")),
    Column("columns", _("可以提供的列")),
    Column("download", _("模板"), link="href"),
)


class DeliveryForm(forms.Form):
    """A department's file."""

    use_required_attribute = False
    source = forms.ChoiceField(
        label=_("来源部门"),
        help_text=_("数据由哪个部门提供；写入后每项数据都注明来源"),
        choices=[("", _("请选择")), *((one.value, one.label) for one in DELIVERED_BY)],
        error_messages={"required": _("请选择来源部门")},
    )
    region = forms.ChoiceField(label=_("区域"), help_text=_("只接受这个区域内的企业"))
    as_of = forms.DateField(
        label=_("数据截至"),
        help_text=_("这些数据从哪一天起有效"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _("请填写日期"), "invalid": _("请填写正确的日期")},
    )
    file = forms.FileField(
        label=_("文件"),
        help_text=_("Excel（xlsx、xls）或 CSV，不超过20兆"),
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ACCEPT}),
        error_messages={"required": _("请选择要上传的文件")},
    )

    def __init__(self, regions: list[Region], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        offer_regions(self, regions)


@require_safe
@role_required(*DELIVERING_ROLES)
def deliveries(request: HttpRequest) -> HttpResponse:
    """The files that were handed in for the user's regions, the last one first."""
    found = Delivery.objects.for_user(person(request)).select_related("region", "delivered_by")
    page = page_of(request, found.newest_first())
    rows = [
        {
            "number": one.number,
            "href": reverse("delivery", kwargs={"number": one.number}),
            "file": one.file_name,
            "source": one.get_source_display(),
            "region": present.region_name(one.region),
            "as_of": one.as_of,
            "state": one.get_state_display(),
            "tone": TONES.get(one.state, "neutral"),
            "importable": one.importable_count if one.rows_count else None,
            "wrong": one.wrong_count if one.rows_count else None,
            "by": str(one.delivered_by),
            "at": one.delivered_at,
        }
        for one in page.object_list
    ]
    table = Table(
        COLUMNS,
        rows,
        gettext("导入单"),
        empty=gettext("还没有导入过数据"),
        empty_hint=gettext("下载模板，填好后上传；先检查，确认后才写入。"),
        queue=True,
    )
    return render(request, "office/deliveries.html", {"page": page, "table": table})


def _templates() -> Table:
    rows = [
        {
            "source": source.label,
            "columns": gettext("、").join(
                present.in_language(column.title)
                for column in columns_for(source)
                if column.name != KEY
            ),
            "download": gettext("下载模板（%(source)s）") % {"source": source.label},
            "href": f"{reverse('delivery_template')}?source={source}",
        }
        for source in DELIVERED_BY
    ]
    return Table(TEMPLATE_COLUMNS, rows, gettext("各来源的模板"))


def _new_page(
    request: HttpRequest, form: DeliveryForm, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    if wrong:
        form.add_error("file", wrong)
    context = {
        "form": form,
        "templates": _templates(),
        "crumbs": [
            shapes.Link(gettext("数据导入"), reverse("deliveries")),
            shapes.Link(gettext("上传文件")),
        ],
    }
    return render(request, "office/delivery_new.html", context, status=status)


@role_required(*DELIVERING_ROLES)
def delivery_new(request: HttpRequest) -> HttpResponse:
    """Hand in a department's file; it is checked before anything is written."""
    user = person(request)
    regions = regions_of(user, DELIVERING_ROLES)
    if request.method != "POST":
        initial = {"as_of": clock.today(), "region": regions[0].code}
        kept = kept_forms.kept_data(request)
        typed = {name: kept.get(name) for name in ("source", "region", "as_of")} if kept else {}
        return _new_page(request, DeliveryForm(regions, initial={**initial, **typed}))
    form = DeliveryForm(regions, request.POST, request.FILES)
    if not form.is_valid():
        return _new_page(request, form, status=422)
    upload = form.cleaned_data["file"]
    assert isinstance(upload, UploadedFile)
    try:
        delivery = start_delivery(
            upload.read(settings.FILE_MAX_BYTES + 1),
            (upload.name or "").replace("\x00", ""),
            source=Source(form.cleaned_data["source"]),
            region=next(one for one in regions if one.code == form.cleaned_data["region"]),
            as_of=form.cleaned_data["as_of"],
            by=user,
        )
    except ActionRefused as refused:
        return _new_page(request, form, wrong=in_one_line(refused), status=422)
    return redirect("delivery", number=delivery.number)


@require_safe
@role_required(*DELIVERING_ROLES)
def delivery_template(request: HttpRequest) -> FileResponse:
    """The template workbook of a source, for the widest region of the user."""
    source = request.GET.get("source", Source.OFFICER.value)
    if source not in [one.value for one in DELIVERED_BY]:
        raise Http404
    region = regions_of(person(request), DELIVERING_ROLES)[0]
    name = gettext("企业数据模板-%(source)s.xlsx") % {"source": Source(source).label}
    return content_response(template_workbook(source, region), name, "xlsx")
