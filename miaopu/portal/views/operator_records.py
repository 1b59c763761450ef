"""Those who run a base: its facilities, position and photographs, changes, leaving."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miaopu.bases import leaving, records
from miaopu.bases.enums import BaseState
from miaopu.bases.models import Base, BaseExit, BaseFile, Tenancy
from miaopu.bases.record_enums import BaseFileKind, ChangeKind, ExitState
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.portal.access import party_required
from miaopu.portal.downloads import download
from miaopu.portal.performing import in_one_line, perform
from miaopu.portal.uploads import content_of
from miaopu.portal.views.base_record_parts import (
    change_cards,
    exit_table,
    floor_table,
    photos_of,
    profile_of,
)
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.operator_bases import base_or_404, crumbs
from miaopu.portal.views.operator_record_forms import (
    CHANGE_FORMS,
    ExitForm,
    PhotoForm,
    ProfileForm,
)

Forms = dict[str, forms.Form]


def _page(
    request: HttpRequest, base: Base, typed: Forms | None = None, status: int = 200
) -> HttpResponse:
    typed, profile = typed or {}, profile_of(base)
    areas = {name: getattr(base, name) for name in records.FIELDS[ChangeKind.AREA]}
    initial = {
        "facilities": profile.facilities if profile else [],
        "longitude": profile.longitude if profile else None,
        "latitude": profile.latitude if profile else None,
    }
    context = {
        "base": base,
        "profile_form": typed.get("profile") or ProfileForm(initial=initial),
        "photo_form": typed.get("photo") or PhotoForm(),
        "photos": photos_of(base),
        "floors": floor_table(base),
        "changes": change_cards(base.changes.prefetch_related("files")),
        "months": records.MONTHS_TO_FILE,
        "change_forms": [
            {
                "kind": kind.value,
                "title": kind.label,
                "form": typed.get(kind) or form(prefix=kind, initial=areas),
                "open": kind in typed,
            }
            for kind, form in ((ChangeKind(key), form) for key, form in CHANGE_FORMS.items())
        ],
        "crumbs": crumbs(base, gettext("设施、照片和变更")),
    }
    return render(request, "base/record.html", context, status=status)


def _tried(
    request: HttpRequest, base: Base, name: str, form: forms.Form, act: Callable[[], object]
) -> HttpResponse:
    """Do it; what is refused is told above the form, with everything typed kept."""
    if not form.is_valid():
        return _page(request, base, {name: form}, 422)
    try:
        act()
    except ActionRefused as refused:
        form.add_error(None, in_one_line(refused))
        return _page(request, base, {name: form}, refused.status)
    messages.success(request, gettext("已保存"))
    return redirect("base_record", number=base.number)


@require_safe
@party_required
def base_record(request: HttpRequest, number: str) -> HttpResponse:
    """Facilities, position, photographs, floors and changes of a base."""
    return _page(request, base_or_404(request, number))


@require_POST
@party_required
def base_describe(request: HttpRequest, number: str) -> HttpResponse:
    """State facilities and position."""
    base, form = base_or_404(request, number), ProfileForm(request.POST)
    return _tried(
        request, base, "profile", form,
        lambda: records.describe_base(base, by=person(request), **form.cleaned_data),
    )  # fmt: skip


@require_POST
@party_required
def photo_add(request: HttpRequest, number: str) -> HttpResponse:
    """Add a photograph."""
    base, form = base_or_404(request, number), PhotoForm(request.POST, request.FILES)

    def add() -> object:
        upload = form.cleaned_data["photo"]
        return records.add_photo(
            base, name=upload.name or "photo", content=content_of(upload),
            caption=form.cleaned_data["caption"], by=person(request),
        )  # fmt: skip

    return _tried(request, base, "photo", form, add)


@require_POST
@party_required
def photo_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a photograph off."""
    rows = BaseFile.objects.for_user(person(request)).filter(kind=BaseFileKind.PHOTO)
    photo = get_object_or_404(rows.select_related("base"), pk=pk)
    perform(request, lambda: records.remove_photo(photo, by=person(request)), gettext("已移除照片"))
    return redirect("base_record", number=photo.base.number)


@require_POST
@party_required
def base_change_file(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """File a change of name, operator or area."""
    if kind not in CHANGE_FORMS:
        raise Http404
    base = base_or_404(request, number)
    form = CHANGE_FORMS[kind](request.POST, request.FILES, prefix=kind)

    def file() -> object:
        data = dict(form.cleaned_data)
        proof = data.pop("proof")
        return records.file_change(
            base, ChangeKind(kind), data, data["happened_on"],
            [(proof.name or "proof", content_of(proof))],
            by=person(request), reason=data["reason"],
        )  # fmt: skip

    return _tried(request, base, kind, form, file)


def _tenants(user: User, base: Base) -> list[Tenancy]:
    rows = Tenancy.objects.for_user(user).live().filter(base=base)
    return list(rows.select_related("enterprise").order_by("number"))


@require_http_methods(["GET", "POST"])
@party_required
def base_leave(request: HttpRequest, number: str) -> HttpResponse:
    """Ask to leave the programme, with every tenant provided for."""
    base, user = base_or_404(request, number), person(request)
    tenancies = _tenants(user, base)
    form, status = ExitForm(tenancies, request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                leaving.file_exit(
                    base, form.cleaned_data["planned_on"], form.fates(tenancies), by=user,
                    reason=form.cleaned_data["reason"],
                )  # fmt: skip
            except ActionRefused as refused:
                form.add_error(None, in_one_line(refused))
                status = refused.status
            else:
                messages.success(request, gettext("已申请退出，等待市级审定"))
                return redirect("base_leave", number=number)
    asked = BaseExit.objects.for_user(user).filter(base=base).first()
    context = {
        "base": base,
        "form": form,
        "asked": asked,
        "may_ask": base.state == BaseState.ADMITTED
        and (asked is None or asked.state != ExitState.FILED),
        "plans": exit_table(asked) if asked else None,
        "crumbs": crumbs(base, pgettext("bases", "退出")),
    }
    return render(request, "base/leave.html", context, status=status)


@login_not_required
@require_safe
def base_file(request: HttpRequest, pk: int) -> FileResponse:
    """A photograph for anybody; evidence for the operator and the offices of the region."""
    found = BaseFile.objects.public().filter(pk=pk).select_related("file").first()
    if found is None:
        rows = BaseFile.objects.for_user(request.user).kept().select_related("file")
        found = get_object_or_404(rows, pk=pk)
    return download(found.file, found.name)
