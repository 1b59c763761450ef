"""A small sketch of a picture (a difference hash), and how much two sketches have in common.

The picture is scaled down to 17 × 16 grey points; for each point but the last of a line one bit
says whether the next is brighter. Scaling, another format, more or less light and small marks
leave nearly all bits as they are; another picture has about half of them otherwise.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

WIDTH, HEIGHT = 17, 16
BITS = (WIDTH - 1) * HEIGHT
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_STEP = 3
"""Points that differ by less are of one brightness: noise of the format decides nothing."""
_LEAST = 24
"""Neighbours that must differ; a page with nothing on it says too little to be compared."""


def sketch_of(points: Sequence[Sequence[int]]) -> str:
    """The sketch of a picture as 64 hexadecimal signs; empty where it says too little.

    `points` are HEIGHT lines of WIDTH grey values, 0 (black) to 255 (white).
    """
    value, told = 0, 0
    for line in points:
        for left, right in zip(line, line[1:], strict=False):
            brighter = right - left >= _STEP
            told += abs(right - left) >= _STEP
            value = value << 1 | brighter
    return f"{value:0{BITS // 4}x}" if told >= _LEAST else ""


def likeness(one: str, other: str) -> int:
    """How many percent of their bits two sketches share, rounded down; 0 where either is empty."""
    if not one or not other:
        return 0
    apart = (int(one, 16) ^ int(other, 16)).bit_count()
    return 100 * (BITS - apart) // BITS


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    nearest = min((abs(guess - one), at) for at, one in enumerate((left, up, corner)))
    return (left, up, corner)[nearest[1]]


def grey_points(png: bytes) -> list[list[int]]:
    """The grey values of a PNG that our own renderer wrote: 8 bits, red, green, blue, cover.

    Whatever is not covered is white. Raises ValueError for any other PNG.
    """
    if not png.startswith(_SIGNATURE) or png[24:29] != bytes((8, 6, 0, 0, 0)):
        raise ValueError("no PNG of 8 bits with colour and cover")
    width, height = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    at, packed = len(_SIGNATURE), b""
    while at < len(png):
        size, kind = int.from_bytes(png[at : at + 4]), png[at + 4 : at + 8]
        if kind == b"IDAT":
            packed += png[at + 8 : at + 8 + size]
        at += size + 12
    raw, span = zlib.decompress(packed), width * 4
    if len(raw) != (span + 1) * height:
        raise ValueError("the PNG has another size than it says")
    above, lines = bytearray(span), []
    for number in range(height):
        start = number * (span + 1)
        line = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + span]), above)
        lines.append([_grey(line[one : one + 4]) for one in range(0, span, 4)])
        above = line
    return lines


def _unfiltered(kind: int, line: bytearray, above: bytearray) -> bytearray:
    for at, value in enumerate(line):
        left = line[at - 4] if at >= 4 else 0
        corner = above[at - 4] if at >= 4 else 0
        up = above[at]
        added = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
        line[at] = (value + added) & 255
    return line


def _grey(point: bytearray) -> int:
    red, green, blue, cover = point
    shade = (299 * red + 587 * green + 114 * blue) // 1000
    return (shade * cover + 255 * (255 - cover)) // 255
