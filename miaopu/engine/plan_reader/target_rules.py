"""Tells a quantity to be reached from statistics, conditions, stock and money."""

import re
from dataclasses import dataclass

from miaopu.engine.plan_reader.context import Context, Statement
from miaopu.engine.plan_reader.quantities import Quantity
from miaopu.engine.plan_reader.target_words import CHANGE, REACH, REGION

_VERB = re.compile(
    r"新增|新建|新设|新认定|建立|建设|建成|打造|培育|认定|发展|扶持|引进|引育|培养|培训|完成|实现|举办|组织|选择|选派|评选|评出|评定|搭建|创建|支持|设立|引领|带动|吸纳|开展|推广|创办|孵化"
    r"|服务|帮助|推动|遴选|形成|覆盖|聘请|招募|分成|成立|征集|储备|提供|转化|推荐|入驻|吸引|促进|建好|办好|启动|实施|开设|开通|改造|提升|壮大|集聚|扩建|落户|招引|签约|撬动|发放|授信|申请|盘活|对接|辅导|指导|解决|消化|选树|树立|保障|筹集|争取|投放|推出|集中|重点|确保|力争|上市|挂牌|转型|挖掘|推进|布局|输送|安置|开发|募集|选出|再选|派出|投入|命名|授牌|组建|整合|巩固|新培育|新引进|占地"
)
_SPECIAL_NOUN = re.compile(
    r"总量|收入|产值|增加值|税[收金]?|利润|销售额|总额|成交额|交易额|进出口|出口|投资额|完成[\u4e00-\u9fff]{0,6}投资|投资完成|总产出|规模|产量|贷款|融资|授信|余额|担保额|资金支持|总值|额(?:达|突破|超)|成本|费用|减负|节约|让利|GDP|经济总量|营收|订单"
)
_EXISTING = re.compile(
    r"(?:现有|原有|已有|已建|其他|全[市省县区国](?:范围内)?|上述|以上|这|该|对|向|围绕|依托|在|将|把|从|由|每|分|按|第|约|前|共|等|所属|中的|中|规划的|我[市省县区])(?:的)?$"
)
_WEIGHT = re.compile(
    r"占[^,。]{0,20}(?:总分|分数|权重|分值|考评|考核|成绩)[^,。]{0,6}$|权重|分值|得分|记\d?$|(?<!累)(?<!合)(?<!总)(?<!共)计$|满分|扣$"
)
_RATE_OF_GRANT = re.compile(
    r"(?:按|按照|以|的)[^,。;]{0,24}$|给予[^,。;]{0,30}$|补[助贴][^,。;]{0,16}$|奖[励补][^,。;]{0,16}$|分担[^,。;]{0,10}$|承担[^,。;]{0,10}$|贴息[^,。;]{0,10}$|费率|利率|比例[^,。;]{0,6}$"
)
_AFTER_CONDITION = re.compile(
    r"^(?:的[,;。)]|的(?:企业|单位|项目|基地|机构|个人|园区|创业者|人员|小微|中小|微型|孵化|平台|高校|团队|集体|组织|载体|众创|科技|给予|部分|大学生|毕业生|标准|比例|资金|额度|奖|补|一次|财政|经费|扶|贷)|按|给予|计)"
)
_SUBJECT_END = re.compile(r"^[,;。、)!\n(]|^(?:以上|左右|以内|以下)?$|^$")
_NOUN = re.compile(r"[\u4e00-\u9fff)”]$")
_SELECT = re.compile(r"(?:评选|评出|评定|选树|遴选|选出|评选出|评选认定|择优)[\u4e00-\u9fff]{0,3}$")
_BAD_CN_NOUN = re.compile(
    r"^(?:举措|措施|内容|形式|制度|要求|标准|方面|阶段|环节|层[次面级]|步骤|问题|原则|体系|机制|目标|重点|统一|结合|坚持|确保|优先|不变|全覆盖|月|年|工作|转变|突破|平台[化性]|百分点|维护|意识|关系|文明|积极|领域|代表|更|新|支撑|整体|过程|统筹|良好)"
)


@dataclass
class Memory:
    """What the last target of the clause said, for enumerations that leave it out."""

    clause: str = ""
    indicator: str = ""
    date: str | None = None
    statement: int = -1
    end: int = 0
    unit: str = ""
    place: str | None = None


def is_target(context: Context, statement: Statement, one: Quantity, memory: Memory) -> bool:
    """Whether a quantity is to be reached: by what stands before and behind it."""
    if statement.past or one.quoted or one.vague or one.value == 0:
        return False
    seen = context.folded.seen
    first, last = context.segment(statement, one.start)
    left, right = seen[first : one.start], seen[one.end : last]
    wide = seen[statement.start : one.start]
    if _WEIGHT.search(left) or re.match(r"^(?:计算|的比例|比例|配比|测算|分)", right):
        return False
    if statement.condition and not statement.goal:
        return False
    if one.is_money:
        return _is_money_target(statement, left, right, wide) or _goes_on(
            statement, memory, one, left
        )
    if _BAD_CN_NOUN.match(right) or one.chinese and not _is_chinese_target(left, right, one):
        return False
    if one.is_percent or one.unit == "倍":
        return _is_rate_target(statement, one, left, right)
    if statement.grant and not statement.goal and not _SELECT.search(left):
        if not _is_outside_grant(seen[one.start : statement.end], right):
            return False
    if _AFTER_CONDITION.match(right) and not re.search(r"的(?:目标|任务)", right):
        return False
    if (
        re.match(r"^(?:对|凡|年|若|如|经)", left)
        and re.search(r"的(?:[^,]{0,14}$|,)", right)
        and one.value in (1, 2, 3)
    ):
        return False
    if (
        re.search(r"每(?!年|月|季|周|半年|个季度|旬)[\u4e00-\u9fff]{1,6}$", left)
        or one.chinese
        and one.unit == "次"
    ):
        return False
    if re.search(r"(?:每|户均|人均|平均每?|占|第)$", left) or re.match(
        r"^(?:类|大(?![学中型专众])|级|维度|批次)", right
    ):
        return False
    if re.search(r"(?:不超过|不多于)$", left):
        return False  # a quota that the document itself sets
    if REACH.search(left) and not re.search(r"(?:在|为|占|约)$", left):
        return True
    if (
        CHANGE.search(left)
        or one.after in ("以上", "及以上", "以内", "左右")
        and not _EXISTING.search(left)
    ):
        return True
    if _EXISTING.search(left):
        return False
    if _verb_before(left, right):
        return True
    return _continues(statement, memory, left, right)


