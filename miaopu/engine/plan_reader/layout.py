"""What stands around the clauses: title, number, issuer, date, signature, page chrome."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from miaopu.engine.plan_reader.folded import Folded
from miaopu.engine.plan_reader.marks import find_marks

KINDS = (
    "方案|计划|意见|办法|通知|规划|细则|规定|措施|纲要|决定|条例|政策"
    "|行动|要点|通告|公告|规程|制度|举措|清单|台账|打算|分工|分解|任务书"
)
_TITLE = re.compile(
    rf"^[^。;!?\n]{{4,80}}(?:{KINDS}|体系建设)(?:\((?:试行|暂行|修订|节选|摘[要录]|[^()]{{2,5}}稿|[^()]{{0,12}}年[^()]{{0,8}})\))?$"
)
_KINDS_END = re.compile(
    rf"(?:{KINDS})(?:\((?:试行|暂行|修订|节选|摘[要录]|[^()]{{2,5}}稿|[^()]{{0,12}}年[^()]{{0,8}})\))?$"
)
# 现将《…》印发给你们: the plan's name, where no title is printed above it.
_ISSUED_HERE = re.compile(r"现将《([^《》]{4,80})》(?:印发|予以)")
# 安丰市创业工作方案为促进创业,…: a title whose line break was lost.
_RUN_IN_TITLE = re.compile(
    r"(#*[^,。;:\n]{4,50}?(?:方案|计划|意见|办法|规定|若干措施|规划|要点|细则))(?=为(?:[^期了])|根据|按照|一、|第一[章条])"
)
# 计划(2018—2020年), on a line of its own below …三年行动
_TITLE_REST = re.compile(rf"(?:{KINDS}|实施方案|工作方案|的通知)(?:\([^()]{{2,20}}\))?$")
_CHROME = re.compile(
    r"来源:|点击|访问量|浏览|当前位置|所在位置|首页|关怀版|无障碍|字号|打印|收藏|分享|编辑|责任编辑|发布时间"
    r"|公开发布|主动公开|发布日期|索引号|主题分类|扫一扫|上一篇|下一篇|相关文章|相关阅读|相关链接|版权|网站|登录|注册|搜索|http"
)
_TAIL = re.compile(
    r"(?<=[\n。])附件\d?:(?=\d[.、])|\n(?:相关(?:文章|阅读|链接|推荐|解读|政策|文件|附件)|上一篇|下一篇|扫一扫|分享到|【?打印|责任编辑|信息来源"
    r"|编辑:|来源:|版权所有|网站地图|网站标识码|技术支持:|打印本页|关闭窗口|返回顶部|附件(?:下载)?:|\(?此件(?:主动|公开|依申请)|抄送:|主题词:|附件\d?[:.]|附:)"
)
NUMBER = re.compile(
    r"(?P<code>[\u4e00-\u9fff]{2,12})(?P<open>[〔\[(【])(?P<year>(?:19|20)\d\d)(?:[〕\])】]\s?第?(?P<serial>\d{1,4})号"
    r"|(?P<damaged>\d{1,4})(?:号|(?=[)】\n。,])))"
)
# 发文字号:安政办发〔2018〕6号, in the table above a page's text.
_NUMBER_HERE = re.compile(r"(?:文|字)号:?[\u4e00-\u9fff]{2,10}$")
_RESTART = re.compile(r"\n(?:一、|\(一\)|第一[章条])")
_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_CN_DAY = re.compile(
    r"([二一][零一二三四五六七八九○O0]{3})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_SIGN_DAY = re.compile(
    rf"(?:^|\n)(?P<by>[\u4e00-\u9fff()、]{{3,40}}(?:政府|办公厅|办公室|委员会|[局厅部委会署院办]|中心))?\(?(?:{_DAY.pattern}|{_CN_DAY.pattern})(?=\n|$)"
)
_ISSUER = re.compile(
    r"^[\u4e00-\u9fff()、]{3,40}(?:政府|办公厅|办公室|委员会|[局厅部委会署院办]|领导小组|中心)(?:\(代章\))?$"
)


@dataclass(frozen=True)
class Layout:
    """Folded places of the parts; everything before `body_start` is head or preamble."""

    title: str
    number: str | None
    issuer: str | None
    date: str | None
    body_start: int
    body_end: int
    preamble_start: int
    number_span: tuple[int, int] | None


def read_layout(folded: Folded) -> Layout:
    """Where the body lies, and what the document says about itself."""
    seen = folded.seen
    body_start = _first_clause(seen)
    sign = _signature(seen, body_start)
    body_end = _body_end(seen, body_start, sign)
    title, title_end = _title(folded, body_start)
    number, span = _own_number(folded, body_start)
    issuer, day = _issuer_and_day(folded, sign)
    if issuer is None:
        issuer = _issuer_of_title(title)
    if day is None and (head_sign := _SIGN_DAY.search(seen, 0, body_start)):
        day = _iso(head_sign)
        issuer = _line_before(folded, head_sign.start()) or issuer
    return Layout(title, number, issuer, day, body_start, body_end, title_end, span)


def _first_clause(seen: str) -> int:
    for mark in find_marks(seen):
        if mark.at_line and mark.value == 1 and mark.style != "bullet":
            return mark.start
    return min((mark.start for mark in find_marks(seen) if mark.value == 1), default=0)


def _signature(seen: str, body_start: int) -> re.Match[str] | None:
    """The last line that is a date alone, after the body began."""
    return max(_SIGN_DAY.finditer(seen, body_start), key=lambda one: one.start(), default=None)


def _body_end(seen: str, body_start: int, sign: re.Match[str] | None) -> int:
    ends = [len(seen)]
    tail = None
    restarts = [found.start() for found in _RESTART.finditer(seen, body_start)]
    for found in _TAIL.finditer(seen, body_start):
        following = bisect_right(restarts, found.end() - 1)
        if following == len(restarts) or restarts[following] > found.end() + 20_000:
            tail = found
            break
    if tail is not None:
        ends.append(tail.start())
    if sign is not None and not re.search(
        r"\n(?:[一二三四五六七八九十]+、|\([一二三]\)|第.{1,3}[章条])", seen[sign.end() :]
    ):
        line = sign.start()
        previous = seen.rfind("\n", 0, line)
        if previous >= 0 and _ISSUER.match(seen[previous + 1 : line].strip()):
            line = previous
        ends.append(line)
    return min(ends)


def _title(folded: Folded, body_start: int) -> tuple[str, int]:
    """The plan's own title: the last line of the head that ends like one, broken lines joined."""
    seen = folded.seen
    lines, place = [], 0
    for line in seen[:body_start].split("\n"):
        lines.append((place, line))
        place += len(line) + 1
    if not body_start:
        lines = [(0, seen.split("\n", 1)[0])]
    best = ("", 0)
    first_end = 0
    for index, (start, line) in enumerate(lines):
        above = _printed_above(lines, index)
        if above is not None and best[1] != start - 1 and _TITLE_REST.match(line):
            best = (folded.clean(lines[above][0], start + len(line)), start + len(line))
            best = (best[0].replace("\n", ""), best[1])
            first_end = first_end or best[1]
            continue
        if not _TITLE.match(line) or _CHROME.search(line) or line.endswith(":"):
            continue
        if not _KINDS_END.search(line) and "建设" not in line:
            continue
        first = start
        text = folded.clean(start, start + len(line))
        if index and 4 <= len(lines[index - 1][1]) <= 30 and _is_title_start(lines[index - 1][1]):
            first = lines[index - 1][0]
            text = folded.clean(first, first + len(lines[index - 1][1])) + text
        elif above is not None and (line[0] in "及和与暨" or _is_broken(lines, above, index)):
            first, line_above = lines[above]
            text = folded.clean(first, first + len(line_above)) + text
        first, text = _with_lines_above(folded, lines, index, first, text)
        end = start + len(line)
        following = lines[index + 1][1] if index + 1 < len(lines) else ""
        if _TITLE_REST.match(following):
            end = lines[index + 1][0] + len(following)
            text += folded.clean(lines[index + 1][0], end)
        elif re.match(
            r"\((?:19|20)\d\d[^()]{0,12}年?\)$|\((?:试行|暂行|修订)[^()]{0,6}\)$", following
        ):
            end = lines[index + 1][0] + len(following)
            text += folded.clean(lines[index + 1][0], end)
        best = (text, end)
        first_end = first_end or end
    run_in = _RUN_IN_TITLE.match(lines[0][1]) if not best[0] else None
    if run_in:
        return folded.clean(0, run_in.end(1)).lstrip("#"), run_in.end(1)
    if not best[0] and body_start and (issued := _ISSUED_HERE.search(seen, 0, body_start)):
        return folded.clean(issued.start(1), issued.end(1)).replace("\n", ""), 0
    if not best[0] and not body_start:
        best = (folded.clean(0, len(lines[0][1]))[:80], 0)
    return best[0].lstrip("#"), first_end or best[1]


