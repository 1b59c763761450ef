"""Monthly figures of a base's tenants: what is reported, the workbook out and in."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from miaopu.bases.models import Base, MonthDelivery, MonthlyFigure
from miaopu.bases.month_sheets import deliver_months, month_workbook
from miaopu.bases.months import asked_of, last_month, month_open
from miaopu.core.errors import ActionRefused
from miaopu.core.titled_tables import Fault
from miaopu.engine.clock import add_months
from miaopu.portal import formats
from miaopu.portal.access import party_required
from miaopu.portal.downloads import content_response, download
from miaopu.portal.performing import in_one_line
from miaopu.portal.tables import Column, Table
from miaopu.portal.uploads import content_of
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.growth_forms import MonthChoice, MonthsForm
from miaopu.portal.views.operator_bases import base_or_404, crumbs

SHOWN_MONTHS = 24
COLUMNS = (
    Column("name", gettext_lazy("企业"), link="href"),
    Column("employees", gettext_lazy("从业人员"), kind="number", unit=gettext_lazy("人")),
    Column("revenue", gettext_lazy("营业收入"), kind="money", unit=gettext_lazy("元")),
    Column("tax", gettext_lazy("纳税额"), kind="money", unit=gettext_lazy("元")),
    Column("entered_at", gettext_lazy("填报时间")),
)
DELIVERY_COLUMNS = (
    Column("at", gettext_lazy("提交时间"), link="href"),
    Column("month", gettext_lazy("月份")),
    Column("rows", gettext_lazy("行数"), kind="number"),
    Column("changed", gettext_lazy("新增或更正"), kind="number"),
    Column("faults", gettext_lazy("错误"), kind="number"),
)


def months_of(base: Base) -> list[date]:
    """The months that may be reported, the last first."""
    months = [add_months(last_month(), -back) for back in range(SHOWN_MONTHS)]
    return [month for month in months if month_open(base, month)]


def _month(base: Base, text: str) -> date:
    """The month in the address; raises Http404 for one that cannot be reported."""
    found = next((one for one in months_of(base) if f"{one:%Y-%m}" == text), None)
    if found is None:
        raise Http404
    return found


def _figures(request: HttpRequest, base: Base, month: date) -> Table:
    mine = MonthlyFigure.objects.for_user(person(request))
    kept = {one.tenancy_id: one for one in mine.filter(tenancy__base=base, month=month)}
    rows = []
    for tenancy in asked_of(base, month):
        figure = kept.get(tenancy.pk)
        rows.append(
            {
                "name": tenancy.tenant_name,
                "href": reverse("tenancy", args=[tenancy.number]),
                "employees": figure.employees if figure else None,
                "revenue": figure.revenue_fen if figure else None,
                "tax": figure.tax_fen if figure else None,
                "entered_at": formats.moment(figure.entered_at) if figure else _("未填报"),
            }
        )
    caption = _("%(month)s在孵企业月度指标") % {"month": formats.month(month)}
    return Table(COLUMNS, rows, caption, empty=_("这个月没有在孵企业"))


def _deliveries(request: HttpRequest, base: Base) -> Table:
    mine = MonthDelivery.objects.for_user(person(request)).filter(base=base).order_by("-pk")[:10]
    rows = [
        {
            "at": formats.moment(one.delivered_at),
            "href": reverse("months_returned", args=[base.number, one.pk]) if one.faults else "",
            "month": formats.month(one.month),
            "rows": one.rows,
            "changed": one.changed,
            "faults": one.faults,
        }
        for one in mine
    ]
    return Table(
        DELIVERY_COLUMNS,
        rows,
        _("提交过的表格（有错误的可以打开标色的表格）"),
        empty=_("还没有提交过表格"),
    )


def _page(
    request: HttpRequest,
    base: Base,
    month: date | None,
    form: MonthsForm,
    returned: tuple[MonthDelivery, list[Fault]] | None = None,
    status: int = 200,
) -> HttpResponse:
    months = months_of(base)
    context = {
        "base": base,
        "month": f"{month:%Y-%m}" if month else "",
        "choice": MonthChoice(months=months, initial={"month": f"{month:%Y-%m}" if month else ""}),
        "table": _figures(request, base, month) if month else None,
        "deliveries": _deliveries(request, base),
        "form": form,
        "faults": returned[1] if returned else [],
        "returned": returned[0] if returned else None,
        "crumbs": crumbs(base, _("月度指标")),
    }
    return render(request, "base/months.html", context, status=status)


@require_http_methods(["GET", "POST"])
@party_required
def months(request: HttpRequest, number: str) -> HttpResponse:
    """A month's figures; POST hands a workbook in, which is taken whole or given back coloured."""
    base = base_or_404(request, number)
    open_months = months_of(base)
    asked = request.GET.get("month", "")
    month = _month(base, asked) if asked else next(iter(open_months), None)
    if request.method != "POST" or month is None:
        return _page(request, base, month, MonthsForm())
    form = MonthsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, base, month, form, status=422)
    upload = form.cleaned_data["file"]
    assert isinstance(upload, UploadedFile)
    try:
        made, faults = deliver_months(base, month, content_of(upload), by=person(request))
    except ActionRefused as refused:
        form.add_error("file", in_one_line(refused))
        return _page(request, base, month, form, status=422)
    if faults:
        form.add_error("file", _("有错误的单元格，没有写入；请改正后重新上传"))
        return _page(request, base, month, form, (made, faults), 422)
    text = ngettext("已保存，%(count)s 户有新数据", "已保存，%(count)s 户有新数据", made.changed)
    messages.success(request, text % {"count": made.changed})
    return redirect(f"{reverse('months', args=[number])}?month={month:%Y-%m}")


@require_safe
@party_required
def months_workbook(request: HttpRequest, number: str, month: str) -> FileResponse:
    """The month's workbook with what is known already."""
    base = base_or_404(request, number)
    found = _month(base, month)
    name = _("月度指标-%(base)s-%(month)s.xlsx") % {"base": base.name, "month": month}
    return content_response(month_workbook(base, found), name, "xlsx")


@require_safe
@party_required
def months_returned(request: HttpRequest, number: str, delivery: int) -> FileResponse:
    """A workbook that was given back, with its faults coloured."""
    base = base_or_404(request, number)
    mine = MonthDelivery.objects.for_user(person(request)).filter(base=base)
    found = get_object_or_404(mine.select_related("returned"), pk=delivery)
    if found.returned is None:
        raise Http404
    return download(found.returned, _("月度指标-待改正.xlsx"))
