"""The words around a quantity: its indicator, scope and comparator."""

import re
from dataclasses import dataclass

from miaopu.engine.plan_reader.quantities import Quantity

REACH = re.compile(
    r"(?:达到?|突破|超过|高于|不少于|不低于|不得低于|不得少于|控制在|保持在|稳定在|提高到|提升到|提升至|提高至|增加到|增加至|增至|发展到|扩大到|降到|降至|降低到|下降到|压减到|缩短至|缩短到|压缩至|压缩到|(?:提高|提升|增加|扩大|降低|下降|压减|缩短|压缩)[^,。;到至]{2,18}[到至]|累计达|实现|完成|至少(?:要?有)?|力争|不超过|总数达|总量达|占比达?|占|比重达?|为|约|在)$"
)
CHANGE = re.compile(
    r"(?:新增|增加|增长率?为?|增长(?:率)?(?:达到?|不低于|超过)?|净增|提高|提升|下降|降低|减少|压减|缩短|压缩|递增|增幅(?:达到?|不低于|为)?|增速(?:达到?|不低于|为|保持在)?|增长)(?:不低于|不少于|超过|达到?|约|到)?$"
)
REGION = re.compile(
    r"^(?:其中[:,]?)?(?P<name>[\u4e00-\u9fff]{1,9}(?:区(?![域间块])|县|市(?!场|民|值|政|容)|州|盟|旗|镇|乡|街道|园|新城|管委会|农场|兵团)(?:\([^()]{1,8}\))?)(?P<rest>.{0,14}?)$"
)
NO_REGION = re.compile(
    r"^全|^每|拥有|城镇$|[出入在]园$|企业|标准|示范|孵化|创业|产业|新增|新建|建设|打造|培育|创建|认定|发展|建立|集聚|众创|^[以对在为从由按]|^向(?!阳)|超市|城市$|上市"
)


