"""Cells as people and Excel write them, made plain: codes, numbers, amounts, dates, yes and no.

Every function takes one cell (text, number, boolean or None) and returns its value, None where the
cell says nothing. Raises CellError with what is wrong and what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from miaopu.engine.messages import Bilingual, EngineError

_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_SPACES = re.compile(r"[\s\xa0\u3000]+")
_NUMBER = re.compile(r"[+-]?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,15})?", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{1,3}", re.ASCII)
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.0+)?)?)?",
    re.ASCII,
)
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
YUAN = "元"
_MONEY_UNITS = {"": 1, YUAN: 1, "人民币元": 1, "万元": 10_000, "万": 10_000}
_EXACT_DIGITS = 15
_SERIAL_MIN, _SERIAL_MAX = 3_000, 80_000
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_YES = frozenset(("是", "有", "y", "yes", "true", "t", "1", "√", "✓", "对"))
_NO = frozenset(("否", "无", "没有", "n", "no", "false", "f", "0", "×", "✗", "x"))
_FEN = Decimal("0.01")
_AMOUNT_MAX = Decimal(10) ** 15

Cell = Any


class CellError(EngineError):
    """A cell that does not hold what its column asks for."""


def wrong(zh: str, en: str, fix_zh: str, fix_en: str) -> CellError:
    """The error in both languages."""
    return CellError(Bilingual(zh, en), Bilingual(fix_zh, fix_en))


def shown(cell: Cell) -> str:
    """The cell as a message repeats it: short, on one line."""
    text = _INVISIBLE.sub("", number_text(cell) if isinstance(cell, float) else str(cell))
    return text if len(text) <= 40 else text[:39] + "…"


def number_text(number: float) -> str:
    """A number as a person would write it: 13800138000.0 is 13800138000, 0.5 stays."""
    if number.is_integer() and abs(number) < 10**_EXACT_DIGITS:
        return str(int(number))
    return repr(number)


def to_text(cell: Cell) -> str | None:
    """The text without invisible signs and with single spaces; numbers as people write them."""
    if cell is None:
        return None
    if type(cell) is str and cell.isprintable() and "  " not in cell:
        return cell.strip() or None  # nothing is invisible, and no other kind of space printable
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    text = number_text(float(cell)) if isinstance(cell, int | float) else cell
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip() or None


def half_width(cell: Cell) -> str | None:
    """Like `to_text`, with full-width digits, letters and signs made half-width."""
    text = to_text(cell)
    if text is None or text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).strip() or None


def to_code(cell: Cell, length: int) -> str | None:
    """A code of `length` digits or letters, in capitals, without spaces.

    A number is taken where Excel kept all its digits; beyond 15 digits the last ones are lost for
    ever, which is said.
    """
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        if length > _EXACT_DIGITS and abs(cell) >= 10**_EXACT_DIGITS:
            raise _digits_lost(cell)
        return to_text(cell)
    text = half_width(cell)
    if text is None:
        return None
    plain = text.replace(" ", "").replace("'", "").replace("-", "").upper()
    if _SCIENTIFIC.fullmatch(plain):
        raise _digits_lost(cell)
    return plain or None


def _digits_lost(cell: Cell) -> CellError:
    return wrong(
        f"“{shown(cell)}”是被 Excel 变成数字的代码，末几位已经丢失",
        f'"{shown(cell)}" is a code that Excel made a number: its last digits are lost',
        "请把该列格式设为文本，再从原始材料重新填写",
        "set the column to text and enter the code again from its source",
    )


def to_number(cell: Cell) -> Decimal | None:
    """A plain number; full-width digits, thousands and spaces are taken, exponents are not."""
    if isinstance(cell, bool):
        raise _no_number(cell)
    if isinstance(cell, int | float):
        return Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
    text = half_width(cell)
    if text is None:
        return None
    plain = text.replace(" ", "").replace("，", ",")
    if not _NUMBER.fullmatch(plain):
        raise _no_number(cell)
    return Decimal(plain.replace(",", ""))


def to_count(cell: Cell, unit: str) -> int | None:
    """A whole number that is not negative; `unit` may stand behind it (12人)."""
    if isinstance(cell, str):
        text = half_width(cell)
        cell = text.removesuffix(unit) if text else None
    number = to_number(cell)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise wrong(
            f"“{shown(cell)}”不是整数",
            f'"{shown(cell)}" is no whole number',
            "请填写整数",
            "give a whole number",
        )
    _not_negative(number, cell)
    if number >= 10**9:
        raise wrong(
            f"“{shown(cell)}”大得不合理",
            f'"{shown(cell)}" is too large to be true',
            "请核对后重新填写",
            "check it and enter it again",
        )
    return int(number)


def to_money(cell: Cell, unit: str) -> Decimal | None:
    """An amount in yuan, to the fen; `unit` is the column's (元, 万元), a cell may say its own.

    Numbers that Excel blurred in the sixteenth digit are taken as what was meant.
    """
    factor = _MONEY_UNITS.get(unit, 1)
    if isinstance(cell, str):
        text = half_width(cell)
        if text is None:
            return None
        text = text.lstrip("¥￥").strip()
        for name in ("万元", "万", "元"):
            if text.endswith(name):
                text, factor = text.removesuffix(name), _MONEY_UNITS[name]
                break
        cell = text
    number = to_number(cell)
    if number is None:
        return None
    if isinstance(cell, float):
        number = Decimal(f"{cell:.15g}")
    _not_negative(number, cell)
    amount = number * factor
    if amount >= _AMOUNT_MAX:
        raise wrong(
            f"“{shown(cell)}”大得不合理",
            f'"{shown(cell)}" is too large to be true',
            "请核对单位是元还是万元",
            "check whether the unit is yuan or 10,000 yuan",
        )
    return amount.quantize(_FEN, ROUND_HALF_UP)


def _not_negative(number: Decimal, cell: Cell) -> None:
    if number < 0:
        raise wrong(
            f"“{shown(cell)}”小于零",
            f'"{shown(cell)}" is below zero',
            "请填写不小于零的数",
            "give a number that is not negative",
        )


def _no_number(cell: Cell) -> CellError:
    return wrong(
        f"“{shown(cell)}”不是数字",
        f'"{shown(cell)}" is no number',
        "请只填写数字，不写说明文字",
        "give the number only, without words",
    )


def to_day(cell: Cell, *, era_1904: bool) -> date | None:
    """A date: 2018-03-05, 2018/3/5, 2018.3.5, 2018年3月5日, 20180305, or Excel's serial number."""
    if isinstance(cell, bool):
        raise _no_day(cell)
    if isinstance(cell, int | float):
        return _day_of_number(float(cell), cell, era_1904=era_1904)
    text = half_width(cell)
    if text is None:
        return None
    match = _DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text)
    if match is None:
        if _NUMBER.fullmatch(text):
            return _day_of_number(float(text.replace(",", "")), cell, era_1904=era_1904)
        raise _no_day(cell)
    return _calendar_day(int(match[1]), int(match[2]), int(match[3]), cell)


