"""An item: for whom, on which conditions, how much from whom, in which steps, with which papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from miaopu.core import clock
from miaopu.plans.models import ProgrammeVersion
from miaopu.portal import present, shapes
from miaopu.portal.counted import counted_set
from miaopu.portal.shapes import Text
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.public_programme import version_of
from miaopu.portal.views.public_shared import (
    LEVEL_NAMES,
    amount_of,
    average_of,
    next_step,
    public_page,
    shares_of,
)

if TYPE_CHECKING:
    from miaopu.engine.packs.items import Item as PackItem

PARTIES: dict[str, Text] = {
    "enterprise": gettext_lazy("企业"),
    "base": gettext_lazy("创业创新基地"),
    "institution": gettext_lazy("服务机构"),
    "bank": gettext_lazy("银行"),
    "person": gettext_lazy("个人"),
}
ONCE_PER: dict[str, Text] = {
    "programme": gettext_lazy("每个计划一次"),
    "year": gettext_lazy("每年一次"),
}


@dataclass(frozen=True)
class Condition:
    """A condition or priority with its clause; `question` is what a person decides."""

    title: str
    clause: str
    clause_href: str
    question: str = ""
    points: int = 0


@dataclass(frozen=True)
class Need:
    """A question of the form or a paper, what is said about it, and whether it is needed."""

    title: str
    note: str
    required: bool


def _conditions(version: ProgrammeVersion, item: PackItem) -> list[Condition]:
    return [
        Condition(
            title=present.in_language(row.title),
            clause=row.clause or item.clause,
            clause_href=present.clause_href(version, row.clause or item.clause),
            question=present.in_language(row.decide),
        )
        for row in item.conditions
    ]


def _priorities(version: ProgrammeVersion, item: PackItem) -> list[Condition]:
    return [
        Condition(
            title=present.in_language(row.title),
            clause=row.clause,
            clause_href=present.clause_href(version, row.clause),
            points=row.points,
        )
        for row in sorted(item.priority, key=lambda row: -row.points)
    ]


def _steps(version: ProgrammeVersion, item: PackItem) -> Table:
    rows = [
        {
            "title": present.in_language(step.title),
            "who": f"{LEVEL_NAMES[step.level]} · {present.role_name(step.role)}",
            "days": step.working_days,
            "basis": _("示例时限") if step.illustrative else step.clause or item.clause,
            "href": ""
            if step.illustrative
            else present.clause_href(version, step.clause or item.clause),
        }
        for step in item.steps
    ]
    return Table(
        columns=(
            Column("title", _("环节")),
            Column("who", _("由谁办")),
            Column("days", _("办理时限"), kind="number", unit=_("工作日")),
            Column("basis", _("依据"), link="href"),
        ),
        rows=rows,
        caption=_("办理环节和时限"),
    )


def _shares(item: PackItem) -> Table:
    return Table(
        columns=(
            Column("level", _("级次")),
            Column("part", _("份额"), kind="number"),
            *(
                [Column("fen", _("每户金额"), kind="money", unit=_("元"))]
                if amount_of(item) is not None
                else []
            ),
        ),
        rows=shares_of(item),
        caption=_("各级分担"),
    )


def _questions(item: PackItem) -> list[Need]:
    return [
        Need(
            title=present.in_language(field.title),
            note=_("系统已填好，请核对") if field.prefill else present.in_language(field.help),
            required=field.required,
        )
        for field in item.form
    ]


def _papers(item: PackItem) -> list[Need]:
    return [Need(present.in_language(paper.title), "", paper.required) for paper in item.materials]


@public_page
def item(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Everything that must be told at once to who wants to apply (一次性告知)."""
    version = version_of(slug)
    definition = version.pack.items.get(code)
    if definition is None:
        raise Http404
    period = version.pack.period
    today = clock.today()
    name = present.in_language(version.programme.name)
    context = {
        "title": present.in_language(definition.title),
        "summary": present.in_language(definition.summary),
        "programme": name,
        "programme_href": reverse("programme", args=[slug]),
        "crumbs": [
            shapes.Link(name, reverse("programme", args=[slug])),
            shapes.Link(present.in_language(definition.title)),
        ],
        "party": PARTIES[definition.party],
        "once_per": ONCE_PER[definition.once_per],
        "period": period,
        "is_open": period.start <= today <= period.end,
        "clause": definition.clause,
        "clause_href": present.clause_href(version, definition.clause),
        "conditions": _conditions(version, definition),
        "priorities": _priorities(version, definition),
        "once": counted_set(version, code),
        "amount_fen": amount_of(definition),
        "amount_rule": definition.amount or "",
        "average_fen": average_of(definition),
        "average_clause": definition.amount_decided.clause if definition.amount_decided else "",
        "average_clause_href": present.clause_href(
            version, definition.amount_decided.clause if definition.amount_decided else ""
        ),
        "shares": _shares(definition) if definition.shares else None,
        "steps": _steps(version, definition),
        "total_days": sum(step.working_days for step in definition.steps),
        "illustrative": any(step.illustrative for step in definition.steps),
        "questions": _questions(definition),
        "papers": _papers(definition),
        "next_step": next_step(request),
    }
    return render(request, "public/item.html", context)