def _is_broken(lines: list[tuple[int, str]], above: int, index: int) -> bool:
    """Whether blank lines stand between all lines, so that the one above may be the title's."""
    line = lines[above][1]
    blank = sum(not text for _, text in lines)
    return (
        above == index - 2
        and 8 <= len(line) <= 30
        and 3 * blank >= len(lines)
        and not _ISSUER.match(line)
        and not line.endswith(")")
    )


def _printed_above(lines: list[tuple[int, str]], index: int) -> int | None:
    """The last line with text above a line that goes on with 及 or 和."""
    for order in range(index - 1, max(-1, index - 4), -1):
        if lines[order][1]:
            return order if _is_title_start(lines[order][1]) else None
    return None


def _with_lines_above(
    folded: Folded, lines: list[tuple[int, str]], index: int, first: int, text: str
) -> tuple[int, str]:
    """A title over three lines or more: a 》 whose 《 stands above says so."""
    above = next(order for order, (start, _) in enumerate(lines) if start == first)
    while text.count("》") > text.count("《") and above > max(0, index - 4):
        above -= 1
        first, line = lines[above]
        text = folded.clean(first, first + len(line)) + text
    return first, text


def _is_title_start(line: str) -> bool:
    return not re.search(rf"[。:;,!?]|{_CHROME.pattern}|\d日$|(?:{KINDS})$|号$", line)


