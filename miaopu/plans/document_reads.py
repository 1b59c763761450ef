"""What pages ask of the policy library beside the search: clauses, programmes, facets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from miaopu.core.kept import Kept, database_state
from miaopu.engine.search.numbers import number_key, title_key
from miaopu.engine.search.query import LONGEST as LONGEST
from miaopu.plans.document_links import find_document
from miaopu.plans.models import DocumentVersion, PolicyDocument, ProgrammeVersion

_CHOICES: Kept[dict[str, dict[str, int]]] = Kept(most=10)
_OFFERED = ("issuer", "region")


@dataclass(frozen=True)
class ClauseText:
    """A clause of a document in its own words: without the parts below it, which follow."""

    path: str
    title: str
    text: str
    depth: int
    anchor: str


def clause_texts(version: DocumentVersion) -> list[ClauseText]:
    """The document from its beginning, cut at its clauses; what comes first has no path."""
    text = version.text
    rows: Sequence[dict[str, Any]] = sorted(version.clauses, key=lambda one: one["start"])
    ends = [*(one["start"] for one in rows), len(text)]
    found = []
    if text[: ends[0]].strip():
        found.append(ClauseText("", "", text[: ends[0]].strip(), 0, "p0"))
    for place, one in enumerate(rows, start=1):
        path = str(one["path"])
        own = text[one["start"] : ends[place]].strip()
        found.append(ClauseText(path, one["title"], own, path.count("/"), f"p{place}"))
    return found


def clause_of(version: DocumentVersion, path: str) -> str:
    """The text of a clause with everything below it; "" where the document has no such clause."""
    for one in version.clauses:
        if one["path"] == path:
            return str(version.text[one["start"] : one["end"]].strip())
    return ""


def source_document(version: ProgrammeVersion) -> DocumentVersion | None:
    """The text of the plan behind a programme, where its document is in the library."""
    source = version.pack.source
    document = find_document(source.number, source.title.zh)
    if document is None:
        return None
    rows = DocumentVersion.objects.public().select_related("document")
    found: DocumentVersion | None = rows.filter(document=document).order_by("-position").first()
    return found


def programmes_of(document: PolicyDocument) -> list[tuple[ProgrammeVersion, bool]]:
    """Programmes that rest on the document, and whether it is the plan itself."""
    found = []
    for version in ProgrammeVersion.objects.current().select_related("programme"):
        source = version.pack.source
        own = bool(document.number_key) and number_key(source.number) == document.number_key
        own = own or not source.number and title_key(source.title.zh) == document.title_key
        based = {number_key(one) for one in source.based_on}
        based |= {number_key(one.number) for one in source.citations if one.number}
        titles = {title_key(one.title.zh) for one in source.citations if not one.number}
        if own or document.number_key in based - {""} or document.title_key in titles:
            found.append((version, own))
    return found


def choices() -> dict[str, dict[str, int]]:
    """Issuers and regions of the whole public library, kept until something is written."""
    public = PolicyDocument.objects.public()
    return _CHOICES.get_or(
        database_state(), "public", lambda: {name: facet(public, name) for name in _OFFERED}
    )


def facet(rows: Any, name: str) -> dict[str, int]:
    """How many documents there are of each kind, issuer or region, the most first."""
    counts = rows.order_by().values_list(name).annotate(count=Count("pk"))
    pairs: Iterable[tuple[str | None, int]] = counts.order_by("-count", name)
    return {value or "": count for value, count in pairs}