VERB = re.compile(
    r"新增|净增|达成|争创|建有|新建|新设|新认定|建立|建设|建成|打造|培育|认定|发展|扶持|引进|引育|培养|培训|完成|实现|举办|组织|选择|选派|评选|评出|评定|搭建|创建|支持|设立|引领|带动|吸纳|开展|推广|创办|孵化"
    r"|服务|帮助|推动|遴选|形成|覆盖|聘请|招募|分成|成立|征集|储备|提供|转化|推荐|入驻|吸引|促进|建好|办好|启动|实施|开设|开通|改造|提升|选拔|资助|筹建|筹集|印发|编制|排查|整治|淘汰|治理|更新|新改建|改建|修建|铺设|种植|植树|造林|绿化|流转|发展|走访|慰问|救助|资助|调解|化解|检查|抽检|监测|配备|配齐|选聘|聘任|招聘|引导|动员|发动|辐射|惠及|打通|攻克|突破|研发|制定|修订|申报|获得|创成|申领|购置|采购|收储|出让|供应|清理|取缔|关停|搬迁|嫁接|技改|备案|入库|纳统|升规|壮大|集聚|扩建|落户|招引|签约|撬动|发放|授信|申请|盘活|对接|辅导|指导|解决|消化|选树|树立|保障|筹集|争取|投放|推出|集中|重点|确保|力争|上市|挂牌|转型|挖掘|推进|布局|输送|安置|开发|募集|选出|再选|派出|投入|命名|授牌|组建|整合|巩固|新培育|新引进|占地|铺开|办理|加快"
)
# 投资5000万元以上的项目100个: the amount only says which things are counted.
SIZE_OF = re.compile(
    r"^(?:、\d[\d.]*[\u4e00-\u9fff]{1,3})*(?:以上|以下|以内)?(?:的|及以上的?)?[\u4e00-\u9fff“”]{2,16}?(?:不少于|达到?|突破|超过|增加到|发展到)?\d[\d.,]*万?[个家户项名](?!百分)|^以上的?\d[\d.,]*万?[个家户项名](?!百分)"
)
# 县区建立一条创业街: so many in each of them.
EACH_HAS = re.compile(
    r"每个?(?:县|市|区|州|旗|乡|镇|街道|村|社区|园区|学校|高校|部门|单位|行业|产业)[\u4e00-\u9fff()、]{0,8}?"
    r"(?:至少|都要?|要|应|力争|各)*(?:建立|建成|建设|打造|培育|创建|设立|建好|办好|形成|培养|新建|有|扶持|发展)(?:好|起|和完善)?$"
    r"|(?:力争|确保|争取|至少)每年[\u4e00-\u9fff]{2,4}$"
)
# What follows the number of a condition: 达到10人以上的企业.
AFTER_CONDITION = re.compile(
    r"^(?:且[^,。;]{2,30}的(?:企业|单位|项目|基地|机构|个人)|的[,;。)]|的$|的(?:企业|单位|项目|基地|机构|个人|园区|创业者|人员|小微|中小|微型|孵化|平台|高校|团队|集体|组织|载体|众创|科技|给予|部分|大学生|毕业生|标准|比例|资金|额度|奖|补|一次|财政|经费|扶|贷)|按|给予|计)"
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


# An earlier member of an enumeration, with the mark that parts it from the next: 2000人、
_MEMBER = re.compile(r"\d[\d,.]*[\u4e00-\u9fff%]{1,4}(?:以上|左右)?[、]")


_CLOSED = re.compile(r"\([^()]*\)")


def last_piece(left: str, first: int) -> tuple[int, str]:
    """The words right before the number: from the last 、 or ( outside of a name."""
    counted = max(_MEMBER.finditer(left), key=lambda one: one.start(), default=None)
    if counted is not None:
        return first + counted.end(), left[counted.end() :]
    opened = left.rfind("(")
    if opened >= 0 and ")" not in left[opened:]:
        inner = max(left.rfind("、"), opened)
        return first + inner + 1, left[inner + 1 :]
    bare = _CLOSED.sub(lambda found: "_" * len(found.group()), left)
    cut = max(bare.rfind("、"), left.rfind(":"))
    if (
        cut >= 0
        and len(left) - cut > 2
        and re.match(r"[\u4e00-\u9fff]{1,9}(?:区|县|市|州|旗|镇|乡|街道|园)", left[cut + 1 :])
    ):
        return first + cut + 1, left[cut + 1 :]
    colon = left.rfind(":")
    if colon >= 0:
        return first + colon + 1, left[colon + 1 :]
    return first, left


_LEAD_WORDS = re.compile(
    r"^(?:[★☆▲*]|其中|并|且|同时|到|至|力争|确保|争取|要求|全面|至少|再|要|使|将|累计|全年|年内|总体上|到期末|每年|共|计划|预计|\s|[:,(、—-])+"
)
_DATES = re.compile(
    r"\(?(?:到|至|截至|截止到?)?(?:19|20)\d\d年?(?:[-—至]{1,2}(?:19|20)\d\d年)?(?:底|末|前|年底|度|期间)?\)?[,:]?|[一二三四五]年(?:示范)?期内,?"
)
_TRAIL = re.compile(
    r"(?:全部|都|应|要|将|力争|确保|总数|总量|努力|争取|累计|再|约|超|达到?|突破|超过|不少于|不低于|不得低于|不得少于|控制在|保持在|提高到|提升到|提升至|提高至|增加到|增加至|增至|发展到|扩大到|降到|降至|为|至少要?有?|有|在|到|的)+$"
)


# Counts of earlier members of an enumeration.
_COUNTS = re.compile(r"(?:[、,]?\d[\d,.]*[\u4e00-\u9fff%]{1,4})+[、,]$")


def indicator_of(text: str) -> tuple[str, str | None]:
    """Indicator and, where the words name a region, its scope."""
    before, _, after = text.rpartition("分别")
    text = after if before and len(after) > 2 and after[0] != "比" else text
    plain = _LEAD_WORDS.sub("", _DATES.sub("", text))
    plain = _LEAD_WORDS.sub("", plain)
    bare = _COUNTS.sub("", _TRAIL.sub("", _COUNTS.sub("", plain)))
    found = REGION.match(bare)
    if found and not NO_REGION.search(found.group("name")):
        rest = re.sub(r"^(?:新增|增加|完成|实现|各)+", "", found.group("rest"))
        return rest, found.group("name")
    if region := re.match(
        r"^(?!全)([\u4e00-\u9fff]{1,8}(?:区|县|市|园区))(?:新增|增加|完成|实现|力争|计划|达)", plain
    ):
        return "", region.group(1)
    bare = re.sub(r"^全[市省县区国州](?!民)", "", bare)
    return re.sub(r"[由从]\d[\d.,]*[^\d]{1,4}$", "", bare)[-60:], None


def scope_of(before: str) -> str | None:
    """全市, 各县区 or the place that the sentence begins with."""
    if found := re.search(
        r"(全[市省县区州国疆]|各[\u4e00-\u9fff]{0,3}(?:\([^()]{1,8}\))?[县市区地州镇园]{1,2})",
        before,
    ):
        return found.group(1)
    found = re.search(
        r"(?:^|[,:年内])([\u4e00-\u9fff]{2,6}[市县区州省])(?=小微|中小|企业|全|的|规模|GDP|地区|新增|完成|实现)",
        before,
    )
    return found.group(1) if found else None


def comparator_of(left: str, one: Quantity) -> str:
    """The comparator of the output for a quantity and the words before it."""
    if isinstance(one.value, list):
        return "range"
    if one.is_percent and re.search(r"增[长速幅]|递增|(?:提高|下降|降低)(?![到至])", left):
        return "growth%"
    if (
        one.after in ("以上", "及以上")
        or "至少" in left[-10:]
        or re.search(
            r"(?:达到?|不少于|不低于|不得低于|不得少于|至少[要有]{0,2}|突破|超过|高于|增至|发展到|提高到|提升到|提升至|提高至|增加到|增加至)$",
            left,
        )
    ):
        return ">="
    if one.after in ("以下", "以内", "之内") or re.search(
        r"(?:控制在|不超过|不高于|低于|降至|降到|压缩至|压缩到|缩短至)$", left
    ):
        return "<="
    if one.after in ("左右", "上下") or left.endswith("约"):
        return "≈"
    if CHANGE.search(left) or re.search(r"(?:新增|再|净增|增加|新建|新认定)[^,]{0,16}$", left):
        return "increase"
    return "="
