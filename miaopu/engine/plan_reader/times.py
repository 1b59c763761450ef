"""Finds printed times: dates, months, stages, years, durations, recurrences."""

import calendar
import re
from collections.abc import Callable, Iterator

from miaopu.engine.plan_reader.folded import Folded
from miaopu.engine.plan_reader.model import Repair
from miaopu.engine.plan_reader.numerals import chinese_number
from miaopu.engine.plan_reader.time_spans import TO, Time, joined_times

_Y = r"(?:19|20)\d\d"
_M = r"(?:1[0-2]|0?[1-9])"
_D = r"(?:3[01]|[12]\d|0?[1-9])"
_CN = "一二两三四五六七八九十"
_N = rf"(?:\d{{1,4}}|[{_CN}百]{{1,4}}|半)"
_PERIOD = r"(?:个?工作日|个?自然日|个?月|个?季度|周|天|日|年|小时|学年)"
_TIME = re.compile(
    "|".join(
        (
            rf"(?P<days>(?:(?P<ds_y>{_Y})年)?(?P<ds_m>{_M})月(?P<ds_d>{_D})日?{TO}(?:(?P<de_y>{_Y})年)?(?:(?P<de_m>{_M})月)?(?P<de_d>{_D})日)",
            rf"(?P<months>(?:(?P<ms_y>{_Y})年)?(?P<ms_m>{_M})月?{TO}(?:(?P<me_y>{_Y})年)?(?P<me_m>{_M})月(?!\d)(?P<me_end>底|末|上旬|中旬|下旬)?)",
            rf"(?P<day>(?:(?P<d_y>{_Y})年)?(?P<d_m>{_M})月(?P<d_d>{_D})日)",
            rf"(?P<lostyear>(?<!\d)(?P<ly_y>20\d\d)(?P<ly_m>{_M})月(?:(?P<ly_d>{_D})日)?)",
            rf"(?P<lostboth>(?<![\d.])(?P<lb_y>20\d\d) (?P<lb_m>{_M}) (?P<lb_d>{_D})日)"
            r"(?=[之以]?前|止|起|至)",
            rf"(?P<lostmonth>(?P<lm_y>{_Y})年(?P<lm_m>1[0-2]|[1-9])(?P<lm_d>{_D})(?=日|前|[,。;)\n]))日?",
            r"(?P<lostday>(?<![\d年月.])(?P<ld_m>1[0-2]|[1-9])(?P<ld_d>3[01]|[12]\d|0[1-9])日(?=前|之前|以前|上午|下午|起))",
            rf"(?P<month>(?:(?P<m_y>{_Y})年|(?<=年))(?P<m_m>{_M})月(?P<m_part>底|末|初|上旬|中旬|下旬|份)?)",
            r"(?P<cnday>(?:(?P<cy>[一二][零九][零一二三四五六七八九]{2})年)?(?<![\d个第])(?P<cm>十[一二]?|[一二三四五六七八九])月(?:(?P<cd>三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])日|(?P<c_part>底|末|[上中下]旬)))",
            r"(?P<plan>[“\"]?十(?P<pl>[一二三四五])?五[”\"]?(?:规划)?(?P<pl_part>(?:时期|期间|期)?末|时期|期间))",
            rf"(?P<years>(?P<ys>{_Y})年?{TO}(?P<ye>{_Y})年(?P<ys_part>底|末)?(?:度)?)",
            rf"(?P<run>从?自?(?P<r_y>{_Y})年(?:起|开始),?(?:连续|(?:力争|计划|拟)?(?:利?用|经过|通过)|(?={_N}年(?:之?内|时间)))(?P<r_n>{_N})年(?:左右)?(?:的?时间|之?内)?)",
            rf"(?P<half>(?:(?P<h_y>{_Y})年)(?P<h_part>上半年|下半年))",
            rf"(?P<quarter>(?:(?P<q_y>{_Y})年|今年|当年)?第?(?P<q_n>[一二三四1-4])季度(?P<q_end>末|底)?)",
            rf"(?P<yearend>(?P<e_y>{_Y})年(?:度)?(?:底|末|年底|年末|内))",
            rf"(?P<year>(?P<y>{_Y})年(?:度|起|开始)?)",
            rf"(?P<slash>(?<!\d)(?P<s_y>20\d\d)[./-](?P<s_m>{_M})[./-](?P<s_d>{_D})(?!\d))",
            r"(?P<nextyear>当年\d{1,2}月(?:\d{1,2}日|底|末|份)?|当(?:季度?|月)末?月?(?:\d{1,2}日|底|末)|(?:次|下|翌)个?(?:月|季度)(?:\d{1,2}日|底|末|初|[上中下]旬)|(?:次年|翌年|第二年)(?:第?[一二三四]季度末?|[上下]半年|(?P<ny_m>\d{1,2})月(?:(?P<ny_d>\d{1,2})日|底|末|份)?)?)",
            rf"(?P<shortmonth>(?<![\d年个])(?P<sm_m>{_M})月(?P<sm_part>底|末|初|上旬|中旬|下旬|份)?(?!度))",
            r"(?P<shorthalf>上半年|下半年)",
            r"(?P<shortend>(?<!每)(?:今年|本年度?|当年|年)(?:底|末|内)|年终(?=进行|开展|组织|集中|统一|由|对)|全年|今年|本年度)",
            rf"(?P<every>(?:每(?:个?季度?|个?月|半?年度?|学期)(?:终了|结束|末)?(?:之?后|终了|结束)的?\d{{1,2}}个?(?:工作)?日(?:之?内)?|(?P<ev_n>一|半|两|每)?每(?:隔)?(?:(?:个|一|1|两|2|半|三|3|四|五|六|6)?个?(?:年度?|月度?|季度?|周|旬|日|天|星期|学期|学年|双月|季末))(?:年?[底末初])?(?:(?:最后一个月|[首末]月|第[一二三]个月)(?:{_D}日)?|{_D}日|{_M}月(?:{_D}日|底|末|份)?(?:(?:和|、|及|至|到|-|—){_M}月(?:{_D}日|底|末|份)?)*|第[一二三四]季度末?|第?[一二三]个?工作日)?(?:至少[{_CN}\d]+次|不少于[{_CN}\d]+次|[{_CN}\d]+次)?|按(?:半?年度?|月度?|季度?|周|旬|日)(?=(?:[报通公统调汇总兑结开考评进监召发更督排核]|分析))|逐[月季](?!增|提|降|减)|(?<![\d十零一二三四五六七八九年])[半一两双三](?:[年月季周旬]|天(?=一))[一两](?![日月年号至级是个份])[\u4e00-\u9fff]|[双隔][周月](?=[报调召通例开汇])|(?<![上下本当个数几次前首])(?:月|季度?|周|旬|半年)(?:调度|通报|报告|汇总|例会|分析|评估|评价|点评|考核|考评|研判|会商|盘点|排名|晾晒|(?:督查|督导|检查)(?=[、,;”。]))|(?<![\d当去今每全一上本半度往多])年(?:考核|总结|评估)(?=[制、,。机”]))(?:\([^()]{{1,8}}\))?)",
            rf"(?P<span>(?P<sp_n>{_N})(?P<sp_u>{_PERIOD})(?P<sp_in>之?以?内|(?<=工作日)(?=办结|办理完|完成|出证|拿证|答复)|后(?=起?(?:施行|实施|生效|执行))))",
            rf"(?P<using>(?<=[用过])(?P<us_n>{_N})(?P<us_u>{_PERIOD})(?:左右)?的?时间)",
            rf"(?P<full>满(?P<f_n>{_N})(?P<f_u>{_PERIOD})之?后(?=[,]?(?:再?拨付|发放|兑现|兑付|支付|给予)))",
            rf"(?P<apart>分(?P<ap_n>{_N})(?:个)?年(?:度)?(?=[^,。;]{{0,14}}(?:拨付|发放|兑现|兑付|支付|到位|给予)))",
            rf"(?P<coming>(?:今后|未来)(?P<co_n>[{_CN}\d]{{1,2}})年(?:之?内|时间)?)",
            rf"(?P<given>(?:(?<=给予)|(?<=免收)|(?<=免缴)|(?<=免交)|(?<=免征)|(?<=减免))(?P<g_n>{_N})(?P<g_u>年)的?(?=[^,。;\d]{{0,8}}(?:补贴|补助|减免|贴息|扶持|奖励|资助|优惠|租金|房租|费用|税)))",
            rf"(?P<granted>(?:(?<=奖励)|(?<=补助)|(?<=补贴)|(?<=扶持)|(?<=贴息))(?P<gr_n>{_N})年(?=[,。;、)\n]|$))",
            rf"(?P<term>(?P<t_n>{_N})(?P<t_u>{_PERIOD})的?[\u4e00-\u9fff]{{0,4}}(?:缓缴|过渡|宽限|公示|整改|保护|免租|观察|缓冲|试运行)期)",
            rf"(?P<most>(?:最长(?:不超过|为)?|(?<=[后业起园])的?前|(?<=起,)前|(?<=[,;、。:\n)])前(?=[{_CN}\d]年[免按给减全补予缴])|(?<=期满前)|(?<=届满前)|(?<=[,;、])后(?=[{_CN}\d]年[减按给免补予])|(?:一般|原则上|累计|均|最多)?不(?:得)?超过|控制在)(?P<mo_n>{_N})(?P<mo_u>个?工作日|个?自然日|个月|天|日|年|小时)(?!的|以[内上下]|度))",
            rf"(?P<valid>(?:[\u4e00-\u9fff]{{0,2}}期(?:限|间)?|时间(?=(?:统一|初步)?(?:暂|拟)?定为)|为期|暂定|延长|(?:全额)?贴息|连续(?:给予)?(?:补助|补贴|奖励|支持|扶持|安排|资助|享受)|公示(?:时间)?)"
            rf"(?:均?为|是|一律为|(?:统一|初步)?(?:暂|拟)?定为|一般为|不少于|不超过|原则上为|原则上不超过|暂定|最长|最多|最长不超过|一般不超过|不得超过)?(?!{_Y}年)(?P<v_n>{_N})(?P<v_u>{_PERIOD})"
            rf"|连续(?P<c_n>{_N})(?P<c_u>年|个月)(?=(?:每年|按|全额|由[\u4e00-\u9fff]{{2,8}})?(?:给予|予以|补助|补贴|奖励|支持|安排|资助|扶持|享受|减免|免)))",
        )
    )
)
_RECUR_TEST = re.compile(
    r"(?:半年|年中)[和、及]年[终底末](?=[报上考组进总开])|半年[测考检]评[、,](?:年底|年终)[总考测]评|半年一?小结、?年终?一?总结"
)

