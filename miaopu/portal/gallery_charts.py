"""The gallery's charts: each kind, with and without values. All of it is made up."""

from django.utils.translation import gettext as _

from miaopu.portal.charts import Chart

REGION = "520100"
MADE_UP = {"520102": 40, "520103": 25, "520111": 8, "520121": 0}


def _map(key: str, title: str, values: dict[str, int], summary: str, note: str) -> Chart:
    rows = [
        {"code": code, "title": code, "label": code, "value": value, "href": ""}
        for code, value in values.items()
    ]
    data = {"kind": "map", "map": REGION, "unit": _("户"), "rows": rows}
    return Chart(key, "map", title, summary, data, map=f"portal/maps/{REGION}.json", note=note)


def _lines(key: str, done: list[int | None], summary: str) -> Chart:
    series = [
        {"name": _("累计扶持"), "values": done},
        {"name": _("按时间应达"), "values": [25, 50, 75, 100], "plan": True},
    ]
    labels = ["3-31", "6-30", "9-30", "12-31"]
    data = {"kind": "lines", "unit": _("户"), "labels": labels, "series": series}
    return Chart(key, "lines", _("累计扶持企业与时间进度"), summary, data)


def charts() -> dict[str, Chart]:
    """Every kind of chart in its states."""
    return {
        "map": _map(
            "gallery-map",
            _("各区县扶持企业"),
            MADE_UP,
            _("共73户，最多的是甲区（40户）。"),
            _("地图没有市自设区域的边界，它们的数字见下表。"),
        ),
        "empty_map": _map(
            "gallery-map-empty", _("各区县扶持企业"), {}, _("各区县都还没有扶持企业。"), ""
        ),
        "lines": _lines("gallery-lines", [20, 61, None, None], _("累计61户，按时间应达50户。")),
    }
