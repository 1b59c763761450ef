"""A clause of a programme's plan in our words, and everything in the pack that cites it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from miaopu.engine.money import format_yuan
from miaopu.plans.document_reads import clause_of, source_document
from miaopu.plans.models import ProgrammeVersion
from miaopu.portal import present, shapes
from miaopu.portal.counted import named_with_set
from miaopu.portal.views.public_programme import clause_rows, figure_text, version_of
from miaopu.portal.views.public_shared import LEVEL_NAMES, public_page


@dataclass(frozen=True)
class Citation:
    """Something in the pack that rests on the clause."""

    kind: str
    text: str
    href: str


def _of_targets(version: ProgrammeVersion, path: str) -> Iterator[Citation]:
    pack = version.pack
    href = f"{reverse('programme', args=[version.programme.slug])}#targets"
    by_indicator: dict[str, list[str]] = {}
    for target in pack.targets:
        if target.clause == path:
            by_indicator.setdefault(target.indicator, []).append(figure_text(target))
    for name, figures in by_indicator.items():
        indicator = pack.indicators[name]
        unit = present.in_language(indicator.unit)
        text = f"{present.in_language(indicator.title)} {figures[0]} {unit}"
        if len(figures) > 1:
            count = len(figures)
            each = ngettext("（%(count)s 个地区）", "（%(count)s 个地区）", count)
            text += each % {"count": count}
        yield Citation(_("目标"), text, href)


def _of_items(version: ProgrammeVersion, path: str) -> Iterator[Citation]:
    for code, item in version.pack.items.items():
        href = reverse("item", args=[version.programme.slug, code])
        title = present.in_language(item.title)
        if item.clause == path:
            yield Citation(_("事项"), title, href)
        parts = [
            *((_("条件"), part.clause, part.title) for part in item.conditions),
            *((_("优先"), part.clause, part.title) for part in item.priority),
            *((_("环节"), part.clause, part.title) for part in item.steps),
        ]
        if item.amount_decided is not None:
            parts.append((_("金额"), item.amount_decided.clause, item.title))
        for kind, cited, name in parts:
            if cited == path:
                yield Citation(kind, f"{title} · {present.in_language(name)}", href)


def _of_sets(version: ProgrammeVersion, path: str) -> Iterator[Citation]:
    for once in version.pack.counted_once.values():
        if once.clause == path:
            for code in once.among:
                href = reverse("item", args=[version.programme.slug, code])
                yield Citation(_("只计一次"), named_with_set(version, code), href)


def _of_budgets(version: ProgrammeVersion, path: str) -> Iterator[Citation]:
    sums: dict[str, int] = {}
    for budget in version.pack.budgets:
        if budget.clause == path:
            sums[budget.level] = sums.get(budget.level, 0) + budget.amount_fen
    for level, fen in sums.items():
        text = _("%(level)s %(amount)s 元") % {
            "level": LEVEL_NAMES[level],
            "amount": format_yuan(fen),
        }
        yield Citation(_("预算"), text, f"{reverse('money')}#{version.programme.slug}")


def _of_parameters(version: ProgrammeVersion, path: str) -> Iterator[Citation]:
    href = reverse("programme", args=[version.programme.slug])
    for name, values in version.pack.parameters.items():
        for value in values:
            if value.clause == path:
                yield Citation(_("参数"), f"{name} = {value.value}", href)


def citations(version: ProgrammeVersion, path: str) -> list[Citation]:
    """What in the pack cites the clause: targets, items with their parts, budgets, parameters."""
    return [
        *_of_targets(version, path),
        *_of_items(version, path),
        *_of_sets(version, path),
        *_of_budgets(version, path),
        *_of_parameters(version, path),
    ]


@public_page
def clause(request: HttpRequest, slug: str, path: str) -> HttpResponse:
    """One clause: what it says in our words, what rests on it, the clauses around it."""
    version = version_of(slug)
    rows = clause_rows(version)
    found = next((row for row in rows if row.path == path), None)
    if found is None:
        raise Http404
    above = path.rpartition("/")[0]
    name = present.in_language(version.programme.name)
    document = source_document(version)
    context = {
        "own_text": clause_of(document, path) if document else "",
        "document_href": reverse("policy", args=[document.document.code]) if document else "",
        "clause": found,
        "title": name,
        "source": present.in_language(version.pack.source.title),
        "programme_href": reverse("programme", args=[slug]),
        "crumbs": [
            shapes.Link(name, reverse("programme", args=[slug])),
            *(
                shapes.Link(f"{row.path} {row.title}", row.href)
                for row in rows
                if path.startswith(f"{row.path}/")
            ),
            shapes.Link(path),
        ],
        "citations": citations(version, path),
        "above": [row for row in rows if row.path == above],
        "below": [row for row in rows if row.path.rpartition("/")[0] == path],
    }
    return render(request, "public/clause.html", context)
