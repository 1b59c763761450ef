"""Marks in the text of a plan: every item has a place to jump to, and says its kind there."""

from __future__ import annotations

import re

from miaopu.portal.desk_text import Span, Window, marked_text

TEXT = "一二三四五六七八九十"


def marked(*places: tuple[int, int]) -> str:
    """The text with a mark for each place, numbered from 1."""
    spans = [
        Span(start, end, number, "target", "unread", "目标")
        for number, (start, end) in enumerate(places, start=1)
    ]
    window = Window(0, len(TEXT), 1, 1)
    return marked_text(TEXT, window, spans, address="?", current=None)


def test_a_mark_under_two_shorter_ones_has_an_anchor() -> None:
    page = marked((0, 10), (0, 5), (5, 10))
    assert page.startswith('<span id="m1"></span>')
    assert re.findall(r' id="(m\d)"', page) == ["m1", "m2", "m3"]
    assert re.sub("<[^>]*>", "", page) == TEXT


def test_a_mark_that_shows_later_is_named_there() -> None:
    page = marked((0, 10), (0, 7), (0, 3))
    assert re.findall(r'id="(m\d)" data-label="目标">([一-龥]+)<', page) == [
        *(("m3", "一二三"), ("m2", "四五六七"), ("m1", "八九十"))
    ]
    assert "<span" not in page


def test_of_two_marks_at_one_place_the_second_is_an_anchor() -> None:
    page = marked((2, 4), (2, 4))
    assert re.findall(r'<span id="m2"></span><a [^>]* id="m1"', page)
