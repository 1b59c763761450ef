"""What several enterprise pages show: who bears the money, who does what, what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from miaopu.cases.models import Offer
from miaopu.engine.money import split
from miaopu.parties.dictionary import decode, fact_dictionary
from miaopu.parties.enums import Source
from miaopu.portal import formats, present
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_facts import is_computed, value_text
from miaopu.portal.views.public_shared import LEVEL_NAMES

if TYPE_CHECKING:
    from miaopu.engine.packs.items import Item as PackItem
    from miaopu.engine.packs.schema import Pack

HIDDEN = "***"  # what stands for personal data where a reader does not work with it


def share_rows(definition: PackItem, amount_fen: int) -> list[dict[str, Any]]:
    """The amount over the levels that bear it, exact to the fen, the highest level first."""
    parts = split(amount_fen, list(definition.shares.values()))
    order = list(LEVEL_NAMES)
    shares = zip(definition.shares.items(), parts, strict=True)
    return [
        {"level": LEVEL_NAMES[level], "ratio": ratio, "amount_fen": part}
        for (level, ratio), part in sorted(shares, key=lambda share: order.index(share[0][0]))
    ]


def share_table(definition: PackItem, amount_fen: int) -> Table:
    """Who bears how much."""
    columns = (
        Column("level", _("承担")),
        Column("ratio", _("份数"), kind="number"),
        Column("amount_fen", _("金额"), kind="money", unit=_("元")),
    )
    return Table(columns, share_rows(definition, amount_fen), _("资金由谁承担"))


def step_table(definition: PackItem) -> Table:
    """Who does what within how many working days."""
    columns = (
        Column("title", _("环节")),
        Column("who", _("谁来办")),
        Column("days", _("办理时限"), kind="number", unit=_("工作日")),
        Column("note", _("说明")),
    )
    rows = [
        {
            "title": present.in_language(step.title),
            "who": present.role_name(step.role),
            "days": step.working_days,
            "note": _("示例时限") if step.illustrative else step.clause or "",
        }
        for step in definition.steps
    ]
    return Table(columns, rows, _("办理环节和时限"))


def _fact_text(
    name: str, fact: Mapping[str, Any], packs: Iterable[Pack], *, personal: bool = True
) -> str:
    if fact["value"] is None:
        return _("尚无数据")
    if fact_dictionary()[name].personal and not personal:
        return HIDDEN
    return value_text(name, decode(name, fact["value"]), packs)


def _source(fact: Mapping[str, Any]) -> str:
    if not fact["source"]:
        return ""
    label = str(Source(fact["source"]).label)
    if not fact["as_of"]:
        return label
    words = {"source": label, "date": formats.day(date.fromisoformat(fact["as_of"]))}
    return _("%(source)s（截至%(date)s）") % words


def change_rows(
    offer: Offer, changes: Mapping[str, Any], *, personal: bool = True, own: bool = False
) -> list[dict[str, Any]]:
    """What no longer holds of an offer: conditions first, then the facts behind them.

    Facts about natural persons are hidden unless `personal`; for the enterprise's `own` people each
    leads to where it is said to be wrong.
    """
    rows = [
        {
            "title": present.in_language(entry["title"]),
            "before": present.in_language(entry["before"]),
            "now": present.in_language(entry["now"]) or _("尚无数据"),
            "source": "",
        }
        for entry in changes.get("conditions", [])
    ]
    packs = [offer.item.version.pack]
    known = fact_dictionary()
    rows += [
        {
            "title": present.in_language(known[entry["name"]].title),
            "before": _fact_text(entry["name"], entry["before"], packs, personal=personal),
            "now": _fact_text(entry["name"], entry["now"], packs, personal=personal),
            "source": _source(entry["now"]),
            **_wrong(offer, entry["name"], own=own),
        }
        for entry in changes.get("facts", [])
        if entry["name"] in known
    ]
    if "amounts" in changes:
        before, now = (formats.yuan_short(fen) for fen in changes["amounts"])
        rows.append({"title": _("金额（元）"), "before": before, "now": now, "source": ""})
    return rows


def _wrong(offer: Offer, name: str, *, own: bool) -> dict[str, str]:
    if not own or is_computed(fact_dictionary()[name]):
        return {}
    href = reverse("fact_doubt", args=[offer.enterprise.number, name])
    return {"wrong": _("这个数据不对"), "wrong_href": href}


def change_table(
    offer: Offer, changes: Mapping[str, Any], *, personal: bool = True, own: bool = False
) -> Table | None:
    """The same as a table, None where there is nothing to compare."""
    columns = (
        Column("title", _("条件和数据")),
        Column("before", _("发出邀约时")),
        Column("now", _("现在")),
        Column("source", _("来源")),
        *([Column("wrong", _("请求更正"), link="wrong_href")] if own else []),
    )
    found = change_rows(offer, changes, personal=personal, own=own)
    rows = [{"wrong": "", "wrong_href": "", **row} for row in found]
    return Table(columns, rows, _("哪些变了")) if rows else None


def change_words(offer: Offer, changes: Mapping[str, Any]) -> str:
    """The reason in a sentence: which condition, or which case."""
    if "case" in changes:
        return _("已有办件 %(number)s") % {"number": changes["case"]}
    if "gone" in changes:
        return _("计划不再以免申即享方式办理此事项")
    if "opted_out" in changes:
        return _("企业选择了不做自动匹配")
    titles = [present.in_language(entry["title"]) for entry in changes.get("conditions", [])]
    if not titles and "counted" in changes:
        name = present.in_language(changes["counted"])
        return _("只计一次，改按金额更高的“%(item)s”计") % {"item": name}
    if titles and "rule" in changes:
        words = {"number": changes["rule"][1], "conditions": _("、").join(titles)}
        return _("规则已改为第 %(number)s 版，不再满足：%(conditions)s") % words
    if titles:
        return _("不再满足：%(conditions)s") % {"conditions": _("、").join(titles)}
    return _("金额有变化")


def fact_rows(offer: Offer, *, personal: bool = True) -> Table:
    """The facts that an offer rests on, as they were when it was made; see `change_rows`."""
    columns = (
        Column("title", _("数据项")),
        Column("value", _("值")),
        Column("source", _("来源")),
        Column("as_of", _("截至"), kind="date"),
    )
    known, packs = fact_dictionary(), [offer.item.version.pack]
    rows = [
        {
            "title": present.in_language(known[name].title),
            "value": present.region_name(offer.region)
            if (name, fact["value"]) == ("region", offer.region_id)
            else _fact_text(name, fact, packs, personal=personal),
            "source": str(Source(fact["source"]).label),
            "as_of": date.fromisoformat(fact["as_of"]),
        }
        for name, fact in offer.facts.items()
        if name in known
    ]
    return Table(columns, rows, _("所依据的数据"))
