"""The result of an assessment as it is reported to another office: a table of all, Word and PDF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from miaopu.engine.letters.content import Paragraph, Printable, chinese_day, clean

HEAD = ("名次", "被考核对象", "综合得分", "类别", "结果运用")


@dataclass(frozen=True)
class ReportRow:
    """One that was assessed: place, name, score as printed, class, what follows."""

    rank: int
    name: str
    composite: str
    band: str
    follows: tuple[str, ...]

    def cells(self) -> tuple[str, ...]:
        """The cells of its row, as `HEAD` names them."""
        follows = "；".join(self.follows) or "—"
        return (str(self.rank), self.name, self.composite, self.band, follows)


@dataclass(frozen=True)
class ReportText:
    """The facts of a report. Texts are Chinese; `weights` are the periods with their percent."""

    office: str
    to: str
    day: date
    programme: str
    scheme: str
    clause: str
    year: int
    weights: tuple[tuple[str, int], ...]
    rows: tuple[ReportRow, ...]
    published: date
    digest: str
    illustrative: bool = False

    def printable(self) -> Printable:
        """The report set for the makers of documents; it has no number of its own."""
        return Printable(
            f"关于报送{self.year}年度{clean(self.scheme)}结果的报告",
            self.office,
            "",
            self.day,
            tuple(Paragraph(one.style, clean(one.text), one.rows) for one in self._paragraphs()),
        )

    def _paragraphs(self) -> Iterator[Paragraph]:
        if self.to:
            yield Paragraph("recipient", f"{self.to}：")
        clause = f"（条款{self.clause}）" if self.clause else ""
        weights = "、".join(f"{name}占 {part}%" for name, part in self.weights)
        yield Paragraph(
            "body",
            f"按《{self.programme}》{clause}，{self.year}年度{self.scheme}已于"
            f"{chinese_day(self.published)}公布，共 {len(self.rows)} 个，"
            f"综合得分按{weights}计算，结果如下。",
        )
        yield Paragraph("table", "", (HEAD, *(one.cells() for one in self.rows)))
        yield Paragraph("body", f"冻结内容摘要（SHA-256）：{self.digest}")
        if self.illustrative:
            yield Paragraph("body", "注：计划没有写明的评分标准为示例。")
