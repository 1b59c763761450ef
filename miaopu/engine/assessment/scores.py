"""Scores as they come: rows of subject, year, period, criterion, points, checked one by one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from miaopu.engine.assessment.points import Computed, computed_line
from miaopu.engine.assessment.scheme import Assessment
from miaopu.engine.definitions.refusals import PackError
from miaopu.engine.expressions.errors import did_you_mean
from miaopu.engine.messages import Bilingual

COLUMNS = ("subject", "year", "period", "criterion", "points")
_DIGITS_MAX = 15
_DECIMALS_MAX = 6
Points = dict[str, Decimal]


@dataclass
class Sheet:
    """The scores of one subject in one year: points and figures by period; its first row."""

    subject: str
    year: int
    row: int
    periods: dict[str, Points] = field(default_factory=dict)


class Lines:
    """What a scheme has a row for: scored lines, and the figures of the computed ones."""

    def __init__(self, scheme: Assessment) -> None:
        self.scheme = scheme
        self.computed: Mapping[str, Computed] = {
            leaf.id: computed_line(leaf) for leaf in scheme.computed()
        }
        self.figures = frozenset(name for one in self.computed.values() for name in one.figures)
        self.needed = frozenset(scheme.needed_figures)
        self.scored = {leaf.id: leaf for _, leaf in scheme.leaves if leaf.kind != "computed"}
        self.groups = frozenset(one.id for one in scheme.criteria if one.items)


def read_sheets(
    scheme: Assessment, rows: Iterable[Mapping[str, object]], file: str
) -> tuple[list[Sheet], list[PackError]]:
    """The sheets of all subjects and years, and every problem with its row (the header is row 1).

    Problems: a missing column or cell, an unknown period or criterion, a line given twice, points
    that are no number, below zero or above the maximum, a period or a figure that is missing.
    """
    lines = Lines(scheme)
    sheets: dict[tuple[str, int], Sheet] = {}
    seen: dict[tuple[str, int, str, str], int] = {}
    errors: list[PackError] = []
    for number, row in enumerate(rows, start=2):
        found = _read(lines, row)
        if isinstance(found, tuple):
            subject, year, period, criterion, points = found
            first = seen.setdefault((subject, year, period, criterion), number)
            if first == number:
                sheet = sheets.setdefault((subject, year), Sheet(subject, year, number))
                sheet.periods.setdefault(period, {})[criterion] = points
                continue
            found = _Problem(
                "criterion",
                Bilingual(f"与第 {first} 行重复", f"stands in row {first} already"),
                Bilingual("只留一行", "keep one row"),
            )
        errors.append(PackError(file, number, found.column, found.message, found.remedy))
    for sheet in sheets.values():
        errors += _missing(lines, sheet, file)
    return list(sheets.values()), errors


@dataclass(frozen=True)
class _Problem:
    column: str
    message: Bilingual
    remedy: Bilingual


def _read(lines: Lines, row: Mapping[str, object]) -> tuple[str, int, str, str, Decimal] | _Problem:
    cells = {name: str(row.get(name) if row.get(name) is not None else "") for name in COLUMNS}
    cells = {name: text.strip() for name, text in cells.items()}
    for name, text in cells.items():
        if not text:
            return _Problem(
                name,
                Bilingual(f"缺少 {name}", f"{name} is missing"),
                Bilingual(f"填写 {name}", f"fill in {name}"),
            )
    year = cells["year"]
    if not (len(year) == 4 and year.isascii() and year.isdigit()):
        return _Problem(
            "year",
            Bilingual(f"{year[:20]} 不是年份", f"{year[:20]} is no year"),
            Bilingual("写四位数字，如 2012", "write four digits, such as 2012"),
        )
    if cells["period"] not in lines.scheme.periods:
        known = list(lines.scheme.periods)
        return _Problem(
            "period",
            Bilingual(f"没有时段 {cells['period'][:20]}", f"no period {cells['period'][:20]}"),
            Bilingual(f"可用：{'、'.join(known)}", f"use one of {', '.join(known)}"),
        )
    points = _points(lines, cells["criterion"], cells["points"])
    if isinstance(points, _Problem):
        return points
    return cells["subject"], int(year), cells["period"], cells["criterion"], points


def _points(lines: Lines, criterion: str, text: str) -> Decimal | _Problem:
    try:
        points = Decimal(text)
    except InvalidOperation:
        points = Decimal("NaN")
    exponent = points.as_tuple().exponent
    exact = isinstance(exponent, int) and exponent >= -_DECIMALS_MAX
    if not exact or points.adjusted() >= _DIGITS_MAX:
        return _Problem(
            "points",
            Bilingual(f"{text[:20]} 不是分数", f"{text[:20]} is no number of points"),
            Bilingual("填数字，最多六位小数", "give a number with six decimals at most"),
        )
    if criterion in lines.figures:
        return points
    leaf = lines.scored.get(criterion)
    if leaf is None:
        return _unknown(lines, criterion)
    if points < 0 or (leaf.max is not None and points > Decimal(leaf.max)):
        most = "" if leaf.max is None else leaf.max
        return _Problem(
            "points",
            Bilingual(
                f"{criterion} 的 {text} 分不在 0 到 {most} 之间",
                f"{text} points of {criterion} are not within 0 and {most}",
            ),
            Bilingual(f"改为 0 到 {most} 之间", f"give points within 0 and {most}"),
        )
    return points


def _unknown(lines: Lines, criterion: str) -> _Problem:
    known = [*lines.scored, *sorted(lines.figures)]
    remedy = did_you_mean(
        criterion,
        known,
        Bilingual(f"可用：{'、'.join(known)}", f"use one of {', '.join(known)}"),
    )
    if criterion in lines.computed:
        figures = ", ".join(lines.computed[criterion].figures)
        remedy = Bilingual(f"它由数据算出，请填 {figures}", f"it is worked out: give {figures}")
    elif criterion in lines.groups:
        remedy = Bilingual("给它的各项打分", "give points to its items")
    return _Problem(
        "criterion",
        Bilingual(f"{criterion[:40]} 不能打分", f"{criterion[:40]} takes no points"),
        remedy,
    )


def _missing(lines: Lines, sheet: Sheet, file: str) -> Iterator[PackError]:
    for period in lines.scheme.periods:
        if period not in sheet.periods:
            yield PackError(
                file,
                sheet.row,
                "period",
                Bilingual(
                    f"{sheet.subject} {sheet.year} 年缺少 {period} 的分数",
                    f"{sheet.subject} {sheet.year} has no scores of the period {period}",
                ),
                Bilingual(f"补上 {period} 的各行", f"add the rows of {period}"),
            )
            continue
        for name in sorted(lines.needed - sheet.periods[period].keys()):
            yield PackError(
                file,
                sheet.row,
                "criterion",
                Bilingual(
                    f"{sheet.subject} {sheet.year} 年 {period} 缺少数据 {name}",
                    f"{sheet.subject} {sheet.year} {period} lacks the figure {name}",
                ),
                Bilingual(f"补上 {name} 一行", f"add a row for {name}"),
            )
