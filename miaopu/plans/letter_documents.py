"""Target letters as documents, made from what was frozen."""

from __future__ import annotations

from collections.abc import Callable

from miaopu.engine.letters.content import Printable
from miaopu.engine.letters.pdf import printed_pdf
from miaopu.engine.letters.word import printed_docx
from miaopu.plans.models import TargetLetter

MAKERS: dict[str, Callable[[Printable], bytes]] = {"pdf": printed_pdf, "docx": printed_docx}


def document(letter: TargetLetter, kind: str) -> bytes:
    """The letter as a document: "pdf" or "docx". Raises KeyError for another kind."""
    return MAKERS[kind](letter.letter.printable())
