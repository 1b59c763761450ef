"""Charts as frozen shapes: what is drawn, what it says in words; the numbers come from a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from miaopu.engine.messages import Bilingual
from miaopu.monitoring.board import Board, DistrictBoard, TrendPoint
from miaopu.portal import formats, present
from miaopu.portal.shapes import Text

# Cities whose boundaries are kept, by region code; tools/make_map.py makes them.
MAPS = {"520100": "portal/maps/520100.json"}
STATIC = Path(__file__).resolve().parent / "static"
KINDS = (
    Bilingual("区", " District"),
    Bilingual("县", " County"),
    Bilingual("市", " City"),
)


@dataclass(frozen=True)
class Chart:
    """A chart: `data` is what the script draws, `summary` says the same in a sentence or two."""

    key: str
    kind: Literal["map", "lines"]
    title: Text
    summary: Text
    data: Mapping[str, Any]
    map: str = ""
    note: Text = ""


@cache
def drawn_on(region: str) -> frozenset[str]:
    """Codes of the districts that have a boundary on the map of a city."""
    document = json.loads((STATIC / MAPS[region]).read_text(encoding="utf-8"))
    return frozenset(one["properties"]["code"] for one in document["features"])


def short_name(name: str) -> str:
    """A district's name without its kind, for the map."""
    for kind in KINDS:
        suffix = present.in_language(kind)
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def district_map(
    region: str, districts: Sequence[DistrictBoard], hrefs: Mapping[str, str], unit: str
) -> Chart | None:
    """Enterprises supported on the city's map; None for a city without boundaries."""
    if region not in MAPS:
        return None
    drawn, names = [], {one.code: present.in_language(one.name) for one in districts}
    for one in districts:
        if one.code in drawn_on(region):
            drawn.append(
                {
                    "code": one.code,
                    "title": names[one.code],
                    "label": short_name(names[one.code]),
                    "value": one.counts.enterprises,
                    "href": hrefs[one.code],
                }
            )
    missing = [one for one in districts if one.code not in drawn_on(region)]
    return Chart(
        key="chart-map",
        kind="map",
        title=_("各区县扶持企业"),
        summary=_map_summary(districts, names),
        data={"kind": "map", "map": region, "unit": unit, "rows": drawn},
        map=MAPS[region],
        note=_not_drawn(missing, names),
    )


def _map_summary(districts: Sequence[DistrictBoard], names: Mapping[str, str]) -> str:
    counts = [(one.counts.enterprises, one.code) for one in districts]
    total = sum(count for count, _code in counts)
    if not total:
        return _("各区县都还没有扶持企业。")
    most, code = max(counts)
    none = sum(1 for count, _code in counts if not count)
    text = _("共%(total)s户，最多的是%(district)s（%(most)s户）。") % {
        "total": formats.number(total),
        "district": names[code],
        "most": formats.number(most),
    }
    if none:
        more = ngettext(
            "还有%(count)s个区县没有扶持企业。", "还有%(count)s个区县没有扶持企业。", none
        )
        text += (" " if formats.is_english() else "") + more % {"count": none}
    return text


def _not_drawn(missing: Iterable[DistrictBoard], names: Mapping[str, str]) -> str:
    listed = [
        _("%(district)s %(count)s户")
        % {"district": names[one.code], "count": formats.number(one.counts.enterprises)}
        for one in missing
    ]
    if not listed:
        return ""
    return _("地图没有市自设区域的边界，它们的数字见下表：%(districts)s。") % {
        "districts": _("、").join(listed)
    }


def trend_chart(board: Board, unit: str) -> Chart | None:
    """Enterprises supported over the year against time; None without a target for them."""
    if not board.trend:
        return None
    return Chart(
        key="chart-trend",
        kind="lines",
        title=_("累计扶持企业与时间进度（%(unit)s）") % {"unit": unit},
        summary=_trend_summary(board.trend, board.as_of),
        data={
            "kind": "lines",
            "unit": unit,
            "labels": [formats.month_day(point.day) for point in board.trend],
            "series": [
                {"name": _("累计扶持"), "values": [point.done for point in board.trend]},
                {
                    "name": _("按时间应达"),
                    "values": [point.due for point in board.trend],
                    "plan": True,
                },
            ],
        },
    )


def _trend_summary(trend: Sequence[TrendPoint], day: date) -> str:
    reached = [point for point in trend if point.done is not None]
    if not reached:
        return _("计划期还没有开始。")
    last = reached[-1]
    gap = (last.done or 0) - last.due
    words = {
        "date": formats.day(last.day),
        "done": formats.number(last.done),
        "due": formats.number(last.due),
        "gap": formats.number(abs(gap)),
    }
    if gap < 0:
        return _("截至%(date)s累计%(done)s户，按时间应达%(due)s户，差%(gap)s户。") % words
    return _("截至%(date)s累计%(done)s户，按时间应达%(due)s户，多%(gap)s户。") % words
