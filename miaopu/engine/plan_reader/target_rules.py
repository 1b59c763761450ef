"""Tells a quantity to be reached from statistics, conditions, stock and money."""

import re

from miaopu.engine.plan_reader.context import Context, Statement
from miaopu.engine.plan_reader.quantities import Quantity
from miaopu.engine.plan_reader.target_money import goes_on, is_money_target
from miaopu.engine.plan_reader.target_rates import is_rate_target
from miaopu.engine.plan_reader.target_words import (
    AFTER_CONDITION,
    CHANGE,
    EACH_HAS,
    REACH,
    VERB,
    Memory,
)

_EXISTING = re.compile(
    r"(?:现有|原有|已有|已建|其他|全[市省县区国](?:范围内)?|上述|以上|这|该|对|(?<!意)向|围绕|依托|在|将|把|从|由|每|分|按|第|约|前|共|等|所属|中的|中|规划的|我[市省县区])(?:的)?$"
)
_WEIGHT = re.compile(
    r"(?:检查|考核|测评|评议|评价|自评|打分|得分|分数)[^,。]{0,4}占$|占[^,。]{0,20}(?:总分|分数|权重|分值|考评|考核|成绩)[^,。]{0,6}$|权重|分值|得分|记\d?$|(?<!累)(?<!合)(?<!总)(?<!共)计$|满分|扣$"
)
_SCORED = re.compile(r"占[^,。]{0,10}(?:总分|分值|权重|分数|考核)")
_SUBJECT_END = re.compile(r"^[,;。、)!\n(]|^(?:以上|左右|以内|以下)?$|^$")
_NOUN = re.compile(r"[\u4e00-\u9fff)”]$")
# 由1.2%提高到2%: the first is what is.
_BASE_VALUE = re.compile(
    r"^(?:提高|提升|增加|增长|上升|下降|降低|压减)?(?:到|至|为)(?:(?!\d{4}年)|\d{4}年的\d)"
)
# 其中10亿元以上5个: the size of what is counted. …以上的幼儿园应配备1名: what each must have.
# 推动全市3000家以上企业…, 每年面向5000户企业…: for how many something is done.
_OF_ALL = re.compile(
    r"(?:推动|引导|支持|组织|带动|促进|帮助)全[市省县区]$|(?:每年|全年|年内)(?:面向|为|帮助)$"
)
_AREA = re.compile(r"(?:建筑|占地|孵化|场地|总)面积$")
_SIZED = re.compile(r"\d[\d.]*[\u4e00-\u9fff]{1,4}以上的?$")
_NORM = re.compile(r"以上的[^,;]{1,10}(?:应|须|要)[^,;]{0,10}$")
_ABOUT = re.compile(r"(?:大?约|近|大概|(?<=[到至])(?:19|20)\d\d年的?)$")
_MEMBER_OF = re.compile(r"(?:\d[\u4e00-\u9fff%/]{1,24}(?:[、和及]|以及)|^(?:和|及|以及)?)$")
# 入驻企业30户以上，运营1年以上的，可申请; 占比30%以上的村优先.
_THE_ONES = re.compile(
    r"(?:[^。;]{0,60}?\d[\d.]*[\u4e00-\u9fff%]{1,4})?(?:以上|以下|以内)?的[,:]"
    r"(?:可|给|经|由|按|均|优先|方|予|享|视|认)"
    r"|(?:以上|以下|以内)?的[\u4e00-\u9fff]{1,8}(?:优先|可以?|给予|予以|享受|不得|纳入|免)"
)
# 核查人员不得少于2人: how something is done.
_FEW_PERSONS = re.compile(r"(?:人员|专家|成员|代表|评委)(?:不得?少于|至少)[1-5][人名]$")
_WHEN = re.compile(r"^(?:以上|以下)?(?:时|的时候|后)[,，]")
_SELECT = re.compile(r"(?:评选|评出|评定|选树|遴选|选出|评选出|评选认定|择优)[\u4e00-\u9fff]{0,3}$")
# What no number counts that is to be reached: 6个重点领域, 12项措施.
_BAD_NOUN = re.compile(
    r"^(?:举措|措施|内容|形式|制度|要求|标准(?!化|厂)|方面|阶段|环节|层[次面级]|步骤|问题|原则|体系|机制|目标"
    r"|重点(?:领域|环节|方面|任务|工作|行业|方向)|不变|全覆盖|月|年(?!接待|营业|产值|产量|销售|主营|收入|处理|加工|生产|产)"
    r"|工作(?![站室坊组队点岗])|转变|突破|平台[化性]|百分点|维护|意识|关系|领域|过程|统筹)"
)
_BAD_CN_NOUN = re.compile(
    r"^(?:重点|统一|结合|坚持|确保|优先|文明|积极|代表|更|新|支撑|整体|良好|标准|工作|年)"
)


