"""Quantities to be reached, told apart from statistics, conditions, stock and money."""

import re
from collections.abc import Sequence
from dataclasses import replace

from miaopu.engine.plan_reader.context import Context, Statement
from miaopu.engine.plan_reader.model import Target
from miaopu.engine.plan_reader.quantities import Quantity
from miaopu.engine.plan_reader.target_dates import date_of
from miaopu.engine.plan_reader.target_extras import headcounts, index_targets, shortened_targets
from miaopu.engine.plan_reader.target_rules import is_target
from miaopu.engine.plan_reader.target_tables import table_targets
from miaopu.engine.plan_reader.target_words import (
    Memory,
    comparator_of,
    indicator_of,
    last_piece,
    scope_of,
)

# Bodies that a whole is shared out to: 其中，国有商业银行60亿元.
_MEMBER_BODY = re.compile(
    r"^[\u4e00-\u9fff]{2,12}(?:银行|机构|公司|部门|分行|支行|联社|局|委|院校|高校|集团|协会)$"
)


def read_targets(
    context: Context, quantities: Sequence[Quantity], marks: Sequence[tuple[int, int]]
) -> tuple[list[Target], dict[int, Target]]:
    """The targets in order, and those made of quantities by the quantity's folded start."""
    targets: list[Target] = []
    used: dict[int, Target] = {}
    memory = Memory()
    closed = {start for start, _ in marks}
    for one in quantities:
        statement = context.at(one.start)
        if (
            statement is None
            or statement.start in closed
            or statement.start >= context.layout.body_end
        ):
            continue
        if statement.node is None and context.tree.nodes and not _in_preamble(statement):
            continue
        if not is_target(context, statement, one, memory):
            continue
        made = _make(context, statement, one, memory)
        targets.extend(_members(context, statement, one, made))
        used[one.start] = made
    targets.extend(headcounts(context))
    targets.extend(shortened_targets(context))
    targets.extend(index_targets(context))
    inside = {one.start for one in targets}
    targets.extend(one for one in table_targets(context) if one.start not in inside)
    targets.sort(key=lambda one: one.start)
    return targets, used


# 30万元/人: an amount of each.
_PER_HEAD = re.compile(r"/[人亩户年吨]")
_SHARED = re.compile(
    r"((?:[\u4e00-\u9fff]{1,8}[区县市镇园]、)+[\u4e00-\u9fff]{1,8}[区县市镇园])各[\u4e00-\u9fff]{0,6}$"
)


def _members(context: Context, statement: Statement, one: Quantity, made: Target) -> list[Target]:
    """城东区、城西区各2亿元 is a target of each."""
    left = context.folded.seen[max(statement.start, one.start - 60) : one.start]
    shared = _SHARED.search(left)
    if shared is None:
        return [made]
    return [replace(made, scope=name) for name in shared.group(1).split("、")]


def _in_preamble(statement: Statement) -> bool:
    """Whether the words before the first clause plan something."""
    return statement.clause == "preamble" and statement.planned and not statement.past


def _make(context: Context, statement: Statement, one: Quantity, memory: Memory) -> Target:
    folded = context.folded
    first, last = context.segment(statement, one.start)
    node = statement.node
    if node is not None and first <= node.mark.start < node.mark.end <= one.start:
        first = node.mark.end
    left = folded.seen[first : one.start]
    if memory.clause != statement.clause:
        memory.clause, memory.indicator, memory.place, memory.date = (
            statement.clause,
            "",
            None,
            None,
        )
    begin, pieces = last_piece(left, first)
    indicator, scope = indicator_of(pieces)
    if not indicator:
        indicator = memory.indicator if scope or memory.statement == statement.start else ""
    if indicator and memory.indicator and memory.statement == statement.start:
        if _MEMBER_BODY.search(indicator) and "其中" in folded.seen[statement.start : one.start]:
            scope, indicator = indicator, memory.indicator
    if not indicator:
        before = folded.seen[max(statement.start, first - 40) : max(statement.start, first - 1)]
        indicator = indicator_of(before.split(",")[-1])[0] or memory.indicator
    elif not scope or not memory.indicator:
        memory.indicator = indicator
    if scope is None:
        scope = scope_of(folded.seen[statement.start : one.start])
        if scope is None and memory.statement == statement.start:
            scope = memory.place
        memory.place = scope
    date = date_of(context, statement, one, memory)
    memory.date, memory.statement, memory.end = date, statement.start, statement.end
    if not one.is_percent:
        memory.unit = one.unit
    stop = min(last, one.end + (1 if folded.seen[one.end : one.end + 1] == "%" else 0))
    per = _PER_HEAD.match(folded.seen, one.end) if one.is_money else None
    stop = per.end() if per else stop
    start, end = folded.span(begin, max(stop, one.end))
    return Target(
        statement.clause,
        indicator,
        scope,
        one.value,
        one.unit + (per.group() if per else ""),
        comparator_of(left, one),
        date,
        folded.text[start:end],
        start,
        end,
    )
