"""What would have to change so that a condition comes true, in words."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence

from miaopu.engine.expressions.evaluate import Facts
from miaopu.engine.expressions.text import read_out, read_value
from miaopu.engine.expressions.traces import Came
from miaopu.engine.expressions.tree import JUNCTIONS, Node, Op
from miaopu.engine.expressions.words import Vocabulary
from miaopu.engine.messages import Bilingual

Both = tuple[str, str]  # in Chinese and English
Shown = MutableMapping[str, Bilingual]  # facts of one enterprise, read out
_Wish = Callable[[Came, Facts, Shown], list[Both]]


class Changes:
    """What makes one condition come true, said in words only once."""

    def __init__(self, node: Node, words: Vocabulary) -> None:
        self._node, self._words = node, words
        self._wish: _Wish | None = None

    def needed(self, came: Came, facts: Facts, shown: Shown) -> Both | None:
        """What would make the condition true, in Chinese and English; None where it is.

        `shown` keeps the facts that were read out.
        """
        if came.value is True:
            return None
        if self._wish is None:
            self._wish = _wish(self._node, True, self._words)
        wanted = self._wish(came, facts, shown)
        return _joined(wanted, _AND) if wanted else None


class _Step:
    """What has to become true, or with `goal` False untrue, of one node."""

    def __init__(self, node: Node, goal: bool, words: Vocabulary) -> None:
        self._words = words
        need = read_out(node, words, negated=not goal)
        self._zh, self._en = need.zh, need.en
        self._lacking: dict[tuple[str, ...], Both] = {}  # what is said where these are not known
        below = {one.name: one for one in node.walk() if one.op is Op.FACT}
        self._facts = [(name, one, read_out(one, words)) for name, one in below.items()]

    def told(self, came: Came, facts: Facts, shown: Shown) -> Both:
        """The need, with what is now, or what is not known."""
        if came.value is None and came.needs:
            return self._not_known(came.needs)
        found = []
        for name, node, label in self._facts:
            value = facts.get(name)
            if value is not None:
                text = shown.get(name)
                if text is None:
                    text = shown[name] = read_value(node, value, self._words)
                found.append((label, text))
        if not found:
            return self._zh, self._en
        if len(found) == 1:
            text = found[0][1]
            return f"{self._zh}（现为 {text.zh}）", f"{self._en} (now {text.en})"
        zh = "，".join([f"{name.zh} {text.zh}" for name, text in found])
        en = ", ".join([f"{name.en} {text.en}" for name, text in found])
        return f"{self._zh}（现为：{zh}）", f"{self._en} (now: {en})"

    def _not_known(self, needs: tuple[str, ...]) -> Both:
        found = self._lacking.get(needs)
        if found is None:
            found = self._lacking[needs] = self._without(needs)
        return found

    def _without(self, needs: tuple[str, ...]) -> Both:
        known = self._words.facts
        labels = [known[name].label if name in known else Bilingual(name, name) for name in needs]
        zh, en = "、".join([one.zh for one in labels]), ", ".join([one.en for one in labels])
        return f"{self._zh}（缺少数据：{zh}）", f"{self._en} (not known: {en})"


def _wish(node: Node, goal: bool, words: Vocabulary) -> _Wish:
    """Says what would make `node` come to `goal`; nothing where it does already."""
    if node.op is Op.NOT:
        inner = _wish(node.children[0], not goal, words)
        return lambda came, facts, shown: (
            [] if came.value is goal else inner(came.children[0], facts, shown)
        )
    if node.op not in JUNCTIONS:
        told = _Step(node, goal, words).told
        return lambda came, facts, shown: [] if came.value is goal else [told(came, facts, shown)]
    parts = [_wish(child, goal, words) for child in node.children]
    every = (node.op is Op.AND) is goal

    def wanted(came: Came, facts: Facts, shown: Shown) -> list[Both]:
        if came.value is goal:
            return []
        each = [part(child, facts, shown) for part, child in zip(parts, came.children, strict=True)]
        if every:
            return [text for one in each for text in one]
        return [_joined([_joined(one, _AND) for one in each if one], _OR)]

    return wanted


def _joined(texts: Sequence[Both], between: Both) -> Both:
    if len(texts) == 1:
        return texts[0]
    zh, en = between
    return zh.join([text[0] for text in texts]), en.join([text[1] for text in texts])


_AND, _OR = ("；并且 ", "; and "), ("，或者 ", ", or ")
