"""What people type: words, "phrases" and -words, and the document number that it may be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from miaopu.engine.search.numbers import Number, read_number
from miaopu.engine.search.pinyin import typed_pinyin
from miaopu.engine.search.words import folded, pairs_of, words_of_query

LONGEST = 200
_PAIRS = {'"': '"', "“": "”", "「": "」", "『": "』", "《": "》", "＂": "＂", "”": "”"}
_TERM = re.compile(
    r"(?P<minus>(?<!\S)[-－−])?(?:(?P<open>[\"“”「『《＂])(?P<quoted>[^\"“”」』》＂]*)[\"“”」』》＂]?"
    r"|(?P<word>[^\s\"“”「』『」《》＂]+))"
)


@dataclass(frozen=True)
class Query:
    """A query: everything in `words` and `phrases`, nothing in `excluded`.

    `number` where the whole query is a document number, `pinyin` where it is Latin letters only.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    number: Number | None = None
    pinyin: str = ""

    @property
    def terms(self) -> tuple[str, ...]:
        """What is marked in the texts: words and phrases."""
        return (*self.phrases, *self.words)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for that could be found."""
        return not (self.terms or self.number)

    @property
    def wanted(self) -> str:
        """What the index is asked for, as PostgreSQL's tsquery; "" where it is not asked.

        A phrase is found through its words and pairs of signs; the text itself is checked after.
        """
        asked = [_all_of(term) for term in self.words]
        asked += [_all_of(term, pairs_of(term)) for term in self.phrases]
        asked += [f"!{_all_of(term)}" for term in self.excluded if len(words_of_query(term)) == 1]
        return " & ".join(one for one in asked if len(one) > 2)

    @property
    def all_of(self) -> str:
        """The same words, all of them: for telling whether a title has them."""
        words = dict.fromkeys(word for term in self.terms for word in words_of_query(term))
        return " & ".join(_lexeme(word) for word in words)

    @property
    def any_of(self) -> str:
        """The same words, any of them: for ranking by how many stand in a title."""
        words = dict.fromkeys(word for term in self.terms for word in words_of_query(term))
        return " | ".join(_lexeme(word) for word in words)

    @property
    def absent(self) -> tuple[str, ...]:
        """Excluded terms of several words: the text itself says whether they stand in it."""
        return tuple(folded(term) for term in self.excluded if len(words_of_query(term)) > 1)


def read_query(text: str) -> Query:
    """The query in `text`, of which at most LONGEST signs count. Never raises."""
    text = " ".join(text[:LONGEST].replace("\x00", "").split())
    number = read_number(text)
    words: list[str] = []
    phrases: list[str] = []
    excluded: list[str] = []
    for found in _TERM.finditer(text):
        term = (found["quoted"] if found["open"] else found["word"] or "").strip()
        if not words_of_query(term):
            continue
        if found["minus"]:
            excluded.append(term)
        elif found["open"]:
            phrases.append(term)
        elif term[0] in "-－−" and words_of_query(term[1:]):
            excluded.append(term[1:])
        else:
            words.append(term)
    return Query(
        tuple(dict.fromkeys(words)),
        tuple(dict.fromkeys(phrases)),
        tuple(dict.fromkeys(excluded)),
        number,
        typed_pinyin(text),
    )


def _lexeme(word: str) -> str:
    """A word as a query names it; Latin words are found by their beginning."""
    return f"'{word}':*" if word.isascii() and word.isalpha() else f"'{word}'"


def _all_of(term: str, pairs: Iterable[str] = ()) -> str:
    words = dict.fromkeys((*words_of_query(term), *pairs))
    return f"({' & '.join(_lexeme(word) for word in words)})"
