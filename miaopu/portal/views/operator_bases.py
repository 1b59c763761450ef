"""Those who run a base: its record and way into the programme, its rooms, its tenants."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miaopu.bases import admission, tenants
from miaopu.bases.enums import BaseState
from miaopu.bases.figures import figures_of, tenant_figures
from miaopu.bases.guards import base_steps, runs
from miaopu.bases.models import Base, Tenancy
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.parties.models import Enterprise
from miaopu.portal import present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.paging import page_of
from miaopu.portal.performing import in_one_line, perform
from miaopu.portal.tables import Table
from miaopu.portal.views.bases_shared import (
    BASE_COLUMNS,
    BASE_TONES,
    STATE_COLUMN,
    base_rows,
    figure_cards,
    record_of,
    room_table,
    tenancy_table,
    titles_of,
)
from miaopu.portal.views.enterprise_scope import enterprise_or_404, person
from miaopu.portal.views.growth_cards import month_cards
from miaopu.portal.views.operator_forms import RecordForm, RoomForm, TenantForm


def base_or_404(request: HttpRequest, number: str) -> Base:
    """A base that the person runs."""
    mine = Base.objects.for_user(person(request)).select_related("region", "operator")
    return get_object_or_404(mine, number=number)


def crumbs(base: Base | None, *more: str) -> list[shapes.Link]:
    """The way to a page of a base."""
    links = [shapes.Link(_("我的基地"), reverse("my_bases"))]
    if base is not None:
        links.append(shapes.Link(base.name, reverse("my_base", args=[base.number])))
    links += [shapes.Link(text) for text in more]
    return links


def refuse(form: RecordForm | RoomForm | TenantForm, refused: ActionRefused) -> int:
    """Tell the refusal above the form, which keeps what was typed; returns the status."""
    form.add_error(None, in_one_line(refused))
    return refused.status


@require_safe
@party_required
def my_bases(request: HttpRequest) -> HttpResponse:
    """The bases that the person's enterprises run, and filing one."""
    mine = Base.objects.for_user(person(request)).select_related("region").order_by("number")
    enterprises = Enterprise.objects.for_user(person(request)).order_by("number")
    table = Table(
        (*BASE_COLUMNS, STATE_COLUMN),
        base_rows(mine, "my_base"),
        _("我的基地"),
        empty=_("您的企业还没有填报基地"),
        empty_hint=_("运营创业基地的企业可以在这里填报，并申请准入。"),
    )
    own = Tenancy.objects.for_user(person(request)).filter(enterprise__in=enterprises)
    settled = own.select_related("enterprise", "room").order_by("-since", "-pk")
    context = {
        "table": table,
        "page": page_of(request, enterprises),
        "settled": tenancy_table(settled, "my_growth") if settled else None,
    }
    return render(request, "base/my_bases.html", context)


@require_http_methods(["GET", "POST"])
@party_required
def base_new(request: HttpRequest, number: str) -> HttpResponse:
    """File a base that the enterprise `number` runs."""
    operator = enterprise_or_404(request, number)
    form = RecordForm(
        request.POST or None, operator=operator, initial={"region": operator.region_id}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = admission.file_base(operator, form.cleaned_data, by=person(request))
            except ActionRefused as refused:
                status = refuse(form, refused)
            else:
                messages.success(request, _("基地资料已保存，核对后可以申请准入"))
                return redirect("my_base", number=made.number)
    context = {"form": form, "operator": operator, "crumbs": crumbs(None, _("填报基地"))}
    return render(request, "base/base_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@party_required
def base_change(request: HttpRequest, number: str) -> HttpResponse:
    """Change the record of a base that is not proposed."""
    base = base_or_404(request, number)
    form = RecordForm(
        request.POST or None,
        operator=base.operator,
        initial={name: getattr(base, name) for name in (*admission.RECORD, "revision")},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data: dict[str, Any] = dict(form.cleaned_data)
            revision = data.pop("revision") or 0
            try:
                admission.change_base(base, data, revision=revision, by=person(request))
            except ActionRefused as refused:
                status = refuse(form, refused)
            else:
                messages.success(request, _("基地资料已保存"))
                return redirect("my_base", number=number)
    context = {"form": form, "operator": base.operator, "crumbs": crumbs(base, _("修改资料"))}
    return render(request, "base/base_form.html", context, status=status)


def _page(request: HttpRequest, base: Base, room: RoomForm, status: int = 200) -> HttpResponse:
    today = clock.today()
    found = Tenancy.objects.for_user(person(request)).filter(base=base)
    tenancies = found.select_related("enterprise", "room").order_by("-since", "-pk")
    page = page_of(request, tenancies)
    context = {
        "base": base,
        "tone": BASE_TONES.get(base.state, "neutral"),
        "record": record_of(base),
        "cards": [
            *figure_cards(figures_of([base])[base.pk], tenant_figures(base, today)),
            *month_cards(base, today),
        ],
        "titles": titles_of(base, today),
        "rooms": room_table(base),
        "tenants": tenancy_table(page.object_list, "tenancy"),
        "page": page,
        "room_form": room,
        "trail": present.trail_of(base.trail(), None, None, inside=False),
        "may_propose": "propose" in base_steps(person(request), base),
        "may_admit": base.state == BaseState.ADMITTED and runs(person(request), base),
        "today": today,
        "crumbs": [*crumbs(None), shapes.Link(base.name)],
    }
    return render(request, "base/my_base.html", context, status=status)


@require_safe
@party_required
def my_base(request: HttpRequest, number: str) -> HttpResponse:
    """One base: where its admission stands, its figures, rooms and tenants."""
    return _page(request, base_or_404(request, number), RoomForm())


@require_POST
@party_required
def base_propose(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for admission."""
    base = base_or_404(request, number)
    perform(
        request,
        lambda: admission.propose_base(base, by=person(request)),
        _("已申请准入，等待县级遴选"),
    )
    return redirect("my_base", number=number)


@require_POST
@party_required
def room_add(request: HttpRequest, number: str) -> HttpResponse:
    """Enter a room."""
    base = base_or_404(request, number)
    form = RoomForm(request.POST)
    if not form.is_valid():
        return _page(request, base, form, 422)
    try:
        room = tenants.add_room(base, by=person(request), **form.cleaned_data)
    except ActionRefused as refused:
        return _page(request, base, form, refuse(form, refused))
    messages.success(request, _("已登记房间 %(room)s") % {"room": room})
    return redirect("my_base", number=number)


@require_http_methods(["GET", "POST"])
@party_required
def tenant_new(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody moves in."""
    base = base_or_404(request, number)
    form = TenantForm(request.POST or None, base=base, initial={"since": clock.today()})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = tenants.admit_tenant(base, by=person(request), **form.stated())
            except ActionRefused as refused:
                status = refuse(form, refused)
            else:
                messages.success(request, _("%(name)s 已入驻") % {"name": made.tenant_name})
                return redirect("my_base", number=number)
    context = {"base": base, "form": form, "crumbs": crumbs(base, _("登记入驻"))}
    return render(request, "base/tenant_form.html", context, status=status)