def _is_outside_grant(rest: str, right: str) -> bool:
    """A goal in a sentence that also grants: nothing is granted for reaching it."""
    return not re.search(r"给予|奖励|补助|补贴|资助|一次性|享受|优先", rest)


def _is_chinese_target(left: str, right: str, one: Quantity) -> bool:
    """一个 and the like are counts only where something is to be set up at least so often."""
    if re.search(r"(?:至少|不少于|不低于)[\u4e00-\u9fff]{0,6}$", left):
        return True
    if one.value in (1, 2, 3) and one.unit in ("个", "条", "次", "项"):
        return False
    return bool(
        re.search(
            r"(?:建设|建立|建成|打造|培育|认定|新建|设立|引进|创建|新增|扶持)(?:好|成)?$", left
        )
    ) and one.unit in ("个", "家", "户", "名", "所", "座")


def _is_money_target(statement: Statement, left: str, right: str, wide: str) -> bool:
    near = left[-30:]
    if re.search(r"注册(?:资本|资金)", near):
        return (
            bool(re.search(r"(?:达到?|不低于)$", left))
            and statement.planned
            and not re.match(r"^(?:以上)?的", right)
        )
    if re.search(r"(?:吸引|撬动|带动|拉动|引入)[^,。;]{0,14}$", left):
        return True
    noun = _SPECIAL_NOUN.search(near)
    if noun is None and REACH.search(left) and len(left) <= 4:
        near = wide[-40:]
        noun = _SPECIAL_NOUN.search(near)
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
    if _AFTER_CONDITION.match(right):
        return False
    return statement.planned or statement.goal or bool(REACH.search(left) or CHANGE.search(left))


def _is_reached_amount(statement: Statement, left: str, right: str, wide: str) -> bool:
    """力争达到50亿元: an amount reached rather than spent, whatever its noun."""
    if not re.search(r"(?:达到?|突破|增至|增加到|提高到|增长到)$", left) or right.startswith("的"):
        return False
    return statement.planned and not re.search(r"资金|基金|注册|投入|补|奖|最高|对", wide[-40:])


def _goes_on(statement: Statement, memory: Memory, one: Quantity, left: str) -> bool:
    """东区达到6亿元: a member of an enumeration that began with a target in the same unit."""
    if memory.clause != statement.clause or not memory.unit.endswith("元") or statement.grant:
        return False
    if re.search(r"安排|配套|投入|资金|补|奖|注册|^(?:同时)?[以在对为按]", left):
        return False
    return bool(REACH.search(left) or CHANGE.search(left)) or (
        memory.statement == statement.start and bool(REGION.match(left))
    )


def _is_rate_target(statement: Statement, one: Quantity, left: str, right: str) -> bool:
    if statement.grant and _RATE_OF_GRANT.search(left):
        return False
    if (
        re.search(r"(?:按|按照|以|为贷款|贷款|放大)[^,。;]{0,20}$", left)
        and not REACH.search(left)
        and one.unit != "倍"
    ):
        return False
    if one.unit == "倍":
        return (
            bool(re.search(r"撬动|吸引|放大|达到|申请|增长|提高|翻", left))
            and not right.startswith("计算")
            and not re.search(r"以放大|按", left)
        )
    if _AFTER_CONDITION.match(right) and not re.search(r"^的(?:增长|速度|目标)", right):
        return False
    if re.search(r"费率|利率|浮动|分担|承担|补贴|补助|奖励|贴息|折", left):
        return False
    if REACH.search(left) or CHANGE.search(left) or one.after:
        return True
    return bool(
        re.search(r"(?:率|比重|占比|比例|满意度|增[长速幅]|覆盖面|为|在)[^,。]{0,8}$", left)
    ) and (statement.planned or statement.goal)


def _verb_before(left: str, right: str) -> bool:
    """An achieving verb before the number, or a noun and the number as the end of its clause."""
    found = max(_VERB.finditer(left), key=lambda one: one.start(), default=None)
    if found is None:
        return False
    between = left[found.end() :]
    if (
        re.search(r"(?:的|对|向|在|从|由|把|将)[^,]{0,6}$", between)
        and len(between) > 2
        and not right.startswith("的")
    ):
        return False
    if re.search(r"(?:现有|原有|全市|已有|其他)$", between) or len(between) > 36:
        return False
    return True


def _continues(statement: Statement, memory: Memory, left: str, right: str) -> bool:
    """A further member of an enumeration whose first member is a target."""
    if not _NOUN.search(left) or len(left) < 2 or not _SUBJECT_END.match(right):
        return False
    same = memory.clause == statement.clause and (
        memory.statement == statement.start
        or left.startswith("其中")
        or statement.start - memory.end <= 2
    )
    return same or (statement.goal and not re.search(r"[的有]$", left))
