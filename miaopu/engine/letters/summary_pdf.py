"""A programme's summary as PDF/A, set by Typst with a font of our own."""

from __future__ import annotations

from miaopu.engine.letters.content import chinese_day, column_widths
from miaopu.engine.letters.pdf import set_pdf, shown
from miaopu.engine.letters.summary import Summary, sections

_WIDEST = 16  # of a column, in signs


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
                "widths": column_widths((one.head, *one.rows), _WIDEST),
            }
            for one in sections(summary)
        ],
    }
    return set_pdf("summary", data, summary.as_of)
