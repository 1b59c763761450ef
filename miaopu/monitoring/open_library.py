"""The policy library and the fee lists as open data: what counts when, what cites what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils import timezone

from miaopu.plans.models import DocumentCitation, DocumentVersion, FeeEntry

CHUNK = 2000

COLUMNS: dict[str, tuple[str, ...]] = {
    "policies.csv": (
        *("document", "version", "version_state", "number", "title", "issuer", "kind", "region"),
        *("issued_on", "valid_from", "valid_to", "repealed_on", "industries", "enterprise_kinds"),
        *("published_at", "text_sha256", "illustrative"),
    ),
    "policy_citations.csv": ("document", "version", "position", "number", "title", "cites"),
    "fees.csv": (
        *("region", "version", "valid_from", "position", "name", "basis", "authority"),
        *("standard", "payer", "note", "illustrative"),
    ),
}


def policies() -> Iterator[Sequence[object]]:
    """Every published version of every document; its text is told by its SHA-256."""
    rows = (
        DocumentVersion.objects.public()
        .order_by("document__code", "position")
        .values_list(
            *("document__code", "position", "state", "number", "title", "issuer", "kind", "region"),
            *("issued_on", "valid_from", "valid_to", "document__repealed_on", "industries"),
            *("enterprise_kinds", "published_at", "digest", "illustrative"),
        )
    )
    for *head, industries, kinds, at, digest, illustrative in rows.iterator(chunk_size=CHUNK):
        yield (
            *(*head, ";".join(industries), ";".join(kinds)),
            *(timezone.localtime(at).isoformat(), digest, int(illustrative)),
        )


def policy_citations() -> Iterable[Sequence[object]]:
    """What published versions cite; `cites` is the document where it is in the library."""
    rows = DocumentCitation.objects.filter(version__published_at__isnull=False)
    return rows.order_by("version__document__code", "version__position", "position").values_list(
        *("version__document__code", "version__position", "position", "number", "title"),
        "target__code",
    )


def fees() -> Iterator[Sequence[object]]:
    """Every fee of every published list."""
    rows = FeeEntry.objects.public().order_by("fee_list__region", "fee_list__position", "position")
    for *found, illustrative in rows.values_list(
        *("fee_list__region", "fee_list__position", "fee_list__valid_from", "position", "name"),
        *("basis", "authority", "standard", "payer", "note", "fee_list__illustrative"),
    ).iterator(chunk_size=CHUNK):
        yield (*found, int(illustrative))
