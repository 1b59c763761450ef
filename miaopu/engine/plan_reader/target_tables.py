"""Targets in the cells of tables: an indicator a row and a year a column, or a place a row."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from miaopu.engine.plan_reader.context import PAST_TITLE, Context
from miaopu.engine.plan_reader.model import Target, Value
from miaopu.engine.plan_reader.numerals import printed_number
from miaopu.engine.plan_reader.target_dates import year_of_title
from miaopu.engine.plan_reader.target_words import NO_REGION, REGION

_INDICATOR = re.compile(r"^(?:主要|具体|核心|考核|监测|目标)?(?:指标|目标)(?:名称|内容|任务)?$")
_PLACE = re.compile(
    r"^(?:各?(?:县|市|区|州|旗|乡|镇|街道|园区|地区|开发区|县市|市州|地市|区县|县区|市区|乡镇|镇街)"
    r"(?:\([^()]{1,8}\)|、[县市区镇乡])*(?:名称)?|行政区划?|区域|(?:责任)?单位名称)$"
)
_UNIT_HEAD = re.compile(r"^(?:计量)?单位$")
_AIM = re.compile(
    r"^(?:(?:19|20)\d\d年?)?(?:目标|计划|任务|预期|规划)(?:值|数|任务|目标)?(?:\([^()]*\))?$"
)
_YEAR = re.compile(r"^((?:19|20)\d\d)年?(?:底|末)?(?:\([^()]*\))?$")
_REACHED = re.compile(
    r"实绩|实际|完成|现状|基期|基数|基础|基准|上年|预计|增[幅速长]|现有|比重|权重|分值"
)
_OTHER = re.compile(r"序号|单位|部门|领导|责任|备注|时限|时间|属性|类型|类别|人$|电话|名称$|排名")
_NUMBER = re.compile(
    r"^(?:[≥≤><=约])?(\d{1,3}(?:,\d{3})+|\d{1,12})(\.\d{1,6})?(%)?(?:以上|以内|左右)?$"
)
# 11.5~12: a range of the same unit.
_RANGE = re.compile(
    r"^(?P<low>\d{1,9}(?:\.\d{1,6})?)%?(?:-|—{1,2}|~|至)(?P<high>\d{1,9}(?:\.\d{1,6})?)(?P<percent>%)?$"
)
# 2019年增幅(%) below 行业目标: a growth to be reached, of what stands in the column before.
_GROWTH = re.compile(
    r"^(?P<year>(?:19|20)\d\d)年?(?:目标|计划|预期)?增[幅长速]度?(?:目标|计划)?\((?P<unit>%)\)$"
)
_BRACKET_UNIT = re.compile(r"^(?P<name>.{2,40}?)\((?P<unit>[%‰\u4e00-\u9fff/㎡]{1,8})\)$")
_CAPTION_UNIT = re.compile(r"^\(?(?:计量)?单位:(?P<unit>[%\u4e00-\u9fff]{1,6})\)?$")
_TOTAL = re.compile(r"^(?:合计|总计|全[市省县区]|[\u4e00-\u9fff]{0,6}合计)$")
_UNIT_WORD = re.compile(r"^(?:%|‰|[万亿千百]*[\u4e00-\u9fff/㎡]{1,6})$")
_LINES_BACK = 4


@dataclass
class _Columns:
    """What the columns of a table hold: the row's name, its unit, and the numbers to be reached."""

    width: int
    name: int
    unit: int | None
    aims: dict[int, tuple[str, str, str | None]]  # indicator, unit, year
    places: bool
    beside: bool = False  # the name of each number stands in the column before it


def table_targets(context: Context) -> list[Target]:
    """The targets that stand as bare numbers in tables whose cells are parted by tabs."""
    seen = context.folded.seen
    rows: list[Target] = []
    columns: _Columns | None = None
    above: list[str] = []
    place = 0
    for line in seen.split("\n"):
        if "\t" not in line:
            if line:
                columns = None
                above = [*above[1 - _LINES_BACK :], line]
        elif place < context.layout.body_end:
            found = _head(line.split("\t"), above)
            if found is not None:
                columns = None if _reports(above) else found
            elif columns is not None:
                rows.extend(_row(context, place, line, columns))
        place += len(line) + 1
    return rows


def _reports(above: list[str]) -> bool:
    """Whether the caption of a table says that it shows what was reached."""
    captions = [one for one in above if not _CAPTION_UNIT.match(one)]
    return bool(captions) and PAST_TITLE.search(captions[-1].split("。")[-1]) is not None


