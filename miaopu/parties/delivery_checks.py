"""Checking the cells of a delivery's row: values in the form of the dictionary, faults by cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from miaopu.engine import uscc
from miaopu.engine.messages import Bilingual
from miaopu.engine.sheets import cells
from miaopu.engine.sheets.cells import Cell, CellError, shown, wrong
from miaopu.parties.delivery_columns import KEY, DeliveryColumn, MappedColumn, delivery_columns
from miaopu.parties.delivery_places import Places, find_industry

_PHONE = re.compile(r"\+?[0-9(][0-9()\- ]{5,17}[0-9]", re.ASCII)
_FIRST_DAY = date(1900, 1, 1)
_CACHE_MAX = 20_000
_MANY_DIFFERENT = frozenset(("text", "phone", "uscc", "money"))
_EXACT = 10.0**15

Convert = Callable[[Cell], Any]
Fault = dict[str, Any]


@dataclass(frozen=True)
class CheckedRow:
    """A row with its values (as facts are stored) and its faults; an empty cell is absent."""

    number: int
    values: dict[str, Any]
    faults: list[Fault]


class _Repeated(dict[Cell, Any]):
    """What a column's cells have been found to say: few different ones, many rows."""

    def __init__(self, convert: Convert) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, cell: Cell) -> Any:
        value = self._convert(cell)
        if len(self) < _CACHE_MAX:
            self[cell] = value
        return value


class _Column(NamedTuple):
    """A column: the place of its cells in a line, and what makes values of them.

    `repeated` holds for texts and numbers alone: for a dictionary True is 1.
    """

    place: int
    name: str
    repeated: _Repeated | None
    convert: Convert

    @classmethod
    def of(cls, mapped: MappedColumn, convert: Convert) -> _Column:
        """In a line, the number of the row stands before the cells."""
        few = mapped.column.type not in _MANY_DIFFERENT
        return cls(
            mapped.place + 1, mapped.column.name, _Repeated(convert) if few else None, convert
        )


class RowChecker:
    """Checks the rows of one file."""

    def __init__(
        self,
        mapped: Sequence[MappedColumn],
        places: Places,
        *,
        as_of: date,
        era_1904: bool,
        required: bool,
    ) -> None:
        self._places = places
        self._as_of = as_of
        self._era_1904 = era_1904
        self._columns = [_Column.of(one, self._converter(one)) for one in mapped]
        self._key = next(one.place for one in mapped if one.column.name == KEY)
        places_of = {one.column.name: one.place for one in mapped}
        self._required = [
            (places_of.get(column.name, self._key), column)
            for column in (delivery_columns() if required else ())
            if column.required
        ]

    def check(self, line: Sequence[Any]) -> CheckedRow:
        """Check one line of the table: its number, then its cells."""
        number, width = line[0], len(line)
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        for place, name, repeated, convert in self._columns:
            if place >= width or (cell := line[place]) is None:
                continue
            kind = type(cell)
            try:
                if repeated is not None and (kind is str or kind is float):
                    value = repeated[cell]
                else:
                    value = convert(cell)
            except CellError as error:
                faults.append(fault(place - 1, name, cell, error.message, error.remedy))
                continue
            if value is not None:
                values[name] = value
        if KEY not in values and not any(one["t"] == KEY for one in faults):
            faults.append(_empty(self._key, delivery_columns()[0]))
        return CheckedRow(number, values, faults)

    def missing(self, row: CheckedRow) -> list[Fault]:
        """Faults of a row that registers an enterprise and lacks what the register needs."""
        told = {one["t"] for one in row.faults}
        return [
            _empty(place, column)
            for place, column in self._required
            if column.name not in row.values and column.name not in told
        ]

    def _converter(self, mapped: MappedColumn) -> Convert:
        column = mapped.column
        if column.codes:
            return lambda cell: _code(cell, column)
        unit = mapped.unit or (column.unit.zh if column.unit else "")
        converters: dict[str, Convert] = {
            "uscc": _uscc,
            "text": lambda cell: _text(cell, column.length),
            "phone": lambda cell: _phone(cell, column.length),
            "region": self._places.find,
            "industry": find_industry,
            "date": self._date,
            "integer": lambda cell: cells.to_count(cell, unit),
            "money": lambda cell: _money(cell, unit),
            "boolean": cells.to_yes_or_no,
        }
        return converters[column.type]

    def _date(self, cell: Cell) -> str | None:
        day = cells.to_day(cell, era_1904=self._era_1904)
        if day is None:
            return None
        if day > self._as_of:
            raise wrong(
                f"{day} 晚于数据截至日 {self._as_of}",
                f"{day} is after {self._as_of}, the day of the data",
                "请核对日期，或在上传时改正数据截至日",
                "check the date, or correct the day of the data when uploading",
            )
        if day < _FIRST_DAY:
            raise wrong(
                f"{day} 早得不合理", f"{day} is too early to be true",
                "请核对年份", "check the year",
            )  # fmt: skip
        return day.isoformat()


