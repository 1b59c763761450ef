"""Targets that are no plain quantity: time to be kept, teams named by their size."""

import re

from miaopu.engine.plan_reader.context import Context, Statement
from miaopu.engine.plan_reader.model import Target
from miaopu.engine.plan_reader.numerals import printed_number
from miaopu.engine.plan_reader.target_dates import UNDATED, year_of_title
from miaopu.engine.plan_reader.target_words import indicator_of
from miaopu.engine.plan_reader.time_spans import Time
from miaopu.engine.plan_reader.times import complete

_HEADCOUNT = re.compile(r"([十百千万])人(?=[\u4e00-\u9fff]{1,8}[团库队])")
_INDEX = re.compile(
    r"指数[\u4e00-\u9fff]{0,6}?(?:达到?|控制在|提升[到至]|提高[到至]|不低于|不高于|保持在|稳定在)"
    r"(?P<value>\d{1,4}(?:\.\d{1,3})?)(?P<after>以上|以内|左右|以下|)(?=[,。;、\n]|$)"
)
_SHORTEN = re.compile(r"(?:压缩|缩短|缩减|压减|减少|控制|降低?|精简)(?:到|至|在|为)$")


def shortened_targets(context: Context) -> list[Target]:
    """审批时间压缩至3个工作日: a time to be kept is a target, not a deadline."""
    folded, rows = context.folded, []
    for one in shortened_times(context):
        statement = context.at(one.start)
        if statement is None or statement.node is None:
            continue
        first, _ = context.segment(statement, one.start)
        begin = _number_start(folded.seen, one.start)
        number = re.match(r"[\d.]+", folded.seen[begin : one.end])
        if number is None:
            continue
        unit = re.sub(r"(?:之|以)?内$", "", folded.seen[begin + number.end() : one.end])
        start, end = folded.span(first, one.end)
        indicator, _ = indicator_of(folded.seen[first:begin])
        rows.append(
            Target(
                statement.clause,
                indicator,
                None,
                printed_number(number.group()),
                unit,
                "<=",
                _date(context, statement, one.start),
                folded.text[start:end],
                start,
                end,
            )
        )
    return rows


def _date(context: Context, statement: Statement, place: int) -> str | None:
    """What dates a time to be kept: a date before it in its sentence, else the plan's one year."""
    dated = [
        time for time in context.times_between(statement.start, place) if time.kind not in UNDATED
    ]
    if dated:
        return complete(dated[-1].value, context.year_for(statement))
    return year_of_title(context)


def shortened_times(context: Context) -> list[Time]:
    """Durations that something is to be shortened to."""
    seen = context.folded.seen
    return [
        one
        for one in context.times
        if one.kind == "span" and _shortens(seen, _number_start(seen, one.start))
    ]


def _shortens(seen: str, place: int) -> bool:
    return _SHORTEN.search(seen[max(0, place - 6) : place]) is not None


def _number_start(seen: str, place: int) -> int:
    """Where 0.5 begins, of which only the 5 reads as a time."""
    found = re.search(r"\d{1,3}\.$", seen[max(0, place - 4) : place])
    return place - len(found.group()) if found else place


def index_targets(context: Context) -> list[Target]:
    """物价指数控制在103.5以内: an index has no unit."""
    folded, rows = context.folded, []
    for one in _INDEX.finditer(folded.seen):
        statement = context.at(one.start())
        if statement is None or statement.past or statement.node is None:
            continue
        first, _ = context.segment(statement, one.start("value"))
        start, end = folded.span(first, one.end("value"))
        left = folded.seen[first : one.start("value")]
        indicator, scope = indicator_of(left)
        below = one.group("after") in ("以内", "以下")
        rows.append(
            Target(
                statement.clause,
                indicator,
                scope,
                printed_number(one.group("value")),
                "",
                "<=" if below else ">=",
                _date(context, statement, one.start("value")),
                folded.text[start:end],
                start,
                end,
            )
        )
    return rows


def headcounts(context: Context) -> list[Target]:
    """千人导师团: a team named by its size is a quantity where it is to be set up."""
    folded, found = context.folded, []
    for one in _HEADCOUNT.finditer(folded.seen):
        statement = context.at(one.start())
        if (
            statement is None
            or statement.past
            or folded.seen[one.start() - 1 : one.start()] in "“第数上"
        ):
            continue
        before = folded.seen[statement.start : one.start()]
        if not re.search(r"成立|组建|建立|打造|培育|建设", before) or statement.node is None:
            continue
        end = re.compile(r"[团库队]").search(folded.seen, one.end())
        stop = end.end() if end else one.end()
        first, last = folded.span(one.start(), stop)
        value = {"十": 10, "百": 100, "千": 1000, "万": 10_000}[one.group(1)]
        name = folded.clean(one.end(), stop)
        found.append(
            Target(
                statement.clause,
                name,
                None,
                value,
                "人",
                "=",
                None,
                folded.text[first:last],
                first,
                last,
            )
        )
    return found
