"""A list of titles in publicity for the offices: its lines, objections, and putting it in force."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.bases import title_lists, title_objections
from miaopu.bases.models import Nomination, TitleList, TitleObjection
from miaopu.bases.title_enums import NominationState, TitleObjectionState
from miaopu.bases.title_states import CITY_ROLES
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_objections import AnswerForm
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.title_parts import OBJECTION_TONES, Typed, nomination_table

ANSWER = "answer"


class TitleAnswerForm(AnswerForm):
    """Whether an objection is upheld, and what the objector is told."""

    result = forms.ChoiceField(
        label=_("结论"),
        choices=[
            (TitleObjectionState.DISMISSED.value, _("异议不成立，这个基地继续")),
            (TitleObjectionState.UPHELD.value, _("异议成立，移出名单")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择结论")},
    )


class DocumentForm(forms.Form):
    """The document by which the list is made known."""

    document = forms.CharField(
        label=_("文号"), max_length=60, error_messages={"required": _("请填写公布名单的文号")}
    )


def _list_or_404(request: HttpRequest, number: str) -> TitleList:
    rows = TitleList.objects.for_user(person(request)).select_related("campaign__version")
    return get_object_or_404(rows, number=number)


def _objections(user: User, found: TitleList, pk: int | None, typed: Typed) -> list[dict[str, Any]]:
    """Objections to bases in the user's scope; who objected is for those who answer."""
    answers = reaches(user, found.region_id, CITY_ROLES)
    rows = TitleObjection.objects.for_user(user).filter(publicity=found)
    return [
        {
            "row": one,
            "base": one.nomination.base.name,
            "tone": OBJECTION_TONES[one.state],
            "shows_who": answers,
            "form": (
                (typed[1] if typed and pk == one.pk else TitleAnswerForm(prefix=ANSWER))
                if answers
                and one.state == TitleObjectionState.OPEN
                and one.nomination.selected_by_id != user.pk
                else None
            ),
        }
        for one in rows.select_related("nomination__base").order_by("pk")
    ]


def _page(
    request: HttpRequest,
    found: TitleList,
    typed: Typed = None,
    refused: ActionRefused | None = None,
    status: int = 200,
    pk: int | None = None,
) -> HttpResponse:
    user, today = person(request), clock.today()
    nominations = Nomination.objects.for_user(user).filter(publicity=found)
    standing = nominations.in_states(NominationState.PUBLISHED)
    may_list = (
        reaches(user, found.region_id, CITY_ROLES)
        and today > found.ends_on
        and standing.exists()
        and not standing.filter(selected_by_id=user.pk).exists()
    )
    context = {
        "found": found,
        "title": present.in_language(found.campaign.scheme.title.bilingual),
        "is_open": today <= found.ends_on,
        "agrees": title_lists.title_digest(found) == found.digest,
        "lines": nomination_table(
            nominations.select_related("base__region", "publicity"), gettext("名单")
        ),
        "objections": _objections(user, found, pk, typed),
        "form": (typed[1] if typed and pk is None else DocumentForm()) if may_list else None,
        "refused": refused,
        "crumbs": [
            shapes.Link(gettext("示范称号"), reverse("office_titles")),
            shapes.Link(
                found.campaign.number, reverse("title_campaign", args=[found.campaign.number])
            ),
            shapes.Link(found.number),
        ],
    }
    return render(request, "office/title_list.html", context, status=status)


@require_safe
@role_required(*CASE_READERS)
def office_title_list(request: HttpRequest, number: str) -> HttpResponse:
    """A list: its lines, whether it is unchanged, objections, and putting it in force."""
    return _page(request, _list_or_404(request, number))


@require_POST
@role_required(*CITY_ROLES)
def title_list_grant(request: HttpRequest, number: str) -> HttpResponse:
    """After the publicity: the bases that still stand receive the title."""
    found = _list_or_404(request, number)
    form = DocumentForm(request.POST)
    if not form.is_valid():
        return _page(request, found, ("grant", form), status=422)
    try:
        made = title_lists.list_titles(
            found, document=form.cleaned_data["document"], by=person(request)
        )
    except ActionRefused as refused:
        return _page(request, found, ("grant", form), refused, refused.status)
    messages.success(
        request, gettext("已公布名单，%(count)s 个基地获得称号") % {"count": len(made)}
    )
    return redirect("office_title_list", number=number)


@require_POST
@role_required(*CITY_ROLES)
def title_objection_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer an objection."""
    rows = TitleObjection.objects.for_user(person(request))
    row = get_object_or_404(rows.select_related("publicity__campaign__version"), pk=pk)
    form = TitleAnswerForm(request.POST, prefix=ANSWER)
    if not form.is_valid():
        return _page(request, row.publicity, (ANSWER, form), status=422, pk=pk)
    try:
        title_objections.answer_title_objection(
            row,
            upheld=form.cleaned_data["result"] == TitleObjectionState.UPHELD,
            by=person(request),
            reason=form.cleaned_data["reason"],
        )
    except ActionRefused as refused:
        return _page(request, row.publicity, (ANSWER, form), refused, refused.status, pk)
    messages.success(request, gettext("已答复异议 %(number)s") % {"number": row.number})
    return redirect("office_title_list", number=row.publicity.number)
