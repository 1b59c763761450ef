"""Rules: what each says, which facts it needs and who owes them, and what it says of anybody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from miaopu.plans.duty_reads import in_force
from miaopu.plans.models import Programme, ProgrammeVersion, RuleProposal
from miaopu.plans.rule_guards import may_make
from miaopu.plans.rule_reading import Line, lines_of, read
from miaopu.portal import present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.own_programmes import own_first
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_rule_texts import ClauseText, clause_texts, fact_rows
from miaopu.portal.views.office_rule_trial import tried
from miaopu.portal.views.public_item import PARTIES
from miaopu.portal.views.public_shared import LEVEL_NAMES, average_of

PROPOSAL_TONES: dict[str, shapes.Tone] = {
    "proposed": "soon",
    "returned": "late",
    "published": "good",
}
RULE_COLUMNS = (
    Column("title", _("事项"), link="href"),
    Column("programme", _("计划")),
    Column("party", _("面向")),
    Column("conditions", _("条件"), kind="number", unit=_("项")),
    Column("clause", _("条款"), kind="clause", link="clause_href"),
    Column("version", _("现行版本"), kind="number"),
    Column(
        "waiting",
        _("待发布的修改"),
        kind="number",
        unit=pgettext_lazy("changes", "份"),
        link="waiting_href",
    ),
)
PROPOSAL_COLUMNS = (
    Column("number", _("修改"), link="href"),
    Column("item", _("事项")),
    Column("why", _("理由")),
    Column("maker", _("起草人")),
    Column("at", _("起草时间"), kind="date"),
    Column("state", _("状态"), kind="tag", tone="tone"),
)


@dataclass(frozen=True)
class RuleLine:
    """A condition or priority as the page sets it side by side."""

    title: str
    when: str
    reading: str
    question: str
    clause: str
    clause_href: str
    points: int | None


def rule_lines(version: ProgrammeVersion, lines: list[Line]) -> list[RuleLine]:
    """Lines of a rule in the language of the page."""
    return [
        RuleLine(
            present.in_language(one.title),
            one.when,
            present.read_aloud(one.reading),
            present.in_language(one.question),
            one.clause,
            present.clause_href(version, one.clause),
            one.points,
        )
        for one in lines
    ]


@dataclass(frozen=True)
class Passage:
    """Lines of a rule beside the clause that they rest on.

    `text` is None where the clause has been shown further up the page.
    """

    clause: str
    href: str
    text: ClauseText | None
    lines: tuple[RuleLine, ...]


def passages(lines: list[RuleLine], texts: list[ClauseText], shown: set[str]) -> list[Passage]:
    """Lines gathered under their clauses, in the order of the rule; `shown` are clauses done."""
    known = {one.path: one for one in texts}
    gathered: dict[str, list[RuleLine]] = {}
    for line in lines:
        gathered.setdefault(line.clause, []).append(line)
    found = []
    for clause, own in gathered.items():
        text = None if clause in shown else known.get(clause)
        found.append(Passage(clause, own[0].clause_href, text, tuple(own)))
        shown.add(clause)
    return found


def proposal_table(proposals: list[RuleProposal]) -> Table:
    """Proposed rules with their states."""
    rows = [
        {
            "number": gettext("第 %(number)s 号") % {"number": one.pk},
            "href": reverse("rule_proposal", kwargs={"pk": one.pk}),
            "item": present.in_language(one.base.pack.items[one.item].title.bilingual),
            "why": one.why,
            "maker": str(one.made_by),
            "at": one.made_at,
            "state": one.get_state_display(),
            "tone": PROPOSAL_TONES.get(one.state, "neutral"),
        }
        for one in proposals
    ]
    return Table(
        PROPOSAL_COLUMNS,
        rows,
        gettext("规则修改"),
        empty=gettext("没有规则修改"),
        empty_hint=gettext("计划主管在规则页上起草修改，由另一人发布。"),
        queue=True,
    )


@require_safe
@role_required(*CASE_READERS)
def rule_list(request: HttpRequest) -> HttpResponse:
    """The rules in force, and what is proposed for them."""
    user = person(request)
    proposals = list(RuleProposal.objects.for_user(user).with_parts().order_by("-pk")[:50])
    waiting = RuleProposal.objects.for_user(user).waiting().values_list("programme", "item", "pk")
    first = {(programme, item): pk for programme, item, pk in waiting.order_by("-pk")}
    counts = Counter((programme, item) for programme, item, _pk in waiting)
    rows = []
    for version in own_first(user, in_force()):
        slug = version.programme.slug
        for code, definition in version.pack.items.items():
            key = (version.programme_id, code)
            rows.append(
                {
                    "title": present.in_language(definition.title),
                    "href": reverse("rule", kwargs={"slug": slug, "code": code}),
                    "programme": present.in_language(version.programme.name),
                    "party": PARTIES[definition.party],
                    "conditions": len(definition.conditions),
                    "clause": definition.clause,
                    "clause_href": present.clause_href(version, definition.clause),
                    "version": version.number,
                    "waiting": counts[key] or None,
                    "waiting_href": reverse("rule_proposal", kwargs={"pk": first[key]})
                    if key in first
                    else "",
                }
            )
    context = {
        "rules": Table(
            RULE_COLUMNS,
            rows,
            gettext("现行规则"),
            empty=gettext("还没有公布的计划"),
            empty_hint=gettext("计划载入后，规则会列在这里。"),
            queue=True,
        ),
        "proposals": proposal_table(proposals),
    }
    return render(request, "office/rule_list.html", context)


def version_or_404(slug: str, code: str) -> ProgrammeVersion:
    """The version in force of the programme, which has the item."""
    programme = get_object_or_404(Programme.objects.public(), slug=slug)
    version = programme.current_version
    if code not in version.pack.items:
        raise Http404
    return version


def _amount_line(version: ProgrammeVersion, code: str) -> RuleLine:
    """The amount as a line beside the item's clause."""
    item = version.pack.items[code]
    said = read(version.pack, item.amount or "", amount=True)
    href = present.clause_href(version, item.clause)
    words = (gettext("金额"), item.amount or "", present.read_aloud(said))
    return RuleLine(*words, "", item.clause, href, None)


