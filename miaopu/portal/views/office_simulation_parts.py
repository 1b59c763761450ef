"""A simulation as pages show it: figures, groups, the money's reach, what data cannot answer."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Region
from miaopu.engine.expressions.words import industry_name
from miaopu.parties.dictionary import fact_dictionary
from miaopu.plans.models import Simulation
from miaopu.plans.rule_reading import rule_of
from miaopu.plans.simulation_results import SIZE_NAMES
from miaopu.portal import formats, present
from miaopu.portal.charts import MAPS, Chart, drawn_on, short_name
from miaopu.portal.shapes import Text
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_facts import departments_of
from miaopu.portal.views.office_rule_changes import sides_table
from miaopu.portal.views.office_simulation_names import other_name, pack_of, rule_name
from miaopu.portal.views.office_simulation_reach import budget_table, reach_words
from miaopu.portal.views.public_shared import LEVEL_NAMES

WAYS: dict[str, tuple[Text, Text]] = {
    "region": (_("区域"), _("分区域")),
    "size": (_("企业规模"), _("分企业规模")),
    "industry": (_("行业门类"), _("分行业")),
    "age": (_("成立年限"), _("分成立年限")),
}
AGES: dict[str, Text] = {
    "<1": _("不满 1 年"),
    "1-2": _("1 至 2 年"),
    "3-4": _("3 至 4 年"),
    "5-9": _("5 至 9 年"),
    "10+": _("10 年以上"),
}
SHOWN = (
    *("new", "old", "difference", "enterprises", "levels", "tables", "map", "lacking"),
    *("budget", "reach", "gain_href", "lose_href", "sides", "old_name", "lacking_words"),
)
_NAMED = 3  # facts named in the warning; the table has all
LACKING_COLUMNS = (
    Column("fact", _("数据项")),
    Column("departments", _("应由谁提供")),
    Column("enterprises", _("没有数据的企业"), kind="number", unit=_("户")),
)


def group_names(simulation: Simulation, way: str) -> dict[str | None, str]:
    """What the groups of one way are called in the language of the page."""
    keys = [row["key"] for row in simulation.result["by"].get(way, [])]
    names: dict[str | None, str] = {None: gettext("未知")}
    if way == "region":
        regions = Region.objects.public().filter(code__in=[key for key in keys if key])
        names |= {region.code: present.region_name(region) for region in regions}
    for key in keys:
        if key is None or key in names:
            continue
        match way:
            case "size":
                names[key] = present.in_language(SIZE_NAMES[key])  # type: ignore[index]
            case "industry":
                names[key] = present.in_language(industry_name(key))
            case "age":
                names[key] = str(AGES[key])
            case _other:
                names[key] = key
    return names


def levels_of(simulation: Simulation) -> list[str]:
    """The levels that bear money under either rule, the highest first."""
    sides = [simulation.result["new"], simulation.result["old"] or {"by_level": {}}]
    borne = {level for side in sides for level in side["by_level"]}
    return [level for level in LEVEL_NAMES if level in borne]


def group_columns(simulation: Simulation, way: str) -> tuple[Column, ...]:
    """The columns of a table of groups; the earlier rule beside the new one if there is one."""
    title = WAYS[way][0]
    if simulation.result["old"] is None:
        return (
            Column("name", title, link="href"),
            Column("new", _("受益企业"), kind="number", unit=_("户")),
            Column("cost_fen", _("所需资金"), kind="money", unit=_("元")),
            *_level_columns(simulation),
        )
    before, after = other_name(simulation), rule_name(simulation)
    money = gettext("%(rule)s资金")
    return (
        Column("name", title, link="href"),
        Column("old", before, kind="number", unit=_("户")),
        Column("new", after, kind="number", unit=_("户")),
        Column("change", _("增减"), kind="number", unit=_("户")),
        Column("old_fen", money % {"rule": before}, kind="money", unit=_("元")),
        Column("cost_fen", money % {"rule": after}, kind="money", unit=_("元")),
        *_level_columns(simulation),
    )


def _level_columns(simulation: Simulation) -> list[Column]:
    return [
        Column(
            f"level_{level}",
            gettext("其中%(level)s") % {"level": LEVEL_NAMES[level]},
            kind="money",
            unit=_("元"),
        )
        for level in levels_of(simulation)
    ]


def group_rows(simulation: Simulation, way: str) -> list[dict[str, Any]]:
    """The rows of a table of groups."""
    names, levels = group_names(simulation, way), levels_of(simulation)
    rows = []
    order = {key: place for place, key in enumerate((*AGES, *SIZE_NAMES))}
    found = simulation.result["by"].get(way, [])
    for row in sorted(found, key=lambda one: order.get(one["key"], len(order))):
        new, old = row["new"], row["old"]
        shown = {
            "key": row["key"],
            "name": names[row["key"]],
            "href": "",
            "new": new["enterprises"],
            "cost_fen": new["cost_fen"],
            **{f"level_{level}": new["by_level"].get(level, 0) for level in levels},
        }
        if old is not None:
            shown |= {
                "old": old["enterprises"],
                "old_fen": old["cost_fen"],
                "change": new["enterprises"] - old["enterprises"],
            }
            if way == "region" and row["key"]:
                shown["href"] = f"{_href(simulation)}?{urlencode({'region': row['key']})}#changes"
        rows.append(shown)
    return rows


def _href(simulation: Simulation) -> str:
    return reverse("simulation", kwargs={"pk": simulation.pk})


def group_tables(simulation: Simulation) -> list[Table]:
    """Beneficiaries and cost by district, size, industry and age."""
    tables = []
    for way, (_title, caption) in WAYS.items():
        if way in simulation.result["by"]:
            columns, rows = group_columns(simulation, way), group_rows(simulation, way)
            tables.append(Table(columns, rows, caption, empty=gettext("没有受益企业"), stack=False))
    return tables


def map_of(simulation: Simulation) -> Chart | None:
    """Beneficiaries on the city's map; the table by district has the same numbers."""
    region = simulation.programme.region_id
    if region not in MAPS or "region" not in simulation.result["by"]:
        return None
    drawn = drawn_on(region)
    rows = [row for row in group_rows(simulation, "region") if row["new"] and row["key"] in drawn]
    if not rows:
        return None
    most = max(rows, key=lambda row: int(row["new"]))
    return Chart(
        key="chart-simulation",
        kind="map",
        title=gettext("各区县受益企业"),
        summary=gettext("最多的是%(district)s（%(most)s户）；各区县的数字见下表。")
        % {"district": most["name"], "most": formats.number(most["new"])},
        data={
            "kind": "map",
            "map": region,
            "unit": gettext("户"),
            "rows": [
                {
                    "code": row["key"],
                    "title": row["name"],
                    "label": short_name(row["name"]),
                    "value": row["new"],
                    "href": row["href"],
                }
                for row in rows
            ],
        },
        map=MAPS[region],
    )


