"""Money: amounts granted, budgeted, capped or required, and sharing ratios."""

import re
from collections.abc import Container, Sequence
from dataclasses import replace

from miaopu.engine.plan_reader.context import Context, Statement
from miaopu.engine.plan_reader.model import Money, Value
from miaopu.engine.plan_reader.numerals import chinese_number
from miaopu.engine.plan_reader.quantities import Quantity
from miaopu.engine.plan_reader.target_words import SIZE_OF

_RATIO_WORDS = re.compile(r"比例|分担|配比|拨付|兑付|兑现|配套|承担|匹配|共担|负担|出资|分成")
_FUND_STANDS = re.compile(r"(?:基金|资金池?|专项)[^,。;]{0,12}规模[^,。;]{0,4}已?达?到?$")
_TWO_ENDS = re.compile(r"元(?:至|到)\d")
_EACH = re.compile(r"各(?:给予|奖励?|补助?|补贴|一次性)*(?:给予)?(?:不超过|最高)?$")
_SAID_AGAIN = re.compile(r"[^,。;]{0,10}构成|(?:的)?(?:增加|提高|上调|提升|扩大|调整|增长)[到至为]")
# 收入超400亿元: a size or a result, nothing that is paid.
_EXCEEDS = re.compile(
    r"(?:收入|产值|销售额?|税收|一批|规模|总量|产业|集群)[^,。;不]{0,8}(?:超过?|(?<![超不经通])过)$"
)
# 其中营业收入10亿元以上8家
_COUNTED = re.compile(r"(?:及?以上|以下)?的?\d{1,5}[家户个](?!月)")
_MARKED = re.compile(r"(?:超过?|突?破|过)$|\d[亿万千百]*元、$")
_COUNTS = re.compile(r"培育|新增|引进|发展|认定|建设|新建|打造|招引|落户|开工|扶持|实施")
_LIST = re.compile(r"(?:对|给予|向|奖励)([^,。;]{2,60})$")


def read_money(
    context: Context,
    quantities: Sequence[Quantity],
    ratios: Sequence[tuple[int, int, str]],
    targets: Container[int],
) -> list[Money]:
    """The amounts in order; what became a target is money only where it is required capital."""
    rows: list[Money] = []
    for one in quantities:
        statement = context.at(one.start)
        if not one.is_money or statement is None or statement.start >= context.layout.body_end:
            continue
        if one.chinese and not statement.grant:
            continue
        if one.quoted or (statement.node is None and context.tree.nodes):
            continue
        before = context.folded.seen[statement.start : one.start]
        after = context.folded.seen[one.end : one.end + 40]
        if _is_said_beside(before) or _says_size(statement, one, before, after):
            continue
        if one.start in targets and not re.search(r"注册(?:资本|资金)[^,。;]{0,10}$", before):
            continue
        if statement.past and not _FUND_STANDS.search(before):
            continue
        if _SAID_AGAIN.match(after):
            continue  # an amount said again to be taken apart
        rows.extend(_amount(context, statement, one))
    for start, end, text in ratios:
        ratio_in = context.at(start)
        if ratio_in is None or ratio_in.past or ratio_in.start >= context.layout.body_end:
            continue
        if ratio_in.node is None and context.tree.nodes:
            continue
        around = context.folded.seen[max(ratio_in.start, start - 60) : min(ratio_in.end, end + 20)]
        bracket = context.folded.seen.rfind("(", ratio_in.start, start)
        if bracket >= 0 and "简称" in context.folded.seen[bracket:start]:
            continue
        leverage = context.folded.seen[end : end + 8]
        if _RATIO_WORDS.search(around) and not re.match(
            r"(?:的?比例)?(?:撬动|放大|杠杆)", leverage
        ):
            rows.append(_ratio(context, ratio_in, start, end, text))
    rows.sort(key=lambda one: one.start)
    return rows


def _is_said_beside(before: str) -> bool:
    """The change of an amount that stands beside it, or the same again: 500万元（含500万）."""
    return bool(
        re.search(r"[较比]上年[^,。;]{0,6}(?:增加|增长|提高|减少)$", before)
        or re.search(r"\d[^,。;()]{0,12}\(不?包?含$", before)
    )


def _says_size(statement: Statement, one: Quantity, before: str, after: str) -> bool:
    """投资5000万元以上的项目100个: the amount says which things are counted, not a threshold."""
    if _EXCEEDS.search(before) and not (statement.grant or statement.condition):
        return True
    if _COUNTED.match(after) and not statement.grant:
        return True
    if "注册" in before[-12:] or not SIZE_OF.match(after):
        return False
    if statement.grant and not _COUNTS.search(before):
        return False
    bounded = one.after or after[:2] in ("以上", "以下")
    return bool(bounded or _MARKED.search(before))


def _amount(context: Context, statement: Statement, one: Quantity) -> list[Money]:
    folded = context.folded
    first, _ = context.segment(statement, one.start)
    left = folded.seen[first : one.start]
    begin = max(first, one.start - 40, _after_mark(statement))
    start, end = folded.span(begin, one.end)
    what = folded.clean(begin, one.start) if one.start > begin else ""
    value, unit = _in_printed_steps(one)
    row = Money(statement.clause, what, value, unit, folded.text[start:end], start, end)
    if isinstance(one.value, list) and _TWO_ENDS.search(folded.seen[one.start : one.end]):
        # 500万元至1000万元: both ends of a bracket, each with its unit
        return [replace(row, value=each) for each in value] if isinstance(value, list) else [row]
    return [row] * _recipients(left)


def _in_printed_steps(one: Quantity) -> tuple[Value, str]:
    """2千元 is 2000 元, 1千万元 is 1000 万元: money counts in 元, 万元 and 亿元."""
    found = re.fullmatch(r"([十百千]+)(万?亿?元)", one.unit)
    if found is None:
        return one.value, one.unit
    times = chinese_number(found.group(1)) or 1
    values = one.value if isinstance(one.value, list) else [one.value]
    steps = [value * times for value in values if isinstance(value, int | float)]
    return (steps if isinstance(one.value, list) else steps[0]), found.group(2)


def _after_mark(statement: Statement) -> int:
    node = statement.node
    return node.mark.end if node is not None and node.mark.start >= statement.start else 0


def _recipients(left: str) -> int:
    """对甲及乙各奖励: as many amounts as recipients."""
    each = _EACH.search(left)
    if each is None:
        return 1
    names = _LIST.search(left[: each.start()])
    if names is None:
        return 1
    parts = [one for one in re.split(r"[、和及与]|以及", names.group(1)) if len(one) >= 2]
    return max(1, min(4, len(parts)))


def _ratio(context: Context, statement: Statement, start: int, end: int, text: str) -> Money:
    folded = context.folded
    first, _ = context.segment(statement, start)
    begin = max(first, start - 40, _after_mark(statement))
    a, b = folded.span(begin, end)
    what = folded.clean(begin, start) if start > begin else ""
    return Money(statement.clause, what, text, "ratio", folded.text[a:b], a, b)
