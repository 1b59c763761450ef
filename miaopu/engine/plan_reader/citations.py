"""Other documents that a plan names, in 《》 or by number; damaged numbers are flagged."""

import re
from collections.abc import Iterator

from miaopu.engine.plan_reader.folded import Folded
from miaopu.engine.plan_reader.layout import NUMBER, Layout, number_text
from miaopu.engine.plan_reader.model import Citation, Repair

_KIND = re.compile(
    r"(?:意见|通知|办法|规定|条例|法典?|方案|规划|纲要|计划|决定|细则|标准|目录|措施|公告|通告|批复|复函|函|指南|准则|规范|规程"
    r"|制度|政策|报告|决议|举措|要点|清单|条|通则|解释|章程|定额|要求|大纲|规则|导则|守则)(?:\([^()]{1,30}\))*[〉》]?$"
)
_OWN_BEFORE = re.compile(
    r"(?:简称|以下称|现将|印发给?你们|附件\d{0,2}:?|附表\d{0,2}:?|填写好?|填报)$"
)
_OWN_AFTER = re.compile(
    r"^(?:\([^()]{2,30}\))?,?(?:已经?|经)[^。;]{0,24}(?:同意|审议|批准|通过|审定)"
)
# 《甲》《乙》已经审议通过: both are the document's own.
_OTHERS = re.compile(r"(?:[、和及]?《[^《》\n]{4,60}》){1,6}")
_ISSUED = re.compile(r"(?:[和、]《[^》]{4,60}》)?,?现(?:将[^,。]{0,8})?(?:予以?)?(?:印发|发布)")
_MADE = re.compile(r"制定|修订|起草|拟定")
_NUMBER_BRACKET = re.compile(r"\n?[(〔\[]\n?")
_DRAFT = re.compile(r"^\((?:送审|征求意见|讨论|初|草案|修改|报批)稿?")
# 加快《…条例》立法进程, 研究制定《…办法》: not yet made.
_TO_BE_MADE = re.compile(r"(?:出台|起草|制定|制订|编制|拟定)(?:《[^《》]{2,40}》[、和及])*$")
_BEING_MADE = re.compile(r"^(?:等)?(?:的)?(?:立法|起草|制定|制订|编制|出台)")
_ANNEX_AFTER = re.compile(r"^\((?:详?见)?附[件表]")
_APPLIED = r"(?:贯彻|落实|转发|学习|执行|分解|实施)[〈《<“]"
_LEADING = re.compile(
    r"^.*(?:为|贯彻|根据|按照|依据|依照|落实|通知|方案|执行|参照|印发|转发|和|与|及|以及|或|见|的|发布|下发|关于|号文|通过|文件|遵照|对照|符合|如|政府(?![办发字函])|[省市县区]委(?![办发字组宣政])|[厅局](?![字函发办])|部(?![办发函联令公委]))"
)
_SHORT = 4
# 担保法, 合同法: short, but a law.
_LAW = re.compile(r"^(?!本法|办法|方法|立法|执法|司法)[\u4e00-\u9fff]{1,3}法(?:典)?$")
# (〔94〕财农字第345号): the year before the code, as printed until about 2000.
_OLD_NUMBER = re.compile(r"[〔\[(](?:19|20)?\d\d[〕\])][\u4e00-\u9fff]{2,10}?字?第?\d{1,4}号")


def read_citations(folded: Folded, layout: Layout) -> tuple[list[Citation], list[Repair]]:
    """Citations once each, in order, and the repairs made to their numbers."""
    seen = folded.seen
    found: list[Citation] = []
    repairs: list[Repair] = []
    used: set[int] = set()
    titled = list(_titles(seen))
    for order, (start, end) in enumerate(titled):
        title = folded.clean(start + 1, end - 1).replace("\n", "")
        numbers = list(_numbers_after(seen, end))
        if _is_none(seen, start, end, title, layout.title):
            used.update(one.start() for one in numbers)
            continue
        number = None
        last = end
        if numbers and numbers[0].start() not in used:
            picked = numbers[_turn(seen, titled, order, len(numbers))]
            number, last = number_text(picked), picked.end()
            used.add(picked.start())
            if seen[last : last + 1] in (")", "]", "】"):
                last += 1
        elif old := _OLD_NUMBER.match(seen, end + (seen[end : end + 1] in ("(", "[", "〔"))):
            number = folded.clean(old.start(), old.end())
            last = old.end() + (seen[old.end() : old.end() + 1] in (")", "]", "〕"))
        first, stop = folded.span(start, last)
        found.append(Citation(title, number, folded.text[first:stop], first, stop))
    for one in NUMBER.finditer(seen):
        if one.group("damaged"):
            repairs.append(_repair(folded, one))
        if one.start() in used or one.span() == layout.number_span or not one.group("serial"):
            continue
        if layout.number and _plain(layout.number) == _plain(number_text(one)):
            continue
        found.append(_bare(folded, one))
    found.sort(key=lambda one: one.start)
    return _once(found), repairs


