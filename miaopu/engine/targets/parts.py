"""Parts of a target: proposals by share, and the parts against the whole as printed.

A part that is None is not named: it has no target, which is not a target of zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Literal

from miaopu.engine.definitions.figures import sum_grade
from miaopu.engine.messages import Bilingual, EngineError
from miaopu.engine.money import MoneyError, split

Standing = Literal["empty", "even", "over", "under"]
PLACES_MAX = 4
NOT_ADDED = frozenset({"%", "‰", "倍", "个百分点"})
"""Units of ratios: every part has its own, and together they add up to nothing."""


class ProposalError(EngineError):
    """A proposal that cannot be worked out."""


@dataclass(frozen=True)
class Sum:
    """The parts against the whole: `total` is None where nothing is named yet.

    `grade` is None where they agree as printed, else `possible-rounding` (the rounding of the
    printed figures can explain it) or `error`.
    """

    whole: Decimal
    total: Decimal | None
    grade: Literal["possible-rounding", "error"] | None

    @property
    def remainder(self) -> Decimal | None:
        """What is left to allocate, negative where more than the whole is allocated."""
        return None if self.total is None else self.whole - self.total

    @property
    def standing(self) -> Standing:
        """Nothing allocated yet, all of it, too much or too little."""
        if self.total is None:
            return "empty"
        if self.total == self.whole:
            return "even"
        return "over" if self.total > self.whole else "under"


def adds_up(unit: str) -> bool:
    """Whether figures in the unit (as the pack names it in Chinese) can be added over places."""
    return unit.strip() not in NOT_ADDED


def printed(value: Decimal, places: int) -> str:
    """The figure as it is printed with `places` decimals: 609 → 609.00."""
    return f"{value:.{places}f}"


def sum_of(
    whole: Decimal, parts: Sequence[Decimal | None], places: int, *, counted: bool, stated: str = ""
) -> Sum:
    """The parts against the whole; `stated` is the whole as printed where that is coarser."""
    named = [part for part in parts if part is not None]
    if not named:
        return Sum(whole, None, None)
    _total, grade = sum_grade(
        stated or printed(whole, places), [printed(one, places) for one in named], counted=counted
    )
    return Sum(whole, sum(named, Decimal(0)), grade)


def propose(
    whole: Decimal, weights: Sequence[Decimal | None], places: int
) -> tuple[Decimal | None, ...]:
    """Share `whole` in proportion to `weights`, to `places` decimals; the parts add up exactly.

    What is left after rounding down goes to the largest remainders, so nobody with a smaller
    weight gets more. A weight of None gets None. Raises ProposalError without any weight, for a
    negative one, and where `whole` has more decimals than `places`.
    """
    unit = Decimal(1).scaleb(-places)
    steps = whole / unit
    if steps != steps.to_integral_value():
        raise ProposalError(
            Bilingual(
                f"目标值 {whole} 超过 {places} 位小数", f"{whole} has over {places} decimals"
            ),
            Bilingual("请增加小数位数", "allow for more decimals"),
        )
    named = [(place, Fraction(one)) for place, one in enumerate(weights) if one is not None]
    common = lcm(*(weight.denominator for _place, weight in named))
    try:
        shares = split(int(steps), [int(weight * common) for _place, weight in named])
    except MoneyError as refused:
        raise ProposalError(
            Bilingual("没有可用的基数", "there is no baseline to go by"),
            Bilingual(
                "请至少为一个单位填写大于零的基数",
                "give at least one of them a baseline above zero",
            ),
        ) from refused
    found: list[Decimal | None] = [None] * len(weights)
    for (place, _weight), share in zip(named, shares, strict=True):
        found[place] = share * unit
    return tuple(found)
