"""The language of rules, for people who write them: facts, sentences with examples, mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from miaopu.core.models import User
from miaopu.plans.duty_reads import in_force
from miaopu.plans.rule_language import (
    Example,
    Fact,
    Reference,
    Trial,
    facts_of_versions,
    reference,
)
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.own_programmes import own_first
from miaopu.portal.shapes import Text
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS

FACT_COLUMNS = (
    Column("name", _("表达式里的名字")),
    Column("title", _("数据项")),
    Column("kind", _("类型")),
    Column("codes", _("可写的取值")),
    Column("programmes", _("可用于哪些计划的规则")),
)
OUTCOMES: Mapping[str, Text] = {
    "true": _("符合"),
    "false": _("不符合"),
    "unknown": _("还不能判断"),
}


@dataclass(frozen=True)
class ShownTrial:
    """One enterprise of an example, in words."""

    facts: str
    gives: str
    mark: str


@dataclass(frozen=True)
class ShownExample:
    """An example in the language of the page."""

    says: str
    source: str
    reading: str
    trials: tuple[ShownTrial, ...]


def _trial(trial: Trial, facts: Mapping[str, Fact], *, is_amount: bool) -> ShownTrial:
    known = [
        gettext("%(fact)s %(value)s")
        % {"fact": present.in_language(facts[name].label), "value": _value(facts[name], value)}
        for name, value in trial.facts.items()
    ]
    gives = OUTCOMES.get(trial.gives)
    amount = gettext("%(amount)s 元") % {"amount": trial.gives}
    return ShownTrial(
        gettext("，").join(known) or (gettext("任何企业") if is_amount else gettext("没有数据")),
        amount if gives is None else str(gives),
        trial.gives if gives is not None else "amount",
    )


def _value(fact: Fact, value: str) -> str:
    if value in fact.codes:
        return present.in_language(fact.codes[value])
    if value in ("true", "false"):
        return gettext("是") if value == "true" else gettext("否")
    return value


def _example(example: Example, shown: Reference) -> ShownExample:
    trials = [
        _trial(one, shown.facts, is_amount=example.is_amount and not one.facts)
        if one.gives != "unknown"
        else _trial(one, shown.facts, is_amount=False)
        for one in example.trials
    ]
    return ShownExample(
        present.in_language(example.says),
        example.source,
        present.read_aloud(example.reading),
        tuple(trials),
    )


def _fact_table(user: User, shown: Reference) -> Table:
    kinds = {one.type: present.in_language(one.says) for one in shown.kinds}
    rows = [
        {
            "name": one.name,
            "title": present.in_language(one.label),
            "kind": kinds.get(one.type, one.type.value),
            "codes": gettext("；").join(
                f"{code} {present.in_language(name)}" for code, name in one.codes.items()
            ),
            "programmes": gettext("；").join(
                present.in_language(version.programme.name) for version in versions
            ),
        }
        for one, versions in facts_of_versions(own_first(user, in_force()))
    ]
    return Table(
        FACT_COLUMNS,
        rows,
        gettext("现行计划里的数据项"),
        empty=gettext("还没有公布的计划"),
        empty_hint=gettext("计划载入后，它的数据项会列在这里。"),
    )


@require_safe
@role_required(*CASE_READERS)
def rule_language(request: HttpRequest) -> HttpResponse:
    """How rules are written: read here, looked up from every form that takes an expression."""
    shown = reference()
    context = {
        "kinds": [
            (present.in_language(one.says), present.in_language(one.write), one.example)
            for one in shown.kinds
        ],
        "sections": [
            (
                section.id,
                present.in_language(section.title),
                present.in_language(section.help),
                [_example(one, shown) for one in section.examples],
            )
            for section in shown.sections
        ],
        "mistakes": [
            (one.source, present.in_language(one.message), present.in_language(one.remedy))
            for one in shown.mistakes
        ],
        "facts": _fact_table(person(request), shown),
        "crumbs": [
            shapes.Link(gettext("规则与测算"), reverse("rule_list")),
            shapes.Link(gettext("规则语言说明")),
        ],
    }
    return render(request, "office/rule_language.html", context)
