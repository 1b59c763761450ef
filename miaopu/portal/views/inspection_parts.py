"""What pages of self-inspection, rectification, visits and surveys share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from miaopu.bases.inspection_enums import Finding, Moment, RectificationState, SheetState
from miaopu.bases.models import InspectionSheet, Rectification
from miaopu.bases.survey_actions import Results
from miaopu.portal import formats, present, shapes
from miaopu.portal.tables import Column, Table

SHEET_TONES: dict[str, shapes.Tone] = {
    SheetState.OPEN: "soon",
    SheetState.SILENT: "late",
    SheetState.HANDED_IN: "good",
    SheetState.ON_SITE: "late",
    SheetState.CHECKED: "good",
    SheetState.ZERO: "late",
}
FINDING_TONES: dict[str, shapes.Tone] = {Finding.GOOD: "good", Finding.PROBLEM: "late"}
RECTIFICATION_TONES: dict[str, shapes.Tone] = {
    RectificationState.OPEN: "soon",
    RectificationState.REPORTED: "soon",
    RectificationState.CLOSED: "good",
    RectificationState.FAILED: "late",
}
SHEET_COLUMNS = (
    Column("title", _("自查表"), link="href"),
    Column("base", _("基地")),
    Column("region", _("区域")),
    Column("due_on", _("上报期限"), kind="date"),
    Column("handed_in_on", _("上报日期"), kind="date"),
    Column("problems", _("问题"), kind="number", unit=pgettext_lazy("problems", "个")),
    Column("state", _("状态"), kind="tag", tone="tone"),
)
RECTIFICATION_COLUMNS = (
    Column("number", _("整改编号"), link="href"),
    Column("problem", _("问题")),
    Column("base", _("基地")),
    Column("owner", _("整改责任人")),
    Column("deadline", _("整改期限"), kind="date"),
    Column("state", _("状态"), kind="tag", tone="tone"),
)
SURVEY_COLUMNS = (
    Column("question", _("题目")),
    Column("mean", _("平均分"), kind="number", unit=_("分")),
    *(
        Column(f"s{score}", _("%(score)s 分") % {"score": score}, kind="number", unit=_("户"))
        for score in (5, 4, 3, 2, 1)
    ),
)


def sheet_word(sheet: InspectionSheet, today: date) -> str:
    """The state of a form in a word; late or past its second chance where it is."""
    if sheet.is_late:
        return gettext("逾期上报")
    if sheet.state == SheetState.SILENT and sheet.chance_until and sheet.chance_until < today:
        return gettext("逾期不报")
    return str(sheet.get_state_display())


@dataclass(frozen=True)
class SilenceView:
    """What the rule of silence means for a form now: a heading, what to do, how urgent it is."""

    title: str
    text: str
    tone: shapes.Tone


def silence_of(sheet: InspectionSheet, today: date) -> SilenceView | None:
    """What has followed, or will follow, where the form is not handed in; None once it is."""
    rule = sheet.campaign.definition.silence
    words = {"consequence": present.in_language(rule.consequence)}
    if sheet.state == SheetState.OPEN:
        text = gettext(
            "期限 %(day)s。到期未报再给 %(days)s 个工作日补报；仍不补报：%(consequence)s。"
        ) % {**words, "day": formats.day(sheet.due_on), "days": rule.working_days}
        return SilenceView(gettext("不上报会怎样"), text, "neutral")
    if sheet.state == SheetState.SILENT:
        text = gettext("请在 %(day)s 前补报；再不补报：%(consequence)s。") % {
            **words,
            "day": formats.day(sheet.chance_until),
        }
        return SilenceView(gettext("上报期限已过"), text, "late")
    if sheet.state == SheetState.ON_SITE:
        assert sheet.check_by is not None  # says the database
        text = gettext(
            "补报期限 %(until)s 已过，不能再上报：%(consequence)s，检查期限 %(day)s。"
            "有正当理由的，请与计划主管联系，可以撤回。"
        ) % {
            **words,
            "until": formats.day(sheet.chance_until),
            "day": formats.day(sheet.check_by),
        }
        late = sheet.check_by < today
        title = gettext("上门检查已超期限") if late else gettext("待县区上门检查")
        return SilenceView(title, text, "late")
    if sheet.state == SheetState.ZERO:
        text = gettext(
            "补报期限 %(until)s 已过，不能再上报：%(consequence)s。%(count)s 个自查项都不计符合。"
            "有正当理由的，请与计划主管联系，可以撤回。"
        ) % {
            **words,
            "until": formats.day(sheet.chance_until),
            "count": len(sheet.campaign.definition.items),
        }
        return SilenceView(gettext("不报，计零分"), text, "late")
    return None


def sheet_table(sheets: Iterable[InspectionSheet], route: str, today: date) -> Table:
    """Forms with what has become of them; `route` is the page of one."""
    rows = [
        {
            "title": present.in_language(sheet.campaign.definition.title),
            "href": reverse(route, args=[sheet.pk]),
            "base": sheet.base.name,
            "region": present.region_name(sheet.base.region),
            "due_on": sheet.due_on,
            "handed_in_on": sheet.handed_in_on,
            "problems": sheet.rectifications.count()
            if sheet.handed_in_on or sheet.checked_on
            else None,
            "state": sheet_word(sheet, today),
            "tone": "soon" if sheet.is_late else SHEET_TONES[sheet.state],
        }
        for sheet in sheets
    ]
    return Table(
        SHEET_COLUMNS,
        rows,
        gettext("自查表"),
        empty=gettext("没有自查表"),
        empty_hint=gettext("计划主管部署自查以后，每个已准入的基地有一张。"),
    )


def rectification_word(row: Rectification, today: date) -> str:
    """The state of a problem in a word; overdue where it is."""
    if row.state == RectificationState.OPEN and row.deadline < today:
        return gettext("已超期限")
    return str(row.get_state_display())


def rectification_tone(row: Rectification, today: date) -> shapes.Tone:
    """The tone of its state."""
    overdue = row.state == RectificationState.OPEN and row.deadline < today
    return "late" if overdue else RECTIFICATION_TONES[row.state]


def rectification_table(rows: Iterable[Rectification], route: str, today: date) -> Table:
    """Problems with who puts them right by when; `route` is the page of one."""
    return Table(
        RECTIFICATION_COLUMNS,
        [
            {
                "number": row.number,
                "href": reverse(route, args=[row.number]),
                "problem": row.problem if len(row.problem) <= 40 else row.problem[:39] + "…",
                "base": row.base.name,
                "owner": row.owner or formats.MISSING,
                "deadline": row.deadline,
                "state": rectification_word(row, today),
                "tone": rectification_tone(row, today),
            }
            for row in rows
        ],
        gettext("整改事项"),
        empty=gettext("没有整改事项"),
        empty_hint=gettext("自查或走访发现的问题会逐项列在这里。"),
    )


def rectification_summary(row: Rectification) -> list[shapes.Answer]:
    """Where a problem comes from, who puts it right how and by when, and what follows else."""
    if row.sheet is not None:
        origin = present.in_language(row.sheet.campaign.definition.title)
        if row.sheet.checked_on is not None:
            origin = gettext("%(title)s（%(day)s县区上门检查）") % {
                "title": origin,
                "day": formats.day(row.sheet.checked_on),
            }
    else:
        assert row.visit is not None  # one of the two, says the database
        origin = gettext("%(day)s走访") % {"day": formats.day(row.visit.visited_on)}
    answers = [
        shapes.Answer(gettext("基地"), row.base.name),
        shapes.Answer(gettext("来源"), origin),
        shapes.Answer(gettext("问题"), row.problem),
        shapes.Answer(gettext("整改责任人"), row.owner or formats.MISSING),
        shapes.Answer(gettext("整改措施"), row.measure or formats.MISSING),
        shapes.Answer(gettext("整改期限"), formats.day(row.deadline)),
        shapes.Answer(pgettext("count", "第几次整改"), formats.number(row.round)),
        shapes.Answer(
            gettext("延期"), gettext("已延期一次") if row.had_chance else gettext("未延期")
        ),
        shapes.Answer(gettext("逾期未改的后果"), present.in_language(row.consequence)),
    ]
    if row.report:
        answers.append(shapes.Answer(gettext("整改情况"), row.report))
    return answers


def rectification_files(row: Rectification) -> list[dict[str, Any]]:
    """The evidence: before, and after each round."""
    files = list(row.files.select_related("file"))
    groups = []
    for moment in Moment:
        for number in sorted({one.round for one in files if one.moment == moment}):
            title = str(moment.label)
            if number > 1:
                title = gettext("%(moment)s（第 %(number)s 次）") % {
                    "moment": title,
                    "number": number,
                }
            found = [one for one in files if (one.moment, one.round) == (moment, number)]
            groups.append({"title": title, "files": found})
    return groups


def lines_table(sheet: InspectionSheet) -> Table:
    """What the form says, line by line."""
    found = {row.item: row for row in sheet.answers.all()}
    rows = []
    for item in sheet.campaign.definition.items:
        row = found.get(item.id)
        finding = Finding(row.finding).label if row and row.finding else gettext("未填")
        rows.append(
            {
                "item": present.in_language(item.title),
                "finding": finding,
                "tone": FINDING_TONES.get(row.finding if row else "", "neutral"),
                "text": row.text if row else "",
                "owner": row.owner if row else "",
                "measure": row.measure if row else "",
                "deadline": row.deadline if row else None,
            }
        )
    columns = (
        Column("item", gettext("自查项")),
        Column("finding", gettext("自查结果"), kind="tag", tone="tone"),
        Column("text", gettext("情况")),
        Column("owner", gettext("整改责任人")),
        Column("measure", gettext("整改措施")),
        Column("deadline", gettext("整改期限"), kind="date"),
    )
    return Table(columns, rows, gettext("自查表"))


def survey_shown(results: Results) -> dict[str, Any]:
    """The results of a base for a page: hidden with why, or one row for each question."""
    survey = results.asked.survey
    titles = {one.id: present.in_language(one.title) for one in survey.definition.questions}
    rows = [
        {
            "question": titles[row.question],
            "mean": round(row.mean * 10) / 10,
            **{f"s{score}": count for score, count in enumerate(row.counts, start=1)},
        }
        for row in results.rows
    ]
    title = present.in_language(survey.definition.title)
    caption = gettext("%(title)s（%(day)s截止，%(answers)s 户参加）") % {
        "title": title,
        "day": formats.day(survey.closes_on),
        "answers": results.answers,
    }
    return {
        "title": title,
        "closes_on": survey.closes_on,
        "hidden": results.hidden,
        "table": Table(SURVEY_COLUMNS, rows, caption) if rows else None,
    }
