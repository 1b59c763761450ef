"""Standards of admission as the offices see them: met, unmet or unknown, and what people answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from miaopu.bases.models import Base
from miaopu.bases.standards import (
    ANSWERING,
    LARGEST,
    StandardView,
    answer_standard,
)
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.plans.duty_reads import in_force
from miaopu.portal import formats, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.performing import perform
from miaopu.portal.views.enterprise_scope import person

if TYPE_CHECKING:
    from miaopu.engine.expressions.reasons import ReasonNode
    from miaopu.engine.packs.base_parts import BaseStandard

WORDS: dict[str, tuple[Any, shapes.Tone]] = {
    "true": (_("符合标准"), "good"),
    "false": (_("不符合标准"), "late"),
    "unknown": (_("待核实"), "soon"),
}


class AnswersForm(forms.Form):
    """What a person answers about a base; what is left empty is not answered."""

    use_required_attribute = False

    def __init__(
        self, standard: BaseStandard, known: Mapping[str, object], data: Any = None, **named: Any
    ) -> None:
        super().__init__(data, **named)
        decided = {one.id: one for one in standard.conditions}
        for name, kind in standard.asked.items():
            if name in standard.questions:
                question = standard.questions[name]
                label = present.in_language(question.title)
                if question.unit is not None:
                    unit = present.in_language(question.unit)
                    label = gettext("%(label)s（%(unit)s）") % {"label": label, "unit": unit}
            else:
                label = present.in_language(decided[name].decide)
            if kind == "boolean":
                answer = {True: "yes", False: "no"}.get(known.get(name), "")  # type: ignore[call-overload]
                self.fields[name] = forms.TypedChoiceField(
                    label=label,
                    choices=[("", _("未核实")), ("yes", _("是")), ("no", _("否"))],
                    coerce=lambda value: value == "yes",
                    empty_value=None,
                    required=False,
                    initial=answer,
                )
            else:
                self.fields[name] = forms.IntegerField(
                    label=label,
                    min_value=0,
                    max_value=LARGEST,
                    required=False,
                    initial=known.get(name),
                )

    def given(self) -> dict[str, object]:
        """What was answered."""
        return {name: value for name, value in self.cleaned_data.items() if value is not None}


def _facts_in(node: ReasonNode) -> list[str]:
    """The facts that a condition speaks of."""
    return [*node.fact_names, *(name for child in node.children for name in _facts_in(child))]


def _value(node: ReasonNode, view: StandardView) -> str:
    """What was found for a condition; also where its one part says it, or it is a day."""
    if node.found:
        return present.in_language(node.found)
    found = [child.found for child in node.children if child.found and child.fact_names]
    if len(found) == 1:
        return present.in_language(found[0])
    days = [view.facts.get(name) for name in _facts_in(node)]
    return formats.day(days[0]) if len(days) == 1 and isinstance(days[0], date) else ""


def _reasons(view: StandardView) -> list[shapes.Reason]:
    """Each condition with the value found, who answered it, and what would change it."""
    conditions = {one.id: one for one in view.standard.conditions}
    nodes = view.found.tree.children
    unmet = [node.key for node in nodes if node.status != "true"]
    changes = dict(zip(unmet, view.found.would_change, strict=False))
    found = []
    for node in nodes:
        condition = conditions[node.key]
        clause = condition.clause or view.standard.clause or ""
        asked = node.key if condition.decide else next(iter(_facts_in(node)), "")
        answer = view.answers.get(asked)
        found.append(
            shapes.Reason(
                status=cast(shapes.Truth, node.status),
                text=present.in_language(node.title or node.text),
                value=_value(node, view),
                source=str(answer.answered_by) if answer else gettext("基地资料和入驻登记"),
                as_of=timezone.localdate(answer.answered_at) if answer else None,
                change=present.read_aloud(changes.get(node.key)),
                clause=clause,
                clause_href=present.clause_href(view.version, clause),
            )
        )
    return found


def standards_shown(base: Base, user: User, views: list[StandardView]) -> list[dict[str, Any]]:
    """The standards for a page, each with the form for what people answer."""
    may = reaches(user, base.region_id, ANSWERING)
    shown = []
    for view in views:
        word, tone = WORDS[view.found.status]
        known = {name: row.value for name, row in view.answers.items()}
        form = AnswersForm(view.standard, known, prefix=view.key) if may else None
        shown.append(
            {
                "title": present.in_language(view.standard.title),
                "use": gettext("准入标准")
                if view.standard.use == "admission"
                else gettext("称号标准"),
                "basis": present.in_language(view.standard.basis),
                "illustrative": view.standard.illustrative,
                "word": word,
                "tone": tone,
                "reasons": _reasons(view),
                "priorities": [
                    shapes.Answer(
                        present.in_language(one.title),
                        {"true": gettext("优先"), "false": gettext("不优先")}.get(
                            one.status, gettext("待核实")
                        ),
                    )
                    for one in view.found.priorities
                ],
                "form": form if view.standard.asked else None,
                "slug": view.version.programme.slug,
                "key": view.key,
                "answers": [
                    gettext("%(who)s，%(at)s")
                    % {"who": row.answered_by, "at": formats.moment(row.answered_at)}
                    for row in view.answers.values()
                ],
            }
        )
    return shown


@require_POST
@role_required(*ANSWERING)
def standard_answers(request: HttpRequest, number: str, slug: str, key: str) -> HttpResponse:
    """Answer what the system does not know about a base."""
    user = person(request)
    scope = Base.objects.for_user(user).select_related("region", "operator")
    base = get_object_or_404(scope, number=number)
    version = next((one for one in in_force(slug) if key in one.pack.base_standards), None)
    if version is None:
        raise Http404
    form = AnswersForm(version.pack.base_standards[key], {}, request.POST, prefix=key)
    if form.is_valid():
        said = gettext("已记录，准入标准已重新核对")
        given = form.given()
        perform(request, lambda: answer_standard(base, version, key, given, by=user), said)
    else:
        messages.error(request, gettext("回答须是不小于零的整数，没有保存"))
    return redirect("office_base", number=number)
