"""Finds printed quantities: a number or a range with its unit; and sharing ratios."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from miaopu.engine.plan_reader.folded import Folded
from miaopu.engine.plan_reader.model import Value
from miaopu.engine.plan_reader.numerals import chinese_number, printed_number

_NUM = r"(?:\d{1,3}(?:[, ]\d{3})+(?!\d)|\d{1,15})(?:\.\d{1,8})?"
_MULT = r"(?:百万|千万|十万|百亿|千亿|万亿|亿|万|千|百)"
_MEASURES = (
    "个?工作日|批次|小时|分钟|个月|年|天|平方米|平米|平方公里|立方米|公里|千米|千瓦时|千瓦|兆瓦|标准煤|吨标准煤|㎡|人次|家次|户次|场次|班次|亩次|台次|架次|例次|车次|件次|课时|个百分点|百分点|美元|欧元|元|微克|毫克|人年|家|户|个|人|名|项"
    "|件|亩|公顷|倍|台套|台|套|辆|座|所|条|处|场|次|期|篇|批|位|吨|头|只|羽|度|床|张|支|种|类|款|例|片|间|栋|幢|艘|架|部|本|册|份|宗|笔|单|米|层|对|组|队|届|对|斤|公斤|株|棵|口|艘|村|校|园|星|分|点|万"
)
# 微克/立方米, 吨/年: a measure of each of something.
_PER = (
    r"(?:/|每(?=立方米))(?:立方米|平方公里|平方米|标准立方米|公顷|小时|千人|万人|百人|升|人|年|天|日|月"
    r"|亩|户|吨|件|台|次)"
)
_UNIT = rf"(?:%|{_MULT}?(?:{_MEASURES})(?:(?<!元){_PER})?|{_MULT}(?!级))"
_AFTER = r"(?P<after>(?:及)?以上|以下|以内|左右|之内|上下)?"
_AFTER2 = _AFTER.replace("after", "after2")
_START = r"(?<![\d.A-Za-z+〔\[第])"
_QUANTITY = re.compile(
    rf"{_START}(?P<low>{_NUM})(?P<unit1>{_UNIT})?"
    rf"(?P<dash>-|—{{1,2}}|~|至|到)(?P<high>{_NUM})(?P<unit2>{_UNIT})(?:{_AFTER})"
    rf"|{_START}(?P<one>{_NUM})(?P<more>多|余|来)?(?P<unit>{_UNIT})"
    rf"(?P<more2>多|余)?(?:{_AFTER2})"
    rf"|(?P<cn>(?<![第一二三四五六七八九十百千])[一二两三四五六七八九十百千]{{1,5}})(?P<cnunit>个|家|户|名|人次|人|万元|亿元|元|项|倍|条|所|座|处|场|次|支)(?!大|类|体|性)"
)
_RATIO = re.compile(
    r"(?<![\d.:])(?P<parts>\d{1,3}(?:\.\d{1,2})?(?::\d{1,3}(?:\.\d{1,2})?){1,3})(?![\d.:])"
)
_QUOTES = re.compile(r"《[^》\n]{0,200}》|[“‘][^”’\n]{0,200}[”’]")
# What stands between marks is a name, unless it speaks in clauses: “……达到2000名，……达到40%”.
_SPEECH = re.compile(r"^[“‘][^”’]{16,}[,;。][^”’]*[”’]$")
_REACHED = re.compile(
    r"(?:达到?|提高到|延长[至到]|缩短[至到]|缩减[至到]|压缩[至到]|压减[至到]|控制在)$"
    r"|(?:天数|周期)(?:达|为|不少于|不低于|稳定在|保持在)?$"
)
_EARLIER = re.compile(rf"(?<![\d.、第(\-—~至:])(?:{_NUM}、)+$")
_OTHER_MONEY = re.compile(r"(?:\([^()]{0,14}\)|\))?(?:(?:美|欧|日|港)元|港币|美金)")
_TIME_UNITS = ("年", "月", "日", "天", "点", "星", "度", "分", "届", "层", "级", "类")


@dataclass(frozen=True)
class Quantity:
    """A printed number with unit: folded place, value or `[low, high]`, what qualifies it."""

    start: int
    end: int
    value: Value
    unit: str
    after: str
    vague: bool
    chinese: bool
    quoted: bool
    printed: str = ""

    @property
    def is_money(self) -> bool:
        """Whether the unit is 元 or a multiple of it."""
        return self.unit.endswith("元") and not self.is_foreign

    @property
    def is_foreign(self) -> bool:
        """Whether the unit is another country's money."""
        return self.unit.endswith(("美元", "欧元"))

    @property
    def is_percent(self) -> bool:
        """Whether the unit is a percentage or percentage points."""
        return self.unit == "%" or self.unit.endswith("百分点")


