"""A certificate of a base's class (考核等次证书): facts in, the same words as PDF and as Word.

It is laid out as a sheet in landscape with a place for the seal; a code, an address and a digest
let anybody compare the paper with the register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm

from miaopu.engine.letters.content import chinese_day, clean, document_number, grouped
from miaopu.engine.letters.pdf import set_pdf, shown
from miaopu.engine.letters.word import (
    BODY,
    TITLE,
    add_paragraph,
    add_run,
    new_document,
    signed_off,
)

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

SERIES = "考证"
SEAL = "（盖章处）"


@dataclass(frozen=True)
class CertificateText:
    """The facts of a certificate, frozen when it is made. Texts are Chinese.

    `operator` runs the subject on the day of issue; `operators` are all who ran it in the year, in
    order. `result_digest` is that of the frozen result.
    """

    number: str
    office: str
    day: date
    valid_until: date
    subject: str
    subject_number: str
    operator: str
    operators: tuple[str, ...]
    region: str
    programme: str
    clause: str
    year: int
    scheme: str
    band: str
    outstanding: bool
    result_digest: str
    illustrative: bool = False

    def to_json(self) -> dict[str, Any]:
        """The certificate as plain data."""
        plain = asdict(self)
        plain["day"], plain["valid_until"] = self.day.isoformat(), self.valid_until.isoformat()
        plain["operators"] = list(self.operators)
        return plain

    @staticmethod
    def from_json(plain: Mapping[str, Any]) -> CertificateText:
        """Read `to_json` back."""
        changed: dict[str, Any] = dict(plain)
        for name in ("day", "valid_until"):
            changed[name] = date.fromisoformat(plain[name])
        changed["operators"] = tuple(plain["operators"])
        return CertificateText(**changed)

    @property
    def title(self) -> str:
        """The title of the sheet."""
        return "考核优秀证书" if self.outstanding else "考核等次证书"

    @property
    def said(self) -> tuple[str, ...]:
        """The paragraphs of the sheet."""
        rank = f"{self.band} 类，并评为考核优秀" if self.outstanding else f"{self.band} 类"
        paragraphs = [
            f"{self.subject}（编号 {self.subject_number}，{self.region}），"
            f"由{self.operator}运营，按《{self.programme}》（条款{self.clause}）参加{self.year}年度"
            f"{self.scheme}，评定为 {rank}。",
            "特发此证。",
        ]
        if len(self.operators) > 1:
            paragraphs.insert(1, f"年度内运营主体依次为：{'、'.join(self.operators)}。")
        return tuple(clean(one) for one in paragraphs)

    def facts(self, address: str, digest: str) -> tuple[tuple[str, str], ...]:
        """Number, validity and how to verify it; `address` is the page of the register."""
        found = [
            ("证书编号", self.number),
            ("有效期", f"{chinese_day(self.day)}至{chinese_day(self.valid_until)}"),
            ("核验网址", address),
            ("证书摘要（SHA-256）", grouped(digest)),
            ("考核结果摘要（SHA-256）", grouped(self.result_digest)),
        ]
        if self.illustrative:
            found.append(("说明", "评分标准为示例"))
        return tuple((name, clean(value)) for name, value in found)


def certificate_pdf(text: CertificateText, address: str, digest: str) -> bytes:
    """The certificate as PDF/A-2u; the same certificate and address give the same bytes."""
    data = {
        "title": text.title,
        "office": shown(text.office),
        "day": chinese_day(text.day),
        "seal": SEAL,
        "paragraphs": [shown(one) for one in text.said],
        "facts": [[name, shown(value)] for name, value in text.facts(address, digest)],
    }
    return set_pdf("certificate", data, text.day)


def certificate_docx(text: CertificateText, address: str, digest: str) -> bytes:
    """The certificate as a Word document; the same certificate and address give the same bytes."""
    document = new_document()
    _landscape(document)
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_run(heading, text.title, TITLE, 30)
    for one in text.said:
        add_run(add_paragraph(document, indent=True), one)
    for name, value in text.facts(address, digest):
        line = document.add_paragraph()
        line.paragraph_format.space_after = 0
        add_run(line, f"{name}：{value}", BODY, 10.5)
    place = add_paragraph(document)
    place.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    add_run(place, SEAL)
    return signed_off(document, text.title, clean(text.office), text.day)


def _landscape(document: WordDocument) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin = section.bottom_margin = Mm(22)
    section.left_margin = section.right_margin = Mm(30)


def certificate_number(region: str, year: int, serial: int) -> str:
    """The number of a certificate in the series of its region."""
    return document_number(region, year, serial, SERIES)
