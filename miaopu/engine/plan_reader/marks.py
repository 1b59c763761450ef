"""Finds what could be a clause's number: candidates only, `clauses` decides."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from miaopu.engine.plan_reader.numerals import ordinal

_CN = "一二三四五六七八九十百零两"
RANKS: dict[str, float] = {
    "部分": -1,
    "篇": -1,
    "编": 0,
    "章": 1,
    "节": 2,
    "heading": 3,
    "cn-dun": 4,
    "条": 5,
    "cn-paren": 6,
    "款": 7,
    "cn-shi": 7,
    "项": 8,
    "task": 5,
    "ar-dot": 8,
    "deci2": 8.5,
    "deci3": 8.6,
    "alpha": 8.7,
    "ar-paren": 9,
    "ar-half": 10,
    "circled": 11,
    "bullet": 12,
}
HIGH = ("部分", "篇", "编", "章", "节")
_MARK = re.compile(
    rf"第(?P<ordinal>[{_CN}\d ]{{1,6}})"
    r"(?P<level>[编章节条款项]|(?:部分|篇)(?=[^的,。;\n]{2,30}\n))"
    r"(?![的、,款项规]|以[上下内外前后及])"
    rf"|(?P<cn_dun>[{_CN}]{{1,4}})[、.](?!\d(?!\d{{3}}年))"
    rf"|[(〔](?P<cn_paren>[{_CN}]{{1,4}})[)〕][、.]?"
    rf"|(?P<cn_shi>[一二三四五六七八九十]{{1,2}})(?:是|要)(?!否)"
    r"|(?P<firstly>首先|其次|再次|最后)(?:是|要|,)"
    r"|\((?P<ar_paren>\d{1,2})\)[、.]?"
    r"|(?P<ar_dot>\d{1,3})[.、]"
    r"|(?P<ar_half>\d{1,2})\)[、.]?"
    r"|(?P<circled>[①-⑳])[、.]?"
    r"|(?P<enclosed>[㈠-㈩⑴-⒇⒈-⒛])[、.]?"
    r"|(?P<heading>【(?!字[体号]|打印|关闭|收藏|返回|大[中小]|浏览|阅读|政策|图解|解读|原创|转载|文件)[^】\n]{1,40}】)"
    r"|(?P<bullet>—{1,4}|-{2,4}|[●•◆■▲◇□▪★➢✦])(?=[^\s—-])(?!\d{1,2}[.、](?!\d))",
)
_DIGIT, _YEAR = re.compile(r"\d"), re.compile(r"(?:19|20)\d\d[年—-]")
# 11.121人才梯队项目: digits that begin a name.
_NAMED = re.compile(r"\d{1,6}[\u4e00-\u9fffA-Z](?![\d,;。、])(?<![%万亿元个倍])")
_FIRSTLY = ("首先", "其次", "再次", "最后")
_BEFORE = '。;:!?】)"”’〕'
_ANNEX = re.compile(
    r"(?:^|\n)附(?:件|表|录)?\d{0,2}:[^\n]*(?:\n(?:附件|附表)?[(]?\d{1,2}[.、)-][^\n]{1,60}(?=\n|$))*"
)
_CONTENTS_LINE = re.compile(r"(?:[.…·]{3,}|\t)[ —-]*\d{1,4}[ —-]*$")
_CONTENTS_HEAD = re.compile(r"(?:^|\n)目录\n")


@dataclass(frozen=True)
class Mark:
    """A possible clause number: folded `start`, `end` of the mark, its style and value."""

    start: int
    end: int
    style: str
    value: int
    label: str
    at_line: bool


def find_marks(seen: str) -> list[Mark]:
    """All candidates in order, without those in lists of annexes and tables of contents."""
    closed = sorted([*_annex_lists(seen), *_contents(seen)])
    found, pointer = [], 0
    for mark in _raw_marks(seen):
        while pointer < len(closed) and closed[pointer][1] <= mark.start:
            pointer += 1
        if pointer < len(closed) and closed[pointer][0] <= mark.start:
            continue
        found.append(mark)
    printed = {(one.style, one.value) for one in found if one.at_line}
    return [
        one
        for one in found
        if one.at_line
        or one.style not in ("cn-dun", "部分", "篇", "编", "章", "节", "条")
        or (one.style, one.value) not in printed
    ]


def _raw_marks(seen: str) -> Iterator[Mark]:
    item = 0
    for found in _MARK.finditer(seen):
        start = found.start()
        before = seen[start - 1 : start]
        at_line = before in ("", "\n", "\t") or (before == "#")
        kind = found.lastgroup or ""
        if kind in ("heading", "bullet"):
            if at_line and before != "\t":
                yield _bullet_or_heading(seen, found, kind)
            continue
        if not at_line and before not in _BEFORE and not _after_dash(seen, start):
            if kind not in ("cn_paren", "ar_dot") or not _is_glued(seen, start):
                continue
        if kind == "ar_dot" and _DIGIT.match(seen, found.end()):
            if not _is_before_digits(seen, found, item):
                continue
        mark = _numbered(found, kind, at_line or _after_dash(seen, start))
        if mark is not None and mark.value:
            item = mark.value if at_line and kind == "ar_dot" else item
            yield mark


def _is_before_digits(seen: str, found: re.Match[str], item: int) -> bool:
    """Whether 1.2015年… or 11.121工程… is a number and its text, not a decimal or a list."""
    start = found.start()
    if _YEAR.match(seen, found.end()):
        return seen[start - 1 : start] in ("", "\n", "\t", "。", ";")
    ends = seen[start - 1 : start] == "\n" and seen[max(0, start - 2)] in "。;:)"
    return (
        ends
        and int(found.group("ar_dot")) == item + 1
        and _NAMED.match(seen, found.end()) is not None
    )


def _after_dash(seen: str, start: int) -> bool:
    """Whether a bullet stands before the number, at the line's beginning."""
    place = start
    while place and seen[place - 1] in "—-":
        place -= 1
    return place < start and seen[place - 1 : place] in ("", "\n")


