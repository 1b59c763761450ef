"""Self-inspection for those who run a base: the form, saved while typing, handed in once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from miaopu.bases.inspection_actions import (
    FIELDS,
    Line,
    SheetConflict,
    SheetIncomplete,
    hand_in_sheet,
    lines_of,
    save_sheet,
)
from miaopu.bases.inspection_enums import Finding, SheetState
from miaopu.bases.models import Base, InspectionSheet
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.portal import present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.performing import in_one_line
from miaopu.portal.views import inspection_parts as parts
from miaopu.portal.views.enterprise_form import AUTOSAVE, read_revision
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.operator_bases import crumbs
from miaopu.portal.views.operator_forms import day_field

if TYPE_CHECKING:
    from miaopu.engine.packs.base_parts import Inspection


class SheetForm(forms.Form):
    """The lines of a self-inspection; nothing is required while it is being filled in."""

    use_required_attribute = False

    def __init__(self, definition: Inspection, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.definition = definition
        texts = {
            "text": (_("情况"), 1000, forms.Textarea(attrs={"rows": 2})),
            "owner": (_("整改责任人"), 50, forms.TextInput(attrs={"autocomplete": "off"})),
            "measure": (_("整改措施"), 1000, forms.Textarea(attrs={"rows": 2})),
        }
        for item in definition.items:
            self.fields[f"{item.id}-finding"] = forms.ChoiceField(
                label=present.in_language(item.title),
                choices=Finding.choices,
                required=False,
                widget=forms.RadioSelect,
            )
            for name, (label, longest, widget) in texts.items():
                self.fields[f"{item.id}-{name}"] = forms.CharField(
                    label=label, max_length=longest, required=False, widget=widget
                )
            self.fields[f"{item.id}-deadline"] = day_field(_("整改期限"), required=False)

    def lines(self, saved: Mapping[str, Line]) -> dict[str, Line]:
        """What was typed; where it cannot be read, what was saved before stays."""
        self.is_valid()
        found = {}
        for item in self.definition.items:
            old = saved.get(item.id, Line())
            values = {
                name: self.cleaned_data.get(f"{item.id}-{name}", getattr(old, name))
                for name in FIELDS
            }
            found[item.id] = Line(**values)
        return found

    def groups(self, saved: Mapping[str, Line]) -> list[dict[str, Any]]:
        """The fields of each line; `saved` is what another page has saved meanwhile.

        What must be there before the form is handed in is not called optional.
        """
        self.is_valid()  # as it is saved, nothing is required
        rows = []
        for item in self.definition.items:
            fields = {name: self[f"{item.id}-{name}"] for name in FIELDS}
            finding = str(fields["finding"].value() or "")
            asked = list(fields.values()) if finding == Finding.PROBLEM else [fields["finding"]]
            for one in asked:
                one.field.required = True
            other = saved.get(item.id)
            rows.append(
                {
                    "finding": fields.pop("finding"),
                    "fields": list(fields.values()),
                    "open": finding == Finding.PROBLEM
                    or any(one.errors for one in fields.values()),
                    "other": _in_words(other) if other else "",
                }
            )
        return rows


def _in_words(line: Line) -> str:
    finding = str(Finding(line.finding).label) if line.finding else gettext("未填")
    words = [finding, line.text, line.owner, line.measure, str(line.deadline or "")]
    return gettext("；").join(word for word in words if word)


def as_data(lines: Mapping[str, Line]) -> dict[str, Any]:
    """Lines of a form as if they had been typed, for `SheetForm`."""
    return {
        f"{item}-{name}": getattr(line, name) for item, line in lines.items() for name in FIELDS
    }


def _sheet_or_404(request: HttpRequest, pk: int) -> InspectionSheet:
    mine = InspectionSheet.objects.for_user(person(request))
    return get_object_or_404(
        mine.select_related("base__region", "campaign__version__programme"), pk=pk
    )


def _show(
    request: HttpRequest,
    sheet: InspectionSheet,
    form: SheetForm,
    *,
    refused: ActionRefused | None = None,
    saved: Mapping[str, Line] | None = None,
    status: int = 200,
) -> HttpResponse:
    definition = sheet.campaign.definition
    title = present.in_language(definition.title)
    found = sheet.state in (SheetState.HANDED_IN, SheetState.CHECKED)
    today = clock.today()
    context = {
        "sheet": sheet,
        "definition": definition,
        "title": title,
        "word": parts.sheet_word(sheet, today),
        "tone": parts.SHEET_TONES[sheet.state],
        "form": form,
        "groups": form.groups(saved or {}),
        "refused": refused,
        "conflict": saved is not None,
        "is_open": not sheet.is_closed,
        "silence": parts.silence_of(sheet, today),
        "doubt": present.in_language(definition.doubt),
        "lines": parts.lines_table(sheet) if sheet.is_closed else None,
        "problems": parts.rectification_table(
            sheet.rectifications.select_related("base"), "my_rectification", today
        )
        if found
        else None,
        "crumbs": care_crumbs(sheet.base, title),
    }
    return render(request, "base/sheet.html", context, status=status)


def care_crumbs(base: Base, title: str) -> list[shapes.Link]:
    """The way to a form or a problem of a base."""
    way = crumbs(base)
    care = shapes.Link(gettext("自查整改"), reverse("my_base_care", args=[base.number]))
    return [*way, care, shapes.Link(title)]


def _save(request: HttpRequest, sheet: InspectionSheet, form: SheetForm) -> InspectionSheet:
    return save_sheet(
        sheet,
        form.lines(lines_of(sheet)),
        revision=read_revision(request.POST),
        by=person(request),
        quietly=AUTOSAVE in request.headers,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@party_required
def my_sheet(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The form of a self-inspection: saved while typing, handed in when it is complete."""
    sheet = _sheet_or_404(request, pk)
    definition = sheet.campaign.definition
    if request.method != "POST":
        return _show(request, sheet, SheetForm(definition, as_data(lines_of(sheet))))
    form = SheetForm(definition, request.POST)
    try:
        saved = _save(request, sheet, form)
        if AUTOSAVE in request.headers:
            return JsonResponse({"revision": saved.revision})
        if form.errors:
            return _show(request, saved, form, status=422)
        if request.GET.get("then") == "hand_in":
            hand_in_sheet(saved, revision=saved.revision, by=person(request))
    except ActionRefused as refused:
        if AUTOSAVE in request.headers:
            return JsonResponse({"message": in_one_line(refused)}, status=refused.status)
        fresh = _sheet_or_404(request, pk)
        if isinstance(refused, SheetConflict):
            kept = {item: one for item, one in refused.saved.items() if one != _typed(form, item)}
            return _show(request, fresh, form, refused=refused, saved=kept, status=409)
        if isinstance(refused, SheetIncomplete):
            for item, why in refused.wanting.items():
                form.add_error(f"{item}-finding", why)
            return _show(request, fresh, form, status=422)
        return _show(request, fresh, form, refused=refused, status=refused.status)
    if request.GET.get("then") == "hand_in":
        messages.success(request, gettext("自查表已上报；存在的问题已列入整改"))
    else:
        messages.success(request, gettext("已保存，可以随时回来继续"))
    return redirect("my_sheet", pk=pk)


def _typed(form: SheetForm, item: str) -> Line:
    return form.lines({}).get(item, Line())
