"""What dates a target."""

import re

from miaopu.engine.plan_reader.context import Context, Statement
from miaopu.engine.plan_reader.quantities import Quantity
from miaopu.engine.plan_reader.target_words import Memory
from miaopu.engine.plan_reader.time_spans import LENGTHS, Time
from miaopu.engine.plan_reader.times import complete

UNDATED = ("every", "coming", *LENGTHS)


def date_of(context: Context, statement: Statement, one: Quantity, memory: Memory) -> str | None:
    """What dates a target: its part of the sentence, the sentence, its enumeration, its clause."""
    seen = context.folded.seen
    found = [
        time
        for time in context.times_between(statement.start, one.start)
        if not _is_base_year(seen, time.start, time.end)
    ]
    found.sort(key=lambda time: time.kind in UNDATED)
    dated = [t for t in found if t.kind not in UNDATED]
    own_first, _ = context.segment(statement, one.start)
    near = [
        t for t in found if t.kind == "span" and own_first <= t.start and seen[t.end - 1] == "内"
    ]
    if near:
        return near[-1].value
    if (shared := _respectively(context, statement, one, dated)) is not None:
        return shared
    if dated:
        return complete(dated[-1].value, context.year_for(statement))
    spans = [t for t in found if t.kind == "span" and t.end <= one.start and t.value[-1] in "YM"]
    if spans and not memory.date and re.search(r"内$", seen[spans[-1].start : spans[-1].end]):
        return spans[-1].value
    if any(t.kind == "every" for t in found) and not memory.date:
        return next(t.value for t in found if t.kind == "every")
    after = [t for t in context.times_between(one.end, one.end + 2) if t.kind not in UNDATED]
    if after:
        return complete(after[0].value, context.year_for(statement))
    period = re.search(
        r"(?:[一二三四五]年|示范|试点|规划|实施|建设)[^,。]{0,4}期内|[三五]年累计|年均",
        seen[statement.start : one.start],
    ) or re.match(
        r"(?:力争|计划)?[二两三四五]年(?:内|累计|共|时间)?[^,内度以来]",
        seen[statement.start : statement.start + 8],
    )
    if period and context.horizon:
        return context.horizon
    if memory.date and memory.clause == statement.clause:
        return memory.date
    return _inherited(context, statement) or year_of_title(context)


def year_of_title(context: Context) -> str | None:
    """The year of a plan for one year: 2023年工作要点."""
    years = set(re.findall(r"((?:19|20)\d\d)年?", context.layout.title))
    return years.pop() if len(years) == 1 else None


def _respectively(
    context: Context, statement: Statement, one: Quantity, dated: list[Time]
) -> str | None:
    """2019年、2020年分别新增50户、60户: the second number belongs to the second year."""
    seen = context.folded.seen
    place = seen.find("分别", statement.start, one.start)
    years = [t for t in dated if t.end <= place]
    if place < 0 or len(years) < 2:
        return None
    order = len(re.findall(r"\d[^、,;]*[、,]", seen[place : one.start]))
    return complete(years[order].value, context.year) if order < len(years) else None


def _is_base_year(seen: str, start: int, end: int) -> bool:
    """比2014年, 较上年: what a change is measured against."""
    return seen[max(0, start - 1) : start] in ("比", "较") or seen[end : end + 2] in (
        "相比",
        "基础",
        "的基",
    )


def _inherited(context: Context, statement: Statement) -> str | None:
    node = statement.node
    while node is not None:
        node = node.parent
        if node is None:
            return None
        title_end = node.children[0].start if node.children else node.end
        text_start = node.mark.end
        if title_end - text_start > 600:
            return None
        dated = [
            t
            for t in context.times_between(text_start, title_end)
            if t.kind in ("year", "yearend", "years", "day", "month")
        ]
        if dated:
            return complete(dated[-1].value, context.year_for(statement))
    return None
