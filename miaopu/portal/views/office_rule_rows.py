"""One row of a rule's form, and how a problem is told at its field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.forms.boundfield import BoundField
from django.utils.translation import gettext

from miaopu.portal import present

if TYPE_CHECKING:
    from miaopu.engine.packs.rule_parts import Problem

_AROUND = 12  # characters shown on either side of the place


@dataclass(frozen=True)
class RuleRow:
    """The fields of one condition or priority as the template shows them."""

    number: int
    new: bool
    title: str
    decide: str
    clause: str
    when: BoundField | None
    zh: BoundField
    en: BoundField
    points: BoundField | None
    remove: BoundField | None
    reading: str


def problem_text(problem: Problem, source: str = "") -> str:
    """A problem with its remedy, and the place in what was typed."""
    words = {
        "message": present.in_language(problem.message),
        "remedy": present.in_language(problem.remedy),
    }
    if problem.position is None or not source:
        return gettext("%(message)s。%(remedy)s") % words
    start = max(0, problem.position - _AROUND)
    before = ("…" if start else "") + source[start : problem.position]
    after = source[problem.position : problem.position + _AROUND]
    words["place"] = f"{before}▸{after}" + ("…" if problem.position + _AROUND < len(source) else "")
    return gettext("%(message)s（%(place)s）。%(remedy)s") % words
