"""Growth arithmetic of targets: value against baseline, increase and percentages, as printed."""

from collections.abc import Iterator
from fractions import Fraction

from miaopu.engine.definitions.figures import decimals_of, reach, shown
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.schema import Target

Problem = tuple[str, str, Bilingual]


def growth_problems(target: Target) -> Iterator[Problem]:
    """What of the target's growth its own figures do not give: stated, computed, in words.

    Every figure stands for all numbers that round to it.
    """
    if target.baseline is None or target.upper is not None:
        return
    low, high = reach(target.value)
    bases = reach(target.baseline)
    if target.increase is not None:
        added = reach(target.increase)
        if high < bases[0] + added[0] or bases[1] + added[1] < low:
            exact = Fraction(target.value) - Fraction(target.baseline)
            yield _problem(target, target.increase, exact, "增加", "an increase of")
    for stated, years in (
        (target.growth_percent, 1),
        (target.annual_growth_percent, years_of(target.period)),
    ):
        if stated is None or min(bases) <= 0:
            continue
        ends = [base * (1 + rate / 100) ** years for base in bases for rate in reach(stated)]
        if high < min(ends) or max(ends) < low:
            exact = 100 * (_root(Fraction(target.value) / Fraction(target.baseline), years) - 1)
            words = ("年均增长", "a yearly growth of") if years > 1 else ("增长", "a growth of")
            yield _problem(target, stated, exact, *words, percent="%")


def years_of(period: str) -> int:
    """How many years a period such as 2015/2017 has; 1 for a single year."""
    first, _, last = (part[:4] for part in period.partition("/"))
    return int(last) - int(first) + 1 if first.isdigit() and last.isdigit() else 1


def _root(number: Fraction, degree: int) -> Fraction:
    """The root to six digits, for showing only."""
    return (
        number
        if degree == 1
        else Fraction(float(number) ** (1 / degree)).limit_denominator(1_000_000)
    )


def _problem(
    target: Target, stated: str, exact: Fraction, zh: str, en: str, *, percent: str = ""
) -> Problem:
    computed = shown(exact, decimals_of(stated) + 1)
    message = Bilingual(
        f"从 {target.baseline} 到 {target.value} 是{zh} {computed}{percent}，"
        f"写作 {stated}{percent}",
        f"from {target.baseline} to {target.value} is {en} {computed}{percent}, "
        f"stated {stated}{percent}",
    )
    return stated, computed, message
