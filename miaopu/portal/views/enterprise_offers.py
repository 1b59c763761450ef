"""What an enterprise can get, and why; and the beginning of an application."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.cases.actions import open_case
from miaopu.cases.enums import CaseState
from miaopu.cases.models import Case, Item, Offer
from miaopu.core import clock
from miaopu.parties.facts import Known, known_facts
from miaopu.parties.models import Enterprise
from miaopu.plans.entitlements import ItemExplanation, explain_known
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import party_required
from miaopu.portal.performing import perform
from miaopu.portal.views.enterprise_facts import Missing, where_to_ask
from miaopu.portal.views.enterprise_parts import share_table, step_table
from miaopu.portal.views.enterprise_scope import enterprise_or_404, item_or_404, person
from miaopu.portal.views.public_shared import amount_of

if TYPE_CHECKING:
    from miaopu.engine.packs.items import Item as PackItem


@dataclass(frozen=True)
class Prospect:
    """An item for an enterprise: what the facts say today, and the case there is already.

    `hoped_fen` is the amount in fen if people decide in its favour, None where it is not known.
    """

    item: Item
    enterprise: Enterprise
    found: ItemExplanation
    hoped_fen: int | None
    case: Case | None
    today: date
    offered: Offer | None = None  # without application, and waiting for an answer

    @property
    def definition(self) -> PackItem:
        """What the pack says of the item."""
        return self.item.definition

    @property
    def in_period(self) -> bool:
        """Whether applications are taken today."""
        period = self.item.version.pack.period
        return period.start <= self.today <= period.end

    @cached_property
    def missing(self) -> list[Missing]:
        """Facts that are missing, each with who could provide it."""
        return where_to_ask(self.found.facts_missing, self.found.known)

    @property
    def questions(self) -> str:
        """What people still have to judge, in words."""
        titles = [
            present.in_language(one.title) for one in self.definition.conditions if one.decide
        ]
        return _("、").join(titles)

    @property
    def excluded(self) -> bool:
        """Whether the facts speak against the enterprise."""
        return self.found.status == "false"

    @property
    def may_apply(self) -> bool:
        """Whether an application can be begun now."""
        return self.case is None and self.in_period and not self.excluded

    @property
    def waits(self) -> bool:
        """Whether an offer without application waits for the enterprise's answer."""
        return self.offered is not None and self.case is None

    @property
    def offered_href(self) -> str:
        """The page of the offer without application, "" if there is none."""
        return reverse("my_offer", args=[self.offered.pk]) if self.offered else ""

    @property
    def word(self) -> str:
        """The state in a word."""
        if self.case is not None:
            return str(self.case.get_state_display())
        if self.excluded:
            return _("不符合条件")
        if self.waits:
            return _("待确认")
        if self.found.facts_missing:
            return _("缺少数据")
        return _("可以申报") if self.in_period else _("不在申报期")

    @property
    def tone(self) -> shapes.Tone:
        """The tone of the word."""
        if self.case is not None:
            return present.tone_of(self.case.state)
        if self.excluded:
            return "late"
        return "good" if self.in_period and not self.found.facts_missing else "soon"

    @property
    def sentence(self) -> str:
        """The state in plain words."""
        if self.case is not None:
            return _("已有办件 %(number)s") % {"number": self.case.number}
        if self.excluded:
            against = [node.text for node in self.reasons if node.status == "false"]
            return _("未满足：%(conditions)s") % {"conditions": _("、").join(against)}
        if self.missing:
            names = _("、").join(str(one.title) for one in self.missing)
            return _("还不知道：%(facts)s") % {"facts": names}
        if not self.in_period:
            period = self.item.version.pack.period
            return _("申报期为 %(from)s 至 %(to)s") % {
                "from": formats.day(period.start),
                "to": formats.day(period.end),
            }
        if self.waits:
            return _("现有数据均符合，无需申报，确认即可")
        if self.questions:
            return _("现有数据均符合，还须由审核人员判断：%(questions)s") % {
                "questions": self.questions
            }
        return _("现有数据均符合，可以申报")

    @cached_property
    def reasons(self) -> list[shapes.Reason]:
        """Each condition with what was found."""
        return present.reasons_of(self.found)

    @property
    def href(self) -> str:
        """The page of the offer."""
        return reverse("offer", args=[self.enterprise.number, self.item.pk])

    @property
    def case_href(self) -> str:
        """The page of the case there is already, "" if none."""
        return reverse("my_case", args=[self.case.number]) if self.case else ""

    @property
    def draft_href(self) -> str:
        """The form of a case that was not handed in yet, "" if there is none."""
        if self.case is None or self.case.state != CaseState.DRAFT:
            return ""
        return reverse("case_form", args=[self.case.number])


