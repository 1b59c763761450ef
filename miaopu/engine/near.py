"""How much two texts have in common, from a small sketch of each.

A text is the set of its runs of eight characters, white space left out. Its sketch is the lowest
`SIZE` hashes of that set (bottom-k, Broder 1997); of two sketches together the lowest `SIZE` are a
fair sample of both sets, and the part of them that lies in both estimates the Jaccard similarity.
"""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Sequence
from fractions import Fraction

RUN = 8
SIZE = 128
LEAST = 100
"""Characters below which a text says too little to be compared."""


def sketch_of(text: str) -> list[int]:
    """The sketch of a text, lowest hash first; empty for one that says too little."""
    plain = "".join(text.split())
    if len(plain) < LEAST:
        return []
    runs = {plain[at : at + RUN] for at in range(len(plain) - RUN + 1)}
    return heapq.nsmallest(SIZE, {zlib.crc32(run.encode()) for run in runs})


def likeness(one: Sequence[int], other: Sequence[int]) -> Fraction:
    """The estimated part of their runs that two texts share; 0 where either has no sketch."""
    if not one or not other:
        return Fraction(0)
    both = set(one) & set(other)
    lowest = heapq.nsmallest(min(SIZE, len(set(one) | set(other))), set(one) | set(other))
    return Fraction(sum(1 for value in lowest if value in both), len(lowest))
