"""The words around a quantity: its indicator, scope and comparator."""

import re

from miaopu.engine.plan_reader.quantities import Quantity

REACH = re.compile(
    r"(?:达到?|突破|超过|高于|不少于|不低于|不得低于|不得少于|控制在|保持在|稳定在|提高到|提升到|提升至|提高至|增加到|增加至|增至|发展到|扩大到|降到|降至|降低到|下降到|压减到|缩短至|缩短到|压缩至|压缩到|累计达|实现|完成|至少(?:要?有)?|力争|不超过|总数达|总量达|占比达?|占|比重达?|为|约|在)$"
)
CHANGE = re.compile(
    r"(?:新增|增加|增长率?为?|增长(?:率)?(?:达到?|不低于|超过)?|净增|提高|提升|下降|降低|减少|压减|缩短|压缩|递增|增幅(?:达到?|不低于|为)?|增速(?:达到?|不低于|为|保持在)?|增长)(?:不低于|不少于|超过|达到?|约|到)?$"
)
REGION = re.compile(
    r"^(?:其中[:,]?)?(?P<name>[\u4e00-\u9fff]{1,9}(?:区|县|市|州|盟|旗|镇|乡|街道|园|新城|管委会|农场|兵团))(?P<rest>.{0,14}?)$"
)
NO_REGION = re.compile(
    r"^全|企业|标准|示范|孵化|创业|产业|新增|新建|建设|打造|培育|创建|认定|发展|建立|集聚|众创|^[以对在为向从由按]|超市|城市$|上市"
)


# An earlier member of an enumeration, with the mark that parts it from the next: 2000人、
_MEMBER = re.compile(r"\d[\d,.]*[\u4e00-\u9fff%]{1,4}(?:以上|左右)?[、]")


def last_piece(left: str, first: int) -> tuple[int, str]:
    """The words right before the number: from the last 、 or ( outside of a name."""
    counted = max(_MEMBER.finditer(left), key=lambda one: one.start(), default=None)
    if counted is not None:
        return first + counted.end(), left[counted.end() :]
    opened = left.rfind("(")
    if opened >= 0 and ")" not in left[opened:]:
        inner = max(left.rfind("、"), opened)
        return first + inner + 1, left[inner + 1 :]
    cut = max(left.rfind("、"), left.rfind(":"))
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
    r"^(?:其中|并|且|同时|到|至|力争|确保|争取|要求|全面|至少|再|要|使|将|累计|全年|年内|总体上|到期末|每年|共|计划|预计|\s|[:,(、—-])+"
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
    if one.is_percent and re.search(r"增[长速幅]|递增|提高|下降|降低", left):
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
