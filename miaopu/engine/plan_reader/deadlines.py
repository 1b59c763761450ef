"""Times by which, during which, or how often somebody must act."""

import re
from collections.abc import Sequence

from miaopu.engine.plan_reader.context import Context, Statement
from miaopu.engine.plan_reader.deadline_dates import date_of_time
from miaopu.engine.plan_reader.deadline_words import (
    ACTION,
    ARRANGED,
    BACKGROUND,
    BEFORE_ACT,
    BOUNDS_EVERY,
    DESCRIBES,
    HEADS,
    IN_TIME,
    MEETING,
    MEETING_BEFORE,
    NAMED,
    NAMES_YEAR,
    PERIOD_IS,
    QUOTED_WAY,
    RATE_PER,
    TO_REPORT,
    UNTIL,
    begins_with,
    inside_name,
    is_window,
    is_yearly,
    signs,
)
from miaopu.engine.plan_reader.model import Deadline, Money, Target
from miaopu.engine.plan_reader.target_extras import shortened_times
from miaopu.engine.plan_reader.time_spans import LENGTHS, Time

PERIODS = ("years", "run", "plan", "coming")
YEARS = ("year", *PERIODS)


def read_deadlines(
    context: Context, targets: Sequence[Target], money: Sequence[Money]
) -> list[Deadline]:
    """The deadlines in order; a time that only dates a target is left out, a recurrence is not."""
    with_target = {context.folded.index(one.end - 1): one for one in targets}
    target_statements = _by_statement(context, list(with_target))
    money_statements = _by_statement(context, [context.folded.index(one.end - 1) for one in money])
    rows: list[Deadline] = []
    shortened = {one.start for one in shortened_times(context)}
    bounded = {_around(context, one.start) for one in context.times if one.kind in PERIODS}
    for one in context.times:
        statement = context.at(one.start)
        if statement is None or one.start >= context.layout.body_end or one.start in shortened:
            continue
        if one.kind == "day" and signs(context.folded.seen, one):
            continue
        if statement.node is None and context.tree.nodes and not _opens(context, statement, one):
            continue
        date = date_of_time(context, statement, one)
        if date is None or (
            statement.past
            and not _is_planned_cut_off(context, statement, one)
            and not TO_REPORT.match(context.folded.seen[one.end : one.end + 60])
            and not _opens(context, statement, one)
        ):
            continue
        if _is_deadline(context, statement, one, target_statements, money_statements, bounded):
            rows.append(_row(context, statement, one, date))
    rows.extend(_horizons(context, money_statements))
    rows.sort(key=lambda one: one.start)
    return _once(rows)


def _opens(context: Context, statement: Statement, one: Time) -> bool:
    """自2016年1月1日起施行 or 决定于3月开展, said before the first clause."""
    seen = context.folded.seen
    if statement.clause != "preamble" or one.kind not in ("day", "days", "month", "shortmonth"):
        return False
    before = seen[max(0, one.start - 4) : one.start]
    return bool(
        TO_REPORT.match(seen[one.end : one.end + 60])
        or re.match(r"起?(?:正式)?(?:施行|实施|执行)", seen[one.end : one.end + 6])
        or re.search(r"(?:决定|定|拟)[于从自在]$", before)
    )


