"""Target letters: who owes what, who has acknowledged it; made, issued, acknowledged here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from miaopu.core import clock
from miaopu.core.actions import MEDIA_TYPES
from miaopu.core.enums import Role
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.clock import working_days_left
from miaopu.plans.enums import TargetLetterState as State
from miaopu.plans.letter_actions import (
    ACKNOWLEDGE_DAYS,
    acknowledge_letter,
    issue_letter,
    make_letters,
)
from miaopu.plans.letter_documents import MAKERS, document
from miaopu.plans.models import Programme, TargetLetter
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.downloads import made_response
from miaopu.portal.performing import perform
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_target_parts import (
    LETTER_TONES,
    chosen_version,
    may_decide,
    may_prepare,
    packs_in_force,
    works_in,
)

if TYPE_CHECKING:
    from miaopu.engine.letters.target_letter import LetterLine
    from miaopu.engine.packs.schema import Pack

STEPS: dict[str, tuple[Callable[..., object], Any]] = {
    "issue": (issue_letter, _("已下达，已通知签收人")),
    "acknowledge": (acknowledge_letter, _("已签收")),
}
COLUMNS = (
    Column("to", _("承担单位"), link="href"),
    Column("number", _("文号"), link="href"),
    Column("version", _("版本"), align="end"),
    Column("targets", _("目标")),
    Column("state", _("状态"), kind="tag", tone="tone"),
    Column("issued", _("下达时间"), kind="moment"),
    Column("waiting", _("已等待")),
    Column("acknowledged", _("签收时间"), kind="moment"),
    Column("by", _("签收人")),
)


def letter_row(letter: TargetLetter, pack: Pack) -> dict[str, Any]:
    """A letter in a list."""
    return {
        "to": present.in_language(letter.title),
        "href": reverse("target_letter", args=[letter.pk]),
        "number": letter.number,
        "version": letter.version,
        "targets": gettext("；").join(
            f"{title} {line.value} {unit}" for line, title, unit in _lines(letter, pack)
        ),
        "state": letter.get_state_display(),
        "tone": LETTER_TONES.get(letter.state, "neutral"),
        "issued": letter.issued_at,
        "waiting": _waiting(letter),
        "acknowledged": letter.acknowledged_at,
        "by": str(letter.acknowledged_by or ""),
    }


def _lines(letter: TargetLetter, pack: Pack) -> list[tuple[LetterLine, str, str]]:
    """The letter's targets with indicator and unit in the language of the page."""
    indicators = {one.id: pack.indicators[one.indicator] for one in pack.targets}
    return [
        (line, present.in_language(known.title), present.in_language(known.unit))
        if (known := indicators.get(line.key))
        else (line, line.indicator, line.unit)
        for line in letter.letter.lines
    ]


def _waiting(letter: TargetLetter) -> str:
    """For how many working days a letter has been waiting."""
    if letter.state != State.ISSUED or letter.issued_at is None:
        return ""
    days = working_days_left(timezone.localdate(letter.issued_at), clock.today())
    return ngettext("%(count)s 个工作日", "%(count)s 个工作日", days) % {"count": days}


def letters_to_acknowledge(user: User) -> list[dict[str, Any]]:
    """The letters that wait for the user to acknowledge them."""
    if not user.has_role(Role.APPROVER):
        return []
    rows = TargetLetter.objects.for_user(user).waiting().in_order()
    waiting = [one for one in rows if may_acknowledge(user, one)]
    packs = packs_in_force() if waiting else {}
    return [letter_row(one, packs[one.programme_id]) for one in waiting]


def may_acknowledge(user: User, letter: TargetLetter) -> bool:
    """Whether the user may acknowledge: the district's approver; the officer for a department."""
    if letter.state != State.ISSUED:
        return False
    if letter.region_id is None:
        return may_prepare(user, letter.programme)
    return reaches(user, letter.region_id, [Role.APPROVER])


@require_safe
@role_required(*CASE_READERS)
def target_letters(request: HttpRequest) -> HttpResponse:
    """Who owes what, and who has acknowledged it."""
    user = person(request)
    version, others = chosen_version(request)
    if version is None:
        return render(request, "office/target_letters.html", {"version": None})
    programme = version.programme
    letters = list(
        TargetLetter.objects.for_user(user)
        .filter(programme=programme)
        .select_related("acknowledged_by", "programme__region")
        .in_order()
    )
    alive = [one for one in letters if one.state != State.REPLACED]
    old = [one for one in letters if one.state == State.REPLACED]
    counts = {
        state: sum(one.state == state for one in alive)
        for state in (State.MADE, State.ISSUED, State.ACKNOWLEDGED)
    }
    context = {
        "version": version,
        "title": present.in_language(programme.name),
        "others": others,
        "works": works_in(user, programme),
        "may_make": may_prepare(user, programme),
        "may_issue": may_decide(user, programme)
        and any(one.state == State.MADE and one.made_by_id != user.pk for one in alive),
        "counts": [
            (State(state).label, formats.number(count), LETTER_TONES[state])
            for state, count in counts.items()
        ],
        "table": Table(
            COLUMNS,
            [letter_row(one, version.pack) for one in alive],
            gettext("现行的目标责任书"),
            empty=gettext("还没有目标责任书"),
            empty_hint=gettext("目标分解批准后，由计划主管制作，再由另一人下达。"),
        ),
        "old": Table(COLUMNS, [letter_row(one, version.pack) for one in old], gettext("以前的版本"))
        if old
        else None,
        "days": ACKNOWLEDGE_DAYS,
    }
    return render(request, "office/target_letters.html", context)