@require_safe
@role_required(*CASE_READERS)
def rule(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A rule: text, clause, expression and plain reading side by side; tried on any enterprise."""
    user = person(request)
    version = version_or_404(slug, code)
    pack, item = version.pack, version.pack.items[code]
    conditions, priorities = lines_of(pack, code)
    proposals = RuleProposal.objects.for_user(user).filter(programme=version.programme, item=code)
    for_enterprises = item.party == "enterprise"
    texts, shown = clause_texts(version, code), set[str]()
    context = {
        "title": present.in_language(item.title),
        "summary": present.in_language(item.summary),
        "version": version,
        "code": code,
        "clause": item.clause,
        "clause_href": present.clause_href(version, item.clause),
        "summarised": not all(one.is_own for one in texts),
        "conditions": passages(rule_lines(version, conditions), texts, shown),
        "priorities": passages(rule_lines(version, priorities), texts, shown),
        "money": passages([_amount_line(version, code)], texts, shown) if item.amount else None,
        "jurisdiction": item.region or "",
        "average_fen": average_of(item),
        "shares": [(LEVEL_NAMES[level], part) for level, part in item.shares.items()],
        "facts": fact_rows(user, version, code) if for_enterprises else None,
        "may_change": may_make(user, version.programme),
        "for_enterprises": for_enterprises,
        "proposals": proposal_table(list(proposals.with_parts().order_by("-pk")[:20])),
        "has_proposals": proposals.exists(),
        "tried": tried(request, version, code) if for_enterprises else None,
        "crumbs": [
            shapes.Link(gettext("规则与测算"), reverse("rule_list")),
            shapes.Link(present.in_language(item.title)),
        ],
    }
    return render(request, "office/rule.html", context)
