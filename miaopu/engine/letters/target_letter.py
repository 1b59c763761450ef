"""What a target letter (目标责任书) says: targets of one addressee, what they are tied to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from miaopu.engine.letters.content import LEVELS, Paragraph, Printable, clean, document_number
from miaopu.engine.messages import Bilingual
from miaopu.engine.money import format_yuan

NOT_NAMED = "—"


@dataclass(frozen=True)
class LetterLine:
    """A target: figures as printed. `parts` are (period, figure), empty where it is not split."""

    key: str
    indicator: str
    unit: str
    comparator: str
    value: str
    clause: str
    period: str
    baseline: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    decomposition: int = 0
    digest: str = ""


@dataclass(frozen=True)
class TargetLetterText:
    """The facts of a target letter, frozen when it is made. Texts are Chinese.

    `terms` are what the programme ties the targets to (money, matching, assessment), `terms_en` the
    same for readers of the English page: the letter itself is Chinese. `replaces` is the number of
    the version before.
    """

    number: str
    office: str
    day: date
    addressee: str
    programme: str
    version: int
    lines: tuple[LetterLine, ...]
    terms: tuple[str, ...] = ()
    replaces: str = ""
    reasons: tuple[str, ...] = ()
    days: int = 0
    illustrative: bool = False
    terms_en: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The letter as plain data."""
        plain = asdict(self)
        plain["day"] = self.day.isoformat()
        for name in ("terms", "terms_en", "reasons"):
            plain[name] = list(plain[name])
        plain["lines"] = [
            {**line, "parts": [list(part) for part in line["parts"]]} for line in plain["lines"]
        ]
        return plain

    @staticmethod
    def from_json(plain: Mapping[str, Any]) -> TargetLetterText:
        """Read `to_json` back."""
        changed: dict[str, Any] = dict(plain)
        changed["day"] = date.fromisoformat(plain["day"])
        for name in ("terms", "terms_en", "reasons"):
            changed[name] = tuple(plain.get(name, ()))
        changed["lines"] = tuple(
            LetterLine(**{**line, "parts": tuple((a, b) for a, b in line["parts"])})
            for line in plain["lines"]
        )
        return TargetLetterText(**changed)

    @property
    def bilingual_terms(self) -> list[Bilingual]:
        """The terms in both languages; a letter of an older release has them in Chinese only."""
        both = zip(self.terms, self.terms_en or self.terms, strict=True)
        return [Bilingual(zh, en) for zh, en in both]

    def printable(self) -> Printable:
        """The letter set for the makers of documents."""
        return Printable(
            title=f"{clean(self.programme)}目标责任书",
            office=self.office,
            number=self.number,
            day=self.day,
            paragraphs=tuple(_paragraphs(self)),
        )


def letter_number(region: str, year: int, serial: int) -> str:
    """The number of a target letter in its region's yearly series."""
    return document_number(region, year, serial, "目责")


def own_term(term: Bilingual, clause: str) -> Bilingual:
    """What the programme says that targets are tied to."""
    return Bilingual(f"{term.zh}（条款{clause}）", f"{term.en} (clause {clause})")


def ratio_term(title: Bilingual, parts: Mapping[Any, str], clause: str) -> Bilingual:
    """In what ratio levels put up money."""
    zh = "，".join(f"{LEVELS.get(level, level)} {part}" for level, part in parts.items())
    en = ", ".join(f"{level} {part}" for level, part in parts.items())
    return Bilingual(f"{title.zh}（{zh}；条款{clause}）", f"{title.en} ({en}; clause {clause})")


def budget_term(
    year: int, item: Bilingual, level: str, fen: int, clause: str, *, illustrative: bool
) -> Bilingual:
    """What a level's budget puts up for an item, in fen."""
    zh, en = ([f"条款{clause}"], [f"clause {clause}"]) if clause else ([], [])
    if illustrative:
        zh, en = [*zh, "示例数"], [*en, "sample figure"]
    said = Bilingual(f"（{'，'.join(zh)}）", f" ({', '.join(en)})") if zh else Bilingual("", "")
    money = format_yuan(fen).removesuffix(".00")
    return Bilingual(
        f"{year}年{item.zh}{LEVELS.get(level, level)}资金{money}元{said.zh}",
        f"{year}, {item.en}: {money} yuan of {level} money{said.en}",
    )


def told(programme: Bilingual, number: str) -> Bilingual:
    """The notice that a letter has come."""
    return Bilingual(
        f"{number}：《{programme.zh}》目标责任书已下达，请签收",
        f"{number}: the target letter of {programme.en} waits for you to acknowledge it",
    )


def reminder(programme: Bilingual, number: str, days: int) -> Bilingual:
    """The reminder that a letter was not acknowledged within so many working days."""
    return Bilingual(
        f"{number}：《{programme.zh}》目标责任书下达已 {days} 个工作日，尚未签收",
        f"{number}: the target letter of {programme.en} was issued {days} working days ago and is"
        " not acknowledged",
    )


_COMPARATORS = {">=": "不少于", "<=": "不超过", "<": "低于"}


def _figure(line: LetterLine) -> str:
    return f"{_COMPARATORS.get(line.comparator, '')}{line.value}"


def _table(letter: TargetLetterText) -> tuple[tuple[str, ...], ...]:
    """The targets as a table: one line each, and one for each of its periods."""
    rows = [("指标", "单位", "期间", "基数", "目标", "条款")]
    for line in letter.lines:
        head = (line.indicator, line.unit, line.period)
        rows.append((*head, line.baseline or NOT_NAMED, _figure(line), line.clause))
        rows += [("", "", period, "", value or NOT_NAMED, "") for period, value in line.parts]
    return tuple(tuple(clean(cell) for cell in row) for row in rows)


def _paragraphs(letter: TargetLetterText) -> Iterator[Paragraph]:
    yield Paragraph("recipient", f"{clean(letter.addressee)}：")
    yield Paragraph(
        "body",
        f"根据《{clean(letter.programme)}》，目标分解已经批准。现将你方承担的目标下达如下，请组织完成。",
    )
    if letter.illustrative:
        yield Paragraph("body", "（本责任书的分解数为演示用的示例数，方案未作规定。）")
    if letter.replaces:
        yield Paragraph(
            "body",
            f"本责任书为第{letter.version}版，替代{clean(letter.replaces)}，原责任书同时作废。",
        )
        for reason in letter.reasons:
            yield Paragraph("body", f"变更理由：{clean(reason)}")
    yield Paragraph("heading", "一、目标")
    yield Paragraph("table", "", _table(letter))
    yield Paragraph(
        "body", "完成数由系统按办件和账簿的记录计算。没有列出的指标未分解到你方，不等于目标为零。"
    )
    yield Paragraph("heading", "二、资金、配套和考核")
    if letter.terms:
        for number, term in enumerate(letter.terms, start=1):
            yield Paragraph("body", f"{number}.{clean(term)}")
    else:
        yield Paragraph("body", "方案没有把目标与资金、配套或考核挂钩的规定。")
    yield Paragraph("heading", "三、签收")
    yield Paragraph(
        "body",
        f"请批准人在收到之日起{letter.days}个工作日内在系统中签收；逾期未签收的，系统会提醒。",
    )
    based = "；".join(
        f"{line.indicator}分解第{line.decomposition}版，摘要（SHA-256）{line.digest[:16]}"
        for line in letter.lines
    )
    yield Paragraph("body", f"依据的分解：{clean(based)}。")
