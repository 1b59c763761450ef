"""Files that different enterprises of a base, or different bases, handed in as their own proof.

Identical is the same content; near-identical texts are told from sketches of their words, pictures
from sketches of light and dark. A picture that is to show a problem put right is compared with
those of before, with those of other problems, and with those of the other bases of the city.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from django.core.files.storage import default_storage

from miaopu.bases.anomaly_enums import AnomalyKind
from miaopu.bases.anomaly_findings import Finding, Insight
from miaopu.bases.inspection_enums import Moment
from miaopu.bases.models import Base, BaseFile, FileSketch, RectificationFile
from miaopu.cases.models import CaseFile
from miaopu.core import clock
from miaopu.core.models import File
from miaopu.engine.near import likeness, sketch_of
from miaopu.engine.pictures.limited import sketch_limited
from miaopu.engine.pictures.sketches import likeness as picture_likeness
from miaopu.engine.plan_reader.errors import DocumentRefused
from miaopu.engine.plan_reader.limited import read_limited

logger = logging.getLogger(__name__)
NEAR_PERCENT = 85
"""Texts that share at least so much are told."""
NEAR_PICTURE_PERCENT = 95
"""Pictures whose sketches share at least so much are told; two different ones share about half."""
_READABLE = frozenset({"pdf", "docx", "txt", "html"})
_PICTURES = frozenset({"png", "jpg"})
_SECONDS = 20.0
MOST_FILES = 400
"""Files of a base that are compared with each other, the latest ones."""


@dataclass(frozen=True)
class Piece:
    """A file with whose it is: a tenancy's number, a base's, or that of a problem put right."""

    owner: str
    name: str
    file: File


def sketch_for(file: File) -> FileSketch:
    """The sketch of a file, made once and kept; empty for what is neither text nor picture."""
    kept = FileSketch.objects.filter(file=file).first()
    if kept is None:
        path = Path(default_storage.path(file.storage_name))
        made = {
            "sketch": _words(file, path) if file.extension in _READABLE else [],
            "picture": sketch_limited(path) if file.extension in _PICTURES else "",
            "made_at": clock.now(),
        }
        kept, _created = FileSketch.objects.get_or_create(file=file, defaults=made)
    return kept


def _words(file: File, path: Path) -> list[int]:
    try:
        document = read_limited(path, seconds=_SECONDS)
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
    found += [Piece(seen.base.number, row.name, row.file) for row in own[:MOST_FILES]]
    proof = RectificationFile.objects.filter(rectification__base=seen.base)
    for row in proof.select_related("rectification", "file").order_by("-pk")[:MOST_FILES]:
        after = row.moment == Moment.AFTER
        owner = row.rectification.number if after else seen.base.number
        found.append(Piece(owner, row.name, row.file))
    return found


def same_files(seen: Insight) -> Iterator[Finding]:
    """Pairs of owners with an identical or near-identical file, each pair of files once."""
    pieces = pieces_of(seen)
    by_content: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_content[piece.file.sha256].append(piece)
    tenants = {one.number for one in seen.tenancies}
    for content, same in by_content.items():
        owners = {piece.owner for piece in same}
        elsewhere = [] if owners & tenants else _elsewhere(seen, same[0].file)
        if len(owners) > 1 or elsewhere:
            yield _finding(seen, content[:32], same, 100, elsewhere)
    distinct = [same[0] for same in by_content.values()]
    sketches = [(piece, sketch_for(piece.file)) for piece in distinct]
    for (piece, sketch), (other, its) in combinations(sketches, 2):
        if piece.owner == other.owner:
            continue
        percent = int(likeness(sketch.sketch, its.sketch) * 100)
        picture = picture_likeness(sketch.picture, its.picture)
        if percent >= NEAR_PERCENT or picture >= NEAR_PICTURE_PERCENT:
            pair = "-".join(sorted((piece.file.sha256[:32], other.file.sha256[:32])))
            yield _finding(seen, pair, [piece, other], max(percent, picture), [])
    own = [(piece, sketch) for piece, sketch in sketches if piece.owner not in tenants]
    yield from _like_those_of_others(seen, own)


def _elsewhere(seen: Insight, file: File) -> list[str]:
    """Other bases that handed in the same file as their own."""
    rows = BaseFile.objects.kept().filter(file=file).exclude(base=seen.base)
    proof = RectificationFile.objects.filter(file=file).exclude(rectification__base=seen.base)
    names = proof.values_list("rectification__base__name", flat=True)
    return sorted({*rows.values_list("base__name", flat=True), *names})


def _like_those_of_others(seen: Insight, own: list[tuple[Piece, FileSketch]]) -> Iterator[Finding]:
    """Pictures of the base that look like those of another base of the city."""
    mine = [(piece, sketch.picture) for piece, sketch in own if sketch.picture]
    if not mine:
        return
    others = Base.objects.filter(region__code__startswith=seen.base.region_id[:4])
    others = others.exclude(pk=seen.base.pk)
    files: dict[int, set[str]] = defaultdict(set)
    for file, name in (
        *BaseFile.objects.kept().filter(base__in=others).values_list("file", "base__name"),
        *RectificationFile.objects.filter(rectification__base__in=others).values_list(
            "file", "rectification__base__name"
        ),
    ):
        files[file].add(name)
    sketches = FileSketch.objects.filter(file__in=files).exclude(picture="")
    for its in sketches.select_related("file").order_by("pk"):
        for piece, sketch in mine:
            percent = picture_likeness(sketch, its.picture)
            if piece.file.pk != its.file_id and percent >= NEAR_PICTURE_PERCENT:
                pair = "-".join(sorted((piece.file.sha256[:32], its.file.sha256[:32])))
                yield _finding(seen, pair, [piece], percent, sorted(files[its.file_id]))


def _finding(
    seen: Insight, subject: str, pieces: list[Piece], percent: int, elsewhere: list[str]
) -> Finding:
    identical = "-" not in subject
    picture = pieces[0].file.extension in _PICTURES
    tenants = {one.number for one in seen.tenancies}
    owners = {piece.owner for piece in pieces} - {seen.base.number}
    return Finding(
        AnomalyKind.SAME_FILES,
        subject,
        {
            "tenancies": sorted(owners & tenants),
            "problems": sorted(owners - tenants),
            "files": sorted({f"{piece.name} ({piece.file.sha256[:12]})" for piece in pieces}),
            "picture": picture and not identical,
            "percent": 100 if identical else min(percent, 99),
            "limit": NEAR_PICTURE_PERCENT if picture else NEAR_PERCENT,
            "bases": elsewhere,
        },
    )
