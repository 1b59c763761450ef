"""How many are entitled, what that costs each level, by district; which facts are missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.cases.models import Item
from miaopu.engine.messages import Bilingual
from miaopu.ledger.enums import Level
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.facts import SIZE_NEEDS
from miaopu.parties.querysets import EnterpriseQuerySet
from miaopu.plans.querysets import MatchQuerySet
from miaopu.portal import formats, present
from miaopu.portal.kept_parts import kept_rows
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_facts import departments_of
from miaopu.portal.views.office_money import split_by_level
from miaopu.portal.views.public_shared import amount_of

FACT_COLUMNS = (
    Column("fact", _("缺少的数据"), link="href"),
    Column("departments", _("应由何部门提供")),
    Column("enterprises", _("企业"), kind="number", unit=_("户")),
)


def district_columns(levels: Iterable[str]) -> tuple[Column, ...]:
    """Columns of the table by district, one for each level that bears a share."""
    return (
        Column("region", _("区域")),
        Column("entitled", _("可享"), kind="number", unit=_("户"), link="href"),
        Column("wanting", _("缺少数据"), kind="number", unit=_("户"), link="wanting_href"),
        Column("excluded", _("不可享"), kind="number", unit=_("户"), link="excluded_href"),
        Column("total_fen", _("全部兑现需要"), kind="money", unit=_("元")),
        *(
            Column(level, _("%(level)s负担") % {"level": Level(level).label}, "money", unit=_("元"))
            for level in levels
        ),
    )


def fact_title(name: str) -> str:
    """The name of a fact in the page's language."""
    definition = fact_dictionary().get(name)
    return present.in_language(definition.title) if definition else name


def fact_departments(name: str) -> str:
    """Who owes a fact; for the size class, who owes what it is computed from."""
    dictionary = fact_dictionary()
    names = SIZE_NEEDS if name == "size" else (name,)
    found = [departments_of(dictionary[one]) for one in names if one in dictionary]
    separator = gettext("、")
    return separator.join(dict.fromkeys(separator.join(found).split(separator)))


@dataclass
class Tally:
    """What is counted for an item, or for one district of it. Money in fen."""

    entitled: int = 0
    wanting: int = 0
    unpriced: int = 0
    by_level: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def cost_fen(self) -> int:
        """What all of it would cost."""
        return sum(self.by_level.values())


@dataclass
class ItemFigures:
    """The figures of one item: in all, by district, and by missing fact."""

    item: Item
    whole: Tally = field(default_factory=Tally)
    districts: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    facts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, row: dict[str, Any]) -> None:
        """Count a group of matches that are alike in everything that is counted."""
        for count in (self.whole, self.districts[row["enterprise__region"]]):
            if row["facts_missing"]:
                count.wanting += row["n"]
                continue
            count.entitled += row["n"]
            amount = row["amount_fen"]
            each = amount_of(self.item.definition) if amount is None else amount
            if each is None:
                count.unpriced += row["n"]
                continue
            for level, part in split_by_level(self.item, each).items():
                count.by_level[level] += part * row["n"]
        if row["facts_missing"]:
            for name in row["missing"]:
                if not name.startswith("decide:"):
                    self.facts[name] += row["n"]


def item_figures(matches: MatchQuerySet) -> list[ItemFigures]:
    """The figures of every item in force, from one query over the matches."""
    figures = {item.code: ItemFigures(item) for item in Item.objects.public()}
    rows = (
        matches.order_by()
        .values("item", "enterprise__region", "facts_missing", "amount_fen", "missing")
        .annotate(n=Count("pk"))
    )
    for row in kept_rows(rows):
        if row["item"] in figures:
            figures[row["item"]].add(row)
    return list(figures.values())


def summaries(matches: MatchQuerySet, enterprises: EnterpriseQuerySet) -> list[dict[str, Any]]:
    """The figures of each item as the page shows them; `enterprises` are those of the scope."""
    counted = (
        enterprises.order_by("region")
        .values("region", "region__name", "region__name_en")
        .annotate(n=Count("pk"))
    )
    regions = [
        {
            "code": row["region"],
            "region": present.in_language(
                Bilingual(row["region__name"], row["region__name_en"] or row["region__name"])
            ),
            "n": row["n"],
        }
        for row in kept_rows(counted)
    ]
    return [_summary(figures, regions) for figures in item_figures(matches)]


def _summary(figures: ItemFigures, regions: list[dict[str, Any]]) -> dict[str, Any]:
    item, whole = figures.item, figures.whole
    excluded = sum(row["n"] for row in regions) - whole.entitled - whole.wanting
    return {
        "code": item.code,
        "title": present.in_language(item.name),
        "clause": item.definition.clause,
        "clause_href": present.clause_href(item.version, item.definition.clause),
        "entitled": formats.number(whole.entitled),
        "wanting": formats.number(whole.wanting),
        "excluded": formats.number(excluded),
        "unpriced": whole.unpriced,
        "cost_fen": whole.cost_fen,
        "levels": [
            (gettext("其中%(level)s") % {"level": Level(level).label}, fen)
            for level, fen in whole.by_level.items()
        ],
        "regions": regions,
        "missing": sorted(figures.facts),
        "districts": _district_table(figures, regions),
        "facts": _fact_table(figures),
    }


def _district_table(figures: ItemFigures, regions: list[dict[str, Any]]) -> Table:
    rows = []
    for region in regions:
        count = figures.districts.get(region["code"], Tally())
        here = {"item": figures.item.code, "region": region["code"]}
        rows.append(
            {
                "region": region["region"],
                "href": "?" + urlencode({**here, "status": "entitled"}),
                "entitled": count.entitled,
                "wanting": count.wanting,
                "wanting_href": "?" + urlencode({**here, "status": "missing"}),
                "excluded": region["n"] - count.entitled - count.wanting,
                "excluded_href": "?" + urlencode({**here, "status": "excluded"}),
                # Where every amount is computed at the review there is no sum to show yet.
                "total_fen": None if count.unpriced and not count.cost_fen else count.cost_fen,
                **{level: count.by_level.get(level, 0) for level in figures.whole.by_level},
            }
        )
    return Table(
        district_columns(figures.whole.by_level),
        rows,
        gettext("分区域：可享、缺少数据、不可享和所需资金"),
        empty=gettext("本区域没有登记企业"),
        stack=False,
    )


def _fact_table(figures: ItemFigures) -> Table:
    rows = [
        {
            "fact": fact_title(name),
            "href": "?" + urlencode({"item": figures.item.code, "status": "missing", "fact": name}),
            "departments": fact_departments(name),
            "enterprises": count,
        }
        for name, count in sorted(figures.facts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return Table(
        FACT_COLUMNS,
        rows,
        gettext("还不能回答的：缺少什么，应由谁提供"),
        empty=gettext("不缺数据"),
        empty_hint=gettext("每一户都能回答可享还是不可享。"),
    )
