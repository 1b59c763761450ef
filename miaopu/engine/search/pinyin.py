"""Titles in pinyin, whole and by initials, for people who type Latin letters."""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import Any

_LETTERS = re.compile(r"[a-z0-9]+")


@cache
def _speller() -> Any:
    # Loaded when a title is first written down: it takes 60 MB that a page never needs.
    return importlib.import_module("pypinyin")


def pinyin_of(title: str) -> tuple[str, str]:
    """The title's sounds without blanks (guiyangshi…) and their initials (gys…), lower case."""
    sounds = ["".join(_LETTERS.findall(sound.lower())) for sound in _speller().lazy_pinyin(title)]
    sounds = [sound for sound in sounds if sound]
    return "".join(sounds), "".join(sound[0] for sound in sounds)


def typed_pinyin(text: str) -> str:
    """The letters of a query that may be pinyin; "" for one that is none or too short."""
    letters = re.sub(r"[\s'’]+", "", text.lower())
    return letters if len(letters) >= 2 and re.fullmatch(r"[a-z]+[0-9]*", letters) else ""