def _own_number(folded: Folded, body_start: int) -> tuple[str | None, tuple[int, int] | None]:
    """The document's own number: one on a line of its own in the head."""
    for found in NUMBER.finditer(folded.seen, 0, max(body_start, 1)):
        line_start = folded.seen.rfind("\n", 0, found.start()) + 1
        line_end = folded.seen.find("\n", found.end())
        line = folded.seen[line_start : line_end if line_end >= 0 else len(folded.seen)]
        if not found.group("serial"):
            continue
        if len(line) <= found.end() - found.start() + 8:
            return number_text(found), found.span()
        before = folded.seen[: found.start()]
        if _NUMBER_HERE.search(before[-6:] + found.group("code")):
            return number_text(found), found.span()
        if found.start() < 150 and not re.search(r"[(《]|根据|按照|落实", before[-40:]):
            return number_text(found), found.span()
    return None, None


def number_text(found: re.Match[str]) -> str:
    """A document number in its regular form, 国办发〔2015〕9号."""
    serial = found.group("serial") or found.group("damaged")
    code = re.sub(r"^.*(?:文号|字号|编号|号:)", "", found.group("code")) or found.group("code")
    return f"{code}〔{found.group('year')}〕{int(serial)}号"


def _issuer_and_day(folded: Folded, sign: re.Match[str] | None) -> tuple[str | None, str | None]:
    if sign is None:
        return None, None
    return sign.group("by") or _line_before(folded, sign.start()), _iso(sign)


def _line_before(folded: Folded, end: int) -> str | None:
    start = folded.seen.rfind("\n", 0, end) + 1
    line = folded.seen[start:end]
    return folded.clean(start, end) if end > start and _ISSUER.match(line) else None


def _issuer_of_title(title: str) -> str | None:
    found = re.match(
        r"(.{2,30}?(?:人民政府办公厅|人民政府办公室|人民政府|办公厅|办公室|委员会|局|厅))关于",
        title,
    )
    return found.group(1) if found else None


def _iso(found: re.Match[str]) -> str | None:
    _, year, month, day, *chinese = found.groups()
    if year is None:
        digits = {char: str(value) for value, char in enumerate("零一二三四五六七八九")}
        year = "".join(digits.get(char, "0") for char in chinese[0])
        month, day = str(_chinese(chinese[1])), str(_chinese(chinese[2]))
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return None
    return f"{year}-{int(month):02d}-{int(day):02d}"


def _chinese(text: str) -> int:
    tens, sep, ones = text.partition("十")
    digit = "零一二三四五六七八九"
    if not sep:
        return digit.index(text[-1])
    return (digit.index(tens) if tens else 1) * 10 + (digit.index(ones) if ones else 0)
