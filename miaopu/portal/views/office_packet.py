"""One case with everything its decision rests on, and the steps that may be taken now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from miaopu.cases.corrections import takes_corrections
from miaopu.cases.enums import CaseState, ObjectionState
from miaopu.cases.models import Case, CaseFile, Correction, Objection
from miaopu.cases.ranking import last_ranking
from miaopu.cases.workflow import available
from miaopu.core import clock
from miaopu.core.models import User
from miaopu.ledger.models import Award
from miaopu.plans.entitlements import ItemExplanation, explain_item
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.case_form import answers_of
from miaopu.portal.corrections import CorrectionView, correction_views
from miaopu.portal.downloads import file_response
from miaopu.portal.reasons import reasons_of, reasons_of_trace
from miaopu.portal.rewarded import rewarded_for
from miaopu.portal.shapes import Text
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_forms import STEPS, StepForm, StepKind
from miaopu.portal.views.office_money import shares_with_money
from miaopu.portal.views.office_next import queue_of, sent_query
from miaopu.portal.views.office_offer import origin_of, timed
from miaopu.portal.views.office_parts import (
    CASE_READERS,
    MONEY_READERS,
    fact_table,
    needs_personal_data,
    trail_of,
)

DECIDED = (CaseState.GRANTED, CaseState.REFUSED, CaseState.WITHDRAWN)


@dataclass(frozen=True)
class OfferedStep:
    """A step that the user may take now, with its form."""

    name: str
    kind: StepKind
    form: StepForm

    @property
    def open(self) -> bool:
        """Whether the form is shown at once: the usual step, and one that was refused."""
        return self.kind.main or self.form.is_bound


@dataclass(frozen=True)
class Refusal:
    """Why a step was not taken, and what the person had written."""

    message: Text
    remedy: Text
    typed: str


def case_or_404(user: Any, number: str) -> Case:
    """A case in the user's scope."""
    return get_object_or_404(Case.objects.for_user(user).with_parts(), number=number)


def _explained(case: Case, day: date) -> ItemExplanation:
    answers = {name: bool(signed["answer"]) for name, signed in case.decisions.items()}
    return explain_item(case.item.version, case.item.code, case.judged, day, answers)


def _would_be_amount(case: Case, day: date) -> int | None:
    """The amount of the case; before the review the one that a yes to every discretion gives."""
    if case.amount_fen is not None:
        return case.amount_fen
    yes = {part.id: True for part in case.item.definition.conditions if part.decide is not None}
    return explain_item(case.item.version, case.item.code, case.judged, day, yes).amount_fen


def _cannot_yet(case: Case, corrections: list[CorrectionView], stopped: bool) -> set[str]:
    """Steps that the state allows and something else does not, yet."""
    ended = case.publicity is None or clock.today() > case.publicity.ends_on
    names = set() if ended and not stopped else {"grant"}
    if not takes_corrections(case):
        names.add("ask_correction")
    if any(one.is_open and not one.is_late for one in corrections):
        names.add("propose_refusal")
    return names


def _offered(
    user: User, case: Case, bound: tuple[str, StepForm] | None, cannot: set[str]
) -> list[OfferedStep]:
    offered = []
    for name in available(user, case):
        if name not in STEPS or name in cannot:
            continue
        kind = STEPS[name]
        form = bound[1] if bound and bound[0] == name else kind.form(case, name)
        offered.append(OfferedStep(name, kind, form))
    return sorted(offered, key=lambda step: not step.kind.main)


def _reasons(case: Case, fresh: ItemExplanation) -> dict[str, Any]:
    """The reasons that count, and the other set where it says something else.

    After the decision the stored ones count; before it those by today's facts.
    """
    version, code = case.item.version, case.item.code
    stored = reasons_of_trace(case.trace, version, code)
    today = reasons_of(fresh)
    differs = bool(case.trace) and case.trace["tree"] != fresh.trace()["tree"]
    decided = case.state in DECIDED and bool(stored)
    as_of = date.fromisoformat(case.trace["as_of"]) if case.trace else None
    return {
        "reasons": stored if decided else today,
        "reasons_as_of": as_of if decided else fresh.as_of,
        "other_reasons": (today if decided else stored) if differs else [],
        "other_as_of": fresh.as_of if decided else as_of,
        "reasons_decided": decided,
        "judged": _judged(case),
    }


def _judged(case: Case) -> list[shapes.Answer]:
    """What a person judged: the question, her answer, who she is and when she signed."""
    titles = {one.id: present.in_language(one.title) for one in case.item.definition.conditions}
    return [
        shapes.Answer(
            titles.get(name, name),
            _("是") if signed["answer"] else _("否"),
            source=timed(case.proposed_by, datetime.fromisoformat(signed["at"])),
        )
        for name, signed in case.decisions.items()
    ]


