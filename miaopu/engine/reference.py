"""Reference tables: administrative divisions and industries (sources: `data/README.md`)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True)
class Region:
    """An administrative division; level 1 province, 2 city, 3 county; a province has no parent."""

    code: str
    name: str
    level: int
    parent: str | None


@dataclass(frozen=True)
class Industry:
    """An industry of GB/T 4754-2017; level 1 section, 2 division, 3 group, 4 class."""

    code: str
    name: str
    level: int
    section: str
    division: str
    group: str


def data_rows(name: str) -> list[dict[str, str]]:
    """The rows of the data file `name` shipped with the engine."""
    text = (files("miaopu.engine") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def regions() -> Mapping[str, Region]:
    """All divisions by their six-digit code, parents before children.

    Three cities without counties (Dongguan, Zhongshan, Danzhou) stand in the source a second time
    as their own only county; here they are cities only, so that no division is its own parent.
    """
    return MappingProxyType(
        {
            row["code"]: Region(row["code"], row["name"], int(row["level"]), row["parent"] or None)
            for row in data_rows("region.csv")
            if row["parent"] != row["code"]
        }
    )


@cache
def industries() -> Mapping[str, Industry]:
    """All industries by code: section letter, or two, three or four digits.

    A group that consists of one class only has no entry of its own: its class carries it in
    `group` (5320 stands in group 532).
    """
    return MappingProxyType(
        {
            row["code"]: Industry(
                row["code"],
                row["name"],
                int(row["level"]),
                row["section"],
                row["division"],
                row["group"],
            )
            for row in data_rows("industry.csv")
        }
    )
