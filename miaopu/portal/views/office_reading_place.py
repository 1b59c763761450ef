"""Where words that a person has selected stand in the text of a plan."""

from __future__ import annotations


def place_of(text: str, quote: str, start: str) -> tuple[int | None, int | None] | None:
    """Start and end of `quote` in `text`, counted in code points; None where it is not there.

    `start` is where the page says that it was selected; where the words are not just there, the
    nearest place that has them is taken. No words are no place, which is allowed.
    """
    words = quote.strip()
    if not words:
        return None, None
    near = int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 0
    after = text.find(words, min(near, len(text)))
    before = text.rfind(words, 0, min(near + len(words), len(text)))
    places = [place for place in (after, before) if place >= 0]
    if not places:
        return None
    place = min(places, key=lambda one: abs(one - near))
    return place, place + len(words)