def _summary(request: HttpRequest, case: Case, award: Award | None) -> list[shapes.Answer]:
    enterprise = case.enterprise
    home = reverse("office_enterprise", kwargs={"number": enterprise.number})
    rows = [
        shapes.Answer(_("企业"), enterprise.name, home),
        shapes.Answer(_("统一社会信用代码"), enterprise.uscc),
        *rewarded_for(case, inside=True),
        shapes.Answer(_("区域"), present.region_name(case.region)),
        shapes.Answer(_("提交时间"), formats.moment(case.submitted_at)),
        origin_of(person(request), case),
        shapes.Answer(_("优先分"), formats.number(case.priority_points)),
    ]
    for label, someone in (
        (_("提出意见人"), case.proposed_by),
        (_("批准人"), case.approved_by),
        (_("决定人"), case.decided_by),
    ):
        if someone is not None:
            rows.append(shapes.Answer(label, str(someone)))
    if case.publicity is not None:
        period = _("%(start)s至%(end)s") % {
            "start": formats.day(case.publicity.starts_on),
            "end": formats.day(case.publicity.ends_on),
        }
        number = case.publicity.number
        rows.append(
            shapes.Answer(_("公示"), period, reverse("office_publicity", kwargs={"number": number}))
        )
    if award is not None:
        may = person(request).has_role(*MONEY_READERS)
        address = reverse("finance_award", kwargs={"number": award.number}) if may else ""
        text = f"{award.number} · {award.get_state_display()}"
        rows.append(shapes.Answer(_("扶持"), text, address))
    return rows


def _queue_context(request: HttpRequest, case: Case, offered: list[OfferedStep]) -> dict[str, Any]:
    """The queue that the case was opened from, the next case in it, and the keys of the page."""
    queue = queue_of(person(request), sent_query(request))
    following = queue.after(case, queue.place_of(case))
    keys = [(step.kind.key, step.kind.title) for step in offered if step.kind.key]
    if following is not None:
        keys.append(("n", _("下一件")))
    return {
        "queue": queue,
        "queue_count": queue.count(),
        "next_case": following,
        "next_href": queue.packet_href(following) if following else "",
        "keys": [*keys, ("q", _("返回队列"))],
    }


def packet_context(
    request: HttpRequest,
    case: Case,
    bound: tuple[str, StepForm] | None = None,
    refusal: Refusal | None = None,
) -> dict[str, Any]:
    """Everything a packet shows; `bound` is the form that was sent and not carried out."""
    today = clock.today()
    fresh = _explained(case, today)
    award = Award.objects.for_user(person(request)).filter(case=case).first()
    clocks = list(case.clocks.all())
    personal = needs_personal_data(person(request), case.region_id)
    files = list(
        CaseFile.objects.for_user(person(request)).filter(case=case).select_related("file")
    )
    asked = list(Correction.objects.for_user(person(request)).filter(case=case))
    corrections = correction_views(case, asked, files, today, own=personal, route="office_file")
    objections = list(Objection.objects.for_user(person(request)).filter(case=case).order_by("-pk"))
    stopped = any(one.state == ObjectionState.OPEN for one in objections)
    offered = _offered(person(request), case, bound, _cannot_yet(case, corrections, stopped))
    materials = {
        material.id: present.in_language(material.title)
        for material in case.item.definition.materials
    }
    version = case.item.version
    waiting = case.state == CaseState.PUBLISHED and case.publicity is not None
    return {
        "case": case,
        "item_title": present.in_language(case.item.name),
        "state_tone": present.tone_of(case.state),
        "clause": case.item.definition.clause,
        "clause_href": present.clause_href(version, case.item.definition.clause),
        "clock": present.clock_shape(case.running_clock, today) if case.running_clock else None,
        "timeline": present.steps_of(case, clocks, award),
        "summary": _summary(request, case, award),
        **_reasons(case, fresh),
        "priorities": [
            {
                "title": present.in_language(priority.title),
                "points": priority.points,
                "clause": priority.clause,
                "href": present.clause_href(version, priority.clause),
            }
            for priority in fresh.explanation.priorities
            if priority.status == "true"
        ],
        "shares": shares_with_money(
            person(request), case.item, case.region_id, _would_be_amount(case, today)
        ),
        "amount_fen": _would_be_amount(case, today),
        "facts": fact_table(fresh.known, case.judged, version, personal=personal),
        "answers": answers_of(case, own=personal),
        "personal": personal,
        "files": [(file, materials.get(file.material, file.material)) for file in files],
        "trail": trail_of(case, award),
        "ranking": last_ranking(case),
        "offered": offered,
        "corrections": corrections,
        "objections": objections,
        "stopped": stopped,
        **_queue_context(request, case, offered),
        "refusal": refusal,
        "bound": bound[1] if bound else None,
        "publicity_until": case.publicity.ends_on
        if waiting and case.publicity and today <= case.publicity.ends_on
        else None,
        "to_publish": "publish" in available(person(request), case),
        "crumbs": [shapes.Link(_("办件"), reverse("case_queue")), shapes.Link(case.number)],
    }


@require_safe
@role_required(*CASE_READERS)
def case_packet(request: HttpRequest, number: str) -> HttpResponse:
    """May this one pass?"""
    case = case_or_404(person(request), number)
    return render(request, "office/case_packet.html", packet_context(request, case))


@require_safe
@role_required(*CASE_READERS)
def office_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file of a case, as a download."""
    files = CaseFile.objects.for_user(person(request)).select_related("file")
    return file_response(get_object_or_404(files, pk=pk))
