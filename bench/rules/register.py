"""A register of enterprises for the measurements: deterministic, one province, sorted by region.

Figures are drawn, not taken from anywhere: the shares of what is unknown (1 to 85 %) and the spread
of values are those of department data as the study of the rules engine assumed them. Money is in
whole thousands of yuan, so that engines that compute in 32-bit floats can be right, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from miaopu.engine.facts import Fact, FactType

AS_OF = date(2018, 6, 30)
EPOCH = date(1970, 1, 1).toordinal()
TODAY = AS_OF.toordinal() - EPOCH
NO_REGION = 0.01
PROVINCES = (14, 41, 52)

# name: share unknown, median, spread (log-normal), step
INTEGERS = {
    "employees": (0.02, 8, 1.2, 1),
    "insured": (0.20, 5, 1.2, 1),
    "graduates": (0.40, 1, 1.0, 1),
    "disabled": (0.60, 1, 0.7, 1),
    "patents": (0.50, 1, 1.3, 1),
    "credit": (0.30, 2, 0.5, 1),
    "area": (0.70, 120, 1.0, 1),
    "posts": (0.35, 2, 1.0, 1),
}
MONEY = {
    "revenue": (0.15, 900_000, 1.4, 1_000),
    "assets": (0.15, 700_000, 1.4, 1_000),
    "tax_paid": (0.25, 20_000, 1.3, 1_000),
    "rd_spend": (0.60, 60_000, 1.2, 1_000),
    "rent": (0.70, 40_000, 0.8, 1_000),
    "loan": (0.65, 300_000, 0.9, 1_000),
    "interest": (0.75, 15_000, 0.9, 1_000),
    "exports": (0.80, 200_000, 1.3, 1_000),
    "equipment": (0.70, 100_000, 1.1, 1_000),
    "payroll": (0.30, 300_000, 1.1, 1_000),
}
MOST_MONEY = 20_000_000
BOOLEANS = {
    "high_tech": (0.10, 0.08),
    "honest": (0.05, 0.93),
    "in_base": (0.30, 0.2),
    "first_founder": (0.40, 0.5),
    "women_led": (0.50, 0.3),
    "poor_village": (0.20, 0.05),
}
DATES = {
    "registered_on": (0.01, 7_000),
    "tenant_since": (0.70, 2_000),
    "graduated_on": (0.85, 1_500),
    "trained_on": (0.80, 1_000),
}
CODES = {
    "size": (0.03, ("micro", "small", "medium", "large"), (0.72, 0.22, 0.05, 0.01)),
    "founder_group": (
        0.60,
        ("graduate", "returning", "veteran", "disabled", "laid_off", "farmer", "skilled", "none"),
        (0.12, 0.15, 0.04, 0.02, 0.1, 0.2, 0.07, 0.3),
    ),
    "kind": (0.02, ("company", "sole", "partnership", "branch"), (0.6, 0.3, 0.05, 0.05)),
}  # fmt: skip
DIVISIONS = "13 14 15 17 18 19 26 27 29 30 33 34 35 36 38 39 48 50 51 52 54 59 61 62 64 65 70 72 73"
INDUSTRIES = tuple(f"{division}10" for division in DIVISIONS.split())
TYPES: Mapping[str, FactType] = {
    **dict.fromkeys(INTEGERS, FactType.INTEGER),
    **dict.fromkeys(MONEY, FactType.MONEY),
    **dict.fromkeys(BOOLEANS, FactType.BOOLEAN),
    **dict.fromkeys(DATES, FactType.DATE),
    **dict.fromkeys(CODES, FactType.CODE),
    "region": FactType.REGION,
    "industry": FactType.INDUSTRY,
}
FACTS = {name: Fact(name, kind) for name, kind in TYPES.items()}


@dataclass(frozen=True)
class Register:
    """Every fact as whole numbers (money in yuan, days since 1970, places of codes) and masks."""

    rows: int
    numbers: Mapping[str, npt.NDArray[np.int64]]
    known: Mapping[str, npt.NDArray[np.bool_]]

    def arrow(self) -> dict[str, pa.Array]:
        """The same as columns of a facts file."""
        return {name: self._arrow(name) for name in TYPES}

    def _arrow(self, name: str) -> pa.Array:
        numbers, missing = self.numbers[name], ~self.known[name]
        kind = TYPES[name]
        if kind is FactType.BOOLEAN:
            return pa.array(numbers > 0, mask=missing)
        if kind is FactType.DATE:
            return pa.array(numbers.astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())
        if kind is FactType.CODE:
            indices = pa.array(numbers.astype(np.int32), mask=missing)
            return pa.DictionaryArray.from_arrays(indices, pa.array(CODES[name][1]))
        if kind in (FactType.REGION, FactType.INDUSTRY):
            found, places = np.unique(numbers, return_inverse=True)
            indices = pa.array(places.astype(np.int32), mask=missing)
            return pa.DictionaryArray.from_arrays(indices, pa.array([str(one) for one in found]))
        return pa.array(numbers, mask=missing)


def cities(provinces: int) -> list[int]:
    """The six-digit codes of the cities: nine of each province, or (0 provinces) one."""
    every = [10_000 * one + 100 * place for one in PROVINCES[:provinces] for place in range(1, 10)]
    return every or [140100]


def counties(city: int) -> list[int]:
    """The districts and counties of a city."""
    return [city + 5 + place for place in range(10)]


def make(rows: int, *, seed: int = 5, provinces: int = 3) -> Register:
    """So many enterprises; those without a region stand last."""
    dice = np.random.default_rng(seed)
    numbers: dict[str, npt.NDArray[np.int64]] = {}
    known: dict[str, npt.NDArray[np.bool_]] = {}

    def keep(name: str, drawn: npt.NDArray[np.int64], unknown: float) -> None:
        known[name] = dice.random(rows) >= unknown
        numbers[name] = np.where(known[name], drawn, 0)

    for name, (unknown, median, spread, step) in (INTEGERS | MONEY).items():
        drawn = dice.lognormal(np.log(median), spread, rows)
        keep(name, np.minimum(drawn, MOST_MONEY).astype(np.int64) // step * step, unknown)
    for name, (unknown, share) in BOOLEANS.items():
        keep(name, (dice.random(rows) < share).astype(np.int64), unknown)
    for name, (unknown, reach) in DATES.items():
        keep(name, TODAY - dice.integers(0, reach, rows), unknown)
    for name, (unknown, codes, weights) in CODES.items():
        keep(name, dice.choice(len(codes), rows, p=weights), unknown)
    places = np.array([county for city in cities(provinces) for county in counties(city)])
    keep("industry", np.array([int(one) for one in INDUSTRIES])[_drawn(dice, 29, rows)], 0.02)
    region = np.sort(places[_drawn(dice, len(places), rows)])
    without = round(rows * NO_REGION)
    known["region"] = np.arange(rows) < rows - without
    numbers["region"] = np.where(known["region"], region, 0)
    return Register(rows, numbers, known)


def _drawn(dice: np.random.Generator, count: int, rows: int) -> npt.NDArray[np.int64]:
    """Places below `count`, the first ones oftener."""
    return np.minimum(dice.exponential(count / 3, rows).astype(np.int64), count - 1)
