"""Tables of a campaign for officers: sheets by base, the preview, how far assessors lie apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from miaopu.monitoring.enums import SheetState
from miaopu.monitoring.models import AssessmentCampaign, ScoreSheet
from miaopu.monitoring.standings import COMPARED_AT_LEAST, Board, Standing, assessor_leanings
from miaopu.portal import formats, present
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.assessment_parts import (
    band_tone,
    band_words,
    follow_words,
    period_name,
    points_text,
    sheet_table,
    way_words,
)

PREVIEW_COLUMNS = (
    Column("rank", _("名次"), align="end"),
    Column("base", _("被考核对象")),
    Column("composite", _("综合得分"), align="end"),
    Column("band", pgettext_lazy("assessment", "类别"), kind="tag", tone="tone"),
    Column("before", _("上年"), align="end"),
    Column("change", _("比上年"), align="end"),
    Column("up", _("升一类")),
    Column("down", _("保住本类")),
    Column("follows", _("结果运用")),
)
LEANING_COLUMNS = (
    Column("name", _("评分人")),
    Column("lines", _("比较的评分项"), kind="number"),
    Column("mean", _("平均偏离满分的百分比"), align="end"),
    Column("state", _("提示"), kind="tag", tone="tone"),
)


def progress_table(campaign: AssessmentCampaign, sheets: Iterable[ScoreSheet]) -> Table:
    """The sheets of the campaign that the reader may see, by base and period."""
    found = list(sheets)
    for one in found:
        one.campaign = campaign
    every = Counter(one.period for one in found)
    done = Counter(one.period for one in found if one.state == SheetState.SETTLED)
    parts = [
        gettext("%(period)s已完成 %(done)s / %(every)s")
        % {"period": period_name(name), "done": done[name], "every": every[name]}
        for name in campaign.scheme.periods
    ]
    caption = gettext("评分表：%(parts)s") % {"parts": gettext("；").join(parts)}
    return sheet_table(found, caption, gettext("还没有下发评分表"))


def _change(one: Standing) -> str:
    """The composite against that of the year before, both as they are shown: readers subtract."""
    if one.before is None:
        return formats.MISSING
    now, before = points_text(one.result.composite), points_text(one.before.composite)
    return f"{Decimal(now) - Decimal(before):+f}"


def preview_table(campaign: AssessmentCampaign, board: Board) -> Table:
    """The ranking as it would be now, with what would lift or drop each class."""
    scheme = campaign.scheme
    rows = [
        {
            "rank": str(one.result.rank),
            "base": present.in_language(one.subject.title),
            "composite": points_text(one.result.composite),
            "band": band_words(scheme, one.result.band),
            "tone": band_tone(scheme, one.result.band),
            "before": (
                f"{points_text(one.before.composite)} · {band_words(scheme, one.before.band)}"
                if one.before
                else formats.MISSING
            ),
            "change": _change(one),
            "up": gettext("一票否决")
            if one.result.vetoed
            else way_words(scheme, one.sensitivity.up, up=True),
            "down": way_words(scheme, one.sensitivity.down, up=False),
            "follows": follow_words(scheme, one.consequences),
        }
        for one in board.standings
    ]
    return Table(
        PREVIEW_COLUMNS,
        rows,
        gettext("预览：按现在的评分，尚未公布"),
        empty=gettext("还没有评分"),
        stack=False,
    )


def partial_table(campaign: AssessmentCampaign, board: Board, periods: Sequence[str]) -> Table:
    """The order by the periods that have been issued, while there is no composite yet.

    Nothing is said of classes: a year of which half is missing has none.
    """
    named = gettext("、").join(period_name(one) for one in periods)
    columns = (
        Column("base", _("被考核对象")),
        *(Column(one, period_name(one), align="end") for one in periods),
        Column("before", _("上年综合得分"), align="end"),
    )
    rows = [
        {
            "base": present.in_language(one.subject.title),
            **{name: points_text(one.result.periods[name].total) for name in periods},
            "before": points_text(one.before.composite if one.before else None),
        }
        for one in board.standings
    ]
    caption = gettext("预览：%(periods)s按现在的评分；各时段都下发以后才有综合得分和类别")
    return Table(columns, rows, caption % {"periods": named}, empty=gettext("还没有评分"))


def leaning_table(campaign: AssessmentCampaign) -> Table | None:
    """How far each assessor lies from what the lines came to; None where nothing is compared."""
    found = assessor_leanings(campaign)
    if not found:
        return None
    rows = [
        {
            "name": name,
            "lines": one.lines,
            "mean": f"{one.mean * 100:+.1f}%",
            "state": gettext("明显偏离，请复查") if one.far else gettext("正常"),
            "tone": "late" if one.far else "good",
        }
        for name, one in found
    ]
    caption = gettext("评分人之间的偏离（至少比较 %(count)s 项）") % {"count": COMPARED_AT_LEAST}
    return Table(LEANING_COLUMNS, rows, caption)


def line_titles(campaign: AssessmentCampaign) -> dict[str, str]:
    """The titles of lines, criteria and figures, in the language of the page."""
    scheme = campaign.scheme
    found = {one.id: present.in_language(one.title) or one.id for one in scheme.criteria}
    for _criterion, leaf in scheme.leaves:
        found[leaf.id] = present.in_language(leaf.title) or leaf.id
    for name, figure in scheme.figures.items():
        found[name] = present.in_language(figure.title)
    return found
