"""The self-check: what would an enterprise like mine get? Nothing that is typed in is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from miaopu.core import clock
from miaopu.parties.dictionary import fact_dictionary
from miaopu.plans.models import Programme, ProgrammeVersion
from miaopu.plans.self_check import Answer, SizeFound, answers_for, facts_asked
from miaopu.portal import present, shapes
from miaopu.portal.reasons import counted_reason, reasons_of_trace
from miaopu.portal.self_check import SelfCheckForm
from miaopu.portal.views.public_awards import districts
from miaopu.portal.views.public_shared import amount_of, next_step


@dataclass(frozen=True)
class Result:
    """An item for the enterprise described, as the page shows it."""

    title: str
    programme: str
    word: str
    tone: str
    sentence: str
    amount_fen: int | None
    reasons: list[shapes.Reason]
    points: int
    href: str


def _titles(names: Iterable[str]) -> str:
    dictionary = fact_dictionary()
    return _("、").join(
        present.in_language(dictionary[name].title) for name in names if name in dictionary
    )


def _sentence(answer: Answer, reasons: list[shapes.Reason]) -> str:
    if answer.counted is not None:
        return present.in_language(answer.counted.text)
    if answer.status == "false":
        against = [str(one.text) for one in reasons if one.status == "false"]
        return _("未满足：%(conditions)s") % {"conditions": _("、").join(against)}
    if answer.missing:
        return _("还不能确定，需要知道：%(facts)s") % {"facts": _titles(answer.missing)}
    definition = answer.version.pack.items[answer.item]
    questions = [present.in_language(one.title) for one in definition.conditions if one.decide]
    if questions:
        return _("所填数据均符合，还须由审核人员判断：%(questions)s") % {
            "questions": _("、").join(questions)
        }
    return _("所填数据均符合")


def _result(answer: Answer) -> Result:
    version = answer.version
    definition = version.pack.items[answer.item]
    reasons = reasons_of_trace(
        answer.trace(), version, answer.item, answer.explanation.would_change
    )
    words = {
        "true": (_("可以申报"), "good"),
        "false": (_("不符合条件"), "late"),
        "unknown": (_("还缺数据"), "soon"),
    }
    word, tone = words[answer.status]
    if answer.counted is not None:
        word, tone = _("只计一次"), "neutral"
        if answer.explanation.counted is None:  # people have still to judge
            reasons.append(counted_reason(answer.counted, version))
    amount = answer.hoped_fen
    if answer.counted is None and amount is None and answer.status == "unknown":
        amount = amount_of(definition)
    return Result(
        title=present.in_language(definition.title),
        programme=present.in_language(version.programme.name),
        word=word,
        tone=tone,
        sentence=_sentence(answer, reasons),
        amount_fen=None if answer.status == "false" else amount,
        reasons=reasons,
        points=answer.explanation.priority_points,
        href=reverse("item", args=[version.programme.slug, answer.item]),
    )


def _size_context(found: SizeFound) -> dict[str, Any]:
    return {
        "size": present.in_language(found.name),
        "size_reasons": [present.in_language(reason) for reason in found.reasons],
        "size_missing": _titles(found.missing),
    }


def _asks(version: ProgrammeVersion) -> bool:
    """Whether enterprises find anything for themselves in the version."""
    return any(item.party == "enterprise" for item in version.pack.items.values())


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def self_check(request: HttpRequest) -> HttpResponse:
    """A short form; POST answers with every item and its reasons. No row, no session, no log."""
    today = clock.today()
    versions = [programme.current_version for programme in Programme.objects.public()]
    versions = [version for version in versions if _asks(version)]
    posted = request.POST if request.method == "POST" else None
    form = SelfCheckForm(
        facts_asked(versions, today),
        [version.pack for version in versions],
        districts(),
        posted,
        today,
    )
    context: dict[str, Any] = {
        "form": form,
        "asked": bool(versions),
        "today": today,
        "next_step": next_step(request),
        "results": None,
    }
    wrong = posted is not None and not form.is_valid()
    if posted is not None and not wrong:
        found, answers = answers_for(versions, form.typed(), today)
        own = [one for one in answers if one.version.pack.items[one.item].party == "enterprise"]
        context |= {"results": [_result(one) for one in own], **_size_context(found)}
    response = render(request, "public/self_check.html", context, status=422 if wrong else 200)
    response["Cache-Control"] = "no-store"
    return response