# 按季通报、半年评估、年终考核: what comes every year stands last in a list of recurrences.
_YEARLY_END = re.compile(
    r"(?:月|季度?|周|半年)[\u4e00-\u9fff]{2,4}、(年[终末底](?:考核|考评|评估|总结|验收|评比|述职|检查|测评))"
)


def find_times(folded: Folded) -> tuple[list[Time], list[Repair]]:
    """All times in order; a damaged one comes with its repair."""
    times: list[Time] = []
    repairs: list[Repair] = []
    for found in _YEARLY_END.finditer(folded.seen):
        times.append(Time(found.start(1), found.end(1), "every", "recurring:" + found.group(1)))
    for found in _TIME.finditer(folded.seen):
        made = _make(found)
        if made is None:
            continue
        times.append(made)
        if made.kind.startswith("lost"):
            first, stop = folded.span(found.start(), found.end())
            repairs.append(Repair(folded.text[first:stop], _read_as(found), first, stop))
    for found in _RECUR_TEST.finditer(folded.seen):
        times.append(Time(found.start(), found.end(), "every", "recurring:" + found.group()))
    apart = _apart(sorted(times, key=lambda one: (one.start, -one.end)))
    return list(joined_times(folded.seen, apart)), repairs


def _apart(times: list[Time]) -> list[Time]:
    """Without those that lie inside an earlier one."""
    kept: list[Time] = []
    for one in times:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def complete(value: str, year: int | None) -> str | None:
    """`value` with its `????` replaced by `year`; None where no year is known."""
    if "????" not in value:
        return value
    return None if year is None else value.replace("????", str(year))


