"""Unit marks such as （责任单位：…）: who leads, who is responsible, who cooperates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from miaopu.engine.plan_reader.clauses import Tree
from miaopu.engine.plan_reader.folded import Folded, bracket_pairs
from miaopu.engine.plan_reader.model import Responsibility
from miaopu.engine.plan_reader.table_units import unit_cells
from miaopu.engine.plan_reader.unit_names import is_collective, looks_like_unit, split_units, tidy

_LABEL = re.compile(
    r"(?P<what>(?:第一|主要|其他|相关)?(?:市级|省级|县级|区级|州级|市直|省直|国家)?(?:牵头|主办|主责|总牵头|责任|负责|配合|协办|协同|参与|参加|协助|支持|实施|落实|完成|承办|组织|推进|主管|共同){1,4}"
    r"(?:责任|负责|落实|实施|配合)?(?:单位|部门|处室|科室|机构|主体|地区|市县)?(?:和(?:责任|配合|参与)(?:单位|部门))?):"
)
_OTHER_LABEL = re.compile(
    r"[;,。、\s]*(?:适用范围|完成时限|完成时间|时间要求|时限要求|时限|责任领导|责任人|牵头领导|分管领导|联系人|联系电话|备注|实施时间|进度要求|工作目标|政策依据|实施期限)[^:]{0,8}:"
)
_LEAD = re.compile(r"牵头|主办|主责|第一责任|主管")
_COOPERATE = re.compile(r"配合|协办|协同|参与|参加|协助|支持")
_PERSON = re.compile(r"领导|责任人|负责人")
_FIRST_LEADS = re.compile(
    r"(?:列|排)(?:在)?(?:第一|首|最前)(?:位|个)?(?:者|的|单位|的单位|的部门|部门|位者)?(?:为|是|系)(?:总?牵头|主要?责|主办)|第一个(?:单位|部门)?为牵头|首位为牵头"
)
_PROSE_END = re.compile(
    r"(?:负责(?:落实|实施|推进|组织实施)?|牵头(?:负责|落实|实施)?|配合|参与|协助|落实|实施|分工负责|按职责分工|共同负责|共同推进|承办|组织实施)$"
)
_VERB = re.compile(
    r"(?P<lead>(?:共同|分别)?牵头(?:负责|落实|实施|组织(?:实施)?|推进|会同|、?)?)"
    r"|(?P<with>会同|(?<=[局部委厅办行会院府])商(?=[国省市县区州财各有])|联合(?![会社体]))"
    r"|(?P<coop>(?:积极|予以|等?共同)?(?:配合|参与|协助|参加|协同)(?:落实|实施|推进)?)"
    r"|(?P<resp>(?:(?:按照?|根据)(?:各自)?(?:职责|职能)?(?:分工)?)?(?:分别|共同|具体|等)?(?:结合(?:各自)?实际|认真|抓好)?(?:负责(?:组织)?(?:落实|实施|推进)?|负总责|落实|组织实施|推进实施|承办)|按(?:照)?(?:各自)?职责(?:分工)?)"
)
_LINE_LIMIT = 400
# What a mark may add behind its verb: by when, or that it goes on.
_LATER = re.compile(
    r"[,;](?:持续[\u4e00-\u9fff]{0,4}|长期[\u4e00-\u9fff]{0,4}|常态化?[\u4e00-\u9fff]{0,4}|全年[\u4e00-\u9fff]{0,4}|(?:于|在)?[^,;、]{0,12}(?:[年月日]|[底末]|季度)前?(?:完成|落实|到位)?(?:并(?:长期|持续)[\u4e00-\u9fff]{2})?)$"
)


@dataclass(frozen=True)
class _Part:
    units: list[str]
    role: str
    start: int
    end: int
    first_may_lead: bool


def read_marks(folded: Folded, tree: Tree) -> tuple[list[Responsibility], list[tuple[int, int]]]:
    """The explicit responsibilities in order, and the folded spans of all marks read."""
    seen = folded.seen
    first_leads = _FIRST_LEADS.search(seen) is not None
    rows: list[Responsibility] = []
    spans: list[tuple[int, int]] = []
    last_line = -2
    for start, end in sorted(_mark_spans(seen)):
        parts = list(_labelled(seen, start, end)) or list(_prose(seen, start, end))
        bare = _without_note(seen[start:end])
        if not parts and _only_units(bare):
            parts = [_Part(split_units(bare), "responsible", start, start + len(bare), True)]
        if not parts:
            continue
        line = folded.line_start(start)
        alone = (
            line != last_line
            and seen[end + 1 : end + 2] in ("", "\n")
            or seen[start - 1 : start] == "\n"
        )
        if seen[start - 1 : start] in ("。", ";") and line != last_line:
            alone = True  # 责任单位：… behind a paragraph is for all of it
        last_line = line
        spans.append((start, end))
        clause = _clause(tree, start, alone)
        for part in parts:
            rows.extend(_rows(folded, clause, part, first_leads))
    for cell in unit_cells(folded):
        spans.append((cell.start, cell.end))
        part = _Part(cell.units, cell.role, cell.start, cell.end, cell.role == "responsible")
        rows.extend(_rows(folded, _clause(tree, cell.start, False), part, first_leads))
    rows.sort(key=lambda one: one.start)
    return rows, sorted(spans)


def _mark_spans(seen: str) -> Iterator[tuple[int, int]]:
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
    person = _OTHER_LABEL.match(inside)
    return _LABEL.match(inside) is not None or (
        person is not None and _LABEL.search(inside, person.end()) is not None
    )


def _unclosed(seen: str, start: int) -> int | None:
    """Where a labelled mark ends whose closing bracket was lost: at the line's end."""
    if not _LABEL.match(seen, start + 1):
        return None
    end = seen.find("\n", start, start + _LINE_LIMIT)
    return end if end >= 0 else (len(seen) if len(seen) - start <= _LINE_LIMIT else None)


