"""Arithmetic over the printed numbers: sums, shares, growth. Reported, never corrected."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from miaopu.engine.plan_reader.checks_growth import growth_checks
from miaopu.engine.plan_reader.context import Context, Statement
from miaopu.engine.plan_reader.model import Check, Target
from miaopu.engine.plan_reader.numerals import chinese_number
from miaopu.engine.plan_reader.printed import Printed, printed, rounded, rounds_to, sum_grade
from miaopu.engine.plan_reader.quantities import Quantity

_MOST = 400
_NEAR = Decimal("0.15")
_SHARE_NEAR = Decimal(2)
_WHOLE = re.compile(
    r"总(?:户数|数|量|额|规模|资金|投资|人数|计)|合计|共计|共有|总资金规模|[^,]{0,4}共(?:安排|投入)?$"
)
# 三年累计完成1000户, after what each of the three years brings
_YEARS_TOTAL = re.compile(r"^([两三四五])年(?:累计|合计|共计?|总共)[\u4e00-\u9fff]{0,6}$")
_TOTAL_AFTER = re.compile(r"总|合计|共计|共|累计|形成|达到")
_PARTS_FOLLOW = re.compile(r"其中|构成|包括|分别为|分解|明细")
_SHARE = re.compile(r"^[^,。;]{0,2},?占[^,。;\d]{0,20}$")


def read_checks(
    context: Context, quantities: Sequence[Quantity], targets: Mapping[int, Target]
) -> list[Check]:
    """What does not add up, in the order of the text, each finding once."""
    rows = [
        *_districts(context, quantities, targets),
        *_sums(context, quantities),
        *_hundred(context, quantities),
        *_shares(context, quantities),
        *growth_checks(context, quantities, targets),
    ]
    return list(dict.fromkeys(rows))


# 城东区、城西区各2亿元 stands for more than one part.
_SHARED = re.compile(r"[区县市镇园家]各[\u4e00-\u9fff]{0,6}\d")


def _districts(
    context: Context, quantities: Sequence[Quantity], targets: Mapping[int, Target]
) -> Iterator[Check]:
    """Parts over districts against the value of the whole, per indicator and year."""
    groups: dict[tuple[str, str, str, str], list[tuple[Target, Printed]]] = defaultdict(list)
    for one in quantities:
        target, number = targets.get(one.start), printed(one)
        if target is None or number is None or one.is_percent or not target.indicator:
            continue
        year = (target.date or "").split("/")[-1][:4] if "/" not in (target.date or "") else ""
        groups[
            target.clause, number.base, year, "+" if target.comparator == "increase" else ""
        ].append((target, number))
    for members in groups.values():
        if len(members) > _MOST or any(_SHARED.search(target.raw) for target, _ in members):
            continue  # no enumeration over districts
        yield from _district_group(context, members)


def _district_group(context: Context, members: list[tuple[Target, Printed]]) -> Iterator[Check]:
    by_line: dict[int, list[tuple[Target, Printed]]] = defaultdict(list)
    for target, number in members:
        by_line[context.text_line(target.start)].append((target, number))
    listed = [rows for rows in by_line.values() if len({t.scope for t, _ in rows}) >= 3]
    for rows in listed:
        parts = [(t, n) for t, n in rows if t.scope and not t.scope.startswith("全")]
        if len(parts) > 3 and _is_whole(parts):
            parts = parts[1:]
        if len(parts) < 3 or len({t.scope for t, _ in parts}) != len(parts):
            continue
        names = {t.scope for t, _ in parts}
        wholes = [
            (t, n) for t, n in members if t.scope not in names and t.start < parts[0][0].start
        ]
        if wholes:
            target, whole = wholes[-1]
            yield from _compare(whole, [n for _, n in parts], target.indicator, target.clause, True)


def _is_whole(rows: list[tuple[Target, Printed]]) -> bool:
    """Whether the first of the rows is about what the others add up to."""
    first, rest = rows[0][1].value, sum((n.value for _, n in rows[1:]), Decimal(0))
    return abs(first - rest) <= _NEAR * first


def _compare(
    whole: Printed, parts: Sequence[Printed], what: str, clause: str, wide: bool = False
) -> Iterator[Check]:
    total = sum((one.value for one in parts), Decimal(0))
    if not whole.value or abs(total - whole.value) > _NEAR * whole.value:
        return
    grade = sum_grade(whole, parts)
    if grade is not None:
        yield Check(
            "sum-mismatch", grade, what, whole.shown(whole.value), whole.shown(total), (clause,)
        )


def _sums(context: Context, quantities: Sequence[Quantity]) -> Iterator[Check]:
    """A whole and its parts inside one passage: 其中, 构成为, or parts first and then the total."""
    for statement, rows in context.by_statement(quantities):
        numbers = [(one, printed(one)) for one in rows if not one.is_percent and not one.quoted]
        known = [(one, number) for one, number in numbers if number is not None]
        yield from _whole_first(context, statement, known)
        yield from _whole_last(context, statement, known)


def _whole_first(
    context: Context, statement: Statement, known: list[tuple[Quantity, Printed]]
) -> Iterator[Check]:
    seen = context.folded.seen
    found = _PARTS_FOLLOW.search(seen, statement.start, statement.end)
    if found is None or _SHARED.search(seen, found.end(), statement.end):
        return
    before = [
        (one, n) for one, n in known if one.end <= found.start() + 12 and one.start < found.start()
    ]
    if not before:
        return
    whole_place, whole = before[-1]
    end = _part_end(seen, found, statement.end)
    parts = [n for one, n in known if found.end() <= one.start < end and n.base == whole.base]
    if len(parts) >= 2:
        yield from _compare(whole, parts, _words(context, whole_place), statement.clause)


def _part_end(seen: str, opened: re.Match[str], end: int) -> int:
    """Where the parts end: 125个村（包括63个省级村、62个市级村） with their bracket."""
    if seen[opened.start() - 1 : opened.start()] != "(":
        return end
    close = seen.find(")", opened.end(), end)
    return close if close >= 0 else end


def _whole_last(
    context: Context, statement: Statement, known: list[tuple[Quantity, Printed]]
) -> Iterator[Check]:
    seen = context.folded.seen
    for order in range(2, len(known)):
        one, whole = known[order]
        first, _ = context.segment(statement, one.start)
        parts = [n for _, n in known[:order] if n.base == whole.base]
        if years := _YEARS_TOTAL.search(seen[first : one.start]):
            if chinese_number(years.group(1)) != len(parts):
                continue  # not one part for each year
        elif not _TOTAL_AFTER.search(seen[first : one.start]) or not re.search(
            r"总|合计|共计|形成", seen[first : one.end + 8]
        ):
            continue
        if len(parts) >= 2:
            yield from _compare(whole, parts, _words(context, one), statement.clause)


def _words(context: Context, one: Quantity) -> str:
    statement = context.at(one.start)
    if statement is None:
        return ""
    first, _ = context.segment(statement, one.start)
    return context.folded.clean(max(first, one.start - 30), one.end)


def _hundred(context: Context, quantities: Sequence[Quantity]) -> Iterator[Check]:
    """Shares of one whole that should make 100 %: each may differ by one in its last digit."""
    seen = context.folded.seen
    for statement, rows in context.by_statement(quantities):
        text = seen[statement.start : statement.end]
        if not re.search(r"(?:权重|占比|比重|各占|总分|构成)[^。]{0,30}", text) or "增" in text:
            continue
        numbers = [n for one in rows if one.unit == "%" and (n := printed(one)) is not None]
        total = sum((n.value for n in numbers), Decimal(0))
        if len(numbers) < 2 or not Decimal(85) <= total <= Decimal(115):
            continue
        allowed = sum((n.step for n in numbers), Decimal(0))
        coarse = all(n.step == 1 and n.value % 5 == 0 for n in numbers)
        if total != 100 and (coarse or abs(total - 100) > allowed):
            yield Check(
                "sum-mismatch",
                "error",
                text[:40],
                100,
                numbers[0].shown(total),
                (statement.clause,),
            )


def _shares(context: Context, quantities: Sequence[Quantity]) -> Iterator[Check]:
    """27,521户，占总数的40.8%: the printed share against the printed numbers of the paragraph."""
    seen = context.folded.seen
    wholes: dict[tuple[int, str], Printed] = {}
    for order, one in enumerate(quantities):
        number = printed(one)
        if number is None:
            continue
        line = context.line(one.start)
        words = seen[max(line + 1, one.start - 14) : one.start]
        if one.unit != "%" and _WHOLE.search(words):
            wholes.setdefault((line, number.base), number)
        if one.unit != "%" or order == 0:
            continue
        part_place = quantities[order - 1]
        part, whole = printed(part_place), None
        if part is not None:
            whole = wholes.get((line, part.base))
        between = seen[part_place.end : one.start]
        if part is None or whole is None or whole.value <= part.value or not _SHARE.match(between):
            continue
        yield from _share(context, one, number, part, whole)


def _share(
    context: Context, one: Quantity, stated: Printed, part: Printed, whole: Printed
) -> Iterator[Check]:
    half_part, half_whole = (Decimal(0) if n.exact else n.step / 2 for n in (part, whole))
    low = (part.value - half_part) / (whole.value + half_whole) * 100
    high = (part.value + half_part) / (whole.value - half_whole) * 100
    share = part.value / whole.value * 100
    if abs(share - stated.value) > _SHARE_NEAR or rounds_to(low, high, stated.value, stated.step):
        return
    statement = context.at(one.start)
    clause = statement.clause if statement else ""
    yield Check(
        "share-mismatch",
        "error",
        _words(context, one),
        stated.shown(stated.value),
        stated.shown(rounded(share, stated.step)),
        (clause,),
    )
