"""Citations as links: a document is found by number, else by title, also when it comes later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, Q

from miaopu.engine.search.numbers import number_key, title_key
from miaopu.plans.enums import DocumentState
from miaopu.plans.models import DocumentCitation, DocumentVersion, PolicyDocument


def find_document(number: str | None, title: str | None) -> PolicyDocument | None:
    """The published document with the number, else the one with the title; None without either.

    Of several with one title the one in force, then the last issued.
    """
    known = (
        PolicyDocument.objects.public()
        .light()
        .order_by(F("repealed_on").desc(nulls_first=True), "-issued_on", "-pk")
    )
    key = number_key(number)
    if key:
        found = known.filter(number_key=key).first()
        if found is not None:
            return found
    wanted = title_key(title)
    if not wanted:
        return None
    rows = known.filter(title_key=wanted)
    if key:  # the same title under another number is another document
        rows = rows.filter(number_key="")
    return rows.first()


def keep_citations(version: DocumentVersion, found: Iterable[Mapping[str, Any]]) -> None:
    """Write down what the reader found cited in a new version; links come with publication."""
    rows = []
    for one in found:
        number, title = (one["number"] or "")[:60], (one["title"] or "")[:200]
        if number or title:
            rows.append((number, title))
    DocumentCitation.objects.bulk_create(
        DocumentCitation(
            version=version,
            position=place,
            title=title,
            number=number,
            title_key=title_key(title),
            number_key=number_key(number)[:60],
        )
        for place, (number, title) in enumerate(rows, start=1)
    )


def link_citations(version: DocumentVersion) -> tuple[int, int]:
    """Lead the version's citations to the library, and those that waited for it to it.

    Returns how many of its own were found, and how many had waited.
    """
    own = 0
    for citation in version.cites.unresolved():
        target = find_document(citation.number, citation.title)
        if target is not None and target.pk != version.document_id:
            citation.target = target
            citation.save(update_fields=["target"])
            own += 1
    document = version.document
    # A title alone is enough where the citation gives no number, or the document has none.
    by_title = Q(title_key=document.title_key)
    if document.number_key:
        by_title &= Q(number_key="")
    named = Q(number_key=document.number_key) & ~Q(number_key="")
    waiting = (
        DocumentCitation.objects.unresolved()
        .filter(named | by_title)
        .exclude(version__document=document)
        .exclude(version__state=DocumentState.DISCARDED)
    )
    return own, waiting.update(target=document)
