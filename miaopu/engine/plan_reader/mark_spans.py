"""Where unit marks may stand: brackets and lines that begin with a label, or hold only offices."""

import re
from collections.abc import Iterator

from miaopu.engine.plan_reader.folded import bracket_pairs
from miaopu.engine.plan_reader.unit_names import looks_like_unit, split_units

LABEL = re.compile(
    r"(?P<what>(?:第一|主要|其他|相关)?(?:市级|省级|县级|区级|州级|市直|省直|国家)?(?:牵头|主办|主责|总牵头|责任|负责|配合|协办|协同|参与|参加|协助|支持|实施|落实|完成|承办|组织|推进|主管|共同){1,4}"
    r"(?:责任|负责|落实|实施|配合)?(?:单位|部门|处室|科室|机构|主体|地区|市县)?(?:和(?:责任|配合|参与)(?:单位|部门))?):"
)
OTHER_LABEL = re.compile(
    r"[;,。、\s]*(?:适用范围|完成时限|完成时间|时间要求|时限要求|时限|责任领导|责任人|牵头领导|分管领导|联系人|联系电话|备注|实施时间|进度要求|工作目标|政策依据|实施期限)[^:]{0,8}:"
)
PERSON = re.compile(r"领导|责任人|负责人")
FIRST_LEADS = re.compile(
    r"(?:列|排)(?:在)?(?:第一|首|最前)(?:位|个)?(?:者|的|单位|的单位|的部门|部门|位者)?(?:为|是|系)(?:工作|第一|总)?(?:总?牵头|主要?责|主办)|第一个(?:单位|部门)?为牵头|首位为牵头"
)
_PROSE_END = re.compile(
    r"(?:负责(?:落实|实施|推进|组织实施)?|牵头(?:负责|落实|实施)?|配合|参与|协助|落实|实施|分工负责|按职责分工|共同负责|共同推进|承办|组织实施)$"
)
_LINE_LIMIT = 400
# What a mark may add behind its verb: by when, or that it goes on.
LATER = re.compile(
    r"[,;](?:持续[\u4e00-\u9fff]{0,4}|长期[\u4e00-\u9fff]{0,4}|常态化?[\u4e00-\u9fff]{0,4}|全年[\u4e00-\u9fff]{0,4}|(?:于|在)?[^,;、]{0,12}(?:[年月日]|[底末]|季度)前?(?:完成|落实|到位)?(?:并(?:长期|持续)[\u4e00-\u9fff]{2})?)$"
)


def mark_spans(seen: str) -> Iterator[tuple[int, int]]:
    """Insides of brackets, and label lines outside of brackets, that may be unit marks."""
    taken = 0
    pairs = bracket_pairs(seen, _LINE_LIMIT)
    for found in re.finditer(r"[(〔\[【]", seen):
        if found.start() < taken:
            continue
        close = pairs.get(found.start())
        if close is None:
            close = _unclosed(seen, found.start())
            if close is None:
                continue
        inside = seen[found.end() : close]
        if _starts_labelled(inside) or _looks_like_prose_mark(seen, inside, close):
            yield found.end(), close
            taken = close
    yield from _bare_labels(seen)


def _starts_labelled(inside: str) -> bool:
    """Whether a bracket begins with a label; 牵头领导：… may stand before the units' own."""
    person = OTHER_LABEL.match(inside)
    return LABEL.match(inside) is not None or (
        person is not None and LABEL.search(inside, person.end()) is not None
    )


def _unclosed(seen: str, start: int) -> int | None:
    """Where a labelled mark ends whose closing bracket was lost: at the line's end."""
    if not LABEL.match(seen, start + 1):
        return None
    end = seen.find("\n", start, start + _LINE_LIMIT)
    return end if end >= 0 else (len(seen) if len(seen) - start <= _LINE_LIMIT else None)


# What may follow a unit mark whose line break was lost: the number of the next clause.
_NEXT_CLAUSE = re.compile(r"\(?[一二三四五六七八九十]{1,3}[、)]|\d{1,2}[.、](?!\d)|[①-⑳]")


def _looks_like_prose_mark(seen: str, inside: str, close: int) -> bool:
    after = seen[close + 1 : close + 2]
    ends = after in ("", "\n", "\t") or _NEXT_CLAUSE.match(seen, close + 1) is not None
    if len(inside) <= 160 and ends and only_units(without_note(inside)):
        return True
    text = re.split(r"[。;]", inside)[0] if "。" in inside else inside
    text = LATER.sub("", text)
    if len(inside) > _LINE_LIMIT or not _PROSE_END.search(re.sub(r"[。;,]+$", "", text)):
        return False
    return ends or after in ("。", ";", "(", ",") or FIRST_LEADS.search(inside) is not None


def without_note(inside: str) -> str:
    """Without ，列第一位者为牵头单位，下同."""
    note = FIRST_LEADS.search(inside) or _REST_OF_PLAN.search(inside)
    return inside if note is None else inside[: note.start()].rstrip(",;。")


# （…，下同。以下均需各区落实，不再列出）: what holds for the rest of the plan.
_REST_OF_PLAN = re.compile(r"[,;。](?:下同|以下[^,;。]{0,8}均)")


_SURE_UNIT = re.compile(
    r"^(?:(?:[省市县区州]|国家|中国|各)[\u4e00-\u9fff“”()、及和]{1,24}|[\u4e00-\u9fff]{2,24}(?:局|委|办|厅|政府|管委会|公司|银行|[支分]行|中心|集团|学院|大学|工会|联合会|办公室|[总支大]队|协会|商会|联社|海关))$"
)


def only_units(inside: str) -> bool:
    """Whether a bracket holds nothing but offices: （市工信局、市财政局）."""
    names = split_units(inside)
    return (
        bool(names)
        and all(
            looks_like_unit(name) and _SURE_UNIT.match(re.sub(r"\([^()]*\)|〔[^〔〕]*〕", "", name))
            for name in names
        )
        and any(name.endswith(("局", "委", "办", "厅", "政府", "部", "会")) for name in names)
    )


def _bare_labels(seen: str) -> Iterator[tuple[int, int]]:
    """责任单位：… outside of brackets, to the sentence's or the line's end."""
    for found in LABEL.finditer(seen):
        before = seen[found.start() - 1 : found.start()]
        if (
            before not in ("", "\n", "。", "\t", ";", "】")
            or "单位" not in found.group()
            and "部门" not in found.group()
            and before != "\n"
        ):
            continue
        end = found.end()
        line_start = seen.rfind("\n", max(0, found.start() - _LINE_LIMIT), found.start()) + 1
        if _is_inside_mark(seen, line_start, found.start()):
            continue
        stop = _MARK_END.search(seen, end, end + _LINE_LIMIT + 1)
        limit = stop.start() if stop else len(seen)
        behind_person = before == ";" and PERSON.search(_last_part(seen, found.start()))
        if 0 < limit - end <= _LINE_LIMIT and (before != ";" or behind_person):
            yield found.start(), limit


def _last_part(seen: str, place: int) -> str:
    """What stands before a label behind ;, from the last 。 or the line's beginning."""
    before = seen[max(0, place - 60) : place]
    return re.split(r"[。\n]", before)[-1]


_MARK_END = re.compile(r"[。\n\t]")


def _is_inside_mark(seen: str, line_start: int, place: int) -> bool:
    text = seen[max(line_start, place - _LINE_LIMIT) : place]
    return sum(text.count(one) for one in "([〔【") > sum(text.count(one) for one in ")]〕】")
