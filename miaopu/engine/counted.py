"""Where an event is counted already, said as one more reason of a rule that is true else."""

from __future__ import annotations

from typing import NamedTuple

from miaopu.engine.expressions.plain import FALSE
from miaopu.engine.expressions.reasons import ReasonNode
from miaopu.engine.expressions.telling import Answer, head, printed_change
from miaopu.engine.expressions.tree import Op
from miaopu.engine.messages import Bilingual
from miaopu.engine.money import format_yuan
from miaopu.engine.rule_sets import CountedOnce, Rule


class Counted(NamedTuple):
    """The rule under which an event is counted already, for how much, and the set of rules."""

    once: CountedOnce
    rule: Rule
    fen: int | None

    @property
    def text(self) -> Bilingual:
        """Where it is counted, in words."""
        name = self.rule.title or Bilingual(self.rule.id, self.rule.id)
        title, zh, en = self.once.title, "", ""
        if self.fen is not None:
            yuan = format_yuan(self.fen)
            zh, en = f"（{yuan} 元）", f" ({yuan} yuan)"
        return Bilingual(
            f"{title.zh}只计一次，已按“{name.zh}”计入{zh}",
            f"{title.en} counts once, and is counted under “{name.en}” already{en}",
        )

    @property
    def node(self) -> ReasonNode:
        """The same as a node of the reasons."""
        return ReasonNode(Op.COUNTED_ONCE.value, FALSE, self.text, False, (), key=self.once.name)

    @property
    def answer(self) -> Answer:
        """The same as the answer of a condition."""
        change = (self.text.zh, self.text.en)
        text = head(Op.COUNTED_ONCE.value, FALSE, self.text, False, ()) + b"]}"
        return Answer(False, (), change, text, printed_change(change))
