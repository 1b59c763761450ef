"""How a batch review is shown: its lines with their reasons in words, its money, where it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.cases.models import BatchReview
from miaopu.core.models import Region
from miaopu.ledger.enums import Level
from miaopu.portal import formats, present, shapes
from miaopu.portal.tables import Column, Table

Line = Mapping[str, Any]

FATES: dict[str, tuple[Any, shapes.Tone]] = {
    "funded": (_("列入支持"), "good"),
    "short": (_("资金不足"), "late"),
    "behind": (_("排在资金用尽之后"), "neutral"),
    "over_quota": (_("超出名额"), "neutral"),
    "aside": (_("移出本批"), "soon"),
}
LINE_COLUMNS = (
    Column("rank", _("名次"), kind="number"),
    Column("enterprise", _("企业"), link="href"),
    Column("region", _("区域")),
    Column("points", _("优先分"), kind="number"),
    Column("reason", _("为什么排在这里")),
    Column("handed_in", _("提交时间"), kind="moment"),
    Column("amount_fen", _("金额"), kind="money", unit=_("元")),
    Column("fate", _("结果"), kind="tag", tone="tone"),
)
NOTE = Column("note", _("说明"))
PURSE_COLUMNS = (
    Column("level", _("级次")),
    Column("region", _("区域")),
    Column("available_fen", _("可用"), kind="money", unit=_("元")),
    Column("promised_fen", _("已批准、待决定"), kind="money", unit=_("元")),
    Column("taken_fen", _("本批支持"), kind="money", unit=_("元")),
    Column("after_fen", _("本批之后"), kind="money", unit=_("元")),
)


class BatchWords:
    """The names that a batch's lines speak of: priorities, levels, regions."""

    def __init__(self, batch: BatchReview, lines: Iterable[Line], purses: Iterable[Line]) -> None:
        definition = batch.item.definition
        self.priorities = {
            one.id: (present.in_language(one.title), one.points) for one in definition.priority
        }
        codes = {line["region"] for line in (*lines, *purses)}
        regions = Region.objects.public().filter(code__in=codes)
        self.regions = {region.code: present.region_name(region) for region in regions}

    def purse(self, key: str) -> str:
        """A purse in words: county (Yunyan)."""
        level, _slash, region = key.partition("/")
        return gettext("%(level)s（%(region)s）") % {
            "level": Level(level).label,
            "region": self.regions.get(region, region),
        }

    def reason(self, line: Line) -> str:
        """Why a line stands where it does: its priorities, and how a tie was broken."""
        held = [
            gettext("%(title)s +%(points)s")
            % {"title": self.priorities[name][0], "points": self.priorities[name][1]}
            for name in line["priorities"]
            if name in self.priorities
        ]
        parts = [gettext("；").join(held) if held else gettext("没有优先情形")]
        if line["rank"] is not None and line["tie"] == "handed_in":
            parts.append(gettext("与上一名同分，提交较晚"))
        elif line["rank"] is not None and line["tie"] == "number":
            parts.append(gettext("与上一名同分、同时提交，按办件编号"))
        return gettext("；").join(parts)

    def lacking(self, line: Line) -> str:
        """Which purses hold too little for a line, and by how much."""
        return gettext("、").join(
            gettext("%(purse)s差 %(amount)s 元")
            % {"purse": self.purse(key), "amount": formats.yuan_short(fen)}
            for key, fen in sorted(line["lacking"].items())
        )

    def note(self, line: Line) -> str:
        """What a line's result means, in words."""
        match line["fate"]:
            case "short":
                return self.lacking(line)
            case "behind":
                purses = gettext("、").join(self.purse(key) for key in line["behind"])
                return gettext("%(purses)s的余额留给前面的办件") % {"purses": purses}
            case "aside":
                return str(line["aside"])
        return ""


def line_rows(lines: Sequence[Line], words: BatchWords) -> list[dict[str, Any]]:
    """The lines as rows of a table."""
    return [
        {
            "rank": line["rank"],
            "enterprise": line["enterprise"],
            "href": reverse("case_packet", kwargs={"number": line["case"]}),
            "region": words.regions.get(line["region"], line["region"]),
            "points": line["points"],
            "reason": words.reason(line),
            "handed_in": datetime.fromisoformat(line["handed_in"]),
            "amount_fen": line["amount_fen"],
            "fate": str(FATES[line["fate"]][0]),
            "tone": FATES[line["fate"]][1],
            "note": words.note(line),
        }
        for line in lines
    ]


def line_table(batch: BatchReview, lines: Sequence[Line], words: BatchWords) -> Table:
    """The ranking as a table that is walked by keyboard."""
    rows = line_rows(lines, words)
    noted = any(row["note"] for row in rows)
    return Table(
        (*LINE_COLUMNS, NOTE) if noted else LINE_COLUMNS,
        rows,
        gettext("排名") if batch.is_open else gettext("排名（已冻结）"),
        empty=gettext("没有等待评审的办件"),
        empty_hint=gettext("审核员提出同意意见后，办件会出现在这里。"),
        queue=True,
    )


def _purse_row(purse: Line, level: str, region: str) -> dict[str, Any]:
    left = purse["available_fen"] - purse["promised_fen"]
    return {
        "level": level,
        "region": region,
        "available_fen": purse["available_fen"],
        "promised_fen": purse["promised_fen"],
        "taken_fen": left - purse["after_fen"],
        "after_fen": purse["after_fen"],
    }


def purse_table(purses: Sequence[Line], words: BatchWords) -> Table:
    """What there is at each level, and what this batch leaves; the rows are not added up over
    levels, because each level bears its own share.
    """
    rows = [
        _purse_row(
            purse,
            str(Level(purse["level"]).label),
            str(words.regions.get(purse["region"], purse["region"])),
        )
        for purse in purses
    ]
    return Table(
        PURSE_COLUMNS,
        rows,
        gettext("各级资金"),
        empty=gettext("这一事项不动用资金"),
    )


def cut_off_text(batch: BatchReview, lines: Sequence[Line], words: BatchWords) -> str:
    """Where the list ends, and why, in one or two sentences."""
    standing = [line for line in lines if line["rank"] is not None]
    funded = [line for line in standing if line["fate"] == "funded"]
    first = next((line for line in standing if line["fate"] != "funded"), None)
    if not standing:
        return gettext("没有等待评审的办件。")
    if first is None:
        return gettext("名次内的 %(count)s 户全部可以支持。") % {"count": len(funded)}
    names = {"rank": first["rank"], "enterprise": first["enterprise"]}
    if first["fate"] == "over_quota":
        text = gettext("名额 %(quota)s 户到第 %(rank)s 名之前用完。") % {
            **names,
            "quota": batch.quota,
        }
    else:
        text = gettext("第 %(rank)s 名 %(enterprise)s 起资金不足：%(lacking)s。") % {
            **names,
            "lacking": words.lacking(first),
        }
    above = standing[standing.index(first) - 1]
    tied = {**names, "above": above["enterprise"], "points": first["points"]}
    if first["tie"] == "handed_in":
        text += gettext("它与上一名 %(above)s 同为 %(points)s 分，提交较晚。") % tied
    elif first["tie"] == "number":
        text += gettext("它与上一名 %(above)s 同为 %(points)s 分、同时提交，办件编号在后。") % tied
    if any(line["rank"] > first["rank"] for line in funded):
        text += gettext("只影响用同一笔资金的办件，其他区县的继续按名次支持。")
    return text
