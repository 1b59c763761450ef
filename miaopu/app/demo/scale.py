"""Figures of an enterprise that fit a size class of the national standard."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Literal

from miaopu.app.demo.dice import MILLION, Dice

SizeClass = Literal["micro", "small", "medium", "large"]
Indicator = Literal["employees", "revenue", "assets"]

YUAN_PER_WAN = 10_000
UNCOVERED = "其他未列明行业"
"""The group whose bounds shape enterprises of industries that the standard leaves out."""

_LARGEST = 3
_BELOW = 20
_SPREAD = MILLION // 5


@dataclass(frozen=True)
class Scale:
    """Lower bounds of small, medium and large for each indicator of an industry group.

    Employees in persons, revenue and assets in 10,000 yuan, as the standard prints them.
    """

    bounds: dict[Indicator, tuple[int, int, int]]

    def span(self, indicator: Indicator, size: SizeClass) -> tuple[int, int]:
        """Lowest and highest plausible value within the class, in persons or yuan."""
        small, medium, large = self.bounds[indicator]
        unit = 1 if indicator == "employees" else YUAN_PER_WAN
        low, high = {
            "micro": (small // _BELOW, small),
            "small": (small, medium),
            "medium": (medium, large),
            "large": (large, large * _LARGEST),
        }[size]
        return max(low * unit, 1), high * unit - 1


@dataclass(frozen=True)
class Figures:
    """What an enterprise truly has, whether a department knows it or not."""

    employees: int
    revenue: Decimal
    assets: Decimal


@cache
def scales() -> dict[str, Scale]:
    """The national standard's bounds by its Chinese group name."""
    table = resources.files("miaopu.engine").joinpath("data/size_standard_2017.csv")
    found = {}
    for row in csv.DictReader(table.read_text("utf-8").splitlines()):
        bounds: dict[Indicator, tuple[int, int, int]] = {}
        for number in ("1", "2"):
            for indicator in ("employees", "revenue", "assets"):
                if row[f"indicator_{number}"] == indicator:
                    bounds[indicator] = (
                        int(row[f"small_{number}"]),
                        int(row[f"medium_{number}"]),
                        int(row[f"large_{number}"]),
                    )
        found[row["industry"]] = Scale(bounds)
    return found


def draw_figures(dice: Dice, group: str, size: SizeClass) -> Figures:
    """Employees, revenue and assets in yuan that make an enterprise of `group` the given size."""
    scale = scales()[group or UNCOVERED]
    rank = dice.below(MILLION)
    drawn: dict[Indicator, int] = {}
    for indicator in scale.bounds:
        low, high = scale.span(indicator, size)
        near = abs(rank + dice.between(-_SPREAD, _SPREAD))
        near = min(near, 2 * MILLION - 1 - near)
        skew = near + MILLION if size == "micro" else 2 * near * near // MILLION
        drawn[indicator] = low + (high - low + 1) * near * skew // (2 * MILLION**2)
    if "revenue" not in drawn:
        drawn["revenue"] = drawn["employees"] * dice.between(40_000, 260_000)
    if "employees" not in drawn:
        drawn["employees"] = 1 + drawn["revenue"] // dice.between(180_000, 600_000)
    if "assets" not in drawn:
        drawn["assets"] = drawn["revenue"] * dice.between(250, 1600) // 1000
    return Figures(drawn["employees"], _yuan(dice, drawn["revenue"]), _yuan(dice, drawn["assets"]))


def _yuan(dice: Dice, amount: int) -> Decimal:
    """Whole yuan; two in five are reported in round hundreds, as small books often are."""
    if dice.chance(400) and amount > YUAN_PER_WAN:
        return Decimal(amount // 100 * 100)
    return Decimal(amount)
