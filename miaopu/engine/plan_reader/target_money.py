"""Tells an amount of money to be reached from one that is granted, budgeted or required."""

import re

from miaopu.engine.plan_reader.context import Statement
from miaopu.engine.plan_reader.quantities import Quantity
from miaopu.engine.plan_reader.target_words import (
    AFTER_CONDITION,
    CHANGE,
    REACH,
    REGION,
    SIZE_OF,
    VERB,
    Memory,
)

_SPECIAL_NOUN = re.compile(
    r"总量|收入|产值|增加值|税[收金]?|利润|销售额|总额|成交额|交易额|进出口|出口|投资额|完成[\u4e00-\u9fff]{0,6}投资|投资完成|总产出|规模|产量|贷款|融资|授信|余额|担保(?![费公机基])|资金支持|总值|额(?:达|突破|超)|成本|费用|减负|节约|让利|GDP|经济总量|营收|订单|签约|合同(?:金额|总?额)|负担"
)


# What is done with money that is not one's own: 全年提供担保1.2亿元.
_DOES = re.compile(
    r"(?:完成|实现|发放|提供|新增|投放|引进|签订|达成|降低|减轻|帮助|促成|协助)[^,。;]{0,10}$"
)


# Money that comes from elsewhere: 引进省外资金60亿元, 实际利用外资.
_BROUGHT_IN = re.compile(
    r"(?:引进|招引|利用|到位|吸收|引资)[^,。;]{0,14}(?:资金|外资|内资|投资|引资)(?:额|总额)?(?:达到?|突破|超过?|不低于|不少于|完成)?$"
    r"|(?:总投资|投资总额|投资额|到位资金)(?:达到?|突破|超过|不低于|不少于)$|(?:实际利用|实际使用)外资(?:金额)?$"
)


def is_money_target(statement: Statement, left: str, right: str, wide: str) -> bool:
    """Whether an amount is to be reached rather than spent: by its noun and its sentence."""
    near = left[-30:]
    if re.search(r"注册(?:资本|资金)", near):
        return (
            bool(re.search(r"(?:达到?|不低于)$", left))
            and statement.planned
            and not re.match(r"^(?:以上)?的", right)
        )
    if re.search(r"(?:吸引|撬动|(?<!每)带动|拉动|引入)[^,。;补奖]{0,14}$", left):
        return True
    if _BROUGHT_IN.search(left) and not statement.grant and not SIZE_OF.match(right):
        return not AFTER_CONDITION.match(right)
    if re.search(r"(?:最高|额度|限额|上限|门槛|标准)[^,。;]{0,10}$", left):
        return False
    if re.search(r"由[^,。;增提扩]{2,20}的$", left):
        return False  # 由2020年的1000亿元增加到: what it is now
    if re.search(r"(?:基金|资金池?|资本金)[^。;]{0,24}规模[^,。;]{0,16}$", wide[-60:]):
        return False
    if re.match(r"的?[^,。;]{0,12}基金", right) and re.search(r"规模|设立|组建|成立", left):
        return False
    if re.search(r"[较比]上年[^,。;]{0,6}(?:增加|增长|提高)$", left):
        return False  # a change of a budget, said beside it
    if SIZE_OF.match(right):
        return False
    if statement.goal and re.search(r"(?:区|县|市|园|镇)各?$", left):
        return True  # 城东区2亿元, below a title that says of what
    noun = _SPECIAL_NOUN.search(near)
    if noun is None and REACH.search(left) and len(left) <= 4:
        near = wide[-40:]
        noun = _SPECIAL_NOUN.search(near)
    if noun is not None and re.search(r"到20\d\d年[^,。;]{0,24}达到?$", left):
        return True
    if statement.grant and not statement.goal:
        return False
    if re.match(r"^(?:的)?(?:资金规模|资金支持|融资支持|授信|贷款|信贷|投资)", right):
        return not re.search(r"安排|配套|拨付|预算|统筹", wide[-40:])
    if noun is None:
        return _is_reached_amount(statement, left, right, wide)
    if re.search(
        r"补|奖|资金(?!支持)|安排|投入|不超过|最高|给予|预算|基金|经费|贴息|缴|每户|户均|注册|限额",
        near[noun.start() :] + right[:6],
    ) and not re.search(r"总量|收入|产值|利税|税收", near):
        return False
    if AFTER_CONDITION.match(right):
        return False
    return (
        statement.planned
        or statement.goal
        or bool(REACH.search(left) or CHANGE.search(left) or _DOES.search(left))
    )


def _is_reached_amount(statement: Statement, left: str, right: str, wide: str) -> bool:
    """力争达到50亿元: an amount reached rather than spent, whatever its noun."""
    if not re.search(r"(?:达到?|突破|增至|增加到|提高到|增长到)$", left) or right.startswith("的"):
        return False
    return (statement.planned or statement.goal) and not re.search(
        r"资金|基金|注册|投入|补|奖|最高|对", wide[-40:]
    )


def goes_on(statement: Statement, memory: Memory, one: Quantity, left: str) -> bool:
    """东区达到6亿元: a member of an enumeration that began with a target in the same unit."""
    if memory.clause != statement.clause or not memory.unit.endswith("元") or statement.grant:
        return False
    if re.search(r"安排|配套|投入|资金|补|奖|注册|最高|额度|限额|^(?:同时)?[以在对为按]", left):
        return False
    return bool(REACH.search(left) or CHANGE.search(left)) or (
        memory.statement == statement.start
        and (
            bool(REGION.match(left))
            or memory.unit == one.unit
            and (_is_member(left) or _DOES.search(left) is not None)
        )
    )


def _is_member(left: str) -> bool:
    """其中，国有商业银行: a bare name, one of an enumeration."""
    name = re.split(r"[、:]", left)[-1]
    return 2 <= len(name) <= 12 and not VERB.search(name)
