"""The workbook that departments fill in: columns with drop-downs and notes, codes, instructions."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from miaopu.core.models import Region
from miaopu.core.scope import region_prefix
from miaopu.engine.reference import industries
from miaopu.engine.sheets.limits import COLUMNS_MAX, ROWS_MAX
from miaopu.engine.uscc import make
from miaopu.parties.delivery_columns import KEY, DeliveryColumn, columns_for, may_register
from miaopu.parties.enums import Source

_SHEET, _CODES, _GUIDE = "企业数据", "代码表", "填写说明"
_VALIDATED_ROWS = 5000
_CLASS_DIGITS = 4
_EXAMPLE: dict[str, str | int] = {
    "name": "示例：苗岭商行（请删除本行）",
    "industry": "5212",
    "legal_representative": "王小苗",
    "phone": "13800138000",
    "address": "示例路 1 号",
    "registered_on": "2017-03-01",
    "status": "存续",
    "employees": 4,
    "operating_revenue": 800000,
    "total_assets": 300000,
    "founder_group": "返乡农民工",
    "key_group_employees": 1,
    "low_income_village": "否",
}
_STEPS = (
    "只填“企业数据”表，一家企业一行；列可以少，顺序可以变，表头文字请保留。",
    "空单元格表示“不说明”，不会清除已有数据。",
    "统一社会信用代码、电话、行业代码须为文本格式，模板已设好；粘贴时请选“只粘贴值”。",
    "金额单位是元；以万元计时把表头括号里的“元”改为“万元”。",
    "上传后先检查、不写入；每个错误都指明行和单元格，并退回一份标好颜色的工作簿。",
    "确认后写入没有错误的行；改好的文件可以整份再传，没有变化的行不会重复写入。",
    "示例行以“示例”开头的企业名称标明，请在上传前删除。",
    f"一个文件最多 {ROWS_MAX} 行、{COLUMNS_MAX} 列；也可以用 CSV（UTF-8 或 GB18030）。",
)


def template_workbook(source: Source | str, region: Region) -> bytes:
    """The template for what a source may state about enterprises of a region (.xlsx)."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    head = book.add_format({"bold": True, "bg_color": "#E2EFDA", "border": 1, "text_wrap": True})
    must = book.add_format({"bold": True, "bg_color": "#A9D08E", "border": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    grey = book.add_format({"num_format": "@", "italic": True, "font_color": "#808080"})
    columns = columns_for(source)
    page = book.add_worksheet(_SHEET)
    codes = book.add_worksheet(_CODES)
    lists = _write_codes(codes, columns, region, head)
    page.freeze_panes(1, 2)
    registers = may_register(source)
    for place, column in enumerate(columns):
        required = column.name == KEY or (column.required and registers)
        page.set_column(place, place, 22 if column.name in (KEY, "name", "address") else 15, text)
        page.write_string(0, place, column.heading, must if required else head)
        page.write_comment(0, place, _note(column, required=required))
        if column.name in lists:
            page.data_validation(1, place, _VALIDATED_ROWS, place, _list_rule(lists[column.name]))
        example = _example(column, region)
        if isinstance(example, int):
            page.write_number(1, place, example, grey)
        else:
            page.write_string(1, place, example, grey)
    _write_guide(book.add_worksheet(_GUIDE), columns, head)
    book.close()
    return out.getvalue()


def _note(column: DeliveryColumn, *, required: bool) -> str:
    return f"{'必填。' if required else '选填。'}{column.note.zh}"


def _example(column: DeliveryColumn, region: Region) -> str | int:
    if column.name == KEY:
        code = make("9", "1", _counties(region)[0][0], 1)
        return f"{code[:-1]}{'0' if code[-1] != '0' else '1'}"  # never a code that anybody has
    if column.name == "region":
        return " ".join(_counties(region)[0])
    return _EXAMPLE[column.name]


def _counties(region: Region) -> list[tuple[str, str]]:
    inside = Region.objects.filter(
        code__startswith=region_prefix(region.code), level=Region.Level.COUNTY
    ).order_by("code")
    return list(inside.values_list("code", "name"))


def _write_codes(
    page: Any, columns: tuple[DeliveryColumn, ...], region: Region, head: Any
) -> dict[str, str]:
    """The lists behind the drop-downs; for each column the range of its list."""
    lists: dict[str, list[str]] = {}
    for column in columns:
        if column.name == "region":
            lists["region"] = [f"{code} {name}" for code, name in _counties(region)]
        elif column.name == "industry":
            lists["industry"] = [
                f"{one.code} {one.name}"
                for one in industries().values()
                if one.level == _CLASS_DIGITS
            ]
        elif column.codes:
            lists[column.name] = [name.zh for name in column.codes.values()]
        elif column.type == "boolean":
            lists[column.name] = ["是", "否"]
    titles = {column.name: column.title.zh for column in columns}
    ranges: dict[str, str] = {}
    for place, (name, entries) in enumerate(lists.items()):
        page.set_column(place, place, 30)
        page.write_string(0, place, f"可选项：{titles[name]}", head)
        for row, entry in enumerate(entries, start=1):
            page.write_string(row, place, entry)
        letter = chr(ord("A") + place)
        ranges[name] = f"={_CODES}!${letter}$2:${letter}${len(entries) + 1}"
    return ranges


def _list_rule(source: str) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": source,
        "error_type": "warning",
        "error_title": "不在列表中",
        "error_message": "请从下拉列表选择；也可以直接填代码。",
    }


def _write_guide(page: Any, columns: tuple[DeliveryColumn, ...], head: Any) -> None:
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 90)
    page.write_string(0, 0, "怎样填写", head)
    for row, step in enumerate(_STEPS, start=1):
        page.write_number(row, 0, row)
        page.write_string(row, 1, step)
    start = len(_STEPS) + 2
    page.write_string(start, 0, "各列的填法", head)
    for row, column in enumerate(columns, start=start + 1):
        page.write_string(row, 0, f"{column.heading}（说明）")
        page.write_string(row, 1, f"{column.note.zh}。{column.note.en}")
