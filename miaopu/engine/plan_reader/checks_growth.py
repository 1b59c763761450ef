"""Growth as printed against the growth that the printed numbers give, rounding allowed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from miaopu.engine.plan_reader.context import Context
from miaopu.engine.plan_reader.model import Check, Target
from miaopu.engine.plan_reader.printed import Printed, printed, rounded, rounds_to
from miaopu.engine.plan_reader.quantities import Quantity

_FROM = re.compile(r"(?:由|从)[^,。;\d]{0,12}(?:(?:19|20)\d\d年(?:底|末)?的?)?[^,。;\d]{0,6}$")
_TO = re.compile(
    r"(?:增长|增加|提高|发展|扩大|上升|提升|增)(?:到|至|为)了?(?:(?:19|20)\d\d年(?:底|末)?的?)?$"
)
_FROM_YEAR = re.compile(r"(?:由|从)[^,。;\d]{0,12}((?:19|20)\d\d)年(?:底|末)?的?[^,。;\d]{0,6}$")
_TO_YEAR = re.compile(r"((?:19|20)\d\d)年(?:底|末)?的?$")
_YEARS = re.compile(r"((?:19|20)\d\d)年?(?:—{1,2}|-|~|至|到)((?:19|20)\d\d)年")


def growth_checks(
    context: Context, quantities: Sequence[Quantity], targets: Mapping[int, Target]
) -> list[Check]:
    """Mismatches of 由A增长到B，增长P% and of a goal, its cumulative increase and its growth."""
    rows: list[Check] = []
    for statement, found in context.by_statement(quantities):
        rows.extend(_from_to(context, statement.clause, found))
    by_clause: dict[str, list[tuple[Target, Printed, Quantity]]] = {}
    for one in quantities:
        target, number = targets.get(one.start), printed(one)
        if target is not None and number is not None:
            by_clause.setdefault(target.clause, []).append((target, number, one))
    for members in by_clause.values():
        rows.extend(_cumulative(context, members))
    return rows


def _from_to(context: Context, clause: str, found: Sequence[Quantity]) -> Iterator[Check]:
    seen = context.folded.seen
    for order in range(len(found) - 2):
        first, second, third = found[order : order + 3]
        before = seen[max(0, first.start - 24) : first.start]
        between = seen[first.end : second.start]
        then = seen[second.end : third.start]
        if (
            not _FROM.search(before)
            or not _TO.search(between)
            or len(then) > 14
            or then.endswith(("至", "到"))
        ):
            continue
        low, high, growth = printed(first), printed(second), printed(third)
        if low is None or high is None or growth is None or low.base != high.base or not low.value:
            continue
        years = 1
        if "年均" in then:
            from_year, to_year = _FROM_YEAR.search(before), _TO_YEAR.search(between)
            printed_years = _YEARS.search(seen, max(0, first.start - 60), first.start)
            if from_year is not None and to_year is not None:
                years = max(1, int(to_year.group(1)) - int(from_year.group(1)))
            elif printed_years is not None:
                years = max(1, int(printed_years.group(2)) - int(printed_years.group(1)))
            else:
                continue
        elif not re.search(r"增[长幅加]|提高", then):
            continue
        words = context.folded.clean(max(0, first.start - 20), third.end)
        yield from _compare(growth, low, high, years, words, clause)


def _compare(
    growth: Printed, low: Printed, high: Printed, years: int, words: str, clause: str
) -> Iterator[Check]:
    """One printed growth: in percent of the base, or in the base's own unit per year."""

    def of(base: Decimal, goal: Decimal) -> Decimal:
        if growth.base == "%":
            if base <= 0 or goal <= 0:
                return Decimal(0)
            return (Decimal(float(goal / base) ** (1 / years)) - 1) * 100
        return (goal - base) / years

    if growth.base not in ("%", low.base):
        return
    half_low, half_high = (Decimal(0) if n.exact else n.step / 2 for n in (low, high))
    least, most = (
        of(low.value + half_low, high.value - half_high),
        of(low.value - half_low, high.value + half_high),
    )
    if rounds_to(min(least, most), max(least, most), growth.value, growth.step):
        return
    computed = rounded(of(low.value, high.value), growth.step)
    yield Check(
        "growth-mismatch",
        "error",
        words[:60],
        growth.shown(growth.value),
        growth.shown(computed),
        (clause,),
    )


def _cumulative(
    context: Context, members: Sequence[tuple[Target, Printed, Quantity]]
) -> Iterator[Check]:
    """Goal, cumulative increase and growth of one indicator: goal less increase is the base."""
    seen = context.folded.seen
    goal: Printed | None = None
    base: Printed | None = None
    increments: list[Printed] = []
    for target, number, one in members:
        left = seen[max(0, one.start - 16) : one.start]
        many = "/" in (target.date or "")
        if number.base == "%":
            if goal is None or base is None:
                continue
            years = _horizon_years(target.date) if "年均" in left else 1
            if "年均" in left and years is None:
                continue
            if re.search(r"比(?:19|20)\d\d年(?:底|末)?增长$|年均增长(?:率)?为?(?:达到)?$", left):
                words = context.folded.clean(max(0, one.start - 12), one.end)
                yield from _compare(number, base, goal, years or 1, words, target.clause)
        elif many and target.comparator == ">=":
            goal, base, increments = number, None, []
        elif not many and target.comparator == "increase" and goal is not None and target.date:
            increments.append(number)
        elif many and target.comparator == "increase" and "累计" in left and goal is not None:
            if number.base == goal.base and goal.value > number.value:
                value = goal.value - number.value
                base = Printed(value, number.step, goal.base, goal.scale, goal.exact)
            if len(increments) >= 2 and len(increments) == _horizon_years(target.date):
                total = sum((n.value for n in increments), Decimal(0))
                if total != number.value:
                    yield Check(
                        "sum-mismatch", "error", target.indicator, number.shown(number.value),
                        number.shown(total), (target.clause,),
                    )  # fmt: skip
            increments = []


def _horizon_years(date: str | None) -> int | None:
    found = re.fullmatch(r"(\d{4})/(\d{4})", date or "")
    return int(found.group(2)) - int(found.group(1)) + 1 if found else None
