"""A city's bases on its map, drawn here as SVG: no tile, no script, no request to anybody."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from miaopu.bases.models import Base, BaseProfile
from miaopu.core.models import Region
from miaopu.portal import present
from miaopu.portal.charts import MAPS, STATIC, short_name

WIDTH, MARGIN = 800.0, 16.0
_APART = 26.0  # between markers of one district that have no coordinates of their own
_GOLDEN = math.pi * (3 - math.sqrt(5))

Ring = list[list[float]]


@dataclass(frozen=True)
class District:
    """A district's outline as an SVG path, and where its name stands."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Outline:
    """A city's outline and how degrees become points of the drawing."""

    districts: tuple[District, ...]
    height: float
    west: float
    north: float
    scale: float
    squeeze: float

    def point(self, longitude: float, latitude: float) -> tuple[float, float]:
        """A place in the drawing; a degree of longitude is narrower than one of latitude."""
        x = MARGIN + (longitude - self.west) * self.squeeze * self.scale
        return round(x, 1), round(MARGIN + (self.north - latitude) * self.scale, 1)


@dataclass(frozen=True)
class Marker:
    """A base on the map; `exact` where its own coordinates are known."""

    name: str
    href: str
    x: float
    y: float
    exact: bool


@dataclass(frozen=True)
class CityMap:
    """What the page draws: outlines with names, markers, and how many of them are exact."""

    width: int
    height: int
    districts: list[dict[str, Any]]
    markers: list[Marker]

    @property
    def rough(self) -> int:
        """Markers that stand in their district because nobody has stated coordinates."""
        return sum(1 for one in self.markers if not one.exact)


def _centre(ring: Ring) -> tuple[float, float, float]:
    """A ring's centre of gravity and twice its area (shoelace)."""
    area = x = y = 0.0
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x0 * y1 - x1 * y0
        area, x, y = area + cross, x + (x0 + x1) * cross, y + (y0 + y1) * cross
    if not area:
        return ring[0][0], ring[0][1], 0.0
    return x / (3 * area), y / (3 * area), abs(area)


@cache
def outline_of(city: str) -> Outline:
    """The outline of a city whose boundaries are kept (charts.MAPS)."""
    document = json.loads((STATIC / MAPS[city]).read_text(encoding="utf-8"))
    shapes: dict[str, list[Ring]] = {
        one["properties"]["code"]: [
            ring for part in one["geometry"]["coordinates"] for ring in part
        ]
        for one in document["features"]
    }
    points = [point for rings in shapes.values() for ring in rings for point in ring]
    west, east = min(one[0] for one in points), max(one[0] for one in points)
    south, north = min(one[1] for one in points), max(one[1] for one in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * squeeze)
    frame = Outline((), (north - south) * scale + 2 * MARGIN, west, north, scale, squeeze)
    districts = []
    for code, rings in shapes.items():
        paths = []
        for ring in rings:
            drawn = (frame.point(*point) for point in ring)
            paths.append("M" + "L".join(f"{x} {y}" for x, y in drawn) + "Z")
        longitude, latitude, _area = max(map(_centre, rings), key=lambda found: found[2])
        districts.append(District(code, "".join(paths), *frame.point(longitude, latitude)))
    return Outline(tuple(districts), frame.height, west, north, scale, squeeze)


def _spot(outline: Outline, district: District | None, number: int) -> tuple[float, float]:
    """The place of the `number`-th base of a district without coordinates: on a spiral."""
    x = district.x if district else WIDTH / 2
    y = district.y + _APART if district else outline.height - 2 * MARGIN
    away, turn = _APART * math.sqrt(number), number * _GOLDEN
    return round(x + away * math.cos(turn), 1), round(y + away * math.sin(turn), 1)


def _stated(base: Base) -> tuple[float, float] | None:
    """The base's own coordinates, where somebody has stated them."""
    profile: BaseProfile | None = getattr(base, "profile", None)
    if profile is None or profile.longitude is None or profile.latitude is None:
        return None
    return float(profile.longitude), float(profile.latitude)


def city_map(
    city: str, bases: Iterable[Base], hrefs: Mapping[int, str], names: Mapping[str, Region]
) -> CityMap | None:
    """The bases on the map of their city; None for a city without boundaries.

    The bases come with their profiles; `hrefs` are their pages, `names` the districts by code.
    """
    if city not in MAPS:
        return None
    outline = outline_of(city)
    by_code = {one.code: one for one in outline.districts}
    there: Counter[str] = Counter()
    markers = []
    for base in bases:
        stated = _stated(base)
        place = outline.point(*stated) if stated else None
        inside = place and 0 <= place[0] <= WIDTH and 0 <= place[1] <= outline.height
        if place is None or not inside:
            place = _spot(outline, by_code.get(base.region_id), there[base.region_id])
            there[base.region_id] += 1
        markers.append(Marker(base.name, hrefs[base.pk], *place, bool(inside)))
    districts = [
        {
            "path": one.path,
            "x": one.x,
            "y": one.y,
            "name": short_name(present.region_name(names[one.code])) if one.code in names else "",
        }
        for one in outline.districts
    ]
    return CityMap(int(WIDTH), math.ceil(outline.height), districts, markers)
