"""Document numbers (文号) in any bracket style: 国办发〔2015〕9号, 国办发[2015]9, 2015年9号."""

from __future__ import annotations

import re
from dataclasses import dataclass

from miaopu.engine.search.words import folded

_NUMBER = re.compile(
    r"^(?P<code>[\u4e00-\u9fff]{0,12}?)(?:令|公告)?[\[(<]?(?P<year>(?:19|20)\d\d)(?:[\])>]|年)?"
    r"第?(?P<serial>\d{1,5})号?$"
)


@dataclass(frozen=True)
class Number:
    """A document number; `code` is "" where only year and serial were given."""

    code: str
    year: int
    serial: int

    @property
    def tail(self) -> str:
        """Year and serial, as they are compared: 2015-9."""
        return f"{self.year}-{self.serial}"

    @property
    def key(self) -> str:
        """The whole number, as it is compared: 国办发2015-9."""
        return f"{self.code}{self.tail}"

    def __str__(self) -> str:
        return f"{self.code}〔{self.year}〕{self.serial}号"


def read_number(text: str) -> Number | None:
    """The document number that the whole text is, or None.

    Year and serial must be told apart: by a bracket, 年 or a blank.
    """
    plain = folded(text.strip())
    if not re.search(r"(?:19|20)\d\d\s*[\])>年\s第]", plain):
        return None
    found = _NUMBER.match(re.sub(r"\s+", "", plain))
    if found is None:
        return None
    return Number(found["code"], int(found["year"]), int(found["serial"]))


def number_key(text: str | None) -> str:
    """How a document number is compared; other identifiers without blanks and brackets."""
    if not text:
        return ""
    found = read_number(text)
    return found.key if found else re.sub(r"[\s\[\]()<>]", "", folded(text))


_ABOUT = re.compile(
    r"(?:关于)?(?:印发|转发|公布|发布|下发)《?(?P<inner>.{4,}?)》?的(?:通知|公告|通告)$"
)
_PUNCTUATION = re.compile(r"[^\u3400-\u9fffa-z0-9]")


def title_key(title: str | None) -> str:
    """How a title is compared: without signs, and what a covering notice issues by itself."""
    text = folded(title or "").strip().removeprefix("《").removesuffix("》")
    found = _ABOUT.search(text)
    return _PUNCTUATION.sub("", found["inner"] if found else text)[:200]
