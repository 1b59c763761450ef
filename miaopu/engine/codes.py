"""Codes as numbers: exact and reversible, regions and industries so that a prefix is a range."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from miaopu.engine.reference import industries

_REGION_DIGITS = 12
_INDUSTRY_DIGITS = 5


def encode_text(text: str) -> int:
    """The number that stands for a code or tag: exact and reversible, so no table is kept."""
    return int.from_bytes(b"\x01" + text.encode("utf-8", "surrogatepass"), "big")


@lru_cache(maxsize=4096)
def decode_text(number: int) -> str:
    """The text that `encode_text` made `number` of."""
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return data[1:].decode("utf-8", "surrogatepass")


def region_range(prefix: str) -> tuple[int, int]:
    """First and last number of the regions whose code begins with `prefix` (both included).

    Raises ValueError if `prefix` is not 1 to 12 digits.
    """
    if not re.fullmatch(r"[0-9]{1,12}", prefix):
        raise ValueError(prefix)
    return _prefix_range([int(digit) + 1 for digit in prefix], _REGION_DIGITS, 11)


def industry_range(prefix: str) -> tuple[int, int]:
    """First and last number of the industries under `prefix` (section letter, 2–4 digits, or both).

    Raises ValueError if GB/T 4754 has no such section or division.
    """
    path = industry_path(prefix)
    return _prefix_range(
        [ord(path[0]) - 64, *(int(digit) + 1 for digit in path[1:])], _INDUSTRY_DIGITS, 27
    )


def industry_path(code: str) -> str:
    """`code` as section letter and digits ("1311" → "C1311"), so that a prefix is an ancestor.

    Raises ValueError if GB/T 4754 has no such section or division, or letter and digits disagree.
    """
    match = re.fullmatch(r"([A-T]?)([0-9]{0,4})", code.strip().upper())
    if not match or len(match[2]) == 1 or not match[0]:
        raise ValueError(code)
    letter, digits = match[1], match[2]
    if not digits:
        return letter
    section = _section_of_division().get(digits[:2])
    if section is None or (letter and letter != section):
        raise ValueError(code)
    return section + digits


@lru_cache(maxsize=4096)
def decode_digits(number: int) -> str:
    """The region code that stands behind `number`."""
    digits = []
    for _ in range(_REGION_DIGITS):
        number, digit = divmod(number, 11)
        digits.append(digit)
    return "".join(str(digit - 1) for digit in reversed(digits) if digit)


@lru_cache(maxsize=4096)
def decode_industry(number: int) -> str:
    """The industry code (section letter and digits) that stands behind `number`."""
    digits = []
    for _ in range(_INDUSTRY_DIGITS):
        number, digit = divmod(number, 27)
        digits.append(digit)
    first, *rest = reversed(digits)
    return chr(first + 64) + "".join(str(digit - 1) for digit in rest if digit)


def _prefix_range(digits: list[int], width: int, base: int) -> tuple[int, int]:
    low = 0
    for digit in digits + [0] * (width - len(digits)):
        low = low * base + digit
    return low, low + base ** (width - len(digits)) - 1


@cache
def _section_of_division() -> Mapping[str, str]:
    return {code: entry.section for code, entry in industries().items() if entry.level == 2}
