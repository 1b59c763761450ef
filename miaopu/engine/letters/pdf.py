"""A letter as PDF/A, set by Typst with a font of our own: no network, no system fonts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import typst

from miaopu.engine.letters.content import (
    Letter,
    Printable,
    chinese_day,
    clean,
    column_widths,
    figure_columns,
    printable,
)

_HERE = Path(__file__).resolve().parent
_FONTS = _HERE / "fonts"
_WIDEST = 16  # of a table's column, in signs


@cache
def _covered() -> frozenset[int]:
    """The characters that the font has."""
    codes: set[int] = set()
    for line in (_FONTS / "coverage.txt").read_text(encoding="ascii").splitlines():
        first, last = line.split("-")
        codes.update(range(int(first, 16), int(last, 16) + 1))
    return frozenset(codes)


def shown(text: str) -> str:
    """The text with signs that the font lacks named by their code, never as empty boxes."""
    return "".join(
        sign if ord(sign) in _covered() else f"〔U+{ord(sign):X}〕" for sign in clean(text)
    )


@cache
def _compiler(template: str) -> typst.Compiler:
    """The compiler of a template, with the font read once."""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)]
    )
    return typst.Compiler(
        str(_HERE / f"{template}.typ"), root=str(_HERE), font_paths=fonts, ignore_system_fonts=True
    )


def set_pdf(template: str, data: Mapping[str, Any], day: date) -> bytes:
    """The data set by a template as PDF/A-2u of a day; the same data give the same bytes."""
    made = _compiler(template).compile(
        format="pdf",
        sys_inputs={template: json.dumps(data, ensure_ascii=False)},
        pdf_standards="a-2u",
        timestamp=datetime.combine(day, time(), tzinfo=UTC),
    )
    assert isinstance(made, bytes)  # one document, kept in memory
    return made


def letter_pdf(letter: Letter) -> bytes:
    """A decision letter as PDF/A-2u; the same letter gives the same bytes."""
    return printed_pdf(printable(letter))


def printed_pdf(letter: Printable) -> bytes:
    """A letter of any kind as PDF/A-2u; the same letter gives the same bytes."""
    data = {
        "title": shown(letter.title),
        "office": shown(letter.office),
        "number": shown(letter.number),
        "day": chinese_day(letter.day),
        "paragraphs": [
            {
                "style": one.style,
                "text": shown(one.text),
                "rows": [[shown(cell) for cell in row] for row in one.rows],
                "widths": column_widths(one.rows, _WIDEST),
                "figures": figure_columns(one.rows),
            }
            for one in letter.paragraphs
        ],
    }
    return set_pdf("letter", data, letter.day)
