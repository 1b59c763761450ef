"""Every rule for one enterprise, with reasons.

What each rule comes to is worked out at once; its tree, and what would change it, are made when
they are read, and printed without a tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from miaopu.engine.explanations import NearMiss, PriorityPoints
from miaopu.engine.expressions.changes import Both
from miaopu.engine.expressions.evaluate import Facts
from miaopu.engine.expressions.plain import FALSE, TRUE, UNKNOWN, in_one_line
from miaopu.engine.expressions.reasons import ReasonNode
from miaopu.engine.expressions.telling import (
    Answer,
    Subject,
    head,
    printed,
    printed_change,
    printed_names,
)
from miaopu.engine.expressions.tree import Op
from miaopu.engine.facts import Value
from miaopu.engine.messages import Bilingual
from miaopu.engine.prepared import Decisions, PreparedCondition, PreparedRule

_STATUS: Mapping[object, str] = {True: TRUE, False: FALSE, None: UNKNOWN}
_VALUE: Mapping[str, bool | None] = {TRUE: True, FALSE: False, UNKNOWN: None}
_NO_QUESTION = Bilingual("", "")
_NOT_ASKED = date.min


class Asking:
    """One enterprise asked under many rules: what is asked alike is asked once."""

    def __init__(self, facts: Facts, decisions: Decisions, conditions: int) -> None:
        self.facts = facts
        self.decisions = decisions
        self._subject = Subject(facts)
        self.values: list[Value | None] = [_NOT_ASKED] * conditions
        self._answers: list[Answer | None] = [None] * conditions
        self._nodes: list[ReasonNode | None] = [None] * conditions

    def value(self, rule: str, part: PreparedCondition) -> Value | None:
        """True, false, or None: unknown, or not decided."""
        if part.reasons is None:
            return self.decisions.get(f"{rule}.{part.condition.id}")
        value = self.values[part.number]
        if value is _NOT_ASKED:
            value = self.values[part.number] = part.reasons.runnable.value(self.facts)
        return value

    def answers(self, prepared: PreparedRule) -> Sequence[Answer]:
        """What each condition of a rule came to, and its reasons as they are printed."""
        known, conditions = self._answers, prepared.conditions
        if prepared.pick is None:
            name = prepared.rule.id
            return [self._answer(name, part) for part in conditions]
        found = prepared.pick(known)
        if all(found):
            return found
        for part in conditions:
            if known[part.number] is None:
                self._answer("", part)
        return prepared.pick(known)

    def _answer(self, rule: str, part: PreparedCondition) -> Answer:
        if part.reasons is None:
            return self._decided(rule, part)
        answer = self._answers[part.number]
        if answer is None:
            answer = self._answers[part.number] = part.reasons.answer(self._subject)
        return answer

    def node(self, rule: str, part: PreparedCondition) -> ReasonNode:
        """The reasons of a condition, with its title and id."""
        condition = part.condition
        if part.reasons is None:
            answer = self._decided(rule, part)
            question = condition.decide or _NO_QUESTION
            return ReasonNode(
                op=Op.DECIDE.value,
                status=_STATUS[answer.value],
                text=question,
                value=answer.value,
                needs=answer.needs,
                title=condition.title or question,
                key=condition.id,
            )
        found = self._nodes[part.number]
        if found is None:
            found = self._nodes[part.number] = part.reasons.explain(self.facts)
        return found._replace(title=condition.title, key=condition.id)

    def _decided(self, rule: str, part: PreparedCondition) -> Answer:
        question = part.condition.decide or _NO_QUESTION
        value = self.decisions.get(f"{rule}.{part.condition.id}")
        needs = (part.need,) if value is None else ()
        change = _decision_needed(value, question)
        shown = b"" if change is None else printed_change(change)
        text = head(Op.DECIDE.value, _STATUS[value], question, value, needs) + b"]}"
        return Answer(value, needs, change, text, shown)


@dataclass(frozen=True, eq=False)
class Explanation:
    """One rule for one enterprise, with its reasons; `amount_fen` is known for true rules only."""

    rule: str
    status: str
    amount_fen: int | None
    prepared: PreparedRule
    asking: Asking
    _lacking: tuple[str, ...] = ()

    @cached_property
    def answers(self) -> Sequence[Answer]:
        """What each condition came to."""
        return self.asking.answers(self.prepared)

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The facts (or "decide:ID") that the conditions lack."""
        return _united([answer.needs for answer in self.answers if answer.value is None])

    @property
    def missing(self) -> tuple[str, ...]:
        """What the conditions lack, or else the amount."""
        return self.needs or self._lacking

    @cached_property
    def tree(self) -> ReasonNode:
        """The reasons, node by node."""
        rule = self.prepared.rule
        return ReasonNode(
            op=Op.RULE.value,
            status=self.status,
            text=self._title,
            value=_VALUE[self.status],
            needs=self.needs,
            children=tuple(
                [self.asking.node(self.rule, part) for part in self.prepared.conditions]
            ),
            title=rule.title,
            key=rule.id,
        )

    @cached_property
    def would_change(self) -> tuple[Bilingual, ...]:
        """For each condition that is not true what would make it so."""
        changes = [answer.change for answer in self.answers]
        return tuple([Bilingual(*change) for change in changes if change is not None])

    @cached_property
    def priorities(self) -> tuple[PriorityPoints, ...]:
        """Every priority as it stands."""
        found = []
        for priority, reasons in self.prepared.priorities:
            node = reasons.explain(self.asking.facts)
            found.append(
                PriorityPoints(
                    priority.id,
                    priority.title or node.text,
                    priority.points if node.status == TRUE else 0,
                    node.status,
                    priority.clause,
                    node.needs,
                )
            )
        return tuple(found)

    @cached_property
    def priority_points(self) -> int:
        """The points of all priorities."""
        return sum(one.points for one in self.priorities)

    @cached_property
    def near_miss(self) -> NearMiss | None:
        """The one condition that keeps it from being true; people's decisions may be open.

        Where an enterprise is can hardly be changed: a rule for another place is no near miss.
        """
        return self._near_miss(self.answers)

    def _near_miss(self, answers: Sequence[Answer]) -> NearMiss | None:
        if self.status != FALSE:
            return None
        values = [answer[0] for answer in answers]
        if values.count(False) != 1:
            return None
        conditions = self.prepared.conditions
        place = values.index(False)
        if any(
            value is None and part.reasons is not None
            for value, part in zip(values, conditions, strict=True)
        ):
            return None
        if place == 0 and self.prepared.rule.region:
            return None
        change = answers[place].change
        assert change is not None
        fen, _lacking = self.prepared.pays(self.asking.facts)
        return NearMiss(conditions[place].condition.id, Bilingual(*change), fen)

    @property
    def _title(self) -> Bilingual:
        return self.prepared.rule.title or Bilingual(self.rule, self.rule)

    def to_json(self) -> dict[str, object]:
        """The explanation as `explain` prints it."""
        return {
            "rule": self.rule,
            "status": self.status,
            "amount_fen": self.amount_fen,
            "tree": self.tree.to_json(),
            "missing": list(self.missing),
            "would_change": [in_one_line(change) for change in self.would_change],
            "near_miss": None if self.near_miss is None else self.near_miss.to_json(),
        }

    def print_to(self, pieces: list[bytes]) -> None:
        """`to_json` in UTF-8, piece by piece, put together from what each condition prints."""
        answers = self.asking.answers(self.prepared)
        if not answers:
            answers = _NO_ANSWERS
        values, needs, _changes, texts, shown = zip(*answers, strict=True)
        lacking: tuple[str, ...] = ()
        if None in values:
            lacking = _united([n for v, n in zip(values, needs, strict=True) if v is None])
        short = self._near_miss(answers) if values.count(False) == 1 else None
        pieces += (
            _rule_head(self.prepared, self.status, lacking, self.amount_fen),
            _COMMA.join(texts),
            _missing(lacking or self._lacking),
            _COMMA.join([text for text in shown if text]),
            _NO_NEAR_MISS if short is None else _printed(short),
        )