def live_cases(
    request: HttpRequest, enterprises: Iterable[Enterprise]
) -> dict[tuple[int, int, str], Case]:
    """Cases that have not ended, by enterprise, programme and item, under any version."""
    cases = (
        Case.objects.for_user(request.user)
        .live()
        .filter(enterprise__in=enterprises)
        .select_related("item__version")
        .defer("item__version__content", "trace")
        .order_by("pk")
    )
    return {
        (case.enterprise_id, case.item.version.programme_id, case.item.code): case for case in cases
    }


def open_offers(
    request: HttpRequest, enterprises: Iterable[Enterprise]
) -> dict[tuple[int, int, str], Offer]:
    """Offers that wait for an answer, by enterprise, programme and item."""
    offers = (
        Offer.objects.for_user(request.user)
        .open()
        .filter(enterprise__in=enterprises)
        .select_related("item")
        .defer("trace", "facts")
        .order_by("pk")
    )
    return {(one.enterprise_id, one.programme_id, one.item.code): one for one in offers}


def make_offer(
    item: Item,
    enterprise: Enterprise,
    known: Known,
    case: Case | None,
    today: date,
    offered: Offer | None = None,
) -> Prospect:
    """The item for the enterprise as of today, from what is known of it."""
    definition = item.definition
    agreed = {one.id: True for one in definition.conditions if one.decide}
    explained = explain_known(item.version, item.code, enterprise, known, today)
    hoped = explain_known(item.version, item.code, enterprise, known, today, agreed)
    amount = hoped.amount_fen
    if amount is None and explained.status != "false":
        amount = amount_of(definition)
    return Prospect(item, enterprise, explained, amount, case, today, offered)


def offer_of(request: HttpRequest, number: str, item_id: int) -> Prospect:
    """One item for one of the person's enterprises. Raises Http404 for others."""
    enterprise = enterprise_or_404(request, number)
    item = item_or_404(item_id)
    today = clock.today()
    key = (enterprise.pk, item.version.programme_id, item.code)
    case = live_cases(request, [enterprise]).get(key)
    offered = open_offers(request, [enterprise]).get(key)
    return make_offer(item, enterprise, known_facts(enterprise, today), case, today, offered)


def priorities_of(offer: Prospect) -> list[dict[str, Any]]:
    """Each priority with what the facts say of it and the clause that gives it."""
    words = {"true": _("符合"), "false": _("不符合"), "unknown": _("缺少数据")}
    tones = {"true": "good", "unknown": "soon"}
    worth = {one.id: one.points for one in offer.definition.priority}
    return [
        {
            "title": present.in_language(one.title),
            "points": worth[one.id],
            "word": words[one.status],
            "tone": tones.get(one.status, "neutral"),
            "clause": one.clause,
            "clause_href": present.clause_href(offer.item.version, one.clause),
        }
        for one in offer.found.explanation.priorities
    ]


@party_required
@require_safe
def offer(request: HttpRequest, number: str, item_id: int) -> HttpResponse:
    """One item for one enterprise: how much, why, from whom, how long."""
    shown = offer_of(request, number, item_id)
    definition = shown.definition
    context = {
        "offer": shown,
        "title": present.in_language(definition.title),
        "programme": present.in_language(shown.item.version.programme.name),
        "guide_href": reverse("item", args=[shown.item.version.programme.slug, shown.item.code]),
        "priorities": priorities_of(shown),
        "steps": step_table(definition),
        "illustrative": any(step.illustrative for step in definition.steps),
        "shares": share_table(definition, shown.hoped_fen)
        if shown.hoped_fen and definition.shares and not shown.excluded
        else None,
        "clause_href": present.clause_href(shown.item.version, definition.clause),
        "crumbs": [
            shapes.Link(_("我的首页"), reverse("my_home")),
            shapes.Link(str(shown.enterprise), reverse("my_enterprise", args=[number])),
            shapes.Link(present.in_language(definition.title)),
        ],
    }
    return render(request, "enterprise/offer.html", context)


@party_required
@require_POST
def apply(request: HttpRequest, number: str, item_id: int) -> HttpResponse:
    """Begin an application, or go on with the one there is."""
    wanted = offer_of(request, number, item_id)
    case = wanted.case or perform(
        request, lambda: open_case(wanted.item, wanted.enterprise, by=person(request))
    )
    if case is None:
        return redirect(wanted.href)
    return redirect("case_form" if case.state == CaseState.DRAFT else "my_case", case.number)
