"""One simulation: whom the rule reaches and what it costs; who gains, who loses; the workbook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.core.models import Region
from miaopu.plans.models import SimulatedChange, Simulation
from miaopu.plans.simulating import save_simulation
from miaopu.plans.simulation_reach import planned_reach
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.paging import page_of
from miaopu.portal.performing import perform
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_proposal import job_of
from miaopu.portal.views.office_queue import active_filters
from miaopu.portal.views.office_simulation_names import (
    item_name,
    other_name,
    rule_name,
    version_name,
)
from miaopu.portal.views.office_simulation_parts import simulation_context
from miaopu.portal.views.office_simulation_reach import (
    MeansForm,
    cut_words,
    standing_table,
    supposed,
)
from miaopu.portal.views.office_simulation_workbook import XLSX, simulation_workbook

EXPORTED = 20_000  # enterprises in a workbook at the most


class ChangeFilter(forms.Form):
    """Which enterprises are listed."""

    kind = forms.ChoiceField(
        label=_("增减"),
        choices=[("", _("全部")), ("gain", _("受益")), ("lose", _("受损"))],
        required=False,
    )
    region = forms.ChoiceField(label=_("区域"), required=False)

    def __init__(self, data: Any, regions: list[tuple[str, str]]) -> None:
        super().__init__(data)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("全部")), *regions]

    def keep(self, data: QueryDict) -> None:
        """Let what is supposed of money and places stay in the address."""
        _keep(self, data, MeansForm.base_fields)


class SaveForm(forms.Form):
    """What the simulation is called."""

    name = forms.CharField(
        label=_("名称"),
        help_text=_("保存后列在测算页，同一计划的工作人员都能打开"),
        max_length=100,
        error_messages={"required": _("请写一个名称")},
    )


def _keep(form: forms.Form, data: QueryDict, names: Iterable[str]) -> None:
    for name in names:
        if data.get(name):
            form.fields[name] = forms.CharField(widget=forms.HiddenInput, required=False)


def _simulation_or_404(request: HttpRequest, pk: int) -> Simulation:
    return get_object_or_404(Simulation.objects.for_user(person(request)).with_parts(), pk=pk)


def change_columns(simulation: Simulation) -> tuple[Column, ...]:
    """The columns of who gains and loses, named after either rule."""
    return (
        Column("enterprise", _("企业"), link="href"),
        Column("region", _("区域")),
        Column("kind", _("增减"), kind="tag", tone="tone"),
        Column("before_fen", other_name(simulation), kind="money", unit=_("元")),
        Column("after_fen", rule_name(simulation), kind="money", unit=_("元")),
    )


def change_rows(changes: list[SimulatedChange]) -> list[dict[str, Any]]:
    """Enterprises that gain or lose, as the page lists them."""
    return [
        {
            "enterprise": one.enterprise.name,
            "href": reverse("office_enterprise", kwargs={"number": one.enterprise.number}),
            "uscc": one.enterprise.uscc,
            "region": present.region_name(one.enterprise.region),
            "kind": gettext("受益") if one.gains else gettext("受损"),
            "tone": "good" if one.gains else "late",
            "before_fen": one.before_fen,
            "after_fen": one.after_fen,
        }
        for one in changes
    ]


def _changes(request: HttpRequest, simulation: Simulation) -> tuple[ChangeFilter, Table, Page[Any]]:
    """Who gains and loses among the enterprises of the reader's scope."""
    codes = [row["key"] for row in simulation.result["by"].get("region", []) if row["key"]]
    regions = [
        (region.code, present.region_name(region))
        for region in Region.objects.public().filter(code__in=codes)
    ]
    form = ChangeFilter(request.GET, regions)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = SimulatedChange.objects.for_user(person(request)).filter(simulation=simulation)
    if wanted.get("kind"):
        rows = rows.filter(gains=wanted["kind"] == "gain")
    if wanted.get("region"):
        rows = rows.filter(enterprise__region=wanted["region"])
    page = page_of(request, rows.select_related("enterprise__region").order_by("pk"))
    table = Table(
        change_columns(simulation),
        change_rows(list(page.object_list)),
        gettext("谁受益，谁受损（本区域的企业）"),
        empty=gettext("没有这样的企业"),
        empty_hint=gettext("放宽筛选条件；别的区域的企业只计入数字，不列名单。"),
        queue=True,
    )
    return form, table, page