def _by_statement(context: Context, places: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for place in places:
        statement = context.at(place)
        if statement is not None:
            found.setdefault(statement.start, []).append(place)
    return found


def _around(context: Context, place: int) -> tuple[int, str]:
    """The line and the clause of a place."""
    statement = context.at(place)
    return context.line(place), statement.clause if statement is not None else ""


def _is_planned_cut_off(context: Context, statement: Statement, one: Time) -> bool:
    text = context.folded.seen[one.end : statement.end]
    return bool(re.search(r"计划|力争|将|确保|完成", text)) and statement.planned


def _is_deadline(
    context: Context,
    statement: Statement,
    one: Time,
    with_target: dict[int, list[int]],
    with_money: dict[int, list[int]],
    bounded: set[tuple[int, str]],
) -> bool:
    seen = context.folded.seen
    before, after = seen[max(0, one.start - 12) : one.start], seen[one.end : one.end + 40]
    if inside_name(seen, one.start, statement) and not (
        one.kind == "every" and QUOTED_WAY.match(after)
    ):
        return False
    if DESCRIBES.match(after):
        return False
    if MEETING.match(after) and MEETING_BEFORE.search(
        seen[max(statement.start, one.start - 30) : one.start]
    ):
        return False
    if re.match(r"^(?:以来|版|同期)", after) or before.endswith(("比", "较", "〔", "[")):
        return False
    if one.kind == "every":
        if statement.condition or re.match(
            r"^(?:[^,。;给]{0,6}(?:不超过|限额)|递增|应?达到|最高|不超过|每|累计|可|享受|缴|营业|销售|纳税|收入|新增贷款)",
            after,
        ):
            return False
        if re.search(r"每[\u4e00-\u9fff]{1,4}$", before) or RATE_PER.match(after):
            return False
        return not is_yearly(one) or not (
            _around(context, one.start) in bounded or BOUNDS_EVERY.search(before)
        )
    if one.kind in LENGTHS:
        if one.kind == "using" and one.value.endswith("Y"):
            return False  # 用三年时间: how long the plan runs
        if "连续" in seen[one.start : one.end] and any(
            t.kind in PERIODS for t in context.times_between(statement.start, one.start)
        ):
            return False  # 2014—2016年每年安排，连续支持三年: the interval says it
        if one.kind in ("span", "using") and _dates_only_target(one, statement, with_target, seen):
            return False
        return not statement.condition and is_window(one, before, after)
    if IN_TIME.search(before) or before[-1:] == "\t" and after[:1] in ("", "\t", "\n"):
        return one.kind != "shortend" or "底" in seen[one.start : one.end]
    if one.kind in YEARS or (one.kind in ("yearend", "shortend") and not BEFORE_ACT.match(after)):
        if seen[one.start : one.end] == "年终":
            return True
        if one.kind == "yearend" and UNTIL.search(before):
            return True
        return _dates_an_act(context, statement, one, with_target, with_money)
    if _dates_only_target(one, statement, with_target, seen):
        return False
    if one.kind == "nextyear":
        if before.endswith("待"):
            return False
        return bool(re.search("[月季半]", one.value)) or bool(
            ACTION.search(seen[one.end : statement.end])
        )
    return True


def _dates_only_target(
    one: Time, statement: Statement, with_target: dict[int, list[int]], seen: str
) -> bool:
    places = [place for place in with_target.get(statement.start, []) if place > one.end]
    if not places:
        return False
    if (
        one.kind == "day"
        and re.search(r"[自从]$", seen[max(0, one.start - 1) : one.start])
        and seen.startswith("起", one.end)
    ):
        return False  # 自5月1日起，税率降至16%: when it begins to hold
    between = seen[one.end : places[0]]
    if one.kind in ("days", "months") and ACTION.search(between.rpartition(",")[0]):
        return False  # 5月至8月集中开展活动，每周举办1场: the months are of the act
    return (
        not re.search(r"[,;。]", re.sub(r"^(?:之|以)?前?,?", "", between))
        or len(between) < 60
        and not re.search(r"完成(?!\d)|;|建成投|启动|召开|前(?!提|列|沿|景)", between[:40])
        or one.kind in ("half",)
    )


def _dates_an_act(
    context: Context,
    statement: Statement,
    one: Time,
    with_target: dict[int, list[int]],
    with_money: dict[int, list[int]],
) -> bool:
    """A bare year counts where money is arranged in it, or something is done, not reached."""
    seen = context.folded.seen
    after = seen[one.end : statement.end]
    if BACKGROUND.match(after) or re.search(
        r"(?:比|较|自|以)$", seen[max(0, one.start - 2) : one.start]
    ):
        return False
    if (
        after.startswith("底")
        or one.kind in ("yearend", "shortend")
        and "底" not in seen[one.start : one.end]
        and "末" not in seen[one.start : one.end]
    ):
        if one.kind == "shortend" and not BEFORE_ACT.match(after):
            places = [
                *with_target.get(statement.start, []),
                *with_money.get(statement.start, []),
            ]
            counted = any(place > one.start for place in places)
            arranged = with_money.get(statement.start) and ARRANGED.match(after)
            if arranged and seen[one.start : one.end] in ("今年", "本年度"):
                return True
            within = seen[one.start : one.end].endswith("内")
            return within and not counted and "了" not in after and bool(ACTION.search(after))
    money = [place for place in with_money.get(statement.start, []) if place > one.start]
    target = [place for place in with_target.get(statement.start, []) if place > one.start]
    nearest_money = min(money, default=None)
    nearest_target = min(target, default=None)
    if nearest_money is not None and (nearest_target is None or nearest_money < nearest_target):
        return True
    if nearest_target is not None:
        # 每年 bounded by years is the interval.
        return one.kind in PERIODS and "每年" in seen[one.end : nearest_target]
    if one.kind == "run" or one.kind == "years" and PERIOD_IS.search(seen[: one.start][-12:]):
        return True
    if one.kind == "years" and re.match(r"^\)?[^,。]{0,3}(?:[一二三四五]年)?[^,。]{0,4}期", after):
        return False
    if one.kind == "year" and (
        with_target.get(statement.start)
        or NAMES_YEAR.search(seen[statement.start : one.start])
        or NAMED.match(after)
        or HEADS.match(seen, one.end)
    ):
        return False
    return bool(ACTION.search(after)) and not re.match(r"^(?:的|以来|度?[^,。]{0,10}目标)", after)


def _row(context: Context, statement: Statement, one: Time, date: str) -> Deadline:
    folded = context.folded
    end = one.end
    if found := re.compile(r"(?:之|以)?前|之?后|起").match(folded.seen, end):
        end = found.end()
    start, stop = folded.span(one.start, end)
    begin = begins_with(folded.seen, one)
    if begin and (found := re.search(r"(?:19|20)\d\d-\d\d-\d\d$", begin)):
        begin = found.group()
    _, last = context.segment(statement, one.start)
    rest = folded.seen[end : min(statement.end, end + 60)].lstrip(",、)")
    return Deadline(statement.clause, date, begin, rest[:40], folded.text[start:stop], start, stop)


def _horizons(context: Context, with_money: dict[int, list[int]]) -> list[Deadline]:
    """示范期内 where it bounds a payment."""
    if context.horizon is None:
        return []
    folded, rows = context.folded, []
    for found in re.finditer(
        r"(?:[一二三四五]年)?(?:[\u4e00-\u9fff]{2})?(?:示范|试点|创建|实施)期(?:限)?内", folded.seen
    ):
        statement = context.at(found.start())
        if statement is None or statement.past or statement.node is None:
            continue
        rest = folded.seen[found.end() : statement.end]
        if statement.start in with_money or re.search(r"补贴|补助|奖励|经费|减免", rest):
            start, end = folded.span(found.start(), found.end())
            rows.append(
                Deadline(
                    statement.clause,
                    context.horizon,
                    None,
                    rest[:40],
                    folded.text[start:end],
                    start,
                    end,
                )
            )
    return rows


def _once(rows: list[Deadline]) -> list[Deadline]:
    """One entry for each place; the same time twice in a clause's sentence stays."""
    kept: list[Deadline] = []
    for row in rows:
        if kept and row.start < kept[-1].end:
            continue
        kept.append(row)
    return kept
