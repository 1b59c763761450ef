"""A letter as a Word document, with the fonts that offices have."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from miaopu.engine.letters.content import (
    Letter,
    Paragraph,
    Printable,
    chinese_day,
    clean,
    printable,
)

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

BODY, TITLE, HEADING = "仿宋_GB2312", "方正小标宋简体", "黑体"
LINE = Pt(28.95)  # 22 lines a page
RED = RGBColor(0xC0, 0x00, 0x00)
_LONGEST = 255  # of a property of a Word document
_EPOCH = (1980, 1, 1, 0, 0, 0)


def add_run(paragraph: Any, text: str, font: str = BODY, size: float = 16) -> Any:
    """Text in a font, with the size in points."""
    run = paragraph.add_run(text)
    run.font.name = font
    run.font.size = Pt(size)
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    return run


def add_paragraph(document: WordDocument, *, indent: bool = False) -> Any:
    """A paragraph in the line spacing of official documents."""
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = LINE
    if indent:
        form.first_line_indent = Pt(32)
    return paragraph


def _red_line(paragraph: Any) -> None:
    """The line below the document's number."""
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "6"), ("color", "C00000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _page_number(document: WordDocument) -> None:
    footer = document.sections[0].footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_run(footer, "— ", "宋体", 14)
    run = add_run(footer, "", "宋体", 14)
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)
    add_run(footer, " —", "宋体", 14)


def _page(document: WordDocument) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)


def new_document() -> WordDocument:
    """An empty document on the page of official documents, its pages numbered."""
    document = Document()
    _page(document)
    _page_number(document)
    return document


def letter_docx(letter: Letter) -> bytes:
    """A decision letter as a Word document; the same letter gives the same bytes."""
    return printed_docx(printable(letter))


def printed_docx(letter: Printable) -> bytes:
    """A letter of any kind as a Word document; the same letter gives the same bytes."""
    document = new_document()
    office = clean(letter.office)
    head = document.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_run(head, office, TITLE, 30).font.color.rgb = RED
    number = add_paragraph(document)
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_run(number, clean(letter.number))
    _red_line(number)
    add_paragraph(document)
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_run(heading, letter.title, TITLE, 22)
    add_paragraph(document)
    for one in letter.paragraphs:
        _set(document, one)
    return signed_off(document, letter.title, office, letter.day)


def _set(document: WordDocument, one: Paragraph) -> None:
    if one.style == "table":
        table = document.add_table(rows=0, cols=len(one.rows[0]))
        table.style = "Table Grid"
        for number, row in enumerate(one.rows):
            for cell, text in zip(table.add_row().cells, row, strict=True):
                add_run(cell.paragraphs[0], text, HEADING if number == 0 else BODY, 12)
        return
    paragraph = add_paragraph(document, indent=one.style != "recipient")
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.keep_with_next = one.style == "heading"
    add_run(paragraph, one.text, HEADING if one.style == "heading" else BODY)


def signed_off(document: WordDocument, title: str, office: str, day: date) -> bytes:
    """The document with its signature and properties; the same document gives the same bytes."""
    add_paragraph(document)
    for text in (office, chinese_day(day)):
        signed = add_paragraph(document)
        signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        signed.paragraph_format.right_indent = Pt(64)
        signed.paragraph_format.keep_together = True
        add_run(signed, text)
    about = document.core_properties
    about.title, about.author = title[:_LONGEST], office[:_LONGEST]
    about.created = about.modified = datetime.combine(day, time())
    about.last_modified_by, about.comments = "", ""
    return _same_bytes(document)


def _same_bytes(document: WordDocument) -> bytes:
    """The document saved without the time at which it was saved."""
    saved, target = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, source.read(name))
    return target.getvalue()
