"""An offer without application: what, how much, why, what is known already; one consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from miaopu.cases.enums import OfferState
from miaopu.cases.forms import FormError
from miaopu.cases.guards import FormRefused
from miaopu.cases.models import Offer
from miaopu.cases.offer_answers import save_answers
from miaopu.cases.offer_changes import changes_today, item_in_force
from miaopu.cases.offers import (
    LONGEST_REASON,
    OfferChanged,
    choose_offer_notices,
    consent_offer,
    decline_offer,
    questions_asked,
)
from miaopu.cases.prefill import KnownAnswer, known_answers
from miaopu.core.errors import ActionRefused
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.case_form import CaseForm, Row, show
from miaopu.portal.performing import in_one_line, perform
from miaopu.portal.reasons import reasons_of_trace
from miaopu.portal.views.enterprise_form import (
    AUTOSAVE,
    SHOWN,
    as_shown,
    read_revision,
    read_shown,
)
from miaopu.portal.views.enterprise_parts import (
    change_table,
    change_words,
    fact_rows,
    share_table,
    step_table,
)
from miaopu.portal.views.enterprise_scope import person

if TYPE_CHECKING:
    from miaopu.engine.packs.procedure import FormField


TONES: dict[str, shapes.Tone] = {
    OfferState.OPEN: "soon",
    OfferState.CONSENTED: "good",
    OfferState.DECLINED: "neutral",
    OfferState.WITHDRAWN: "late",
    OfferState.EXPIRED: "neutral",
}


class DeclineForm(forms.Form):
    """Why an offer is declined; nobody has to say."""

    reason = forms.CharField(
        label=gettext_lazy("放弃的理由"),
        help_text=gettext_lazy("可以不写；写了由办理机关查看"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 2}),
    )
    use_required_attribute = False


def _offer_or_404(request: HttpRequest, pk: int) -> Offer:
    return get_object_or_404(Offer.objects.for_user(request.user).with_parts(), pk=pk)


def _known_rows(
    questions: Iterable[FormField], known: Mapping[str, KnownAnswer]
) -> list[shapes.Answer]:
    """What the state fills in, each with source and day."""
    rows = []
    for question in questions:
        answer = known[question.id]
        source = answer.source_label
        if answer.as_of:
            source = _("%(source)s，%(date)s") % {
                "source": source,
                "date": formats.day(answer.as_of),
            }
        masked = question.type == "account"
        rows.append(
            shapes.Answer(
                present.in_language(question.title),
                show(question, answer.text, masked=masked),
                source=source,
            )
        )
    return rows


def _form_context(
    offer: Offer, typed: Mapping[str, Any] | None, problems: Iterable[FormError]
) -> dict[str, Any]:
    """The questions that are left, prefilled where an earlier case answered them."""
    item = item_in_force(offer)
    assert item is not None  # an offer without item has changed, and shows no form
    known = known_answers(item.definition.form, offer.enterprise)
    asked = questions_asked(item, known)
    ids = {question.id for question in asked}
    texts = {name: answer.text for name, answer in known.items()}
    values: Mapping[str, Any] = {**texts, **offer.answers} if typed is None else typed
    form = CaseForm(asked, values, offer.revision, problems)
    rows = []
    for question in asked:
        field, answer = form[question.id], known.get(question.id)
        same = answer is not None and str(field.value()) == answer.text
        source = answer.source_label if answer is not None and same else ""
        rows.append(Row(field, source, answer.as_of if answer is not None and same else None))
    others = [one for one in item.definition.form if one.id in known and one.id not in ids]
    return {
        "form": form,
        "shown": as_shown({name: values.get(name, "") for name in ids}),
        "rows": rows,
        "known": _known_rows(others, known),
        "steps": step_table(item.definition),
        "first_days": item.definition.steps[0].working_days,
        "first_who": present.role_name(item.definition.steps[0].role),
    }


def show_offer(
    request: HttpRequest,
    offer: Offer,
    *,
    typed: Mapping[str, Any] | None = None,
    problems: Iterable[FormError] = (),
    decline: DeclineForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of an offer, whatever has become of it."""
    is_open = offer.state == OfferState.OPEN
    changes = changes_today(offer) if is_open else offer.changes
    definition = offer.item.definition
    context = {
        "offer": offer,
        "title": present.in_language(offer.item.name),
        "programme": present.in_language(offer.item.version.programme.name),
        "clause": definition.clause,
        "clause_href": present.clause_href(offer.item.version, definition.clause),
        "is_open": is_open and not changes,
        "tone": TONES[offer.state],
        "counted": bool(changes) and "counted" in changes,
        "changed": change_words(offer, changes) if changes else "",
        "change_table": change_table(offer, changes, own=True) if changes else None,
        "case": offer.case,
        "region": present.region_name(offer.region),
        "reasons": reasons_of_trace(
            offer.trace,
            offer.item.version,
            offer.item.code,
            number=offer.enterprise.number,
        ),
        "shares": share_table(definition, offer.amount_fen)
        if offer.amount_fen and definition.shares
        else None,
        "facts": fact_rows(offer),
        "decline_form": decline or DeclineForm(),
        "crumbs": [
            shapes.Link(_("我的首页"), reverse("my_home")),
            shapes.Link(present.in_language(offer.item.name)),
        ],
        **(
            _form_context(offer, typed, problems)
            if is_open and not changes
            else {"form": None, "rows": [], "known": [], "steps": None}
        ),
    }
    return render(request, "enterprise/consent.html", context, status=status)


