"""Tells a rate to be reached from one that computes a grant, a fee or a score."""

import re

from miaopu.engine.plan_reader.context import Statement
from miaopu.engine.plan_reader.quantities import Quantity
from miaopu.engine.plan_reader.target_words import AFTER_CONDITION, CHANGE, REACH, Memory

_RATE_OF_GRANT = re.compile(
    r"(?:按|按照|以|(?<!任务)的)[^,。;]{0,24}$|给予[^,。;]{0,30}$|补[助贴][^,。;]{0,16}$|奖[励补][^,。;]{0,16}$|分担[^,。;]{0,10}$|承担[^,。;]{0,10}$|贴息[^,。;]{0,10}$|费率|利率|比例[^,。;]{0,6}$"
)
# 90%的县达到…: a share of all that is to do something.
_SHARE_THAT_DOES = re.compile(
    r"^(?:以上|左右)?的[\u4e00-\u9fff()、]{1,14}?(?:达到|完成|实现|建成|创建|开展|建立|通过|成为|用上|拥有|参加|接入)"
)
_CHEAPER = re.compile(
    r"(?:费率|利率|佣金)[^,。]{0,10}(?:降至|降到|降低|下降|下调|不高于|低于|压降|控制在)[到至]?$"
)


def is_rate_target(
    statement: Statement, memory: Memory, one: Quantity, left: str, right: str
) -> bool:
    """Whether a percentage or a multiple is to be reached rather than granted, levied or scored."""
    if re.match(r"对|凡", left) and right.startswith("的"):
        return False
    if left == "占" and memory.statement != statement.start:
        return False  # 公共服务4亿元，占25%: how a sum is shared out
    if _CHEAPER.search(left):
        return not statement.grant or not re.search(r"给予|按", right)
    if statement.grant and _RATE_OF_GRANT.search(left):
        return False
    if (
        re.search(
            r"(?:按(?![时期季月规需])|按照|以(?![后上下内])|为贷款|贷款|放大)[^,。;]{0,20}$", left
        )
        and not REACH.search(left)
        and not CHANGE.search(left)
        and one.unit != "倍"
    ):
        return False
    if one.unit == "倍":
        return (
            bool(re.search(r"撬动|吸引|放大|达到|申请|增长|提高|翻", left))
            and not right.startswith("计算")
            and not re.search(r"以放大|按", left)
        )
    if re.search(r"(?:推动|确保|引导|力争|促进|带动|实现|组织)$", left) and right.startswith("的"):
        return not re.search(r"以下|以内", one.after)
    if _SHARE_THAT_DOES.match(right) and not statement.grant:
        return True
    if AFTER_CONDITION.match(right) and not re.search(r"^的(?:增长|速度|目标)", right):
        return False
    if re.search(
        r"货币出资|(?:优秀|评优|推荐)[^,。]{0,6}比例|费率|利率|浮动|分担|承担|补贴|补助|奖励|贴息|折|(?:参股|持股|出资|占股|扣除|抵扣)[^,。]{0,6}比例",
        left,
    ):
        return False
    if re.search(r"仅[占为][^,。]{0,4}$", left):
        return False
    if REACH.search(left) or CHANGE.search(left) or one.after:
        return True
    if re.search(r"相当于[^,。]{1,16}的$", left):
        return True
    if re.search(r"占[^,。]{2,16}$", left) and memory.statement == statement.start:
        return True
    if re.search(r"率$|分别[^,;]*[和、及]$", left) and memory.statement == statement.start:
        return True
    return bool(
        re.search(r"(?:率|比重|占比|比例|满意度|增[长速幅]|覆盖面|为|在)[^,。]{0,8}$", left)
    ) and (statement.planned or statement.goal)
