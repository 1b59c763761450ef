"""What a decision letter says: facts in, paragraphs out, the same for PDF and Word.

The layout follows GB/T 9704-2012 (format of official documents); times for legal remedies are those
of the Administrative Reconsideration Law and the Administrative Procedure Law.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from miaopu.engine.money import format_yuan, rmb_in_words

Kind = Literal["grant", "refusal"]
Style = Literal["recipient", "heading", "body", "attachment", "table"]
RECONSIDERATION_DAYS, LAWSUIT_MONTHS = 60, 6
SHORT_NAME = 4  # signs of a region that is named in short
DUTY = "资金须专款专用，并接受监督检查；所填内容不实的，应当退回资金"
LEVELS = {"central": "中央", "province": "省级", "city": "市级", "county": "县级"}
# Signs that no text has, or that make it read otherwise than it stands; XML knows some of them not.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff0-\uffff\ud800-\udfff]"
)
_FIGURE = re.compile(r"[+\-−]?[0-9][0-9.,]*%?|—")
_NARROWEST = 4  # signs of a column


@dataclass(frozen=True)
class Share:
    """What a region bears at a level, in fen."""

    level: str
    region: str
    amount_fen: int


@dataclass(frozen=True)
class Letter:
    """The facts of a decision letter, frozen when the decision is made. Texts are Chinese."""

    kind: Kind
    number: str
    office: str
    day: date
    enterprise: str
    uscc: str
    case: str
    programme: str
    item: str
    clause: str
    clauses: tuple[str, ...] = ()
    amount_fen: int | None = None
    shares: tuple[Share, ...] = ()
    reasons: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    publicity: str = ""
    publicity_digest: str = ""
    publicity_from: date | None = None
    publicity_to: date | None = None

    def to_json(self) -> dict[str, Any]:
        """The letter as plain data."""
        plain = asdict(self)
        for name in ("day", "publicity_from", "publicity_to"):
            plain[name] = plain[name].isoformat() if plain[name] else None
        return plain

    @staticmethod
    def from_json(plain: Mapping[str, Any]) -> Letter:
        """Read `to_json` back."""
        changed: dict[str, Any] = dict(plain)
        for name in ("day", "publicity_from", "publicity_to"):
            changed[name] = date.fromisoformat(plain[name]) if plain[name] else None
        for name in ("clauses", "reasons", "conditions"):
            changed[name] = tuple(plain[name])
        changed["shares"] = tuple(Share(**share) for share in plain["shares"])
        return Letter(**changed)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph in the style that it is set in; a table has `rows`, its head first."""

    style: Style
    text: str
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Printable:
    """A letter of any kind, ready to be set as PDF or Word."""

    title: str
    office: str
    number: str
    day: date
    paragraphs: tuple[Paragraph, ...]


def clean(text: str) -> str:
    """The text in one line without signs that cannot be seen."""
    return _UNSEEN.sub("", re.sub(r"\s+", " ", text)).strip()


def column_widths(rows: Sequence[Sequence[str]], widest: int) -> list[int]:
    """How wide each column of a table is against the others: its longest text, within bounds."""
    columns = zip(*rows, strict=True)
    return [max(_NARROWEST, min(widest, max(len(text) for text in column))) for column in columns]


def figure_columns(rows: Sequence[Sequence[str]]) -> list[bool]:
    """Which columns of a table hold figures alone below its head, or nothing."""
    return [
        all(not text or _FIGURE.fullmatch(text) for text in column[1:])
        for column in zip(*rows, strict=True)
    ]


