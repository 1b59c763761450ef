"""Chinese numerals and printed numbers."""

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
CHINESE = "一二三四五六七八九十百零两"


def chinese_number(text: str) -> int | None:
    """The value of a numeral below 100,000,000 (二十七 is 27, 千 is 1000); None if it is none."""
    total = section = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _STEPS:
            section += (digit or 1) * _STEPS[char]
            digit = 0
        elif char == "万":
            total += (section + digit or 1) * 10_000
            section = digit = 0
        else:
            return None
    return total + section + digit if text else None


def ordinal(text: str) -> int | None:
    """The value of a clause's number, arabic or Chinese, at most four digits."""
    text = text.replace(" ", "")
    if re.fullmatch(r"\d{1,4}", text, re.ASCII):
        return int(text)
    return chinese_number(text) if len(text) <= 6 else None


def printed_number(text: str) -> int | float:
    """The value of digits as printed: 67,699 or 6.50."""
    plain = text.replace(",", "").replace(" ", "")
    if "." in plain:
        value = float(plain)
        return int(value) if value == int(value) and abs(value) < 10**15 else value
    return int(plain[:18])
