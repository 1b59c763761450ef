"""The offices of the demo: the city's, and three in every county or zone."""

from dataclasses import dataclass
from typing import Literal

from miaopu.app.demo.places import PLACES, Place

OfficeKind = Literal[
    "programme_office", "district_office", "finance", "leading_group", "audit", "administration"
]

CITY = "520100"


@dataclass(frozen=True)
class OfficeSeed:
    """One office; `region` is where its scope begins, `level` is city or county."""

    code: str
    name_zh: str
    name_en: str
    kind: OfficeKind
    region: str
    level: Literal["city", "county"]


def district_office(region: str) -> str:
    """Code of the county's or zone's micro-enterprise office (微企办)."""
    return f"{region}-micro"


def finance_office(region: str) -> str:
    """Code of the finance bureau of the city, a county or a zone."""
    return f"{region}-finance"


def leading_group_office(region: str) -> str:
    """Code of the leading group of a county or zone."""
    return f"{region}-leading-group"


PROGRAMME_OFFICE = f"{CITY}-programme"
LEADING_GROUP = f"{CITY}-leading-group"
AUDIT = f"{CITY}-audit"
ADMINISTRATION = f"{CITY}-administration"

_CITY_OFFICES = (
    OfficeSeed(
        PROGRAMME_OFFICE,
        "贵阳市微企办",
        "Guiyang Micro-enterprise Office",
        "programme_office",
        CITY,
        "city",
    ),
    OfficeSeed(
        finance_office(CITY),
        "贵阳市财政局",
        "Guiyang Finance Bureau",
        "finance",
        CITY,
        "city",
    ),
    OfficeSeed(AUDIT, "贵阳市审计局", "Guiyang Audit Bureau", "audit", CITY, "city"),
    OfficeSeed(
        LEADING_GROUP,
        "贵阳市扶持微型企业发展领导小组",
        "Guiyang Leading Group for Supporting Micro Enterprises",
        "leading_group",
        CITY,
        "city",
    ),
    OfficeSeed(
        ADMINISTRATION,
        "贵阳市微企平台运行中心",
        "Guiyang Micro-enterprise Platform Operations Centre",
        "administration",
        CITY,
        "city",
    ),
)


def _county_offices(place: Place) -> tuple[OfficeSeed, ...]:
    finance_zh, finance_en = (
        ("财政分局", "Finance Sub-bureau") if place.zone else ("财政局", "Finance Bureau")
    )
    return (
        OfficeSeed(
            district_office(place.code),
            f"{place.name_zh}微企办",
            f"{place.name_en} Micro-enterprise Office",
            "district_office",
            place.code,
            "county",
        ),
        OfficeSeed(
            finance_office(place.code),
            f"{place.name_zh}{finance_zh}",
            f"{place.name_en} {finance_en}",
            "finance",
            place.code,
            "county",
        ),
        OfficeSeed(
            leading_group_office(place.code),
            f"{place.name_zh}扶持微型企业发展领导小组",
            f"{place.name_en} Leading Group for Supporting Micro Enterprises",
            "leading_group",
            place.code,
            "county",
        ),
    )


OFFICES: tuple[OfficeSeed, ...] = (
    *_CITY_OFFICES,
    *(office for place in PLACES for office in _county_offices(place)),
)
"""All offices: the city's first, then county by county."""
