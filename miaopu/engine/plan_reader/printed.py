"""Exact arithmetic with printed numbers: value, last printed digit, what rounding can explain."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from miaopu.engine.plan_reader.quantities import Quantity

_MULTIPLES = {
    "十": 10, "百": 100, "千": 1_000, "万": 10_000, "十万": 100_000, "百万": 1_000_000,
    "千万": 10_000_000, "亿": 100_000_000, "百亿": 10_000_000_000, "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip
_COUNTED = frozenset("家户个人名项件台套辆座所条处场次期篇批位")


@dataclass(frozen=True)
class Printed:
    """A number as printed: `value` and `step` (one in its last digit) in its base unit."""

    value: Decimal
    step: Decimal
    base: str
    scale: Decimal
    exact: bool

    def shown(self, value: Decimal) -> int | float:
        """`value` of the base unit in the printed unit, as JSON number."""
        scaled = value / self.scale
        return int(scaled) if scaled == int(scaled) else float(round(scaled, 6))


def printed(one: Quantity) -> Printed | None:
    """The printed number of a quantity; None for ranges, vague numbers and words."""
    if isinstance(one.value, list | str) or one.vague or one.chinese or not one.printed:
        return None
    plain = Decimal(one.printed.replace(",", "").replace(" ", ""))
    unit, scale = one.unit, Decimal(1)
    for prefix in sorted(_MULTIPLES, key=len, reverse=True):
        if unit.startswith(prefix) and len(unit) > len(prefix):
            unit, scale = unit[len(prefix) :], Decimal(_MULTIPLES[prefix])
            break
    exponent = plain.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) * scale
    exact = scale == 1 and step == 1 and unit in _COUNTED
    return Printed(plain * scale, step, unit, scale, exact)


def sum_grade(whole: Printed, parts: Sequence[Printed]) -> str | None:
    """None where parts and whole agree, else `possible-rounding` or `error`.

    Printed to the same digit they must add up exactly; finer parts may miss the whole by half of
    its last digit. Whole numbers of persons or enterprises are exact and excuse nothing.
    """
    difference = abs(sum((one.value for one in parts), Decimal(0)) - whole.value)
    finest = min(one.step for one in parts)
    if difference == 0 or (finest < whole.step and difference <= whole.step / 2):
        return None
    if whole.exact and all(one.exact for one in parts):
        return "error"
    slack = sum((one.step for one in parts), whole.step) / 2
    return "possible-rounding" if difference <= slack else "error"


def rounds_to(low: Decimal, high: Decimal, stated: Decimal, step: Decimal) -> bool:
    """Whether some value between `low` and `high` is printed as `stated` to the digit `step`."""
    return low - step / 2 <= stated <= high + step / 2


def rounded(value: Decimal, step: Decimal) -> Decimal:
    """`value` rounded half up to the digit `step`."""
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step
