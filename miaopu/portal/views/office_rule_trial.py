"""A rule tried on an enterprise: who is found, what the rule says of her, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.core import clock
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.models import Enterprise
from miaopu.plans.entitlements import ItemExplanation, explain_item
from miaopu.plans.models import ProgrammeVersion
from miaopu.portal import formats, present, shapes
from miaopu.portal.views.enterprise_scope import person

FOUND_AT_MOST = 10
HERE = "#try-rule"


class TryForm(forms.Form):
    """Which enterprise the rule is tried on."""

    q = forms.CharField(
        label=_("企业名称或统一社会信用代码"),
        help_text=_("名称可以只写一部分，代码可以只写开头"),
        required=False,
        max_length=60,
    )


def tried(request: HttpRequest, version: ProgrammeVersion, code: str) -> dict[str, Any]:
    """The enterprises found, or the verdict and the reasons for the one that was chosen."""
    form = TryForm(request.GET, auto_id="try_%s")
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    mine = Enterprise.objects.for_user(person(request)).select_related("region")
    if number := request.GET.get("enterprise"):
        return _chosen(form, get_object_or_404(mine, number=number), version, code)
    found = list(mine.search(words).order_by("number")[: FOUND_AT_MOST + 1]) if words else []
    if len(found) == 1:
        return _chosen(form, found[0], version, code)
    return {
        "form": form,
        "words": words,
        "more": len(found) > FOUND_AT_MOST,
        "found": [
            shapes.Link(
                f"{one.name} · {present.region_name(one.region)}", f"?enterprise={one.number}{HERE}"
            )
            for one in found[:FOUND_AT_MOST]
        ],
    }


def _chosen(
    form: TryForm, enterprise: Enterprise, version: ProgrammeVersion, code: str
) -> dict[str, Any]:
    explanation = explain_item(version, code, enterprise, clock.today())
    verdict, tone = _verdict(explanation)
    return {
        "form": form,
        "chosen": enterprise,
        "verdict": verdict,
        "tone": tone,
        "details": _details(explanation),
        "reasons": present.reasons_of(explanation),
    }


def _verdict(explanation: ItemExplanation) -> tuple[str, shapes.Tone]:
    """What the rule says of the enterprise, in one line."""
    if explanation.status == "false":
        return gettext("不符合"), "late"
    if explanation.facts_missing:
        dictionary = fact_dictionary()
        names = [
            present.in_language(dictionary[name].title) if name in dictionary else name
            for name in explanation.facts_missing
        ]
        return gettext("还不能判断，缺少：%(facts)s") % {"facts": gettext("、").join(names)}, "soon"
    if explanation.status == "unknown":
        return gettext("数据都符合，还要由人判断"), "soon"
    return gettext("符合"), "good"


def _amount_if_decided(explanation: ItemExplanation) -> int | None:
    """What it would come to once people have decided for her; None where it cannot be said."""
    if not explanation.is_entitled:
        return None
    version, item = explanation.version, explanation.version.pack.items[explanation.item]
    yes = {one.id: True for one in item.conditions if one.decide is not None}
    decided = explain_item(version, explanation.item, explanation.enterprise, clock.today(), yes)
    return decided.amount_fen


def _details(explanation: ItemExplanation) -> list[str]:
    """The amount where there is one, and the points of each priority that holds."""
    found = []
    fen = _amount_if_decided(explanation)
    if fen is not None:
        found.append(gettext("金额 %(amount)s 元") % {"amount": formats.yuan(fen)})
    if priorities := explanation.explanation.priorities:
        titles = {
            one.id: one.title.bilingual
            for one in explanation.version.pack.items[explanation.item].priority
        }
        held = [
            gettext("%(title)s %(points)s 分")
            % {"title": present.in_language(titles[one.id]), "points": one.points}
            for one in priorities
            if one.status == "true"
        ]
        points = gettext("优先分 %(points)s") % {"points": explanation.priority_points}
        if held:
            points = gettext("%(points)s（%(held)s）") % {
                "points": points,
                "held": gettext("、").join(held),
            }
        found.append(points)
    return found
