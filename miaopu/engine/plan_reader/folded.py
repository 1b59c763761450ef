"""The text as the reader sees it: widths folded, spaces gone, every character with its place."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from miaopu.engine.plan_reader.wrapping import soft_breaks

_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD |= {ord(char): ord(":") for char in "∶﹕︰꞉"}
_FOLD |= {ord(char): ord("—") for char in "―─━–‐‑‒−"}
_FOLD |= {ord("﹪"): ord("%"), ord("﹒"): ord("."), ord("﹐"): ord(","), ord("﹔"): ord(";")}
_FOLD |= {ord("﹝"): ord("〔"), ord("﹞"): ord("〕"), ord("﹙"): ord("("), ord("﹚"): ord(")")}
_FOLD |= {ord("〇"): ord("零"), ord("○"): ord("○")}
# Spaces of every width, zero width and soft hyphens included.
_SPACES = " \u00a0\u3000\ufeff\u2060\x0b\x0c\u00ad" + "".join(map(chr, range(0x2000, 0x2010)))
_SPACE = re.compile(f"[{_SPACES}]+")
_OPEN, _CLOSE = "([〔【{", ")]〕】}"


@dataclass(frozen=True)
class Sentence:
    """A stretch of the folded text up to 。；！？ or the line's end, the mark excluded."""

    start: int
    end: int


class Folded:
    """`seen` is what patterns run over; `at[i]` is the place of its i-th character in `text`."""

    def __init__(self, text: str) -> None:
        self.text = text
        kept: list[str] = []
        at: list[int] = []
        place = 0
        folded = text.translate(_FOLD).replace("\r", "\n").replace("\u2028", "\n")
        folded = folded.replace("\u2029", "\n").replace("\x85", "\n")
        if "|" in folded:
            folded = "\n".join(_cells(line) for line in folded.split("\n"))
        folded = _full_stops(folded)
        if soft := soft_breaks(folded):
            chars = list(folded)
            for break_at in soft:
                chars[break_at] = " "
            folded = "".join(chars)
        for space in _SPACE.finditer(folded):
            kept.append(folded[place : space.start()])
            at.extend(range(place, space.start()))
            before = folded[space.start() - 1 : space.start()]
            after = folded[space.end() : space.end() + 1]
            if before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
                kept.append(" ")
                at.append(space.start())
            place = space.end()
        kept.append(folded[place:])
        at.extend(range(place, len(folded)))
        self.seen = "".join(kept)
        self.at = at
        self._breaks = [found.start() for found in re.finditer("\n", self.seen)]

    def line_start(self, index: int) -> int:
        """Where the line around the folded place `index` begins."""
        before = bisect_left(self._breaks, index)
        return self._breaks[before - 1] + 1 if before else 0

    def line_end(self, index: int) -> int:
        """Where the line around the folded place `index` ends."""
        after = bisect_left(self._breaks, index)
        return self._breaks[after] if after < len(self._breaks) else len(self.seen)

    def place(self, index: int) -> int:
        """Where the folded character `index` stands in the text."""
        return self.at[index] if index < len(self.at) else len(self.text)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the text of folded `start`..`end` (not empty)."""
        return self.at[start], self.at[end - 1] + 1

    def raw(self, start: int, end: int) -> str:
        """The text as printed, spaces and all."""
        first, last = self.span(start, end)
        return self.text[first:last]

    def clean(self, start: int, end: int) -> str:
        """The text as printed, without spaces."""
        kept = (self.text[self.at[i]] for i in range(start, end))
        return "".join(char for char in kept if char not in _SPACES)

    def index(self, place: int) -> int:
        """The folded index of the first character at or after `place` of the text."""
        return bisect_left(self.at, place)


# 落实政策.鼓励企业: a point where a sentence ends; not 一.总则, not 3.5万.
_POINT = re.compile(
    r"(?<=[\u4e00-\u9fff)）”》%])(?<![一二三四五六七八九十])(?<![一二三四五六七八九十\d][)）])\."
    r"(?=[\u4e00-\u9fff(（“《\n]|$)"
)
_FEW = 3


def _full_stops(text: str) -> str:
    """A text that ends its sentences in points, as if it had full stops."""
    if "." not in text:
        return text
    return _POINT.sub("。", text) if len(_POINT.findall(text)) >= _FEW else text


def _cells(line: str) -> str:
    """A row of a table whose cells are parted by |: parted by tabs, as from every other source."""
    return line.replace("|", "\t") if line.count("|") >= 2 else line


def bracket_pairs(seen: str, limit: int = 400) -> dict[int, int]:
    """Where each bracket closes that closes on its line, at most `limit` characters on.

    A closing bracket of any kind closes the innermost one: printed plans mix （, ( and 〔.
    """
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for found in _BRACKET.finditer(seen):
        char = found.group()
        if char == "\n":
            stack.clear()
        elif char in _OPEN:
            stack.append(found.start())
        elif stack:
            start = stack.pop()
            if found.start() - start <= limit:
                pairs[start] = found.start()
    return pairs


_BRACKET = re.compile(r"[(\[〔【{)\]〕】}\n]")
_LONGEST = 800
_BREAK = re.compile(r"[。;!?\n\t]+")
_ITEM = re.compile(r"(?<![\d]),|,(?!\d{3}(?!\d))")


def sentences(seen: str, start: int = 0, end: int | None = None) -> Iterator[Sentence]:
    """The sentences of `seen[start:end]`, empty ones left out.

    What runs on without a mark is cut, so that work per sentence stays bounded.
    """
    stop = len(seen) if end is None else end
    place = start
    for found in _BREAK.finditer(seen, start, stop):
        yield from _cut(place, found.start())
        place = found.end()
    yield from _cut(place, stop)


def _cut(start: int, end: int) -> Iterator[Sentence]:
    for place in range(start, end, _LONGEST):
        yield Sentence(place, min(end, place + _LONGEST))


def segments(seen: str, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of a sentence between commas; commas inside numbers do not count."""
    parts, place = [], start
    for found in _ITEM.finditer(seen, start, end):
        parts.append((place, found.start()))
        place = found.end()
    parts.append((place, end))
    return [(a, b) for a, b in parts if b > a]
