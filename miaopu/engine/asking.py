"""What the conditions of many rules come to for one enterprise, each asked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from miaopu.engine.expressions.changes import Both
from miaopu.engine.expressions.evaluate import Facts
from miaopu.engine.expressions.plain import FALSE, TRUE, UNKNOWN
from miaopu.engine.expressions.reasons import ReasonNode
from miaopu.engine.expressions.telling import Answer, Subject, head, printed_change
from miaopu.engine.expressions.tree import Op
from miaopu.engine.facts import Value
from miaopu.engine.messages import Bilingual
from miaopu.engine.prepared import Decisions, PreparedCondition, PreparedRule, PreparedRules

STATUS: Mapping[object, str] = {True: TRUE, False: FALSE, None: UNKNOWN}
NOT_ASKED = date.min
_NO_QUESTION = Bilingual("", "")


class Asking:
    """One enterprise asked under many rules: what is asked alike is asked once."""

    def __init__(self, facts: Facts, decisions: Decisions, rules: PreparedRules) -> None:
        self.rules = rules
        conditions = rules.conditions
        self.facts = facts
        self.decisions = decisions
        self._subject = Subject(facts)
        self.values: list[Value | None] = [NOT_ASKED] * conditions
        self._answers: list[Answer | None] = [None] * conditions
        self._nodes: list[ReasonNode | None] = [None] * conditions

    def value(self, rule: str, part: PreparedCondition) -> Value | None:
        """True, false, or None: unknown, or not decided."""
        if part.reasons is None:
            return self.decisions.get(f"{rule}.{part.condition.id}")
        value = self.values[part.number]
        if value is NOT_ASKED:
            value = self.values[part.number] = part.reasons.runnable.value(self.facts)
        return value

    def answer_all(self) -> None:
        """Answer all conditions of all rules: where all are told, one after the other is slower."""
        subject, answers = self._subject, self._answers
        for number, reasons in self.rules.asked:
            if answers[number] is None:
                answers[number] = reasons.answer(subject)

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
                status=STATUS[answer.value],
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
        text = head(Op.DECIDE.value, STATUS[value], question, value, needs) + b"]}"
        return Answer(value, needs, change, text, shown)


def _decision_needed(answer: bool | None, question: Bilingual) -> Both | None:
    if answer is None:
        return f"待认定：{question.zh}", f"to be decided: {question.en}"
    if answer is False:
        return f"认定为否：{question.zh}", f"was decided in the negative: {question.en}"
    return None
