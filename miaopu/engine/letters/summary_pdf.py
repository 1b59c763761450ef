"""A programme's summary as PDF/A, set by Typst with a font of our own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path

import typst

from miaopu.engine.letters.content import chinese_day
from miaopu.engine.letters.pdf import shown
from miaopu.engine.letters.summary import Section, Summary, sections

_HERE = Path(__file__).resolve().parent
_FONTS = _HERE / "fonts"
_NARROWEST, _WIDEST = 4, 16  # of a column, in signs


@cache
def _compiler() -> typst.Compiler:
    """The compiler with the font read once."""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)]
    )
    return typst.Compiler(
        str(_HERE / "summary.typ"), root=str(_HERE), font_paths=fonts, ignore_system_fonts=True
    )


def _widths(section: Section) -> list[int]:
    """How wide each column is against the others, by its longest text within bounds."""
    columns = zip(section.head, *section.rows, strict=True)
    return [max(_NARROWEST, min(_WIDEST, max(len(text) for text in column))) for column in columns]


def summary_pdf(summary: Summary) -> bytes:
    """The summary as PDF/A-2u; the same summary gives the same bytes."""
    data = {
        "title": shown(summary.title),
        "office": shown(summary.office),
        "dated": f"（截至{chinese_day(summary.as_of)}）",
        "day": chinese_day(summary.as_of),
        "sections": [
            {
                "heading": shown(one.heading),
                "paragraphs": [shown(text) for text in one.paragraphs],
                "head": [shown(text) for text in one.head],
                "rows": [[shown(cell) for cell in row] for row in one.rows],
                "widths": _widths(one),
            }
            for one in sections(summary)
        ],
    }
    made = _compiler().compile(
        format="pdf",
        sys_inputs={"summary": json.dumps(data, ensure_ascii=False)},
        pdf_standards="a-2u",
        timestamp=datetime.combine(summary.as_of, time(), tzinfo=UTC),
    )
    assert isinstance(made, bytes)  # one document, kept in memory
    return made
