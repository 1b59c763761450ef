"""What a workbook says of itself: its sheets with their parts, and the era of its dates."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from xml.parsers import expat

from miaopu.engine.sheets.archive import Archive
from miaopu.engine.sheets.refusals import SheetError, refuse

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_BYTES_MAX = 2 * 1024 * 1024


@dataclass(frozen=True)
class SheetPart:
    """A worksheet: its name, whether people see it, and where it lies in the archive."""

    name: str
    visible: bool
    part: str


@dataclass(frozen=True)
class Workbook:
    """The worksheets in their order; `era_1904` where dates count from 1904."""

    sheets: tuple[SheetPart, ...]
    era_1904: bool


def describe(archive: Archive) -> Workbook:
    """Read the workbook's own description. Raises SheetError where it is not sound."""
    targets: dict[str, str] = {}
    found: list[tuple[str, bool, str]] = []
    era = [False]

    def relation(tag: str, given: dict[str, str]) -> None:
        if tag == "Relationship" and given.get("TargetMode", "") != "External":
            targets[given.get("Id", "")] = _path(given.get("Target", ""))

    def sheet(tag: str, given: dict[str, str]) -> None:
        if tag == "workbookPr":
            era[0] = given.get("date1904", "").lower() in ("1", "true")
        elif tag == "sheet":
            relation_id = next((v for k, v in given.items() if k.rpartition("|")[2] == "id"), "")
            seen = given.get("state", "visible") == "visible"
            found.append((given.get("name", ""), seen, relation_id))

    _scan(archive, _RELATIONS, relation)
    _scan(archive, _WORKBOOK, sheet)
    known = set(archive.names)
    sheets = tuple(
        SheetPart(name, seen, targets[key])
        for name, seen, key in found
        if "/worksheets/" in targets.get(key, "") and targets[key] in known
    )
    if not any(sheet.visible for sheet in sheets):
        raise refuse("工作簿里没有可见的工作表", "the workbook has no visible worksheet")
    return Workbook(sheets, era[0])


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)


def _scan(archive: Archive, name: str, take: Callable[[str, dict[str, str]], None]) -> None:
    parser = expat.ParserCreate(namespace_separator="|")

    def start(tag: str, attributes: dict[str, str]) -> None:
        take(tag.rpartition("|")[2], attributes)

    def doctype(*_declared: object) -> None:
        raise refuse(
            f"工作簿的 {name} 含有文档类型声明，正常的工作簿不会有",
            f"{name} declares a document type, which no sound workbook does",
        )

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    size = 0
    try:
        for block in archive.unpack(name):
            size += len(block)
            if size > _BYTES_MAX:
                raise refuse(f"工作簿的 {name} 过大", f"{name} of the workbook is too large")
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except SheetError:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise refuse(f"工作簿的 {name} 不完整", f"{name} of the workbook is incomplete") from error
