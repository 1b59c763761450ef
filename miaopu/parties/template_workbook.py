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
from miaopu.parties.delivery_columns import (
    KEY,
    DeliveryColumn,
    columns_for,
    may_register,
    workbook_words,
)
from miaopu.parties.enums import Source

_VALIDATED_ROWS = 5000
_CLASS_DIGITS = 4


def template_workbook(source: Source | str, region: Region) -> bytes:
    """The template for what a source may state about enterprises of a region (.xlsx)."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    head = book.add_format({"bold": True, "bg_color": "#E2EFDA", "border": 1, "text_wrap": True})
    must = book.add_format({"bold": True, "bg_color": "#A9D08E", "border": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    grey = book.add_format({"num_format": "@", "italic": True, "font_color": "#808080"})
    columns, words = columns_for(source), workbook_words()
    page = book.add_worksheet(words["sheet"])
    codes = book.add_worksheet(words["codes_sheet"])
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
    _write_guide(book.add_worksheet(words["guide_sheet"]), columns, head)
    book.close()
    return out.getvalue()


def _note(column: DeliveryColumn, *, required: bool) -> str:
    return f"{workbook_words()['required' if required else 'optional']}{column.note.zh}"


def _example(column: DeliveryColumn, region: Region) -> str | int:
    if column.name == KEY:
        code = make("9", "1", _counties(region)[0][0], 1)
        return f"{code[:-1]}{'0' if code[-1] != '0' else '1'}"  # never a code that anybody has
    if column.name == "region":
        return " ".join(_counties(region)[0])
    example: str | int = workbook_words()["example"][column.name]
    return example


def _counties(region: Region) -> list[tuple[str, str]]:
    inside = Region.objects.filter(
        code__startswith=region_prefix(region.code), level=Region.Level.COUNTY
    ).order_by("code")
    return list(inside.values_list("code", "name"))


def _write_codes(
    page: Any, columns: tuple[DeliveryColumn, ...], region: Region, head: Any
) -> dict[str, str]:
    """The lists behind the drop-downs; for each column the range of its list."""
    words = workbook_words()
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
            lists[column.name] = [words["yes"], words["no"]]
    titles = {column.name: column.title.zh for column in columns}
    ranges: dict[str, str] = {}
    for place, (name, entries) in enumerate(lists.items()):
        page.set_column(place, place, 30)
        page.write_string(0, place, words["choices"].format(title=titles[name]), head)
        for row, entry in enumerate(entries, start=1):
            page.write_string(row, place, entry)
        letter = chr(ord("A") + place)
        ranges[name] = f"={words['codes_sheet']}!${letter}$2:${letter}${len(entries) + 1}"
    return ranges


def _list_rule(source: str) -> dict[str, Any]:
    words = workbook_words()
    return {
        "validate": "list",
        "source": source,
        "error_type": "warning",
        "error_title": words["list_error_title"],
        "error_message": words["list_error"],
    }


def _write_guide(page: Any, columns: tuple[DeliveryColumn, ...], head: Any) -> None:
    words = workbook_words()
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 90)
    page.write_string(0, 0, words["guide_steps"], head)
    for row, step in enumerate(words["steps"], start=1):
        page.write_number(row, 0, row)
        page.write_string(row, 1, step.format(rows=ROWS_MAX, columns=COLUMNS_MAX))
    start = len(words["steps"]) + 2
    page.write_string(start, 0, words["guide_columns"], head)
    for row, column in enumerate(columns, start=start + 1):
        page.write_string(row, 0, words["guide_column"].format(heading=column.heading))
        note = words["guide_note"].format(zh=column.note.zh, en=column.note.en)
        page.write_string(row, 1, note)