def _is_glued(seen: str, start: int) -> bool:
    """A number right after a heading whose line break was lost: a CJK character before it."""
    return "\u4e00" <= seen[start - 1] <= "\u9fff"


def _bullet_or_heading(seen: str, found: re.Match[str], kind: str) -> Mark:
    text = found.group()
    if kind == "heading":
        return Mark(found.start(), found.end(), kind, 1, text, True)
    return Mark(found.start(), found.end(), kind, 1, "—", True)


def _numbered(found: re.Match[str], kind: str, at_line: bool) -> Mark | None:
    text = found.group(kind if kind != "level" else "ordinal")
    base = Mark(found.start(), found.end(), kind.replace("_", "-"), 0, text, at_line)
    if kind == "level":
        number = text.replace(" ", "")
        level = found.group("level")
        label = f"第{number}{level}"
        return replace(base, style=level, value=ordinal(number) or 0, label=label)
    if kind == "firstly":
        value = _FIRSTLY.index(text) + 1
        return replace(base, style="cn-first", value=value)
    if kind == "circled":
        return replace(base, value=ord(text) - ord("①") + 1)
    if kind == "enclosed":
        for first, style, label in (
            ("㈠", "cn-paren", "({})"),
            ("⑴", "ar-paren", "({})"),
            ("⒈", "ar-dot", "{}"),
        ):
            value = ord(text) - ord(first) + 1
            if 1 <= value <= 20:
                shown = "一二三四五六七八九十"[value - 1] if first == "㈠" else str(value)
                return replace(base, style=style, value=value, label=label.format(shown))
        return None
    value = ordinal(text) or 0
    if kind == "ar_dot" and value > 200:
        return None
    labels = {
        "cn_paren": f"({text})",
        "ar_paren": f"({text})",
        "ar_half": f"{text})",
        "cn_shi": f"{text}{found.group()[len(text)]}",
    }
    return replace(base, value=value, label=labels.get(kind, text))


def _annex_lists(seen: str) -> Iterator[tuple[int, int]]:
    for found in _ANNEX.finditer(seen):
        yield found.start(), found.end()


def _contents(seen: str) -> Iterator[tuple[int, int]]:
    """Tables of contents: lines that end in a page number, or repeat later, after 目录."""
    head = _CONTENTS_HEAD.search(seen)
    start = head.end() if head else None
    place = looked = 0
    for line in seen.split("\n"):
        end = place + len(line)
        if _CONTENTS_LINE.search(line) and len(line) < 120 and _MARK.match(line):
            yield place, end
        elif start is not None and start == place and looked < 300:
            looked += 1
            if line and len(line) < 60 and f"\n{line.rstrip('.…0123456789')}" in seen[end:]:
                yield place, end
                start = end + 1
            elif not line:
                start = end + 1
        place = end + 1