@require_POST
@role_required(Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)
def target_letters_make(request: HttpRequest) -> HttpResponse:
    """Make the letters that are missing, or issue all that somebody else has made."""
    user = person(request)
    programme = get_object_or_404(
        Programme.objects.public(), slug=request.POST.get("programme", "")[:60]
    )
    if request.POST.get("action") == "issue":
        if not may_decide(user, programme):
            raise Http404
        _issue_all(request, programme)
    else:
        if not may_prepare(user, programme):
            raise Http404
        made = perform(request, lambda: make_letters(programme, by=user))
        if made:
            text = ngettext("已制作 %(count)s 份", "已制作 %(count)s 份", len(made))
            messages.success(request, text % {"count": len(made)})
        elif made == []:
            messages.info(request, gettext("现有的责任书都与已批准的分解一致，没有新的"))
    return redirect(f"{reverse('target_letters')}?programme={programme.slug}")


def _issue_all(request: HttpRequest, programme: Programme) -> None:
    user = person(request)
    rows = TargetLetter.objects.for_user(user).filter(programme=programme, state=State.MADE)
    issued = [
        perform(request, lambda letter=letter: issue_letter(letter, by=user))  # type: ignore[misc]
        for letter in rows.in_order()
        if letter.made_by_id != user.pk
    ]
    count = sum(one is not None for one in issued)
    text = ngettext("已下达 %(count)s 份", "已下达 %(count)s 份", count) % {"count": count}
    messages.success(request, text)


def _letter_or_404(request: HttpRequest, pk: int) -> TargetLetter:
    rows = TargetLetter.objects.for_user(person(request)).select_related(
        "programme__region", "region", "made_by", "issued_by", "acknowledged_by"
    )
    return get_object_or_404(rows, pk=pk)


@require_safe
@role_required(*CASE_READERS)
def target_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """What a letter says, its documents, who did what."""
    letter, user = _letter_or_404(request, pk), person(request)
    said = letter.letter
    version = letter.programme.current_version
    rows = [
        {
            "indicator": title,
            "unit": unit,
            "period": line.period,
            "baseline": line.baseline,
            "value": line.value,
            "parts": gettext("；").join(f"{name} {value or '—'}" for name, value in line.parts),
            "clause": line.clause,
            "clause_href": present.clause_href(version, line.clause),
            "decomposition": line.decomposition,
        }
        for line, title, unit in _lines(letter, version.pack)
    ]
    context = {
        "letter": letter,
        "said": said,
        "terms": [present.in_language(one) for one in said.bilingual_terms],
        "to": present.in_language(letter.title),
        "tone": LETTER_TONES.get(letter.state, "neutral"),
        "programme": present.in_language(letter.programme.name),
        "waiting": _waiting(letter),
        "table": Table(
            (
                Column("indicator", _("指标")),
                Column("value", _("目标"), align="end"),
                Column("unit", _("单位")),
                Column("period", _("期间")),
                Column("parts", _("分期")),
                Column("baseline", _("基数"), align="end"),
                Column("decomposition", _("分解版本"), align="end"),
                Column("clause", _("条款"), kind="clause", link="clause_href"),
            ),
            rows,
            gettext("承担的目标"),
        ),
        "files": [(kind, reverse("target_letter_file", args=[letter.pk, kind])) for kind in MAKERS],
        "may_issue": letter.state == State.MADE
        and may_decide(user, letter.programme)
        and letter.made_by_id != user.pk,
        "may_acknowledge": may_acknowledge(user, letter),
        "on_paper": letter.region_id is None,
        "trail": present.trail_of(letter.trail(), None, None, inside=True),
        "crumbs": [
            shapes.Link(
                gettext("目标责任书"),
                f"{reverse('target_letters')}?programme={letter.programme.slug}",
            ),
            shapes.Link(letter.number),
        ],
    }
    return render(request, "office/target_letter.html", context)


@require_safe
@role_required(*CASE_READERS)
def target_letter_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The letter as a document (pdf or docx), made from what was frozen."""
    letter = _letter_or_404(request, pk)
    if kind not in MAKERS:
        raise Http404
    return made_response(document(letter, kind), f"{letter.number}.{kind}", MEDIA_TYPES[kind])


@require_POST
@role_required(Role.PROGRAMME_OFFICER, Role.LEADING_GROUP, Role.APPROVER)
def target_letter_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Issue or acknowledge a letter."""
    letter, user = _letter_or_404(request, pk), person(request)
    if step not in STEPS:
        raise Http404
    action, success = STEPS[step]
    reason = request.POST.get("reason", "").replace("\x00", "")
    perform(request, lambda: action(letter, by=user, reason=reason), success)
    return redirect("target_letter", pk)
