"""Reading an expression out in words, in Chinese and English, for people who apply and decide."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import cast

from miaopu.engine.expressions.figures import Figures
from miaopu.engine.expressions.tree import COMPARISONS, Kind, Node, Op
from miaopu.engine.expressions.words import (
    Vocabulary,
    industry_name,
    place_name,
)
from miaopu.engine.facts import Value
from miaopu.engine.messages import Bilingual

_COMPARED: Mapping[Op, Bilingual] = {
    Op.EQ: Bilingual("为", "is"),
    Op.NE: Bilingual("不是", "is not"),
    Op.LT: Bilingual("低于", "is less than"),
    Op.LE: Bilingual("不超过", "is at most"),
    Op.GT: Bilingual("超过", "is more than"),
    Op.GE: Bilingual("不低于", "is at least"),
}
_DATES_COMPARED: Mapping[Op, Bilingual] = {
    **_COMPARED,
    Op.LT: Bilingual("早于", "is before"),
    Op.LE: Bilingual("不晚于", "is no later than"),
    Op.GT: Bilingual("晚于", "is after"),
    Op.GE: Bilingual("不早于", "is no earlier than"),
}
_MOVED = (Op.ADD_MONTHS, Op.ADD_YEARS)
_OPPOSITE: Mapping[Op, Op] = {
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.LT: Op.GE,
    Op.GE: Op.LT,
    Op.GT: Op.LE,
    Op.LE: Op.GT,
}


def read_out(node: Node, words: Vocabulary, *, negated: bool = False) -> Bilingual:
    """`node` in words; `negated` reads out its opposite (boolean nodes only)."""
    reader = _Reader(words)
    return reader.opposite(node) if negated else reader.read(node)


def read_value(node: Node, value: Value | None, words: Vocabulary) -> Bilingual:
    """`value`, found at `node`, as people write it, with its unit."""
    return _Reader(words).value(node, value)


class _Reader(Figures):
    def read(self, node: Node) -> Bilingual:
        """`node` in words."""
        if node.title is not None:
            return node.title
        if node.op in COMPARISONS:
            return self.comparison(node, node.op)
        return _READ[node.op](self, node)

    def opposite(self, node: Node) -> Bilingual:
        """The opposite of `node` in words."""
        if node.op in _OPPOSITE:
            return self.comparison(node, _OPPOSITE[node.op])
        if node.op is Op.NOT:
            return self.read(node.children[0])
        if node.op in (Op.AND, Op.OR):
            other = _OR_WORDS if node.op is Op.AND else _AND_WORDS
            return _joined([self.wrapped(child, self.opposite) for child in node.children], other)
        if node.op in _OPPOSITE_READ:
            return _OPPOSITE_READ[node.op](self, node)
        inner = self.read(node)
        return Bilingual(f"并非（{inner.zh}）", f"not ({inner.en})")

    def wrapped(self, node: Node, read: Callable[[Node], Bilingual]) -> Bilingual:
        """`node` read by `read`, in brackets where it is itself a list of things."""
        text = read(node)
        if node.op not in (Op.AND, Op.OR):
            return text
        return Bilingual(f"（{text.zh}）", f"({text.en})")

    def operand(self, node: Node, beside: Sequence[Node] = ()) -> Bilingual:
        """`node` as an operand; a bare figure takes the unit of the fact it stands beside."""
        if node.op is Op.CONST and node.kind is Kind.NUMBER:
            unit = next((found for other in beside if (found := self.unit(other))), None)
            return self.figure(node, node.value, unit)
        if node.op is Op.CONST and node.kind in (Kind.CODE, Kind.REGION, Kind.INDUSTRY):
            fact = next((self.words.facts.get(other.name) for other in beside), None)
            return self.coded(node.kind, node.value, fact)
        return self.read(node)

    def comparison(self, node: Node, op: Op) -> Bilingual:
        """A comparison, as if its operator were `op`."""
        left, right = node.children
        if node.kind is Kind.BOOLEAN and left.kind is Kind.BOOLEAN and right.op is Op.CONST:
            same = (op is Op.EQ) == bool(right.value)
            return self.read(left) if same else self.opposite(left)
        words = (_DATES_COMPARED if left.kind is Kind.DATE else _COMPARED)[op]
        one, other = self.operand(left, [right]), self.operand(right, [left])
        return Bilingual(f"{one.zh} {words.zh} {other.zh}", f"{one.en} {words.en} {other.en}")


_AND_WORDS, _OR_WORDS = Bilingual("，且 ", " and "), Bilingual("，或 ", " or ")
_Read = Callable[[_Reader, Node], Bilingual]


def _joined(parts: Sequence[Bilingual], between: Bilingual) -> Bilingual:
    return Bilingual(
        between.zh.join(part.zh for part in parts), between.en.join(part.en for part in parts)
    )


def _fact(reader: _Reader, node: Node) -> Bilingual:
    fact = reader.words.facts.get(node.name)
    return fact.label if fact else Bilingual(node.name, node.name)


def _fact_opposite(reader: _Reader, node: Node) -> Bilingual:
    label = _fact(reader, node)
    return Bilingual(f"{label.zh}：否", f"{label.en}: no")


def _const(reader: _Reader, node: Node) -> Bilingual:
    if node.name == ":as_of":
        shown = cast(date, node.value).isoformat()
        return Bilingual(f"查询日 {shown}", f"the day asked ({shown})")
    return reader.value(node, cast(Value | None, node.value))


def _junction(words: Bilingual) -> _Read:
    return lambda reader, node: _joined(
        [reader.wrapped(child, reader.read) for child in node.children], words
    )


def _between(zh: str, en: str) -> _Read:
    def read(reader: _Reader, node: Node) -> Bilingual:
        subject, low, high = node.children
        one = reader.operand(subject, [low, high])
        first, last = reader.operand(low, [subject]), reader.operand(high, [subject])
        return Bilingual(
            f"{one.zh} {zh} {first.zh} 至 {last.zh} 之间",
            f"{one.en} {en} {first.en} and {last.en}",
        )

    return read


def _in(zh: str, en: str) -> _Read:
    def read(reader: _Reader, node: Node) -> Bilingual:
        subject, *options = node.children
        one = reader.operand(subject)
        listed = [reader.operand(option, [subject]) for option in options]
        return Bilingual(
            f"{one.zh} {zh}：{'、'.join(item.zh for item in listed)}",
            f"{one.en} {en}: {', '.join(item.en for item in listed)}",
        )

    return read


def _is_null(zh: str, en: str) -> _Read:
    def read(reader: _Reader, node: Node) -> Bilingual:
        asked = node.children[0]
        while asked.op in _MOVED and asked.children[1].value is not None:
            asked = asked.children[0]  # a day so many years later is recorded if the day is
        subject = reader.read(asked)
        return Bilingual(f"{subject.zh} {zh}", f"{subject.en} {en}")

    return read


def _in_region(zh: str, en: str) -> _Read:
    def read(reader: _Reader, node: Node) -> Bilingual:
        subject, place = reader.read(node.children[0]), place_name(node.name, reader.words)
        return Bilingual(f"{subject.zh} {zh} {place.zh}", f"{subject.en} {en} {place.en}")

    return read


def _in_industry(zh: str, en: str) -> _Read:
    def read(reader: _Reader, node: Node) -> Bilingual:
        subject, name = reader.read(node.children[0]), industry_name(node.name)
        return Bilingual(f"{subject.zh} {zh} {name.zh}", f"{subject.en} {en} {name.en}")

    return read


def _has_tag(zh: str, en: str) -> _Read:
    def read(reader: _Reader, node: Node) -> Bilingual:
        subject = reader.read(node.children[0])
        return Bilingual(f"{subject.zh} {zh}“{node.name}”", f"{subject.en} {en} “{node.name}”")

    return read


_ARITHMETIC = {"+": "+", "-": "−", "*": "×", "/": "÷"}


def _arithmetic(reader: _Reader, node: Node) -> Bilingual:
    signs = cast(tuple[str, ...], node.value)
    first, *rest = (_bracketed(reader, node, child) for child in node.children)
    zh, en = first.zh, first.en
    for sign, part in zip(signs[1:], rest, strict=True):
        zh += f" {_ARITHMETIC[sign]} {part.zh}"
        en += f" {_ARITHMETIC[sign]} {part.en}"
    return Bilingual(zh, en)


def _bracketed(reader: _Reader, node: Node, child: Node) -> Bilingual:
    beside = [other for other in node.children if other is not child]
    text = reader.operand(child, beside if node.op is Op.SUM else ())
    inner = child.children[0] if child.op is Op.SCALED else child
    if inner.op in (Op.SUM, Op.NEGATIVE) or (inner.op is Op.PRODUCT and node.op is Op.PRODUCT):
        return Bilingual(f"（{text.zh}）", f"({text.en})")
    return text


def _negative(reader: _Reader, node: Node) -> Bilingual:
    inner = reader.read(node.children[0])
    return Bilingual(f"负的（{inner.zh}）", f"minus ({inner.en})")


def _call(zh: str, en: str) -> _Read:
    def read(reader: _Reader, node: Node) -> Bilingual:
        parts = [
            reader.operand(child, [other for other in node.children if other is not child])
            for child in node.children
        ]
        return Bilingual(
            zh.format("、".join(part.zh for part in parts)),
            en.format(", ".join(part.en for part in parts)),
        )

    return read


def _case(reader: _Reader, node: Node) -> Bilingual:
    zh, en = [], []
    pairs = zip(node.children[0::2], node.children[1::2], strict=False)
    for condition, result in pairs:
        when, then = reader.read(condition), reader.operand(result, [result])
        zh.append(f"若 {when.zh} 则 {then.zh}")
        en.append(f"if {when.en} then {then.en}")
    if len(node.children) % 2:
        last = node.children[-1]
        otherwise = reader.operand(last, [last])
        zh.append(f"否则 {otherwise.zh}")
        en.append(f"otherwise {otherwise.en}")
    return Bilingual("，".join(zh), ", ".join(en))


def _moved(zh: str, en: str) -> _Read:
    def read(reader: _Reader, node: Node) -> Bilingual:
        start, count = (reader.read(child) for child in node.children)
        return Bilingual(zh.format(start.zh, count.zh), en.format(start.en, count.en))

    return read


_READ: Mapping[Op, _Read] = {
    Op.CONST: _const,
    Op.FACT: _fact,
    Op.AND: _junction(_AND_WORDS),
    Op.OR: _junction(_OR_WORDS),
    Op.NOT: lambda reader, node: reader.opposite(node.children[0]),
    Op.BETWEEN: _between("在", "is between"),
    Op.IN: _in("属于", "is one of"),
    Op.IS_NULL: _is_null("没有记录", "is not recorded"),
    Op.IN_REGION: _in_region("在", "is in"),
    Op.IN_INDUSTRY: _in_industry("属于", "is in"),
    Op.HAS_TAG: _has_tag("含有", "include"),
    Op.SUM: _arithmetic,
    Op.PRODUCT: _arithmetic,
    Op.NEGATIVE: _negative,
    Op.SCALED: lambda reader, node: reader.read(node.children[0]),
    Op.LEAST: _call("{}中最小者", "the least of {}"),
    Op.GREATEST: _call("{}中最大者", "the greatest of {}"),
    Op.COALESCE: _call("{}中第一个已知者", "the first known of {}"),
    Op.CASE: _case,
    Op.ADD_MONTHS: _moved("{} 起 {} 个月", "{} plus {} months"),
    Op.ADD_YEARS: _moved("{} 起 {} 年", "{} plus {} years"),
}
_OPPOSITE_READ: Mapping[Op, _Read] = {
    Op.FACT: _fact_opposite,
    Op.BETWEEN: _between("不在", "is not between"),
    Op.IN: _in("不属于", "is none of"),
    Op.IS_NULL: _is_null("有记录", "is recorded"),
    Op.IN_REGION: _in_region("不在", "is not in"),
    Op.IN_INDUSTRY: _in_industry("不属于", "is not in"),
    Op.HAS_TAG: _has_tag("不含", "do not include"),
}