def lacking_table(simulation: Simulation) -> Table:
    """Which facts are not known of how many enterprises, and who should provide them."""
    dictionary = fact_dictionary()
    rows = [
        {
            "fact": present.in_language(dictionary[name].title),
            "departments": departments_of(dictionary[name]) or gettext("本系统"),
            "enterprises": count,
        }
        for name, count in sorted(simulation.result["lacking"].items(), key=lambda one: -one[1])
        if name in dictionary and count
    ]
    return Table(
        LACKING_COLUMNS,
        rows,
        gettext("还不能回答的：缺少什么，应由谁提供"),
        empty=gettext("不缺数据"),
        empty_hint=gettext("每一户都能回答可享还是不可享。"),
    )


def lacking_words(simulation: Simulation) -> str:
    """The facts that are missing most, with who owes them, in one sentence."""
    dictionary = fact_dictionary()
    most = sorted(simulation.result["lacking"].items(), key=lambda one: -one[1])
    words = gettext("%(fact)s（%(departments)s，缺 %(count)s 户）")
    found = [
        words
        % {
            "fact": present.in_language(dictionary[name].title),
            "departments": departments_of(dictionary[name]) or gettext("本系统"),
            "count": formats.number(count),
        }
        for name, count in most
        if name in dictionary and count
    ]
    return gettext("、").join(found[:_NAMED])


def sides_of(simulation: Simulation) -> Table:
    """The rule that was tried, beside the other version's where there is one."""
    pack, old = pack_of(simulation), simulation.against
    before = rule_of(old.pack, simulation.item) if old is not None else None
    names = (other_name(simulation), rule_name(simulation))
    return sides_table((pack, pack), (before, simulation.part), names)


def simulation_context(simulation: Simulation) -> dict[str, Any]:
    """What the shared part of the pages shows of a finished simulation; {} of one under way."""
    if not simulation.is_finished:
        return {**dict.fromkeys(SHOWN), "simulation": simulation}
    result = simulation.result
    return {
        "simulation": simulation,
        "new": {
            **result["new"],
            "unknown_percent": f"{result['new']['unknown_share']:.0%}",
        },
        "old": result["old"],
        "difference": result["difference"],
        "enterprises": result["enterprises"],
        "levels": [
            (
                gettext("其中%(level)s") % {"level": LEVEL_NAMES[level]},
                result["new"]["by_level"].get(level, 0),
            )
            for level in levels_of(simulation)
        ],
        "tables": group_tables(simulation),
        "map": map_of(simulation),
        "lacking": lacking_table(simulation),
        "lacking_words": lacking_words(simulation),
        "sides": sides_of(simulation),
        "old_name": other_name(simulation),
        "budget": budget_table(simulation),
        "reach": reach_words(simulation),
        "gain_href": f"{_href(simulation)}?kind=gain#changes",
        "lose_href": f"{_href(simulation)}?kind=lose#changes",
    }