def _head(cells: list[str], above: list[str]) -> _Columns | None:
    """The columns that a head names; None where no number to be reached stands below it."""
    if any(_NUMBER.match(cell) and not _YEAR.match(cell) for cell in cells):
        return None
    growths = {
        column: ("", found.group("unit"), found.group("year"))
        for column, cell in enumerate(cells)
        if column and (found := _GROWTH.match(cell))
    }
    if growths and any("目标" in one for one in above[-2:]):
        return _Columns(len(cells), min(growths) - 1, None, growths, False, True)
    name = _first(cells, lambda cell: _INDICATOR.match(cell) is not None)
    if name is not None:
        unit = _first(cells, lambda cell: _UNIT_HEAD.match(cell) is not None)
        aims = {
            column: ("", "", year.group() if (year := re.search(r"(?:19|20)\d\d", cell)) else None)
            for column, cell in enumerate(cells)
            if column > name
            and (_AIM.match(cell) or _YEAR.match(cell))
            and not _REACHED.search(cell)
        }
        return _Columns(len(cells), name, unit, aims, False) if aims else None
    name = _first(cells, lambda cell: _PLACE.match(cell) is not None)
    if name is None or name > 1:
        return None
    caption = next((found for one in reversed(above) if (found := _CAPTION_UNIT.match(one))), None)
    unit_above = caption.group("unit") if caption else ""
    aims = {}
    for column, cell in enumerate(cells):
        if column > name and 2 <= len(cell) <= 40:
            bracket = _BRACKET_UNIT.match(cell)
            label, unit_of = (
                (bracket.group("name"), bracket.group("unit")) if bracket else (cell, unit_above)
            )
            if unit_of and not _OTHER.search(label) and not _REACHED.search(label):
                year = re.search(r"(?:19|20)\d\d", label)
                aims[column] = (label, unit_of, year.group() if year else None)
    return _Columns(len(cells), name, None, aims, True) if aims else None


def _first(cells: list[str], fits: Callable[[str], bool]) -> int | None:
    return next((column for column, cell in enumerate(cells) if fits(cell)), None)


def _row(context: Context, place: int, line: str, columns: _Columns) -> Iterator[Target]:
    """The targets of one row; a row that a cell above reaches into lacks its first columns."""
    cells = line.split("\t")
    shift = columns.width - len(cells)
    if shift < 0 or shift > columns.name and not columns.beside:
        return
    label = cells[max(0, columns.name - shift)]
    if not label or _NUMBER.match(label):
        return
    unit, start = "", place
    if columns.unit is not None and _UNIT_WORD.match(cells[columns.unit - shift]):
        unit = cells[columns.unit - shift]
    elif bracket := _BRACKET_UNIT.match(label):
        label, unit = bracket.group("name"), bracket.group("unit")
    node = context.tree.at(place)
    for column, cell in enumerate(cells, shift):
        found = _printed(cell) if column in columns.aims else None
        if found is not None:
            named = cells[column - shift - 1] if columns.beside else label
            made = _target(context, columns, column, named, found[0])
            printed = found[1] or made.unit or unit
            if printed and named and not _NUMBER.match(named):
                first, last = context.folded.span(start, start + len(cell))
                yield replace(
                    made,
                    clause=node.path if node else "preamble",
                    unit=printed,
                    raw=context.folded.text[first:last],
                    start=first,
                    end=last,
                )
        start += len(cell) + 1


def _printed(cell: str) -> tuple[Value, str] | None:
    """The number or range of a cell, and the unit that it prints."""
    if number := _NUMBER.match(cell):
        return printed_number(number.group(1) + (number.group(2) or "")), number.group(3) or ""
    if both := _RANGE.match(cell):
        low, high = printed_number(both.group("low")), printed_number(both.group("high"))
        return ([low, high], both.group("percent") or "") if low < high else None
    return None


def _target(context: Context, columns: _Columns, column: int, label: str, value: Value) -> Target:
    indicator, unit, year = columns.aims[column]
    scope = None
    if columns.places:
        region = REGION.match(label)
        named = region is not None and not NO_REGION.search(label)
        scope = None if _TOTAL.match(label) else label if named or len(label) <= 10 else None
    date = year or year_of_title(context)
    comparator = "range" if isinstance(value, list) else "growth%" if columns.beside else "="
    return Target("", indicator or label, scope, value, unit, comparator, date, "", 0, 0)
