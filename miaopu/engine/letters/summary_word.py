"""A programme's summary as a Word document, with the fonts that offices have."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.shared import OxmlElement
from docx.shared import Pt

from miaopu.engine.letters.content import chinese_day, clean
from miaopu.engine.letters.summary import Section, Summary, sections
from miaopu.engine.letters.word import (
    BODY,
    HEADING,
    TITLE,
    _page,
    _page_number,
    _paragraph,
    _run,
    _same_bytes,
)

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_SMALL = 10.5  # points, in tables


def _head_repeats(row: Any) -> None:
    """The head of a table stands again on each page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _table(document: WordDocument, section: Section) -> None:
    table = document.add_table(rows=1, cols=len(section.head))
    table.style = "Table Grid"
    _head_repeats(table.rows[0])
    for cell, text in zip(table.rows[0].cells, section.head, strict=True):
        _run(cell.paragraphs[0], text, HEADING, _SMALL)
    for row in section.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _run(cell.paragraphs[0], text, BODY, _SMALL)


def summary_docx(summary: Summary) -> bytes:
    """The summary as a Word document; the same summary gives the same bytes."""
    document = Document()
    _page(document)
    _page_number(document)
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(heading, summary.title, TITLE, 22)
    dated = _paragraph(document)
    dated.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(dated, f"（截至{chinese_day(summary.as_of)}）")
    for section in sections(summary):
        opened = _paragraph(document, indent=True)
        opened.paragraph_format.keep_with_next = True
        _run(opened, section.heading, HEADING)
        for text in section.paragraphs:
            said = _paragraph(document, indent=True)
            said.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            _run(said, text)
        if section.head:
            _table(document, section)
    _paragraph(document)
    for text in (clean(summary.office), chinese_day(summary.as_of)):
        signed = _paragraph(document)
        signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        signed.paragraph_format.right_indent = Pt(64)
        _run(signed, text)
    at = datetime.combine(summary.as_of, time(), tzinfo=UTC).replace(tzinfo=None)
    about = document.core_properties
    about.title, about.author = summary.title[:255], clean(summary.office)[:255]
    about.created = about.modified = at
    about.last_modified_by, about.comments = "", ""
    return _same_bytes(document)
