"""What an opinion on what to put right (整改意见) says: result, weak lines, deadline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from miaopu.engine.letters.content import (
    Paragraph,
    Printable,
    chinese_day,
    clean,
    document_number,
    labelled,
)

SERIES = "考改"


@dataclass(frozen=True)
class WeakLine:
    """A line of the score sheet that lost points: figures as printed."""

    period: str
    title: str
    points: str
    maximum: str


@dataclass(frozen=True)
class OpinionText:
    """The facts of an opinion, frozen when it is made. Texts are Chinese."""

    number: str
    office: str
    day: date
    base: str
    operator: str
    programme: str
    year: int
    scheme: str
    clause: str
    band: str
    composite: str
    totals: tuple[tuple[str, str, int], ...]
    lines: tuple[WeakLine, ...]
    vetoes: tuple[str, ...]
    due_on: date
    illustrative: bool = False

    def to_json(self) -> dict[str, Any]:
        """The opinion as plain data."""
        plain = asdict(self)
        plain["day"], plain["due_on"] = self.day.isoformat(), self.due_on.isoformat()
        plain["totals"] = [list(one) for one in self.totals]
        plain["vetoes"] = list(self.vetoes)
        plain["lines"] = list(plain["lines"])
        return plain

    @staticmethod
    def from_json(plain: Mapping[str, Any]) -> OpinionText:
        """Read `to_json` back."""
        changed: dict[str, Any] = dict(plain)
        for name in ("day", "due_on"):
            changed[name] = date.fromisoformat(plain[name])
        changed["totals"] = tuple((one[0], one[1], one[2]) for one in plain["totals"])
        changed["lines"] = tuple(WeakLine(**one) for one in plain["lines"])
        changed["vetoes"] = tuple(plain["vetoes"])
        return OpinionText(**changed)

    def printable(self) -> Printable:
        """The opinion set for the makers of documents."""
        base = clean(self.base)
        return Printable(
            f"关于{base}{self.year}年度考核整改的意见",
            self.office,
            self.number,
            self.day,
            tuple(Paragraph(one.style, clean(one.text), one.rows) for one in self._paragraphs()),
        )

    def _paragraphs(self) -> Iterator[Paragraph]:
        yield Paragraph("recipient", f"{self.operator}：")
        terms = "，".join(f"{name} {points} 分（占 {part}%）" for name, points, part in self.totals)
        yield Paragraph(
            "body",
            f"按《{self.programme}》（条款{self.clause}）的{self.scheme}，你单位运营的{self.base}"
            f"{self.year}年度{terms}，综合得分 {self.composite} 分，评为 {self.band} 类。",
        )
        if self.vetoes:
            yield Paragraph("body", labelled("一票否决项", "、".join(self.vetoes)) + "。")
        yield Paragraph("heading", "一、需要整改的项目")
        rows = [("时段", "评分项", "得分", "满分")]
        rows += [(one.period, one.title, one.points, one.maximum) for one in self.lines]
        if self.lines:
            yield Paragraph("table", "", tuple(rows))
        else:
            yield Paragraph("body", "各评分项均已得满分，请对照一票否决项整改。")
        yield Paragraph("heading", "二、要求")
        yield Paragraph(
            "body",
            f"请在{chinese_day(self.due_on)}以前完成整改，并向县级主管部门报送整改情况和佐证材料。",
        )
        yield Paragraph("body", f"连续两年评为 {self.band} 类的，按程序报省级核准后摘牌。")
        if self.illustrative:
            yield Paragraph("body", "注：评分标准为示例。")


def opinion_number(region: str, year: int, serial: int) -> str:
    """The number of an opinion in the series of its region."""
    return document_number(region, year, serial, SERIES)
