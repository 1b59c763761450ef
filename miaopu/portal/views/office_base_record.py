"""A base's record for the offices: photographs, floors, changes to check, its exit to decide."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.bases import leaving, records
from miaopu.bases.anomaly_enums import AnomalyState
from miaopu.bases.models import Anomaly, Base, BaseChange, BaseExit
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.portal import shapes
from miaopu.portal.access import role_required
from miaopu.portal.views.anomaly_parts import anomaly_table
from miaopu.portal.views.base_record_parts import (
    change_cards,
    described,
    exit_table,
    floor_table,
    photos_of,
)
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.title_parts import Act, ReasonForm, Typed, offered, reasoned

CHANGE_ACTS = {
    "confirm": Act(_("核对并更新资料"), ReasonForm, reasoned(records.confirm_change)),
    "return": Act(_("退回备案"), ReasonForm, reasoned(records.return_change), "secondary"),
}
EXIT_ACTS = {
    "confirm": Act(_("同意退出"), ReasonForm, reasoned(leaving.confirm_exit)),
    "return": Act(_("退回申请"), ReasonForm, reasoned(leaving.return_exit), "secondary"),
}


def _page(
    request: HttpRequest,
    base: Base,
    refused: ActionRefused | None = None,
    status: int = 200,
    change: tuple[int, Typed] = (0, None),
    leave: tuple[int, Typed] = (0, None),
) -> HttpResponse:
    user = person(request)

    def acts(route: str, found: Any, table: Any, names: list[str], typed: Any) -> list[Any]:
        def href(name: str) -> str:
            return reverse(route, args=[found.pk, name])

        return offered(table, names, href, typed[1] if typed[0] == found.pk else None)

    changes = BaseChange.objects.for_user(user).filter(base=base).select_related("base__region")
    cards = change_cards(changes.prefetch_related("files"))
    for card in cards:
        names = list(CHANGE_ACTS) if records.may_check(user, card["row"]) else []
        card["acts"] = acts("base_change_check", card["row"], CHANGE_ACTS, names, change)
    exits = BaseExit.objects.for_user(user).filter(base=base).select_related("base__region")
    anomalies = Anomaly.objects.for_user(user).filter(base=base, state=AnomalyState.OPEN)
    context = {
        "base": base,
        "record": described(base),
        "photos": photos_of(base),
        "floors": floor_table(base),
        "changes": cards,
        "exits": [
            {
                "row": one,
                "plans": exit_table(one),
                "acts": acts(
                    "base_exit_decide", one, EXIT_ACTS,
                    list(EXIT_ACTS) if leaving.may_decide(user, one) else [], leave,
                ),
            }
            for one in exits
        ],
        "anomalies": anomaly_table(
            anomalies.select_related("base__region")[:50], gettext("待核查的异常"), "office_anomaly"
        ),
        "refused": refused,
        "crumbs": [
            shapes.Link(gettext("创业基地"), reverse("office_bases")),
            shapes.Link(base.name, reverse("office_base", args=[base.number])),
            shapes.Link(gettext("设施、照片和变更")),
        ],
    }  # fmt: skip
    return render(request, "office/base_record.html", context, status=status)


@require_safe
@role_required(*CASE_READERS)
def office_base_record(request: HttpRequest, number: str) -> HttpResponse:
    """Photographs, facilities, floors, changes and exit of a base."""
    rows = Base.objects.for_user(person(request)).select_related("region", "operator")
    return _page(request, get_object_or_404(rows, number=number))


@require_POST
@role_required(Role.APPROVER, Role.PROGRAMME_OFFICER)
def base_change_check(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Check a change: the record follows it, or it goes back."""
    rows = BaseChange.objects.for_user(person(request)).select_related("base__region")
    found = get_object_or_404(rows, pk=pk)
    if step not in CHANGE_ACTS:
        raise Http404
    form = CHANGE_ACTS[step].form(request.POST, prefix=step)
    if not form.is_valid():
        return _page(request, found.base, status=422, change=(pk, (step, form)))
    try:
        CHANGE_ACTS[step].act(found, form.cleaned_data, person(request))
    except ActionRefused as refused:
        typed = (pk, (step, form))
        return _page(request, found.base, refused, refused.status, change=typed)
    messages.success(request, gettext("已办理：%(step)s") % {"step": CHANGE_ACTS[step].title})
    return redirect("office_base_record", number=found.base.number)


@require_POST
@role_required(Role.PROGRAMME_OFFICER)
def base_exit_decide(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Decide on a base's exit."""
    rows = BaseExit.objects.for_user(person(request)).select_related("base__region")
    found = get_object_or_404(rows, pk=pk)
    if step not in EXIT_ACTS:
        raise Http404
    form = EXIT_ACTS[step].form(request.POST, prefix=step)
    if not form.is_valid():
        return _page(request, found.base, status=422, leave=(pk, (step, form)))
    try:
        EXIT_ACTS[step].act(found, form.cleaned_data, person(request))
    except ActionRefused as refused:
        typed = (pk, (step, form))
        return _page(request, found.base, refused, refused.status, leave=typed)
    messages.success(request, gettext("已办理：%(step)s") % {"step": EXIT_ACTS[step].title})
    return redirect("office_base_record", number=found.base.number)