_NO_ANSWERS = [Answer(True, (), None, b"", b"")]
_COMMA, _NO_NEAR_MISS = b", ", b'], "near_miss": null}'


def _united(parts: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([name for names in parts for name in names]))


@lru_cache(maxsize=8192)
def _rule_head(
    rule: PreparedRule, status: str, needs: tuple[str, ...], amount_fen: int | None
) -> bytes:
    name = rule.rule.id
    begun = head(
        Op.RULE.value, status, rule.rule.title or Bilingual(name, name), _VALUE[status], needs
    )
    return b'{"rule": %b, "status": "%b", "amount_fen": %b, "tree": %b' % (
        printed(name),
        status.encode(),
        printed(amount_fen),
        begun,
    )


@lru_cache(maxsize=4096)
def _missing(names: tuple[str, ...]) -> bytes:
    return b']}, "missing": %b, "would_change": [' % printed_names(names)


def _printed(short: NearMiss) -> bytes:
    change = printed_change((short.would_change.zh, short.would_change.en))
    return b'], "near_miss": {"condition": %b, "would_change": %b, "gain_fen": %b}}' % (
        printed(short.condition),
        change,
        printed(short.gain_fen),
    )


def explain_rule(rule: PreparedRule, asking: Asking) -> Explanation:
    """The rule for the enterprise that is asked."""
    name, status = rule.rule.id, TRUE
    known, ask = asking.values, asking.value
    for part in rule.conditions:
        value = known[part.number] if part.number >= 0 else _NOT_ASKED
        if value is _NOT_ASKED:
            value = ask(name, part)
        if value is False:
            status = FALSE
            break
        if value is None:
            status = UNKNOWN
    fen, lacking = rule.pays(asking.facts) if status == TRUE else (None, ())
    return Explanation(name, status, fen, rule, asking, lacking)


def explanations_as_json(explained: Iterable[Explanation]) -> bytes:
    """Explanations as one JSON document in UTF-8, as `explain` prints them."""
    pieces: list[bytes] = []
    for one in explained:
        pieces.append(_COMMA if pieces else b"[")
        one.print_to(pieces)
    return b"".join([*pieces, b"]"]) if pieces else b"[]"


def near_misses(explained: Sequence[Explanation]) -> list[Explanation]:
    """The rules that are one condition short, the largest gain first, unknown gains last."""
    short = [(one.near_miss.gain_fen, one) for one in explained if one.near_miss is not None]
    return [
        one for _gain, one in sorted(short, key=lambda pair: (pair[0] is None, -(pair[0] or 0)))
    ]


def _decision_needed(answer: bool | None, question: Bilingual) -> Both | None:
    if answer is None:
        return f"待认定：{question.zh}", f"to be decided: {question.en}"
    if answer is False:
        return f"认定为否：{question.zh}", f"was decided in the negative: {question.en}"
    return None
