"""Unit marks such as （责任单位：…）: who leads, who is responsible, who cooperates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from miaopu.engine.plan_reader.clauses import Tree
from miaopu.engine.plan_reader.folded import Folded
from miaopu.engine.plan_reader.mark_spans import (
    FIRST_LEADS,
    LABEL,
    LATER,
    OTHER_LABEL,
    PERSON,
    mark_spans,
    only_units,
    without_note,
)
from miaopu.engine.plan_reader.model import Responsibility
from miaopu.engine.plan_reader.table_units import unit_cells
from miaopu.engine.plan_reader.unit_names import is_collective, looks_like_unit, split_units, tidy

_LEAD = re.compile(r"牵头|主办|主责|第一责任|主管")
_COOPERATE = re.compile(r"配合|协办|协同|参与|参加|协助|支持")
_VERB = re.compile(
    r"(?P<lead>(?:共同|分别)?牵头(?:负责|落实|实施|组织(?:实施)?|推进|会同|、?)?)"
    r"|(?P<with>会同|(?<=[局部委厅办行会院府])商(?=[国省市县区州财各有])|联合(?![会社体]))"
    r"|(?P<coop>(?:积极|予以|等?共同)?(?:配合|参与|协助|参加|协同)(?:落实|实施|推进)?)"
    r"|(?P<resp>(?:(?:按照?|根据)(?:各自)?(?:职责|职能)?(?:分工)?)?(?:分别|共同|具体|等)?(?:结合(?:各自)?实际|认真|抓好)?(?:负责(?:组织)?(?:落实|实施|推进)?|负总责|落实|组织实施|推进实施|承办)|按(?:照)?(?:各自)?职责(?:分工)?)"
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
    first_leads = FIRST_LEADS.search(seen) is not None
    rows: list[Responsibility] = []
    spans: list[tuple[int, int]] = []
    last_line = -2
    for start, end in sorted(mark_spans(seen)):
        parts = list(_labelled(seen, start, end)) or list(_prose(seen, start, end))
        bare = without_note(seen[start:end])
        if not parts and only_units(bare):
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


def _labelled(seen: str, start: int, end: int) -> Iterator[_Part]:
    """牵头单位：A；配合单位：B."""
    labels = [found for found in LABEL.finditer(seen, start, end)]
    if not labels or (labels[0].start() != start and not OTHER_LABEL.match(seen, start, end)):
        return
    for order, label in enumerate(labels):
        stop = labels[order + 1].start() if order + 1 < len(labels) else end
        other = OTHER_LABEL.search(seen, label.end(), stop)
        stop = other.start() if other else stop
        sentence = seen.find("。", label.end(), stop)
        stop = sentence if sentence >= 0 else stop
        while stop > label.end() and seen[stop - 1] in ";,。、 ":
            stop -= 1
        if PERSON.search(label.group()):
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
    later = LATER.search(seen[start:stop])
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
