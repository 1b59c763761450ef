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


class Changes:
    """The steps that an expression's conditions take to come true, said in words only once."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        self._steps: dict[tuple[int, bool], _Step] = {}

    def needed(self, came: Came, facts: Facts, shown: Shown) -> Both | None:
        """What would make the condition true, in Chinese and English; None where it is.

        `shown` keeps the facts that were read out.
        """
        if came.value is True:
            return None

        def step(came: Came, goal: bool) -> Both:
            key = (id(came.node), goal)
            found = self._steps.get(key)
            if found is None:
                found = self._steps[key] = _Step(came.node, goal, self._words)
            return found.told(came, facts, shown)

        if came.node.op not in JUNCTIONS:
            return step(came, True)
        wanted = _wanted(came, step, True)
        return _joined(wanted, _AND) if wanted else None


class _Step:
    """What has to become true, or with `goal` False untrue, of one node."""

    def __init__(self, node: Node, goal: bool, words: Vocabulary) -> None:
        self._words = words
        self._node = node  # kept, so that no other node takes its id
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


def _wanted(came: Came, step: Callable[[Came, bool], Both], goal: bool) -> list[Both]:
    """What would make `came` come to `goal`; empty where it does already."""
    if came.value is goal:
        return []
    op = came.node.op
    if op is Op.NOT:
        return _wanted(came.children[0], step, not goal)
    if op is Op.AND or op is Op.OR:
        parts = [_wanted(child, step, goal) for child in came.children]
        if (op is Op.AND) is goal:
            return [text for part in parts for text in part]
        ways = [_joined(part, _AND) for part in parts if part]
        return [_joined(ways, _OR)]
    return [step(came, goal)]


def _joined(texts: Sequence[Both], between: Both) -> Both:
    if len(texts) == 1:
        return texts[0]
    zh, en = between
    return zh.join([text[0] for text in texts]), en.join([text[1] for text in texts])


_AND, _OR = ("；并且 ", "; and "), ("，或者 ", ", or ")