# What may follow a unit mark whose line break was lost: the number of the next clause.
_NEXT_CLAUSE = re.compile(r"[一二三四五六七八九十]{1,3}、|\d{1,2}[.、](?!\d)|[①-⑳]")


def _looks_like_prose_mark(seen: str, inside: str, close: int) -> bool:
    after = seen[close + 1 : close + 2]
    ends = after in ("", "\n", "\t") or _NEXT_CLAUSE.match(seen, close + 1) is not None
    if len(inside) <= 160 and ends and _only_units(_without_note(inside)):
        return True
    text = re.split(r"[。;]", inside)[0] if "。" in inside else inside
    text = _LATER.sub("", text)
    if len(inside) > _LINE_LIMIT or not _PROSE_END.search(re.sub(r"[。;,]+$", "", text)):
        return False
    return ends or after in ("。", ";", "(", ",") or _FIRST_LEADS.search(inside) is not None


def _without_note(inside: str) -> str:
    """Without ，列第一位者为牵头单位，下同."""
    note = _FIRST_LEADS.search(inside)
    return inside if note is None else inside[: note.start()].rstrip(",;。")


_SURE_UNIT = re.compile(
    r"^(?:(?:[省市县区州]|国家|中国|各)[\u4e00-\u9fff“”()、及和]{1,24}|[\u4e00-\u9fff]{2,24}(?:局|委|办|厅|政府|管委会|公司|银行|[支分]行|中心|集团|学院|大学|工会|联合会|办公室|[总支大]队|协会|商会|联社|海关))$"
)


def _only_units(inside: str) -> bool:
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
    for found in _LABEL.finditer(seen):
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
        behind_person = before == ";" and _PERSON.search(_last_part(seen, found.start()))
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