def _supposed_query(request: HttpRequest) -> str:
    names = [name for name in MeansForm.base_fields if request.GET.get(name)]
    return urlencode({name: request.GET[name] for name in names})


def _means(request: HttpRequest, simulation: Simulation) -> dict[str, Any]:
    """What the reader supposes of money and places, how far it reaches, and the queue by points."""
    asked = any(request.GET.get(name) for name in MeansForm.base_fields)
    form = MeansForm(request.GET if asked else None)
    found = supposed(simulation, form)
    _keep(form, request.GET, ("kind", "region"))
    if not asked:
        form.initial = {name: request.GET.get(name, "") for name in ("kind", "region")}
    return {
        "means": form,
        "supposed": cut_words(found) if found is not None else "",
        "supposed_query": _supposed_query(request) if found is not None else "",
        "standing": standing_table(simulation, found or planned_reach(simulation)),
    }


def _context(
    request: HttpRequest, simulation: Simulation, save: SaveForm | None = None
) -> dict[str, Any]:
    context = {
        **simulation_context(simulation),
        "title": item_name(simulation),
        "rule": rule_name(simulation),
        "against": version_name(simulation.against) if simulation.against else "",
        "proposal_href": reverse("rule_proposal", kwargs={"pk": simulation.proposal_id})
        if simulation.proposal_id
        else "",
        "job": job_of(simulation.job, person(request)),
        "save": save or SaveForm(auto_id="save_%s", initial={"name": simulation.name}),
        "share": request.build_absolute_uri(reverse("simulation", kwargs={"pk": simulation.pk})),
        "crumbs": [
            shapes.Link(gettext("规则与测算"), reverse("rule_list")),
            shapes.Link(gettext("测算"), reverse("simulator")),
            shapes.Link(simulation.name or rule_name(simulation)),
        ],
    }
    if simulation.is_finished:
        context |= _means(request, simulation)
    if simulation.is_finished and simulation.result["old"] is not None:
        form, table, page = _changes(request, simulation)
        active = active_filters(request, form)
        form.keep(request.GET)
        context |= {
            "form": form,
            "active": active,
            "changes": table,
            "page": page,
        }
    return context


@require_safe
@role_required(*CASE_READERS)
def simulation(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom the rule reaches, what it costs, who gains and loses."""
    found = _simulation_or_404(request, pk)
    return render(request, "office/simulation.html", _context(request, found))


@require_POST
@role_required(*CASE_READERS)
def simulation_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the simulation a name, so that it is listed."""
    found = _simulation_or_404(request, pk)
    form = SaveForm(request.POST, auto_id="save_%s")
    if not form.is_valid():
        return render(request, "office/simulation.html", _context(request, found, form), status=422)
    name = form.cleaned_data["name"]
    if perform(request, lambda: save_simulation(found, name, by=person(request))) is not None:
        messages.success(request, gettext("已保存"))
    return redirect("simulation", pk=pk)


@require_safe
@role_required(*CASE_READERS)
def simulation_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The simulation as a workbook; names only of enterprises in the reader's scope."""
    found = _simulation_or_404(request, pk)
    if not found.is_finished:
        messages.info(request, gettext("测算还没有完成，完成后才能导出"))
        return redirect("simulation", pk=pk)
    changes = SimulatedChange.objects.for_user(person(request)).filter(simulation=found)
    rows = change_rows(list(changes.select_related("enterprise__region").order_by("pk")[:EXPORTED]))
    line = supposed(found, MeansForm(request.GET))
    address = request.build_absolute_uri(reverse("simulation", kwargs={"pk": pk}))
    book = simulation_workbook(found, rows, line, address)
    response = HttpResponse(book, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="simulation-{found.pk}.xlsx"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
