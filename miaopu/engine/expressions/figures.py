"""Values in words: figures with their units, codes and places by name."""

from datetime import date
from fractions import Fraction
from typing import cast

from miaopu.engine.codes import decode_digits, decode_industry, decode_text
from miaopu.engine.expressions.tree import Kind, Node, Op
from miaopu.engine.expressions.words import (
    Vocabulary,
    format_number,
    industry_name,
    place_name,
)
from miaopu.engine.facts import Fact, Value
from miaopu.engine.messages import Bilingual

_YES, _NO = Bilingual("是", "yes"), Bilingual("否", "no")
_UNKNOWN = Bilingual("未知", "unknown")
_YUAN = Bilingual("元", "yuan")


class Figures:
    """Reads values out, with the names of `words`."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words

    def unit(self, node: Node) -> Bilingual | None:
        """The unit of `node`'s figures: that of the fact, or yuan for money."""
        while node.op is Op.SCALED:
            node = node.children[0]
        if node.scale == 1:
            return _YUAN
        fact = self.words.facts.get(node.name) if node.op is Op.FACT else None
        return fact.unit_label if fact else None

    def figure(self, node: Node, value: object, unit: Bilingual | None) -> Bilingual:
        """A number and its unit."""
        if value is None:
            return _UNKNOWN
        figure = format_number(cast(int | Fraction, value), node.scale)
        if unit is None:
            return Bilingual(figure, figure)
        return Bilingual(f"{figure} {unit.zh}", f"{figure} {unit.en}")

    def coded(self, kind: Kind, value: object, fact: Fact | None) -> Bilingual:
        """A code, region or industry by its name."""
        if not isinstance(value, int):
            return _UNKNOWN
        if kind is Kind.REGION:
            return place_name(decode_digits(value), self.words)
        if kind is Kind.INDUSTRY:
            return industry_name(decode_industry(value))
        text = decode_text(value)
        return (fact.codes.get(text) if fact else None) or Bilingual(text, text)

    def value(self, node: Node, value: Value | None) -> Bilingual:
        """A value found at `node`."""
        if value is None:
            return _UNKNOWN
        if node.kind is Kind.BOOLEAN:
            return _YES if value else _NO
        if node.kind is Kind.NUMBER:
            return self.figure(node, value, self.unit(node))
        if node.kind in (Kind.CODE, Kind.REGION, Kind.INDUSTRY):
            return self.coded(node.kind, value, self.words.facts.get(node.name))
        if isinstance(value, date):
            return Bilingual(value.isoformat(), value.isoformat())
        tags = "、".join(sorted(decode_text(tag) for tag in cast(frozenset[int], value)))
        return Bilingual(tags or "无", tags.replace("、", ", ") or "none")
