"""A programme's summary as a Word document, with the fonts that offices have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.shared import OxmlElement

from miaopu.engine.letters.content import chinese_day, clean
from miaopu.engine.letters.summary import Section, Summary, sections
from miaopu.engine.letters.word import (
    BODY,
    HEADING,
    TITLE,
    add_paragraph,
    add_run,
    new_document,
    signed_off,
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
        add_run(cell.paragraphs[0], text, HEADING, _SMALL)
    for row in section.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            add_run(cell.paragraphs[0], text, BODY, _SMALL)


def summary_docx(summary: Summary) -> bytes:
    """The summary as a Word document; the same summary gives the same bytes."""
    document = new_document()
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_run(heading, summary.title, TITLE, 22)
    dated = add_paragraph(document)
    dated.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_run(dated, f"（截至{chinese_day(summary.as_of)}）")
    for section in sections(summary):
        opened = add_paragraph(document, indent=True)
        opened.paragraph_format.keep_with_next = True
        add_run(opened, section.heading, HEADING)
        for text in section.paragraphs:
            said = add_paragraph(document, indent=True)
            said.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            add_run(said, text)
        if section.head:
            _table(document, section)
    return signed_off(document, summary.title, clean(summary.office), summary.as_of)
