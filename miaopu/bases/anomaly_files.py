"""Files that different enterprises of a base, or different bases, handed in as their own proof.

Identical is the same content; near-identical is told from sketches of the texts. Pictures are
compared by content alone.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage

from miaopu.bases.anomaly_enums import AnomalyKind
from miaopu.bases.anomaly_findings import Finding, Insight
from miaopu.bases.models import BaseFile, FileSketch
from miaopu.cases.models import CaseFile
from miaopu.core import clock
from miaopu.core.models import File
from miaopu.engine.near import likeness, sketch_of
from miaopu.engine.plan_reader.errors import DocumentRefused
from miaopu.engine.plan_reader.limited import read_limited

logger = logging.getLogger(__name__)
NEAR_PERCENT = 85
"""Texts that share at least so much are told."""
_READABLE = frozenset({"pdf", "docx", "txt", "html"})
_SECONDS = 20.0
MOST_FILES = 400
"""Files of a base that are compared with each other, the latest ones."""


@dataclass(frozen=True)
class Piece:
    """A file with who handed it in: a tenancy's number or a base's."""

    owner: str
    name: str
    file: File


def sketch_for(file: File) -> list[int]:
    """The sketch of a file's text, made once and kept; empty for what is no readable text."""
    kept = FileSketch.objects.filter(file=file).first()
    if kept is None:
        kept, _created = FileSketch.objects.get_or_create(
            file=file, defaults={"sketch": _read(file), "made_at": clock.now()}
        )
    found: list[int] = kept.sketch
    return found


def _read(file: File) -> list[int]:
    if file.extension not in _READABLE:
        return []
    try:
        document = read_limited(Path(default_storage.path(file.storage_name)), seconds=_SECONDS)
    except DocumentRefused as refused:
        logger.info("no text in file %s: %s", file.sha256, refused)
        return []
    return sketch_of(str(document["text"]))


def pieces_of(seen: Insight) -> list[Piece]:
    """What the base's tenants and the base itself handed in, the latest first."""
    numbers = {one.enterprise_id: one.number for one in seen.tenancies}
    rows = CaseFile.objects.filter(case__enterprise__in=numbers, removed_at=None)
    found = [
        Piece(numbers[row.case.enterprise_id], row.name, row.file)
        for row in rows.select_related("case", "file").order_by("-pk")[:MOST_FILES]
    ]
    own = BaseFile.objects.kept().filter(base=seen.base).select_related("file").order_by("-pk")
    return [*found, *(Piece(seen.base.number, row.name, row.file) for row in own[:MOST_FILES])]


def same_files(seen: Insight) -> Iterator[Finding]:
    """Pairs of owners with an identical or near-identical file, each pair of files once."""
    pieces = pieces_of(seen)
    by_content: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_content[piece.file.sha256].append(piece)
    for content, same in by_content.items():
        owners = sorted({piece.owner for piece in same})
        elsewhere = _elsewhere(seen, same[0].file) if owners == [seen.base.number] else []
        if len(owners) > 1 or elsewhere:
            yield _finding(seen, content[:32], same, 100, elsewhere)
    distinct = [same[0] for same in by_content.values()]
    sketches = [(piece, sketch_for(piece.file)) for piece in distinct]
    sketches = [(piece, sketch) for piece, sketch in sketches if sketch]
    for at, (piece, sketch) in enumerate(sketches):
        for other, its in sketches[at + 1 :]:
            percent = int(likeness(sketch, its) * 100)
            if piece.owner != other.owner and percent >= NEAR_PERCENT:
                pair = "-".join(sorted((piece.file.sha256[:32], other.file.sha256[:32])))
                yield _finding(seen, pair, [piece, other], min(percent, 99), [])


def _elsewhere(seen: Insight, file: File) -> list[str]:
    """Other bases that handed in the same file as their own."""
    rows = BaseFile.objects.kept().filter(file=file).exclude(base=seen.base)
    return sorted(set(rows.values_list("base__name", flat=True)))


def _finding(
    seen: Insight, subject: str, pieces: list[Piece], percent: int, elsewhere: list[str]
) -> Finding:
    owners = sorted({piece.owner for piece in pieces} - {seen.base.number})
    return Finding(
        AnomalyKind.SAME_FILES,
        subject,
        {
            "tenancies": owners,
            "files": sorted({f"{piece.name} ({piece.file.sha256[:12]})" for piece in pieces}),
            "percent": percent,
            "limit": NEAR_PERCENT,
            "bases": elsewhere,
        },
    )