def _day_of_number(number: float, cell: Cell, *, era_1904: bool) -> date:
    whole = int(number)
    if _SERIAL_MIN <= whole <= _SERIAL_MAX:
        if era_1904:
            return _EPOCH_1904 + timedelta(days=whole)
        return _EPOCH_1900 + timedelta(days=whole)
    compact = _COMPACT_DAY.fullmatch(str(whole)) if number == whole else None
    if compact is None:
        raise _no_day(cell)
    return _calendar_day(int(compact[1]), int(compact[2]), int(compact[3]), cell)


def _calendar_day(year: int, month: int, day: int, cell: Cell) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise wrong(
            f"日历上没有“{shown(cell)}”这一天",
            f'there is no day "{shown(cell)}"',
            "请核对年、月、日",
            "check year, month and day",
        ) from error


def _no_day(cell: Cell) -> CellError:
    return wrong(
        f"“{shown(cell)}”不是日期",
        f'"{shown(cell)}" is no date',
        "请写成 2018-03-05 的样子",
        "write it like 2018-03-05",
    )


def to_yes_or_no(cell: Cell) -> bool | None:
    """是 or 否, in any of the ways people write it."""
    if isinstance(cell, bool):
        return cell
    text = half_width(cell)
    if text is None:
        return None
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise wrong(
        f"“{shown(cell)}”既不是“是”也不是“否”",
        f'"{shown(cell)}" is neither yes nor no',
        "请填写 是 或 否",
        "give 是 or 否",
    )