def chinese_day(day: date) -> str:
    """A day as official documents write it, in Arabic numerals: 2018年6月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def document_number(region: str, year: int, serial: int, series: str = "扶决") -> str:
    """The number of a letter: the deciding region in short, the year in 〔〕, its serial number.

    云岩区 is written 云岩; the name of a zone is written whole. `series` names the kind of letter.
    """
    short = region[:-1] if len(region) <= SHORT_NAME and region[-1] in "区县市" else region
    return f"{short}{series}〔{year}〕{serial}号"


def labelled(label: str, value: str) -> str:
    """A fact with its name: 联系人：…"""
    return f"{label}：{value}"


def title(letter: Letter) -> str:
    """The title of the letter."""
    what = "予以扶持" if letter.kind == "grant" else "不予扶持"
    return f"关于对{clean(letter.enterprise)}{what}的决定"


def paragraphs(letter: Letter) -> list[Paragraph]:
    """The letter's text, from the recipient to the annex line, without title and signature."""
    return [
        Paragraph(one.style, clean(one.text))
        for one in (*_opening(letter), *_decision(letter), *_ending(letter))
    ]


def printable(letter: Letter) -> Printable:
    """A decision letter set for the makers of documents."""
    return Printable(
        title(letter), letter.office, letter.number, letter.day, tuple(paragraphs(letter))
    )


def _opening(letter: Letter) -> Iterator[Paragraph]:
    yield Paragraph("recipient", f"{letter.enterprise}：")
    yield Paragraph(
        "body",
        f"你单位（统一社会信用代码 {letter.uscc}）就“{letter.item}”提出的申请"
        f"（办件编号 {letter.case}），本机关已按《{letter.programme}》"
        f"（条款{letter.clause}）审查终结。现决定如下。",
    )


def _decision(letter: Letter) -> Iterator[Paragraph]:
    yield Paragraph("heading", "一、决定")
    if letter.kind == "grant":
        fen = letter.amount_fen or 0
        yield Paragraph(
            "body",
            f"对你单位予以扶持，金额为人民币{format_yuan(fen)}元（大写：{rmb_in_words(fen)}）。",
        )
        if letter.shares:
            parts = "；".join(
                f"{LEVELS.get(share.level, share.level)}（{share.region}）"
                f"{format_yuan(share.amount_fen)}元"
                for share in letter.shares
            )
            yield Paragraph("body", f"资金由各级分担：{parts}。")
    else:
        yield Paragraph("body", "对你单位的上述申请不予扶持。")
    yield Paragraph("heading", "二、理由和依据")
    for number, reason in enumerate(letter.reasons, start=1):
        yield Paragraph("body", f"{number}.{_ended(reason)}")
    named = "、".join(letter.clauses or (letter.clause,))
    yield Paragraph("body", f"依据条款：{named}。")


def _ending(letter: Letter) -> Iterator[Paragraph]:
    if letter.kind == "grant":
        yield Paragraph("heading", "三、公示")
        if letter.publicity and letter.publicity_from and letter.publicity_to:
            yield Paragraph(
                "body",
                f"本项扶持列入公示名单 {letter.publicity}，自{chinese_day(letter.publicity_from)}"
                f"至{chinese_day(letter.publicity_to)}公示。名单摘要（SHA-256）："
                f"{grouped(letter.publicity_digest)}。",
            )
        yield Paragraph("heading", "四、要求")
        for number, condition in enumerate(letter.conditions, start=1):
            yield Paragraph("body", f"{number}.{_ended(condition)}")
    ordinal = "五" if letter.kind == "grant" else "三"
    yield Paragraph("heading", f"{ordinal}、救济途径")
    yield Paragraph(
        "body",
        f"如不服本决定，可以自收到之日起{RECONSIDERATION_DAYS}日内依法申请行政复议，"
        f"也可以自收到之日起{LAWSUIT_MONTHS}个月内依法向人民法院提起行政诉讼。"
        "复议和诉讼期间，本决定不停止执行，法律另有规定的除外。",
    )


def grouped(digest: str) -> str:
    """A digest in groups of 16 signs: it can be read aloud, and fits a line."""
    return " ".join(digest[at : at + 16] for at in range(0, len(digest), 16))


def _ended(text: str) -> str:
    """A sentence with its full stop."""
    plain = clean(text)
    return plain if plain.endswith(("。", "！", "？", ".")) else f"{plain}。"


def rewarded_for(name: str, uscc: str) -> str:
    """Whose success is rewarded, where it is not the addressee's own."""
    return labelled("奖励所依据的在孵企业", f"{name}（{uscc}）")
