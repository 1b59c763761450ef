"""Units that are only the subject of a sentence: 各县（市、区）要…, 市财政局负责…"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from miaopu.engine.plan_reader.context import Context, Statement
from miaopu.engine.plan_reader.folded import segments
from miaopu.engine.plan_reader.model import Responsibility
from miaopu.engine.plan_reader.unit_names import looks_like_unit, split_units

_SUBJECT = re.compile(
    r"(?:由|要求|交由|请|\d[.、]|[一二三四五六七八九十]是)?(?P<units>[\u4e00-\u9fff()、“”]{2,44}?)"
    r"(?P<verb>要(?!求|素|点|闻|件)|应当|应(?!急|用|届|收|对性)|必须|须|需(?!求)|将(?!来)|负责|牵头|会同|配合|联合|不再|努力|加大|着力|组织|定期|继续|切实|按照|根据|结合|安排|共安排|制定)"
)
_OFFICE_START = re.compile(
    r"^(?:各|[省市县区州](?!场|区|民|级)|自治|有关|相关|政府|国务院|领导小组|工商|经信|科技|人社|税务|财政|金融|教育|国土|住建|质监)"
)
_OFFICE_END = re.compile(
    r"(?:局|厅|委|办|部门|政府|管委会|办公室|小组|中心|单位|财政|[县市区州](?:\([^()]*\))?|开发区|各地|机构|院校|高校|工会|团委|妇联|残联)(?:\([^()]*\))?$"
)
_ROLES = {"牵头": "lead", "会同": "lead", "配合": "cooperate"}


def read_subjects(context: Context, marks: Sequence[tuple[int, int]]) -> list[Responsibility]:
    """Implicit responsibilities, at most one per part of a sentence; never inside unit marks."""
    around = (context.at(start) for start, _ in marks)
    # A sentence with a mark at its end may still begin with a subject; one that is a mark may not.
    inside = {one.start for one in around if one is not None} & {start for start, _ in marks}
    begun = sorted(start for start, _ in marks)
    rows: list[Responsibility] = []
    for statement in context.statements:
        if statement.node is None or statement.past or statement.start in inside:
            continue
        if statement.start >= context.layout.body_end:
            continue
        following = bisect_left(begun, statement.start)
        limit = begun[following] if following < len(begun) else len(context.folded.seen)
        rows.extend(_subjects(context, statement, limit))
    return rows


def _subjects(context: Context, statement: Statement, limit: int) -> Iterator[Responsibility]:
    folded = context.folded
    assert statement.node is not None
    first = max(
        statement.start, statement.node.mark.end if statement.node.mark.end < statement.end else 0
    )
    for start, end in segments(folded.seen, first, statement.end)[:6]:
        found = _SUBJECT.match(folded.seen, start, min(end, start + 60))
        if found is None or start >= limit:
            continue
        units = split_units(found.group("units"))
        if not units or not all(looks_like_unit(one) or _OFFICE_START.match(one) for one in units):
            continue
        if not _OFFICE_START.match(units[0]) or not _OFFICE_END.search(units[-1]):
            continue
        begin, stop = folded.span(found.start("units"), end)
        yield Responsibility(
            statement.clause,
            tuple(units),
            _ROLES.get(found.group("verb"), "responsible"),
            False,
            folded.text[begin:stop],
            begin,
            stop,
        )
