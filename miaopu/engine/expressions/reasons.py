"""Why an answer is what it is: the tree of reasons, and what would have to change."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, cast

from miaopu.engine.expressions.changes import Changes
from miaopu.engine.expressions.evaluate import Facts, Runnable
from miaopu.engine.expressions.plain import in_one_line, plain_value, status_of
from miaopu.engine.expressions.telling import Answering, answering
from miaopu.engine.expressions.text import read_out, read_value
from miaopu.engine.expressions.traces import Trace
from miaopu.engine.expressions.tree import Node, Op
from miaopu.engine.expressions.words import Vocabulary
from miaopu.engine.facts import Value
from miaopu.engine.messages import Bilingual


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

    @cached_property
    def _prepared(self) -> "_Prepared":
        return _prepare(self.runnable.node, self.words)

    @cached_property
    def answer(self) -> Answering:
        """The condition's answer with its reasons, printed."""
        return answering(self.runnable, self.words)

    def explain(self, facts: Facts) -> ReasonNode:
        """The tree of reasons for `facts`."""
        return self._node(self.runnable.trace(facts), self._prepared)

    def would_change(self, facts: Facts) -> Bilingual | None:
        """What would make the condition true for `facts`; None where it is true."""
        both = Changes(self.runnable.node, self.words).needed(self.runnable.trace(facts), facts, {})
        return None if both is None else Bilingual(*both)

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
            status=status_of(node, trace.value),
            text=prepared.text,
            value=plain_value(node, trace.value),
            needs=trace.needs,
            children=children,
            fact_names=prepared.fact_names,
            found=read_value(node, trace.value, self.words) if node.op is Op.FACT else None,
        )


def _prepare(node: Node, words: Vocabulary) -> _Prepared:
    children = tuple(_prepare(child, words) for child in node.children)
    text = read_out(node, words)
    fixed = None
    if node.op is Op.CONST and node.value is not None:
        value = cast(Value, node.value)
        fixed = ReasonNode(
            node.op.value, status_of(node, value), text, plain_value(node, value), ()
        )
    return _Prepared(text, node.fact_names(), children, fixed)
