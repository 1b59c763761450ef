"""One offer as the office sees it: on what it rests, who answered it and when, what it became."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from miaopu.cases.enums import CaseChannel, OfferState
from miaopu.cases.models import Case, Offer
from miaopu.core.models import User
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.reasons import reasons_of_trace
from miaopu.portal.views.enterprise_consent import TONES
from miaopu.portal.views.enterprise_parts import change_table, change_words, fact_rows
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS, needs_personal_data


def _answered(offer: Offer) -> list[shapes.Answer]:
    """What became of the offer: who closed it, when, and why."""
    if offer.closed_at is None:
        return [shapes.Answer(_("确认截止日"), formats.day(offer.expires_on))]
    closed = timed(offer.closed_by, offer.closed_at)
    rows = [shapes.Answer(offer.get_state_display(), closed)]
    if offer.reason:
        rows.append(shapes.Answer(_("理由"), offer.reason))
    if offer.case is not None:
        href = reverse("case_packet", kwargs={"number": offer.case.number})
        text = f"{offer.case.number} · {offer.case.get_state_display()}"
        rows.append(shapes.Answer(_("办件"), text, href))
    return rows


def timed(who: User | None, at: Any) -> str:
    """Who and when; the system where nobody did it."""
    return _("%(who)s，%(at)s") % {"who": who or _("系统"), "at": formats.moment(at)}


def origin_of(user: User, case: Case) -> shapes.Answer:
    """How a case came: by an application, or by consent to an offer, whose and when."""
    offer = None
    if case.channel == CaseChannel.CONSENT:
        offers = Offer.objects.for_user(user).filter(case=case).select_related("closed_by")
        offer = offers.defer("trace", "facts", "changes").first()
    if offer is None:
        return shapes.Answer(_("来由"), case.get_channel_display())
    said = _("免申即享：%(who_and_when)s 确认享受") % {
        "who_and_when": timed(offer.closed_by, offer.closed_at)
    }
    return shapes.Answer(_("来由"), said, reverse("office_offer", kwargs={"pk": offer.pk}))


@require_safe
@role_required(*CASE_READERS)
def office_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """On what does this offer rest, and what became of it?"""
    user = person(request)
    offers = Offer.objects.for_user(user).with_parts().select_related("issued_by", "closed_by")
    offer = get_object_or_404(offers, pk=pk)
    personal = needs_personal_data(user, offer.region_id)
    version, code = offer.item.version, offer.item.code
    withdrawn = offer.state == OfferState.WITHDRAWN
    home = reverse("office_enterprise", kwargs={"number": offer.enterprise.number})
    context = {
        "offer": offer,
        "title": present.in_language(offer.item.name),
        "tone": TONES[offer.state],
        "clause": offer.item.definition.clause,
        "clause_href": present.clause_href(version, offer.item.definition.clause),
        "summary": [
            shapes.Answer(_("企业"), offer.enterprise.name, home),
            shapes.Answer(_("区域"), present.region_name(offer.region)),
            shapes.Answer(_("发出"), timed(offer.issued_by, offer.issued_at)),
            *_answered(offer),
        ],
        "changed": change_words(offer, offer.changes) if withdrawn else "",
        "change_table": change_table(offer, offer.changes, personal=personal)
        if withdrawn
        else None,
        "reasons": reasons_of_trace(offer.trace, version, code),
        "facts": fact_rows(offer, personal=personal),
        "personal": personal,
        "crumbs": [
            shapes.Link(_("免申即享"), reverse("office_offers")),
            shapes.Link(offer.enterprise.name),
        ],
    }
    return render(request, "office/offer.html", context)
