"""What the departments know of an enterprise: figures, people, and the records that say so."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from miaopu.app.demo.dice import Dice, Weighted
from miaopu.app.demo.scale import Figures, SizeClass

FactValue = int | Decimal | bool | date | str

FOUNDER_GROUPS = (
    "graduate",
    "returning_migrant",
    "veteran",
    "unemployed",
    "disabled",
    "low_income",
    "urbanised_farmer",
)
"""The seven key groups of Guiyang 2018, clause 三/(二)."""

NO_GROUP = "none"
"""The founder is known to be in none of the key groups."""

YEAR_END, QUARTER_END, LAST_DAY = date(2017, 12, 31), date(2018, 3, 31), date(2018, 4, 30)
"""The deliveries: annual accounts, first-quarter records, and what came in April."""

_URBAN = Weighted(tuple(zip(FOUNDER_GROUPS, (34, 14, 12, 18, 5, 7, 10), strict=True)))
_RURAL = Weighted(tuple(zip(FOUNDER_GROUPS, (10, 40, 8, 6, 6, 18, 12), strict=True)))
_KEY_EMPLOYEES = Weighted(((0, 560), (1, 220), (2, 130), (3, 70), (4, 12), (5, 8)))
_KEY_FOUNDERS: dict[SizeClass, int] = {"micro": 265, "small": 150, "medium": 0, "large": 0}

_NO_REVENUE, _NO_EMPLOYEES, _NO_ASSETS = 80, 50, 150
_NO_FOUNDER_GROUP, _NO_KEY_EMPLOYEES = 60, 100

# fact → department, letters of its record numbers, delivery that counts (None: since registration)
_DEPARTMENTS: dict[str, tuple[str, str, date | None]] = {
    "region": ("market", "SCJG", None),
    "industry": ("market", "SCJG", None),
    "status": ("market", "SCJG", QUARTER_END),
    "registered_on": ("market", "SCJG", None),
    "employees": ("hr", "RS", QUARTER_END),
    "operating_revenue": ("tax", "SW", YEAR_END),
    "total_assets": ("statistics", "TJ", YEAR_END),
    "founder_group": ("hr", "RS", QUARTER_END),
    "key_group_employees": ("hr", "RS", QUARTER_END),
    "low_income_village": ("agriculture", "NY", QUARTER_END),
}


@dataclass(frozen=True)
class FactSeed:
    """What one department's record says of an enterprise from a day on. Money is in yuan."""

    name: str
    value: FactValue
    source: str
    valid_from: date
    record: str


@dataclass(frozen=True)
class Known:
    """What is known of an enterprise's size and people; None where no record came."""

    employees: int | None
    operating_revenue: Decimal | None
    total_assets: Decimal | None
    founder_group: str | None
    key_group_employees: int | None


def draw_known(dice: Dice, figures: Figures, size: SizeClass, rural: bool) -> Known:
    """Which of the true figures the departments know, and who founded and works there."""
    group: str | None = NO_GROUP
    if dice.chance(_KEY_FOUNDERS[size]):
        group = dice.weigh(_RURAL if rural else _URBAN)
    helped = min(dice.weigh(_KEY_EMPLOYEES), figures.employees)
    return Known(
        employees=None if dice.chance(_NO_EMPLOYEES) else figures.employees,
        operating_revenue=None if dice.chance(_NO_REVENUE) else figures.revenue,
        total_assets=None if dice.chance(_NO_ASSETS) else figures.assets,
        founder_group=None if dice.chance(_NO_FOUNDER_GROUP) else group,
        key_group_employees=None if dice.chance(_NO_KEY_EMPLOYEES) else helped,
    )


def facts_of(
    serial: int, registered_on: date, values: dict[str, FactValue | None]
) -> tuple[FactSeed, ...]:
    """One fact for every value that is known, each from the department that owns it."""
    facts = []
    for name, value in values.items():
        if value is None:
            continue
        source, letters, delivery = _DEPARTMENTS[name]
        since = registered_on if delivery is None else _delivered(delivery, registered_on)
        record = f"{letters}{since.year}-{serial:08d}"
        facts.append(FactSeed(name, value, source, since, record))
    return tuple(facts)


def _delivered(delivery: date, registered_on: date) -> date:
    """The delivery, or for younger enterprises the first one after registration."""
    return next(day for day in (delivery, QUARTER_END, LAST_DAY) if day >= registered_on)