def _typed(request: HttpRequest) -> dict[str, str]:
    """What was typed; a sign that no text has (NUL) is left out."""
    technical = {SHOWN, "revision"}
    return {
        name: str(value).replace("\x00", "")
        for name, value in request.POST.items()
        if name not in technical
    }


def _autosave(request: HttpRequest, offer: Offer) -> JsonResponse:
    """Keep what is being typed; the page goes on with the new revision, or is told why not."""
    try:
        revision, problems = save_answers(
            offer,
            _typed(request),
            revision=read_revision(request.POST),
            shown=read_shown(request.POST),
            by=person(request),
        )
    except ActionRefused as refused:
        return JsonResponse({"message": in_one_line(refused)}, status=refused.status)
    return JsonResponse({"revision": revision, "problems": len(problems)})


def _consent(request: HttpRequest, offer: Offer) -> HttpResponse:
    typed = _typed(request)
    try:
        case = consent_offer(offer, typed, by=person(request))
    except FormRefused as wrong:
        return show_offer(request, offer, typed=typed, problems=wrong.errors)
    except OfferChanged as changed:
        return show_offer(request, offer, typed=typed, status=changed.status)
    except ActionRefused as refused:
        messages.info(request, in_one_line(refused))
        offer.refresh_from_db()
        if offer.case is not None:
            return redirect("case_receipt", offer.case.number)
        return redirect("my_offer", offer.pk)
    messages.success(request, _("已确认享受，无需再办其他手续"))
    return redirect("case_receipt", case.number)


@party_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer; POST consents to it, once, or keeps what is being typed."""
    offer = _offer_or_404(request, pk)
    if request.method != "POST":
        return show_offer(request, offer)
    return (_autosave if AUTOSAVE in request.headers else _consent)(request, offer)


@party_required
@require_POST
def offer_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline an offer, with a reason or without."""
    offer = _offer_or_404(request, pk)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return show_offer(request, offer, decline=form)
    reason = form.cleaned_data["reason"]
    perform(
        request,
        lambda: decline_offer(offer, by=person(request), reason=reason),
        _("已放弃；以后改变主意，仍可以自己申报"),
    )
    return redirect("my_offer", offer.pk)


@party_required
@require_POST
def offer_notices(request: HttpRequest) -> HttpResponse:
    """Have messages about offers, or not."""
    wanted = request.POST.get("wanted") == "yes"
    said = _("以后有新的邀约会发消息告知") if wanted else _("以后不再发邀约消息，首页仍会列出")
    perform(
        request, lambda: choose_offer_notices(person(request), wanted, by=person(request)), said
    )
    return redirect("my_home")