def _labelled(seen: str, start: int, end: int) -> Iterator[_Part]:
    """牵头单位：A；配合单位：B."""
    labels = [found for found in _LABEL.finditer(seen, start, end)]
    if not labels or (labels[0].start() != start and not _OTHER_LABEL.match(seen, start, end)):
        return
    for order, label in enumerate(labels):
        stop = labels[order + 1].start() if order + 1 < len(labels) else end
        other = _OTHER_LABEL.search(seen, label.end(), stop)
        stop = other.start() if other else stop
        sentence = seen.find("。", label.end(), stop)
        stop = sentence if sentence >= 0 else stop
        while stop > label.end() and seen[stop - 1] in ";,。、 ":
            stop -= 1
        if _PERSON.search(label.group()):
            continue
        role = _role(label.group("what"))
        text = seen[label.end() : stop]
        if (
            role == "responsible"
            and _VERB.search(text)
            and (inner := list(_prose(seen, label.end(), stop)))
        ):
            yield from inner
            continue
        units = split_units(text)
        if units:
            yield _Part(units, role, label.start(), stop, role == "responsible")


def _role(label: str) -> str:
    if _LEAD.search(label):
        return "lead"
    return "cooperate" if _COOPERATE.search(label) and "责任" not in label else "responsible"


def _prose(seen: str, start: int, end: int) -> Iterator[_Part]:
    """A牵头，B、C按职责分工负责; A会同B负责; A负责."""
    sentence = re.compile("[。]").search(seen, start, end)
    stop = sentence.start() if sentence else end
    later = _LATER.search(seen[start:stop])
    stop = start + later.start() if later else stop
    place = start
    parts: list[_Part] = []
    pending_lead = False
    for verb in _VERB.finditer(seen, start, stop):
        text = seen[place : verb.start()]
        units = [unit for unit in split_units(text) if looks_like_unit(unit)]
        kind = verb.lastgroup
        if verb.group().endswith("会同"):
            kind = "with"
        if units:
            role = {"lead": "lead", "with": "lead", "coop": "cooperate"}.get(
                kind or "", "responsible"
            )
            if pending_lead:
                role = "cooperate"
            begin = place
            while seen[begin] in ",;、 由":
                begin += 1
            parts.append(_Part(units, role, begin, verb.end(), role == "responsible" and not parts))
        elif not parts and text.strip(",;、"):
            return
        pending_lead = kind == "with"
        place = verb.end()
    if parts and not seen[place:stop].strip(",;、等"):
        yield from parts


def _clause(tree: Tree, place: int, alone: bool) -> str:
    """The clause of a mark. One mark at the end of a paragraph is for the whole paragraph, not for
    the last of the items that run on inside it."""
    node = tree.at(place)
    while alone and node is not None and not node.mark.at_line and node.parent is not None:
        node = node.parent
    return node.path if node else "preamble"


def _rows(folded: Folded, clause: str, part: _Part, first_leads: bool) -> Iterator[Responsibility]:
    first, last = folded.span(part.start, part.end)
    names = [name for unit in part.units for name in _printed(folded, part, unit)]
    raw = folded.text[first:last]

    def row(units: list[str], role: str) -> Responsibility:
        return Responsibility(clause, tuple(units), role, True, raw, first, last)

    if first_leads and part.first_may_lead and not is_collective(tidy(names[0])):
        yield row(names[:1], "lead")
        if names[1:]:
            yield row(names[1:], "responsible")
        return
    yield row(names, part.role)


def _printed(folded: Folded, part: _Part, unit: str) -> list[str]:
    """The unit in the printed width of its brackets; units parted by blanks alone are several."""
    place = folded.seen.find(unit, part.start, part.end)
    if place < 0:
        return [unit]
    several = folded.raw(place, place + len(unit)).split()
    if len(several) > 1 and all(looks_like_unit(one) and len(one) > 2 for one in several):
        return several
    return [folded.clean(place, place + len(unit))]