def _money(cell: Cell, unit: str) -> str | None:
    """An amount as facts store it: yuan as text, without decimals where there are none."""
    if type(cell) is float and unit == cells.YUAN and 0 <= cell < _EXACT and cell.is_integer():
        return str(int(cell))
    amount = cells.to_money(cell, unit)
    if amount is None:
        return None
    return str(int(amount)) if amount == amount.to_integral_value() else str(amount)


def fault(place: int, name: str, cell: Cell, message: Bilingual, remedy: Bilingual) -> Fault:
    """A fault as it is stored: column (place from 0 and name), what was found, what to do."""
    return {
        "c": place,
        "t": name,
        "found": "" if cell is None else shown(cell),
        "zh": message.zh,
        "en": message.en,
        "fix_zh": remedy.zh,
        "fix_en": remedy.en,
    }


def _empty(place: int, column: DeliveryColumn) -> Fault:
    title = column.title
    return fault(
        place,
        column.name,
        None,
        Bilingual(f"缺少{title.zh}", f"{title.en} is missing"),
        Bilingual("请填写", "fill it in"),
    )


def _uscc(cell: Cell) -> str | None:
    if type(cell) is str and uscc.is_sound(cell):
        return cell
    code = cells.to_code(cell, 18)
    if code is None:
        return None
    checked = uscc.check(code)
    if checked.reason is not None:
        raise CellError(
            Bilingual(
                f"“{shown(cell)}”：{checked.reason.zh}", f'"{shown(cell)}": {checked.reason.en}'
            ),
            Bilingual("请对照营业执照改正", "correct it from the licence"),
        )
    return checked.code


def _text(cell: Cell, length: int) -> str | None:
    text = cells.to_text(cell)
    if text is not None and len(text) > length:
        raise wrong(
            f"有 {len(text)} 个字，超过 {length} 个",
            f"{len(text)} signs, more than {length}",
            "请缩短",
            "shorten it",
        )
    return text


def _phone(cell: Cell, length: int) -> str | None:
    text = cells.half_width(cell)
    if text is None:
        return None
    if len(text) > length or not _PHONE.fullmatch(text):
        raise wrong(
            f"“{shown(cell)}”不是电话号码",
            f'"{shown(cell)}" is no phone number',
            "请填写一个号码，只含数字和短横线",
            "give one number, digits and hyphens only",
        )
    return text


def _code(cell: Cell, column: DeliveryColumn) -> str | None:
    text = cells.half_width(cell)
    if text is None:
        return None
    word = text.casefold()
    for code, name in column.codes.items():
        if word in (code, name.zh, name.en.casefold()):
            return code
    names = list(column.codes.values())
    listed = Bilingual("、", ", ")
    raise wrong(
        f"“{shown(cell)}”不在列表中",
        f'"{shown(cell)}" is not in the list',
        f"请从下列各项选择：{listed.zh.join(name.zh for name in names)}",
        f"choose one of: {listed.en.join(name.en for name in names)}",
    )
