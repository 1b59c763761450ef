"""Excerpts of a text with the hits marked, as plain pieces: who shows them escapes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from miaopu.engine.search.words import folded, words_of_query

WIDTH = 120
_MOST_PLACES = 400


@dataclass(frozen=True)
class Piece:
    """A piece of a text, and whether it is a hit."""

    text: str
    hit: bool = False


Span = tuple[int, int]


def _spans(plain: str, terms: Iterable[str]) -> list[Span]:
    """Where the terms stand; a term that stands nowhere is looked for by its words."""
    found: list[Span] = []
    for term in terms:
        whole = _places(plain, folded(term))
        if not whole:
            words = words_of_query(term)
            longer = [word for word in words if len(word) > 1] or words
            whole = [place for word in longer for place in _places(plain, word)]
        found += whole
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _places(plain: str, word: str) -> list[Span]:
    found: list[Span] = []
    at = plain.find(word) if word else -1
    while at >= 0 and len(found) < _MOST_PLACES:
        found.append((at, at + len(word)))
        at = plain.find(word, at + len(word))
    return found


def _pieces(text: str, spans: Sequence[Span], start: int, end: int) -> list[Piece]:
    pieces, place = [], start
    for first, last in spans:
        if last <= start or first >= end:
            continue
        if first > place:
            pieces.append(Piece(text[place:first]))
        pieces.append(Piece(text[max(first, start) : min(last, end)], hit=True))
        place = min(last, end)
    if place < end:
        pieces.append(Piece(text[place:end]))
    return pieces


def marked(text: str, terms: Iterable[str]) -> list[Piece]:
    """The whole text in pieces; put together again they are the text."""
    return _pieces(text, _spans(folded(text), terms), 0, len(text))


def excerpt(text: str, terms: Iterable[str], width: int = WIDTH) -> list[Piece]:
    """About `width` signs of the text where most hits stand together; its beginning without any."""
    spans = _spans(folded(text), terms)
    start = 0
    if spans:
        best = 0
        for place, (first, _last) in enumerate(spans):
            last = place
            while last < len(spans) and spans[last][1] <= first + width:
                last += 1
            if last - place > best:
                best, start = last - place, first
        start = max(0, start - width // 4)
    end = min(len(text), start + width)
    pieces = _pieces(text, spans, start, end)
    if start > 0:
        pieces.insert(0, Piece("…"))
    if end < len(text):
        pieces.append(Piece("…"))
    return pieces
