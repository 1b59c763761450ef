"""How far money and places reach: the plan's budget, or what the reader supposes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.plans.models import Simulation
from miaopu.plans.simulation_reach import CutOff, planned_reach, supposed_reach
from miaopu.portal import formats
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.office_forms import YuanField
from miaopu.portal.views.public_shared import LEVEL_NAMES

MOST_PLACES = 100_000_000


class MeansForm(forms.Form):
    """Money and places that the reader supposes; what is empty does not bound."""

    money = YuanField(
        label=_("假设资金总额（元）"),
        help_text=_("各级合计"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    places = forms.IntegerField(
        label=_("假设名额（户）"),
        help_text=_("最多支持多少户"),
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="means_%s")


def supposed(simulation: Simulation, form: MeansForm) -> CutOff | None:
    """How far the money and places of the form reach; None where nothing is supposed."""
    if not form.is_valid():
        return None
    money, places = form.cleaned_data["money"], form.cleaned_data["places"]
    return supposed_reach(simulation, money, places)


def cut_words(found: CutOff) -> str:
    """Whom means reach, in a sentence."""
    words = {
        "supported": formats.number(found.supported),
        "points": found.points,
        "at_line": formats.number(found.at_line),
        "reached": formats.number(found.reached_at_line),
        "below": formats.number(found.below),
        "all": formats.number(found.supported + found.reached_at_line),
    }
    if found.points is None:
        return gettext("够支持全部 %(supported)s 户。") % words
    text = gettext(
        "按优先分从高到低，约可支持 %(all)s 户：高于 %(points)s 分的 %(supported)s 户全部支持，"
        "%(points)s 分的 %(at_line)s 户中约 %(reached)s 户（同分的，先申报的在前）"
    )
    if found.below:
        text += gettext("；低于 %(points)s 分的 %(below)s 户排不上")
    return gettext("%(text)s。") % {"text": text % words}


def reach_words(simulation: Simulation) -> str:
    """How far the plan's money reaches, in a sentence."""
    found = planned_reach(simulation)
    if not simulation.result["new"]["enterprises"]:
        return gettext("没有企业符合这条规则，不用资金。")
    if found is None:
        return gettext("计划没有为这个事项安排资金，不能算出名额线。")
    level = LEVEL_NAMES[simulation.result["new"]["reach"]["tightest"]]
    words = gettext("计划安排的资金以%(level)s为限。%(reach)s")
    return words % {"level": level, "reach": cut_words(found)}


def budget_table(simulation: Simulation) -> Table | None:
    """The plan's money against what the rule needs, by level; None without a budget."""
    reach = simulation.result["new"]["reach"]
    if reach is None:
        return None
    need = simulation.result["new"]["by_level"]
    rows = [
        {
            "level": LEVEL_NAMES[level],
            "budget_fen": budget,
            "need_fen": need.get(level, 0),
            "left_fen": budget - need.get(level, 0),
        }
        for level in LEVEL_NAMES
        if (budget := reach["budgets"].get(level)) is not None
    ]
    columns = (
        Column("level", _("级次")),
        Column("budget_fen", _("计划安排"), kind="money", unit=_("元")),
        Column("need_fen", _("全部兑现需要"), kind="money", unit=_("元")),
        Column("left_fen", _("结余（负数为缺口）"), kind="money", unit=_("元")),
    )
    return Table(columns, rows, gettext("资金线"))


def standing_rows(simulation: Simulation, line: CutOff | None) -> Sequence[dict[str, Any]]:
    """Points from the highest: how many stand there, what they need, how many are reached."""
    rows, count, cost = [], 0, 0
    for points, here, fen in simulation.result["new"]["standing"]:
        count, cost = count + here, cost + fen
        rows.append(
            {
                "points": points,
                "enterprises": here,
                "fen": fen,
                "all": count,
                "all_fen": cost,
                "reached": _fate(points, line),
                "tone": _tone(points, line),
            }
        )
    return rows


def _fate(points: int, line: CutOff | None) -> str:
    if line is None:
        return ""
    if line.points is None or points > line.points:
        return gettext("全部支持")
    if points < line.points:
        return gettext("排不上")
    reached = formats.number(line.reached_at_line)
    return gettext("约 %(count)s 户") % {"count": reached} if line.reached_at_line else _none()


def _none() -> str:
    return gettext("排不上")


def _tone(points: int, line: CutOff | None) -> str:
    if line is None or line.points is None or points > line.points:
        return "good"
    return "soon" if points == line.points and line.reached_at_line else "late"


def standing_table(simulation: Simulation, line: CutOff | None) -> Table:
    """How many stand at each number of points, and where the line runs."""
    columns = [
        Column("points", _("优先分"), kind="number", unit=_("分")),
        Column("enterprises", _("受益企业"), kind="number", unit=_("户")),
        Column("all", _("累计"), kind="number", unit=_("户")),
        Column("fen", _("所需资金"), kind="money", unit=_("元")),
        Column("all_fen", _("累计资金"), kind="money", unit=_("元")),
    ]
    if line is not None:
        columns.append(Column("reached", _("能支持多少"), kind="tag", tone="tone"))
    return Table(
        tuple(columns),
        standing_rows(simulation, line),
        gettext("按优先分排队"),
        empty=gettext("没有受益企业"),
        stack=False,
    )
