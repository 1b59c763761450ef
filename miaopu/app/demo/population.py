"""The demo population: enterprises of an imagined Guiyang with what each department knows of them.

Pure functions of a count and a seed number: the same call gives the same enterprises on every
machine, and the first ones of a large population are those of a small one.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Literal

from miaopu.app.demo import naming
from miaopu.app.demo.dice import Dice, Weighted
from miaopu.app.demo.knowledge import (
    FOUNDER_GROUPS,
    LAST_DAY,
    NO_GROUP,
    FactSeed,
    draw_known,
    facts_of,
)
from miaopu.app.demo.places import PLACES, Place, villages
from miaopu.app.demo.scale import YUAN_PER_WAN, SizeClass, draw_figures
from miaopu.engine import size, uscc

__all__ = [
    "FOUNDER_GROUPS",
    "OWNERS_AMONG",
    "SEED",
    "EnterpriseSeed",
    "FactSeed",
    "generate",
    "pick_owner_enterprises",
]

SEED = 20180510
OWNERS_AMONG = 200
"""The enterprises with log-ins stand among the first so many, so that small demos have them."""

Kind = Literal["enterprise", "individual"]
Setting = Literal["urban", "rural", "zone"]

_FIRST_DAY = date(1998, 1, 1)
_SATURDAY = 5
_SERIALS = 10**8
_MOST = 2_000_000
_SCATTER, _PHONE_SCATTER = 48_271_339, 7
_SHOPS, _INDIVIDUALS = 600, 550

_PLACES = Weighted(tuple((place, place.share) for place in PLACES))
_SIZES: Weighted[SizeClass] = Weighted(
    (("micro", 766), ("small", 194), ("medium", 35), ("large", 5))
)
_STATUS = Weighted((("active", 94), ("suspended", 3), ("closed", 3)))


@dataclass(frozen=True)
class EnterpriseSeed:
    """One enterprise. None is what no department knows; money is whole yuan.

    `kind` is `individual` for an individual business (个体工商户), else `enterprise`. `facts`
    repeats what is known as the departments' records say it.
    """

    index: int
    uscc: str
    name: str
    kind: Kind
    region: str
    industry: str
    address: str
    legal_representative: str
    phone: str
    registered_on: date
    status: str
    employees: int | None
    operating_revenue: Decimal | None
    total_assets: Decimal | None
    founder_group: str | None
    key_group_employees: int | None
    low_income_village: bool
    facts: tuple[FactSeed, ...]

    def size_class(self) -> str | None:
        """The class by the national standard from what is known; None where that decides none."""
        return size.classify(
            self.industry,
            self.employees,
            _in_wan(self.operating_revenue),
            _in_wan(self.total_assets),
        ).size_class


@dataclass(frozen=True)
class _Trade:
    industry: str
    group: str
    company: tuple[str, ...]
    shop: tuple[str, ...]


def generate(count: int, seed: int = SEED) -> Iterator[EnterpriseSeed]:
    """The first `count` enterprises of the population `seed`, in order, codes and names unique.

    Raises ValueError for a negative count or one beyond two million, for which names run out.
    """
    if not 0 <= count <= _MOST:
        raise ValueError(f"数量应在 0 至 {_MOST} 之间 / count must be 0 to {_MOST}: {count}")
    names: set[str] = set()
    for index in range(count):
        attempt = 0
        enterprise = _draw(seed, index, attempt, names)
        while index in _OWNER_PLACES and not _OWNER_PLACES[index](enterprise):
            attempt += 1
            enterprise = _draw(seed, index, attempt, names)
        names.add(enterprise.name)
        yield enterprise


def pick_owner_enterprises(seeds: Sequence[EnterpriseSeed]) -> tuple[int, int, int]:
    """Indexes of the enterprises with log-ins, all among the first 200 and fully known.

    A micro enterprise in 云岩 with a key-group founder, a micro enterprise in 南明 that employs
    key-group people, and a small enterprise in 观山湖, which is not entitled.
    Raises LookupError where one is missing, as in populations under 200.
    """
    first = seeds[:OWNERS_AMONG]
    yunyan, nanming, guanshanhu = (
        next((enterprise.index for enterprise in first if wanted(enterprise)), None)
        for wanted in (_key_founder_in_yunyan, _key_employer_in_nanming, _small_in_guanshanhu)
    )
    if yunyan is None or nanming is None or guanshanhu is None:
        raise LookupError(
            f"演示数据至少需要 {OWNERS_AMONG} 户企业 / the demo needs {OWNERS_AMONG} enterprises"
        )
    return yunyan, nanming, guanshanhu


def _in_wan(yuan: Decimal | None) -> Decimal | None:
    return None if yuan is None else yuan / YUAN_PER_WAN


def _sound(enterprise: EnterpriseSeed, region: str, size_class: SizeClass) -> bool:
    """A living company of the region and class of which every department has delivered."""
    known = (
        enterprise.employees,
        enterprise.operating_revenue,
        enterprise.total_assets,
        enterprise.founder_group,
        enterprise.key_group_employees,
    )
    return (
        enterprise.region == region
        and enterprise.name.endswith("公司")
        and enterprise.status == "active"
        and None not in known
        and enterprise.size_class() == size_class
    )


def _key_founder_in_yunyan(enterprise: EnterpriseSeed) -> bool:
    return enterprise.founder_group in FOUNDER_GROUPS and _sound(enterprise, "520103", "micro")


def _key_employer_in_nanming(enterprise: EnterpriseSeed) -> bool:
    return (
        enterprise.founder_group == NO_GROUP
        and bool(enterprise.key_group_employees)
        and _sound(enterprise, "520102", "micro")
    )


def _small_in_guanshanhu(enterprise: EnterpriseSeed) -> bool:
    return _sound(enterprise, "520115", "small")


_OWNER_PLACES = {
    17: _key_founder_in_yunyan,
    58: _key_employer_in_nanming,
    103: _small_in_guanshanhu,
}
"""Here the draw is repeated until the enterprise fits, so that every seed number has all three."""


@cache
def _trades(setting: Setting) -> Weighted[_Trade]:
    table = resources.files("miaopu.app.demo").joinpath("trades.csv").read_text("utf-8")
    return Weighted(
        [
            (
                _Trade(
                    row["code"],
                    row["group"],
                    tuple(row["company"].split()),
                    tuple(row["shop"].split()),
                ),
                int(row[setting]),
            )
            for row in csv.DictReader(table.splitlines())
        ]
    )


def _draw(seed: int, index: int, attempt: int, taken: set[str]) -> EnterpriseSeed:
    dice = Dice(seed, index, attempt)
    place = dice.weigh(_PLACES)
    village = dice.pick(villages()[place.code]) if dice.chance(place.rural) else None
    trade = dice.weigh(_trades("zone" if place.zone else "rural" if village else "urban"))
    size_class = dice.weigh(_SIZES)
    shop = bool(trade.shop) and size_class == "micro" and dice.chance(_SHOPS)
    kind: Kind = "individual" if shop and dice.chance(_INDIVIDUALS) else "enterprise"
    surname, person = naming.person_name(dice)
    registered_on = _registered_on(dice, size_class)
    status = dice.weigh(_STATUS)
    figures = draw_figures(dice, trade.group, size_class)
    known = draw_known(dice, figures, size_class, village is not None)
    low_income = village is not None and village.low_income
    serial = (index * _SCATTER + seed) % _SERIALS
    return EnterpriseSeed(
        index=index,
        uscc=uscc.make("9", "2" if kind == "individual" else "1", place.registry, serial),
        name=_name(dice, place, trade, surname if shop else None, taken),
        kind=kind,
        region=place.code,
        industry=trade.industry,
        address=naming.village_address(dice, place, village)
        if village
        else naming.street_address(dice, place),
        legal_representative=person,
        phone=naming.phone(serial * _PHONE_SCATTER % _SERIALS),
        registered_on=registered_on,
        status=status,
        employees=known.employees,
        operating_revenue=known.operating_revenue,
        total_assets=known.total_assets,
        founder_group=known.founder_group,
        key_group_employees=known.key_group_employees,
        low_income_village=low_income,
        facts=facts_of(
            serial,
            registered_on,
            {
                "region": place.code,
                "industry": trade.industry,
                "status": status,
                "registered_on": registered_on,
                "employees": known.employees,
                "operating_revenue": known.operating_revenue,
                "total_assets": known.total_assets,
                "founder_group": known.founder_group,
                "key_group_employees": known.key_group_employees,
                "low_income_village": low_income,
            },
        ),
    )


def _registered_on(dice: Dice, size_class: SizeClass) -> date:
    """A working day; the later the likelier, most of all for micro enterprises."""
    days = (LAST_DAY - _FIRST_DAY).days
    tries = {"micro": 4, "small": 3, "medium": 2, "large": 1}[size_class]
    day = _FIRST_DAY + timedelta(days=max(dice.below(days + 1) for _ in range(tries)))
    return day - timedelta(days=max(day.weekday() - _SATURDAY + 1, 0))


def _name(dice: Dice, place: Place, trade: _Trade, surname: str | None, taken: set[str]) -> str:
    """A name nobody has taken; `surname` is its owner's where it is a shop, not a company."""
    while True:
        if surname is None:
            name = naming.company_name(dice, place, dice.pick(trade.company))
        else:
            name = naming.shop_name(dice, place, dice.pick(trade.shop), surname)
        if name not in taken:
            return name
