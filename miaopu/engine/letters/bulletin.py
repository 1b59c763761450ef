"""The bulletin of a year's assessment (考核结果通报): ranking, classes, counties, the year before.

Everything it says is counted from its rows, which are those of the frozen result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from miaopu.engine.letters.content import (
    Paragraph,
    Printable,
    chinese_day,
    clean,
    document_number,
    grouped,
)

SERIES = "考通"
_HUNDREDTH = Decimal("0.01")
_JOIN, _NONE, _NUMBERS = "、", "—", "一二三四五六七"


@dataclass(frozen=True)
class BulletinRow:
    """Who was assessed: scores exact, as text; those of the year before empty where it had none."""

    rank: int
    name: str
    region: str
    composite: str
    band: str
    outstanding: bool = False
    before: str = ""
    band_before: str = ""

    @property
    def change(self) -> Decimal | None:
        """The score against that of the year before, both as they are shown: readers subtract."""
        if not self.before:
            return None
        return Decimal(_shown(self.composite)) - Decimal(_shown(self.before))


@dataclass(frozen=True)
class BulletinText:
    """The facts of a bulletin, frozen when it is made. Texts are Chinese.

    `weights` are periods with their percent, `bands` classes from the highest down with the score
    they begin at, `follows` what follows from results with the names of those concerned, `digest`
    that of the frozen result.
    """

    number: str
    office: str
    day: date
    region: str
    programme: str
    clause: str
    year: int
    scheme: str
    weights: tuple[tuple[str, int], ...]
    bands: tuple[tuple[str, str], ...]
    publicity_from: date
    publicity_to: date
    rows: tuple[BulletinRow, ...]
    follows: tuple[tuple[str, tuple[str, ...]], ...]
    digest: str
    illustrative: bool = False

    def to_json(self) -> dict[str, Any]:
        """The bulletin as plain data."""
        plain = asdict(self)
        for name in ("day", "publicity_from", "publicity_to"):
            plain[name] = plain[name].isoformat()
        plain["weights"] = [list(one) for one in self.weights]
        plain["bands"] = [list(one) for one in self.bands]
        plain["rows"] = list(plain["rows"])
        plain["follows"] = [[title, list(names)] for title, names in self.follows]
        return plain

    @staticmethod
    def from_json(plain: Mapping[str, Any]) -> BulletinText:
        """Read `to_json` back."""
        changed: dict[str, Any] = dict(plain)
        for name in ("day", "publicity_from", "publicity_to"):
            changed[name] = date.fromisoformat(plain[name])
        changed["weights"] = tuple((one[0], one[1]) for one in plain["weights"])
        changed["bands"] = tuple((one[0], one[1]) for one in plain["bands"])
        changed["rows"] = tuple(BulletinRow(**one) for one in plain["rows"])
        changed["follows"] = tuple((title, tuple(names)) for title, names in plain["follows"])
        return BulletinText(**changed)

    def printable(self) -> Printable:
        """The bulletin set for the makers of documents."""
        title = f"关于{clean(self.region)}{self.year}年度{clean(self.scheme)}结果的通报"
        parts = [one for one in self._sections() if one[1]]
        said = [
            Paragraph("recipient", "各县（市、区）主管部门、各被考核单位："),
            Paragraph("body", self._opening()),
        ]
        for number, (heading, paragraphs) in enumerate(parts):
            said += [Paragraph("heading", f"{_NUMBERS[number]}、{heading}"), *paragraphs]
        said.append(Paragraph("body", f"冻结结果的摘要（SHA-256）：{grouped(self.digest)}。"))
        if self.illustrative:
            said.append(Paragraph("body", "注：评分标准为示例。"))
        return Printable(
            title,
            self.office,
            self.number,
            self.day,
            tuple(
                Paragraph(
                    one.style,
                    clean(one.text),
                    tuple(tuple(clean(cell) for cell in row) for row in one.rows),
                )
                for one in said
            ),
        )

    def _opening(self) -> str:
        weights = "，".join(f"{name}占 {percent}%" for name, percent in self.weights)
        return (
            f"按《{self.programme}》（条款{self.clause}），对 {len(self.rows)} 个考核对象进行了"
            f"{self.year}年度考核（{weights}）。结果自{chinese_day(self.publicity_from)}至"
            f"{chinese_day(self.publicity_to)}公示，复核申请已全部作出决定。现通报如下。"
        )

    def _sections(self) -> Iterator[tuple[str, list[Paragraph]]]:
        yield "总体情况", self._whole()
        best = _JOIN.join(f"{one.name}（{_shown(one.composite)} 分）" for one in self._best())
        yield "考核优秀", [Paragraph("body", f"{best}。")] if best else []
        yield "名次", [Paragraph("table", "", self._ranking())]
        yield "各县（市、区）情况", [Paragraph("table", "", self._counties())]
        yield "与上年相比", self._moves()
        yield (
            "结果运用",
            [
                Paragraph("body", f"{title}（{len(names)} 个）：{_JOIN.join(names)}。")
                for title, names in self.follows
                if names
            ],
        )

    def _best(self) -> list[BulletinRow]:
        return [one for one in self.rows if one.outstanding]

    def _whole(self) -> list[Paragraph]:
        scores = [Decimal(one.composite) for one in self.rows]
        known = [Decimal(one.before) for one in self.rows if one.before]
        text = (
            f"平均 {_mean(scores)} 分，最高 {_shown(max(scores))} 分，最低 {_shown(min(scores))} 分"
        )
        if known:
            text += f"；上年有结果的 {len(known)} 个，上年平均 {_mean(known)} 分"
        head = ("类别", "分数", "个数", "上年个数")
        rows = [
            (
                f"{name} 类",
                f"{start} 分起",
                str(sum(one.band == name for one in self.rows)),
                str(sum(one.band_before == name for one in self.rows)) if known else _NONE,
            )
            for name, start in self.bands
        ]
        return [Paragraph("body", f"{text}。"), Paragraph("table", "", (head, *rows))]

    def _ranking(self) -> tuple[tuple[str, ...], ...]:
        head = ("名次", "考核对象", "区域", "得分", "类别", "上年", "上年类别", "增减")
        return (
            head,
            *(
                (
                    str(one.rank),
                    one.name,
                    one.region,
                    _shown(one.composite),
                    one.band,
                    _shown(one.before) if one.before else _NONE,
                    one.band_before or _NONE,
                    _NONE if one.change is None else f"{one.change:+f}",
                )
                for one in self.rows
            ),
        )

    def _counties(self) -> tuple[tuple[str, ...], ...]:
        classes = [name for name, _start in self.bands]
        rows = []
        for region in dict.fromkeys(one.region for one in self.rows):
            there = [one for one in self.rows if one.region == region]
            counts = [str(sum(one.band == name for one in there)) for name in classes]
            mean = _mean([Decimal(one.composite) for one in there])
            rows.append((region, str(len(there)), *counts, mean))
        rows.sort(key=lambda row: (-Decimal(row[-1]), row[0]))
        return (("区域", "个数", *(f"{name} 类" for name in classes), "平均分"), *rows)

    def _moves(self) -> list[Paragraph]:
        if not any(one.before for one in self.rows):
            return []
        places = {name: place for place, (name, _start) in enumerate(self.bands)}
        both = [one for one in self.rows if one.band_before in places]
        up = [one for one in both if places[one.band] < places[one.band_before]]
        down = [one for one in both if places[one.band] > places[one.band_before]]
        return [
            Paragraph("body", f"类别上升 {len(up)} 个{_moved(up)}。"),
            Paragraph("body", f"类别下降 {len(down)} 个{_moved(down)}。"),
        ]


def _moved(rows: Sequence[BulletinRow]) -> str:
    named = _JOIN.join(f"{one.name}（{one.band_before} 类到 {one.band} 类）" for one in rows)
    return f"：{named}" if named else ""


def _round(value: Decimal) -> Decimal:
    return value.quantize(_HUNDREDTH, ROUND_HALF_UP)


def _shown(score: str | Decimal) -> str:
    """A score as it is shown: two decimals, half up."""
    return f"{_round(Decimal(score)):f}"


def _mean(scores: Sequence[Decimal]) -> str:
    return _shown(sum(scores, Decimal(0)) / len(scores))


def bulletin_number(region: str, year: int, serial: int) -> str:
    """The number of a bulletin in the series of its region."""
    return document_number(region, year, serial, SERIES)
