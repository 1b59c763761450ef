"""Searching the policy library: a query over the index that the actions have filled.

Few hits are ranked by how well their words stand (title before card, card before headings, headings
before text); many by whether the title has them, then by date: so that a common word costs no more
than a rare one. Documents are found by number in any bracket style, by pinyin, and where nothing is
found by titles that are alike (pg_trgm).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Length

from miaopu.engine.search.marks import Piece, excerpt, marked
from miaopu.engine.search.numbers import Number
from miaopu.engine.search.query import Query, read_query
from miaopu.engine.search.words import folded
from miaopu.plans.document_fields import Rank, WordLikeness
from miaopu.plans.models import DocumentCitation, PolicyDocument

RANKED_MOST = 200
ALIKE = Decimal("0.3")
_ALIKE_MOST = 10

__all__ = ["Found", "Piece", "Wanted", "excerpt_of", "search", "title_of"]


@dataclass(frozen=True)
class Wanted:
    """What is looked for: a query, and filters; what is left empty does not matter."""

    text: str = ""
    region: str = ""
    issuer: str = ""
    kind: str = ""
    industry: str = ""
    enterprise_kind: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Found:
    """The documents in their order; `alike`: nothing was found, these have titles that are like it.

    `by` says how they were found: "", "number", "pinyin", "words" or "alike".
    """

    rows: Any
    query: Query
    by: str = ""
    terms: tuple[str, ...] = field(default=())


def narrowed(rows: Any, wanted: Wanted) -> Any:
    """The documents that the filters leave."""
    if wanted.region:
        rows = rows.applying_to(wanted.region)
    if wanted.issuer:
        rows = rows.filter(issuer=wanted.issuer)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.industry:
        rows = rows.for_industry(wanted.industry)
    if wanted.enterprise_kind:
        rows = rows.filter(
            Q(enterprise_kinds=[]) | Q(enterprise_kinds__contains=[wanted.enterprise_kind])
        )
    if wanted.on is not None:
        rows = rows.in_force_on(wanted.on)
    return rows


def search(rows: Any, wanted: Wanted) -> Found:
    """Those of `rows` (public ones, or a user's) that are wanted, best first."""
    query = read_query(wanted.text)
    rows = narrowed(rows, wanted)
    if query.is_empty and not query.excluded:
        return Found(rows.newest_first(), query)
    if query.number is not None:
        numbered = _by_number(rows, query.number)
        if numbered.exists():
            return Found(numbered, query, "number", (str(query.number),))
    worded = _by_words(rows, query)
    if worded is not None:
        return Found(worded, query, "words", query.terms)
    if query.pinyin:
        spelled = rows.filter(Q(pinyin__contains=query.pinyin) | Q(initials__contains=query.pinyin))
        if spelled.exists():
            return Found(_title_first(spelled, Length("title")), query, "pinyin")
    return Found(_alike(rows, query), query, "alike")


def _by_number(rows: Any, number: Number) -> Any:
    """Documents of this number, then those that cite it."""
    own = Q(number_tail=number.tail, number_key__endswith=number.key)
    if not number.code:
        return rows.filter(own).order_by("-issued_on", "-pk")
    citing = DocumentCitation.objects.public().filter(number_key=number.key)
    keys = set(citing.values_list("version__document", flat=True))
    first = Case(When(own, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.filter(own | Q(pk__in=keys)).order_by(first, "-issued_on", "-pk")


def _by_words(rows: Any, query: Query) -> Any | None:
    """Documents that hold every word; None where there are none."""
    if query.wanted:
        rows = rows.filter(words__hold=query.wanted)
    for phrase in query.phrases:
        rows = rows.filter(folded_text__contains=folded(phrase))
    for term in query.absent:
        rows = rows.exclude(folded_text__contains=term)
    if not query.terms:
        return rows.newest_first()
    count = len(rows.order_by().values_list("pk", flat=True)[: RANKED_MOST + 1])
    if not count:
        return None
    if count <= RANKED_MOST:
        return rows.order_by(Rank("words", query.any_of).desc(), "-issued_on", "-pk")
    in_title = Case(
        When(title_words__hold=query.all_of, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return _title_first(rows, in_title)


def _title_first(rows: Any, by: Any) -> Any:
    return rows.order_by(by, "-issued_on", "-pk")


def _alike(rows: Any, query: Query) -> Any:
    """The few titles most like what was asked for."""
    if not query.terms or query.number is not None:
        return rows.none()
    alike = rows.annotate(likeness=WordLikeness("".join(query.terms), "title"))
    alike = alike.order_by("-likeness", "-issued_on", "-pk")
    keys = alike.filter(likeness__gte=ALIKE).values_list("pk", flat=True)[:_ALIKE_MOST]
    return alike.filter(pk__in=list(keys))


def title_of(document: PolicyDocument, found: Found) -> list[Piece]:
    """The title with the hits marked."""
    return marked(document.title, found.terms)


def excerpt_of(document: PolicyDocument, found: Found) -> list[Piece]:
    """Where in card and text the hits stand."""
    return excerpt(document.searched_text, found.terms)
