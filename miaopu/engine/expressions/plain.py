"""Values and statuses in plain form, as `explain` prints them."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import cast

from miaopu.engine.codes import decode_digits, decode_industry, decode_text
from miaopu.engine.expressions.tree import Kind, Node
from miaopu.engine.expressions.words import format_number
from miaopu.engine.facts import Value
from miaopu.engine.messages import Bilingual

TRUE, FALSE, UNKNOWN, KNOWN = "true", "false", "unknown", "known"


def status_of(node: Node, value: Value | None) -> str:
    """Whether a node's value is true, false, known or unknown."""
    if value is None:
        return UNKNOWN
    if node.kind is Kind.BOOLEAN:
        return TRUE if value else FALSE
    return KNOWN


def in_one_line(text: Bilingual) -> str:
    """Both languages in one text, or one where they say the same."""
    return text.zh if text.zh == text.en else str(text)


def plain_value(node: Node, value: Value | None) -> object:
    """`value` as JSON can hold it: money as yuan in text, codes and dates as text."""
    if value is None or isinstance(value, bool):
        return value
    if node.kind is Kind.NUMBER:
        if node.scale == 0 and isinstance(value, int):
            return value
        return format_number(cast(int | Fraction, value), node.scale).replace(",", "")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(decode_text(tag) for tag in value)
    return _DECODERS[node.kind](cast(int, value))


_DECODERS: Mapping[Kind, Callable[[int], str]] = {
    Kind.CODE: decode_text,
    Kind.REGION: decode_digits,
    Kind.INDUSTRY: decode_industry,
}