def _read_as(found: re.Match[str]) -> str:
    group = found.groupdict()
    if found.lastgroup and group.get("ly_y"):
        day = f"{group['ly_d']}日" if group["ly_d"] else ""
        return f"{group['ly_y']}年{group['ly_m']}月{day}"
    if group.get("lb_y"):
        return f"{group['lb_y']}年{group['lb_m']}月{group['lb_d']}日"
    if group.get("lm_y"):
        return f"{group['lm_y']}年{group['lm_m']}月{group['lm_d']}日"
    return f"{group['ld_m']}月{group['ld_d']}日"


def _make(found: re.Match[str]) -> Time | None:
    kind = next(name for name, value in _kinds(found) if value is not None)
    group = found.groupdict()
    year, value = _BUILD[kind](group, found.group())
    if value is None:
        return None
    return Time(found.start(), found.end(), kind, value, "year" if "????" in value else "", year)


def _kinds(found: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    group = found.groupdict()
    return ((kind, group[kind]) for kind in _BUILD)


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else chinese_number(text)


def _year(text: str | None) -> int | None:
    return int(text) if text else None


def _ymd(year: str | None, month: str, day: str) -> str:
    return f"{year or '????'}-{int(month):02d}-{int(day):02d}"


def month_end(year: int, month: int) -> str:
    """The last day of a month."""
    return f"{year}-{month:02d}-{calendar.monthrange(year, month)[1]:02d}"


def _month(year: str | None, month: str, part: str | None) -> str:
    text = f"{year or '????'}-{int(month):02d}"
    if part in ("底", "末", "下旬"):
        last = calendar.monthrange(int(year or 2001), int(month))[1]
        return f"{text}-{last:02d}"
    if part == "上旬":
        return f"{text}-10"
    if part == "中旬":
        return f"{text}-20"
    return text


def _days(g: dict[str, str], _: str) -> tuple[int | None, str | None]:
    month = g["de_m"] or g["ds_m"]
    end_year = g["de_y"] or g["ds_y"]
    return _year(
        end_year
    ), f"{_ymd(g['ds_y'], g['ds_m'], g['ds_d'])}/{_ymd(end_year, month, g['de_d'])}"


def _months(g: dict[str, str], _: str) -> tuple[int | None, str | None]:
    end_year = g["me_y"] or g["ms_y"]
    part = g["me_end"] if g["me_end"] in ("上旬", "中旬") else None  # 5月至8月底 is all of August
    end = _month(end_year, g["me_m"], part)
    return _year(end_year), f"{_month(g['ms_y'], g['ms_m'], None)}/{end}"


def _years(g: dict[str, str], _: str) -> tuple[int | None, str | None]:
    return (int(g["ye"]), f"{g['ys']}/{g['ye']}") if g["ys"] < g["ye"] else (None, None)


def _run(g: dict[str, str], _: str) -> tuple[int | None, str | None]:
    count = _number(g["r_n"]) or 1
    return int(g["r_y"]), f"{g['r_y']}/{int(g['r_y']) + count - 1}"


def _chinese_day(g: dict[str, str], _: str) -> tuple[int | None, str | None]:
    year = "".join(str(chinese_number(char) or 0) for char in g["cy"]) if g["cy"] else None
    month = str(chinese_number(g["cm"]))
    if g["cd"]:
        return _year(year), _ymd(year, month, str(chinese_number(g["cd"])))
    return _year(year), _month(year, month, g["c_part"])


def _five_years(g: dict[str, str], _: str) -> tuple[int | None, str | None]:
    """“十三五”期间 is 2016 to 2020; 十五 the tenth plan, 2001 to 2005."""
    end = 2005 + 5 * (chinese_number(g["pl"]) or 0 if g["pl"] else 0)
    return None, f"{end}-12-31" if "末" in g["pl_part"] else f"{end - 4}/{end}"


def _half(year: str | None, part: str) -> str:
    return f"{year or '????'}-{'H1' if part.startswith('上') else 'H2'}"


def _quarter(g: dict[str, str], _: str) -> tuple[int | None, str | None]:
    number = _number(g["q_n"]) or 1
    year = g["q_y"] or "????"
    if g["q_end"]:
        last = {1: "03-31", 2: "06-30", 3: "09-30", 4: "12-31"}[number]
        return _year(g["q_y"]), f"{year}-{last}"
    return _year(g["q_y"]), f"{year}-{number * 3 - 2:02d}/{year}-{number * 3:02d}"


def _span(count: str, unit: str, text: str) -> str | None:
    if count == "半":
        return "P6M" if unit == "年" else ("P15D" if unit.endswith("月") else None)
    number = _number(count)
    if number is None:
        return None
    unit = unit.removeprefix("个")
    if unit == "工作日":
        return f"P{number}WD"
    if unit == "季度":
        return f"P{number * 3}M"
    if unit == "周":
        return f"P{number * 7}D"
    letter = {"月": "M", "天": "D", "日": "D", "自然日": "D", "年": "Y"}.get(unit)
    return f"P{number}{letter}" if letter else f"recurring:{text}"


def _shortend(_: dict[str, str], text: str) -> tuple[int | None, str | None]:
    if text.startswith("当年"):
        return None, f"recurring:{text}"
    if text.endswith(("底", "末", "终")):
        return None, "????-12-31"
    return None, "????"


_BUILD: dict[str, Callable[[dict[str, str], str], tuple[int | None, str | None]]] = {
    "days": _days,
    "months": _months,
    "day": lambda g, _: (_year(g["d_y"]), _ymd(g["d_y"], g["d_m"], g["d_d"])),
    "lostyear": lambda g, _: (
        int(g["ly_y"]),
        _ymd(g["ly_y"], g["ly_m"], g["ly_d"]) if g["ly_d"] else _month(g["ly_y"], g["ly_m"], None),
    ),
    "lostboth": lambda g, _: (int(g["lb_y"]), _ymd(g["lb_y"], g["lb_m"], g["lb_d"])),
    "lostmonth": lambda g, _: (int(g["lm_y"]), _ymd(g["lm_y"], g["lm_m"], g["lm_d"])),
    "lostday": lambda g, _: (None, _ymd(None, g["ld_m"], g["ld_d"])),
    "cnday": _chinese_day,
    "plan": _five_years,
    "month": lambda g, _: (_year(g["m_y"]), _month(g["m_y"], g["m_m"], g["m_part"])),
    "years": _years,
    "run": _run,
    "half": lambda g, _: (int(g["h_y"]), _half(g["h_y"], g["h_part"])),
    "quarter": _quarter,
    "yearend": lambda g, text: (
        int(g["e_y"]),
        g["e_y"] if text.endswith("内") else f"{g['e_y']}-12-31",
    ),
    "year": lambda g, _: (int(g["y"]), g["y"]),
    "slash": lambda g, _: (int(g["s_y"]), _ymd(g["s_y"], g["s_m"], g["s_d"])),
    "nextyear": lambda g, text: (None, f"recurring:{text}"),
    "shortmonth": lambda g, _: (None, _month(None, g["sm_m"], g["sm_part"])),
    "shorthalf": lambda g, text: (None, _half(None, text)),
    "shortend": _shortend,
    "every": lambda g, text: (None, f"recurring:{text}"),
    "span": lambda g, text: (None, _span(g["sp_n"], g["sp_u"], text)),
    "using": lambda g, text: (None, _span(g["us_n"], g["us_u"], text)),
    "valid": lambda g, text: (None, _span(g["v_n"] or g["c_n"], g["v_u"] or g["c_u"], text)),
    "full": lambda g, text: (None, _span(g["f_n"], g["f_u"], text)),
    "apart": lambda g, text: (None, _span(g["ap_n"], "年", text)),
    "coming": lambda g, text: (None, _span(g["co_n"], "年", text)),
    "given": lambda g, text: (None, _span(g["g_n"], g["g_u"], text)),
    "granted": lambda g, text: (None, _span(g["gr_n"], "年", text)),
    "term": lambda g, text: (None, _span(g["t_n"], g["t_u"], text)),
    "most": lambda g, text: (None, _span(g["mo_n"], g["mo_u"], text)),
}