def find_quantities(folded: Folded, taken: Sequence[tuple[int, int]]) -> list[Quantity]:
    """All quantities in order that overlap none of the folded spans `taken` (times, numbers)."""
    seen = folded.seen
    quotes = [found.span() for found in _QUOTES.finditer(seen) if not _SPEECH.match(found.group())]
    inside_quotes, inside_taken = _Cover(quotes), _Cover(taken)
    found: list[Quantity] = []
    for one in _QUANTITY.finditer(seen):
        if inside_taken.meets(one.start(), one.end()):
            continue
        made = _make(folded, one, inside_quotes.meets(one.start(), one.start() + 1))
        if made is None and one.group("unit1"):
            found.extend(_two_amounts(seen, one))
            continue
        if made is not None:
            found.extend(_shared_unit(seen, one, made))
            found.append(made)
    return _with_shared_units(seen, found)


def _with_shared_units(seen: str, found: list[Quantity]) -> list[Quantity]:
    """20万、25万、30万平方米: the last unit is that of all."""
    for order in range(len(found) - 2, -1, -1):
        one, following = found[order], found[order + 1]
        if (
            seen[one.end : following.start] in ("、", "和", "或")
            and re.fullmatch(_MULT, one.unit)
            and following.unit.startswith(one.unit)
        ):
            found[order] = replace(one, unit=following.unit)
    return found


def _two_amounts(seen: str, one: re.Match[str]) -> Iterator[Quantity]:
    """5000元-20万元: ends of a bracket that have their own units."""
    for number, unit in (("low", "unit1"), ("high", "unit2")):
        name = one.group(unit)
        if not one.group("unit1").endswith("元") or not one.group("unit2").endswith("元"):
            return
        value = printed_number(one.group(number))
        yield Quantity(
            one.start(number),
            one.end(unit),
            value,
            name,
            "",
            False,
            False,
            False,
            one.group(number),
        )


def _shared_unit(seen: str, one: re.Match[str], last: Quantity) -> Iterator[Quantity]:
    """100、50、20万元: the numbers before the last share its unit."""
    if isinstance(last.value, list) or last.chinese:
        return
    before = _EARLIER.search(seen, max(0, one.start() - 60), one.start())
    if before is None:
        return
    for number in re.finditer(_NUM, before.group()):
        start = before.start() + number.start()
        value = printed_number(number.group())
        yield replace(
            last, start=start, end=before.start() + number.end(), value=value, after="", vague=False
        )


def find_ratios(folded: Folded, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """Ratios such as 7∶1∶2, in order: folded start, end and `7:1:2`."""
    cover = _Cover(taken)
    return [
        (one.start(), one.end(), one.group("parts"))
        for one in _RATIO.finditer(folded.seen)
        if not cover.meets(one.start(), one.end())
        and not re.fullmatch(r"\d{1,2}:[0-5]\d", one.group("parts"))
        or (
            not cover.meets(one.start(), one.end())
            and re.search(
                r"比例|分担|配比|配套", folded.seen[max(0, one.start() - 20) : one.end() + 8]
            )
        )
    ]


def _make(folded: Folded, found: re.Match[str], quoted: bool) -> Quantity | None:
    after = found.group("after") or found.group("after2") or ""
    if found.group("cn"):
        return _chinese(found, quoted)
    vague = bool(found.group("more") or found.group("more2"))
    if found.group("one"):
        unit = found.group("unit")
        value: Value = printed_number(found.group("one"))
    else:
        unit, first = found.group("unit2"), found.group("unit1")
        low, high = printed_number(found.group("low")), printed_number(found.group("high"))
        if first and first != unit and not unit.startswith(first):
            return None
        value = [low, high]
        if low >= high and not first:
            return None
    if unit in ("年", "天", "小时", "分钟", "个月", "工作日", "个工作日"):
        if not _REACHED.search(folded.seen[max(0, found.start() - 8) : found.start()]):
            return None
    elif (
        "/" not in unit
        and unit.endswith(_TIME_UNITS)
        and unit[-1] != "点"
        and unit != "人年"
        or unit in ("点", "万点")
    ):
        return None
    unit = _money_unit(folded.seen, found, unit)
    printed = found.group("one") or found.group("low")
    return Quantity(found.start(), found.end(), value, unit, after, vague, False, quoted, printed)


def _money_unit(seen: str, found: re.Match[str], unit: str) -> str:
    """1000万 without 元 is 万元 where money is spoken of; other bare multiples stay."""
    if re.fullmatch(r"(?:百|千|十)?[万亿]+", unit) is None:
        return unit
    if _OTHER_MONEY.match(seen, found.end()):
        return unit
    around = seen[max(0, found.start() - 14) : found.end() + 10]
    if re.search(r"奖|补|资金|投资|贷款|额度|最高|经费|费用|资本|收入|产值|税|额|价|元", around):
        return unit + "元"
    return unit


def _chinese(found: re.Match[str], quoted: bool) -> Quantity | None:
    value = chinese_number(found.group("cn"))
    if value is None:
        return None
    return Quantity(
        found.start(), found.end(), value, found.group("cnunit"), "", False, True, quoted
    )


class _Cover:
    """Whether a place lies in one of many spans, asked in rising order."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self.spans = sorted(spans)
        self.pointer = 0

    def meets(self, start: int, end: int) -> bool:
        while self.pointer < len(self.spans) and self.spans[self.pointer][1] <= start:
            self.pointer += 1
        return self.pointer < len(self.spans) and self.spans[self.pointer][0] < end