def _titles(seen: str) -> Iterator[tuple[int, int]]:
    """Spans of 《…》, the outer one where they nest."""
    depth = start = 0
    for found in re.finditer(r"[《》\n]", seen):
        char = found.group()
        if char == "《":
            if depth and found.start() - start > 200:
                depth = 0
            if not depth:
                start = found.start()
            depth += 1
        elif char == "》" and depth:
            depth -= 1
            if not depth and found.end() - start < 200:
                yield start, found.end()
        elif char == "\n" and depth and found.start() - start > 120:
            depth = 0


def _numbers_after(seen: str, end: int) -> Iterator[re.Match[str]]:
    """Document numbers in the bracket right behind a title."""
    opened = _NUMBER_BRACKET.match(seen, end)
    if opened is None:
        return
    place = opened.end()
    while (found := NUMBER.match(seen, place)) is not None:
        yield found
        place = found.end()
        if seen[place : place + 1] not in ("、", ",", ";"):
            return
        place += 1


def _turn(seen: str, titled: list[tuple[int, int]], order: int, count: int) -> int:
    """Which of several numbers is the title's: the first, unless the titles before share them."""
    return 0 if count == 1 else min(count - 1, _before(seen, titled, order))


def _before(seen: str, titled: list[tuple[int, int]], order: int) -> int:
    run = 0
    while order - run - 1 >= 0 and run < 10:
        gap = seen[titled[order - run - 1][1] : titled[order - run][0]]
        if gap not in ("", "、", "和", "及", "与", "以及"):
            break
        run += 1
    return run


def _is_none(seen: str, start: int, end: int, title: str, whole: str) -> bool:
    """Own title, drafts, annexes, short names and things that are no documents."""
    plain, own = _plain(title), _plain(whole)
    before = seen[max(0, start - 8) : start]
    if not _KIND.search(seen[start + 1 : end - 1]) or _DRAFT.search(seen[end : end + 6]):
        return True
    if _ANNEX_AFTER.search(seen[end : end + 8]) or _OWN_BEFORE.search(before):
        return True
    if len(plain) <= _SHORT and not _LAW.match(plain) or seen[end - 2 : end - 1] == "表":
        return True
    following = _OTHERS.match(seen, end)
    if _OWN_AFTER.search(seen[following.end() if following else end :][:30]) or _BEING_MADE.match(
        seen[end : end + 6]
    ):
        return True
    to_make = _TO_BE_MADE.search(seen[max(0, start - 100) : start])
    if to_make and not _NUMBER_BRACKET.match(seen, end):
        part = re.split("[,;。]", seen[max(0, start - 100) : start])[-1]
        return not re.search("根据|按照|依据|贯彻", part)
    if _ISSUED.match(seen, end) and _MADE.search(seen, max(0, start - 60), start):
        return True
    if "转发" in seen[max(0, start - 24) : start] or re.search(_APPLIED + re.escape(title), whole):
        return False  # what is passed on or applied is another's, though it stands in the title
    named = re.search(rf"(.{{0,2}})[〈《]{re.escape(title)}[》〉]", whole)
    if named and named.group(1) not in ("印发", "颁发", "下发", "发布", "公布", "制定"):
        return False  # 《政府工作报告》重点工作分解方案 names what it works out
    return (
        bool(own) and len(plain) >= 6 and (plain in own or own in plain) and "关于印发" not in plain
    )


def _bare(folded: Folded, found: re.Match[str]) -> Citation:
    """A number that stands without a title in 《》."""
    code = found.group("code")
    cut = _LEADING.match(code)
    skip = cut.end() if cut and cut.end() < len(code) - 1 else 0
    start = found.start() + skip
    first, stop = folded.span(start, found.end())
    text = f"{code[skip:]}〔{found.group('year')}〕{int(found.group('serial'))}号"
    return Citation(None, text, folded.text[first:stop], first, stop)


def _repair(folded: Folded, found: re.Match[str]) -> Repair:
    first, stop = folded.span(found.start("open"), found.end())
    read_as = f"〔{found.group('year')}〕{int(found.group('damaged'))}号"
    return Repair(folded.text[first:stop], read_as, first, stop)


def _once(found: list[Citation]) -> list[Citation]:
    """Each document once; a later mention with the number completes an earlier one without."""
    kept: list[Citation] = []
    by_number: dict[str, int] = {}
    by_title: dict[str, int] = {}
    for one in found:
        number, title = _plain(one.number), _plain(one.title)
        same = by_number.get(number) if number else None
        if same is None and title:
            same = by_title.get(title)
            if same is not None and number and kept[same].number:
                same = None  # the same title under another number is another document
        if same is None:
            same = len(kept)
            kept.append(one)
        elif kept[same].number is None and one.number:
            kept[same] = one
        if number:
            by_number.setdefault(number, same)
        if title:
            by_title.setdefault(title, same)
    return kept


def _plain(text: str | None) -> str:
    return re.sub(r"[\s,、，。.:：“”\"'《》〈〉()（）〔〕\[\]]", "", text or "")
