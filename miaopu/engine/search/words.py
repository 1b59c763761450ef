"""Cutting texts into words, for the index and for a query, so that every literal hit is found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import rjieba

# Words of the field that the dictionary lacks. A change here needs a new index (docs/library.md).
FIELD_WORDS = (
    *("小微", "小微企业", "微型企业", "中小微企业", "个体工商户", "创客", "众创空间", "孵化器"),
    *(
        "创业券",
        "创新券",
        "服务券",
        "助保贷",
        "转贷",
        "贴息",
        "免申即享",
        "惠企",
        "涉企",
        "收费清单",
    ),
    *("创业创新", "创业基地", "示范基地", "专精特新", "营商环境", "一次性补助", "以奖代补"),
)
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUNS = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<latin>[a-z]+)|(?P<digits>[0-9]+)")
_BLANK = re.compile(r"\s+")
_BETWEEN_HAN = re.compile(
    rf"(?<=[{_HAN}，。；：、（）《》〔〕]) (?=[{_HAN}，。；：、（）《》〔〕])"
)
# Full-width letters, digits and signs become their plain ones, sign by sign.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN.update(dict.fromkeys((0x3010, 0x3014, 0xFF3B), ord("[")))
_PLAIN.update(dict.fromkeys((0x3011, 0x3015, 0xFF3D), ord("]")))


def squeezed(text: str) -> str:
    """The text on one line: runs of blanks as one, none between Chinese signs, no NUL."""
    return _BETWEEN_HAN.sub("", _BLANK.sub(" ", text.replace("\x00", ""))).strip()


def sentences(parts: Iterable[str]) -> str:
    """Texts one after the other, a full stop between those that have none."""
    return "".join(f"{part.strip().rstrip('。')}。" for part in parts if part.strip())


def folded(text: str) -> str:
    """The text as it is compared: lower case, plain forms; every sign keeps its place."""
    plain = text.translate(_PLAIN)
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    return "".join(low if len(low := one.lower()) == 1 else one for one in plain)


@cache
def _dictionary() -> rjieba.Jieba:
    """The cutter with the words of the field; its dictionary takes 0.2 s to open."""
    cutter = rjieba.Jieba()
    for word in FIELD_WORDS:
        cutter.add_word(word, None, None)
    return cutter


def words_of_text(text: str) -> Iterator[str]:
    """Every word of the dictionary that stands in the text, every single sign, in order.

    All words, also those inside longer ones: how a query is cut never depends on what stands
    around it in the text.
    """
    for run in _RUNS.finditer(folded(text)):
        if run.lastgroup != "han":
            yield run.group()
            continue
        yield from _dictionary().cut_all(run.group())
        yield from run.group()


def pairs_of(text: str) -> Iterator[str]:
    """Every two Chinese signs that stand side by side: what tells a phrase from its words."""
    for run in _RUNS.finditer(folded(text)):
        if run.lastgroup == "han":
            signs = run.group()
            yield from map("".join, zip(signs, signs[1:], strict=False))


def words_of_query(word: str) -> list[str]:
    """The words that a text holds wherever it holds `word` literally; each once, in order."""
    found: dict[str, None] = {}
    for run in _RUNS.finditer(folded(word)):
        if run.lastgroup != "han":
            found[run.group()] = None
        else:
            found.update(dict.fromkeys(_dictionary().cut(run.group(), False)))
    return list(found)


_MOST = {"A": 4, "B": 6, "C": 6, "D": 12}  # places kept of a word in a part; more say no more


def index_of(parts: Iterable[tuple[str, str]]) -> str:
    """A text of PostgreSQL's type tsvector from (weight A to D, text) of a document's parts.

    Written out here and not by the database's own parser, which knows no Chinese and cuts
    differently with every locale.
    """
    places: dict[str, list[str]] = {}
    pairs: set[str] = set()
    kept: dict[tuple[str, str], int] = {}
    place = 0
    for weight, text in parts:
        pairs.update(pairs_of(text))
        for word in words_of_text(text):
            place = min(place + 1, 16_383)
            times = kept.get((word, weight), 0)
            if times < _MOST[weight]:
                kept[word, weight] = times + 1
                places.setdefault(word, []).append(f"{place}{weight}")
    named = [f"'{word}':{','.join(found)}" for word, found in places.items()]
    return " ".join(sorted([*named, *(f"'{pair}'" for pair in pairs - places.keys())]))
