"""Reading what an officer hands in as a document: a file apart, in a process that may die of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from miaopu.core.errors import ActionRefused
from miaopu.engine.plan_reader.as_json import to_json
from miaopu.engine.plan_reader.errors import DocumentRefused
from miaopu.engine.plan_reader.limited import read_limited
from miaopu.engine.plan_reader.read import read_text
from miaopu.engine.search.kinds import kind_of_title
from miaopu.plans.document_index import TEXT_MAX


@dataclass(frozen=True)
class ReadDocument:
    """A document as the plan reader has read it; `content` are the bytes it was read from."""

    content: bytes
    name: str
    title: str
    number: str
    issuer: str
    issued_on: date | None
    text: str
    clauses: list[dict[str, Any]]
    citations: list[dict[str, Any]]

    @property
    def kind_by_title(self) -> str:
        """The kind of document that the title says it is."""
        return kind_of_title(self.title)

    @property
    def kind(self) -> str:
        """The kind of file, for keeping it: pdf and docx are told by content, others are text."""
        if self.content[:4] == b"PK\x03\x04" or b"%PDF-" in self.content[:1024]:
            return ""
        head = self.content[:4096].lower()
        return "html" if b"<html" in head or b"<!doctype" in head or b"<body" in head else "txt"


def read_document(content: bytes, name: str) -> ReadDocument:
    """Read a txt, html, docx or pdf. Raises ActionRefused where that fails or it is too long."""
    with tempfile.NamedTemporaryFile(prefix="miaopu-document-") as kept:
        kept.write(content)
        kept.flush()
        try:
            read = read_limited(Path(kept.name))
        except DocumentRefused as error:
            raise ActionRefused(error.message, error.remedy) from error
    return _checked(read, content, name)


def read_own_text(text: str) -> ReadDocument:
    """Read a text that comes with the product, in this process; no file is kept of it."""
    return _checked(to_json(read_text(text)), b"", "")


def _checked(read: Mapping[str, Any], content: bytes, name: str) -> ReadDocument:
    text = str(read["text"]).replace("\x00", "")
    if len(text) > TEXT_MAX:
        raise ActionRefused(_("文件超过 %(count)s 字") % {"count": TEXT_MAX}, _("请拆分后分别收录"))
    return ReadDocument(
        content=content,
        name=name[-150:] or "document.txt",
        title=str(read["title"])[:200],
        number=str(read["number"] or "")[:60],
        issuer=str(read["issuer"] or "")[:100],
        issued_on=date.fromisoformat(read["date"]) if read["date"] else None,
        text=text,
        clauses=_of_each(read["clauses"], "path", "title", "start", "end"),
        citations=_of_each(read["citations"], "title", "number", "raw"),
    )


def _of_each(entries: Iterable[Mapping[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [{name: entry[name] for name in names} for entry in entries]
