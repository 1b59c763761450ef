"""Words around a printed time: what makes it a deadline, what only describes."""

import re

from miaopu.engine.plan_reader.context import Statement
from miaopu.engine.plan_reader.time_spans import LENGTHS, Time

BACKGROUND = re.compile(
    r"^(?:的\d|为基[期数准]|以来|以前年度|[^,。;]{0,30}(?:分为|构成)|[^,。]{0,6}(?:相比|同期|基础上)|版|[省市县区州]?《|修订|发布的|印发的|出台的|起算)"
)
# 2020年1月25日后到期的贷款: which things are meant, not when to act.
DESCRIBES = re.compile(
    r"^(?:之|以)?[前后]?(?:新)?(?:到期|发放|缴纳|签订|发生|产生|成立|注册|登记|取得|设立|入职|毕业|参保|创办|出生|竣工|投产|认定|上市|引进|签订|核准|批准|备案|立项|签约)[^,。;]{0,10}的(?![,。;])"
)
IN_TIME = re.compile(r"(?:完成|办结|整改|落实)?(?:时限|时间|期限)(?:要求)?:$")
# “月调度、季通报”机制: a way of working, not a name.
QUOTED_WAY = re.compile(r"^[^”。]{0,24}”的?[\u4e00-\u9fff]{0,6}(?:机制|制度|模式|办法|要求)")
RATE_PER = re.compile(r"^(?:利率|费率|按|加收|万分之|千分之|\d[\d.,]*(?:[百千万亿]{0,2}元|%))")
# Who signs a document, on a line of its own.
_SIGNED = re.compile(
    r"^[\u4e00-\u9fff()]{2,30}(?:政府|办公厅|办公室|委员会|[局厅部委会署院办]|小组|中心)(?:\(章\))?$"
)
# 2022年“智改数转”工作推进方案: the year is the name's.
NAMED = re.compile(
    r"^(?:度)?(?:[“][^”]{1,20}[”]|[\u4e00-\u9fff]){2,24}?(?:方案|计划(?!投|安|新|完|建|招|实)|要点|预算(?!安|内)|报告|规划|清单|台账)(?=[,;。、》)]|的通知|$)"
)
# 二、2023年七个方面主要工作安排: the year of a heading.
HEADS = re.compile(r"度?[^,。;:\n]{2,24}(?:安排|任务|目标|工作|重点|指标|打算)(?=\n)")
# 完成2009年工作总结: the year belongs to the name of what is made.
NAMES_YEAR = re.compile(
    r"(?:完成|编制|制定|报送|上报|提交|形成|公布|印发|下达|做好|纳入|编报|列入|填报|审议|将|把|申办|承办|参加|举办|办好)$"
)
# 示范期为2018—2020年: how long the programme runs.
PERIOD_IS = re.compile(
    r"(?:示范|试点|实施|创建|建设|执行|政策|工作|活动|行动)(?:期限?|周期|时间|年限)(?:暂?定?为|是|:)$"
)
# 执行期限延长至2019年底: until when something holds.
UNTIL = re.compile(
    r"(?:期限?|时间|延长|延续|延期|顺延|执行|实施|有效|保留|截止|截至|截止日期)(?:为|截?[至到]|截止)$"
)
# 三年内每年安排: the three years say it.
BOUNDS_EVERY = re.compile(r"(?:\d|[一二三四五十])年内?$")
# 贯彻2011年10月12日国务院常务会议精神: when a meeting was.
MEETING = re.compile(r"^[^,。;]{0,24}(?:会议|讲话|座谈会)")
MEETING_BEFORE = re.compile(r"(?:贯彻|落实|根据|按照)[^,。;]{0,24}$")
# 今年预算安排6000万元: the year in which money is arranged.
ARRANGED = re.compile(r"^(?!起)[^,。;]{0,12}(?:安排|投入|拨付|拨出|筹集|落实)")
TO_REPORT = re.compile(r"(?:之|以)?前[^。;]{0,40}(?:报|反馈|完成|制定|提交|上传)")
BEFORE_ACT = re.compile(r"^(?:之|以)?前")
ACTION = re.compile(
    r"开展|组织|完成|建立|制定|出台|启动|实施|推进|举办|召开|报送|上报|建成|投入|落实|申报|评选|考核|验收|总结|检查|开工|启用|公布|执行|印发|扶持|支持|创办|建设|编制|发布|安排|整改|自查|公示|兑现|拨付|搭建|挂牌|运营|实现|推广|竣工|投用|受理|停止|取消|清理|修订|培训|研究|上线|打造|设立|引进|新建|改造|办结|评审|认定|试点|覆盖|形成|全面|缴存|缴纳|试行"
)


def is_yearly(one: Time) -> bool:
    """Whether a recurrence comes once a year or in years: 每年, 每半年."""
    return "年" in one.value


def inside_name(seen: str, place: int, statement: Statement) -> bool:
    """Whether a place lies within 《》 or “” of its sentence."""
    text = seen[statement.start : place]
    return text.count("《") > text.count("》") or text.count("“") > text.count("”")


def is_window(one: Time, before: str, after: str) -> bool:
    """Whether a length says how long somebody has, rather than since when something is."""
    if one.kind != "span":
        return True
    if re.match(r"^的?[^,。;]{0,10}(?:毕业生|大学生|人员|创业者|退役)", after):
        return False
    return not re.search(r"(?:(?<!在)近|过去|最近|(?<![满期毕])前|连续)$", before) and not re.match(
        r"^(?:连续|累计|平均)", after
    )


def begins_with(seen: str, one: Time) -> str | None:
    """What a length begins with: 毕业 in 毕业后1年内; None where nothing is printed."""
    if one.kind not in LENGTHS:
        return None
    found = re.search(
        r"(?:自|从|于)?([\u4e00-\u9fff]{2,10}?)(?:之日起?|后|以后|起)(?:的?)$",
        seen[max(0, one.start - 16) : one.start],
    )
    if found is None:
        return None
    name = re.split(r"[自从于在或及,]|期间", found.group(1))[-1]
    return name or None


def signs(seen: str, one: Time) -> bool:
    """A date on a line of its own, below who signs: above annexes or a second plan."""
    if seen[one.start - 1 : one.start] != "\n" or seen[one.end : one.end + 1] not in ("", "\n"):
        return False
    above = seen[max(0, one.start - 42) : one.start].rstrip("\n").rpartition("\n")[2]
    return _SIGNED.search(above) is not None
