"""Which office stands for which unit of a plan: seen by all, said by whoever looks after it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from miaopu.core.models import Office, User
from miaopu.core.scope import region_prefixes, within
from miaopu.plans.models import Unit, UnitOffice
from miaopu.plans.task_querysets import SUPERVISORS, UnitQuerySet
from miaopu.plans.unit_actions import assign_unit, unassign_unit
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.performing import perform
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_task_parts import TASK_READERS, office_name, unit_name


class _UnitField(forms.ModelChoiceField):  # type: ignore[type-arg] # no brackets while it runs
    def label_from_instance(self, obj: Any) -> str:
        return f"{unit_name(obj)} · {present.in_language(obj.programme.name)}"


class _OfficeField(forms.ModelChoiceField):  # type: ignore[type-arg] # no brackets while it runs
    def label_from_instance(self, obj: Any) -> str:
        return office_name(obj)


class AssignForm(forms.Form):
    """An office for a unit."""

    use_required_attribute = False
    unit = _UnitField(
        label=_("计划写明的单位"),
        queryset=None,
        empty_label=_("请选择"),
        error_messages={"required": _("请选择单位"), "invalid_choice": _("请选择单位")},
    )
    office = _OfficeField(
        label=_("由哪个机构承担"),
        queryset=None,
        empty_label=_("请选择"),
        error_messages={"required": _("请选择机构"), "invalid_choice": _("请选择机构")},
    )

    def __init__(self, user: User, units: UnitQuerySet[Unit], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        unit, office = self.fields["unit"], self.fields["office"]
        assert isinstance(unit, _UnitField)
        assert isinstance(office, _OfficeField)
        unit.queryset = units
        office.queryset = Office.objects.for_user(user).order_by("region_id", "code")


def _assignable(user: User) -> UnitQuerySet[Unit]:
    """The units of the programmes that the user looks after."""
    prefixes = region_prefixes(user, SUPERVISORS)
    units = Unit.objects.for_user(user).filter(within(prefixes, "programme__region__code"))
    return units.select_related("programme").order_by("programme_id", "pk")


def _rows(user: User) -> list[dict[str, Any]]:
    """Every unit with the offices that stand for it, those without any first."""
    by_unit: dict[int, list[UnitOffice]] = {}
    assigned = UnitOffice.objects.for_user(user).select_related("office__region", "assigned_by")
    for one in assigned.order_by("office__code", "pk"):
        by_unit.setdefault(one.unit_id, []).append(one)
    units = Unit.objects.for_user(user).select_related("programme").order_by("programme_id", "pk")
    may = set(_assignable(user).values_list("pk", flat=True))
    rows = [
        {
            "unit": unit,
            "name": unit_name(unit),
            "programme": present.in_language(unit.programme.name),
            "offices": [
                {"row": one, "name": office_name(one.office)} for one in by_unit.get(unit.pk, [])
            ],
            "may": unit.pk in may,
        }
        for unit in units
    ]
    return sorted(rows, key=lambda row: bool(row["offices"]))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*TASK_READERS)
def task_units(request: HttpRequest) -> HttpResponse:
    """Who stands for whom? POST lets an office stand for a unit."""
    user = person(request)
    may = _assignable(user)
    form = AssignForm(user, may, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not user.has_role(*SUPERVISORS):
            raise Http404
        if form.is_valid():
            unit, office = form.cleaned_data["unit"], form.cleaned_data["office"]
            perform(
                request,
                lambda: assign_unit(unit, office, by=user),
                gettext("%(office)s承担%(unit)s的任务")
                % {"office": office_name(office), "unit": unit_name(unit)},
            )
            return redirect("task_units")
    rows = _rows(user)
    context = {
        "form": form if may.exists() else None,
        "rows": rows,
        "bare": sum(not row["offices"] for row in rows),
        "crumbs": [
            shapes.Link(gettext("任务督办"), reverse("task_board")),
            shapes.Link(gettext("单位和机构")),
        ],
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/task_units.html", context, status=status)


@require_POST
@role_required(*SUPERVISORS)
def unit_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back that an office stands for a unit."""
    user = person(request)
    assigned = UnitOffice.objects.for_user(user).select_related(
        "unit__programme__region", "office__region"
    )
    found = get_object_or_404(assigned, pk=pk)
    perform(
        request,
        lambda: unassign_unit(found, by=user),
        gettext("%(office)s不再承担%(unit)s的任务")
        % {"office": office_name(found.office), "unit": unit_name(found.unit)},
    )
    return redirect("task_units")