def is_target(context: Context, statement: Statement, one: Quantity, memory: Memory) -> bool:
    """Whether a quantity is to be reached: by what stands before and behind it."""
    if statement.past or one.quoted or one.vague or one.value == 0:
        return False
    if _is_condition(context.folded.seen[one.end : min(statement.end, one.end + 80)]):
        return False
    if one.unit in ("课时", "学时") or _FEW_PERSONS.search(
        context.folded.seen[max(statement.start, one.start - 12) : one.end]
    ):
        return False
    if one.is_percent and _BASE_VALUE.match(context.folded.seen[one.end : one.end + 5]):
        return False
    if _WHEN.search(context.folded.seen[one.end : one.end + 6]):
        return False
    seen = context.folded.seen
    first, last = context.segment(statement, one.start)
    left, right = _ABOUT.sub("", seen[first : one.start]), seen[one.end : last]
    wide = seen[statement.start : one.start]
    if _is_size(one, left, right) or right.startswith(")") and re.fullmatch("[万亿千百]", one.unit):
        return False
    if one.is_percent and left.endswith("占") and _SCORED.search(wide):
        return False
    if _WEIGHT.search(left) or re.match(r"^(?:计算|的比例|比例|配比|测算|分)", right):
        return False
    if statement.condition and not statement.goal:
        return False
    if one.is_money or one.is_foreign:
        if one.is_foreign and not statement.grant and _verb_before(left, right):
            return not AFTER_CONDITION.match(right)
        return is_money_target(statement, left, right, wide) or goes_on(
            statement, memory, one, left
        )
    if _BAD_NOUN.match(right) and not (one.unit[-1] in "家户名" and right.startswith("重点")):
        return False
    if one.chinese and (_BAD_CN_NOUN.match(right) or not _is_chinese_target(left, right, one)):
        return False
    if one.is_percent or one.unit == "倍":
        return is_rate_target(statement, memory, one, left, right)
    if _is_next(statement, memory, one, left, right):
        return True
    if statement.grant and not statement.goal and not _SELECT.search(left):
        if not _is_outside_grant(context, statement, one, left, right):
            return False
    if AFTER_CONDITION.match(right) and not re.search(r"的(?:目标|任务)", right):
        return False
    if (
        re.match(r"^(?:对|凡|年|若|如|经)", left)
        and re.search(r"的(?:[^,]{0,14}$|,)", right)
        and one.value in (1, 2, 3)
    ):
        return False
    if (
        (each := re.search(r"每(?!年|月|季|周|半年|个季度|旬)[\u4e00-\u9fff]{1,6}$", left))
        and not VERB.search(each.group(), 2)
        and "至少" not in each.group()
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
    if REACH.search(left) and not re.search(r"(?<!控制)(?<!保持)(?<!稳定)(?:在|为|占|约)$", left):
        return True
    if (
        CHANGE.search(left)
        or one.after in ("以上", "及以上", "以内", "左右")
        and not _EXISTING.search(left)
    ):
        return True
    if left.endswith("为") and re.match(r"^的?[\u4e00-\u9fff]{2,10}提供", right):
        return True
    if re.search(r"(?:完成|实现)对$|(?:建立|组建|成立|打造|建设|组织)(?:一支)?由$", left):
        return True
    if _OF_ALL.search(left):
        return True
    if one.unit != "次" and re.search(r"至少[\u4e00-\u9fff]{1,4}$", left):
        return True
    if memory.statement == statement.start and _SIZED.search(left):
        return True
    if _EXISTING.search(left) or _NORM.search(left):
        return False
    if _verb_before(left, right) or statement.planned and _AREA.search(left):
        return True
    return _continues(statement, memory, left, right) or _counted(left, right, one)


_GRANTS = re.compile(
    r"给予|奖励|补助|补贴|资助(?!(?:不少于|不低于|约)?\d+[名人个家项户]|$)|一次性|享受(?!国务院|政府)|优先"
)
# Where a grant begins that is given beside a goal, not for it.
_GRANTS_EACH = re.compile(r"^(?:对|安排|在|每[个家户名人项]|给予(?=每)|按|[省市区县])")


def _is_outside_grant(
    context: Context, statement: Statement, one: Quantity, left: str, right: str
) -> bool:
    """A goal in a sentence that also grants: nothing is granted for reaching it."""
    seen = context.folded.seen
    rest = seen[one.start : statement.end]
    granted = _GRANTS.search(rest)
    if granted is None:
        return True
    if re.match(r"[对凡给为向经]", left) or AFTER_CONDITION.match(right):
        return False
    before = seen[statement.start : one.start]
    if re.search(r"(?:应当?|须|必须)(?:不低于|不少于|达到?|具备|具有|有)", before):
        return False
    if _GRANTS.search(left) or not (VERB.search(left) or CHANGE.search(left) or REACH.search(left)):
        return False
    part = re.split("[,;]", rest[: granted.start()])
    if len(part) > 1 and _GRANTS_EACH.match(part[-1] + granted.group()):
        return True
    begin = seen.rfind(",", statement.start, one.start) + 1
    return bool(context.times_between(max(statement.start, begin), one.start)) and bool(
        re.match(r"(?:以上|左右)?(?:[^,;的]{0,16})?[,;]", seen[one.end : one.end + 20])
    )


# 存栏100头以上奶牛养殖比重超过38%: another number follows, which is the one to be reached.
_THEN_REACHED = re.compile(
    r"^的?[\u4e00-\u9fff“”]{2,18}(?:达到?|超过?|突破|不少于|不低于|发展到|增加到|为)\d"
    r"|^(?:、[^,;、\d]{2,16}\d[\d.]*[\u4e00-\u9fff]{1,4}以上)*的[\u4e00-\u9fff“”()]{2,18}\d"
)


def _is_condition(after: str) -> bool:
    """Whether what follows the number says who may have something."""
    return _THE_ONES.match(after) is not None


def _is_size(one: Quantity, left: str, right: str) -> bool:
    """A number that only says which things are meant: 过1亿元的企业3家."""
    if re.match(r"^\(含[^()]{0,8}\)", right) or re.search(r"(?<![超通经])过$", left):
        return True
    if not one.after or "内" in one.after:
        return False
    if _THEN_REACHED.match(right):
        return True
    counted = re.search(r"\d[个家户名项座][^、,;\d]{2,20}$", left)
    return counted is not None and re.match(r"^的[\u4e00-\u9fff]{2}", right) is not None


def _is_chinese_target(left: str, right: str, one: Quantity) -> bool:
    """一个 and the like are counts only where something is to be set up at least so often."""
    if re.search(r"(?:至少|不少于|不低于)[\u4e00-\u9fff]{0,6}$", left):
        return True
    if EACH_HAS.search(left):
        return True
    if one.value in (1, 2, 3) and one.unit in ("个", "条", "次", "项"):
        return False
    if (
        one.value not in range(1, 10)
        and not re.match(r"[\u4e00-\u9fff]{1,8}[团库队]", right)
        and _verb_before(left, right)
    ):
        return True
    return bool(
        re.search(
            r"(?:建设|建立|建成|打造|培育|认定|新建|设立|引进|创建|新增|扶持)(?:好|成)?$", left
        )
    ) and one.unit in ("个", "家", "户", "名", "所", "座")


def _verb_before(left: str, right: str) -> bool:
    """An achieving verb before the number, or a noun and the number as the end of its clause."""
    found = max(VERB.finditer(left), key=lambda one: one.start(), default=None)
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


_STANDS = re.compile(
    r"[有为共含计是及占超约]|包括|涉及|分为|不足|其中|范围|抽取|随机|每|第|任期|满|限|免[收征]"
)


def _counted(left: str, right: str, one: Quantity) -> bool:
    """诊断企业300家: something to do, and how many, as the whole of its part of the sentence."""
    text = re.sub(r"^[^前底末年月日]{0,12}[前底末年月日内]", "", left)
    return (
        one.value != 1
        and not one.chinese
        and one.unit[-1] in "家户个名人项件台座所场次期条篇批册套本部份辆张幅"
        and 2 <= len(text) <= 20
        and _SUBJECT_END.match(right) is not None
        and not _STANDS.search(text)
    )


def _is_next(statement: Statement, memory: Memory, one: Quantity, left: str, right: str) -> bool:
    """选拔100名正职人才、200名副职人才; 分别不少于50户、60户: a member without its own verb."""
    if memory.statement != statement.start or one.chinese or not _MEMBER_OF.search(left):
        return False
    if "分别" in left and memory.unit == one.unit:
        return True
    if re.match(r"[\u4e00-\u9fff“]{2}", right) is None:
        return False
    return left.endswith(("、", "和")) or memory.unit[-1:] == one.unit[-1:]


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
