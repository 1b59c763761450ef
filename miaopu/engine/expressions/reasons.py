"""Why an answer is what it is: the tree of reasons, and what would have to change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple, cast

from miaopu.engine.codes import decode_digits, decode_industry, decode_text
from miaopu.engine.expressions.evaluate import Facts, Runnable, Trace
from miaopu.engine.expressions.text import read_out, read_value
from miaopu.engine.expressions.tree import Kind, Node, Op
from miaopu.engine.expressions.words import Vocabulary, format_number
from miaopu.engine.facts import Value
from miaopu.engine.messages import Bilingual

TRUE, FALSE, UNKNOWN, KNOWN = "true", "false", "unknown", "known"


class ReasonNode(NamedTuple):
    """One node of an explanation.

    `status` is true, false or unknown for what can be answered with yes or no, known or unknown for
    figures, dates and codes. `value` is what was found, in plain form (money in yuan as text);
    `needs` names the facts (or "decide:ID") it lacks; `found` says in words what was found, for
    pages; `title` is the title of the condition, and `key` its id, where the node is one.
    """

    op: str
    status: str
    text: Bilingual
    value: object
    needs: tuple[str, ...]
    children: tuple["ReasonNode", ...] = ()
    title: Bilingual | None = None
    key: str = ""
    fact_names: tuple[str, ...] = ()
    found: Bilingual | None = None

    def to_json(self) -> dict[str, object]:
        """The node as `explain` prints it."""
        return {
            "op": self.op,
            "status": self.status,
            "text": in_one_line(self.text),
            "value": self.value,
            "needs": list(self.needs),
            "children": [child.to_json() for child in self.children],
        }


@dataclass(frozen=True)
class _Prepared:
    """A node's words, made once however many enterprises are explained."""

    text: Bilingual
    fact_names: tuple[str, ...]
    children: tuple["_Prepared", ...]
    fixed: ReasonNode | None  # of a constant: the same for everybody


class Reasons:
    """The reasons of one expression for any enterprise."""

    def __init__(self, runnable: Runnable, words: Vocabulary) -> None:
        self.runnable = runnable
        self.words = words
        self._prepared = _prepare(runnable.node, words)
        self._steps: dict[tuple[int, bool], Bilingual] = {}

    def explain(self, facts: Facts) -> ReasonNode:
        """The tree of reasons for `facts`."""
        return self._node(self.runnable.trace(facts), self._prepared)

    def would_change(self, facts: Facts) -> Bilingual | None:
        """What would make the condition true for `facts`; None where it is true."""
        return self._change(self.runnable.trace(facts))

    def both(self, facts: Facts) -> tuple[ReasonNode, Bilingual | None]:
        """The tree of reasons, and what would make the condition true."""
        trace = self.runnable.trace(facts)
        return self._node(trace, self._prepared), self._change(trace)

    def _change(self, trace: Trace) -> Bilingual | None:
        wanted = [] if trace.value is True else _wanted(trace, self._step, True)
        return _joined(wanted, _AND) if wanted else None

    def _step(self, trace: Trace, goal: bool) -> Bilingual:
        """What has to become true of `trace`, with what it is now; said in words only once."""
        key = (id(trace.node), goal)
        need = self._steps.get(key)
        if need is None:
            need = self._steps[key] = read_out(trace.node, self.words, negated=not goal)
        return _with_what_is(need, trace, self.words)

    def _node(self, trace: Trace, prepared: _Prepared) -> ReasonNode:
        node = trace.node
        if prepared.fixed is not None:
            return prepared.fixed
        if node.op is Op.SCALED:
            return self._node(trace.children[0], prepared.children[0])
        children = tuple(
            [
                self._node(child, words)
                for child, words in zip(trace.children, prepared.children, strict=True)
            ]
        )
        return ReasonNode(
            op=node.op.value,
            status=_status(node, trace.value),
            text=prepared.text,
            value=plain_value(node, trace.value),
            needs=trace.needs,
            children=children,
            fact_names=prepared.fact_names,
            found=read_value(node, trace.value, self.words) if node.op is Op.FACT else None,
        )


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
_AND, _OR = Bilingual("；并且 ", "; and "), Bilingual("，或者 ", ", or ")


def _prepare(node: Node, words: Vocabulary) -> _Prepared:
    children = tuple(_prepare(child, words) for child in node.children)
    text = read_out(node, words)
    fixed = None
    if node.op is Op.CONST and node.value is not None:
        value = cast(Value, node.value)
        fixed = ReasonNode(node.op.value, _status(node, value), text, plain_value(node, value), ())
    return _Prepared(text, node.fact_names(), children, fixed)


def _status(node: Node, value: Value | None) -> str:
    if value is None:
        return UNKNOWN
    if node.kind is Kind.BOOLEAN:
        return TRUE if value else FALSE
    return KNOWN


def _wanted(trace: Trace, step: Callable[[Trace, bool], Bilingual], goal: bool) -> list[Bilingual]:
    """What would make `trace` come to `goal`; empty where it does already."""
    node = trace.node
    if trace.value is goal:
        return []
    if node.op is Op.NOT:
        return _wanted(trace.children[0], step, not goal)
    if node.op in (Op.AND, Op.OR):
        parts = [_wanted(child, step, goal) for child in trace.children]
        if (node.op is Op.AND) is goal:
            return [text for part in parts for text in part]
        ways = [_joined(part, _AND) for part in parts if part]
        return [_joined(ways, _OR)]
    return [step(trace, goal)]


def _with_what_is(need: Bilingual, trace: Trace, words: Vocabulary) -> Bilingual:
    if trace.value is None and trace.needs:
        labels = [
            words.facts[name].label if name in words.facts else Bilingual(name, name)
            for name in trace.needs
        ]
        zh, en = "、".join(item.zh for item in labels), ", ".join(item.en for item in labels)
        return Bilingual(f"{need.zh}（缺少数据：{zh}）", f"{need.en} (not known: {en})")
    found = [item for item in _facts_found(trace) if item.value is not None]
    if not found:
        return need
    shown = [read_value(item.node, item.value, words) for item in found]
    if len(found) == 1:
        return Bilingual(f"{need.zh}（现为 {shown[0].zh}）", f"{need.en} (now {shown[0].en})")
    names = [read_out(item.node, words) for item in found]
    zh = "，".join(f"{name.zh} {text.zh}" for name, text in zip(names, shown, strict=True))
    en = ", ".join(f"{name.en} {text.en}" for name, text in zip(names, shown, strict=True))
    return Bilingual(f"{need.zh}（现为：{zh}）", f"{need.en} (now: {en})")


def _facts_found(trace: Trace) -> list[Trace]:
    if trace.node.op is Op.FACT:
        return [trace]
    found = [item for child in trace.children for item in _facts_found(child)]
    return list({item.node.name: item for item in found}.values())


def _joined(texts: Sequence[Bilingual], between: Bilingual) -> Bilingual:
    return Bilingual(
        between.zh.join(text.zh for text in texts), between.en.join(text.en for text in texts)
    )
