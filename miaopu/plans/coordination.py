"""The coordination check of a new document: what in the library touches it, and what conflicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import Q

from miaopu.engine.search.numbers import number_key, title_key
from miaopu.plans.document_querysets import PolicyDocumentQuerySet
from miaopu.plans.enums import DocumentState
from miaopu.plans.models import DocumentCitation, DocumentVersion, PolicyDocument

Code = Literal[
    "same-number", "same-title", "cites-ended", "outlives-basis", "same-basis", "cited-by",
    "unresolved",
]  # fmt: skip
CONFLICTS = frozenset({"same-number", "same-title", "cites-ended", "outlives-basis"})
_MOST = 20


@dataclass(frozen=True)
class Finding:
    """A document that touches the new one, and how; `named` is what was cited and is not there."""

    code: Code
    document: PolicyDocument | None = None
    named: str = ""

    @property
    def is_conflict(self) -> bool:
        """Whether somebody has to decide, rather than only know."""
        return self.code in CONFLICTS


def end_of(document: PolicyDocument) -> date | None:
    """The last day on which a document is valid, None where that is open."""
    ends = [day for day in (document.valid_to, document.repealed_on) if day is not None]
    return min(ends) if ends else None


def check_coordination(version: DocumentVersion) -> list[Finding]:
    """What an officer should know before a version is published; conflicts come first."""
    others = PolicyDocument.objects.public().light().exclude(pk=version.document_id)
    found: list[Finding] = []
    number, title = number_key(version.number), title_key(version.title)
    if number:
        found += [Finding("same-number", one) for one in others.filter(number_key=number)]
    twins = others.filter(title_key=title, repealed_on=None).exclude(number_key=number or "-")
    found += [Finding("same-title", one) for one in twins if _overlap(one, version)]
    cites = list(version.cites.all())
    named = Q(number_key__in=[one.number_key for one in cites if one.number_key])
    named |= Q(title_key__in=[one.title_key for one in cites if not one.number_key])
    cited = list(others.filter(named))
    for one in cited[:_MOST]:
        end = end_of(one)
        if end is not None and end < version.valid_from:
            found.append(Finding("cites-ended", one))
        elif end is not None and (version.valid_to is None or version.valid_to > end):
            found.append(Finding("outlives-basis", one))
    found += [Finding("same-basis", one) for one in _same_basis(version, cites, others)]
    found += [
        Finding("cited-by", one.version.document)
        for one in DocumentCitation.objects.public()
        .filter(Q(number_key=number) & ~Q(number_key="") | Q(title_key=title, number_key=""))
        .exclude(version__document=version.document_id)
        .select_related("version__document")[:_MOST]
    ]
    numbers = {one.number_key for one in cited} - {""}
    titles = {one.title_key for one in cited} - {""}
    found += [
        Finding("unresolved", named=" ".join(filter(None, (one.title, one.number))))
        for one in cites
        if one.number_key not in numbers and one.title_key not in titles
    ]
    return sorted(found, key=lambda one: not one.is_conflict)


def _overlap(document: PolicyDocument, version: DocumentVersion) -> bool:
    end = end_of(document)
    begins_before_end = version.valid_to is None or document.valid_from <= version.valid_to
    return begins_before_end and (end is None or end >= version.valid_from)


def _same_basis(
    version: DocumentVersion,
    cites: list[DocumentCitation],
    others: PolicyDocumentQuerySet[PolicyDocument],
) -> list[PolicyDocument]:
    """Documents of the same kind and region, valid at the same time, that cite the same number."""
    keys = [one.number_key for one in cites if one.number_key]
    if not keys:
        return []
    rows = others.filter(
        versions__cites__number_key__in=keys,
        versions__state=DocumentState.IN_FORCE,
        kind=version.kind,
        region=version.region_id,
        repealed_on=None,
    ).distinct()
    return [one for one in rows.newest_first()[:_MOST] if _overlap(one, version)]
