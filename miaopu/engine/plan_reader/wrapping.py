"""Lines that were broken at a fixed width: which line breaks only wrap the text."""

import re

_ENDS = re.compile(r"[。;；:：!！?？…]$")
_PAUSES = re.compile(r"[;；:：…]$")
_STOPS = re.compile(
    r"(?:[。!！?？]|(?:负责|配合|落实|参与|(?:单位|部门)[:：][^()（）]{0,80})[)）])$"
)
_OPEN_END = re.compile(r"[,，、(（《“〔]$")
_CLOSE_START = re.compile(r"^[,，、。;；)）》”〕%％]")
_UNIT_START = re.compile(r"^(?:[万亿千百]?元|[万亿]|个|户|家|年|月|日|人|项|平方米|倍|％|%)")
_STARTS = re.compile(
    r"^(?:[一二三四五六七八九十]{1,4}[、.．]|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,3}[、.．](?!\d)"
    r"|\d{1,2}[)）]|第[一二三四五六七八九十百零\d]{1,5}[章条节款项编]|[①-⑳]|[—-]{2}|[-•●◆■□▪·]|【|附件|附[:：])"
)
_LEAST, _MOST = 14.0, 60.0
_SLACK = 3.0
_ENOUGH = 4


def soft_breaks(text: str) -> list[int]:
    """Places of the line breaks in `text` that stand within a sentence.

    A text is taken as wrapped where hardly a line is longer than a width that many lines reach
    without ending there; elsewhere only what the marks at the break show to belong together.
    """
    lines = text.split("\n")
    full = _full_width(lines)
    found: list[int] = []
    place = 0
    for line, following in zip(lines, lines[1:], strict=False):
        place += len(line)
        if _goes_on(line.rstrip(), following.lstrip(), full):
            found.append(place)
        place += 1
    return found


def _goes_on(line: str, following: str, full: float | None) -> bool:
    if len(line) < 2 or not following or "\t" in line or "\t" in following:
        return False
    if _STARTS.match(following):
        return False
    if full is not None and _width(line) >= full - (0.5 if _PAUSES.search(line) else _SLACK):
        return not _STOPS.search(line)
    if _ENDS.search(line):
        return False
    if len(line) < 12:
        return False
    return bool(
        _CLOSE_START.match(following)
        or _OPEN_END.search(line)
        or line[-1].isdigit()
        and _UNIT_START.match(following)
    )


def _full_width(lines: list[str]) -> float | None:
    """The width at which lines are broken; None where the text is not wrapped."""
    lines = [line for line in lines if "\t" not in line]  # rows of tables have no width
    widths = sorted(_width(line.strip()) for line in lines if line.strip())
    if len(widths) < 2 * _ENOUGH:
        return None
    full = widths[max(0, len(widths) * 95 // 100 - 1)]
    if not _LEAST <= full <= _MOST:
        return None
    wrapped = sum(
        not _ENDS.search(line.rstrip()) and full - _SLACK <= _width(line.strip()) <= full + _SLACK
        for line in lines
    )
    return full if wrapped >= max(_ENOUGH, len(widths) // 8) else None


def _width(line: str) -> float:
    """How wide a line is printed, in characters of full width."""
    return sum(0.5 if char.isascii() else 1.0 for char in line)
