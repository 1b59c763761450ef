"""One title: how long it holds, what is asked for it, and what may be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.bases import title_motions
from miaopu.bases.enums import TitleLevel
from miaopu.bases.models import BaseTitle, TitleMotion
from miaopu.bases.title_enums import MotionKind
from miaopu.bases.title_states import CITY_ROLES
from miaopu.core import clock
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.views.bases_shared import title_state
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.operator_forms import day_field
from miaopu.portal.views.title_parts import (
    ACTORS,
    MOTION_TONES,
    Act,
    ReasonForm,
    Typed,
    offered,
    reasoned,
)


class RecommendForm(ReasonForm):
    """To which level a title is recommended."""

    level = forms.ChoiceField(label=_("推荐级别"), choices=TitleLevel.choices)
    field_order = ["level", "reason"]


class RecogniseForm(ReasonForm):
    """What those above have given."""

    document = forms.CharField(label=_("文号"), max_length=60)
    granted_on = day_field(_("认定日期"))
    field_order = ["document", "granted_on", "reason"]


def _propose(kind: MotionKind) -> Any:
    def act(title: BaseTitle, data: Mapping[str, Any], by: User) -> object:
        return title_motions.propose_motion(
            title, kind, level=data.get("level", ""), by=by, reason=data["reason"]
        )

    return act


def _recognise(motion: TitleMotion, data: Mapping[str, Any], by: User) -> object:
    return title_motions.recognise_motion(motion, by=by, **data)


TITLE_ACTS = {
    MotionKind.RENEW.value: Act(_("提请复核续期"), ReasonForm, _propose(MotionKind.RENEW)),
    MotionKind.RECOMMEND.value: Act(
        _("提请向上推荐"), RecommendForm, _propose(MotionKind.RECOMMEND), "secondary"
    ),
    MotionKind.WITHDRAW.value: Act(
        _("提请撤销称号"), ReasonForm, _propose(MotionKind.WITHDRAW), "secondary"
    ),
}
MOTION_ACTS = {
    "approve": Act(_("同意"), ReasonForm, reasoned(title_motions.approve_motion)),
    "decline": Act(_("不同意"), ReasonForm, reasoned(title_motions.decline_motion), "secondary"),
    "recognise": Act(_("登记上级认定"), RecogniseForm, _recognise),
    "refuse": Act(
        _("登记上级未认定"), ReasonForm, reasoned(title_motions.refuse_motion), "secondary"
    ),
}


def _title_or_404(request: HttpRequest, pk: int) -> BaseTitle:
    rows = BaseTitle.objects.for_user(person(request)).select_related("base__region")
    return get_object_or_404(rows, pk=pk)


def _motion_or_404(request: HttpRequest, pk: int) -> TitleMotion:
    rows = TitleMotion.objects.for_user(person(request)).select_related("title__base__region")
    return get_object_or_404(rows, pk=pk)


def _title_acts(user: User, title: BaseTitle) -> list[str]:
    """What the user may ask for this title now."""
    today = clock.today()
    if not reaches(user, title.base.region_id, ACTORS):
        return []
    names = []
    opens = title_motions.renewal_opens(title)
    if opens is not None and opens <= today and title.withdrawn_on is None:
        names.append(MotionKind.RENEW.value)
    if BaseTitle.objects.for_user(user).valid_on(today).filter(pk=title.pk).exists():
        if title_motions.levels_above(title.level):
            names.append(MotionKind.RECOMMEND.value)
        names.append(MotionKind.WITHDRAW.value)
    return names


def _motion_cards(
    user: User, title: BaseTitle, motions: list[TitleMotion], pk: int | None, typed: Typed
) -> list[dict[str, Any]]:
    """Each motion with what may be done and its trail."""
    cards = []
    for one in motions:
        one.title = title

        def href(name: str, pk: int = one.pk) -> str:
            return reverse("motion_step", args=[pk, name])

        cards.append(
            {
                "row": one,
                "tone": MOTION_TONES[one.state],
                "level": TitleLevel(one.level).label if one.level else "",
                "acts": offered(
                    MOTION_ACTS,
                    title_motions.motion_steps(user, one),
                    href,
                    typed if pk == one.pk else None,
                ),
                "trail": present.trail_of(one.trail(), None, None, inside=True),
            }
        )
    return cards


def _title_page(
    request: HttpRequest,
    title: BaseTitle,
    typed: Typed = None,
    refused: ActionRefused | None = None,
    status: int = 200,
    motion: int | None = None,
) -> HttpResponse:
    user = person(request)
    state, tone = title_state(title, clock.today())
    motions = TitleMotion.objects.for_user(user).filter(title=title)
    opens = title_motions.renewal_opens(title)
    context = {
        "title": title,
        "state": state,
        "tone": tone,
        "record": [
            shapes.Answer(gettext("基地"), title.base.name),
            shapes.Answer(gettext("区域"), present.region_name(title.base.region)),
            shapes.Answer(gettext("级别"), str(TitleLevel(title.level).label)),
            shapes.Answer(gettext("文号"), title.document or formats.MISSING),
            shapes.Answer(gettext("认定日期"), formats.day(title.granted_on)),
            shapes.Answer(gettext("有效期至"), formats.day(title.valid_until)),
            shapes.Answer(gettext("复核开始日期"), formats.day(opens)),
            shapes.Answer(gettext("撤销日期"), formats.day(title.withdrawn_on)),
        ],
        "motions": _motion_cards(user, title, list(motions), motion, typed),
        "acts": offered(
            TITLE_ACTS,
            _title_acts(user, title),
            lambda name: reverse("title_motion_new", args=[title.pk, name]),
            typed if motion is None else None,
        ),
        "refused": refused,
        "crumbs": [
            shapes.Link(gettext("示范称号"), reverse("office_titles")),
            shapes.Link(title.name),
        ],
    }
    return render(request, "office/title.html", context, status=status)


@require_safe
@role_required(*CASE_READERS)
def office_title(request: HttpRequest, pk: int) -> HttpResponse:
    """One title: how long it holds, what was asked for it, and what may be done."""
    return _title_page(request, _title_or_404(request, pk))


@require_POST
@role_required(*ACTORS)
def title_motion_new(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Ask that a title be renewed, recommended or withdrawn."""
    title = _title_or_404(request, pk)
    if kind not in TITLE_ACTS:
        raise Http404
    form = TITLE_ACTS[kind].form(request.POST, prefix=kind)
    if not form.is_valid():
        return _title_page(request, title, (kind, form), status=422)
    try:
        TITLE_ACTS[kind].act(title, form.cleaned_data, person(request))
    except ActionRefused as refused:
        return _title_page(request, title, (kind, form), refused, refused.status)
    messages.success(request, gettext("已提请，等待另一位主管审定"))
    return redirect("office_title", pk=pk)


@require_POST
@role_required(*CITY_ROLES)
def motion_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Decide on a motion, or write down what those above have decided."""
    motion = _motion_or_404(request, pk)
    if step not in MOTION_ACTS:
        raise Http404
    form = MOTION_ACTS[step].form(request.POST, prefix=step)
    if not form.is_valid():
        return _title_page(request, motion.title, (step, form), status=422, motion=pk)
    try:
        MOTION_ACTS[step].act(motion, form.cleaned_data, person(request))
    except ActionRefused as refused:
        title = _title_or_404(request, motion.title_id)
        return _title_page(request, title, (step, form), refused, refused.status, pk)
    messages.success(request, gettext("已办理：%(step)s") % {"step": MOTION_ACTS[step].title})
    return redirect("office_title", pk=motion.title_id)
