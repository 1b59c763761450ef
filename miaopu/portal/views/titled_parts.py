"""Bases with a title against the targets that ask for them, district by district."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from miaopu.core.models import Region
from miaopu.monitoring.titled import TitledTarget
from miaopu.portal import formats, present
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.base_filters import bases_href, city_of

COLUMNS = (
    Column("region", gettext_lazy("区域")),
    Column("target", gettext_lazy("目标"), align="end"),
    Column(
        "done",
        gettext_lazy("已获称号"),
        kind="number",
        unit=pgettext_lazy("bases", "个"),
        link="href",
    ),
    Column("state", gettext_lazy("状态"), kind="tag", tone="tone"),
)


def _range(row: TitledTarget) -> str:
    low = formats.number(row.least)
    if row.most is None or row.most == row.least:
        return low
    return _("%(low)s 至 %(high)s") % {"low": low, "high": formats.number(row.most)}


def _state(row: TitledTarget) -> tuple[str, str]:
    if row.wanting:
        return _("还差 %(count)s 个") % {"count": row.wanting}, "soon"
    return (_("超过上限"), "late") if row.is_over else (_("已达到"), "good")


def titled_table(
    slug: str, found: Sequence[TitledTarget], only: Iterable[str] | None = None
) -> Table | None:
    """The targets with what is reached; each figure opens to its bases. None without targets.

    `only`: beginnings of region codes, for those who see their own districts alone.
    """
    if not found:
        return None
    codes = [one.region for one in found]
    names = {one.code: one for one in Region.objects.public().filter(code__in=codes)}
    shown = [
        one
        for one in found
        if one.region in names and (only is None or one.region.startswith(tuple(only)))
    ]
    if not shown:
        return None
    rows: list[dict[str, Any]] = []
    for row in shown:
        word, tone = _state(row)
        region = "" if row.region.endswith("00") else row.region
        href = bases_href(city_of(row.region), region=region, title=f"{slug}/{row.scheme}")
        rows.append(
            {
                "region": present.region_name(names[row.region]),
                "target": _range(row),
                "done": row.done,
                "href": href if row.done else "",
                "state": word,
                "tone": tone,
            }
        )
    title = present.in_language(shown[0].title)
    return Table(COLUMNS, rows, title[:1].upper() + title[1:])
