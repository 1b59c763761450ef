"""What a rule page shows beside the rule: the text of its clauses, and the facts it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.core import clock
from miaopu.core.models import User
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.facts import SIZE_NEEDS
from miaopu.parties.models import Enterprise, Fact
from miaopu.plans.document_reads import clause_of, source_document
from miaopu.plans.models import ProgrammeVersion
from miaopu.plans.rule_reading import facts_of
from miaopu.portal import formats, present
from miaopu.portal.kept_parts import kept_rows
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_facts import departments_of

FACT_COLUMNS = (
    Column("fact", _("数据项")),
    Column("departments", _("应由谁提供")),
    Column("lacking", _("没有数据的企业"), kind="number", unit=_("户")),
    Column("share", _("占比"), align="end"),
)


LONG = 300  # characters


@dataclass(frozen=True)
class ClauseText:
    """A clause that a rule rests on: the plan's own text, else the pack's summary of it."""

    path: str
    href: str
    title: str
    text: str
    is_own: bool

    @property
    def is_long(self) -> bool:
        """Whether it is folded, so that the rule stays in sight."""
        return len(self.text) > LONG


def clause_texts(version: ProgrammeVersion, code: str) -> list[ClauseText]:
    """The clauses of an item and of its conditions and priorities, each once, in that order."""
    item, known = version.pack.items[code], version.pack.clauses
    cited = [item.clause, *(one.clause for one in item.conditions)]
    cited += [one.clause for one in item.priority]
    document = source_document(version)
    found = []
    for path in dict.fromkeys(one for one in cited if one in known):
        own = clause_of(document, path) if document else ""
        found.append(
            ClauseText(
                path,
                present.clause_href(version, path),
                present.in_language(known[path].title),
                own or present.in_language(known[path].summary),
                bool(own),
            )
        )
    return found


def _lacking(user: User, names: list[str], day: date) -> tuple[int, dict[str, int]]:
    """How many enterprises the user's scope has, and of how many each fact is known."""
    total = Enterprise.objects.for_user(user).count()
    known = (
        Fact.objects.for_user(user)
        .valid_on(day)
        .filter(name__in=names)
        .order_by("name")
        .values("name")
        .annotate(n=Count("enterprise", distinct=True))
    )
    return total, {row["name"]: row["n"] for row in kept_rows(known)}


def fact_rows(user: User, version: ProgrammeVersion, code: str) -> Table:
    """The facts a rule needs: who owes each, and of how many enterprises it is not known."""
    names: dict[str, None] = {}
    for name in facts_of(version.pack, code, version.pack.period.end):
        names |= dict.fromkeys(SIZE_NEEDS if name == "size" else (name,))
    dictionary = fact_dictionary()
    total, known = _lacking(user, list(names), clock.today())
    rows = [
        {
            "fact": present.in_language(dictionary[name].title),
            "departments": departments_of(dictionary[name]) or gettext("本系统"),
            "lacking": total - known.get(name, 0),
            "share": formats.percent(total - known.get(name, 0), total),
        }
        for name in names
        if name in dictionary
    ]
    return Table(
        FACT_COLUMNS,
        rows,
        gettext("这条规则要用到的数据（本区域）"),
        empty=gettext("这条规则不用数据"),
    )
