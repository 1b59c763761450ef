"""Deciding on the items of a reading, one by one, and adding what the machine did not find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from miaopu.core.errors import ActionRefused
from miaopu.plans.enums import ReadingKind
from miaopu.plans.models import ReadingItem
from miaopu.plans.reading_item_actions import (
    ItemChanged,
    accept_item,
    add_item,
    correct_item,
    discard_item,
    reopen_item,
)
from miaopu.plans.reading_querysets import READING_ROLES
from miaopu.portal.access import role_required
from miaopu.portal.desk import Desk
from miaopu.portal.desk_asked import Asked
from miaopu.portal.desk_forms import ADDABLE, FORMS, ItemForm
from miaopu.portal.performing import in_one_line
from miaopu.portal.views.enterprise_form import read_revision
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_reading import Typed, desk_page, form_of
from miaopu.portal.views.office_reading_place import place_of
from miaopu.portal.views.office_readings import address_of, reading_or_404


def _go_on(request: HttpRequest, desk: Desk, following: list[int], pk: int) -> HttpResponse:
    """After a decision: the next item that is still unread, else the one just decided."""
    unread = set(desk.reading.items.unread().values_list("pk", flat=True))
    after = next((one for one in following if one in unread), pk)
    asked = replace(desk.asked, item=after, mode="")
    if request.headers.get("HX-Request"):
        return desk_page(request, Desk(desk.reading, asked))
    return redirect(asked.href())


@require_POST
@role_required(*READING_ROLES)
def reading_item(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Decide on an item: `step` is accept, discard, reopen or correct, `revision` what was seen."""
    found = reading_or_404(request, pk)
    one = get_object_or_404(ReadingItem.objects.for_user(person(request)), pk=item, reading=found)
    desk = Desk(found, Asked.of(request.POST, address_of(found), "at_"))
    step = request.POST.get("step", "")
    revision = read_revision(request.POST)
    form = None
    if step == "correct" and one.kind in FORMS:
        form = form_of(desk, one.kind, request.POST)
        if not form.is_valid():
            return _again(request, desk, one, form, status=422)
    acts = _acts(one, form, revision, request)
    if step not in acts:
        raise Http404
    following = desk.following(one.pk)
    try:
        acts[step]()
    except ItemChanged as changed:
        return _again(
            request, desk, one, form, status=409, problem=in_one_line(changed), other=changed.item
        )
    except ActionRefused as refused:
        return _again(request, desk, one, form, status=409, problem=in_one_line(refused))
    return _go_on(request, Desk(found, desk.asked), following, one.pk)


def _acts(
    one: ReadingItem, form: ItemForm | None, revision: int, request: HttpRequest
) -> dict[str, Callable[[], ReadingItem]]:
    """The steps that can be taken, by name."""
    by = person(request)
    note = request.POST.get("reason", "").replace("\x00", "").strip()[:300]
    acts: dict[str, Callable[[], ReadingItem]] = {
        "accept": lambda: accept_item(one, revision=revision, by=by),
        "discard": lambda: discard_item(one, revision=revision, by=by, reason=note),
        "reopen": lambda: reopen_item(one, revision=revision, by=by),
    }
    if form is not None:
        given = form
        acts["correct"] = lambda: correct_item(
            one,
            given.content(one.content),
            revision=revision,
            by=by,
            reason=given.cleaned_data["note"],
        )
    return acts


def _again(
    request: HttpRequest,
    desk: Desk,
    one: ReadingItem,
    form: ItemForm | None,
    *,
    status: int,
    problem: str = "",
    other: ReadingItem | None = None,
) -> HttpResponse:
    """The item once more, with everything that was typed and what somebody else has made of it."""
    mode = "edit" if form is not None else ""
    asked = replace(desk.asked, item=one.pk, mode=mode)
    return desk_page(
        request,
        Desk(desk.reading, asked),
        form=form,
        problem=problem,
        other=other,
        status=status,
    )


@require_POST
@role_required(*READING_ROLES)
def reading_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add what the machine did not find: selected words of the text, or words found in it."""
    found = reading_or_404(request, pk)
    kind = request.POST.get("add", "")
    if kind not in ADDABLE:
        raise Http404
    asked = Asked.of(request.POST, address_of(found), "at_")
    asked = replace(asked, mode="add")
    desk = Desk(found, asked)
    form = form_of(desk, kind, request.POST)
    quote = request.POST.get("quote", "").replace("\x00", "").replace("\r\n", "\n")
    place = place_of(found.text, quote, request.POST.get("start", ""))
    typed = Typed(kind, quote, request.POST.get("start", ""))
    if not form.is_valid() or place is None:
        problem = gettext("原文中没有找到这段文字，请照原文填写") if place is None else ""
        return desk_page(request, desk, form=form, problem=problem, typed=typed, status=422)
    try:
        item = add_item(
            found,
            ReadingKind(kind),
            form.content({}),
            start=place[0],
            end=place[1],
            by=person(request),
        )
    except ActionRefused as refused:
        problem = in_one_line(refused)
        return desk_page(request, desk, form=form, problem=problem, typed=typed, status=409)
    if not request.headers.get("HX-Request"):
        messages.success(request, gettext("已补充"))
    return _go_on(request, Desk(found, asked), [item.pk], item.pk)
